//! The plan: everything a simulated nation is made from. Same plan, same records.

use crate::limits;
use noroshi_model::{Micros, time::HOUR};
use serde::{Deserialize, Serialize};

/// What to simulate. Times in UTC; sizes in hosts, days and packets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// Everything random comes from here.
    pub seed: u64,
    /// First moment.
    pub start: Micros,
    /// Days simulated.
    pub days: u32,
    /// Active domestic hosts: subscriber lines, offices, organisations and servers.
    pub hosts: u32,
    /// Exporters look at one packet in this many; 1 looks at all.
    pub sampling: u32,
    /// One record for both directions (RFC 5103), or one each way as most routers export.
    pub biflow: bool,
    /// Seconds after which a flow that goes on is exported and begun anew. 60 is what operators use
    /// (the default of many routers is 1800).
    pub active_timeout_s: u32,
    /// What local time is ahead of UTC, hours.
    pub utc_offset_h: i32,
    /// Registration country of the domestic prefixes.
    pub country: String,
    /// Share of conversations between two domestic hosts, which a mandate must drop.
    pub domestic_share: f64,
    /// The botnets; empty for the null run.
    pub botnets: Vec<BotnetPlan>,
}

/// One botnet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BotnetPlan {
    /// What the truth calls it.
    pub id: String,
    /// Infected domestic hosts.
    pub clients: u32,
    /// Command servers the clients are spread over.
    pub servers: u32,
    /// Port of the servers, or of the overlay.
    pub port: u16,
    /// How it calls home.
    pub method: Method,
    /// Floods ordered in the whole simulation.
    #[serde(default)]
    pub floods: u32,
    /// Megabytes stolen from each client in all.
    #[serde(default)]
    pub exfiltrate_mb: u32,
}

/// How a family calls home. Periods in seconds; jitter as a share of the period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)]
pub enum Method {
    /// A short call every `period_s`·(1 ± `jitter`), counted from the last call.
    Beacon {
        /// Period.
        period_s: f64,
        /// Uniform to either side.
        jitter: f64,
    },
    /// A beacon whose jitter only shortens the sleep, with tasks that make some calls large.
    Tasked {
        /// Longest sleep.
        period_s: f64,
        /// Uniform, downwards.
        jitter: f64,
        /// Tasks a client gets in a day.
        tasks_per_day: f64,
    },
    /// A long connection with a keep-alive, broken and remade now and then.
    Irc {
        /// Between keep-alives.
        keepalive_s: f64,
    },
    /// Two sleeps in turn.
    Alternating {
        /// First sleep.
        first_s: f64,
        /// Second sleep.
        second_s: f64,
        /// Uniform to either side.
        jitter: f64,
    },
    /// Cameras and routers: keep-alives on a rare port, and scans for victims.
    Iot {
        /// Between keep-alives.
        keepalive_s: f64,
        /// Addresses tried in an hour by each client.
        scans_per_hour: f64,
    },
    /// An overlay of peers without a server.
    Overlay {
        /// Between two contacts of one peer.
        period_s: f64,
        /// Peers each one keeps.
        peers: u32,
    },
    /// Bots → relays → tier-2 servers → a controller.
    Relayed {
        /// Between two calls of one bot.
        period_s: f64,
        /// Uniform to either side.
        jitter: f64,
        /// Relays, half of them domestic home routers, half foreign hosts.
        relays: u32,
    },
}

impl Default for Plan {
    /// About 20,000 active hosts for three days behind routers that sample 1:1000.
    fn default() -> Self {
        Self {
            seed: 1,
            // A Monday, midnight in the nation.
            start: Micros(1_767_538_800_000_000),
            days: 3,
            hosts: 20_000,
            sampling: 1_000,
            biflow: false,
            active_timeout_s: 60,
            utc_offset_h: 9,
            country: "JP".to_owned(),
            domestic_share: 0.12,
            botnets: full_botnets(),
        }
    }
}

impl Plan {
    /// A small nation for one day, unsampled: one to three million records.
    pub fn demo() -> Self {
        Self { days: 1, hosts: 360, sampling: 1, botnets: demo_botnets(), ..Self::default() }
    }

