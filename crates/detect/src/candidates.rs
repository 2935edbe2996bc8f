//! Who is looked at closely: a mechanical choice (自動選別) from aggregates alone. Here the aggregates become the
//! figures it is made from; the choice itself is `noroshi_select`'s, so that others can make it again.

use crate::context::{Context, ServerId, coarse_pulse};
use crate::pooled::{self, ServerFeatures};
use crate::pulse::Pulse;
use crate::weigh;
use noroshi_flow::Broad;
use noroshi_flow::broad::pairs::{Pair, PairKey};
use noroshi_model::time::HOUR;
use noroshi_select::{Figures, Hour};
use std::collections::{BTreeMap, BTreeSet};

pub use noroshi_select::limits::CANDIDATES_MAX;

/// Whether a pair holds a connection for half an hour or longer: then one contact is enough to look.
fn is_held(key: &PairKey, pair: &Pair) -> bool {
    key.protocol == 6 && pair.connected_us >= HOUR / 2
}

/// The figures of every server that may be chosen: the pulse that weighs most of its pairs, and its clients together.
pub fn figures(broad: &Broad, context: &Context, features: &[ServerFeatures]) -> Hour {
    let mut best: BTreeMap<ServerId, (f64, Pulse)> = BTreeMap::new();
    for (key, pair) in broad.pairs.table().iter().filter(|(key, pair)| pair.beats >= 4 || is_held(key, pair)) {
        let id = (key.server, key.port, key.protocol);
        let pulse = coarse_pulse(pair);
        let log_odds = weigh::pair(&pulse, 0.0, &id, &context.server(&id), &context.usual).log_odds;
        if best.get(&id).is_none_or(|(most, _)| log_odds > *most) {
            best.insert(id, (log_odds, pulse));
        }
    }
    let crowds = pooled::crowds(features, context);
    let rows: BTreeMap<ServerId, &ServerFeatures> = features.iter().map(|row| (row.id, row)).collect();
    let ids: BTreeSet<ServerId> = best.keys().chain(rows.keys()).copied().collect();
    let one = |id: ServerId| Figures {
        id,
        server: context.server(&id),
        pulse: best.get(&id).map(|(_, pulse)| *pulse),
        pooled: rows.get(&id).map(|row| (**row, crowds.get(&id).copied().unwrap_or(1))),
    };
    Hour::new(broad.last_us, context.usual.clone(), ids.into_iter().map(one).collect())
}
