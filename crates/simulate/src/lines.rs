//! The nation's own addresses: operators, their prefixes, and the lines and servers on them.

use crate::dice::Dice;
use crate::world::{Site, v4};

/// What stands behind a domestic address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A household: a few phones, perhaps a computer, a television, some appliances.
    Home,
    /// A phone on a mobile network.
    Mobile,
    /// An office of a few dozen people.
    Office,
    /// A hospital or a town hall: an office that never sleeps, with machines.
    Organisation,
    /// A server in hosting.
    Server,
    /// A meter, lift or vending machine on a mobile line.
    Machine,
}

/// One active domestic host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) role: Role,
    pub(crate) v4: u128,
    pub(crate) v6: Option<u128>,
}

/// Shares of the roles, in percent.
const ROLES: [(Role, u64); 6] = [
    (Role::Home, 54),
    (Role::Mobile, 26),
    (Role::Office, 10),
    (Role::Organisation, 1),
    (Role::Server, 6),
    (Role::Machine, 3),
];

/// Telecom operators: name, fixed, mobile and business prefix (a /12 each), /48 of IPv6, share of
/// the lines in percent.
#[derive(Debug)]
pub(crate) struct Operator {
    pub(crate) name: &'static str,
    fixed: u32,
    mobile: u32,
    business: u32,
    v6: u128,
    share: u64,
}

const fn operator(name: &'static str, nth: u32, share: u64) -> Operator {
    let base = 0x0a00_0000 + nth * 0x0030_0000;
    Operator {
        name,
        fixed: base,
        mobile: base + 0x0010_0000,
        business: base + 0x0020_0000,
        v6: 0x2001_0db8_0001_0000_0000_0000_0000_0000 + ((nth as u128) << 80),
        share,
    }
}

/// The operators, the largest first.
pub(crate) const OPERATORS: [Operator; 4] =
    [operator("north", 0, 42), operator("harbour", 1, 28), operator("valley", 2, 20), operator("isles", 3, 10)];

impl Operator {
    /// Prefixes as text, IPv4 then IPv6.
    pub(crate) fn prefixes(&self) -> [String; 4] {
        let text = |bits: u32| format!("{}/12", std::net::Ipv4Addr::from(bits));
        let v6 = format!("{}/48", std::net::Ipv6Addr::from(self.v6));
        [text(self.fixed), text(self.mobile), text(self.business), v6]
    }
}

/// Hands out lines; no two share an address.
pub(crate) fn lines(hosts: u32, dice: &mut Dice) -> Vec<Line> {
    let mut given = [[0u32; 3]; OPERATORS.len()];
    (0..hosts)
        .map(|_| {
            let role = weighted(ROLES.iter().map(|r| r.1), dice).map_or(Role::Home, |i| ROLES[i].0);
            let which = weighted(OPERATORS.iter().map(|o| o.share), dice).unwrap_or(0);
            line(role, which, &mut given, dice)
        })
        .collect()
}

fn line(role: Role, which: usize, given: &mut [[u32; 3]; OPERATORS.len()], dice: &mut Dice) -> Line {
    let operator = &OPERATORS[which];
    let (block, kind) = match role {
        Role::Home => (operator.fixed, 0),
        Role::Mobile | Role::Machine => (operator.mobile, 1),
        Role::Office | Role::Organisation | Role::Server => (operator.business, 2),
    };
    given[which][kind] += 1;
    // An odd multiplier permutes the 2^20 addresses of a /12: neighbours in the list are not
    // neighbours in the network.
    let host = given[which][kind].wrapping_mul(0x9_e3b5) & 0xf_ffff;
    let v6_share = match role {
        Role::Home => 0.55,
        Role::Mobile => 0.70,
        Role::Machine => 0.0,
        _ => 0.25,
    };
    let v6 = operator.v6 | u128::from(host & 0xffff) << 64 | u128::from(dice.bits() >> 8);
    let v6 = dice.chance(v6_share).then_some(v6);
    Line { role, v4: v4(block | host), v6 }
}

fn weighted(shares: impl Iterator<Item = u64>, dice: &mut Dice) -> Option<usize> {
    let mut at = dice.below(100);
    for (index, share) in shares.enumerate() {
        if at < share {
            return Some(index);
        }
        at -= share;
    }
    None
}

impl Line {
    /// As something to talk to, a few milliseconds away.
    pub(crate) fn site(&self) -> Site {
        Site { v4: self.v4, v6: self.v6, rtt_us: 9_000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_unique_and_inside_the_nation() {
        let lines = lines(60_000, &mut Dice::new(1, 1));
        let all: std::collections::BTreeSet<u128> = lines.iter().map(|l| l.v4).collect();
        assert_eq!(all.len(), lines.len());
        assert!(all.iter().all(|a| (a & 0xff00_0000) == 0x0a00_0000));
        assert!(lines.iter().filter_map(|l| l.v6).all(|a| a >> 95 == 0x2001_0db8_0000u128 << 80 >> 95));
        let homes = lines.iter().filter(|l| l.role == Role::Home).count();
        assert!((0.50..0.58).contains(&(homes as f64 / 60_000.0)));
    }
}
