//! What Argus' `Dir` and `State` say: who began, and what became of it (ra(1), `dir` and `state`).

use noroshi_flow::{FlowRecord, Outcome};

const RST: u8 = 4;
const SYN: u8 = 2;
const TCP: u8 = 6;
const ICMP: u8 = 1;
const ICMP6: u8 = 58;

/// Fills flags and outcome, turns the record round when the right-hand address began, and
/// gives ICMP its type and code.
pub(super) fn apply(record: &mut FlowRecord, dir: &[u8], state: &[u8]) {
    let mut flags = tcp_flags(state);
    let printed = printed_type(record);
    if dir.starts_with(b"<") && !dir.ends_with(b">") {
        turn(record);
        flags = flags.map(|(ahead, back)| (back, ahead));
    }
    record.outcome = match record.protocol {
        TCP => tcp(record, flags, state),
        ICMP | ICMP6 => icmp(record, printed, state),
        _ => by_bytes(record),
    };
    if record.protocol == TCP {
        record.tcp_flags = flags.map_or(0, |(ahead, back)| ahead | back);
    }
}

fn turn(record: &mut FlowRecord) {
    std::mem::swap(&mut record.src, &mut record.dst);
    std::mem::swap(&mut record.sport, &mut record.dport);
    std::mem::swap(&mut record.bytes, &mut record.rev_bytes);
    std::mem::swap(&mut record.packets, &mut record.rev_packets);
}

/// Flags of `SrcAddr` and of `DstAddr` out of `FSPA_FSRPA`; `None` for states written as words.
fn tcp_flags(state: &[u8]) -> Option<(u8, u8)> {
    let at = state.iter().position(|&b| b == b'_')?;
    let bits = |letters: &[u8]| letters.iter().fold(0, |bits, letter| bits | flag(*letter));
    Some((bits(&state[..at]), bits(&state[at + 1..])))
}

fn flag(letter: u8) -> u8 {
    match letter {
        b'F' => 1,
        b'S' => SYN,
        b'R' => RST,
        b'P' => 8,
        b'A' => 16,
        b'U' => 32,
        b'E' => 64,
        b'C' => 128,
        _ => 0,
    }
}

fn tcp(record: &FlowRecord, flags: Option<(u8, u8)>, state: &[u8]) -> Outcome {
    match flags {
        // A reset is the only thing that came back, with or without ACK.
        Some((_, back)) if back & RST != 0 && back & !(RST | 16) == 0 => Outcome::Rejected,
        Some((_, 0)) if record.rev_bytes == 0 => Outcome::Unanswered,
        Some(_) => Outcome::Answered,
        None if state == b"REQ" || state == b"INT" => Outcome::Unanswered,
        None => by_bytes(record),
    }
}

fn by_bytes(record: &FlowRecord) -> Outcome {
    if record.rev_bytes > 0 { Outcome::Answered } else { Outcome::Unanswered }
}

/// A question (echo, timestamp, information, mask, solicitation) wants an answer; errors and
/// advertisements do not.
fn icmp(record: &mut FlowRecord, printed: Option<u16>, state: &[u8]) -> Outcome {
    record.dport = printed.or_else(|| type_of(state)).unwrap_or(0);
    record.sport = 0;
    if record.rev_bytes > 0 {
        return Outcome::Answered;
    }
    match state {
        b"ECO" | b"TST" | b"IRQ" | b"MAS" | b"NRS" | b"NNS" => Outcome::Unanswered,
        _ => Outcome::OneWay,
    }
}

/// The `Sport` column of ICMP holds `code << 8 | type`, whoever began; of a lone echo reply it is empty.
fn printed_type(record: &FlowRecord) -> Option<u16> {
    (record.sport != 0).then(|| record.sport.swap_bytes())
}

/// ICMP type and code behind Argus' state, where the ports do not say them (RFC 792).
fn type_of(state: &[u8]) -> Option<u16> {
    Some(match state {
        b"ECR" => 0,
        b"URN" => 3 << 8,
        b"URH" => 3 << 8 | 1,
        b"URO" => 3 << 8 | 2,
        b"URP" => 3 << 8 | 3,
        b"URF" => 3 << 8 | 4,
        b"SRC" => 4 << 8,
        b"RED" => 5 << 8 | 1,
        b"ECO" => 8 << 8,
        b"TXD" => 11 << 8,
        _ => return None,
    })
}
