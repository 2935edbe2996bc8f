//! A short call every so often: the plain beacon of loaders and back doors.

use super::bot::{Bot, sleep};
use crate::entity::{Habit, Scene};

/// One bot.
pub(crate) struct Beacon {
    bot: Bot,
    period_s: f64,
    jitter: f64,
}

impl Beacon {
    pub(crate) fn new(bot: Bot, period_s: f64, jitter: f64) -> Self {
        Self { bot, period_s, jitter }
    }
}

impl Habit for Beacon {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.bot.away(scene) {
            return wait;
        }
        // Nothing to do, nearly always: the same request, the same answer, a few bytes of padding.
        let up = 310 + scene.dice.range(0, 18);
        let down = if scene.dice.chance(0.01) { scene.dice.pareto(3e4, 1.2, 4e6) as u64 } else { 170 };
        self.bot.call(scene, up, down);
        sleep(self.period_s, self.jitter, scene)
    }
}
