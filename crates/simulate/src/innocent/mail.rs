//! Mail clients that look into a mailbox every few minutes: the classic false beacon.

use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::presence::Presence;
use crate::talk::Volume;
use crate::world::Site;
use noroshi_model::time::SECOND;

/// One mailbox polled by one client.
pub(crate) struct MailPoll {
    site: Site,
    port: u16,
    period_s: f64,
    presence: Presence,
}

impl MailPoll {
    /// Polls every 5, 10 (the default of Thunderbird), 15 or 30 minutes (Outlook). One mailbox in
    /// four is at a small firm's own server abroad, some of them still over plain POP3.
    pub(crate) fn new(market: &Market, presence: Presence, dice: &mut Dice) -> Self {
        let period_s = [300.0, 600.0, 600.0, 900.0, 1_800.0][dice.below(5) as usize];
        let small = dice.chance(0.25);
        let site = if small { market.mail_small.draw(dice) } else { market.mail_large.draw(dice) };
        let port = if small { [110, 995, 143, 993][dice.below(4) as usize] } else { 993 };
        Self { site, port, period_s, presence }
    }
}

impl Habit for MailPoll {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.presence.away(scene.now, scene.stage.clock) {
            return wait + scene.dice.between_us(20.0, 600.0);
        }
        // Most polls find nothing; new mail is heavy-tailed.
        let fetched = if scene.dice.chance(0.12) { scene.dice.pareto(4_000.0, 1.1, 2e7) as u64 } else { 0 };
        let plain = matches!(self.port, 110 | 143);
        let chatter = scene.dice.range(0, 30);
        let volume = if plain {
            Volume::tcp(90 + chatter, 240 + 2 * chatter + fetched)
        } else {
            Volume::resumed(420 + chatter, 900 + 2 * chatter + fetched)
        };
        scene.tcp(&self.site, self.port, 0, volume, 2e6);
        // A timer in an event loop: late by milliseconds, sometimes by seconds.
        let slow = scene.dice.chance(0.05);
        let late = scene.dice.exp(if slow { 4.0 } else { 0.08 });
        ((self.period_s + late) * SECOND as f64) as i64
    }
}
