//! The hot path: records of one length into columns, column by column.
//!
//! Every fill appends exactly one value a record, whatever the bytes: a plan's offsets lie
//! inside its stride, and a field that is not there is a constant.

use super::pending::Header;
use super::plan::{Address, Icmp, Moment, Number, Plan, RateSource, Reverse};
use super::rates::Rates;
use super::read::v4_bits;
use crate::element::NTP_EPOCH_SECONDS;
use noroshi_flow::{FlowColumns, Outcome};

/// Records of one length, end to end.
#[derive(Clone, Copy)]
pub(crate) struct Records<'a> {
    bytes: &'a [u8],
    stride: usize,
    count: usize,
}

impl<'a> Records<'a> {
    /// As many whole records as `bytes` holds; the rest is padding.
    pub(crate) fn new(bytes: &'a [u8], stride: usize) -> Self {
        let count = bytes.len().checked_div(stride).unwrap_or(0);
        Self { bytes: &bytes[..count * stride], stride, count }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The `N` bytes at `offset` of each record.
    #[inline(always)]
    fn field<const N: usize>(&self, offset: usize) -> impl Iterator<Item = [u8; N]> + 'a {
        let bytes = self.bytes.get(offset..).unwrap_or_default();
        // A chunk begins at the field and runs into the next record; only the last is short.
        bytes.chunks(self.stride.max(1)).map(|chunk| chunk.first_chunk().copied().unwrap_or([0; N]))
    }

    /// Appends one value a record.
    #[inline(always)]
    fn fill<T: Copy>(&self, out: &mut Vec<T>, number: Number, value: impl Fn(u64) -> T) {
        match number {
            Number::Absent => out.resize(out.len() + self.count, value(0)),
            Number::At(at, 1) => out.extend(self.field::<1>(at).map(|bytes| value(bytes[0].into()))),
            Number::At(at, 2) => out.extend(self.field(at).map(|bytes| value(u16::from_be_bytes(bytes).into()))),
            Number::At(at, 4) => out.extend(self.field(at).map(|bytes| value(u32::from_be_bytes(bytes).into()))),
            Number::At(at, 8) => out.extend(self.field(at).map(|bytes| value(u64::from_be_bytes(bytes)))),
            Number::At(at, bytes) => self.fill_odd(out, at, bytes, value),
        }
    }

    /// Lengths nobody prefers: 3, 5, 6 and 7 bytes.
    #[inline(never)]
    fn fill_odd<T: Copy>(&self, out: &mut Vec<T>, at: usize, length: u8, value: impl Fn(u64) -> T) {
        let records = self.bytes.chunks_exact(self.stride.max(1));
        out.extend(records.map(|record| {
            let field = record.get(at..at + usize::from(length)).unwrap_or_default();
            value(field.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
        }));
    }

    #[inline(always)]
    fn fill_address(&self, out: &mut Vec<u128>, address: Address) {
        let v4 = |bytes| v4_bits(u32::from_be_bytes(bytes));
        match address {
            Address::Absent => out.resize(out.len() + self.count, 0),
            Address::V4(at) => out.extend(self.field(at).map(v4)),
            Address::V6(at) => out.extend(self.field(at).map(u128::from_be_bytes)),
            Address::Either(at4, at6) => {
                let pairs = self.field::<4>(at4).zip(self.field::<16>(at6));
                let either = |(a, b)| if a == [0; 4] && b != [0; 16] { u128::from_be_bytes(b) } else { v4(a) };
                out.extend(pairs.map(either));
            }
        }
    }
}

/// What times and rates need beside the record.
pub(crate) struct Context<'a> {
    pub(crate) header: Header,
    /// `systemInitTimeMilliseconds` of the domain, announced by an options record.
    pub(crate) boot_ms: Option<u64>,
    pub(crate) rates: &'a Rates,
}

/// Appends every record to `out`.
pub(crate) fn decode(plan: &Plan, records: Records<'_>, context: &Context<'_>, out: &mut FlowColumns) {
    let from = out.len();
    decode_times(plan, records, context, from, out);
    records.fill_address(&mut out.src, plan.src);
    records.fill_address(&mut out.dst, plan.dst);
    records.fill(&mut out.sport, plan.sport, |value| value as u16);
    records.fill(&mut out.dport, plan.dport, |value| value as u16);
    records.fill(&mut out.protocol, plan.protocol, |value| value as u8);
    records.fill(&mut out.tcp_flags, plan.flags, |value| value as u8);
    records.fill(&mut out.packets, plan.packets, |value| value);
    records.fill(&mut out.bytes, plan.bytes, |value| value);
    decode_rates(plan, records, context, out);
    match &plan.reverse {
        None => {
            let len = from + records.count;
            out.rev_packets.resize(len, 0);
            out.rev_bytes.resize(len, 0);
            out.outcome.resize(len, Outcome::OneWay);
        }
        Some(reverse) => decode_reverse(reverse, records, from, out),
    }
    decode_icmp(plan, records, from, out);
    debug_assert!(out.outcome.len() == out.len() && out.sampling.len() == out.len());
}