    /// The default nation without any botnet.
    pub fn null() -> Self {
        Self::default().innocent()
    }

    /// This plan without any botnet: every innocent host does exactly what it did.
    #[must_use]
    pub fn innocent(self) -> Self {
        Self { botnets: Vec::new(), ..self }
    }

    /// First moment after.
    pub fn until(&self) -> Micros {
        Micros(self.start.0 + i64::from(self.days) * 24 * HOUR)
    }

    /// Holds the plan against the limits.
    ///
    /// # Errors
    /// [`PlanError`] naming the first value out of range.
    pub fn check(&self) -> Result<(), PlanError> {
        let wrong = |what: &str, allowed: String| Err(PlanError { what: what.to_owned(), allowed });
        let between = |value: u32, max: u32| (1..=max).contains(&value);
        if !between(self.hosts, limits::HOSTS_MAX) {
            return wrong("hosts", format!("1 to {}", limits::HOSTS_MAX));
        }
        if !between(self.days, limits::DAYS_MAX) {
            return wrong("days", format!("1 to {}", limits::DAYS_MAX));
        }
        if !between(self.sampling, limits::SAMPLING_MAX) {
            return wrong("sampling", format!("1 to {}", limits::SAMPLING_MAX));
        }
        if !between(self.active_timeout_s, limits::ACTIVE_TIMEOUT_S_MAX) {
            return wrong("active_timeout_s", format!("1 to {}", limits::ACTIVE_TIMEOUT_S_MAX));
        }
        if !(-12..=14).contains(&self.utc_offset_h) {
            return wrong("utc_offset_h", "-12 to 14".to_owned());
        }
        if !(self.country.len() == 2 && self.country.bytes().all(|b| b.is_ascii_uppercase())) {
            return wrong("country", "two capital letters".to_owned());
        }
        if !(0.0..=1.0).contains(&self.domestic_share) {
            return wrong("domestic_share", "0 to 1".to_owned());
        }
        if !(0..=4_102_444_800_000_000).contains(&self.start.0) {
            return wrong("start", "1970 to 2100".to_owned());
        }
        self.check_botnets()
    }

    fn check_botnets(&self) -> Result<(), PlanError> {
        if self.botnets.len() > limits::BOTNETS_MAX {
            return Err(PlanError { what: "botnets".into(), allowed: format!("at most {}", limits::BOTNETS_MAX) });
        }
        for botnet in &self.botnets {
            botnet.check()?;
        }
        let infected: u64 = self.botnets.iter().map(|b| u64::from(b.clients) + b.method.domestic_relays()).sum();
        let most = self.hosts / limits::INFECTED_ONE_IN_MIN;
        if infected > u64::from(most) {
            let hosts = infected * u64::from(limits::INFECTED_ONE_IN_MIN);
            let allowed = format!(
                "{most} infected hosts of {}, and its botnets infect {infected}; give {hosts} hosts or more, or leave the botnets out",
                self.hosts
            );
            return Err(PlanError { what: "number of infected hosts".into(), allowed });
        }
        Ok(())
    }
}

impl BotnetPlan {
    fn check(&self) -> Result<(), PlanError> {
        let wrong =
            |what: &str, allowed: String| Err(PlanError { what: format!("`{what}` of botnet `{}`", self.id), allowed });
        if self.clients == 0 {
            return wrong("clients", "1 or more".into());
        }
        if self.servers == 0 || self.servers > 1_000 {
            return wrong("servers", "1 to 1000".into());
        }
        let (min, max) = (limits::PERIOD_S_MIN, limits::PERIOD_S_MAX);
        if self.method.periods().iter().any(|p| !(min..=max).contains(p)) {
            return wrong("period", format!("{min} to {max} seconds"));
        }
        if !(0.0..=0.9).contains(&self.method.jitter()) {
            return wrong("jitter", "0 to 0.9".into());
        }
        match self.method {
            Method::Relayed { relays, .. } if !(2..=10_000).contains(&relays) => wrong("relays", "2 to 10000".into()),
            Method::Overlay { peers, .. } if !(1..=1_000).contains(&peers) => wrong("peers", "1 to 1000".into()),
            Method::Iot { scans_per_hour, .. } if !(0.0..=100_000.0).contains(&scans_per_hour) => {
                wrong("scans_per_hour", "0 to 100000".into())
            }
            Method::Tasked { tasks_per_day, .. } if !(0.0..=1_000.0).contains(&tasks_per_day) => {
                wrong("tasks_per_day", "0 to 1000".into())
            }
            _ => Ok(()),
        }
    }
}

