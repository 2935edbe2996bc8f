//! What bots of every family share.

use crate::entity::Scene;
use crate::presence::Presence;
use crate::talk::Volume;
use crate::world::Site;
use noroshi_model::time::SECOND;

/// Where a bot calls, and when its machine runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bot {
    pub(crate) site: Site,
    pub(crate) port: u16,
    pub(crate) presence: Presence,
}

/// A botnet has at least one server; this only keeps a look-up total.
pub(crate) const NOWHERE: Site = Site { v4: 0xffff_f000_0002, v6: None, rtt_us: 100_000 };

impl Bot {
    /// `Some(wait)` while the machine is off. A bot starts within minutes of its machine.
    pub(crate) fn away(&self, scene: &mut Scene<'_>) -> Option<i64> {
        let wait = self.presence.away(scene.now, scene.stage.clock)?;
        Some(wait + scene.dice.between_us(20.0, 400.0))
    }

    /// One call with so much payload each way: TLS where the port says so.
    pub(crate) fn call(&self, scene: &mut Scene<'_>, up: u64, down: u64) {
        let volume = match self.port {
            443 | 8443 | 993 => Volume::tls(up, down),
            _ => Volume::tcp(up, down),
        };
        scene.tcp(&self.site, self.port, 0, volume, 8e5);
    }
}

/// A period spread evenly to either side, microseconds. Counted from the last call, so that the
/// phase wanders: this is what sleeping in a loop does.
pub(crate) fn sleep(period_s: f64, jitter: f64, scene: &mut Scene<'_>) -> i64 {
    let spread = if jitter > 0.0 { jitter * scene.dice.between(-1.0, 1.0) } else { 0.0 };
    (period_s * (1.0 + spread) * SECOND as f64) as i64
}
