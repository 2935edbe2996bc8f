//! Connectivity checks: is there a way out, or a captive portal?

use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::presence::Presence;
use crate::talk::Volume;
use crate::world::Site;
use noroshi_model::time::SECOND;

/// One checker; NetworkManager asks every 300 s by default.
pub(crate) struct Check {
    site: Site,
    presence: Presence,
}

impl Check {
    pub(crate) fn new(market: &Market, presence: Presence, dice: &mut Dice) -> Self {
        Self { site: market.check.draw(dice), presence }
    }
}

impl Habit for Check {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.presence.away(scene.now, scene.stage.clock) {
            return wait + scene.dice.between_us(5.0, 60.0);
        }
        scene.tcp(&self.site, 80, 0, Volume::tcp(88, 148), 1e6);
        300 * SECOND + scene.dice.exp_us(0.05)
    }
}
