//! Every selected server looked at once: the pulse of each pair, what its clients say together, and
//! how many servers on the same port say as much.

use crate::context::{Context, ServerContext, ServerId};
use crate::jitter;
use crate::lakeview::LakePair;
use crate::pulse::{self, Pulse};
use crate::spectrum::{self, Spectrum};
use crate::together::{self, Together};
use crate::weigh::{self, Assessment};
use std::collections::BTreeMap;

/// Servers with at least this many regular clients are judged by all of them together.
pub const POOLED_FROM: u64 = 3;
/// Contacts from which a client has a say among others.
const CONTACTS_MIN: usize = 5;
/// Nats of surprise from which the spectrum names a period beyond doubt.
const NAMED_FROM: f64 = 10.0;
/// Evidence this much below one's own still counts as the same crowd, log odds.
const CROWD_SLACK: f64 = 0.5;

/// One pair, looked at.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    /// Its records.
    pub pair: &'a LakePair,
    /// Its pulse.
    pub pulse: Pulse,
    /// Its spectrum.
    pub spectrum: Spectrum,
}

/// One server, looked at.
#[derive(Debug, Clone)]
pub struct ServerLook<'a> {
    /// Address, port, protocol.
    pub id: ServerId,
    /// Its pairs, by client.
    pub pairs: &'a [LakePair],
    /// The pairs, looked at, in the same order.
    pub looks: Vec<Look<'a>>,
    /// What surrounds it; the crowd is that of exact evidence.
    pub server: ServerContext,
    /// What its clients say together, if several are regular.
    pub together: Option<Together>,
    /// The pair that speaks: the middle one of several regular clients, else the strongest.
    pub speaker: usize,
    /// Evidence of the speaker and of all clients together, before the surroundings.
    own: Assessment,
}

impl ServerLook<'_> {
    /// The whole evidence.
    pub fn assess(&self, context: &Context) -> Assessment {
        let mut scales = self.own.clone();
        weigh::rhythm_of_records(&mut scales, self.looks[self.speaker].pair.sampling);
        weigh::surroundings(&mut scales, &self.id, &self.server, &context.usual);
        scales
    }
}

/// Looks at every server of the lake.
pub fn all<'a>(pairs: &'a [LakePair], context: &Context) -> Vec<ServerLook<'a>> {
    let groups = pairs.chunk_by(|a, b| (a.server, a.port, a.protocol) == (b.server, b.port, b.protocol));
    let mut servers: Vec<ServerLook<'a>> = groups.filter_map(|group| server(group, context)).collect();
    let mut ports: BTreeMap<(u16, u8), Vec<f64>> = BTreeMap::new();
    for look in &servers {
        ports.entry((look.id.1, look.id.2)).or_default().push(look.own.log_odds);
    }
    for look in &mut servers {
        let same = ports.get(&(look.id.1, look.id.2)).map_or(&[][..], Vec::as_slice);
        look.server.crowd = same.iter().filter(|&&other| other >= look.own.log_odds - CROWD_SLACK).count() as u64;
    }
    servers
}

fn server<'a>(pairs: &'a [LakePair], context: &Context) -> Option<ServerLook<'a>> {
    let first = pairs.first()?;
    let id = (first.server, first.port, first.protocol);
    let server = context.server(&id);
    let looks: Vec<Look<'a>> = pairs.iter().map(look).collect();
    let mut weighed: Vec<(usize, Assessment)> =
        looks.iter().map(|l| weigh::own_pair(&l.pulse, l.spectrum.surprise, &server)).enumerate().collect();
    weighed.sort_by(|a, b| b.1.log_odds.total_cmp(&a.1.log_odds).then(a.0.cmp(&b.0)));
    let several = server.regular_clients >= POOLED_FROM;
    if several {
        weighed.retain(|(index, _)| looks[*index].pair.starts_us.len() >= CONTACTS_MIN);
    }
    if weighed.is_empty() {
        return None;
    }
    // The middle client, so that one odd client neither makes nor hides a server.
    let (speaker, mut own) = weighed.swap_remove(if several { weighed.len() / 2 } else { 0 });
    let together = several.then(|| together::of(&looks));
    if let Some(all) = &together {
        all.add(&mut own, looks[speaker].pulse.drawn(f64::INFINITY));
    }
    Some(ServerLook { id, pairs, looks, server, together, speaker, own })
}

/// The pulse and its spectrum. Where sampling took beats away, the period is the spectrum's, and the
/// jitter is that of the intervals from which none is missing.
fn look(pair: &LakePair) -> Look<'_> {
    let mut pulse = pair.pulse();
    // Datagrams hold nothing open: peers and games that go on for hours are not connections.
    pulse.connected_h = if pair.protocol == 6 { pulse.connected_h } else { 0.0 };
    let spectrum = if pulse.beats >= 8 { spectrum::periodogram(&pair.starts_us) } else { Spectrum::default() };
    if pair.sampling > 1 && spectrum.surprise > NAMED_FROM && pulse.jitter.drawn_nats <= 0.0 {
        let intervals = pulse::intervals_s(&pulse::beats_of(&pair.starts_us));
        pulse.jitter = jitter::shape(&intervals, spectrum.period_s);
    }
    Look { pair, pulse, spectrum }
}
