//! The scales: evidence in, log odds out. One set of weights for every capture.
//!
//! The weights are set from what each measurement means, not fitted to a capture: a prior of one in
//! 1,800 pairs; each term bounded, monotone and independent enough to add. docs/detectors/beacon.md
//! explains every line, docs/evaluation.md shows how they do on captures nobody set them on.

use crate::exact::Exact as _;
use crate::pulse::Pulse;
use crate::server::{ServerContext, ServerId, Usual};
use noroshi_model::finding::Evidence;
use noroshi_model::{Confidence, Severity};

/// Log odds of a pair before anything is known: about one in 1,800.
const PRIOR: f64 = -7.5;
/// Log odds for a client that also scans, spreads or sends spam.
const LOOKS_FOR_VICTIMS: f64 = 2.5;
/// Packets of a call that asks for orders, generously.
const ORDER_PACKETS: f64 = 40.0;
/// Evidence that rests on the times of single calls.
const RHYTHM: [&str; 5] =
    ["interval-regularity", "spectral-power", "deliberate-jitter", "drawn-jitter", "pooled-drawn-jitter"];
/// Log odds when nobody ever answers one client, for each doubling-e of clients that call in vain, and
/// the floor: a dead command server is called by few, a dead service by everybody who has the program.
const NEVER_ANSWERED: (f64, f64, f64) = (-0.5, -0.8, -2.5);
/// Log odds per doubling-e of dead servers that one client calls as evenly: a program that works down its list.
const DEAD_LIST: (f64, f64) = (-1.0, -2.5);
/// Log odds per doubling-e of servers that look the same on the same port.
const CROWD: f64 = -0.8;
/// Log odds per doubling-e of siblings, and its floor.
const SIBLING: (f64, f64) = (-0.8, -2.0);
/// Log odds per doubling-e of clients that are not regular, and its floor.
const POPULAR: (f64, f64) = (-0.6, -4.0);
/// Log odds per doubling-e of regular clients, and its ceiling.
const POOLED: (f64, f64) = (0.6, 2.0);
/// Nats of spectral surprise that make one log odd, and the ceiling.
const SPECTRAL: (f64, f64) = (0.12, 3.0);

/// Log odds from which a finding is medium, high, critical; low and info below.
const MEDIUM: f64 = 0.4;
const HIGH: f64 = 1.5;
const CRITICAL: f64 = 3.0;
const LOW: f64 = -2.0;
/// Below this nothing is said.
pub const INFO: f64 = -4.5;

/// Evidence with its weights, and their sum.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assessment {
    /// What was measured, the weightiest first once sorted.
    pub evidence: Vec<Evidence>,
    /// Sum of prior and weights.
    pub log_odds: f64,
}

impl Assessment {
    /// Starts from a prior.
    pub fn from_prior(prior: f64) -> Self {
        Self { evidence: Vec::new(), log_odds: prior }
    }

    /// Adds one measurement.
    pub fn add(&mut self, name: &str, value: f64, unit: &str, weight: f64) {
        self.log_odds += weight;
        self.evidence.push(Evidence {
            name: name.into(),
            value: round(value),
            unit: unit.into(),
            weight: round(weight),
        });
    }

    /// Adds something worth knowing that weighs nothing.
    pub fn note(&mut self, name: &str, value: f64, unit: &str) {
        self.add(name, value, unit, 0.0);
    }

    /// Sorts the weightiest evidence first.
    pub fn sorted(mut self) -> Self {
        self.evidence.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then(a.name.cmp(&b.name)));
        self
    }

    /// The probability the log odds stand for, 0 to 1: the score.
    pub fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.log_odds).exp())
    }

    /// How bad; `None` below [`INFO`].
    pub fn severity(&self) -> Option<Severity> {
        Some(match self.log_odds {
            l if l >= CRITICAL => Severity::Critical,
            l if l >= HIGH => Severity::High,
            l if l >= MEDIUM => Severity::Medium,
            l if l >= LOW => Severity::Low,
            l if l >= INFO => Severity::Info,
            _ => return None,
        })
    }

    /// How sure.
    pub fn confidence(&self) -> Confidence {
        Confidence::from_probability(self.probability())
    }
}

/// Rounds to six digits, so that outputs are the same text on every machine.
pub fn round(value: f64) -> f64 {
    // Adding zero turns the negative zero of a weight of nothing into zero.
    if value.is_finite() { (value * 1e6).round() / 1e6 + 0.0 } else { 0.0 }
}

/// Weighs the pulse of one pair in its context. `spectral` is the surprise of its period, in nats.
pub fn pair(pulse: &Pulse, spectral: f64, id: &ServerId, server: &ServerContext, usual: &Usual) -> Assessment {
    let mut scales = own_pair(pulse, spectral, server);
    surroundings(&mut scales, id, server, usual);
    scales
}

/// The same before the surroundings.
pub fn own_pair(pulse: &Pulse, spectral: f64, server: &ServerContext) -> Assessment {
    let mut scales = Assessment::from_prior(PRIOR);
    own(&mut scales, pulse, spectral);
    unanswered(&mut scales, pulse, server);
    scales.note("period", pulse.period_s, "s");
    scales.note("beats", pulse.beats as f64, "count");
    scales
}

