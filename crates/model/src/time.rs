//! Times: whole microseconds since 1970-01-01T00:00:00Z, everywhere.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A point in time, microseconds UTC. What is hashed, stored or compared is never finer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Micros(pub i64);

/// Why a text is not a time.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not a time; write it as RFC 3339, for example `2026-11-22T02:00:00Z` or `2026-11-22`")]
pub struct NotATime {
    text: String,
}

/// Microseconds in one second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in one hour.
pub const HOUR: i64 = 3_600 * SECOND;
/// Microseconds in one day.
pub const DAY: i64 = 24 * HOUR;

impl Micros {
    /// From seconds since the epoch with a fraction, as Zeek writes them.
    pub fn from_seconds(seconds: f64) -> Self {
        Self((seconds * 1e6).round() as i64)
    }

    /// From whole milliseconds since the epoch, as NetFlow and IPFIX carry them.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Seconds since the epoch.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The start of the hour this time lies in.
    pub fn hour(self) -> Self {
        Self(self.0.div_euclid(HOUR) * HOUR)
    }

    /// Parses RFC 3339, or a bare date as midnight UTC.
    ///
    /// # Errors
    /// [`NotATime`] with the text as it was given.
    pub fn parse(text: &str) -> Result<Self, NotATime> {
        let not = || NotATime { text: text.to_owned() };
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Ok(Self(at.as_microsecond()));
        }
        let date: jiff::civil::Date = text.parse().map_err(|_| not())?;
        let at = date.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| not())?;
        Ok(Self(at.timestamp().as_microsecond()))
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(at) => write!(f, "{at:.6}"),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

impl Serialize for Micros {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Micros {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_text_and_back() {
        let at = Micros(1_313_488_906_972_101);
        assert_eq!(at.to_string(), "2011-08-16T10:01:46.972101Z");
        assert_eq!(Micros::parse(&at.to_string()).unwrap(), at);
    }

    #[test]
    fn a_date_is_midnight_utc() {
        assert_eq!(Micros::parse("1970-01-02").unwrap(), Micros(DAY));
        assert!(Micros::parse("tomorrow").unwrap_err().to_string().contains("RFC 3339"));
    }

    #[test]
    fn hours_floor_before_the_epoch_too() {
        assert_eq!(Micros(-1).hour(), Micros(-HOUR));
        assert_eq!(Micros(HOUR + 5).hour(), Micros(HOUR));
    }
}
