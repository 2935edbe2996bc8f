//! Protocol names as Argus prints them.

use noroshi_model::Protocol;

/// What a name in the `Proto` column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// An IP protocol.
    Ip(u8),
    /// Argus' own status records.
    Management,
    /// ARP, IPX, LLC and other frames that are not IP.
    NotIp,
}

/// Names beyond those of [`Protocol`]: application protocols that Argus tells apart inside UDP,
/// and the IANA registry's keywords for what real captures hold.
const NAMES: [(&[u8], u8); 40] = [
    (b"rtp", 17),
    (b"rtcp", 17),
    (b"udt", 17),
    (b"hopopt", 0),
    (b"ggp", 3),
    (b"ipv4", 4),
    (b"ipnip", 4),
    (b"ip-in-ip", 4),
    (b"st", 5),
    (b"cbt", 7),
    (b"egp", 8),
    (b"igp", 9),
    (b"igrp", 9),
    (b"pup", 12),
    (b"chaos", 16),
    (b"hmp", 20),
    (b"xns-idp", 22),
    (b"rdp", 27),
    (b"irtp", 28),
    (b"iso-tp4", 29),
    (b"dccp", 33),
    (b"xtp", 36),
    (b"idrp", 45),
    (b"ipv6-route", 43),
    (b"ipv6-frag", 44),
    (b"ipv6-no", 59),
    (b"ipv6-nonxt", 59),
    (b"ipv6-opts", 60),
    (b"icmp6", 58),
    (b"icmpv6", 58),
    (b"skip", 57),
    (b"eigrp", 88),
    (b"ospf", 89),
    (b"ospfigp", 89),
    (b"ipencap", 94),
    (b"etherip", 97),
    (b"encap", 98),
    (b"vrrp", 112),
    (b"l2tp", 115),
    (b"mpls-in-ip", 137),
];

/// Understands a name. One that is in no registry of IP protocols is an Ethernet frame type.
#[inline]
pub(super) fn protocol(name: &[u8]) -> Name {
    match name {
        b"tcp" => return Name::Ip(6),
        b"udp" => return Name::Ip(17),
        b"icmp" => return Name::Ip(1),
        b"man" => return Name::Management,
        _ => {}
    }
    if let Some(&(_, number)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Name::Ip(number);
    }
    match std::str::from_utf8(name).ok().and_then(Protocol::parse) {
        Some(protocol) => Name::Ip(protocol.0),
        None => Name::NotIp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_numbers_and_frames() {
        for (name, expected) in [
            ("tcp", Name::Ip(6)),
            ("RTP", Name::Ip(17)),
            ("ipv6-icmp", Name::Ip(58)),
            ("89", Name::Ip(89)),
            ("arp", Name::NotIp),
            ("ipx/spx", Name::NotIp),
            ("llc", Name::NotIp),
            ("man", Name::Management),
        ] {
            assert_eq!(protocol(name.as_bytes()), expected, "{name}");
        }
    }
}
