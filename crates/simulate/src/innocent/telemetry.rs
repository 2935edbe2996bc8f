//! Devices and programs that report to their maker at a fixed rhythm, with reports of one size.

use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::market::Market;
use crate::presence::Presence;
use crate::talk::{Course, TCP, Talk, Volume};
use crate::world::Site;
use noroshi_model::time::SECOND;

/// One reporter.
pub(crate) struct Telemetry {
    site: Site,
    port: u16,
    period_s: f64,
    wobble_s: f64,
    up: u64,
    down: u64,
    spread: u64,
    presence: Presence,
    /// Source port and bytes of an MQTT-like connection kept open; 0 where each report has its own.
    kept: u16,
}

impl Telemetry {
    /// A program that reports to a large cloud.
    pub(crate) fn cloud(market: &Market, presence: Presence, dice: &mut Dice) -> Self {
        let period_s = [60.0, 300.0, 300.0, 900.0, 900.0, 3_600.0][dice.below(6) as usize];
        Self::with(market.telemetry.draw(dice), 443, period_s, presence, dice)
    }

    /// An appliance, camera or meter that reports to the one server of its maker: few clients, one
    /// rhythm, one size, a port of the maker's choice. Nothing but the intent differs from a beacon.
    pub(crate) fn vendor(market: &Market, dice: &mut Dice) -> Self {
        let nth = {
            let site = market.vendor.draw(dice);
            (0..market.vendor.len()).find(|&n| market.vendor.nth(n) == site).unwrap_or(0)
        };
        // Rhythm, port and protocol belong to the maker, not to the device.
        let period_s = [30.0, 60.0, 60.0, 120.0, 300.0, 600.0, 1_800.0][nth % 7];
        let port = [443, 443, 8883, 80, 1883, 8443, 5_683, 10_001, 443][nth % 9];
        let mut made = Self::with(market.vendor.nth(nth), port, period_s, Presence::ALWAYS, dice);
        (made.up, made.down, made.spread) = (120 + 37 * (nth as u64 % 13), 60 + 21 * (nth as u64 % 7), 6);
        if matches!(port, 8883 | 1883) {
            made.kept = dice.range(32_768, 60_999) as u16;
        }
        made
    }

    fn with(site: Site, port: u16, period_s: f64, presence: Presence, dice: &mut Dice) -> Self {
        let wobble_s = [0.05, 0.3, period_s * 0.02, period_s * 0.1][dice.below(4) as usize];
        let (up, down) = (dice.range(400, 2_600), dice.range(120, 500));
        Self { site, port, period_s, wobble_s, up, down, spread: dice.range(2, 60), presence, kept: 0 }
    }
}

impl Habit for Telemetry {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.presence.away(scene.now, scene.stage.clock) {
            return wait + scene.dice.between_us(10.0, 300.0);
        }
        let up = self.up + scene.dice.range(0, self.spread);
        if self.port == 5_683 {
            // CoAP (RFC 7252): one datagram and its acknowledgement.
            scene.udp(&self.site, self.port, 0, self.site.rtt_us, Volume::datagrams(1, up + 28, 1, 44));
        } else if self.kept != 0 {
            self.keep(up, scene);
        } else {
            let volume = match self.port {
                80 | 10_001 => Volume::tcp(up, self.down),
                _ => Volume::resumed(up, self.down),
            };
            scene.tcp(&self.site, self.port, 0, volume, 1e6);
        }
        let wobble = scene.dice.normal() * self.wobble_s;
        ((self.period_s + wobble).max(1.0) * SECOND as f64) as i64
    }
}

impl Telemetry {
    fn keep(&mut self, up: u64, scene: &mut Scene<'_>) {
        let broken = scene.dice.chance(0.002);
        if broken {
            self.kept = scene.port();
        }
        let (client, server) = scene.ends(&self.site);
        let (course, volume) = match broken {
            true => (Course::Whole, Volume::resumed(up, self.down)),
            false => (Course::Middle, Volume::piece(up, 4)),
        };
        let talk = Talk {
            start: scene.now,
            duration_us: 2 * self.site.rtt_us,
            client,
            server,
            cport: self.kept,
            sport: self.port,
            protocol: TCP,
            course,
            volume,
        };
        scene.talk(talk);
    }
}