fn decode_times(plan: &Plan, records: Records<'_>, context: &Context<'_>, from: usize, out: &mut FlowColumns) {
    match (plan.start, plan.end) {
        (Moment::Absent, end) => {
            fill_moment(end, plan, records, context, &mut out.end_us);
            out.start_us.extend_from_slice(&out.end_us[from..]);
            shift_by_duration(plan, records, -1, &mut out.start_us[from..]);
        }
        (start, Moment::Absent) => {
            fill_moment(start, plan, records, context, &mut out.start_us);
            out.end_us.extend_from_slice(&out.start_us[from..]);
            shift_by_duration(plan, records, 1, &mut out.end_us[from..]);
        }
        (start, end) => {
            fill_moment(start, plan, records, context, &mut out.start_us);
            fill_moment(end, plan, records, context, &mut out.end_us);
        }
    }
    // Clocks of two elements disagree now and then; a flow does not end before it starts.
    for (end, start) in out.end_us[from..].iter_mut().zip(&out.start_us[from..]) {
        *end = (*end).max(*start);
    }
}

fn shift_by_duration(plan: &Plan, records: Records<'_>, sign: i64, times: &mut [i64]) {
    let (number, unit) = plan.duration;
    if !number.is_present() {
        return;
    }
    let mut durations = Vec::with_capacity(records.count);
    records.fill(&mut durations, number, |value| i64::try_from(value).unwrap_or(0).saturating_mul(unit));
    for (time, duration) in times.iter_mut().zip(durations) {
        *time = time.saturating_add(sign.saturating_mul(duration));
    }
}

#[inline(always)]
fn fill_moment(moment: Moment, plan: &Plan, records: Records<'_>, context: &Context<'_>, out: &mut Vec<i64>) {
    let export = context.header.export.0;
    match moment {
        Moment::Absent => out.resize(out.len() + records.count, export),
        Moment::Epoch(number, unit) => records.fill(out, number, |value| (value as i64).wrapping_mul(unit)),
        Moment::Ntp(at) => out.extend(records.field(at).map(|bytes| ntp_micros(u64::from_be_bytes(bytes)))),
        Moment::BeforeExport(number) => records.fill(out, number, |value| export.saturating_sub_unsigned(value)),
        Moment::Uptime(number) => fill_uptime(number, plan, records, context, out),
    }
}

/// NTP time as microseconds since 1970, to the nearest.
fn ntp_micros(ntp: u64) -> i64 {
    let seconds = (ntp >> 32) as i64 - NTP_EPOCH_SECONDS as i64;
    // Microsecond elements leave the last 11 bits undefined (RFC 7011 §6.1.9); they are worth
    // less than half a microsecond.
    let fraction = ntp & 0xffff_f800;
    seconds * 1_000_000 + ((fraction * 1_000_000 + (1 << 31)) >> 32) as i64
}

/// Uptimes count milliseconds in 32 bits and wrap every 49.7 days, so they are taken relative to
/// the header's uptime (NetFlow v9), else to the boot time the record or the domain announced.
#[inline(never)]
fn fill_uptime(number: Number, plan: &Plan, records: Records<'_>, context: &Context<'_>, out: &mut Vec<i64>) {
    let export = context.header.export.0;
    if let Some(uptime) = context.header.uptime_ms {
        let relative = |value: u64| export + i64::from((value as u32).wrapping_sub(uptime) as i32) * 1_000;
        return records.fill(out, number, relative);
    }
    let from = out.len();
    records.fill(out, number, |value| (value as i64).wrapping_mul(1_000));
    let mut boots = Vec::with_capacity(records.count);
    let announced = context.boot_ms.unwrap_or(0);
    match plan.boot_ms {
        Number::Absent => boots.resize(records.count, announced),
        number => records.fill(&mut boots, number, |value| value),
    }
    for (time, boot) in out[from..].iter_mut().zip(boots) {
        *time = if boot == 0 { export } else { time.wrapping_add((boot as i64).wrapping_mul(1_000)) };
    }
}

