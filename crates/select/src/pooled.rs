//! A server weighed by its clients together: what is left when sampling has taken the timing of every single pair
//! (Disclosure, Bilge et al., ACSAC 2012; order-free features).

use crate::exact::Exact as _;
use crate::server::{ServerContext, ServerId, Turnover, Usual};
use crate::weigh::{self, Assessment};
use serde::{Deserialize, Serialize};

/// Log odds of a server before anything is known: about one in 3,000 of those with several clients.
const PRIOR: f64 = -8.0;
/// Relative spread of contacts of one program on computers of all kinds: some are off half of the time.
const ALL_KINDS: f64 = 0.35;
/// Log odds where clients call as evenly as devices do that are never off, and as unevenly as
/// computers of all kinds.
const FLEET: f64 = -2.5;
const MIXED: f64 = 1.5;
/// Log odds of clients that came and stayed, and the share of them from which they count in full.
const GROWTH: f64 = 2.5;
const GROWTH_FULL: f64 = 0.1;

/// Packets looked at in a record, over those of a call for orders, from which it is a stream; log odds
/// for each doubling-e beyond, and the floor.
const STREAM_FROM: f64 = 1.4;
const STREAM: (f64, f64) = (-6.0, -5.0);

/// One server, pooled over its hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ServerFeatures {
    /// Address, port, protocol.
    pub id: ServerId,
    /// Hours with a contact.
    pub hours: f64,
    /// Hours from the first to the last, both included.
    pub hours_span: f64,
    /// Records.
    pub contacts: f64,
    /// Packets looked at.
    pub packets_seen: f64,
    /// Packets, scaled.
    pub packets: f64,
    /// Bytes from and to clients, scaled.
    pub bytes: (f64, f64),
    /// Distinct clients.
    pub clients: f64,
    /// Distinct networks of clients.
    pub networks: f64,
    /// Variance of hourly records over their mean, over the hours of the span: 1 by chance, large for people.
    pub fano: f64,
    /// Quietest quarter of the day over the busiest, records per hour; 1 is flat.
    pub flatness: f64,
    /// Share of records without an answer.
    pub unanswered: f64,
}

/// Weighs a server by its clients together.
pub fn weigh(row: &ServerFeatures, server: &ServerContext, usual: &Usual) -> Assessment {
    let mut scales = own(row, server, usual);
    let (_, port, protocol) = row.id;
    scales.add("port-rarity", f64::from(port), "port", usual.port_prior(port, protocol));
    weigh::company(&mut scales, server);
    scales.add("popularity", row.clients / usual.hosts.max(1) as f64, "ratio", popularity(row.clients, usual.hosts));
    scales
}

/// What a server says by itself, before its port, its company and its like.
pub fn own(row: &ServerFeatures, server: &ServerContext, usual: &Usual) -> Assessment {
    let mut scales = Assessment::from_prior(PRIOR);
    let enough = (row.contacts / 100.0).min(1.0);
    let flat = row.flat();
    scales.add("day-night-flatness", flat, "ratio", by_night(flat) * row.whole_day() * enough);
    let coverage = (row.hours / row.hours_span).min(1.0);
    scales.add("active-hours", row.hours, "h", (1.0 + row.hours).ln_exact() * coverage * enough);
    let packet_bytes = (row.bytes.0 + row.bytes.1) / row.packets.max(1.0);
    scales.add("small-exchanges", packet_bytes, "bytes", small(packet_bytes));
    let seen = row.packets_seen / row.contacts.max(1.0);
    scales.add("packets-in-a-record", seen, "count", long(seen, usual.sampling));
    let kinds = Kinds::of(server);
    scales.add("client-evenness", kinds.excess, "ratio", kinds.weight());
    let turnover = &server.turnover;
    scales.add("clients-that-came", turnover.came, "count", growth(turnover));
    scales.note("clients-that-left", turnover.left, "count");
    scales.add("unanswered-share", row.unanswered, "ratio", -2.5 * row.unanswered.clamp(0.0, 1.0));
    scales.note("fano-factor", row.fano, "ratio");
    scales.note("clients", row.clients, "count");
    scales.note("sampling", f64::from(usual.sampling), "ratio");
    scales
}

