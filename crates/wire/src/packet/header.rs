//! From a link-layer frame to the five-tuple.

use crate::decoder::read::v4_bits;
use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket};

/// What a packet's headers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packet<'a> {
    pub(crate) src: u128,
    pub(crate) dst: u128,
    pub(crate) protocol: u8,
    pub(crate) sport: u16,
    /// For ICMP `type << 8 | code`.
    pub(crate) dport: u16,
    pub(crate) tcp_flags: u8,
    /// Bytes of the IP packet, headers included.
    pub(crate) ip_bytes: u64,
    /// A fragment that does not hold the ports.
    pub(crate) is_later_fragment: bool,
    /// What follows the IP header, cut where the capture cut it.
    pub(crate) transport: &'a [u8],
}

const ETHER_MPLS: u16 = 0x8847;
const ETHER_MPLS_UPSTREAM: u16 = 0x8848;
const ETHER_PPPOE_SESSION: u16 = 0x8864;
/// Labels in one MPLS stack: routers push three or four.
const MPLS_LABELS_MAX: usize = 16;

/// Reads an Ethernet frame: VLAN and QinQ tags, MPLS, PPPoE; `None` when no IP packet is in it.
pub(crate) fn from_ethernet(frame: &[u8]) -> Option<Packet<'_>> {
    let sliced = LaxSlicedPacket::from_ethernet(frame).ok()?;
    from_sliced(&sliced).or_else(|| {
        let payload = sliced.ether_payload()?;
        from_shim(payload.ether_type.0, payload.payload, true)
    })
}

/// Reads what an EtherType announces.
pub(crate) fn from_ether_type(ether_type: u16, bytes: &[u8]) -> Option<Packet<'_>> {
    let sliced = LaxSlicedPacket::from_ether_type(EtherType(ether_type), bytes);
    from_sliced(&sliced).or_else(|| {
        let payload = sliced.ether_payload()?;
        from_shim(payload.ether_type.0, payload.payload, true)
    })
}

/// Reads an IP packet.
pub(crate) fn from_ip(bytes: &[u8]) -> Option<Packet<'_>> {
    from_sliced(&LaxSlicedPacket::from_ip(bytes).ok()?)
}

/// What stands between Ethernet and IP and etherparse does not read.
fn from_shim(ether_type: u16, bytes: &[u8], may_nest: bool) -> Option<Packet<'_>> {
    match ether_type {
        ETHER_MPLS | ETHER_MPLS_UPSTREAM => from_mpls(bytes, may_nest),
        // RFC 2516 §4: six bytes of header, then the PPP protocol number.
        ETHER_PPPOE_SESSION => match bytes.get(6..8)? {
            [0x00, 0x21] | [0x00, 0x57] => from_ip(bytes.get(8..)?),
            _ => None,
        },
        _ => None,
    }
}

/// RFC 3032 §2.1: labels until the bottom of the stack; the first nibble says what follows.
pub(crate) fn from_mpls(bytes: &[u8], may_nest: bool) -> Option<Packet<'_>> {
    let bottom = bytes.chunks_exact(4).take(MPLS_LABELS_MAX).position(|label| label[2] & 1 == 1)?;
    let inner = bytes.get((bottom + 1) * 4..)?;
    match inner.first()? >> 4 {
        4 | 6 => from_ip(inner),
        // RFC 4385 §3: a control word, then (for Ethernet pseudowires) a frame.
        0 if may_nest => {
            let sliced = LaxSlicedPacket::from_ethernet(inner.get(4..)?).ok()?;
            from_sliced(&sliced)
        }
        _ => None,
    }
}

