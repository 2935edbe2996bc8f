//! Denial of service on order: every bot that is awake sends to one target at once.

use crate::dice::Dice;
use crate::entity::Scene;
use crate::plan::Plan;
use crate::talk::{Course, TCP, Talk, UDP, Volume};
use crate::world::{NetKind, Site, World};
use noroshi_model::Micros;
use noroshi_model::time::SECOND;

/// One order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    pub(crate) at: Micros,
    pub(crate) seconds: u32,
    pub(crate) target: Site,
    pub(crate) port: u16,
    protocol: u8,
}

impl Order {
    /// Some time in the middle of the simulation, for one to ten minutes.
    pub(crate) fn new(of: &Plan, world: &World, dice: &mut Dice) -> Self {
        let span = (of.until().0 - of.start.0) as f64;
        let at = Micros(of.start.0 + (span * dice.between(0.3, 0.9)) as i64);
        let protocol = if dice.chance(0.6) { UDP } else { TCP };
        let port = [80, 443, 53, 25_565][dice.below(4) as usize];
        Self {
            at,
            seconds: dice.range(60, 600) as u32,
            target: world.site(NetKind::Hosting, 0.0, dice),
            port,
            protocol,
        }
    }
}

/// How long until the next order, if any is left.
pub(crate) fn next_order(orders: &[Order], now: Micros) -> Option<i64> {
    orders.iter().map(|order| order.at.0 - now.0).filter(|&left| left > 0).min()
}

/// One bot obeys: within a second, at the rate its line allows.
pub(crate) fn join(order: &Order, scene: &mut Scene<'_>) {
    let per_second = scene.dice.lognormal(900.0, 0.7).min(20_000.0);
    let ports = scene.dice.range(1, 8);
    let after = scene.dice.between_us(0.05, 1.2);
    let packets = (per_second * f64::from(order.seconds)) as u64 / ports;
    for _ in 0..ports {
        let volume = match order.protocol {
            UDP => Volume::datagrams(packets, 540, 0, 0),
            _ => Volume { down_packets: packets / 50, down_bytes: packets / 50 * 40, ..Volume::syns(packets) },
        };
        let talk = Talk {
            start: Micros(scene.now.0 + after),
            duration_us: i64::from(order.seconds) * SECOND,
            client: scene.me.v4,
            server: order.target.v4,
            cport: scene.port(),
            sport: order.port,
            protocol: order.protocol,
            course: Course::Silent,
            volume,
        };
        scene.talk(talk);
    }
}
