//! Suricata and Snort rules, one indicator a rule, as they are written.

use super::Format;
use super::collect::Collector;
use crate::limits::{OPTIONS_MAX, RULE_BYTES_MAX};
use crate::object::{Language, Said};
use crate::text::{excerpt, one_line};
use noroshi_stix::common::ExternalReference;

const ACTIONS: [&str; 12] = [
    "alert",
    "drop",
    "pass",
    "reject",
    "rejectsrc",
    "rejectdst",
    "rejectboth",
    "log",
    "block",
    "sdrop",
    "rewrite",
    "react",
];

pub(super) fn read(text: &str, into: &mut Collector<'_>) {
    let language = if into.format() == Format::Snort { Language::Snort } else { Language::Suricata };
    for (number, written) in logical_lines(text) {
        let rule = written.trim();
        if rule.is_empty() {
            continue;
        }
        // A rule that is switched off is written as a comment; it makes no indicator.
        if let Some(comment) = rule.strip_prefix('#') {
            if ACTIONS.iter().any(|action| comment.trim_start().starts_with(&format!("{action} "))) {
                into.pass_over();
            }
            continue;
        }
        if rule.len() > RULE_BYTES_MAX {
            into.fault(number, format!("the rule has {} bytes, more than {RULE_BYTES_MAX}; split it", rule.len()));
            continue;
        }
        match said(rule, language) {
            Ok(said) => into.rule(number, language, rule.to_owned(), said),
            Err(what) => into.fault(number, what),
        }
    }
}

/// Lines, those that end in a backslash joined with the next; Snort 3 writes a rule over several lines in parentheses,
/// which are joined to the one that closes them. The beginning of the next rule ends a rule that was never closed.
fn logical_lines(text: &str) -> Vec<(u64, String)> {
    let (mut found, mut open) = (Vec::new(), None);
    let mut lines = (1..).zip(text.lines()).peekable();
    while let Some((number, line)) = lines.next() {
        let (begins, mut joined) = open.take().unwrap_or_else(|| (number, String::new()));
        let continued = line.trim_end().strip_suffix('\\');
        if !joined.is_empty() && !joined.ends_with(' ') {
            joined.push(' ');
        }
        joined.push_str(continued.unwrap_or(line).trim());
        let unfinished = !joined.starts_with('#') && begins_rule(&joined) && !joined.ends_with(')');
        let next_begins = lines.peek().is_none_or(|(_, next)| begins_rule(next));
        if joined.len() <= RULE_BYTES_MAX && (continued.is_some() || unfinished && !next_begins) {
            open = Some((begins, joined));
        } else {
            found.push((begins, joined));
        }
    }
    found.extend(open);
    found
}

fn begins_rule(line: &str) -> bool {
    let action = line.trim_start().trim_start_matches('#').split_whitespace().next().unwrap_or_default();
    ACTIONS.contains(&action)
}

/// What a rule says of itself.
fn said(rule: &str, language: Language) -> Result<Said, String> {
    let action = rule.split_whitespace().next().unwrap_or_default();
    if !ACTIONS.contains(&action) {
        return Err(format!(
            "`{}` is no action such as `alert` or `drop`; mend the rule, or put `#` before it",
            excerpt(action)
        ));
    }
    let body = rule.split_once('(').map(|(_, body)| body.trim_end());
    let body =
        body.and_then(|body| body.strip_suffix(')')).ok_or("the options must stand in parentheses; mend the rule")?;
    let options = options(body)?;
    let first = |name: &str| options.iter().find(|option| option.0 == name).map(|option| option.1.as_str());
    let sid = first("sid").ok_or("the rule has no `sid`; give it one")?;
    let sid: u64 = sid.parse().map_err(|_| format!("the sid `{}` is no number; mend the rule", excerpt(sid)))?;
    let rev = first("rev").unwrap_or("1");
    let rev: u64 = rev.parse().map_err(|_| format!("the rev `{}` is no number; mend the rule", excerpt(rev)))?;
    let own = ExternalReference {
        source_name: language.as_str().to_owned(),
        description: None,
        url: None,
        external_id: Some(format!("sid:{sid} rev:{rev}")),
    };
    let all =
        |name: &'static str| options.iter().filter(move |option| option.0 == name).map(|option| option.1.as_str());
    let metadata = all("metadata").flat_map(|list| list.split(',')).map(|item| item.trim().replacen(' ', ": ", 1));
    let class = all("classtype").map(|class| format!("classtype: {class}"));
    Ok(Said {
        name: first("msg").map_or_else(|| format!("sid {sid}"), unquoted),
        labels: class.chain(metadata).collect(),
        references: std::iter::once(own).chain(all("reference").filter_map(page)).collect(),
        ..Said::default()
    })
}

/// `type,id` of a reference.
fn page(text: &str) -> Option<ExternalReference> {
    let (kind, id) = text.split_once(',')?;
    let (kind, id) = (one_line(kind, 64), one_line(unquoted(id.trim()).as_str(), 1_024));
    let id =
        if kind == "cve" { format!("CVE-{}", id.trim_start_matches("CVE-").trim_start_matches("cve-")) } else { id };
    let url = match kind.as_str() {
        "url" if id.contains("://") => Some(id.clone()),
        "url" => Some(format!("https://{id}")),
        "cve" => Some(format!("https://www.cve.org/CVERecord?id={id}")),
        _ => None,
    };
    let url = url.and_then(|url| url::Url::parse(&url).ok()).map(|url| url.to_string());
    (!kind.is_empty() && !id.is_empty()).then_some(ExternalReference {
        source_name: kind,
        description: None,
        url,
        external_id: Some(id),
    })
}

fn unquoted(text: &str) -> String {
    let inner = text.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text.trim());
    let mut plain = String::with_capacity(inner.len());
    let mut escaped = false;
    for character in inner.chars() {
        escaped = character == '\\' && !escaped;
        if !escaped {
            plain.push(character);
        }
    }
    plain
}

/// Names and values of options: a semicolon in quotes or behind a backslash ends none.
fn options(body: &str) -> Result<Vec<(String, String)>, String> {
    let (mut found, mut begins, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                let option = body[begins..at].trim();
                let (name, value) = option.split_once(':').unwrap_or((option, ""));
                found.push((name.trim().to_owned(), value.trim().to_owned()));
                begins = at + 1;
                if found.len() > OPTIONS_MAX {
                    return Err(format!("the rule has more than {OPTIONS_MAX} options; split it"));
                }
            }
            _ => {}
        }
    }
    match (quoted, body[begins..].trim()) {
        (true, _) => Err("a quote is not closed; mend the rule".to_owned()),
        (false, "") => Ok(found),
        (false, rest) => Err(format!("the option `{}` does not end in `;`; mend the rule", excerpt(rest))),
    }
}
