//! Name resolution at public resolvers abroad: bursts that follow people, and a floor of machines.

use crate::clock::Rhythm;
use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::talk::{Course, Volume};
use crate::world::Site;

/// A line that does not use its operator's resolver.
pub(crate) struct Resolve {
    site: Site,
    encrypted: bool,
    rhythm: Rhythm,
    per_hour: f64,
}

impl Resolve {
    pub(crate) fn new(market: &Market, per_hour: f64, rhythm: Rhythm, dice: &mut Dice) -> Self {
        Self { site: market.resolver.draw(dice), encrypted: dice.chance(0.35), rhythm, per_hour }
    }
}

impl Habit for Resolve {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let wait = match scene.wait(self.per_hour, self.rhythm) {
            Ok(wait) => wait,
            Err(later) => return later,
        };
        let names = 1 + scene.dice.exp(4.0) as u64;
        if self.encrypted {
            // DNS over HTTPS: the burst shares one connection.
            let kept = scene.dice.exp_us(12.0);
            let volume = Volume::resumed(names * 130, names * 220);
            scene.lasting(&self.site, 443, 0, kept, volume, Course::Whole);
            return wait;
        }
        for _ in 0..names {
            let after = scene.dice.between_us(0.0, 1.5);
            let (ask, answer) = (scene.dice.range(56, 92), scene.dice.range(90, 320));
            scene.udp(&self.site, 53, after, self.site.rtt_us, Volume::datagrams(1, ask, 1, answer));
        }
        wait
    }
}