fn from_sliced<'a>(sliced: &LaxSlicedPacket<'a>) -> Option<Packet<'a>> {
    let (src, dst, ip_bytes, offset) = match sliced.net.as_ref()? {
        LaxNetSlice::Ipv4(ip) => {
            let header = ip.header();
            let (src, dst) = (u32::from_be_bytes(header.source()), u32::from_be_bytes(header.destination()));
            (v4_bits(src), v4_bits(dst), u64::from(header.total_len()), header.fragments_offset().value() > 0)
        }
        LaxNetSlice::Ipv6(ip) => {
            let header = ip.header();
            let (src, dst) = (u128::from_be_bytes(header.source()), u128::from_be_bytes(header.destination()));
            // The first fragment is taken for a later one: IPv6 fragments are too rare to look further.
            (src, dst, u64::from(header.payload_length()) + 40, ip.is_payload_fragmented())
        }
        LaxNetSlice::Arp(_) => return None,
    };
    let payload = sliced.ip_payload()?;
    let mut packet = Packet {
        src,
        dst,
        protocol: payload.ip_number.0,
        sport: 0,
        dport: 0,
        tcp_flags: 0,
        ip_bytes,
        is_later_fragment: offset,
        transport: payload.payload,
    };
    if !offset {
        packet.read_ports();
    }
    Some(packet)
}

impl Packet<'_> {
    fn read_ports(&mut self) {
        let bytes = self.transport;
        match self.protocol {
            // TCP, UDP, DCCP, SCTP and UDP-Lite all begin with the two ports.
            6 | 17 | 33 | 132 | 136 => {
                let Some([a, b, c, d]) = bytes.first_chunk() else { return };
                self.sport = u16::from_be_bytes([*a, *b]);
                self.dport = u16::from_be_bytes([*c, *d]);
                if self.protocol == 6 {
                    self.tcp_flags = bytes.get(13).copied().unwrap_or(0);
                }
            }
            1 | 58 => {
                let Some(kind_and_code) = bytes.first_chunk() else { return };
                self.dport = u16::from_be_bytes(*kind_and_code);
            }
            _ => {}
        }
    }

    /// What a UDP datagram carries; `None` for other packets.
    pub(crate) fn udp_payload(&self) -> Option<&[u8]> {
        if self.protocol != 17 || self.is_later_fragment {
            return None;
        }
        let length = usize::from(u16::from_be_bytes(*self.transport.get(4..)?.first_chunk()?));
        let end = if length < 8 { self.transport.len() } else { length.min(self.transport.len()) };
        self.transport.get(8..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::PacketBuilder;

    fn frame() -> Vec<u8> {
        let mut frame = Vec::new();
        PacketBuilder::ethernet2([1; 6], [2; 6])
            .ipv4([192, 0, 2, 1], [203, 0, 113, 5], 64)
            .tcp(50_000, 443, 1, 1_024)
            .syn()
            .write(&mut frame, b"")
            .unwrap();
        frame
    }

    fn check(packet: Packet<'_>) {
        assert_eq!((packet.src, packet.dst), (0xffff_c000_0201, 0xffff_cb00_7105));
        assert_eq!((packet.sport, packet.dport, packet.protocol, packet.tcp_flags), (50_000, 443, 6, 2));
        assert_eq!(packet.ip_bytes, 40);
    }

    #[test]
    fn ethernet_vlan_mpls_and_pseudowire() {
        let plain = frame();
        check(from_ethernet(&plain).unwrap());
        let mut tagged = plain.clone();
        tagged.splice(12..12, [0x88, 0xa8, 0, 5, 0x81, 0x00, 0, 7]);
        check(from_ethernet(&tagged).unwrap());
        let mut labelled = plain.clone();
        labelled.splice(12..14, [0x88, 0x47, 0, 1, 0x00, 64, 0, 2, 0x01, 64]);
        check(from_ethernet(&labelled).unwrap());
        let mut wire = plain[..12].to_vec();
        wire.extend([0x88, 0x47, 0, 2, 0x01, 64, 0, 0, 0, 0]);
        wire.extend(&plain);
        check(from_ethernet(&wire).unwrap());
        check(from_ip(&plain[14..]).unwrap());
    }

    #[test]
    fn a_cut_header_still_gives_the_ports() {
        let packet = frame();
        let cut = from_ethernet(&packet[..14 + 20 + 4]).unwrap();
        assert_eq!((cut.sport, cut.dport, cut.tcp_flags), (50_000, 443, 0));
        assert_eq!(from_ethernet(&packet[..20]), None);
    }
}