impl Method {
    /// The word of the truth.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Beacon { .. } => "beacon",
            Self::Tasked { .. } => "tasked",
            Self::Irc { .. } => "irc",
            Self::Alternating { .. } => "alternating",
            Self::Iot { .. } => "iot",
            Self::Overlay { .. } => "overlay",
            Self::Relayed { .. } => "relayed",
        }
    }

    /// Periods, seconds: one, or two in turn.
    pub fn periods(&self) -> Vec<f64> {
        match *self {
            Self::Beacon { period_s, .. }
            | Self::Tasked { period_s, .. }
            | Self::Overlay { period_s, .. }
            | Self::Relayed { period_s, .. } => vec![period_s],
            Self::Irc { keepalive_s } | Self::Iot { keepalive_s, .. } => vec![keepalive_s],
            Self::Alternating { first_s, second_s, .. } => vec![first_s, second_s],
        }
    }

    /// Jitter, a share of the period.
    pub fn jitter(&self) -> f64 {
        match *self {
            Self::Beacon { jitter, .. }
            | Self::Tasked { jitter, .. }
            | Self::Alternating { jitter, .. }
            | Self::Relayed { jitter, .. } => jitter,
            Self::Irc { .. } | Self::Iot { .. } => 0.02,
            Self::Overlay { .. } => 0.15,
        }
    }

    pub(crate) fn domestic_relays(&self) -> u64 {
        match *self {
            Self::Relayed { relays, .. } => u64::from(relays / 2),
            _ => 0,
        }
    }
}

/// A value of the plan is out of range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} of the plan is out of range; allowed: {allowed}")]
pub struct PlanError {
    what: String,
    allowed: String,
}

fn botnet(id: &str, clients: u32, servers: u32, port: u16, method: Method) -> BotnetPlan {
    BotnetPlan { id: id.to_owned(), clients, servers, port, method, floods: 0, exfiltrate_mb: 0 }
}

fn beacon(period_s: f64, jitter: f64) -> Method {
    Method::Beacon { period_s, jitter }
}

/// Sleeps and jitters as operators set them: 60 s is the default of Cobalt Strike, the rest the
/// spread reported for its profiles and for commodity loaders.
fn full_botnets() -> Vec<BotnetPlan> {
    let tasked = |period_s, jitter, tasks_per_day| Method::Tasked { period_s, jitter, tasks_per_day };
    vec![
        BotnetPlan { exfiltrate_mb: 900, ..botnet("targeted", 3, 1, 443, tasked(900.0, 0.5, 6.0)) },
        botnet("steady", 8, 1, 8080, beacon(10.0, 0.0)),
        BotnetPlan { exfiltrate_mb: 60, ..botnet("intruder", 15, 1, 443, tasked(60.0, 0.2, 8.0)) },
        botnet("affiliate", 30, 1, 443, tasked(60.0, 0.37, 3.0)),
        botnet("loader", 45, 1, 443, beacon(300.0, 0.37)),
        botnet("clicker", 40, 1, 8443, beacon(900.0, 0.5)),
        botnet("hourly", 80, 1, 443, beacon(3_600.0, 0.1)),
        botnet("sleeper", 150, 1, 443, beacon(21_600.0, 0.5)),
        BotnetPlan { floods: 2, ..botnet("chatter", 60, 1, 6667, Method::Irc { keepalive_s: 90.0 }) },
        botnet("twostep", 35, 1, 80, Method::Alternating { first_s: 30.0, second_s: 570.0, jitter: 0.1 }),
        BotnetPlan {
            floods: 3,
            ..botnet("camera", 220, 2, 9_506, Method::Iot { keepalive_s: 60.0, scans_per_hour: 240.0 })
        },
        botnet("swarm", 90, 1, 16_464, Method::Overlay { period_s: 240.0, peers: 24 }),
        botnet("veil", 120, 2, 8_081, Method::Relayed { period_s: 600.0, jitter: 0.2, relays: 12 }),
    ]
}

