//! A value somebody saw, as the observation that patterns are asked about: an address, alone or with the port and
//! protocol it was called on, a domain, a hash, a URL or an address of mail.

use super::limits::QUESTION_CHARS_MAX;
use noroshi_model::Micros;
use noroshi_stix::id::Contributing;
use noroshi_stix::pattern::{self, Observation};
use noroshi_stix::{Id, Limits, Received, Timestamp};
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};

/// Why a text is no value that could be seen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a value patterns can be asked about; write an address (`203.0.113.7`, `203.0.113.7:443/tcp`), a domain, a URL, an address of mail, or an MD5, SHA-1, SHA-256 or SHA-512 in hexadecimal, of {QUESTION_CHARS_MAX} characters at most"
)]
pub struct NotSeen(pub String);

/// What was seen, once.
#[derive(Debug, Clone)]
pub struct Seen {
    objects: Vec<Received>,
    values: Vec<String>,
}

impl Seen {
    /// Reads what somebody wrote.
    ///
    /// # Errors
    /// [`NotSeen`].
    pub fn read(text: &str) -> Result<Self, NotSeen> {
        let text = text.trim();
        let wrong = || NotSeen(text.chars().take(QUESTION_CHARS_MAX).collect());
        if text.chars().count() > QUESTION_CHARS_MAX {
            return Err(wrong());
        }
        let described = addresses(text)
            .or_else(|| file(text))
            .or_else(|| url(text))
            .or_else(|| mail(text))
            .or_else(|| domain(text))
            .ok_or_else(wrong)?;
        let read = |object: &Value| Received::read(object.to_string().as_bytes(), &Limits::default()).ok();
        let objects = described.iter().map(read).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
        let mut values: Vec<String> = described.iter().flat_map(texts).collect();
        values.sort_unstable();
        values.dedup();
        Ok(Self { objects, values })
    }

    /// Every text in it that a pattern can need: see [`pattern::Parsed::needs`].
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Whether seeing it once, at this moment, is what a pattern of STIX asks for. One that cannot be read, or cannot
    /// be told, is not.
    pub fn matches(&self, text: &str, at: Micros) -> bool {
        let (limits, at) = (Limits::default(), Timestamp::from_micros(at.0));
        let observation = Observation::new(&self.objects, (at, at), 1);
        pattern::parse(text, &limits).is_ok_and(|pattern| pattern.matches(&[observation], &limits).unwrap_or(false))
    }
}

/// What a pattern needs of what it matches, as it is kept; an empty text where it may match without any, or where it
/// needs more than so many. Nothing where the text is no pattern.
pub fn needs(text: &str, values_max: usize) -> Vec<String> {
    let Ok(parsed) = pattern::parse(text, &Limits::default()) else { return Vec::new() };
    match parsed.needs() {
        Some(needs) if needs.len() <= values_max => needs.iter().map(|need| kept(need)).collect(),
        _ => vec![String::new()],
    }
}

/// Long values are told apart by their beginning; the pattern decides.
fn kept(value: &str) -> String {
    value.chars().take(QUESTION_CHARS_MAX).collect()
}

