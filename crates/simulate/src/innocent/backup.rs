//! Backups: at night, at the same minute, large and upward. What exfiltration looks like.

use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::talk::Volume;
use crate::world::Site;
use noroshi_model::time::{DAY, SECOND};

/// One nightly job.
pub(crate) struct Backup {
    site: Site,
    port: u16,
    median_bytes: f64,
}

impl Backup {
    pub(crate) fn new(market: &Market, median_bytes: f64, dice: &mut Dice) -> Self {
        let own = dice.chance(0.3);
        let site = if own { market.private.any(dice) } else { market.backup.draw(dice) };
        Self { site, port: if own { 22 } else { 443 }, median_bytes }
    }

    /// When tonight's run is due: a minute between one and five, local time.
    pub(crate) fn first(midnight_us: i64, dice: &mut Dice) -> i64 {
        midnight_us + dice.range(60, 300) as i64 * 60 * SECOND
    }
}

impl Habit for Backup {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let total = scene.dice.lognormal(self.median_bytes, 0.9).min(8e10);
        let streams = if total > 2e9 { 4 } else { 1 };
        for _ in 0..streams {
            let bytes = total as u64 / streams;
            let after = scene.dice.between_us(0.0, 3.0);
            scene.tcp(&self.site, self.port, after, Volume::tls(bytes, bytes / 400), 6e6);
        }
        DAY + scene.dice.between_us(-2.0, 2.0)
    }
}