fn demo_botnets() -> Vec<BotnetPlan> {
    let tasked = |period_s, jitter, tasks_per_day| Method::Tasked { period_s, jitter, tasks_per_day };
    vec![
        BotnetPlan { exfiltrate_mb: 300, ..botnet("intruder", 3, 1, 443, tasked(60.0, 0.2, 8.0)) },
        botnet("steady", 5, 1, 8080, beacon(10.0, 0.0)),
        botnet("loader", 12, 1, 443, beacon(300.0, 0.37)),
        botnet("hourly", 15, 1, 443, beacon(3_600.0, 0.1)),
        BotnetPlan { floods: 1, ..botnet("chatter", 10, 1, 6667, Method::Irc { keepalive_s: 90.0 }) },
        botnet("twostep", 8, 1, 80, Method::Alternating { first_s: 30.0, second_s: 570.0, jitter: 0.1 }),
        BotnetPlan {
            floods: 1,
            ..botnet("camera", 20, 1, 9_506, Method::Iot { keepalive_s: 60.0, scans_per_hour: 120.0 })
        },
        botnet("swarm", 12, 1, 16_464, Method::Overlay { period_s: 40.0, peers: 8 }),
        botnet("veil", 24, 2, 8_081, Method::Relayed { period_s: 600.0, jitter: 0.2, relays: 6 }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plans_shipped_are_within_the_limits() {
        for plan in [Plan::default(), Plan::demo(), Plan::null()] {
            plan.check().unwrap();
        }
        let large = Plan::default().botnets.iter().filter(|b| b.clients >= 30).count();
        assert!(large >= 6, "{large}");
        assert_eq!(Plan::default().start.to_string(), "2026-01-04T15:00:00.000000Z");
    }

    #[test]
    fn one_past_a_limit_is_refused_by_name() {
        let refused = |plan: Plan| plan.check().unwrap_err().to_string();
        assert!(refused(Plan { hosts: limits::HOSTS_MAX + 1, ..Plan::null() }).contains("hosts"));
        assert!(refused(Plan { days: limits::DAYS_MAX + 1, ..Plan::null() }).contains("days"));
        assert!(refused(Plan { sampling: limits::SAMPLING_MAX + 1, ..Plan::null() }).contains("sampling"));
        assert!(refused(Plan { sampling: 0, ..Plan::null() }).contains("sampling"));
        assert!(
            refused(Plan { active_timeout_s: limits::ACTIVE_TIMEOUT_S_MAX + 1, ..Plan::null() }).contains("active")
        );
        let with = |b: BotnetPlan| Plan { botnets: vec![b], ..Plan::default() };
        assert!(refused(with(botnet("b", 1, 1, 1, beacon(0.5, 0.0)))).contains("period"));
        assert!(refused(with(botnet("b", 6_667, 1, 1, beacon(5.0, 0.0)))).contains("infected"));
        with(botnet("b", 6_666, 1, 1, beacon(1.0, 0.9))).check().unwrap();
        assert!(refused(with(botnet("b", 5, 1, 1, beacon(5.0, 0.91)))).contains("jitter"));
        let many = vec![botnet("b", 1, 1, 1, beacon(5.0, 0.0)); limits::BOTNETS_MAX + 1];
        assert!(refused(Plan { botnets: many, ..Plan::default() }).contains("botnets"));
        let at = Plan { hosts: limits::HOSTS_MAX, days: limits::DAYS_MAX, ..Plan::null() };
        at.check().unwrap();
    }
}
