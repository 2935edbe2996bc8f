//! Traffic that only passes through: both ends abroad.

use crate::entity::{Habit, Scene};
use crate::talk::{Course, TCP, Talk, Volume};
use crate::world::NetKind;

/// A share of the nation's transit.
pub(crate) struct Transit {
    per_hour: f64,
}

impl Transit {
    pub(crate) fn new(per_hour: f64) -> Self {
        Self { per_hour }
    }
}

impl Habit for Transit {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let world = scene.stage.world;
        let client = world.site(NetKind::Access, 0.0, scene.dice);
        let kind = [NetKind::Hosting, NetKind::Cloud, NetKind::Access][scene.dice.below(3) as usize];
        let server = world.site(kind, 0.0, scene.dice);
        let down = scene.dice.pareto(4_000.0, 1.05, 1e8) as u64;
        let talk = Talk {
            start: scene.now,
            duration_us: Talk::duration(client.rtt_us + server.rtt_us, down, 2e6),
            client: client.v4,
            server: server.v4,
            cport: scene.dice.range(32_768, 60_999) as u16,
            sport: [443, 443, 80, 22, 8_080][scene.dice.below(5) as usize],
            protocol: TCP,
            course: Course::Whole,
            volume: Volume::tls(1_200, down),
        };
        scene.talk(talk);
        scene.dice.exp_us(3_600.0 / self.per_hour)
    }
}
