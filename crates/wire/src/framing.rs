//! A byte stream into messages: IPFIX files (RFC 5655), files of NetFlow or sFlow datagrams end
//! to end, a single vendor datagram in a file.
//!
//! IPFIX says how long a message is. NetFlow v5 and sFlow can be computed. NetFlow v9 cannot: its
//! sets are walked until the next header, which cannot be mistaken for a set, since set ids 2 to
//! 255 are reserved (RFC 3954 §5.2).

use crate::WireError;
use crate::decoder::read::Reader;
use crate::limits::{MESSAGE_BYTES_MAX, NETFLOW5_RECORDS_MAX, SFLOW_SAMPLES_MAX};
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use std::io::Read;

/// Binary inputs this crate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryFormat {
    /// IPFIX messages (RFC 7011, RFC 5655).
    Ipfix,
    /// NetFlow v5 datagrams.
    NetFlow5,
    /// NetFlow v9 datagrams.
    NetFlow9,
    /// sFlow v5 datagrams.
    Sflow,
    /// A packet capture of libpcap.
    Pcap,
    /// A packet capture, next generation.
    PcapNg,
}

/// Recognises an input by its first bytes (20 are enough).
pub fn recognise(prefix: &[u8]) -> Option<BinaryFormat> {
    match prefix {
        [0x0a, 0x0d, 0x0d, 0x0a, ..] => Some(BinaryFormat::PcapNg),
        [0xa1, 0xb2, 0xc3, 0xd4, ..] | [0xd4, 0xc3, 0xb2, 0xa1, ..] => Some(BinaryFormat::Pcap),
        [0xa1, 0xb2, 0x3c, 0x4d, ..] | [0x4d, 0x3c, 0xb2, 0xa1, ..] => Some(BinaryFormat::Pcap),
        [0xa1, 0xb2, 0xcd, 0x34, ..] | [0x34, 0xcd, 0xb2, 0xa1, ..] => Some(BinaryFormat::Pcap),
        [0, 0, 0, 5, 0, 0, 0, 1 | 2, ..] => Some(BinaryFormat::Sflow),
        [0, 10, ..] if prefix.len() >= 16 => Some(BinaryFormat::Ipfix),
        [0, 9, ..] if prefix.len() >= 20 => Some(BinaryFormat::NetFlow9),
        [0, 5, ..] if prefix.len() >= 20 => Some(BinaryFormat::NetFlow5),
        _ => None,
    }
}

/// When an export datagram says it was sent; `None` for sFlow, which does not say.
pub fn export_time(datagram: &[u8]) -> Option<Micros> {
    let at = match recognise(datagram)? {
        BinaryFormat::Ipfix => 4,
        BinaryFormat::NetFlow5 | BinaryFormat::NetFlow9 => 8,
        _ => return None,
    };
    let seconds = datagram.get(at..)?.first_chunk()?;
    Some(Micros(i64::from(u32::from_be_bytes(*seconds)) * SECOND))
}

/// What the bytes at a message boundary are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// A message of so many bytes.
    Whole(usize),
    /// A message that goes on beyond the bytes at hand.
    Longer,
    /// Not the start of a message.
    Unknown,
}

/// Whether a datagram is, to its last byte, one well-formed export: used for UDP payloads on
/// ports that are nobody's.
pub(crate) fn frames_well(datagram: &[u8]) -> bool {
    let has_sets = match recognise(datagram) {
        Some(BinaryFormat::Ipfix) => walk_sets(datagram, 16, true) == Extent::Whole(datagram.len()),
        Some(BinaryFormat::NetFlow9) => walk_sets(datagram, 20, true) == Extent::Whole(datagram.len()),
        Some(_) => true,
        None => false,
    };
    has_sets && extent(datagram, true) == Extent::Whole(datagram.len())
}

fn extent(bytes: &[u8], at_end: bool) -> Extent {
    let whole = |length: usize| match length {
        0..16 => Extent::Unknown,
        _ if length <= bytes.len() => Extent::Whole(length),
        _ => Extent::Longer,
    };
    match recognise(bytes) {
        Some(BinaryFormat::Ipfix) => whole(be16(bytes, 2)),
        Some(BinaryFormat::NetFlow5) => match be16(bytes, 2) {
            count @ 1..=NETFLOW5_RECORDS_MAX => whole(24 + 48 * count),
            _ => Extent::Unknown,
        },
        Some(BinaryFormat::NetFlow9) => walk_sets(bytes, 20, at_end),
        Some(BinaryFormat::Sflow) => walk_sflow(bytes).unwrap_or(Extent::Longer),
        _ => Extent::Unknown,
    }
}

fn be16(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |pair| u16::from_be_bytes(*pair).into())
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |word| u32::from_be_bytes(*word))
}

/// Sets until the next header, or the end.
fn walk_sets(bytes: &[u8], header: usize, at_end: bool) -> Extent {
    let mut at = header;
    loop {
        let left = bytes.len().saturating_sub(at);
        if at > bytes.len() || left < 4 && !at_end {
            return Extent::Longer;
        }
        let (id, length) = (be16(bytes, at), be16(bytes, at + 2));
        match (id, length) {
            _ if left < 4 => return Extent::Whole(bytes.len()),
            // Zero-filled padding; the next header begins with a zero of its own.
            (0, 0) => {
                let zeros = bytes[at..].iter().take_while(|&&byte| byte == 0).count();
                if at + zeros == bytes.len() {
                    return if at_end { Extent::Whole(bytes.len()) } else { Extent::Longer };
                }
                return Extent::Whole(at + zeros - 1);
            }
            (5 | 9 | 10, _) if at > header => return Extent::Whole(at),
            (0..=3 | 256.., 4..) => at += length,
            _ => return Extent::Unknown,
        }
    }
}

