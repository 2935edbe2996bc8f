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
        if let Some(at) = plain::read(text.as_bytes()) {
            return Ok(Self(at));
        }
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
        if let Some(text) = plain::written(self.0) {
            // Digits and signs alone: always UTF-8.
            return f.write_str(std::str::from_utf8(&text).unwrap_or_default());
        }
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(at) => write!(f, "{at:.6}"),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

impl Serialize for Micros {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match plain::written(self.0) {
            Some(text) => serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default()),
            None => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Micros {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = Micros;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time as RFC 3339")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Micros, E> {
                Micros::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// The one spelling of a ledger, `2026-11-22T02:00:00.000000Z`, for the years 0 to 9999. An audit reads and writes a
/// million of them, three times as fast as by the library, which keeps every other spelling. The calendar is that of
/// Howard Hinnant, "chrono-compatible low-level date algorithms".
mod plain {
    use super::{DAY, SECOND};

    const DIGITS: [u8; 27] = *b"dddd-dd-ddTdd:dd:dd.ddddddZ";
    /// Days from 0000-03-01 to 1970-01-01.
    const EPOCH: i64 = 719_468;
    const DAYS_OF_400_YEARS: i64 = 146_097;

    fn days(year: i64, month: i64, day: i64) -> i64 {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
        era * DAYS_OF_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH
    }

    fn date(days: i64) -> (i64, i64, i64) {
        let days = days + EPOCH;
        let (era, of_era) = (days.div_euclid(DAYS_OF_400_YEARS), days.rem_euclid(DAYS_OF_400_YEARS));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year + era * 400 + i64::from(month <= 2), month, day)
    }

    pub(super) fn read(text: &[u8]) -> Option<i64> {
        let text: &[u8; 27] = text.try_into().ok()?;
        let fits = |(byte, sign): (&u8, &u8)| if *sign == b'd' { byte.is_ascii_digit() } else { byte == sign };
        if !text.iter().zip(&DIGITS).all(fits) {
            return None;
        }
        let number = |from: usize, to: usize| text[from..to].iter().fold(0, |n, d| n * 10 + i64::from(d - b'0'));
        let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
        let (hour, minute, second) = (number(11, 13), number(14, 16), number(17, 19));
        let days = days(year, month, day);
        // A day that does not exist comes back as another; a leap second is for the library.
        let exists = (1..=12).contains(&month) && date(days) == (year, month, day);
        let clock = (hour < 24 && minute < 60 && second < 60).then_some((hour * 60 + minute) * 60 + second)?;
        exists.then_some(days * DAY + clock * SECOND + number(20, 26))
    }

    pub(super) fn written(at: i64) -> Option<[u8; 27]> {
        let (days, within) = (at.div_euclid(DAY), at.rem_euclid(DAY));
        let (year, month, day) = date(days);
        if !(0..=9_999).contains(&year) {
            return None;
        }
        let mut text = DIGITS;
        let mut put = |from: usize, to: usize, mut number: i64| {
            for byte in text[from..to].iter_mut().rev() {
                *byte = b'0' + (number % 10) as u8;
                number /= 10;
            }
        };
        let seconds = within / SECOND;
        put(0, 4, year);
        put(5, 7, month);
        put(8, 10, day);
        put(11, 13, seconds / 3_600);
        put(14, 16, seconds / 60 % 60);
        put(17, 19, seconds % 60);
        put(20, 26, within % SECOND);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_spelling_is_that_of_the_library() {
        // Every 37 days and some over 8,000 years, and the days around each new year and leap day.
        let far = (-30 * 365..2_932_000_i64).step_by(37).map(|day| day * DAY + day * 7_919 % DAY);
        let near = (0..400).flat_map(|year| (0..3).map(move |n| (year * 365 + year / 4 + n) * DAY - 1));
        for at in far.chain(near) {
            let text = format!("{:.6}", jiff::Timestamp::from_microsecond(at).unwrap());
            assert_eq!(plain::written(at).map(|text| text.to_vec()), Some(text.clone().into_bytes()), "{at}");
            assert_eq!(plain::read(text.as_bytes()), Some(at), "{text}");
        }
    }

    #[test]
    fn what_is_not_plain_or_does_not_exist_is_left_to_the_library() {
        for text in ["2026-02-29T00:00:00.000000Z", "2026-13-01T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z"] {
            assert_eq!(plain::read(text.as_bytes()), None);
            assert!(Micros::parse(text).is_err(), "{text}");
        }
        for text in ["2026-01-01T00:00:00Z", "2026-01-01T00:00:60.000000Z", "2026-01-01T00:00:00.000000z"] {
            assert_eq!(plain::read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(plain::written(i64::MAX), None);
        assert!(Micros::parse("2026-01-01T00:00:60.000000Z").is_ok(), "a leap second is read as the library reads it");
    }

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
