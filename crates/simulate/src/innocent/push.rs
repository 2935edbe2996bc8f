//! Push channels of phones and televisions: one connection for hours, a keep-alive now and then,
//! each exported as a record of its own because the inactive timeout is shorter.

use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::talk::{Course, TCP, Talk, Volume};
use crate::world::Site;
use noroshi_model::time::SECOND;

/// One channel.
pub(crate) struct Push {
    site: Site,
    port: u16,
    /// Up to 28 minutes on mobile networks, a few behind short NAT timeouts.
    keepalive_s: f64,
    cport: u16,
}

impl Push {
    pub(crate) fn new(market: &Market, dice: &mut Dice) -> Self {
        let keepalive_s = [240.0, 600.0, 900.0, 1_680.0][dice.below(4) as usize];
        let port = [5_228, 5_223, 443, 443][dice.below(4) as usize];
        Self { site: market.push.draw(dice), port, keepalive_s, cport: dice.range(32_768, 60_999) as u16 }
    }
}

impl Habit for Push {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let (client, server) = scene.ends(&self.site);
        // The network changes, the device sleeps: a new connection a few times a day.
        let anew = scene.dice.chance(0.03);
        if anew {
            self.cport = scene.port();
            self.site = scene.stage.market.push.draw(scene.dice);
        }
        let message = scene.dice.chance(0.3);
        let down = if message { scene.dice.lognormal(900.0, 0.8) as u64 } else { 30 };
        let talk = Talk {
            start: scene.now,
            duration_us: 2 * self.site.rtt_us + if message { scene.dice.exp_us(1.0) } else { 0 },
            client,
            server,
            cport: self.cport,
            sport: self.port,
            protocol: TCP,
            course: if anew { Course::Whole } else { Course::Middle },
            volume: if anew { Volume::tls(900, 600 + down) } else { Volume::piece(30, down) },
        };
        scene.talk(talk);
        // Messages come when people are awake; keep-alives fill the rest.
        let busy = scene.activity(crate::clock::Rhythm::Home);
        let next = scene.dice.exp(1_200.0 / busy.max(0.1)).min(self.keepalive_s);
        (next.max(1.0) * SECOND as f64) as i64
    }
}
