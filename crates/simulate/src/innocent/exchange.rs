//! Mail between servers, both ways.

use crate::clock::Rhythm;
use crate::entity::{Habit, Scene};
use crate::talk::{Course, TCP, Talk, Volume};

/// The mail exchanger of one domestic domain.
pub(crate) struct Exchange {
    per_hour: f64,
}

impl Exchange {
    pub(crate) fn new(per_hour: f64) -> Self {
        Self { per_hour }
    }
}

impl Habit for Exchange {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let wait = match scene.wait(self.per_hour, Rhythm::Office) {
            Ok(wait) => wait,
            Err(later) => return later,
        };
        let far = scene.stage.market.exchanger.draw(scene.dice);
        let bytes = scene.dice.lognormal(24_000.0, 1.6).min(3e7) as u64;
        let volume = Volume::tls(bytes + 400, 900);
        if scene.dice.chance(0.4) {
            scene.tcp(&far, 25, 0, volume, 2e6);
        } else {
            let talk = Talk {
                start: scene.now,
                duration_us: Talk::duration(3 * far.rtt_us, bytes, 2e6),
                client: far.v4,
                server: scene.me.v4,
                cport: scene.dice.range(32_768, 60_999) as u16,
                sport: 25,
                protocol: TCP,
                course: Course::Whole,
                volume,
            };
            scene.talk(talk);
        }
        wait
    }
}
