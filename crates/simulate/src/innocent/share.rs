//! File sharing: a lawful overlay with many peers, few answers and long evenings.

use crate::clock::Rhythm;
use crate::entity::{Habit, Scene};
use crate::talk::{Course, Volume};
use crate::world::NetKind;
use noroshi_model::time::SECOND;

/// One sharer.
pub(crate) struct Share {
    port: u16,
    contacts: u64,
}

impl Share {
    pub(crate) fn new(port: u16) -> Self {
        Self { port, contacts: 0 }
    }

    fn contact(&self, scene: &mut Scene<'_>) {
        let peer = scene.stage.world.site(NetKind::Access, 0.2, scene.dice);
        let port = scene.dice.range(6_881, 60_000) as u16;
        match scene.dice.below(10) {
            // Distributed hash table: one datagram, half of them into the void.
            0..6 => {
                let answered = scene.dice.below(2);
                let volume = Volume::datagrams(1, 130, answered, 310);
                scene.udp_from(self.port, &peer, port, 0, peer.rtt_us, volume);
            }
            6..8 => scene.lasting(&peer, port, 0, 7 * SECOND, Volume::syns(3), Course::Silent),
            _ => {
                let bytes = scene.dice.pareto(3e5, 0.9, 3e9) as u64;
                let rate = scene.dice.lognormal(2e5, 0.9);
                let (up, down) = if scene.dice.chance(0.4) { (bytes, bytes / 30) } else { (bytes / 20, bytes) };
                scene.tcp(&peer, port, 0, Volume::tcp(up, down), rate);
            }
        }
    }
}

impl Habit for Share {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if self.contacts == 0 {
            return match scene.wait(0.12, Rhythm::Home) {
                Ok(wait) => {
                    self.contacts = scene.dice.lognormal(350.0, 0.8).min(4_000.0) as u64;
                    wait
                }
                Err(later) => later,
            };
        }
        self.contacts -= 1;
        self.contact(scene);
        scene.dice.exp_us(9.0)
    }
}
