//! Visitors from abroad to a domestic server: people, crawlers, and programs that call on time.

use crate::clock::Rhythm;
use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::innocent::scan::ping;
use crate::talk::{Course, TCP, Talk, Volume};
use crate::world::{NetKind, Site};
use noroshi_model::time::SECOND;

/// The visitors of one server, whose address is the entity's.
pub(crate) struct Visitors {
    per_hour: f64,
    port: u16,
}

impl Visitors {
    /// Popularity is heavy-tailed: most servers have a few visitors from abroad in an hour.
    pub(crate) fn new(dice: &mut Dice) -> Self {
        Self { per_hour: dice.pareto(3.0, 0.9, 400.0), port: if dice.chance(0.85) { 443 } else { 80 } }
    }
}

impl Habit for Visitors {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let kind = [NetKind::Access, NetKind::Access, NetKind::Access, NetKind::Cloud, NetKind::Hosting];
        let kind = kind[scene.dice.below(5) as usize];
        let from = scene.stage.world.site(kind, 0.3, scene.dice);
        if scene.dice.chance(0.02) {
            scene.talk(ping(scene.now, from.v4, scene.me.v4, from.rtt_us));
        }
        let connections = 1 + scene.dice.exp(1.5) as u64;
        for _ in 0..connections {
            let down = scene.dice.pareto(3_000.0, 1.05, 3e7) as u64;
            let start = noroshi_model::Micros(scene.now.0 + scene.dice.between_us(0.0, 4.0));
            let (client, server) = match (from.v6, scene.me.v6) {
                (Some(theirs), Some(mine)) => (theirs, mine),
                _ => (from.v4, scene.me.v4),
            };
            let volume = if self.port == 443 { Volume::tls(900, down) } else { Volume::tcp(500, down) };
            let talk = Talk {
                start,
                duration_us: Talk::duration(from.rtt_us, down, 2e6) + scene.dice.exp_us(5.0),
                client,
                server,
                cport: scene.dice.range(1_024, 65_535) as u16,
                sport: self.port,
                protocol: TCP,
                course: Course::Whole,
                volume,
            };
            scene.talk(talk);
        }
        // The world is awake around the clock.
        let busy = 0.6 + 0.4 * scene.activity(Rhythm::Home);
        scene.dice.exp_us(3_600.0 / (self.per_hour * busy))
    }
}

/// A program abroad that uses an interface of this server every few minutes.
pub(crate) struct Partner {
    from: Site,
    period_s: f64,
}

impl Partner {
    pub(crate) fn new(from: Site, dice: &mut Dice) -> Self {
        Self { from, period_s: [60.0, 300.0, 600.0, 3_600.0][dice.below(4) as usize] }
    }
}

impl Habit for Partner {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let size = scene.dice.range(600, 900);
        let talk = Talk {
            start: scene.now,
            duration_us: 5 * self.from.rtt_us,
            client: self.from.v4,
            server: scene.me.v4,
            cport: scene.dice.range(32_768, 60_999) as u16,
            sport: 443,
            protocol: TCP,
            course: Course::Whole,
            volume: Volume::tls(size, 2_000 + size),
        };
        scene.talk(talk);
        ((self.period_s + scene.dice.exp(0.5)) * SECOND as f64) as i64
    }
}
