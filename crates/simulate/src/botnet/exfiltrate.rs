//! Stolen data on its way out: a few long uploads to the command server, spread over the days.

use super::bot::Bot;
use crate::entity::{Habit, Scene};
use crate::talk::Volume;

/// Sessions in which everything goes out.
const SESSIONS_PER_DAY: u64 = 2;

/// One bot's uploads.
pub(crate) struct Exfiltrate {
    bot: Bot,
    bytes: u64,
    sessions: u64,
}

impl Exfiltrate {
    pub(crate) fn new(bot: Bot, bytes: u64, days: u32) -> Self {
        Self { bot, bytes, sessions: u64::from(days) * SESSIONS_PER_DAY }
    }
}

impl Habit for Exfiltrate {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.bot.away(scene) {
            return wait;
        }
        let part = self.bytes / self.sessions.max(1);
        let bytes = (part as f64 * scene.dice.between(0.5, 1.5)) as u64;
        // Slow enough not to be noticed on the line.
        let rate = scene.dice.lognormal(2.5e5, 0.4);
        scene.tcp(&self.bot.site, self.bot.port, 0, Volume::tls(bytes, bytes / 500), rate);
        scene.dice.between_us(0.3, 0.7) * (86_400 / SESSIONS_PER_DAY as i64) * 2
    }
}
