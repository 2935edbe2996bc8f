//! Chat: bursts of small messages both ways on a connection that stays.

use crate::clock::Rhythm;
use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::talk::{Course, TCP, Talk, Volume};
use crate::world::Site;

/// One messenger.
pub(crate) struct Chat {
    site: Site,
    cport: u16,
    rhythm: Rhythm,
}

impl Chat {
    pub(crate) fn new(market: &Market, rhythm: Rhythm, dice: &mut Dice) -> Self {
        Self { site: market.chat.draw(dice), cport: dice.range(32_768, 60_999) as u16, rhythm }
    }
}

impl Habit for Chat {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let wait = match scene.wait(2.5, self.rhythm) {
            Ok(wait) => wait,
            Err(later) => return later,
        };
        let (client, server) = scene.ends(&self.site);
        let messages = 1 + scene.dice.pareto(1.0, 1.2, 200.0) as u64;
        let photo = if scene.dice.chance(0.1) { scene.dice.pareto(8e4, 1.2, 2e7) as u64 } else { 0 };
        let (up, down) = if scene.dice.chance(0.5) { (photo, 0) } else { (0, photo) };
        let talk = Talk {
            start: scene.now,
            duration_us: scene.dice.exp_us(8.0 * messages as f64),
            client,
            server,
            cport: self.cport,
            sport: 443,
            protocol: TCP,
            course: Course::Middle,
            volume: Volume::piece(messages * 220 + up, messages * 260 + down),
        };
        scene.talk(talk);
        wait
    }
}
