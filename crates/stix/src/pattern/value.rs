//! Values and how they compare (section 9.6).

use super::tree::Constant;
use crate::Timestamp;
use crate::json::{Kind, Value};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

/// A value of an object or a constant of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item<'a> {
    Text(Cow<'a, str>),
    Bytes(Vec<u8>),
    Integer(i64),
    Float(f64),
    Flag(bool),
    Time(Timestamp),
    /// Lists, objects, null: equal to nothing.
    Other,
}

impl<'a> Item<'a> {
    /// Of a property by this name: the ending of a name says when a text stands for bytes (section 3.1).
    pub(super) fn of(name: &str, value: Value<'a>) -> Self {
        match value.kind() {
            Kind::True => Self::Flag(true),
            Kind::False => Self::Flag(false),
            Kind::Number => match (value.integer(), value.float()) {
                (Some(number), _) => Self::Integer(number),
                (None, Some(number)) => Self::Float(number),
                (None, None) => Self::Other,
            },
            Kind::Text => {
                let text = value.text().unwrap_or_default();
                let bytes = match name {
                    _ if name.ends_with("_hex") => from_hex(&text),
                    _ if name.ends_with("_bin") => from_base64(&text),
                    _ => None,
                };
                bytes.map_or(Self::Text(text), Self::Bytes)
            }
            _ => Self::Other,
        }
    }

    pub(super) fn constant(constant: &Constant) -> Item<'static> {
        match constant {
            Constant::Text(text) => Item::Text(Cow::Owned(text.clone())),
            Constant::Integer(number) => Item::Integer(*number),
            Constant::Float(number) => Item::Float(*number),
            Constant::Flag(flag) => Item::Flag(*flag),
            Constant::Time(text) => Timestamp::parse(text).map_or(Item::Other, Item::Time),
            Constant::Base64(text) => from_base64(text).map_or(Item::Other, Item::Bytes),
            Constant::Hex(text) => from_hex(text).map_or(Item::Other, Item::Bytes),
        }
    }

    /// Whether two values are equal; values that cannot be compared are not.
    pub(super) fn equals(&self, constant: &Item<'_>) -> bool {
        match (self, constant) {
            (Self::Flag(one), Item::Flag(other)) => one == other,
            _ => self.order(constant) == Some(Ordering::Equal),
        }
    }

    /// How a value compares with a constant; nothing where it cannot. A text is compared with bytes where it has only
    /// characters below U+0100, and with a time where it is one.
    pub(super) fn order(&self, constant: &Item<'_>) -> Option<Ordering> {
        match (self, constant) {
            (Self::Integer(one), Item::Integer(other)) => Some(one.cmp(other)),
            (Self::Integer(_) | Self::Float(_), Item::Integer(_) | Item::Float(_)) => {
                self.float()?.partial_cmp(&constant.float()?)
            }
            // Code points in UTF-8 sort as their bytes do.
            (Self::Text(one), Item::Text(other)) => Some(one.as_bytes().cmp(other.as_bytes())),
            (Self::Bytes(one), Item::Bytes(other)) => Some(one.cmp(other)),
            (Self::Text(one), Item::Bytes(other)) => Some(latin(one)?.cmp(other)),
            (Self::Bytes(one), Item::Text(other)) => Some(one.cmp(&latin(other)?)),
            (Self::Text(one), Item::Time(other)) => Some(Timestamp::parse(one).ok()?.cmp(other)),
            _ => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "STIX integers have 54 bits at most (section 2.9)")]
    fn float(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }
}

fn latin(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let pair = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok();
    rest.is_empty().then(|| pairs.iter().map(pair).collect()).flatten()
}

/// RFC 4648, section 4, with its padding.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - body.len() > 2 {
        return None;
    }
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(body.len() * 3 / 4), 0u32, 0u32);
    for byte in body.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        (bits, held) = (bits << 6 | u32::from(six), held + 6);
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    Some(bytes)
}

/// A block of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    address: IpAddr,
    bits: u8,
}

impl Block {
    /// Reads an address or a block in CIDR notation.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(whole), |bits| bits.parse().ok().filter(|bits| *bits <= whole))?;
        Some(Self { address, bits })
    }

    /// Whether all of `other` lies in it.
    pub(super) fn holds(self, other: Self) -> bool {
        let number = |address: IpAddr| match address {
            IpAddr::V4(address) => u128::from(u32::from(address)) << 96,
            IpAddr::V6(address) => u128::from(address),
        };
        let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
        self.address.is_ipv4() == other.address.is_ipv4()
            && self.bits <= other.bits
            && (number(self.address) ^ number(other.address)) & mask == 0
    }
}

/// `%` stands for any characters, `_` for one (section 9.6.1.1). The usual two-pointer walk: no recursion, and at most
/// the product of both lengths in steps.
pub(super) fn like(text: &str, wanted: &[char]) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut of, mut back) = (0, 0, None);
    while at < text.len() {
        match wanted.get(of) {
            Some('%') => {
                back = Some((at, of));
                of += 1;
            }
            Some(&one) if one == '_' || one == text[at] => (at, of) = (at + 1, of + 1),
            _ => match &mut back {
                Some((from, percent)) => {
                    *from += 1;
                    (at, of) = (*from, *percent + 1);
                }
                None => return false,
            },
        }
    }
    wanted[of..].iter().all(|&one| one == '%')
}
