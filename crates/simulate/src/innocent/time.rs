//! Clocks: NTP polls at powers of two seconds.

use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::talk::Volume;
use crate::world::Site;
use noroshi_model::time::SECOND;

/// One association of one client.
pub(crate) struct TimePoll {
    site: Site,
    /// log2 of the poll interval in seconds (RFC 5905 §7.3): 6 to 10, some devices up to 11.
    poll: u32,
    steady: u32,
    fixed_port: bool,
}

impl TimePoll {
    pub(crate) fn new(market: &Market, dice: &mut Dice) -> Self {
        let poll = [6, 8, 10, 10, 10, 11][dice.below(6) as usize];
        Self { site: market.time.draw(dice), poll, steady: 0, fixed_port: dice.chance(0.4) }
    }
}

impl Habit for TimePoll {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let answered = u64::from(!scene.dice.chance(0.01));
        let cport = if self.fixed_port { 123 } else { scene.port() };
        let rtt = self.site.rtt_us;
        scene.udp_from(cport, &self.site, 123, 0, rtt, Volume::datagrams(1, 76, answered, 76));
        // The interval grows while the clock is stable and falls back now and then (RFC 5905 §13).
        self.steady += 1;
        if self.steady > 30 && self.poll < 10 {
            (self.poll, self.steady) = (self.poll + 1, 0);
        } else if scene.dice.chance(0.002) {
            (self.poll, self.steady) = (6, 0);
        }
        let period = f64::from(1u32 << self.poll);
        ((period + scene.dice.between(-0.5, 1.5)) * SECOND as f64) as i64
    }
}
