//! Monitoring: from outside, that servers answer; from inside, how machines feel.

use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::talk::{Course, TCP, Talk, Volume};
use crate::world::Site;
use noroshi_model::Micros;
use noroshi_model::time::SECOND;

/// A service abroad that looks at this server every minute from several places in turn.
pub(crate) struct Uptime {
    from: Vec<Site>,
    turn: usize,
    period_s: f64,
    port: u16,
}

impl Uptime {
    pub(crate) fn new(market: &Market, dice: &mut Dice) -> Self {
        let places = dice.range(1, 4) as usize;
        let from = (0..places).map(|_| market.monitor.draw(dice)).collect();
        let period_s = [60.0, 60.0, 300.0][dice.below(3) as usize];
        Self { from, turn: 0, period_s, port: [443, 443, 80, 22, 25][dice.below(5) as usize] }
    }
}

impl Habit for Uptime {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        self.turn += 1;
        if let Some(site) = self.from.get(self.turn % self.from.len().max(1)) {
            let volume = match self.port {
                443 => Volume::tls(260, 1_800),
                80 => Volume::tcp(180, 1_500),
                _ => Volume::tcp(0, 60),
            };
            let talk = Talk {
                start: scene.now,
                duration_us: 4 * site.rtt_us,
                client: site.v4,
                server: scene.me.v4,
                cport: scene.dice.range(1_024, 65_535) as u16,
                sport: self.port,
                protocol: TCP,
                course: Course::Whole,
                volume,
            };
            scene.talk(talk);
        }
        ((self.period_s + scene.dice.normal() * 0.2) * SECOND as f64) as i64
    }
}

/// An agent on a server or office machine that sends metrics to a service abroad every 15 to 60 s,
/// over a connection it keeps for some minutes.
pub(crate) struct Agent {
    site: Site,
    period_s: f64,
    size: u64,
    cport: u16,
    left: u64,
}

impl Agent {
    pub(crate) fn new(market: &Market, dice: &mut Dice) -> Self {
        let period_s = [15.0, 30.0, 30.0, 60.0][dice.below(4) as usize];
        Self { site: market.saas.draw(dice), period_s, size: dice.range(600, 9_000), cport: 0, left: 0 }
    }
}

impl Habit for Agent {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let fresh = self.left == 0;
        if fresh {
            (self.cport, self.left) = (scene.port(), scene.dice.range(4, 60));
        }
        self.left -= 1;
        let up = self.size + scene.dice.range(0, self.size / 20);
        let (client, server) = scene.ends(&self.site);
        let talk = Talk {
            start: Micros(scene.now.0),
            duration_us: 3 * self.site.rtt_us,
            client,
            server,
            cport: self.cport,
            sport: 443,
            protocol: TCP,
            course: if fresh { Course::Whole } else { Course::Middle },
            volume: if fresh { Volume::tls(up, 180) } else { Volume::piece(up, 180) },
        };
        scene.talk(talk);
        ((self.period_s + scene.dice.exp(0.03)) * SECOND as f64) as i64
    }
}
