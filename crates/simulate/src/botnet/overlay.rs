//! An overlay without a server: each member keeps some peers and asks one after the other. After
//! ZeroAccess and its like, which spoke UDP on one fixed port.

use super::bot::Bot;
use crate::entity::{Habit, Scene};
use crate::talk::Volume;
use crate::world::Site;
use noroshi_model::time::SECOND;

/// One member.
pub(crate) struct Overlay {
    bot: Bot,
    /// Between two contacts with anybody.
    step_s: f64,
    peers: Vec<(Site, u16)>,
    turn: usize,
}

impl Overlay {
    pub(crate) fn new(bot: Bot, period_s: f64, peers: &[(Site, u16)]) -> Self {
        Self { bot, step_s: period_s / peers.len().max(1) as f64, peers: peers.to_vec(), turn: 0 }
    }
}

impl Habit for Overlay {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.bot.away(scene) {
            return wait;
        }
        self.turn = (self.turn + 1) % self.peers.len().max(1);
        if let Some(&(peer, port)) = self.peers.get(self.turn) {
            // A third of the peers are off at any time; a list of peers, sometimes a file.
            let answered = u64::from(!scene.dice.chance(0.33));
            let list = if scene.dice.chance(0.2) { 720 } else { 64 };
            scene.udp_from(self.bot.port, &peer, port, 0, peer.rtt_us, Volume::datagrams(1, 44, answered, list));
            if scene.dice.chance(0.002) {
                let bytes = scene.dice.lognormal(2e5, 0.6) as u64;
                scene.tcp(&peer, port, SECOND, Volume::tcp(300, bytes), 2e5);
            }
        }
        (self.step_s * (1.0 + scene.dice.between(-0.15, 0.15)) * SECOND as f64) as i64
    }
}
