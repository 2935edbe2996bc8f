//! STIX timestamps: RFC 3339 in UTC, whole milliseconds (section 3.2 asks exactly three digits of `created`).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A point in time, milliseconds since 1970-01-01T00:00:00Z, within the years 1 to 9999 (less the last day, which not every time zone can write).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

/// Why a text is not a STIX timestamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a STIX timestamp; write it like `2026-11-22T02:00:00.000Z`")]
pub struct NotATime {
    text: String,
}

/// 0001-01-01T00:00:00Z.
const EARLIEST_MILLIS: i64 = -62_135_596_800_000;

impl Timestamp {
    /// From microseconds since the epoch, rounded down; a time outside the years 1 to 9999 becomes the nearest in them.
    pub fn from_micros(micros: i64) -> Self {
        let millis = micros.div_euclid(1_000).clamp(EARLIEST_MILLIS, jiff::Timestamp::MAX.as_second() * 1_000);
        Self(jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }

    /// Parses `2026-11-22T02:00:00.000Z`.
    ///
    /// # Errors
    /// [`NotATime`] with the text as it was given.
    pub fn parse(text: &str) -> Result<Self, NotATime> {
        let not = || NotATime { text: text.to_owned() };
        if !text.ends_with('Z') {
            return Err(not());
        }
        let at: jiff::Timestamp = text.parse().map_err(|_| not())?;
        Ok(Self::from_micros(at.as_microsecond()))
    }

    /// One millisecond later, for the few places where STIX wants an end strictly after its beginning.
    pub fn next(self) -> Self {
        Self::from_micros(self.0.as_microsecond().saturating_add(1_000))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_always() {
        assert_eq!(Timestamp::from_micros(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_micros(1_999_999).to_string(), "1970-01-01T00:00:01.999Z");
        assert_eq!(Timestamp::from_micros(1).next().to_string(), "1970-01-01T00:00:00.001Z");
    }

    #[test]
    fn the_end_of_time_does_not_panic() {
        assert_eq!(Timestamp::from_micros(i64::MAX).to_string(), "9999-12-30T22:00:00.000Z");
        assert_eq!(Timestamp::from_micros(i64::MIN).to_string(), "0001-01-01T00:00:00.000Z");
    }

    #[test]
    fn only_utc_is_read() {
        assert_eq!(Timestamp::parse("1970-01-01T00:00:01.5Z").unwrap(), Timestamp::from_micros(1_500_000));
        assert!(Timestamp::parse("1970-01-01T09:00:00+09:00").unwrap_err().to_string().contains("000Z"));
    }
}
