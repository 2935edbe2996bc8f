//! Tier 3: people at keyboards. A few long interactive sessions with the tier-2 servers, and short
//! ones with relays to look after them.

use super::Relay;
use crate::clock::Rhythm;
use crate::entity::{Habit, Scene};
use crate::talk::{Course, Volume};
use crate::world::Site;

/// Administration over SSH.
pub(crate) const ADMIN_PORT: u16 = 22;

/// The controller, whose address is the entity's.
pub(crate) struct Controller {
    servers: Vec<Site>,
    relays: Vec<Relay>,
}

impl Controller {
    pub(crate) fn new(servers: &[Site], relays: &[Relay]) -> Self {
        Self { servers: servers.to_vec(), relays: relays.to_vec() }
    }
}

impl Habit for Controller {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(&server) = scene.dice.pick(&self.servers) {
            let minutes = scene.dice.lognormal(35.0, 0.8).min(360.0);
            // Typing and screens: some packets a second, small upward.
            let keys = (minutes * 60.0 * scene.dice.between(0.4, 2.0)) as u64;
            let volume =
                Volume { up_packets: keys, up_bytes: keys * 92, down_packets: keys + keys / 3, down_bytes: keys * 240 };
            scene.lasting(&server, ADMIN_PORT, 0, (minutes * 60e6) as i64, volume, Course::Whole);
        }
        if scene.dice.chance(0.4)
            && let Some(&relay) = scene.dice.pick(&self.relays)
        {
            let seconds = scene.dice.lognormal(90.0, 0.7);
            let volume = Volume::tcp(9_000, 30_000);
            scene.lasting(&relay.site, ADMIN_PORT, 0, (seconds * 1e6) as i64, volume, Course::Whole);
        }
        // Their working day is ours shifted; between sessions an hour or several.
        let busy = scene.activity(Rhythm::Office).max(0.15);
        scene.dice.exp_us(5_400.0 / busy)
    }
}
