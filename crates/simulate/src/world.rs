//! The world around the nation: networks abroad with their registration countries, and the
//! addresses in them. Only reserved ranges: 240.0.0.0/4 and 198.18.0.0/15, and the upper half of
//! 2001:db8::/32. The nation's own lie in 10.0.0.0/8 and the lower half.

use crate::dice::Dice;

/// What a network abroad is for. Few kinds, because flow metadata shows few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NetKind {
    /// Large clouds: anything may stand there, innocent or not.
    Cloud,
    /// Content delivery, near the users.
    Cdn,
    /// Operating systems, search, video, social networks.
    Platform,
    /// Hosting and virtual servers.
    Hosting,
    /// Homes and phones abroad.
    Access,
    /// Universities and those who scan for research.
    Research,
}

/// One network: a /16 and a /48.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Net {
    pub(crate) v4: u32,
    pub(crate) v6: u128,
    pub(crate) country: &'static str,
    pub(crate) kind: NetKind,
    /// Round trip from the nation, microseconds.
    pub(crate) rtt_us: i64,
}

/// A server abroad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) v4: u128,
    /// Where it also speaks IPv6.
    pub(crate) v6: Option<u128>,
    pub(crate) rtt_us: i64,
}

const V4_MAPPED: u128 = 0xffff_0000_0000;
/// 2001:db8:8000::/33.
const WORLD_V6: u128 = 0x2001_0db8_8000 << 80;
/// Registration countries with a typical round trip from East Asia, milliseconds.
const COUNTRIES: [(&str, i64); 24] = [
    ("US", 120),
    ("SG", 75),
    ("NL", 235),
    ("DE", 240),
    ("KR", 35),
    ("TW", 45),
    ("HK", 50),
    ("GB", 230),
    ("FR", 238),
    ("IE", 245),
    ("AU", 130),
    ("IN", 130),
    ("CA", 140),
    ("BR", 280),
    ("RU", 180),
    ("CN", 60),
    ("VN", 80),
    ("TR", 260),
    ("UA", 265),
    ("PL", 255),
    ("RO", 270),
    ("SE", 250),
    ("FI", 245),
    ("ZA", 330),
];
/// How many networks of each kind.
const KINDS: [(NetKind, usize); 6] = [
    (NetKind::Cloud, 8),
    (NetKind::Cdn, 8),
    (NetKind::Platform, 10),
    (NetKind::Hosting, 72),
    (NetKind::Access, 96),
    (NetKind::Research, 8),
];

/// Every network abroad.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) nets: Vec<Net>,
}

pub(crate) fn v4(bits: u32) -> u128 {
    V4_MAPPED | u128::from(bits)
}

impl World {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let kinds = KINDS.iter().flat_map(|&(kind, count)| std::iter::repeat_n(kind, count));
        let nets = kinds.enumerate().map(|(index, kind)| net(index, kind, dice)).collect();
        Self { nets }
    }

    /// A random network of a kind.
    pub(crate) fn net(&self, kind: NetKind, dice: &mut Dice) -> Option<&Net> {
        let of = self.nets.iter().filter(|net| net.kind == kind).count();
        let nth = dice.below(of as u64) as usize;
        self.nets.iter().filter(|net| net.kind == kind).nth(nth)
    }

    /// A random host in networks of a kind; `v6_share` of them speak IPv6 too.
    pub(crate) fn site(&self, kind: NetKind, v6_share: f64, dice: &mut Dice) -> Site {
        let Some(net) = self.net(kind, dice) else {
            return Site { v4: v4(0xf000_0001), v6: None, rtt_us: 100_000 };
        };
        net.site(v6_share, dice)
    }
}

impl Net {
    /// A random host of this network.
    pub(crate) fn site(&self, v6_share: f64, dice: &mut Dice) -> Site {
        let host = dice.range(1, 65_534);
        let with_v6 = dice.chance(v6_share);
        let v6 = self.v6 | u128::from(host & 0xff00) << 56 | u128::from(dice.bits() >> 40);
        Site { v4: v4(self.v4 | host as u32), v6: with_v6.then_some(v6), rtt_us: self.rtt_us }
    }
}

fn net(index: usize, kind: NetKind, dice: &mut Dice) -> Net {
    // The content networks stand in the benchmarking range, all others in the reserved class E.
    let v4 = match index {
        0 | 1 => 0xc612_0000 + ((index as u32) << 16),
        _ => 0xf000_0000 + ((index as u32) << 16),
    };
    // Round trips rise with rank; the first countries have most of the networks.
    let rank = (dice.unit() * dice.unit() * COUNTRIES.len() as f64) as usize;
    let (country, away_ms) = COUNTRIES[rank.min(COUNTRIES.len() - 1)];
    // Content is served from caches in or near the country, whatever the registration says.
    let away_ms = match kind {
        NetKind::Cdn => dice.range(3, 12) as i64,
        NetKind::Platform | NetKind::Cloud => dice.range(8, 45) as i64,
        _ => away_ms + dice.range(0, 30) as i64,
    };
    Net { v4, v6: WORLD_V6 + ((index as u128) << 80), country, kind, rtt_us: away_ms * 1_000 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_lies_in_its_reserved_range() {
        let mut dice = Dice::new(1, 0);
        let world = World::new(&mut dice);
        for _ in 0..2_000 {
            for kind in [NetKind::Cdn, NetKind::Cloud, NetKind::Access] {
                let site = world.site(kind, 0.5, &mut dice);
                let bits = (site.v4 & 0xffff_ffff) as u32;
                assert!(bits >> 28 == 0xf || bits >> 17 == 0xc612_0000 >> 17, "{bits:x}");
                assert!(site.v6.is_none_or(|v6| v6 >> 95 == WORLD_V6 >> 95));
            }
        }
    }
}
