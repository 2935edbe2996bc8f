//! What is usual here: how many clients a port has, who has siblings, who also scans.
//!
//! Built once from the broad aggregates. A pulse means little by itself; what makes it suspicious
//! is that nothing else in the same traffic looks like it.

use crate::pulse::Pulse;
use crate::services;
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use noroshi_flow::Broad;
use noroshi_flow::broad::overlay::network_of;
use noroshi_flow::broad::pairs::PairKey;
use noroshi_flow::sketch::Distinct;
use noroshi_model::time::DAY;

/// Hosts a client must call in vain on one port before it counts as one that looks for victims.
const FAN_TARGETS_MIN: u32 = 30;
/// Share of them that did not answer.
const FAN_UNANSWERED_MIN: f64 = 0.5;
/// Log odds of regularity from which a client counts as regular.
const REGULAR_MIN: f64 = 0.8;
/// Clients from which a server counts as one that serves.
const SERVED_MIN: u64 = 3;
/// Log odds per doubling-e of servers beyond two that serve on one port, and where it ends.
const SERVICE: f64 = -1.2;
const SERVICE_FLOOR: f64 = -1.0;
/// Contacts from which a client is heard often enough to say when it came.
const HEARD_MIN: u32 = 4;
/// Evidence this much below one's own still counts as the same crowd, log odds.
const CROWD_SLACK: f64 = 0.5;

/// A server: address bits, port, protocol.
pub type ServerId = (u128, u16, u8);

type Map<K, V> = HashMap<K, V, FixedState>;

/// What is usual for one port.
#[derive(Debug, Clone, Default)]
pub struct PortUse {
    /// Clients that use it.
    pub clients: Distinct,
    /// Servers on it with several clients: many of them make it a service, known or not.
    pub servers: u64,
    /// Coarse evidence of each server on it, sorted upwards.
    evidence: Vec<f64>,
}

/// Clients that came and went within the traffic, where it is longer than two days.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Turnover {
    /// Came more than a day after the beginning.
    pub came: f64,
    /// Left more than a day before the end.
    pub left: f64,
    /// What chance explains of either, since few contacts leave long gaps.
    pub chance: f64,
    /// Clients heard often enough to ask.
    pub of: f64,
}

impl Turnover {
    fn add(&mut self, pair: &noroshi_flow::broad::pairs::Pair, first_us: i64, last_us: i64) {
        let span = (last_us - first_us) as f64;
        if pair.contacts < HEARD_MIN || span < 2.0 * DAY as f64 {
            return;
        }
        self.of += 1.0;
        self.came += f64::from(u8::from(pair.first_us - first_us > DAY));
        self.left += f64::from(u8::from(last_us - pair.last_us > DAY));
        self.chance += (1.0 - DAY as f64 / span).powf(f64::from(pair.contacts));
    }

    /// Clients that came and stayed beyond those that left or that chance explains.
    pub fn grown(&self) -> f64 {
        self.came - self.left.max(self.chance)
    }

    /// The same in standard deviations.
    pub fn surprise(&self) -> f64 {
        self.grown() / (self.left.max(self.chance) + 1.0).sqrt()
    }
}

/// What surrounds one server.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServerContext {
    /// Clients.
    pub clients: u64,
    /// Clients with a regular pulse.
    pub regular_clients: u64,
    /// Clients that also look for victims elsewhere.
    pub fan_clients: u64,
    /// Servers in the same network that each of its clients uses on the same port, at least.
    pub siblings: u64,
    /// Servers on the same port whose coarse evidence is as strong, itself included.
    pub crowd: u64,
    /// Coarse evidence of its best pair, log odds.
    pub evidence: f64,
    /// Most servers that one of its clients calls regularly and in vain, this one included; 0 if it answers.
    pub dead_list: u64,
    /// Clients that came more than a day after the traffic began, that left more than a day before it
    /// ended, how many of either chance explains, and how many were heard often enough to ask.
    pub turnover: Turnover,
    /// Sum of contacts over clients, and of their squares.
    pub contacts: (f64, f64),
}

/// What is usual in this traffic.
#[derive(Debug, Default)]
pub struct Context {
    /// Clients seen.
    pub hosts: u64,
    /// Span of the traffic, seconds.
    pub span_s: f64,
    /// First flow, µs.
    pub first_us: i64,
    /// Last flow, µs.
    pub last_us: i64,
    /// Largest sampling rate met; 1 unsampled.
    pub sampling: u32,
    ports: Map<(u16, u8), PortUse>,
    servers: Map<ServerId, ServerContext>,
}

impl Context {
    /// Looks round in the aggregates.
    pub fn new(broad: &Broad) -> Self {
        let pairs = broad.pairs.table().sorted();
        let fans = fan_clients(&pairs);
        let siblings = sibling_counts(&pairs);
        let dead = dead_lists(&pairs);
        let mut context = Self {
            span_s: broad.span_s(),
            first_us: broad.first_us,
            last_us: broad.last_us,
            sampling: broad.servers.iter().map(|(_, hour)| hour.sampling).max().unwrap_or(1).max(1),
            ..Self::default()
        };
        let mut hosts = Distinct::default();
        for (key, pair) in &pairs {
            hosts.insert(key.client);
            let pulse = Pulse::of_pair(pair);
            let evidence = coarse_evidence(&pulse);
            context.ports.entry((key.port, key.protocol)).or_default().clients.insert(key.client);
            let server = context
                .servers
                .entry((key.server, key.port, key.protocol))
                .or_insert_with(|| ServerContext { evidence: f64::NEG_INFINITY, ..ServerContext::default() });
            server.clients += 1;
            server.regular_clients += u64::from(pulse.regularity() >= REGULAR_MIN);
            server.fan_clients += u64::from(fans.contains(&{ key.client }));
            let flock = siblings.get(&sibling_key(key)).copied().unwrap_or(1);
            server.siblings = if server.clients == 1 { flock } else { server.siblings.min(flock) };
            server.evidence = server.evidence.max(evidence);
            server.turnover.add(pair, broad.first_us, broad.last_us);
            if is_dead(pair) {
                server.dead_list = server.dead_list.max(dead.get(&{ key.client }).copied().unwrap_or(1));
            }
            let contacts = f64::from(pair.contacts);
            server.contacts = (server.contacts.0 + contacts, server.contacts.1 + contacts * contacts);
        }
        context.hosts = hosts.count();
        context.crowds();
        context
    }

