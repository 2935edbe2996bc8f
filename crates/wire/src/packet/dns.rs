//! DNS questions and how they were answered, read only when the mandate's own switch is on.

use super::header::Packet;
use crate::limits::{DNS_WAITING_MAX, DNS_WAITING_SECONDS};
use noroshi_flow::DnsQuery;
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use std::collections::{HashMap, VecDeque};

/// What makes an answer the answer to a question.
type Key = (u128, u128, u16, u16);

/// Matches answers to questions.
#[derive(Debug, Default)]
pub(crate) struct DnsMatcher {
    waiting: HashMap<Key, (u64, DnsQuery), foldhash::fast::RandomState>,
    order: VecDeque<(Micros, u64, Key)>,
    serial: u64,
}

/// One DNS message's first question.
struct Message {
    id: u16,
    is_answer: bool,
    rcode: u8,
    name: String,
    qtype: u16,
}

impl DnsMatcher {
    /// Adds a packet of UDP port 53; calls `report` with each question answered or given up.
    pub(crate) fn packet(&mut self, packet: &Packet<'_>, at: Micros, report: &mut dyn FnMut(DnsQuery)) {
        self.expire(at, report);
        let Some(message) = packet.udp_payload().and_then(read) else { return };
        if message.is_answer && packet.sport == 53 {
            let key = (packet.dst, packet.src, packet.dport, message.id);
            // An answer whose question was not captured counts for both.
            let asked = self.waiting.remove(&key).map_or(at, |(_, query)| query.at);
            let rcode = Some(message.rcode);
            report(DnsQuery {
                at: asked,
                client: packet.dst,
                resolver: packet.src,
                name: message.name,
                qtype: message.qtype,
                rcode,
            });
        } else if !message.is_answer && packet.dport == 53 {
            self.ask(packet, at, message, report);
        }
    }

    fn ask(&mut self, packet: &Packet<'_>, at: Micros, message: Message, report: &mut dyn FnMut(DnsQuery)) {
        let key = (packet.src, packet.dst, packet.sport, message.id);
        if self.waiting.contains_key(&key) {
            // Asked again.
            return;
        }
        if self.order.len() >= DNS_WAITING_MAX {
            self.give_up_oldest(report);
        }
        self.serial += 1;
        let query = DnsQuery {
            at,
            client: packet.src,
            resolver: packet.dst,
            name: message.name,
            qtype: message.qtype,
            rcode: None,
        };
        self.waiting.insert(key, (self.serial, query));
        self.order.push_back((at, self.serial, key));
    }

    /// Gives up every question that waits, oldest first.
    pub(crate) fn finish(&mut self, report: &mut dyn FnMut(DnsQuery)) {
        while !self.order.is_empty() {
            self.give_up_oldest(report);
        }
    }

    fn expire(&mut self, now: Micros, report: &mut dyn FnMut(DnsQuery)) {
        while self.order.front().is_some_and(|(at, ..)| now.0.saturating_sub(at.0) > DNS_WAITING_SECONDS * SECOND) {
            self.give_up_oldest(report);
        }
    }

    fn give_up_oldest(&mut self, report: &mut dyn FnMut(DnsQuery)) {
        let Some((_, serial, key)) = self.order.pop_front() else { return };
        if self.waiting.get(&key).is_some_and(|(waiting, _)| *waiting == serial)
            && let Some((_, query)) = self.waiting.remove(&key)
        {
            report(query);
        }
    }
}

/// Reads header and first question; the records that follow are not looked at.
fn read(payload: &[u8]) -> Option<Message> {
    let mut header = *payload.first_chunk::<12>()?;
    let questions = u16::from_be_bytes([header[4], header[5]]);
    let opcode = header[2] >> 3 & 0xf;
    if questions == 0 || opcode != 0 {
        return None;
    }
    let (is_answer, rcode) = (header[2] & 0x80 != 0, header[3] & 0xf);
    // One question and nothing else, as far as the parser is concerned.
    header[4..].copy_from_slice(&[0, 1, 0, 0, 0, 0, 0, 0]);
    let question = &payload[12..payload.len().min(12 + QUESTION_BYTES_MAX)];
    let message = [&header, question].concat();
    let packet = simple_dns::Packet::parse(&message).ok()?;
    let question = packet.questions.first()?;
    let labels: Vec<_> = question.qname.as_bytes().map(|label| String::from_utf8_lossy(label).to_lowercase()).collect();
    Some(Message { id: packet.id(), is_answer, rcode, name: labels.join("."), qtype: u16::from(question.qtype) })
}

/// A name of 255 bytes, type and class (RFC 1035 §2.3.4).
const QUESTION_BYTES_MAX: usize = 259;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::header;

    fn message(id: u8, flags: [u8; 2]) -> Vec<u8> {
        let mut bytes = vec![0, id, flags[0], flags[1], 0, 1, 0, 9, 0, 0, 0, 0];
        bytes.extend(b"\x03WwW\x07example\x00\x00\x10\x00\x01rest that is never read");
        bytes
    }

    fn packet(payload: &[u8], from_client: bool) -> Vec<u8> {
        let (a, b) = ([192, 0, 2, 1], [203, 0, 113, 5]);
        let (src, dst, sport, dport) = if from_client { (a, b, 40_000, 53) } else { (b, a, 53, 40_000) };
        let mut bytes = Vec::new();
        etherparse::PacketBuilder::ipv4(src, dst, 64).udp(sport, dport).write(&mut bytes, payload).unwrap();
        bytes
    }

    #[test]
    fn questions_are_matched_or_given_up() {
        let mut matcher = DnsMatcher::default();
        let mut seen = Vec::new();
        let packets = [
            (0, packet(&message(1, [1, 0]), true)),
            (1, packet(&message(2, [1, 0]), true)),
            (2, packet(&message(1, [0x81, 0x83]), false)),
            (12, packet(&[0; 5], true)),
        ];
        for (seconds, bytes) in &packets {
            let packet = header::from_ip(bytes).unwrap();
            matcher.packet(&packet, Micros(seconds * SECOND), &mut |query| seen.push(query));
        }
        matcher.finish(&mut |query| seen.push(query));
        assert_eq!(seen.len(), 2);
        assert_eq!((seen[0].name.as_str(), seen[0].qtype, seen[0].rcode), ("www.example", 16, Some(3)));
        assert_eq!((seen[0].at, seen[1].rcode), (Micros(0), None));
    }
}
