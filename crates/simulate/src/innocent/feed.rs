//! Weather, news and calendars: fetched at round intervals whether somebody reads them or not.

use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::presence::Presence;
use crate::talk::Volume;
use crate::world::Site;
use noroshi_model::time::SECOND;

/// One feed.
pub(crate) struct Feed {
    site: Site,
    period_s: f64,
    down: u64,
    presence: Presence,
}

impl Feed {
    pub(crate) fn new(market: &Market, presence: Presence, dice: &mut Dice) -> Self {
        let period_s = [600.0, 900.0, 1_800.0, 1_800.0, 3_600.0][dice.below(5) as usize];
        // One in six reads something self-hosted abroad that hardly anybody else reads.
        let site = if dice.chance(0.16) { market.private.any(dice) } else { market.feed.draw(dice) };
        Self { site, period_s, down: dice.lognormal(9_000.0, 1.0) as u64, presence }
    }
}

impl Habit for Feed {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.presence.away(scene.now, scene.stage.clock) {
            return wait + scene.dice.between_us(10.0, 900.0);
        }
        // Not modified, most of the time.
        let down = if scene.dice.chance(0.25) { self.down } else { 210 };
        scene.tcp(&self.site, 443, 0, Volume::tls(460, down), 3e6);
        ((self.period_s + scene.dice.exp(0.8)) * SECOND as f64) as i64
    }
}
