//! Video and music: a few long downloads in segments, mostly in the evening.

use crate::clock::Rhythm;
use crate::entity::{Habit, Scene};
use crate::talk::{Course, Volume};

/// One line's watching.
pub(crate) struct Watch {
    per_hour: f64,
}

impl Watch {
    pub(crate) fn new(per_hour: f64) -> Self {
        Self { per_hour }
    }
}

impl Habit for Watch {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let wait = match scene.wait(self.per_hour, Rhythm::Home) {
            Ok(wait) => wait,
            Err(later) => return later,
        };
        let minutes = scene.dice.lognormal(14.0, 1.0).min(240.0);
        // 1 to 8 Mbit/s, over one to three servers one after the other.
        let rate = scene.dice.lognormal(4e5, 0.5);
        let servers = scene.dice.range(1, 3);
        for nth in 0..servers {
            let site = scene.stage.market.video.draw(scene.dice);
            let seconds = minutes * 60.0 / servers as f64;
            let bytes = (seconds * rate) as u64;
            let after = (nth as f64 * seconds * 1e6) as i64;
            let duration = (seconds * 1e6) as i64;
            if scene.dice.chance(0.5) {
                let volume = Volume::datagrams(bytes / 6_000, 80, bytes / 1_230, 1_258);
                scene.udp(&site, 443, after, duration, volume);
            } else {
                scene.lasting(&site, 443, after, duration, Volume::tls(bytes / 300, bytes), Course::Whole);
            }
        }
        wait
    }
}
