//! Video calls: fifty datagrams a second each way for half an hour, in step with the office day.

use crate::clock::Rhythm;
use crate::entity::{Habit, Scene};
use crate::talk::Volume;

/// One line's calls.
pub(crate) struct Call {
    per_hour: f64,
    rhythm: Rhythm,
}

impl Call {
    pub(crate) fn new(per_hour: f64, rhythm: Rhythm) -> Self {
        Self { per_hour, rhythm }
    }
}

impl Habit for Call {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let wait = match scene.wait(self.per_hour, self.rhythm) {
            Ok(wait) => wait,
            Err(later) => return later,
        };
        let site = scene.stage.market.call.draw(scene.dice);
        let minutes = scene.dice.lognormal(24.0, 0.6).min(180.0);
        let packets = |rate: f64| (minutes * 60.0 * rate) as u64;
        let video = scene.dice.chance(0.7);
        let (up, down) = if video { (110.0, 160.0) } else { (50.0, 50.0) };
        let (up_size, down_size) = if video { (720, 830) } else { (150, 150) };
        let volume = Volume::datagrams(packets(up), up_size, packets(down), down_size);
        let port = [3_478, 3_481, 8_801, 19_305][(site.v4 % 4) as usize];
        scene.udp(&site, port, 0, (minutes * 60e6) as i64, volume);
        wait
    }
}
