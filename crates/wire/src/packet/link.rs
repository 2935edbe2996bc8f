//! Link types of captures (tcpdump.org/linktypes.html), down to the IP header.

use super::header::{self, Packet};

/// A link type we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    Ethernet,
    RawIp,
    /// BSD loopback: the address family, in the byte order of the machine that captured.
    Null,
    /// Linux cooked capture.
    Sll,
    /// Linux cooked capture, second version.
    Sll2,
    /// PPP with HDLC-like framing.
    Ppp,
    /// Something else.
    Unknown(i32),
}

impl Link {
    pub(crate) fn from_number(number: i32) -> Self {
        match number {
            0 | 108 => Self::Null,
            1 => Self::Ethernet,
            // 12 and 14 are what some systems wrote for raw IP.
            12 | 14 | 101 | 228 | 229 => Self::RawIp,
            9 | 50 => Self::Ppp,
            113 => Self::Sll,
            276 => Self::Sll2,
            other => Self::Unknown(other),
        }
    }

    /// Reads a frame; `None` when no IP packet is in it.
    pub(crate) fn read(self, frame: &[u8]) -> Option<Packet<'_>> {
        let ether = |at: usize, skip: usize| {
            let ether_type = u16::from_be_bytes(*frame.get(at..)?.first_chunk()?);
            header::from_ether_type(ether_type, frame.get(skip..)?)
        };
        match self {
            Self::Ethernet => header::from_ethernet(frame),
            Self::RawIp => header::from_ip(frame),
            Self::Null => header::from_ip(frame.get(4..)?),
            Self::Sll => ether(14, 16),
            Self::Sll2 => ether(0, 20),
            Self::Ppp => {
                let rest = frame.strip_prefix(&[0xff, 0x03]).unwrap_or(frame);
                match rest.first_chunk()? {
                    [0x00, 0x21] | [0x00, 0x57] => header::from_ip(rest.get(2..)?),
                    _ => None,
                }
            }
            Self::Unknown(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_link_type_leads_to_the_same_packet() {
        let mut ip = Vec::new();
        let builder = etherparse::PacketBuilder::ipv4([192, 0, 2, 1], [203, 0, 113, 5], 64).udp(5_000, 53);
        builder.write(&mut ip, b"x").unwrap();
        let with = |head: &[u8]| [head, &ip].concat();
        let sll = [&[0; 14][..], &[8, 0]].concat();
        let sll2 = [&[8, 0][..], &[0; 18]].concat();
        let ether = [&[0; 12][..], &[8, 0]].concat();
        let cases: [(i32, &[u8]); 8] = [
            (1, &ether),
            (101, &[]),
            (0, &[2, 0, 0, 0]),
            (108, &[0, 0, 0, 2]),
            (113, &sll),
            (276, &sll2),
            (9, &[0xff, 3, 0, 0x21]),
            (50, &[0, 0x21]),
        ];
        for (number, head) in cases {
            let frame = with(head);
            let packet = Link::from_number(number).read(&frame).unwrap();
            assert_eq!((packet.src, packet.sport, packet.dport), (0xffff_c000_0201, 5_000, 53), "link type {number}");
            assert_eq!(packet.udp_payload(), Some(&b"x"[..]));
        }
        assert_eq!(Link::from_number(147).read(&ip), None);
    }
}
