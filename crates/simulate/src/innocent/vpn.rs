//! Tunnels: one flow for hours over UDP or ESP, kept alive when idle.

use crate::clock::Rhythm;
use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::talk::{Course, ESP, Talk, Volume};
use crate::world::Site;
use noroshi_model::time::SECOND;

/// One tunnel.
pub(crate) struct Tunnel {
    site: Site,
    esp: bool,
    /// A tunnel between sites, which is always up.
    always: bool,
    rhythm: Rhythm,
}

impl Tunnel {
    pub(crate) fn new(market: &Market, rhythm: Rhythm, dice: &mut Dice) -> Self {
        let always = rhythm == Rhythm::Office && dice.chance(0.4);
        Self { site: market.vpn.draw(dice), esp: dice.chance(0.3), always, rhythm }
    }
}

impl Habit for Tunnel {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let hours = if self.always { 1.0 } else { scene.dice.lognormal(1.6, 0.7).min(10.0) };
        let wait = if self.always { Ok(0) } else { scene.wait(0.15, self.rhythm) };
        let wait = match wait {
            Ok(wait) => wait,
            Err(later) => return later,
        };
        // A keep-alive every 25 s (WireGuard) under what is carried.
        let busy = scene.activity(self.rhythm);
        let carried = (scene.dice.lognormal(40e6, 1.2) * hours * busy) as u64;
        let (down, up) = (carried / 900 + (hours * 144.0) as u64, carried / 2_400 + (hours * 144.0) as u64);
        let duration_us = (hours * 3_600.0) as i64 * SECOND;
        let volume = Volume { up_packets: up, up_bytes: up * 210, down_packets: down, down_bytes: down * 60 + carried };
        if self.esp {
            let (client, server) = scene.ends(&self.site);
            let start = scene.now;
            let (protocol, course) = (ESP, Course::Middle);
            scene.talk(Talk { start, duration_us, client, server, cport: 0, sport: 0, protocol, course, volume });
        } else {
            let port = [51_820, 1_194, 4_500][(self.site.v4 % 3) as usize];
            scene.udp(&self.site, port, 0, duration_us, volume);
        }
        wait.max(duration_us + SECOND)
    }
}
