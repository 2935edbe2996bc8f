//! Games: a lobby polled while the console is on, matches as UDP ticks for a quarter of an hour.

use crate::clock::Rhythm;
use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::talk::Volume;
use crate::world::Site;
use noroshi_model::time::SECOND;

/// One player.
pub(crate) struct Game {
    lobby: Site,
    /// Polls of the lobby left in this sitting.
    polls: u64,
    period_s: f64,
}

impl Game {
    pub(crate) fn new(market: &Market, dice: &mut Dice) -> Self {
        let period_s = [10.0, 15.0, 30.0, 60.0][dice.below(4) as usize];
        Self { lobby: market.game.draw(dice), polls: 0, period_s }
    }
}

impl Habit for Game {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if self.polls == 0 {
            return match scene.wait(0.08, Rhythm::Home) {
                Ok(wait) => {
                    self.polls = 1 + scene.dice.exp(4_500.0 / self.period_s) as u64;
                    wait
                }
                Err(later) => later,
            };
        }
        self.polls -= 1;
        scene.tcp(&self.lobby, 443, 0, Volume::resumed(310, 540), 1e6);
        if scene.dice.chance(self.period_s / 1_200.0) {
            let server = scene.stage.market.game.draw(scene.dice);
            let seconds = scene.dice.lognormal(700.0, 0.5).min(7_200.0);
            let ticks = (seconds * 60.0) as u64;
            let volume = Volume::datagrams(ticks / 2, 96, ticks, 190);
            scene.udp(&server, 7_000 + (server.v4 % 900) as u16, SECOND, (seconds * 1e6) as i64, volume);
        }
        ((self.period_s + scene.dice.between(0.0, 0.2)) * SECOND as f64) as i64
    }
}
