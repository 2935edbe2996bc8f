//! Addresses out of bytes.

use noroshi_mandate::place::to_bits;
use std::net::Ipv6Addr;

const V4_MAPPED: u128 = 0xffff_0000_0000;

/// An IPv4 or IPv6 address as [`to_bits`]; an IPv6 zone (`%eth0`) is left away.
#[inline]
pub fn address(text: &[u8]) -> Option<u128> {
    match v4(text) {
        Some(bits) => Some(V4_MAPPED | u128::from(bits)),
        None => v6(text),
    }
}

#[inline]
fn v4(text: &[u8]) -> Option<u32> {
    if text.len() > 15 {
        return None;
    }
    let (mut bits, mut octet, mut digits, mut dots) = (0u32, 0u32, 0, 0);
    for &byte in text {
        if byte == b'.' {
            if digits == 0 || dots == 3 {
                return None;
            }
            bits = bits << 8 | octet;
            (octet, digits, dots) = (0, 0, dots + 1);
        } else {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            octet = octet * 10 + digit;
            digits += 1;
            if digit > 9 || octet > 255 || digits > 3 {
                return None;
            }
        }
    }
    (dots == 3 && digits > 0).then_some(bits << 8 | octet)
}

fn v6(text: &[u8]) -> Option<u128> {
    let text = text.split(|&b| b == b'%').next()?;
    if text.len() > 45 || !text.contains(&b':') {
        return None;
    }
    let address: Ipv6Addr = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(to_bits(address.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::IpAddr;

    #[test]
    fn addresses_and_what_is_none() {
        assert_eq!(address(b"192.0.2.255"), Some(to_bits("192.0.2.255".parse().unwrap())));
        assert_eq!(address(b"fe80::1%eth0"), Some(to_bits("fe80::1".parse().unwrap())));
        for bad in ["", "192.0.2", "192.0.2.", "192.0.2.256", "1.2.3.4.5", "00:15:17:2c:e5:2d", "example", "192.0.2.1x"]
        {
            assert_eq!(address(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn addresses_survive_text(bits: u128, v4: u32) {
            for ip in [IpAddr::V6(bits.into()), IpAddr::V4(v4.into())] {
                prop_assert_eq!(address(ip.to_string().as_bytes()), Some(to_bits(ip)));
            }
        }

        #[test]
        fn nothing_panics(text in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = address(&text);
        }
    }
}
