//! Numbers, times and ids as people read them.

use crate::language::Language;
use noroshi_model::Micros;
use std::fmt::Display;

/// A count with its thousands apart: `1,234,567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A time as shown and as machines read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// RFC 3339, UTC.
    pub(crate) machine: String,
    /// In the hub's zone: `2026-11-25 02:04`.
    pub(crate) shown: String,
}

/// A time in the zone the hub shows.
pub(crate) fn moment(at: Micros, offset_hours: i8) -> Moment {
    let shown = jiff::Timestamp::from_microsecond(at.0)
        .map(|stamp| jiff::tz::offset(offset_hours).to_datetime(stamp).strftime("%Y-%m-%d %H:%M").to_string());
    Moment { machine: at.to_string(), shown: shown.unwrap_or_else(|_| at.to_string()) }
}

/// The first eight and last four characters of an id or digest, for lists.
pub(crate) fn short(id: impl Display) -> String {
    let text = id.to_string();
    match (text.get(..8), text.get(text.len().saturating_sub(4)..)) {
        (Some(head), Some(tail)) if text.len() > 16 => format!("{head}…{tail}"),
        _ => text,
    }
}

/// Several words in one line.
pub(crate) fn list<T: AsRef<str>>(language: Language, words: &[T]) -> String {
    words.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(language.pick("、", ", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn times_are_shown_in_the_hubs_zone() {
        let shown = moment(Micros(1_764_000_000_000_000), 9);
        assert_eq!((shown.shown.as_str(), shown.machine.as_str()), ("2025-11-25 01:00", "2025-11-24T16:00:00.000000Z"));
    }

    #[test]
    fn long_ids_are_shortened_and_short_ones_are_not() {
        assert_eq!(short("018f2f3e-0000-7000-8000-000000000001"), "018f2f3e…0001");
        assert_eq!(short("out-foreign"), "out-foreign");
    }
}
