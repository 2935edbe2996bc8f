//! Who is looked at closely: a mechanical choice (自動選別) from aggregates alone.

use crate::context::{Context, ServerId};
use crate::pooled::{self, ServerFeatures};
use crate::pulse::Pulse;
use crate::weigh;
use noroshi_flow::broad::pairs::{Pair, PairKey};
use noroshi_flow::selection::exactly;
use noroshi_flow::{Broad, Selector};
use noroshi_model::time::HOUR;
use std::collections::BTreeMap;

/// Servers looked at closely at most.
pub const CANDIDATES_MAX: usize = 1_000;
/// Coarse log odds from which a server is looked at: generous, for coarse figures are rounded.
const LOOK_FROM: f64 = -8.0;

/// Whether a pair holds a connection for half an hour or longer: then one contact is enough to look.
fn is_held(key: &PairKey, pair: &Pair) -> bool {
    key.protocol == 6 && pair.connected_us >= HOUR / 2
}

/// Chooses servers by the coarse evidence of their pairs and by their pooled features.
pub fn select(broad: &Broad, context: &Context, features: &[ServerFeatures]) -> Vec<Selector> {
    let mut best: BTreeMap<ServerId, (f64, &'static str)> = BTreeMap::new();
    let mut offer = |id: ServerId, log_odds: f64, rule: &'static str| {
        let entry = best.entry(id).or_insert((f64::NEG_INFINITY, rule));
        if log_odds > entry.0 {
            *entry = (log_odds, rule);
        }
    };
    for (key, pair) in broad.pairs.table().iter().filter(|(key, pair)| pair.beats >= 4 || is_held(key, pair)) {
        let id = (key.server, key.port, key.protocol);
        let server = context.server(&id);
        let scales = weigh::pair(&Pulse::of_pair(pair), 0.0, &id, &server, context);
        offer(id, scales.log_odds, "beacon: coarse pulse in broad aggregates");
    }
    for (id, scales) in pooled::all(features, context) {
        offer(id, scales.log_odds, "c2-server: pooled over clients");
    }
    let mut ranked: Vec<_> = best.into_iter().filter(|(_, (log_odds, _))| *log_odds >= LOOK_FROM).collect();
    ranked.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.cmp(&b.0)));
    ranked.truncate(CANDIDATES_MAX);
    ranked.into_iter().map(|((server, port, protocol), (_, rule))| exactly(server, port, protocol, rule)).collect()
}
