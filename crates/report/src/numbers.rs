//! Numbers, durations, sizes and times as people read them.

use crate::limits::TEXT_CHARS_MAX;
use crate::messages::{Messages, fill};
use noroshi_model::Micros;
use noroshi_model::finding::Evidence;

/// A whole number with a comma between thousands.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with about three significant digits and no useless zeros.
pub(crate) fn decimal(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    if size >= 1e15 {
        return format!("{value:.2e}");
    }
    if size >= 100.0 {
        let whole = count(size.round() as u64);
        return if value < 0.0 { format!("−{whole}") } else { whole };
    }
    let places = if size >= 10.0 { 1 } else { 2 };
    let text = format!("{size:.places$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if value < 0.0 && text != "0" { format!("−{text}") } else { text.to_owned() }
}

/// A score from 0 to 1, two decimals always, so that a column of them can be read down.
pub(crate) fn score(value: f64) -> String {
    if value.is_finite() { format!("{value:.2}") } else { "–".to_owned() }
}

/// A length of time in the unit people would choose.
pub(crate) fn duration(m: &Messages, seconds: f64) -> String {
    let (template, value) = match seconds.abs() {
        s if s < 120.0 => (m.unit_seconds, seconds),
        s if s < 7_200.0 => (m.unit_minutes, seconds / 60.0),
        s if s < 172_800.0 => (m.unit_hours, seconds / 3_600.0),
        _ => (m.unit_days, seconds / 86_400.0),
    };
    fill(template, &[("n", &decimal(value))])
}

/// A size in bytes with a decimal prefix.
pub(crate) fn bytes(n: f64) -> String {
    const PREFIXES: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let mut size = n;
    let mut prefix = 0;
    while size.abs() >= 1_000.0 && prefix + 1 < PREFIXES.len() {
        size /= 1_000.0;
        prefix += 1;
    }
    format!("{} {}", decimal(size), PREFIXES[prefix])
}

/// The value of a measurement with its unit. A ratio up to 1 is a share.
/// No line breaks inside.
pub(crate) fn measured(m: &Messages, evidence: &Evidence) -> String {
    written_out(m, evidence).replace(' ', "\u{a0}")
}

fn written_out(m: &Messages, evidence: &Evidence) -> String {
    let value = evidence.value;
    match evidence.unit.as_str() {
        // "One packet in 100", never "100 times".
        _ if evidence.name == "sampling" => decimal(value),
        "s" => duration(m, value),
        "h" => duration(m, value * 3_600.0),
        "port" => format!("{value:.0}"),
        "sd" => fill(m.unit_deviations, &[("n", &decimal(value))]),
        "bytes" => bytes(value),
        "count" | "" => decimal(value),
        "ratio" if (0.0..=1.0).contains(&value) => format!("{} %", decimal(value * 100.0)),
        "ratio" => fill(m.unit_times, &[("n", &decimal(value))]),
        "nats" => fill(m.unit_nats, &[("n", &decimal(value))]),
        "per-hour" => fill(m.unit_per_hour, &[("n", &decimal(value))]),
        "per-second" => fill(m.unit_per_second, &[("n", &decimal(value))]),
        other => format!("{} {}", decimal(value), plain(other)),
    }
}

/// `2026-11-22 02:00:05` in UTC.
pub(crate) fn moment(at: Micros) -> String {
    written(at, "%Y-%m-%d %H:%M:%S")
}

/// `11-22 02:00` in UTC, for narrow places.
pub(crate) fn moment_short(at: Micros) -> String {
    written(at, "%m-%d %H:%M")
}

fn written(at: Micros, format: &str) -> String {
    match jiff::Timestamp::from_microsecond(at.0) {
        Ok(at) => at.strftime(format).to_string(),
        Err(_) => at.to_string(),
    }
}

/// Text from input made harmless for a terminal or page: control and direction-changing characters become `�`,
/// and long text is cut.
pub(crate) fn plain(text: &str) -> String {
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut out: String = text.chars().take(TEXT_CHARS_MAX).map(|c| if hostile(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(TEXT_CHARS_MAX).is_some() {
        out.push('…');
    }
    out
}

/// A country code of two letters in upper case; anything else is no country.
pub(crate) fn country_code(country: Option<&str>) -> Option<String> {
    let code = country?.trim();
    (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic())).then(|| code.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn thousands_have_commas() {
        assert_eq!([0, 999, 1_000, 12_345_678].map(count), ["0", "999", "1,000", "12,345,678"]);
    }

    #[test]
    fn decimals_are_short() {
        let written = [0.0, 0.5, 27.2, -3.456, 1234.5, f64::NAN, -0.001].map(decimal);
        assert_eq!(written, ["0", "0.5", "27.2", "−3.46", "1,235", "–", "0"]);
    }

    #[test]
    fn durations_choose_their_unit() {
        let en = |seconds| duration(Language::En.messages(), seconds);
        assert_eq!([0.25, 60.0, 300.0, 7_200.0, 259_200.0].map(en), ["0.25 s", "60 s", "5 min", "2 h", "3 d"]);
        assert_eq!(duration(Language::Ja.messages(), 60.0), "60 秒");
    }

    #[test]
    fn sizes_stop_at_the_last_prefix() {
        assert_eq!(bytes(1_500.0), "1.5 kB");
        assert_eq!(bytes(f64::MAX).split(' ').next_back(), Some("PB"));
    }

    #[test]
    fn hostile_text_is_defused_and_cut_at_the_limit() {
        assert_eq!(plain("a\x1b[31mb\u{202e}c"), "a\u{fffd}[31mb\u{fffd}c");
        assert_eq!(plain(&"x".repeat(TEXT_CHARS_MAX)).chars().count(), TEXT_CHARS_MAX);
        assert!(plain(&"x".repeat(TEXT_CHARS_MAX + 1)).ends_with("x…"));
    }

    #[test]
    fn only_two_letters_are_a_country() {
        assert_eq!(country_code(Some("jp")), Some("JP".to_owned()));
        assert_eq!(country_code(Some("<b>")), None);
        assert_eq!(country_code(Some("é")), None);
    }
}
