//! Times as lists write them.

use noroshi_stix::Timestamp;

/// A time: RFC 3339, `2026-11-25 01:02:03` (UTC), a date (midnight UTC), with `/` for `-` as Japan writes dates.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim().trim_end_matches(" UTC").trim_end_matches(" GMT");
    if text.len() < 8 || text.len() > 40 || !text.is_ascii() {
        return None;
    }
    let (date, clock) = text.split_at(text.find(['T', ' ']).unwrap_or(text.len()));
    let mut parts = date.split(['-', '/']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let clock = clock.trim_start_matches(['T', ' ']);
    let clock = clock.strip_suffix("+00:00").or_else(|| clock.strip_suffix("+0000")).unwrap_or(clock);
    let clock = clock.strip_suffix('Z').unwrap_or(clock);
    let clock = match clock.len() {
        0 => "00:00:00".to_owned(),
        5 => format!("{clock}:00"),
        _ => clock.to_owned(),
    };
    // What is made here is written with milliseconds (STIX 2.1, section 3.2).
    let time = Timestamp::parse(&format!("{year}-{month:0>2}-{day:0>2}T{clock}Z")).ok()?;
    Some(Timestamp::from_micros(time.as_micros()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_as_lists_write_them() {
        for (text, time) in [
            ("2026-11-25T01:02:03Z", "2026-11-25T01:02:03.000Z"),
            ("2026-11-25 01:02:03.123456", "2026-11-25T01:02:03.123Z"),
            ("2026-11-25 01:02:03 UTC", "2026-11-25T01:02:03.000Z"),
            ("2026-11-25T01:02:03+00:00", "2026-11-25T01:02:03.000Z"),
            ("2026-11-25", "2026-11-25T00:00:00.000Z"),
            ("2026/1/5", "2026-01-05T00:00:00.000Z"),
            ("2026/01/05 9:30", ""),
            ("2026/01/05 09:30", "2026-01-05T09:30:00.000Z"),
            ("2026-11-25T01:02:03+09:00", ""),
            ("25.11.2026", ""),
            ("2026-13-01", ""),
            ("soon", ""),
            ("", ""),
        ] {
            let read = super::read(text).map(|time| time.to_string()).unwrap_or_default();
            assert_eq!(read, time, "{text}");
        }
    }
}