    fn crowds(&mut self) {
        for ((_, port, protocol), server) in &self.servers {
            if let Some(usage) = self.ports.get_mut(&(*port, *protocol)) {
                usage.evidence.push(server.evidence);
                usage.servers += u64::from(server.clients >= SERVED_MIN);
            }
        }
        self.ports.values_mut().for_each(|usage| usage.evidence.sort_by(f64::total_cmp));
        for ((_, port, protocol), server) in &mut self.servers {
            server.crowd = self.ports.get(&(*port, *protocol)).map_or(1, |u| crowd(&u.evidence, server.evidence));
        }
    }

    /// What surrounds a server; nothing known of a server that was never met.
    pub fn server(&self, id: &ServerId) -> ServerContext {
        self.servers.get(id).cloned().unwrap_or_default()
    }

    /// Every server met, sorted.
    pub fn servers(&self) -> Vec<(&ServerId, &ServerContext)> {
        let mut list: Vec<_> = self.servers.iter().collect();
        list.sort_unstable_by_key(|(id, _)| **id);
        list
    }

    /// Log odds of a port before any evidence: the service's prior, or how rare the port is here.
    pub fn port_prior(&self, port: u16, protocol: u8) -> f64 {
        if let Some(service) = services::known(port, protocol) {
            return service.prior;
        }
        let usage = self.ports.get(&(port, protocol));
        let clients = usage.map_or(0, |u| u.clients.count());
        let servers = usage.map_or(0, |u| u.servers).max(2) as f64 / 2.0;
        let rare = clients as f64 <= (0.02 * self.hosts as f64).max(2.0);
        let base = if port < 1_024 { services::PRIVILEGED_PORT } else { services::RARE_PORT };
        let base = if rare { base } else { base * 0.4 };
        (base + SERVICE * servers.ln()).max(SERVICE_FLOOR)
    }
}

/// Evidence of a pair before context, log odds.
pub fn coarse_evidence(pulse: &Pulse) -> f64 {
    pulse.regularity() + pulse.deliberation(pulse.regularity()) + pulse.persistence() + pulse.sameness()
}

/// How many of sorted evidences are as strong as one's own, itself included.
pub(crate) fn crowd(sorted: &[f64], evidence: f64) -> u64 {
    (sorted.len() - sorted.partition_point(|&e| e < evidence - CROWD_SLACK)) as u64
}

fn sibling_key(key: &PairKey) -> (u128, u128, u16, u8) {
    (key.client, network_of(key.server), key.port, key.protocol)
}

/// Called five times and never answered.
fn is_dead(pair: &noroshi_flow::broad::pairs::Pair) -> bool {
    pair.beats >= 5 && pair.answered_share() < 0.1
}

/// Servers each client calls again and again in vain.
fn dead_lists(pairs: &[(&PairKey, &noroshi_flow::broad::pairs::Pair)]) -> Map<u128, u64> {
    let mut lists = Map::default();
    for (key, _) in pairs.iter().filter(|(_, pair)| is_dead(pair)) {
        *lists.entry(key.client).or_insert(0) += 1;
    }
    lists
}

/// Servers in one network that one client uses on one port: caches and clouds come in flocks.
fn sibling_counts(pairs: &[(&PairKey, &noroshi_flow::broad::pairs::Pair)]) -> Map<(u128, u128, u16, u8), u64> {
    let mut counts = Map::default();
    for (key, _) in pairs {
        *counts.entry(sibling_key(key)).or_insert(0) += 1;
    }
    counts
}

/// Clients that call many hosts in vain on one TCP port: they scan, spread or send spam.
fn fan_clients(pairs: &[(&PairKey, &noroshi_flow::broad::pairs::Pair)]) -> HashSet<u128, FixedState> {
    let mut fans: Map<(u128, u16), (u32, u32)> = Map::default();
    for (key, pair) in pairs.iter().filter(|(key, _)| key.protocol == 6) {
        let prior = services::known(key.port, key.protocol).map(|s| s.name);
        if matches!(prior, Some("file sharing" | "games" | "calls")) {
            continue;
        }
        let fan = fans.entry((key.client, key.port)).or_default();
        fan.0 += 1;
        fan.1 += u32::from(pair.in_seen == 0 || pair.rejected * 2 > pair.contacts);
    }
    let is_fan = |&(targets, missed): &(u32, u32)| {
        targets >= FAN_TARGETS_MIN && f64::from(missed) >= FAN_UNANSWERED_MIN * f64::from(targets)
    };
    fans.into_iter().filter(|(_, fan)| is_fan(fan)).map(|((client, _), _)| client).collect()
}
