//! Packets per minute and target, with a cumulative sum that rises when a flood begins.

use super::bounded::{Bounded, Worth};
use crate::contact::Contact;
use crate::sketch::Distinct;
use noroshi_model::Direction;
use noroshi_model::time::SECOND;

/// Microseconds in the interval the sum moves by.
const MINUTE: i64 = 60 * SECOND;
/// Slack per minute in standard deviations (the k of Page's CUSUM, Biometrika 1954).
const SLACK: f64 = 1.0;
/// Weight of one minute in the running mean.
const MEAN_WEIGHT: f64 = 1.0 / 30.0;
/// Ports whose services answer more than they are asked (US-CERT TA14-017A).
const AMPLIFIERS: [u16; 12] = [17, 19, 53, 69, 111, 123, 137, 161, 389, 1900, 3283, 11211];

/// What is known of the packets towards one target: two lines of the cache with its key, what
/// decides its worth in the first.
#[derive(Debug, Clone, Default)]
#[repr(C)]
pub struct Flood {
    packets: f64,
    /// Packets in the worst minute closed: what [`Past`] knows, too, but without a look outside.
    peak_packets: f64,
    /// Last contact.
    pub last_us: i64,
    minute: i64,
    /// First contact.
    pub first_us: i64,
    sampling: u32,
    /// Whether the target is a domestic host.
    pub target_domestic: bool,
    /// Protocol of the last packets.
    pub protocol: u8,
    seen: f64,
    amplified: f64,
    silent: f64,
    /// From the second minute on: most targets have only one.
    past: Option<Box<Past>>,
    sources: Distinct,
}

/// The minutes that are closed.
#[derive(Debug, Clone, Default)]
struct Past {
    mean: f64,
    mean_sources: f64,
    minutes: u64,
    sum: f64,
    onset_us: i64,
    peak: Peak,
}

/// The worst minute of a target.
#[derive(Debug, Clone, Default)]
pub struct Peak {
    /// Start of the minute.
    pub at_us: i64,
    /// The cumulative sum, standard deviations.
    pub sum: f64,
    /// Packets in that minute, estimated.
    pub packets: f64,
    /// Mean of the minutes before.
    pub mean: f64,
    /// Mean number of sources a minute before.
    pub mean_sources: f64,
    /// Packets actually looked at in that minute.
    pub seen: f64,
    /// Sources in that minute.
    pub sources: u64,
    /// Share of its packets from ports that amplify.
    pub amplified_share: f64,
    /// Share of its packets nobody answered, on a probe that sees both ways.
    pub silent_share: f64,
    /// Minutes of baseline behind the mean.
    pub minutes: u64,
}

impl Worth for Flood {
    fn worth(&self) -> (u64, i64) {
        (self.peak_packets.max(self.packets) as u64, self.last_us)
    }

    #[inline]
    fn touch(&self) -> u64 {
        let past = self.past.as_ref().map_or(0, |past| past.minutes);
        self.minute as u64 ^ self.last_us as u64 ^ past ^ self.sources.touch()
    }

    const OUTSIDE_BYTES_MAX: usize = Distinct::OUTSIDE_BYTES_MAX + size_of::<Past>();

    fn bytes_outside(&self) -> usize {
        self.sources.bytes_outside() + self.past.as_ref().map_or(0, |_| size_of::<Past>())
    }
}

impl Flood {
    /// Counts the packets of a contact towards its server; `client` is that end's [`crate::sketch::hash_of`].
    pub(super) fn add_out(&mut self, contact: &Contact, client: u64) {
        self.target_domestic = contact.direction == Direction::ForeignIn;
        self.add(client, contact.client_port, contact.packets_out, contact);
    }

    /// Counts the packets of a contact towards its client; `server` is that end's hash.
    pub(super) fn add_in(&mut self, contact: &Contact, server: u64) {
        self.target_domestic = contact.direction == Direction::OutForeign;
        self.add(server, contact.server_port, contact.packets_in, contact);
    }

    /// Counts packets from `source` to this target.
    fn add(&mut self, source: u64, source_port: u16, packets: u64, contact: &Contact) {
        self.protocol = contact.protocol;
        let minute = contact.start_us.div_euclid(MINUTE);
        if self.first_us == 0 {
            (self.minute, self.first_us) = (minute, contact.start_us);
        }
        if minute > self.minute {
            self.close(minute);
        }
        // A flow that lasts is counted at its rate, not as if all of it came in its first minute.
        let minutes = ((contact.end_us - contact.start_us) as f64 / MINUTE as f64).max(1.0);
        let estimate = packets as f64 * f64::from(contact.sampling) / minutes;
        if matches!(contact.outcome, crate::Outcome::Unanswered | crate::Outcome::Rejected) {
            self.silent += estimate;
        }
        self.packets += estimate;
        self.seen += packets as f64 / minutes;
        self.sampling = self.sampling.max(contact.sampling);
        self.sources.insert_hash(source);
        if contact.protocol == 17 && AMPLIFIERS.contains(&source_port) {
            self.amplified += estimate;
        }
        self.last_us = self.last_us.max(contact.start_us);
    }

    /// Ends the current minute and moves on to `next`; silent minutes in between count as empty.
    fn close(&mut self, next: i64) {
        let past = self.past.get_or_insert_default();
        // Sampling one in N leaves a Poisson error of sqrt(n)·N on a minute's estimate.
        let sampling = f64::from(self.sampling.max(1));
        let deviation = (past.mean * sampling).max(sampling.powi(2)).sqrt();
        let (before, sources) = (past.sum, self.sources.count());
        past.sum = (past.sum + (self.packets - past.mean) / deviation - SLACK).max(0.0);
        if before <= 0.0 && past.sum > 0.0 {
            past.onset_us = self.minute * MINUTE;
        }
        if self.packets > past.peak.packets {
            past.peak = Peak {
                at_us: self.minute * MINUTE,
                sum: past.sum,
                packets: self.packets,
                mean: past.mean,
                mean_sources: past.mean_sources,
                seen: self.seen,
                sources,
                amplified_share: self.amplified / self.packets,
                silent_share: self.silent / self.packets,
                minutes: past.minutes,
            };
            self.peak_packets = self.packets;
        }
        let silent = (next - self.minute - 1).clamp(0, 10_000);
        let weight = MEAN_WEIGHT.max(1.0 / (past.minutes + 1) as f64);
        past.mean += (self.packets - past.mean) * weight;
        past.mean_sources += (sources as f64 - past.mean_sources) * weight;
        past.mean *= (1.0 - MEAN_WEIGHT).powi(silent as i32);
        past.sum = if silent > 0 { 0.0 } else { past.sum };
        past.minutes += 1 + silent as u64;
        (self.minute, self.packets, self.seen) = (next, 0.0, 0.0);
        (self.amplified, self.silent) = (0.0, 0.0);
        self.sources = Distinct::default();
    }

    /// The worst minute closed so far.
    pub fn peak(&self) -> Peak {
        self.past.as_ref().map_or_else(Peak::default, |past| past.peak.clone())
    }

    /// When the sum first rose above 0 in the rise that led to the peak; 0 if it never did.
    pub fn onset_us(&self) -> i64 {
        self.past.as_ref().map_or(0, |past| past.onset_us)
    }

    /// The worst minute, the one not yet closed included.
    pub fn worst(&self) -> Peak {
        let mut closed = self.clone();
        closed.close(self.minute + 1);
        closed.peak()
    }
}

/// Floods by target, bounded.
pub type FloodTable = Bounded<u128, Flood>;
