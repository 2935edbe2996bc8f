//! Times out of bytes: seconds since the epoch, ISO 8601, and Argus' `2011/08/16 10:01:46.972101`.

use super::number::{micros, unsigned};
use noroshi_model::Micros;

/// A time in any of the forms the logs write. One without a zone is taken as UTC.
#[inline]
pub fn time(text: &[u8]) -> Option<Micros> {
    if matches!(text.get(4), Some(b'/' | b'-')) && text.len() >= 19 { civil(text) } else { micros(text).map(Micros) }
}

fn civil(text: &[u8]) -> Option<Micros> {
    let two = |at: usize| text.get(at..at + 2).and_then(unsigned).map(|v| v as i64);
    let year = unsigned(text.get(..4)?)? as i64;
    let (month, day, hour, minute, second) = (two(5)?, two(8)?, two(11)?, two(14)?, two(17)?);
    let marks = text[7] == text[4] && matches!(text[10], b' ' | b'T' | b'.') && text[13] == b':' && text[16] == b':';
    let ranges = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    if !marks || !ranges {
        return None;
    }
    let rest = text.get(19..)?;
    let digits = rest.strip_prefix(b".").map_or(0, |f| f.iter().take_while(|b| b.is_ascii_digit()).count());
    let (fraction, zone) = rest.split_at(if digits > 0 { digits + 1 } else { 0 });
    let fraction = micros_of_fraction(fraction);
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset(zone)?;
    Some(Micros(seconds * 1_000_000 + fraction))
}

fn micros_of_fraction(fraction: &[u8]) -> i64 {
    (1..=6).fold(0, |value, at| value * 10 + fraction.get(at).map_or(0, |b| i64::from(b.wrapping_sub(b'0'))))
}

/// Days since 1970-01-01 of a date in the Gregorian calendar, counted in years that begin in March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 153 + 2) / 5 + day
        - 719_469
}

/// Seconds a zone is ahead of UTC: nothing, `Z`, `+0900`, `+09:00`, `+09`.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, rest) = match zone {
        [] | b"Z" | b"z" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let hours = unsigned(rest.get(..2)?)? as i64;
    let minutes = match &rest[2..] {
        [] => 0,
        [b':', minutes @ ..] | minutes if minutes.len() == 2 => unsigned(minutes)? as i64,
        _ => return None,
    };
    Some(sign * (hours * 3_600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_form_is_the_same_time() {
        let at = Micros::parse("2011-08-16T10:01:46.972101Z").unwrap();
        for text in [
            "1313488906.972101",
            "2011/08/16 10:01:46.972101",
            "2011-08-16T10:01:46.972101Z",
            "2011-08-16T19:01:46.972101+0900",
            "2011-08-16T05:31:46.972101-04:30",
        ] {
            assert_eq!(time(text.as_bytes()), Some(at), "{text}");
        }
        assert_eq!(time(b"2012/02/29 00:00:00"), Some(Micros::parse("2012-02-29").unwrap()));
        for bad in
            ["", "yesterday", "2011/13/16 10:01:46", "2011/08/16 25:01:46.9", "2011/08-16 10:01:46", "10:01:46.97"]
        {
            assert_eq!(time(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn times_survive_text(micros in 0i64..4_000_000_000_000_000) {
            prop_assert_eq!(time(Micros(micros).to_string().as_bytes()), Some(Micros(micros)));
        }

        #[test]
        fn nothing_panics(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = time(&text);
        }

        #[test]
        fn nothing_panics_near_a_time(at in 0usize..30, byte: u8) {
            let mut text = *b"2011-08-16T10:01:46.97210+0900";
            text[at] = byte;
            let _ = time(&text);
        }
    }
}