/// Texts of one object, those of its hashes too.
fn texts(object: &Value) -> Vec<String> {
    match object {
        Value::String(text) => vec![kept(text)],
        Value::Object(members) => members.values().flat_map(texts).collect(),
        Value::Array(elements) => elements.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn object(kind: &str, value: &str) -> Value {
    let id = Id::observable(kind, &Contributing::default().text("value", value));
    json!({ "type": kind, "spec_version": "2.1", "id": id, "value": value })
}

/// As it was written, and in small letters.
fn spellings(text: &str) -> Vec<String> {
    let small = text.to_lowercase();
    if small == text { vec![small] } else { vec![text.to_owned(), small] }
}

fn addresses(text: &str) -> Option<Vec<Value>> {
    let (place, protocol) = match text.split_once('/') {
        Some((place, protocol))
            if !protocol.is_empty() && protocol.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            (place, Some(protocol.to_ascii_lowercase()))
        }
        Some(_) => return None,
        None => (text, None),
    };
    let called = place.parse::<SocketAddr>().map(|called| (called.ip(), Some(called.port())));
    let (address, port) = called.or_else(|_| place.parse::<IpAddr>().map(|address| (address, None))).ok()?;
    // `203.0.113.0/24` is a network and not a protocol.
    if protocol.as_ref().is_some_and(|protocol| protocol.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let (kind, family) = match address {
        IpAddr::V4(_) => ("ipv4-addr", "ipv4"),
        IpAddr::V6(_) => ("ipv6-addr", "ipv6"),
    };
    let seen = object(kind, &address.to_string());
    let protocols: Vec<String> = std::iter::once(family.to_owned()).chain(protocol).collect();
    let mut all = traffic(&seen, port, &protocols);
    all.push(seen);
    Some(all)
}

/// From it and to it; a port is of what was called.
fn traffic(end: &Value, port: Option<u16>, protocols: &[String]) -> Vec<Value> {
    let one = |property: &str, port: Option<u16>| {
        let id = Id::observable(
            "network-traffic",
            &Contributing::default().text("ref", format!("{property} {}", end["id"])),
        );
        let mut traffic = json!({ "type": "network-traffic", "spec_version": "2.1", "id": id, "protocols": protocols });
        traffic[property] = end["id"].clone();
        if let Some(port) = port {
            traffic["dst_port"] = port.into();
        }
        traffic
    };
    vec![one("src_ref", None), one("dst_ref", port)]
}

fn file(text: &str) -> Option<Vec<Value>> {
    let algorithm = match text.len() {
        32 => "MD5",
        40 => "SHA-1",
        64 => "SHA-256",
        128 => "SHA-512",
        _ => return None,
    };
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let one = |hash: String| {
        let id = Id::observable("file", &Contributing::default().text("hashes", &hash));
        json!({ "type": "file", "spec_version": "2.1", "id": id, "hashes": { algorithm: hash } })
    };
    Some(vec![one(text.to_ascii_lowercase()), one(text.to_ascii_uppercase())])
}

fn url(text: &str) -> Option<Vec<Value>> {
    let (scheme, rest) = text.split_once("://")?;
    let named = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    (named && !rest.is_empty() && !text.contains(char::is_whitespace)).then(|| vec![object("url", text)])
}

fn mail(text: &str) -> Option<Vec<Value>> {
    let (local, host) = text.rsplit_once('@')?;
    let holds = !local.is_empty() && !local.contains(char::is_whitespace) && is_domain(host);
    holds.then(|| spellings(text).iter().map(|value| object("email-addr", value)).collect())
}

fn domain(text: &str) -> Option<Vec<Value>> {
    let text = text.trim_end_matches('.');
    is_domain(text).then(|| spellings(text).iter().map(|value| object("domain-name", value)).collect())
}

/// Labels with dots between, not all of digits.
fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        let letters = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
        !label.is_empty() && label.chars().count() <= 63 && label.chars().all(letters)
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.contains('.') && text.split('.').all(label) && !last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Micros = Micros(1_790_000_000_000_000);

    fn matches(value: &str, pattern: &str) -> bool {
        let seen = Seen::read(value).unwrap();
        let holds = seen.matches(pattern, AT);
        let needs = needs(pattern, 10);
        let candidate = needs.iter().any(|need| need.is_empty() || seen.values().contains(need));
        assert!(candidate || !holds, "{value} matches {pattern} and is no candidate by {needs:?}");
        holds
    }

    #[test]
    fn what_was_seen_matches_what_asks_for_it() {
        let hash = "ABCDEF0123456789ABCDEF0123456789";
        for (value, pattern) in [
            ("203.0.113.7", "[ipv4-addr:value = '203.0.113.7']"),
            ("203.0.113.7", "[ipv4-addr:value ISSUBSET '203.0.113.0/24']"),
            (
                "203.0.113.7",
                "[ipv4-addr:value = '198.51.100.1' OR domain-name:value LIKE '%' OR ipv4-addr:value LIKE '203.%']",
            ),
            (
                "203.0.113.7",
                "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.7']",
            ),
            ("203.0.113.7", "[network-traffic:src_ref.value = '203.0.113.7']"),
            (
                "203.0.113.7:443/tcp",
                "[network-traffic:dst_ref.value = '203.0.113.7' AND network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']",
            ),
            (
                "[2001:db8::7]:53/udp",
                "[network-traffic:dst_ref.value = '2001:db8::7' AND network-traffic:dst_port = 53]",
            ),
            ("2001:DB8:0::7", "[ipv6-addr:value = '2001:db8::7']"),
            ("Evil.Example.org.", "[domain-name:value = 'evil.example.org']"),
            ("例え.example.org", "[domain-name:value = '例え.example.org']"),
            (hash, "[file:hashes.MD5 = 'abcdef0123456789abcdef0123456789']"),
            (hash, "[file:hashes.'MD5' IN ('x', 'ABCDEF0123456789ABCDEF0123456789')]"),
            ("http://evil.example.org/a'b?q=1", r"[url:value = 'http://evil.example.org/a\'b?q=1']"),
            ("a.b@example.org", "[email-addr:value = 'a.b@example.org']"),
            ("203.0.113.7", "[network-traffic:dst_port > 0 OR network-traffic:protocols[*] = 'ipv4']"),
        ] {
            assert!(matches(value, pattern), "{value} {pattern}");
        }
    }

    #[test]
    fn what_was_not_seen_does_not_match() {
        for (value, pattern) in [
            ("203.0.113.7", "[ipv4-addr:value = '203.0.113.70']"),
            ("203.0.113.7", "[network-traffic:dst_ref.value = '203.0.113.7' AND network-traffic:dst_port = 443]"),
            ("203.0.113.7:80", "[network-traffic:dst_ref.value = '203.0.113.7' AND network-traffic:dst_port = 443]"),
            ("203.0.113.7", "[ipv4-addr:value = '203.0.113.7'] AND [ipv4-addr:value = '203.0.113.7']"),
            ("203.0.113.7", "[ipv4-addr:value = '203.0.113.7'] REPEATS 2 TIMES"),
            (
                "203.0.113.7",
                "[ipv4-addr:value = '203.0.113.7'] START t'2020-01-01T00:00:00Z' STOP t'2020-01-02T00:00:00Z'",
            ),
            ("evil.example.org", "[domain-name:value = 'example.org']"),
            ("evil.example.org", "not a pattern"),
        ] {
            assert!(!matches(value, pattern), "{value} {pattern}");
        }
    }

    #[test]
    fn what_is_no_value_is_said_to_be_none() {
        let long = "a.".repeat(QUESTION_CHARS_MAX);
        for text in ["", "evil", "203.0.113.0/24", "1.2.3", "://x", "a b.example.org", "a@b", long.as_str(), "0123"] {
            assert!(Seen::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_pattern_needs_so_many_values_and_no_more() {
        let of = |count: usize| {
            let list: Vec<String> = (0..count).map(|n| format!("'v{n}'")).collect();
            format!("[url:value IN ({})]", list.join(", "))
        };
        assert_eq!(needs(&of(5), 5).len(), 5);
        assert_eq!(needs(&of(6), 5), [String::new()]);
        assert_eq!(needs("[", 5), Vec::<String>::new());
    }
}
