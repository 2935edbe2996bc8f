//! A file for Zeek's intelligence framework (Zeek documentation, `Intel::Type` and `base/frameworks/intel/input.zeek`).

use super::{Indicator, Reason, Written, held};
use crate::limits::NAME_CHARACTERS_MAX;
use crate::text::one_line;
use crate::{Kind, Value};
use noroshi_stix::Timestamp;
use std::fmt::Write as _;

/// Writes `noroshi.intel`: tabs between, one value a line. Zeek wants URLs without their scheme and knows no SHA-512.
pub fn zeek(indicators: &[Indicator], at: Timestamp) -> Written {
    let mut written = Written::default();
    let held = held(indicators, at, &mut written.left_out);
    let mut lines = Vec::new();
    for (value, indicator) in &held {
        match word(value) {
            Some((kind, text)) => {
                let label = escaped(&indicator.label);
                lines.push(format!("{text}\tIntel::{kind}\tNoroshi\t{label} ({})", indicator.id));
            }
            None => written.left_out.add(Reason::NoWord, &indicator.id, value.to_string()),
        }
    }
    if lines.is_empty() {
        return written;
    }
    // Two URLs that differ in their scheme alone are one line.
    lines.sort_unstable();
    lines.dedup();
    let mut text = "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n".to_owned();
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    written.file("noroshi.intel", text);
    written
}

fn word(value: &Value) -> Option<(&'static str, String)> {
    let text = value.to_string();
    Some(match value.kind() {
        Kind::Ipv4 | Kind::Ipv6 => ("ADDR", text),
        Kind::BlockV4 | Kind::BlockV6 => ("SUBNET", text),
        Kind::Domain => ("DOMAIN", text),
        Kind::Url => ("URL", text.split_once("://")?.1.to_owned()),
        Kind::Email => ("EMAIL", text),
        Kind::Md5 | Kind::Sha1 | Kind::Sha256 => ("FILE_HASH", text),
        Kind::Sha512 => return None,
    })
}

/// A text for a column: Zeek reads `\x` as an escape. The identifier behind it keeps it from being `-`, which is nothing.
fn escaped(label: &str) -> String {
    one_line(label, NAME_CHARACTERS_MAX).replace('\\', "\\x5c")
}