/// What the pulse says by itself: even, held open or in the spectrum; its jitter, span and sizes.
fn own(scales: &mut Assessment, pulse: &Pulse, spectral: f64) {
    let (regular, held) = (pulse.regularity(), pulse.held());
    let spectrum = (spectral.max(0.0) * SPECTRAL.0).min(SPECTRAL.1);
    let even = regular.max(spectrum);
    let strongest = even.max(held);
    // Only the strongest of the three counts: they are three views of one thing.
    let mut counted = false;
    let mut once = |weight: f64| {
        let counts = weight >= strongest && !counted;
        counted |= counts;
        if counts { weight } else { 0.0 }
    };
    scales.add("interval-regularity", pulse.evenness(), "ratio", once(regular));
    scales.add("spectral-power", spectral, "nats", once(spectrum));
    scales.add("held-connection", pulse.connected_h, "h", once(held));
    // Who is never answered ticks by the time-out of the call, whatever runs there.
    let kind = pulse.deliberation(even);
    let kind = if kind < 0.0 { kind * pulse.answered.clamp(0.0, 1.0) } else { kind };
    scales.add("deliberate-jitter", pulse.spread, "nats", kind);
    scales.add("drawn-jitter", pulse.jitter.drawn_nats, "nats", pulse.drawn(even));
    scales.add("persistence", (pulse.span_s / 3_600.0).max(pulse.connected_h), "h", pulse.persistence());
    scales.add("size-regularity", f64::midpoint(pulse.same_out, pulse.same_in), "ratio", pulse.sameness());
}

/// Nobody answers: a dead server, or a dead service.
fn unanswered(scales: &mut Assessment, pulse: &Pulse, server: &ServerContext) {
    let share = (1.0 - pulse.answered).clamp(0.0, 1.0);
    let (one, more, floor) = NEVER_ANSWERED;
    let callers = (one + more * (server.clients.max(1) as f64).ln_exact()).max(floor);
    let list = (DEAD_LIST.0 * (server.dead_list.max(1) as f64).ln_exact()).max(DEAD_LIST.1);
    scales.add("unanswered-share", share, "ratio", callers * share);
    scales.add("dead-servers-called", server.dead_list as f64, "count", list * share);
}

/// Weighs what surrounds a server: its port, its clients, its like.
pub fn surroundings(scales: &mut Assessment, id: &ServerId, server: &ServerContext, usual: &Usual) {
    let (_, port, protocol) = *id;
    scales.add("port-rarity", f64::from(port), "port", usual.port_prior(port, protocol));
    company(scales, server);
    // Clients that neither beat nor look for victims are people, and people make a server popular.
    let others = server.clients.saturating_sub(server.regular_clients.max(server.fan_clients)) as f64;
    scales.add("prevalence", server.clients as f64, "count", (POPULAR.0 * (1.0 + others).ln_exact()).max(POPULAR.1));
    let regular = server.regular_clients.max(1) as f64;
    scales.add(
        "client-regularity-share",
        regular / server.clients.max(1) as f64,
        "ratio",
        (POOLED.0 * regular.ln_exact()).min(POOLED.1),
    );
}

/// Packets looked at of a call that asks for orders, on average.
pub fn order_packets_seen(sampling: u32) -> f64 {
    ORDER_PACKETS / f64::from(sampling.max(1))
}

/// Share of calls for orders of which any packet is looked at.
pub fn calls_seen(sampling: u32) -> f64 {
    1.0 - (-order_packets_seen(sampling)).exp()
}

/// Takes back what the rhythm gave, as far as calls for orders would not be seen at this sampling: what
/// shows a rhythm there is one long transfer that the exporter cuts into records.
pub fn rhythm_of_records(scales: &mut Assessment, sampling: u32) {
    if sampling <= 1 {
        return;
    }
    let gave: f64 =
        scales.evidence.iter().filter(|e| RHYTHM.contains(&e.name.as_str())).map(|e| e.weight.max(0.0)).sum();
    let seen = calls_seen(sampling);
    scales.add("calls-seen", seen, "ratio", (seen - 1.0) * gave);
}

/// Weighs the company a server is in: what its clients do elsewhere, its look-alikes, its siblings.
pub fn company(scales: &mut Assessment, server: &ServerContext) {
    // Squared, for the clients that do not scan say that it is no server of a botnet.
    let fans = (server.fan_clients as f64 / server.clients.max(1) as f64).powi(2);
    scales.add("clients-that-scan", server.fan_clients as f64, "count", LOOKS_FOR_VICTIMS * fans);
    let crowd = server.crowd.max(1) as f64;
    scales.add("look-alikes", crowd, "count", CROWD * crowd.ln_exact());
    let siblings = server.siblings.max(1) as f64;
    scales.add("sibling-servers", siblings, "count", (SIBLING.0 * siblings.ln_exact()).max(SIBLING.1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_follow_the_log_odds() {
        let at = |log_odds| Assessment { evidence: vec![], log_odds }.severity();
        assert_eq!(at(3.0), Some(Severity::Critical));
        assert_eq!(at(0.39), Some(Severity::Low));
        assert_eq!(at(-4.6), None);
        assert_eq!(at(f64::NAN), None);
    }

    #[test]
    fn a_rhythm_counts_as_far_as_calls_would_be_seen() {
        let left = |sampling| {
            let mut scales = Assessment::from_prior(0.0);
            scales.add("spectral-power", 50.0, "nats", 3.0);
            scales.add("deliberate-jitter", 0.0, "nats", -1.5);
            rhythm_of_records(&mut scales, sampling);
            scales.log_odds
        };
        assert_eq!(left(1), 1.5);
        assert!(left(10) > 1.4 && left(1_000) < -1.3, "{} {}", left(10), left(1_000));
    }

    #[test]
    fn the_sum_is_the_prior_and_the_weights() {
        let mut scales = Assessment::from_prior(-2.0);
        scales.add("a", 1.0, "s", 1.5);
        scales.note("b", 2.0, "s");
        assert!((scales.log_odds + 0.5).abs() < 1e-12);
    }
}