impl ServerFeatures {
    /// Quietest quarter of the day over the busiest, over what chance leaves of a flat day at so many contacts.
    fn flat(&self) -> f64 {
        // Of four even counts of n/4 the extremes lie 1.03 standard deviations from the mean.
        let apart = 1.03 * 2.0 / self.contacts.max(1.0).sqrt();
        let by_chance = ((1.0 - apart) / (1.0 + apart)).max(0.1);
        (self.flatness / by_chance).min(1.0)
    }

    /// How much of a whole day was seen, 0 to 1 from 18 to 24 hours.
    fn whole_day(&self) -> f64 {
        (self.hours_span - 18.0).clamp(0.0, 6.0) / 6.0
    }
}

/// People leave a night of about a fifth of the day. Computers some of which are switched off leave a
/// half, and machines that do not know what time it is leave nothing; those are devices more often.
fn by_night(flat: f64) -> f64 {
    match flat {
        f if f < 0.2 => -1.5,
        f if f < 0.6 => -1.5 + 3.5 * (f - 0.2) / 0.4,
        f if f < 0.85 => 2.0,
        f => 2.0 - (f - 0.85) / 0.15,
    }
}

fn small(packet_bytes: f64) -> f64 {
    match packet_bytes {
        b if b < 160.0 => 1.0,
        b if b < 320.0 => 0.5,
        b if b < 640.0 => 0.0,
        _ => -1.0,
    }
}

/// Asking for orders takes a few dozen packets, of which sampling seldom shows two. Films, calls and
/// games show several in every record. `seen` are the packets looked at in a record that shows any.
fn long(seen: f64, sampling: u32) -> f64 {
    let ordinary = weigh::order_packets_seen(sampling) / weigh::calls_seen(sampling);
    (STREAM.0 * (seen / (STREAM_FROM * ordinary)).max(1.0).ln_exact()).max(STREAM.1)
}

/// How evenly the clients call, beyond chance.
struct Kinds {
    /// Relative spread of their contacts that chance does not explain: 0 where one program runs on
    /// machines that are never off, about 0.2 to 0.8 where it runs on computers of all kinds, above 1
    /// where people or many programs call.
    excess: f64,
    /// Standard deviations by which the spread leaves what chance explains.
    surprise: f64,
    /// The same for the least spread of computers of all kinds: whether it would have been seen.
    power: f64,
    /// Share of a full say.
    enough: f64,
}

impl Kinds {
    fn of(server: &ServerContext) -> Self {
        let clients = server.clients.max(1) as f64;
        let mean = server.contacts.0 / clients;
        let variance = (server.contacts.1 / clients - mean * mean).max(0.0);
        let dispersion = if mean > 0.0 { variance / mean } else { 0.0 };
        // The index of dispersion of n chance counts has standard deviation sqrt(2 / (n - 1)).
        let error = (2.0 / (clients - 1.0).max(1.0)).sqrt();
        Self {
            excess: ((dispersion - 1.0).max(0.0) / mean.max(1e-9)).sqrt(),
            surprise: (dispersion - 1.0) / error,
            power: mean * ALL_KINDS * ALL_KINDS / error,
            enough: if server.clients < 5 { 0.0 } else { (server.contacts.0 / 100.0).min(1.0) },
        }
    }

    fn weight(&self) -> f64 {
        let weight = if self.surprise < 2.0 {
            // Even though unevenness would have been seen: a fleet.
            FLEET * ((self.power - 1.0) / 3.0).clamp(0.0, 1.0)
        } else {
            // Computers of all kinds, up to the spread of many programs.
            MIXED * ((1.2 - self.excess) / 0.4).clamp(-1.0, 1.0) * ((self.surprise - 2.0) / 2.0).clamp(0.0, 1.0)
        };
        weight * self.enough
    }
}

/// Clients that came and stayed: infections spread, fleets were sold long ago.
fn growth(turnover: &Turnover) -> f64 {
    if turnover.surprise() < 1.5 {
        return 0.0;
    }
    let share = turnover.grown() / turnover.of.max(1.0);
    GROWTH * (share / GROWTH_FULL).clamp(0.0, 1.0) * (turnover.surprise() / 3.0).clamp(0.0, 1.0)
}

/// Who is called by more than one host in a hundred is a service of the many.
fn popularity(clients: f64, hosts: u64) -> f64 {
    let many = (0.01 * hosts as f64).max(10.0);
    (-1.2 * (clients / many).ln_exact()).clamp(-4.0, 0.0)
}

#[cfg(test)]
mod tests;
