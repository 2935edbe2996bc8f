//! A beacon with tasks, after Cobalt Strike: `sleep 60 20` sleeps 48 to 60 s, because its jitter only
//! shortens (Cobalt Strike user guide, "Beacon: sleep"); an operator at work makes some calls large.

use super::bot::{Bot, sleep};
use crate::entity::{Habit, Scene};

/// One bot.
pub(crate) struct Tasked {
    bot: Bot,
    period_s: f64,
    jitter: f64,
    tasks_per_day: f64,
    /// Calls left in which the operator is interested.
    busy: u64,
}

impl Tasked {
    pub(crate) fn new(bot: Bot, period_s: f64, jitter: f64, tasks_per_day: f64) -> Self {
        Self { bot, period_s, jitter, tasks_per_day, busy: 0 }
    }
}

impl Habit for Tasked {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.bot.away(scene) {
            return wait;
        }
        if scene.dice.chance(self.tasks_per_day * self.period_s / 86_400.0) {
            self.busy = scene.dice.range(1, 6);
        }
        let check_in = 480;
        if self.busy > 0 {
            self.busy -= 1;
            let down = scene.dice.lognormal(9_000.0, 1.5).min(2e6) as u64;
            let up = check_in + scene.dice.pareto(2_000.0, 1.0, 8e6) as u64;
            self.bot.call(scene, up, down);
        } else {
            self.bot.call(scene, check_in, 230);
        }
        // One-sided: the longest sleep is the one that was set.
        let middle = self.period_s * (1.0 - self.jitter / 2.0);
        sleep(middle, self.jitter / (2.0 - self.jitter), scene)
    }
}
