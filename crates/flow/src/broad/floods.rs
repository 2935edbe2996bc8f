//! Packets per minute and target, with a cumulative sum that rises when a flood begins.

use super::bounded::{Bounded, Worth};
use crate::contact::Contact;
use crate::sketch::Distinct;
use noroshi_model::time::SECOND;

/// Microseconds in the interval the sum moves by.
const MINUTE: i64 = 60 * SECOND;
/// Slack per minute in standard deviations (the k of Page's CUSUM, Biometrika 1954).
const SLACK: f64 = 1.0;
/// Weight of one minute in the running mean.
const MEAN_WEIGHT: f64 = 1.0 / 30.0;
/// Ports whose services answer more than they are asked (US-CERT TA14-017A).
const AMPLIFIERS: [u16; 12] = [17, 19, 53, 69, 111, 123, 137, 161, 389, 1900, 3283, 11211];

/// What is known of the packets towards one target.
#[derive(Debug, Clone, Default)]
pub struct Flood {
    minute: i64,
    packets: f64,
    sampling: f64,
    mean: f64,
    mean_sources: f64,
    seen: f64,
    minutes: u64,
    sum: f64,
    sources: Distinct,
    amplified: f64,
    silent: f64,
    /// Whether the target is a domestic host.
    pub target_domestic: bool,
    /// Protocol of the last packets.
    pub protocol: u8,
    /// The worst minute so far.
    pub peak: Peak,
    /// When the sum first rose above 0 in the rise that led to the peak.
    pub onset_us: i64,
    /// First and last contact.
    pub first_us: i64,
    /// Last contact.
    pub last_us: i64,
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
        ((self.peak.packets.max(self.packets)) as u64, self.last_us)
    }
}

impl Flood {
    /// Counts packets from `source` to this target.
    pub(super) fn add(&mut self, source: u128, source_port: u16, packets: u64, contact: &Contact) {
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
        self.sampling = self.sampling.max(f64::from(contact.sampling));
        self.sources.insert(source);
        if contact.protocol == 17 && AMPLIFIERS.contains(&source_port) {
            self.amplified += estimate;
        }
        self.last_us = self.last_us.max(contact.start_us);
    }

    /// Ends the current minute and moves on to `next`; silent minutes in between count as empty.
    fn close(&mut self, next: i64) {
        // Sampling one in N leaves a Poisson error of sqrt(n)·N on a minute's estimate.
        let deviation = (self.mean * self.sampling.max(1.0)).max(self.sampling.max(1.0).powi(2)).sqrt();
        let before = self.sum;
        self.sum = (self.sum + (self.packets - self.mean) / deviation - SLACK).max(0.0);
        if before <= 0.0 && self.sum > 0.0 {
            self.onset_us = self.minute * MINUTE;
        }
        if self.packets > self.peak.packets {
            self.peak = Peak {
                at_us: self.minute * MINUTE,
                sum: self.sum,
                packets: self.packets,
                mean: self.mean,
                mean_sources: self.mean_sources,
                seen: self.seen,
                sources: self.sources.count(),
                amplified_share: if self.packets > 0.0 { self.amplified / self.packets } else { 0.0 },
                silent_share: if self.packets > 0.0 { self.silent / self.packets } else { 0.0 },
                minutes: self.minutes,
            };
        }
        let silent = (next - self.minute - 1).clamp(0, 10_000);
        self.mean += (self.packets - self.mean) * MEAN_WEIGHT.max(1.0 / (self.minutes + 1) as f64);
        self.mean_sources +=
            (self.sources.count() as f64 - self.mean_sources) * MEAN_WEIGHT.max(1.0 / (self.minutes + 1) as f64);
        self.mean *= (1.0 - MEAN_WEIGHT).powi(silent as i32);
        self.sum = if silent > 0 { 0.0 } else { self.sum };
        self.minutes += 1 + silent as u64;
        (self.minute, self.packets, self.seen) = (next, 0.0, 0.0);
        (self.amplified, self.silent) = (0.0, 0.0);
        self.sources = Distinct::default();
    }

    /// The worst minute, the one not yet closed included.
    pub fn worst(&self) -> Peak {
        let mut closed = self.clone();
        closed.close(self.minute + 1);
        closed.peak
    }
}

/// Floods by target, bounded.
pub type FloodTable = Bounded<u128, Flood>;
