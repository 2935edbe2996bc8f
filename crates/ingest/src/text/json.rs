//! Values of JSON logs, parsed as they are met: no string of a line is ever owned.

use super::address::address;
use super::time::time;
use noroshi_model::Micros;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use std::fmt;

/// A time as a number of seconds, or as text in any form [`time`] reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) Micros);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads;
        impl Visitor<'_> for Reads {
            type Value = Moment;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time")
            }

            fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Moment, E> {
                if seconds.abs() < 9e12 { Ok(Moment(Micros::from_seconds(seconds))) } else { Err(E::custom("no time")) }
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Moment, E> {
                self.visit_f64(seconds as f64)
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Moment, E> {
                self.visit_f64(seconds as f64)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Moment, E> {
                time(text.as_bytes()).map(Moment).ok_or_else(|| E::custom("no time"))
            }
        }
        from.deserialize_any(Reads)
    }
}

/// Reads a string by a function of its bytes and keeps only what that returns.
fn by_bytes<'de, D: Deserializer<'de>, T>(from: D, parse: fn(&[u8]) -> Option<T>) -> Result<T, D::Error> {
    struct Reads<T>(fn(&[u8]) -> Option<T>);
    impl<T> Visitor<'_> for Reads<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text of the right form")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            (self.0)(text.as_bytes()).ok_or_else(|| E::custom("text of another form"))
        }
    }
    from.deserialize_str(Reads(parse))
}

/// An address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Host(pub(crate) u128);

impl<'de> Deserialize<'de> for Host {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        by_bytes(from, address).map(Host)
    }
}

/// A short word, kept inline; a longer one is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    bytes: [u8; 24],
    length: u8,
}

impl Word {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        by_bytes(from, |text| {
            let mut bytes = [0; 24];
            let length = text.len().min(bytes.len());
            bytes[..length].copy_from_slice(&text[..length]);
            Some(Self { bytes, length: length as u8 })
        })
    }
}

/// What is wrong with a JSON line, as far as it can be said without quoting it.
pub(crate) fn fault(error: &serde_json::Error) -> super::Fault<'static> {
    let what = if error.is_data() { "every needed key in its form" } else { "a closing brace: cut or damaged" };
    super::Fault::new(super::FaultKind::Json, what, &[])
}
