//! What an exporter makes of a conversation: records split at the active timeout, thinned by packet
//! sampling, one for both directions or one each way.

use crate::dice::Dice;
use crate::talk::{Course, TCP, Talk, Volume};
use noroshi_flow::{FlowRecord, Outcome};
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use std::collections::VecDeque;

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const PSH: u8 = 8;
const ACK: u8 = 16;

/// How the nation's routers are configured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exporter {
    sampling: u32,
    p: f64,
    biflow: bool,
    active_us: i64,
}

/// A piece of a conversation, between two active timeouts.
struct Piece<'a> {
    talk: &'a Talk,
    start: i64,
    end: i64,
    first: bool,
    last: bool,
    volume: Volume,
}

impl Exporter {
    pub(crate) fn new(sampling: u32, biflow: bool, active_timeout_s: u32) -> Self {
        let sampling = sampling.max(1);
        Self { sampling, p: 1.0 / f64::from(sampling), biflow, active_us: i64::from(active_timeout_s.max(1)) * SECOND }
    }

    /// Pieces a conversation is exported in.
    pub(crate) fn pieces(&self, talk: &Talk) -> i64 {
        (talk.duration_us / self.active_us).max(0) + 1
    }

    /// When piece `index` begins.
    pub(crate) fn begins(&self, talk: &Talk, index: i64) -> i64 {
        talk.start.0 + index * self.active_us
    }

    /// Exports piece `index` of `pieces` into `out`; nothing if no packet of it was sampled.
    pub(crate) fn export(&self, talk: &Talk, index: i64, dice: &mut Dice, out: &mut VecDeque<FlowRecord>) {
        let pieces = self.pieces(talk);
        let start = self.begins(talk, index);
        let end = (start + self.active_us - 1).min(talk.start.0 + talk.duration_us).max(start);
        let part = Part { index, pieces, duration_us: talk.duration_us, active_us: self.active_us };
        let (up_packets, up_bytes) = part.of(talk.volume.up_packets, talk.volume.up_bytes);
        let (down_packets, down_bytes) = part.of(talk.volume.down_packets, talk.volume.down_bytes);
        let volume = Volume { up_packets, up_bytes, down_packets, down_bytes };
        let piece = Piece { talk, start, end, first: index == 0, last: index + 1 == pieces, volume };
        if self.sampling == 1 { self.unsampled(&piece, out) } else { self.sampled(&piece, dice, out) }
    }

    fn unsampled(&self, piece: &Piece<'_>, out: &mut VecDeque<FlowRecord>) {
        let v = &piece.volume;
        if v.up_packets + v.down_packets == 0 {
            return;
        }
        let up = Side { packets: v.up_packets, bytes: v.up_bytes, flags: piece.flags(true), times: piece.span(true) };
        let down =
            Side { packets: v.down_packets, bytes: v.down_bytes, flags: piece.flags(false), times: piece.span(false) };
        self.write(piece.talk, &up, &down, out);
    }

    fn sampled(&self, piece: &Piece<'_>, dice: &mut Dice, out: &mut VecDeque<FlowRecord>) {
        let v = &piece.volume;
        let total = v.up_packets + v.down_packets;
        // One draw for both directions: nearly all conversations end here.
        let kept = dice.binomial(total, self.p);
        if kept == 0 {
            return;
        }
        let up_kept = split(kept, v.up_packets, total, dice);
        let up = piece.sample(true, up_kept, dice);
        let down = piece.sample(false, kept - up_kept, dice);
        self.write(piece.talk, &up, &down, out);
    }

    fn write(&self, talk: &Talk, up: &Side, down: &Side, out: &mut VecDeque<FlowRecord>) {
        let record = |src, dst, sport, dport, side: &Side| FlowRecord {
            start: Micros(side.times.0),
            end: Micros(side.times.1),
            src,
            dst,
            sport,
            dport,
            protocol: talk.protocol,
            tcp_flags: side.flags,
            packets: side.packets,
            bytes: side.bytes,
            sampling: self.sampling,
            ..FlowRecord::default()
        };
        if self.biflow {
            let mut both = record(talk.client, talk.server, talk.cport, talk.sport, up);
            if up.packets == 0 {
                both.start = Micros(down.times.0);
                both.end = Micros(down.times.1);
            } else if down.packets > 0 {
                both.start = Micros(up.times.0.min(down.times.0));
                both.end = Micros(up.times.1.max(down.times.1));
            }
            both.tcp_flags |= down.flags;
            both.rev_packets = down.packets;
            both.rev_bytes = down.bytes;
            both.outcome = match (talk.course, down.packets) {
                (Course::Refused, 1..) => Outcome::Rejected,
                (_, 0) => Outcome::Unanswered,
                _ => Outcome::Answered,
            };
            out.push_back(both);
            return;
        }
        if up.packets > 0 {
            out.push_back(record(talk.client, talk.server, talk.cport, talk.sport, up));
        }
        if down.packets > 0 {
            out.push_back(record(talk.server, talk.client, talk.sport, talk.cport, down));
        }
    }
}

/// One direction as exported.
struct Side {
    packets: u64,
    bytes: u64,
    flags: u8,
    times: (i64, i64),
}

