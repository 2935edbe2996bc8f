//! Two sleeps in turn: a short one to fetch, a long one to rest. Over HTTP.

use super::bot::{Bot, sleep};
use crate::entity::{Habit, Scene};

/// One bot.
pub(crate) struct Alternating {
    bot: Bot,
    sleeps_s: [f64; 2],
    jitter: f64,
    turn: usize,
}

impl Alternating {
    pub(crate) fn new(bot: Bot, sleeps_s: [f64; 2], jitter: f64) -> Self {
        Self { bot, sleeps_s, jitter, turn: 0 }
    }
}

impl Habit for Alternating {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.bot.away(scene) {
            self.turn = 0;
            return wait;
        }
        let (up, down) = if self.turn == 0 { (260, 410) } else { (340, 120) };
        let pad = scene.dice.range(0, 40);
        self.bot.call(scene, up + pad, down);
        let next = sleep(self.sleeps_s[self.turn], self.jitter, scene);
        self.turn = 1 - self.turn;
        next
    }
}