fn walk_sflow(bytes: &[u8]) -> Option<Extent> {
    let mut reader = Reader::new(bytes);
    reader.take(4)?;
    let address = if reader.u32()? == 1 { 4 } else { 16 };
    reader.take(address + 12)?;
    let samples = reader.u32()?;
    if samples > SFLOW_SAMPLES_MAX {
        return Some(Extent::Unknown);
    }
    for _ in 0..samples {
        reader.u32()?;
        let length = reader.u32()?;
        reader.take(usize::try_from(length).ok()?)?;
    }
    Some(Extent::Whole(bytes.len() - reader.rest().len()))
}

/// A stretch of the stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A message, perhaps cut off by the end of the stream.
    Message {
        /// Bytes from the start of the stream.
        offset: u64,
        /// The message.
        bytes: &'a [u8],
    },
    /// Bytes that belong to no message we know.
    Garbage {
        /// Bytes from the start of the stream.
        offset: u64,
        /// How many.
        length: usize,
    },
}

/// Splits a byte stream into messages, in bounded memory.
#[derive(Debug)]
pub struct Frames<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    ended: bool,
}

/// Two messages of the largest size: after a whole one there is room to see the next.
const BUFFER_BYTES: usize = 2 * MESSAGE_BYTES_MAX;

impl<R: Read> Frames<R> {
    /// Splits what `reader` gives.
    pub fn new(reader: R) -> Self {
        Self { reader, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0, offset: 0, ended: false }
    }

    /// The next stretch; `None` at the end.
    ///
    /// # Errors
    /// [`WireError::Read`] when the stream cannot be read.
    #[expect(clippy::should_implement_trait, reason = "the frame borrows the buffer")]
    pub fn next(&mut self) -> Result<Option<Frame<'_>>, WireError> {
        loop {
            let bytes = &self.buffer[self.start..self.end];
            if bytes.is_empty() && self.ended {
                return Ok(None);
            }
            let extent = if bytes.len() < 20 { Extent::Longer } else { extent(bytes, self.ended) };
            let (length, garbage) = match extent {
                Extent::Whole(length) => (length, false),
                Extent::Longer if bytes.len() < MESSAGE_BYTES_MAX && !self.ended => {
                    self.fill()?;
                    continue;
                }
                Extent::Longer => (bytes.len(), recognise(bytes).is_none()),
                Extent::Unknown => (resynchronise(bytes), true),
            };
            return Ok(Some(self.emit(length, garbage)));
        }
    }

    fn emit(&mut self, length: usize, garbage: bool) -> Frame<'_> {
        let (start, offset) = (self.start, self.offset);
        self.start += length;
        self.offset += length as u64;
        if garbage {
            Frame::Garbage { offset, length }
        } else {
            Frame::Message { offset, bytes: &self.buffer[start..self.start] }
        }
    }

    fn fill(&mut self) -> Result<(), WireError> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while self.end < self.buffer.len() && !self.ended {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(source) => return Err(WireError::Read { source }),
            }
        }
        Ok(())
    }
}

/// How far it is to something that frames as a message, or to where the search stopped.
fn resynchronise(bytes: &[u8]) -> usize {
    let mut tried = 0;
    for at in 1..bytes.len() {
        if bytes[at] != 0 || !matches!(bytes.get(at + 1), Some(5 | 9 | 10 | 0)) {
            continue;
        }
        let ahead = &bytes[at..bytes.len().min(at + RESYNCHRONISE_BYTES)];
        let at_end = at + RESYNCHRONISE_BYTES >= bytes.len();
        let framed = match recognise(ahead) {
            Some(BinaryFormat::Ipfix) => walk_sets(&ahead[..ahead.len().min(be16(ahead, 2))], 16, true),
            // Two bytes say NetFlow v5: ask for a plausible clock, too.
            Some(BinaryFormat::NetFlow5) if be32(ahead, 12) >= 1_000_000_000 => Extent::Unknown,
            Some(BinaryFormat::NetFlow5) if !follows_well(bytes, at + 24 + 48 * be16(ahead, 2)) => Extent::Unknown,
            Some(_) => extent(ahead, at_end),
            None => Extent::Unknown,
        };
        tried += 1;
        if matches!(framed, Extent::Whole(_)) || tried == RESYNCHRONISE_TRIES {
            return at;
        }
    }
    bytes.len()
}

/// Whether the stream ends or a message begins at `at`.
fn follows_well(bytes: &[u8], at: usize) -> bool {
    at == bytes.len() || bytes.get(at..).is_some_and(|rest| recognise(rest).is_some())
}

/// Offsets tried after damage in one go; hostile bytes can make each of them costly.
const RESYNCHRONISE_TRIES: usize = 256;
/// How far a try looks.
const RESYNCHRONISE_BYTES: usize = 2_048;

#[cfg(test)]
mod tests;
