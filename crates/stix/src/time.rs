//! STIX timestamps: RFC 3339 in UTC (sections 2.16 and 3.2), with the precision they were written in.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A point in time of the years 1 to 9999, to the nanosecond.
///
/// It remembers with how many digits it was written and is printed so again. Two are equal when they are the same
/// instant: versions of an object are told apart by instants (section 3.6), not by spelling.
#[derive(Debug, Clone, Copy)]
pub struct Timestamp {
    seconds: i64,
    nanos: u32,
    digits: u8,
}

/// Why a text is not a STIX timestamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a STIX timestamp; write it like `2026-11-22T02:00:00.000Z`, with nine digits at most")]
pub struct NotATime {
    text: String,
}

/// 0001-01-01T00:00:00Z.
const EARLIEST_SECONDS: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z.
const LATEST_SECONDS: i64 = 253_402_300_799;
const DAY_SECONDS: i64 = 86_400;
/// Digits of a fraction of a second that are kept.
const DIGITS_MAX: usize = 9;

impl Timestamp {
    /// From microseconds since the epoch, rounded down to whole milliseconds, as the standard asks of what is
    /// written; a time outside the years 1 to 9999 becomes the nearest in them.
    pub fn from_micros(micros: i64) -> Self {
        let (earliest, latest) = (EARLIEST_SECONDS * 1_000, LATEST_SECONDS * 1_000 + 999);
        let millis = micros.div_euclid(1_000).clamp(earliest, latest);
        let nanos = u32::try_from(millis.rem_euclid(1_000)).unwrap_or(0) * 1_000_000;
        Self { seconds: millis.div_euclid(1_000), nanos, digits: 3 }
    }

    /// Microseconds since the epoch, rounded down.
    pub fn as_micros(self) -> i64 {
        self.seconds * 1_000_000 + i64::from(self.nanos / 1_000)
    }

    /// Nanoseconds within the second.
    pub fn subsec_nanos(self) -> u32 {
        self.nanos
    }

    /// With how many digits of a second it was written, 0 to 9.
    pub fn digits(self) -> u8 {
        self.digits
    }

    /// Parses `2026-11-22T02:00:00.000Z`. A leap second becomes the second before it.
    ///
    /// # Errors
    /// [`NotATime`] with the text as it was given.
    pub fn parse(text: &str) -> Result<Self, NotATime> {
        read(text.as_bytes()).ok_or_else(|| NotATime { text: crate::fault::excerpt(text) })
    }

    /// One millisecond later, for the few places where STIX wants an end strictly after its beginning.
    pub fn next(self) -> Self {
        Self::from_micros(self.as_micros().saturating_add(1_000))
    }
}

/// The parts of `YYYY-MM-DDThh:mm:ss[.d…]Z`, or nothing.
fn read(text: &[u8]) -> Option<Timestamp> {
    let (head, tail) = text.split_at_checked(19)?;
    let number = |from: usize, to: usize| {
        head[from..to]
            .iter()
            .try_fold(0i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if marks.iter().any(|&(at, mark)| head[at] != mark) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let leap = second == 60 && hour == 23 && minute == 59;
    if year == 0 || !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || (second > 59 && !leap) {
        return None;
    }
    let fraction = match tail.strip_suffix(b"Z")? {
        [] => &[][..],
        [b'.', digits @ ..] if (1..=DIGITS_MAX).contains(&digits.len()) => digits,
        _ => return None,
    };
    let mut nanos = 0u32;
    for at in 0..DIGITS_MAX {
        let digit = *fraction.get(at).unwrap_or(&b'0');
        nanos = nanos * 10 + u32::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    let seconds = days_before(year, month, day) * DAY_SECONDS + hour * 3_600 + minute * 60 + second.min(59);
    Some(Timestamp { seconds, nanos, digits: u8::try_from(fraction.len()).unwrap_or(9) })
}

const fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar; years are counted from March so that the leap day is
/// the last of its year.
const fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * month + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

/// Year, month and day of a number of days from 1970-01-01: the reverse of [`days_before`].
const fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = year_of_era + era * 400;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.seconds, self.nanos).cmp(&(other.seconds, other.nanos))
    }
}

impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.seconds, self.nanos).hash(state);
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_of(self.seconds.div_euclid(DAY_SECONDS));
        let of_day = self.seconds.rem_euclid(DAY_SECONDS);
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if self.digits > 0 {
            let width = usize::from(self.digits);
            write!(f, ".{:0width$}", self.nanos / 10u32.pow(9 - u32::from(self.digits)))?;
        }
        f.write_str("Z")
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
    fn three_digits_where_we_write() {
        assert_eq!(Timestamp::from_micros(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_micros(1_999_999).to_string(), "1970-01-01T00:00:01.999Z");
        assert_eq!(Timestamp::from_micros(1).next().to_string(), "1970-01-01T00:00:00.001Z");
    }

    #[test]
    fn the_end_of_time_does_not_panic() {
        assert_eq!(Timestamp::from_micros(i64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_micros(i64::MIN).to_string(), "0001-01-01T00:00:00.000Z");
    }

    #[test]
    fn printed_as_written_and_equal_as_instants() {
        for text in ["2016-02-29T23:59:59Z", "1969-12-31T23:59:59.5Z", "0001-01-01T00:00:00.123456789Z"] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
        let [short, long] =
            ["2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.100Z"].map(|t| Timestamp::parse(t).unwrap());
        assert_eq!(short, long);
        assert_eq!((short.digits(), long.digits()), (1, 3));
        assert!(Timestamp::parse("2026-01-01T00:00:00.100001Z").unwrap() > long);
    }

    #[test]
    fn every_day_of_a_leap_cycle_comes_back() {
        for day in -150_000..150_000 {
            let (year, month, of_month) = date_of(day);
            assert_eq!(days_before(year, month, of_month), day);
        }
        assert_eq!(date_of(11_016), (2000, 2, 29));
    }

    #[test]
    fn what_is_not_a_time() {
        assert_eq!(Timestamp::parse("1970-01-01T00:00:01.5Z").unwrap(), Timestamp::from_micros(1_500_000));
        assert!(Timestamp::parse("1970-01-01T09:00:00+09:00").unwrap_err().to_string().contains("000Z"));
        for text in [
            "",
            "1970-01-01",
            "1970-01-01T00:00:00",
            "1970-01-01t00:00:00Z",
            "1970-01-01T00:00:00z",
            "1970-01-01 00:00:00Z",
            "1970-01-01T00:00:00.Z",
            "1970-01-01T24:00:00Z",
            "1970-01-01T00:60:00Z",
            "1970-01-01T00:00:60Z",
            "1970-02-29T00:00:00Z",
            "1970-13-01T00:00:00Z",
            "1970-00-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "1970-01-01T00:00:00.0000000000Z",
            "+970-01-01T00:00:00Z",
            "1970-01-01T00:00:00.1e1Z",
            "１970-01-01T00:00:00Z",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }
}
