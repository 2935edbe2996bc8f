//! MISP's times as STIX writes them.

use noroshi_stix::Timestamp;

/// Seconds since 1970 with three digits, as `created` and `modified` want them.
pub(crate) fn with_digits(seconds: u64) -> String {
    Timestamp::from_micros(micros(seconds)).to_string()
}

/// Seconds since 1970 without a fraction.
pub(crate) fn whole(seconds: u64) -> String {
    shortest(micros(seconds))
}

fn micros(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000)
}

/// With as many digits as it has.
fn shortest(micros: i64) -> String {
    let text = Timestamp::from_micros_exactly(micros).to_string();
    let text = text.strip_suffix('Z').unwrap_or(&text);
    format!("{}Z", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A time as people and programs write it in MISP: `2026-11-01 00:00:00`, `2026-11-01T00:00:00.000000+00:00`,
/// `2026-11-01`. Without a zone it is UTC. Nothing for what is none.
pub(crate) fn read(text: &str) -> Option<String> {
    read_micros(text).map(shortest)
}

fn read_micros(text: &str) -> Option<i64> {
    let text = text.trim();
    let date = text.get(..10)?;
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Some(Timestamp::parse(&format!("{date}T00:00:00Z")).ok()?.as_micros());
    }
    let rest = rest.strip_prefix(['T', ' '])?;
    let (clock, zone_minutes) = match rest.strip_suffix('Z') {
        Some(clock) => (clock, 0),
        None => zone(rest)?,
    };
    let micros = Timestamp::parse(&format!("{date}T{clock}Z")).ok()?.as_micros();
    micros.checked_sub(zone_minutes * 60_000_000)
}

/// The clock, and minutes east of Greenwich.
fn zone(text: &str) -> Option<(&str, i64)> {
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, 0)) };
    let (clock, zone) = text.split_at_checked(at)?;
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        4 => (digits.get(..2)?, digits.get(2..)?),
        _ => return None,
    };
    let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    Some((clock, if zone.starts_with('-') { -minutes } else { minutes }))
}

/// First and last time, the last not before the first; `usual` where nothing is said.
pub(crate) fn span((first, last): (&str, &str), usual: u64) -> (String, String) {
    let usual = micros(usual);
    let first = read_micros(first).unwrap_or(usual);
    let last = read_micros(last).unwrap_or(first).max(first);
    (shortest(first), shortest(last))
}

/// Seconds since 1970 of a STIX time.
pub(crate) fn seconds(text: &str) -> Option<u64> {
    u64::try_from(Timestamp::parse(text).ok()?.as_micros().div_euclid(1_000_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_moment_is_one_time() {
        for text in [
            "2026-11-01",
            "2026-11-01 00:00:00",
            "2026-11-01T00:00:00Z",
            "2026-11-01T00:00:00.000000+00:00",
            "2026-11-01T09:00:00+0900",
            "2026-10-31T23:30:00-00:30",
        ] {
            assert_eq!(read(text).as_deref(), Some("2026-11-01T00:00:00Z"), "{text}");
        }
        assert_eq!(read("2026-11-01T00:00:00.120+00:00").as_deref(), Some("2026-11-01T00:00:00.12Z"));
        for text in ["", "soon", "2026-13-01", "2026-11-01T25:00:00", "2026-11-01T00:00:00+9", "２０２６-11-01"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_time_is_never_before_the_first() {
        let span = span(("2026-11-02", "2026-11-01"), 0);
        assert_eq!(span, ("2026-11-02T00:00:00Z".to_owned(), "2026-11-02T00:00:00Z".to_owned()));
    }
}
