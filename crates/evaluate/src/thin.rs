//! Packet sampling after the fact: what a 1:N exporter would have exported of a flow.
//!
//! Each packet survives on its own with probability 1/N, so counts are binomial. Each record draws
//! from its own stream, so that a prefix of a capture and the whole of it are thinned alike.

use noroshi_flow::{FlowRecord, Outcome};
use noroshi_model::Micros;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};

/// FIN, SYN and RST travel on one packet each way; the other flags on nearly all.
const ONE_PACKET_FLAGS: [u8; 3] = [1, 2, 4];

/// Thins records of one capture.
#[derive(Debug, Clone)]
pub struct Thinner {
    sampling: u32,
    rng: ChaCha8Rng,
}

/// A thinned record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thinned {
    /// The record as a sampling exporter would write it.
    pub record: FlowRecord,
    /// Only the way back was seen: the ends have changed places.
    pub turned: bool,
}

impl Thinner {
    /// One in `sampling` packets.
    pub fn new(sampling: u32, seed: u64) -> Self {
        Self { sampling: sampling.max(1), rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// Thins the record that is `counter`th in its capture; `None` when no packet is left.
    ///
    /// Bytes shrink in proportion, first and last packet move inwards, and a flow of which only
    /// one way is left becomes a one-way record, since a sampling exporter could not tell.
    pub fn thin(&mut self, record: &FlowRecord, counter: u64) -> Option<Thinned> {
        if self.sampling == 1 {
            return Some(Thinned { record: *record, turned: false });
        }
        self.rng.set_stream(counter);
        self.rng.set_word_pos(0);
        // Some logs count no packets; a flow that was seen had one.
        let ahead = if record.packets + record.rev_packets == 0 { 1 } else { record.packets };
        let (packets, rev_packets) = (self.survivors(ahead), self.survivors(record.rev_packets));
        let left = packets + rev_packets;
        if left == 0 {
            return None;
        }
        let mut thinned = *record;
        thinned.bytes = scaled(record.bytes, packets, ahead);
        thinned.rev_bytes = scaled(record.rev_bytes, rev_packets, record.rev_packets);
        (thinned.packets, thinned.rev_packets) = (packets, rev_packets);
        thinned.sampling = record.sampling.max(1).saturating_mul(self.sampling);
        thinned.tcp_flags = self.flags(record.tcp_flags, left, ahead + record.rev_packets);
        (thinned.start, thinned.end) = self.span(record, left);
        Some(one_way_if_lopsided(thinned))
    }

    fn unit(&mut self) -> f64 {
        (self.rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn survivors(&mut self, packets: u64) -> u64 {
        if packets == 0 {
            return 0;
        }
        let p = 1.0 / f64::from(self.sampling);
        Binomial::new(packets, p).map_or(0, |binomial| binomial.sample(&mut self.rng).min(packets))
    }

    fn flags(&mut self, flags: u8, left: u64, all: u64) -> u8 {
        let seen = left as f64 / all.max(1) as f64;
        ONE_PACKET_FLAGS.iter().fold(flags, |kept, &flag| if self.unit() < seen { kept } else { kept & !flag })
    }

    /// First and last of `left` packets spread evenly over the flow.
    fn span(&mut self, record: &FlowRecord, left: u64) -> (Micros, Micros) {
        let span = (record.end.0 - record.start.0).max(0) as f64;
        let gap = 1.0 - self.unit().powf(1.0 / left as f64);
        let first = record.start.0 + (span * gap) as i64;
        if left == 1 {
            return (Micros(first), Micros(first));
        }
        let rest = (record.start.0 + span as i64 - first) as f64;
        let last = first + (rest * self.unit().powf(1.0 / (left - 1) as f64)) as i64;
        (Micros(first), Micros(last))
    }
}

fn scaled(bytes: u64, left: u64, all: u64) -> u64 {
    if all == 0 { 0 } else { (u128::from(bytes) * u128::from(left) / u128::from(all)) as u64 }
}

fn one_way_if_lopsided(mut record: FlowRecord) -> Thinned {
    let turned = record.packets == 0;
    if turned {
        std::mem::swap(&mut record.src, &mut record.dst);
        std::mem::swap(&mut record.sport, &mut record.dport);
        std::mem::swap(&mut record.packets, &mut record.rev_packets);
        std::mem::swap(&mut record.bytes, &mut record.rev_bytes);
    }
    if record.rev_packets == 0 {
        record.outcome = Outcome::OneWay;
    }
    Thinned { record, turned }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(packets: u64, rev_packets: u64) -> FlowRecord {
        FlowRecord {
            start: Micros(1_000),
            end: Micros(9_000),
            src: 1,
            dst: 2,
            sport: 50_000,
            dport: 443,
            protocol: 6,
            tcp_flags: 0x1b,
            packets,
            bytes: packets * 100,
            rev_packets,
            rev_bytes: rev_packets * 1_000,
            sampling: 1,
            outcome: Outcome::Answered,
        }
    }

    #[test]
    fn survivors_have_the_binomials_mean_and_variance() {
        for (sampling, packets) in [(10, 7), (10, 400), (100, 5_000)] {
            let mut thinner = Thinner::new(sampling, 7);
            let left: Vec<f64> = (0..20_000)
                .map(|n| thinner.thin(&record(packets, 0), n).map_or(0.0, |t| t.record.packets as f64))
                .collect();
            let mean = left.iter().sum::<f64>() / left.len() as f64;
            let variance = left.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / left.len() as f64;
            let p = 1.0 / f64::from(sampling);
            let (expected, spread) = (packets as f64 * p, packets as f64 * p * (1.0 - p));
            assert!((mean - expected).abs() < 5.0 * (spread / left.len() as f64).sqrt(), "{mean} {expected}");
            assert!((variance / spread - 1.0).abs() < 0.08, "{variance} {spread}");
        }
    }

    #[test]
    fn one_in_one_changes_nothing() {
        assert_eq!(Thinner::new(1, 3).thin(&record(3, 2), 9).map(|t| t.record), Some(record(3, 2)));
    }

    #[test]
    fn a_draw_depends_on_seed_and_counter_alone() {
        let draw = |seed, counter| Thinner::new(10, seed).thin(&record(50, 50), counter);
        let mut used = Thinner::new(10, 1);
        let _ = used.thin(&record(9_999, 3), 4);
        assert_eq!(used.thin(&record(50, 50), 5), draw(1, 5));
        assert_ne!(draw(1, 5), draw(2, 5));
    }

    #[test]
    fn a_flow_seen_one_way_is_a_one_way_record() {
        let mut thinner = Thinner::new(10, 11);
        let mut turned_seen = false;
        for n in 0..500 {
            let Some(Thinned { record: r, turned }) = thinner.thin(&record(2, 2), n) else { continue };
            assert!(r.packets > 0 && r.sampling == 10 && r.start.0 >= 1_000 && r.end.0 <= 9_000 && r.start <= r.end);
            assert_eq!(r.outcome == Outcome::OneWay, r.rev_packets == 0);
            assert_eq!((r.src, r.sport), if turned { (2, 443) } else { (1, 50_000) });
            turned_seen |= turned;
        }
        assert!(turned_seen);
    }
}
