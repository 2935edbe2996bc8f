//! Scanners abroad: research projects that knock on every door, and the noise of everybody else.

use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::talk::{Course, ICMP, TCP, Talk, UDP, Volume};
use noroshi_model::Micros;

/// One scanner; its own address is the entity's.
pub(crate) struct Scan {
    ports: Vec<u16>,
    protocol: u8,
    per_hour: f64,
    /// Addresses of the nation's prefixes it draws from, most of them dark.
    prefixes: [u32; 3],
}

/// Ports that are scanned most, whoever publishes the list.
const PORTS: [u16; 16] = [22, 23, 80, 443, 445, 2_323, 3_389, 5_060, 5_555, 6_379, 8_080, 8_443, 8_728, 9_200, 21, 25];

impl Scan {
    pub(crate) fn new(research: bool, dice: &mut Dice) -> Self {
        let count = if research { dice.range(4, 12) } else { dice.range(1, 2) };
        let ports = (0..count).map(|_| PORTS[dice.below(PORTS.len() as u64) as usize]).collect();
        let protocol = if dice.chance(0.12) { UDP } else { TCP };
        let prefixes = [0x0a00_0000, 0x0a30_0000, 0x0a60_0000];
        let per_hour = if research { dice.between(300.0, 900.0) } else { dice.between(20.0, 200.0) };
        Self { ports, protocol, per_hour, prefixes }
    }

    /// Ports, for the truth.
    pub(crate) fn ports(&self) -> &[u16] {
        &self.ports
    }
}

impl Habit for Scan {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let lines = scene.stage.lines;
        let (server, alive) = match scene.dice.pick(lines) {
            // One in fifty hits somebody; the rest of the space is dark.
            Some(line) if scene.dice.below(50) == 0 => (line.v4, true),
            _ => {
                let base = self.prefixes[scene.dice.below(3) as usize];
                (crate::world::v4(base + scene.dice.below(0x30_0000) as u32), false)
            }
        };
        let sport = scene.dice.pick(&self.ports).copied().unwrap_or(80);
        let answer = if alive { scene.dice.below(3) } else { 0 };
        let (course, volume) = match (self.protocol, answer) {
            (UDP, 2) => (Course::Middle, Volume::datagrams(1, 72, 1, 180)),
            (UDP, _) => (Course::Silent, Volume::datagrams(1, 72, 0, 0)),
            (_, 1) => (Course::Refused, Volume::reset()),
            (_, 2) => (Course::Whole, Volume::tcp(0, 0)),
            _ => (Course::Silent, Volume { up_bytes: 44, ..Volume::syns(1) }),
        };
        let talk = Talk {
            start: scene.now,
            duration_us: if alive { 180_000 } else { 0 },
            client: scene.me.v4,
            server,
            cport: scene.dice.range(32_768, 60_999) as u16,
            sport,
            protocol: self.protocol,
            course,
            volume,
        };
        scene.talk(talk);
        scene.dice.exp_us(3_600.0 / self.per_hour)
    }
}

/// One echo request and its answer from `client`, as reachability probes send them.
pub(crate) fn ping(start: Micros, client: u128, server: u128, rtt_us: i64) -> Talk {
    Talk {
        start,
        duration_us: rtt_us,
        client,
        server,
        cport: 0,
        sport: 8 << 8,
        protocol: ICMP,
        course: Course::Middle,
        volume: Volume::datagrams(1, 84, 1, 84),
    }
}