impl Piece<'_> {
    /// Flags of all packets of one direction.
    fn flags(&self, up: bool) -> u8 {
        if self.talk.protocol != TCP {
            return 0;
        }
        match (self.talk.course, up) {
            (Course::Silent, true) | (Course::Refused, true) => SYN,
            (Course::Silent, false) => 0,
            (Course::Refused, false) => RST | ACK,
            (Course::Middle, _) => PSH | ACK,
            (Course::Whole, _) => ACK | PSH | if self.first { SYN } else { 0 } | if self.last { FIN } else { 0 },
        }
    }

    /// First and last packet of one direction: the answer starts a little later.
    fn span(&self, up: bool) -> (i64, i64) {
        let length = self.end - self.start;
        let late = if up { 0 } else { (length / 4).min(20_000) };
        (self.start + late, self.end)
    }

    /// What sampling leaves of one direction.
    fn sample(&self, up: bool, kept: u64, dice: &mut Dice) -> Side {
        let (of, bytes) = if up {
            (self.volume.up_packets, self.volume.up_bytes)
        } else {
            (self.volume.down_packets, self.volume.down_bytes)
        };
        let span = self.span(up);
        if kept == 0 || of == 0 {
            return Side { packets: 0, bytes: 0, flags: 0, times: span };
        }
        Side {
            packets: kept,
            bytes: sampled_bytes(self.talk.protocol, kept, of, bytes, dice),
            flags: self.sampled_flags(up, kept, of, dice),
            times: sampled_times(span, kept, dice),
        }
    }

    /// A flag shows only when the packet that carried it was among those sampled.
    fn sampled_flags(&self, up: bool, kept: u64, of: u64, dice: &mut Dice) -> u8 {
        let all = self.flags(up);
        if kept >= of || all & ACK == 0 || self.talk.course == Course::Refused {
            return all;
        }
        let share = kept as f64 / of as f64;
        let mut seen = if all & SYN != 0 && dice.chance(share) { SYN } else { 0 };
        if all & FIN != 0 && dice.chance(share) {
            seen |= FIN | ACK;
        }
        // A lone SYN of the initiator carries nothing else.
        if seen != SYN || kept > 1 || !up {
            seen |= ACK | if dice.chance(1.0 - libm::pow(0.5, kept as f64)) { PSH } else { 0 };
        }
        seen
    }
}

/// How many of `kept` sampled packets belong to a side with `of` of `total`.
fn split(kept: u64, of: u64, total: u64, dice: &mut Dice) -> u64 {
    if kept == 1 {
        return u64::from(dice.below(total) < of);
    }
    // Neither side may keep more than it had.
    let other = total - of;
    dice.binomial(kept, of as f64 / total as f64).clamp(kept.saturating_sub(other), of)
}

/// Bytes of `kept` out of `of` packets. TCP carries its payload in some packets and nothing in the
/// rest; datagrams are all alike.
fn sampled_bytes(protocol: u8, kept: u64, of: u64, bytes: u64, dice: &mut Dice) -> u64 {
    const BARE: u64 = 52;
    if kept >= of {
        return bytes;
    }
    let payload = bytes.saturating_sub(of * BARE);
    if protocol != TCP || payload == 0 {
        return (bytes * kept + of / 2) / of;
    }
    let full = payload.div_ceil(1_400).clamp(1, of);
    let drawn = dice.binomial(kept, full as f64 / of as f64);
    kept * BARE + drawn * (payload / full)
}

/// Times of the first and the last of `kept` packets spread evenly over a span.
fn sampled_times(span: (i64, i64), kept: u64, dice: &mut Dice) -> (i64, i64) {
    let length = (span.1 - span.0) as f64;
    let at = |u: f64| span.0 + (u * length) as i64;
    if kept == 1 {
        let one = at(dice.unit());
        return (one, one);
    }
    // Least of k even draws, then the greatest of the k-1 that lie above it.
    let k = kept as f64;
    let least = 1.0 - libm::pow(1.0 - dice.unit(), 1.0 / k);
    let greatest = least + (1.0 - least) * libm::pow(dice.unit(), 1.0 / (k - 1.0));
    (at(least), at(greatest).max(at(least)))
}

/// Which part of a conversation a piece is.
struct Part {
    index: i64,
    pieces: i64,
    duration_us: i64,
    active_us: i64,
}

impl Part {
    /// Packets and bytes that fall to the piece: packets by time, bytes by packets, in whole numbers
    /// that add up exactly.
    fn of(&self, packets: u64, bytes: u64) -> (u64, u64) {
        if self.pieces <= 1 || packets == 0 {
            return if self.index == 0 { (packets, bytes) } else { (0, 0) };
        }
        let scaled = |total: u64, by: u128, of: u128| (u128::from(total) * by / of.max(1)) as u64;
        let upto = |piece: i64| {
            if piece >= self.pieces {
                return (packets, bytes);
            }
            let at = scaled(packets, (piece * self.active_us) as u128, self.duration_us as u128);
            (at, scaled(bytes, u128::from(at), u128::from(packets)))
        };
        let (before, after) = (upto(self.index), upto(self.index + 1));
        (after.0 - before.0, after.1 - before.1)
    }
}

#[cfg(test)]
mod tests;
