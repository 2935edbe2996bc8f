//! Values that are texts with a form: hashes, hexadecimal, base64, addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Digits of the hash algorithms that have a fixed length (`hash-algorithm-ov`).
pub(super) fn hash_digits(algorithm: &str) -> Option<usize> {
    Some(match algorithm {
        "MD5" => 32,
        "SHA-1" => 40,
        "SHA-256" | "SHA3-256" => 64,
        "SHA-512" | "SHA3-512" => 128,
        _ => return None,
    })
}

pub(super) fn is_hex(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// RFC 4648, section 4.
pub(super) fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

/// An address, or a CIDR block of at most `bits_max` bits.
fn is_block<A: std::str::FromStr>(text: &str, bits_max: u8) -> bool {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let fits = |bits: &str| {
        bits.len() <= 3
            && bits.bytes().all(|byte| byte.is_ascii_digit())
            && bits.parse().is_ok_and(|b: u8| b <= bits_max)
    };
    address.parse::<A>().is_ok() && bits.is_none_or(fits)
}

pub(super) fn is_ipv4(text: &str) -> bool {
    is_block::<Ipv4Addr>(text, 32)
}

pub(super) fn is_ipv6(text: &str) -> bool {
    is_block::<Ipv6Addr>(text, 128)
}

/// Six pairs of lower-case digits with colons between (section 6.10); upper case is taken, as it is common.
pub(super) fn is_mac(text: &str) -> bool {
    text.len() == 17
        && text.bytes().enumerate().all(|(at, byte)| if at % 3 == 2 { byte == b':' } else { byte.is_ascii_hexdigit() })
}