fn decode_rates(plan: &Plan, records: Records<'_>, context: &Context<'_>, out: &mut FlowColumns) {
    let rates = context.rates;
    let narrow = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    match plan.rate {
        RateSource::Inline(number) => {
            let domain = rates.domain();
            records.fill(&mut out.sampling, number, |value| if value == 0 { domain } else { narrow(value) });
        }
        RateSource::Selector(number) if rates.by_selector() => {
            records.fill(&mut out.sampling, number, |id| rates.of_selector(id));
        }
        RateSource::Interface(number) if rates.by_interface() => {
            records.fill(&mut out.sampling, number, |id| rates.of_interface(id));
        }
        _ => out.sampling.resize(out.sampling.len() + records.count, rates.domain()),
    }
}

/// TCP flag bits.
const SYN: u8 = 2;
const RST: u8 = 4;

#[inline(never)]
fn decode_reverse(reverse: &Reverse, records: Records<'_>, from: usize, out: &mut FlowColumns) {
    records.fill(&mut out.rev_packets, reverse.packets, |value| value);
    records.fill(&mut out.rev_bytes, reverse.bytes, |value| value);
    let mut flags = Vec::with_capacity(records.count);
    records.fill(&mut flags, reverse.flags, |value| value as u8);
    let mut directions = Vec::with_capacity(records.count);
    records.fill(&mut directions, reverse.direction, |value| value as u8);
    for (index, (flags, direction)) in flags.into_iter().zip(directions).enumerate() {
        let at = from + index;
        let answered = out.rev_packets[at] > 0 || out.rev_bytes[at] > 0;
        let refused = out.protocol[at] == 6 && flags & (SYN | RST) == RST && flags & 1 == 0;
        out.tcp_flags[at] |= flags;
        out.outcome.push(match () {
            () if refused => Outcome::Rejected,
            () if answered => Outcome::Answered,
            () => Outcome::Unanswered,
        });
        // RFC 5103 §6.3: 2 means that the destination is the initiator.
        if direction == 2 {
            turn_round(out, at);
        }
    }
}

/// Makes the responder the initiator.
fn turn_round(out: &mut FlowColumns, at: usize) {
    std::mem::swap(&mut out.src[at], &mut out.dst[at]);
    std::mem::swap(&mut out.sport[at], &mut out.dport[at]);
    std::mem::swap(&mut out.packets[at], &mut out.rev_packets[at]);
    std::mem::swap(&mut out.bytes[at], &mut out.rev_bytes[at]);
    if out.outcome[at] != Outcome::Rejected {
        out.outcome[at] = if out.rev_packets[at] > 0 { Outcome::Answered } else { Outcome::Unanswered };
    }
}

fn decode_icmp(plan: &Plan, records: Records<'_>, from: usize, out: &mut FlowColumns) {
    for (icmp, protocol) in [(plan.icmp4, 1), (plan.icmp6, 58)] {
        if icmp.both.is_present() || icmp.kind.is_present() {
            fill_icmp(icmp, protocol, records, from, out);
        }
    }
}

#[inline(never)]
fn fill_icmp(icmp: Icmp, protocol: u8, records: Records<'_>, from: usize, out: &mut FlowColumns) {
    let mut values: Vec<u16> = Vec::with_capacity(records.count);
    if icmp.both.is_present() {
        records.fill(&mut values, icmp.both, |value| value as u16);
    } else {
        records.fill(&mut values, icmp.kind, |value| (value as u16) << 8);
        let mut codes: Vec<u16> = Vec::with_capacity(records.count);
        records.fill(&mut codes, icmp.code, |value| value as u16 & 0xff);
        values.iter_mut().zip(codes).for_each(|(value, code)| *value |= code);
    }
    for (index, value) in values.into_iter().enumerate() {
        // Some exporters fill the port and leave the combined element zero; type and code as two
        // elements are always meant.
        let is_meant = value != 0 || !icmp.both.is_present() || out.dport[from + index] == 0;
        if out.protocol[from + index] == protocol && is_meant {
            out.dport[from + index] = value;
            out.sport[from + index] = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntp_times_are_exact_to_the_microsecond() {
        let seconds = 1_771_286_400 + NTP_EPOCH_SECONDS;
        for micros in [0u64, 1, 2, 499_999, 500_000, 999_998, 999_999] {
            let fraction = (micros << 32).div_ceil(1_000_000).next_multiple_of(1 << 11).min(0xffff_f800);
            assert_eq!(ntp_micros(seconds << 32 | fraction), 1_771_286_400_000_000 + micros as i64);
        }
        assert_eq!(ntp_micros(0), -(NTP_EPOCH_SECONDS as i64) * 1_000_000);
    }

    #[test]
    fn rests_shorter_than_a_record_are_padding() {
        assert_eq!(Records::new(&[0; 23], 10).count(), 2);
        assert_eq!(Records::new(&[0; 23], 0).count(), 0);
    }
}
