//! What is usual here: how many clients a port has, who has siblings, who also scans.
//!
//! Built once from the broad aggregates. A pulse means little by itself; what makes it suspicious
//! is that nothing else in the same traffic looks like it.

use crate::pulse::{Pulse, per_hour};
use crate::services;
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use noroshi_flow::Broad;
use noroshi_flow::broad::overlay::network_of;
use noroshi_flow::broad::pairs::{Pair, PairKey};
use noroshi_flow::sketch::Distinct;
use noroshi_model::time::{DAY, HOUR, SECOND};
use noroshi_select::server::PortUse;

pub use noroshi_select::server::{ServerContext, ServerId, Turnover, Usual};

/// Hosts a client must call in vain on one port before it counts as one that looks for victims.
const FAN_TARGETS_MIN: u32 = 30;
/// Share of them that did not answer.
const FAN_UNANSWERED_MIN: f64 = 0.5;
/// Log odds of regularity from which a client counts as regular.
const REGULAR_MIN: f64 = 0.8;
/// Clients from which a server counts as one that serves.
const SERVED_MIN: u64 = 3;
/// Contacts from which a client is heard often enough to say when it came.
const HEARD_MIN: u32 = 4;
/// Evidence this much below one's own still counts as the same crowd, log odds.
const CROWD_SLACK: f64 = 0.5;

type Map<K, V> = HashMap<K, V, FixedState>;

/// What is gathered about one port.
#[derive(Debug, Default)]
struct Port {
    clients: Distinct,
    /// Coarse evidence of each server on it, sorted upwards.
    evidence: Vec<f64>,
}

/// Counts a pair to the clients that came and went.
fn count(turnover: &mut Turnover, pair: &Pair, first_us: i64, last_us: i64) {
    let span = (last_us - first_us) as f64;
    if pair.contacts < HEARD_MIN || span < 2.0 * DAY as f64 {
        return;
    }
    turnover.of += 1.0;
    turnover.came += f64::from(u8::from(pair.first_us - first_us > DAY));
    turnover.left += f64::from(u8::from(last_us - pair.last_us > DAY));
    turnover.chance += (1.0 - DAY as f64 / span).powf(f64::from(pair.contacts));
}

/// What is usual in this traffic.
#[derive(Debug, Default)]
pub struct Context {
    /// What weighing asks: clients, sampling, the use of ports.
    pub usual: Usual,
    /// Span of the traffic, seconds.
    pub span_s: f64,
    /// First flow, µs.
    pub first_us: i64,
    /// Last flow, µs.
    pub last_us: i64,
    ports: Map<(u16, u8), Port>,
    servers: Map<ServerId, ServerContext>,
}

impl Context {
    /// Looks round in the aggregates.
    pub fn new(broad: &Broad) -> Self {
        let pairs = broad.pairs.table().sorted();
        let fans = fan_clients(&pairs);
        let siblings = sibling_counts(&pairs);
        let dead = dead_lists(&pairs);
        let mut context =
            Self { span_s: broad.span_s(), first_us: broad.first_us, last_us: broad.last_us, ..Self::default() };
        context.usual.sampling = broad.servers.iter().map(|(_, hour)| hour.sampling).max().unwrap_or(1).max(1);
        let mut hosts = Distinct::default();
        for (key, pair) in &pairs {
            hosts.insert(key.client);
            let pulse = coarse_pulse(pair);
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
            count(&mut server.turnover, pair, broad.first_us, broad.last_us);
            if is_dead(pair) {
                server.dead_list = server.dead_list.max(dead.get(&{ key.client }).copied().unwrap_or(1));
            }
            let contacts = f64::from(pair.contacts);
            server.contacts = (server.contacts.0 + contacts, server.contacts.1 + contacts * contacts);
        }
        context.usual.hosts = hosts.count();
        context.crowds();
        context
    }

    fn crowds(&mut self) {
        let uses = self.ports.iter().map(|(key, port)| (*key, PortUse { clients: port.clients.count(), servers: 0 }));
        self.usual.ports = uses.collect();
        for ((_, port, protocol), server) in &self.servers {
            if let Some(gathered) = self.ports.get_mut(&(*port, *protocol)) {
                gathered.evidence.push(server.evidence);
            }
            if let Some(usage) = self.usual.ports.get_mut(&(*port, *protocol)) {
                usage.servers += u64::from(server.clients >= SERVED_MIN);
            }
        }
        self.ports.values_mut().for_each(|port| port.evidence.sort_by(f64::total_cmp));
        for ((_, port, protocol), server) in &mut self.servers {
            server.crowd = self.ports.get(&(*port, *protocol)).map_or(1, |p| crowd(&p.evidence, server.evidence));
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
}

/// A coarse pulse from the bounded table: histograms instead of every interval.
pub fn coarse_pulse(pair: &Pair) -> Pulse {
    let mut pulse = Pulse {
        contacts: u64::from(pair.contacts),
        beats: u64::from(pair.beats),
        span_s: (pair.last_us - pair.first_us) as f64 / SECOND as f64,
        bytes: (pair.bytes_out + pair.bytes_in) as f64 / f64::from(pair.contacts.max(1)),
        answered: pair.answered_share(),
        connected_h: pair.connected_us as f64 / HOUR as f64,
        bytes_per_h: per_hour(pair.bytes_out + pair.bytes_in, pair.connected_us as f64 / HOUR as f64),
        coverage: 1.0,
        pair_spread: f64::INFINITY,
        ..Pulse::default()
    };
    if let Some(shape) = &pair.shape {
        pulse.period_s = shape.intervals.quantile(0.5);
        let (low, high) = (shape.intervals.quantile(0.2), shape.intervals.quantile(0.8));
        pulse.spread = (high / low.max(1.0)).ln().max(0.0);
        pulse.same_out = shape.sizes_out.concentration();
        pulse.same_in = shape.sizes_in.concentration();
        pulse.bytes = shape.sizes_out.quantile(0.5) + shape.sizes_in.quantile(0.5);
        let hours = (pulse.span_s / 3_600.0).ceil().clamp(1.0, 128.0);
        if hours >= 3.0 {
            pulse.coverage = (f64::from(shape.hours.count_ones()) / hours).min(1.0);
        }
    }
    pulse
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
fn is_dead(pair: &Pair) -> bool {
    pair.beats >= 5 && pair.answered_share() < 0.1
}

/// Servers each client calls again and again in vain.
fn dead_lists(pairs: &[(&PairKey, &Pair)]) -> Map<u128, u64> {
    let mut lists = Map::default();
    for (key, _) in pairs.iter().filter(|(_, pair)| is_dead(pair)) {
        *lists.entry(key.client).or_insert(0) += 1;
    }
    lists
}

/// Servers in one network that one client uses on one port: caches and clouds come in flocks.
fn sibling_counts(pairs: &[(&PairKey, &Pair)]) -> Map<(u128, u128, u16, u8), u64> {
    let mut counts = Map::default();
    for (key, _) in pairs {
        *counts.entry(sibling_key(key)).or_insert(0) += 1;
    }
    counts
}

/// Clients that call many hosts in vain on one TCP port: they scan, spread or send spam.
fn fan_clients(pairs: &[(&PairKey, &Pair)]) -> HashSet<u128, FixedState> {
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
