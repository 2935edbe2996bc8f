//! Updates and licence checks: hourly to daily, with jitter meant to spread the load.

use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::presence::Presence;
use crate::talk::Volume;
use crate::world::Site;
use noroshi_model::time::SECOND;

/// One updater of one program.
pub(crate) struct UpdateCheck {
    site: Site,
    period_s: f64,
    spread: f64,
    presence: Presence,
    found: f64,
}

impl UpdateCheck {
    /// Browsers ask every five hours, packages twice a day, virus tables every hour or four,
    /// licences every hour or day.
    pub(crate) fn new(market: &Market, presence: Presence, dice: &mut Dice) -> Self {
        let (period_s, spread, found) = [
            (18_000.0, 0.1, 0.04),
            (43_200.0, 0.5, 0.15),
            (3_600.0, 0.02, 0.25),
            (14_400.0, 0.1, 0.5),
            (3_600.0, 0.0, 0.0),
            (86_400.0, 0.05, 0.1),
        ][dice.below(6) as usize];
        Self { site: market.update.draw(dice), period_s, spread, presence, found }
    }
}

impl Habit for UpdateCheck {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.presence.away(scene.now, scene.stage.clock) {
            return wait + scene.dice.between_us(60.0, 1_800.0);
        }
        scene.tcp(&self.site, 443, 0, Volume::tls(1_100, 2_400), 3e6);
        if scene.dice.chance(self.found) {
            let bytes = scene.dice.pareto(4e5, 0.9, 1.5e9) as u64;
            let rate = scene.dice.lognormal(4e6, 0.6);
            scene.tcp(&self.site, 443, 2 * SECOND, Volume::tls(600, bytes), rate);
        }
        let spread = self.spread * scene.dice.between(-1.0, 1.0);
        (self.period_s * (1.0 + spread) * SECOND as f64) as i64
    }
}
