//! Which machines may be connected to: names are looked up, what they stand for is checked, and the connection goes
//! to what was checked.
//!
//! A name outside can be made to stand for an address inside at any time (DNS rebinding). Who configures a public
//! server must not thereby reach the machines beside this one.

use crate::Address;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Looks names up and lets pass what may be connected to.
#[derive(Debug)]
pub(crate) struct Reach {
    inside: bool,
    lookup: DefaultResolver,
}

/// A name stands for addresses inside only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "its name stands for {address}, an address inside; if the server is meant to be inside, say so when configuring it"
)]
pub(crate) struct Inside {
    address: IpAddr,
}

impl Reach {
    /// From an address as configured. One that is itself inside, by its figures or as `localhost`, may be reached;
    /// for a name, whoever configures it has to say so (`inside`).
    pub(crate) fn from(address: &Address, inside: bool) -> Self {
        Self { inside: inside || address.literal().is_some_and(is_inside), lookup: DefaultResolver::default() }
    }

    fn pass(&self, found: &[std::net::SocketAddr]) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut passed = self.lookup.empty();
        for address in found.iter().filter(|address| self.inside || !is_inside(address.ip())) {
            passed.push(*address);
        }
        match found.first() {
            Some(first) if passed.is_empty() => Err(ureq::Error::Other(Box::new(Inside { address: first.ip() }))),
            _ => Ok(passed),
        }
    }
}

impl Resolver for Reach {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        self.pass(&self.lookup.resolve(uri, config, timeout)?)
    }
}

/// Whether an address is of this machine, this link, a private network, or of nobody (RFC 6890).
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => is_inside_4(ip),
        IpAddr::V6(ip) => carried(ip).map_or_else(|| is_inside_6(ip), is_inside_4),
    }
}

fn is_inside_4(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    ip.is_private() || ip.is_loopback() || ip.is_link_local() || shared || a == 0 || a >= 224
}

fn is_inside_6(ip: Ipv6Addr) -> bool {
    let site_local = ip.segments()[0] & 0xffc0 == 0xfec0;
    ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_unicast_link_local()
        || ip.is_unique_local()
        || ip.is_multicast()
        || site_local
}

/// The IPv4 address an IPv6 address stands for: mapped, compatible, NAT64 (RFC 6052) or 6to4 (RFC 3056).
fn carried(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let last = || {
        let [.., a, b] = ip.segments();
        let ([a, b], [c, d]) = (a.to_be_bytes(), b.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(last()),
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0, ..] => Some(last()),
        [0x2002, a, b, ..] => {
            let ([a, b], [c, d]) = (a.to_be_bytes(), b.to_be_bytes());
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    #[test]
    fn what_is_inside() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
        ] {
            assert!(is_inside(text.parse().unwrap()), "{text}");
        }
        for text in ["192.0.2.1", "172.32.0.1", "100.128.0.1", "2001:db8::1", "::ffff:192.0.2.1", "64:ff9b::192.0.2.1"]
        {
            assert!(!is_inside(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_name_outside_does_not_lead_inside() {
        let named = Address::parse("https://taxii.example.org/").unwrap();
        let both: [SocketAddr; 2] = ["127.0.0.1:443".parse().unwrap(), "192.0.2.1:443".parse().unwrap()];
        let outside = Reach::from(&named, false);
        assert_eq!(&*outside.pass(&both).unwrap(), &both[1..]);
        let error = outside.pass(&both[..1]).unwrap_err();
        assert!(matches!(&error, ureq::Error::Other(why) if why.is::<Inside>()), "{error}");
        assert_eq!(&*Reach::from(&named, true).pass(&both).unwrap(), &both);
        for figures in ["https://10.0.0.1/", "http://localhost:1/", "https://[fd00::1]/"] {
            let address = Address::parse(figures).unwrap();
            assert_eq!(&*Reach::from(&address, false).pass(&both).unwrap(), &both, "{figures}");
        }
        let public = Address::parse("https://192.0.2.1/").unwrap();
        assert!(Reach::from(&public, false).pass(&both[..1]).is_err());
    }
}
