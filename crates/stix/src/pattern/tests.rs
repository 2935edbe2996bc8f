use super::value::like;
use super::*;
use crate::{Limits, Received, Timestamp};
use proptest::prelude::*;

#[test]
fn a_server_on_a_port() {
    let pattern = Pattern::traffic("203.0.113.7".parse().unwrap(), End::Destination, Some(443), Some("tcp"));
    assert_eq!(
        pattern.as_str(),
        "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.7' \
         AND network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']"
    );
}

#[test]
fn quotes_cannot_break_out() {
    assert_eq!(quoted(r"a'] OR [b\"), r"'a\'] OR [b\\'");
}

#[test]
fn a_value_cannot_break_out_of_an_equality() {
    for value in ["a.example", r"a'] OR [b:c = 'd", r"\", "'", "\\'"] {
        let asked = read(Pattern::equals("domain-name:value", value).as_str()).unwrap().alternatives().unwrap();
        assert_eq!((asked.len(), asked[0][0].named.value.as_str(), asked[0][0].within), (1, value, false));
    }
    let block = read(Pattern::within("ipv4-addr:value", "192.0.2.0/24").as_str()).unwrap().alternatives().unwrap();
    assert!(block[0][0].within);
}

fn read(text: &str) -> Result<Parsed, PatternFault> {
    parse(text, &Limits::default())
}

#[test]
fn what_we_write_is_read() {
    for port in [None, Some(443)] {
        let pattern = Pattern::traffic("2001:db8::7".parse().unwrap(), End::Source, port, Some("tcp"));
        assert_eq!(read(pattern.as_str()).unwrap().to_string(), pattern.as_str());
    }
}

#[test]
fn one_spelling_for_all_spellings() {
    for (written, printed) in [
        ("[a-b:c=='x'/* why */]//", "[a-b:c = 'x']"),
        ("( [a1b:'c'.d<>1 ] )", "[a1b:c.d != 1]"),
        ("[aaa:b[*].'x-y'[-1] IN(1,2.0,+3)]", "[aaa:b[*].'x-y'[-1] IN (1, 2.0, 3)]"),
        ("[(a1b:c=1 OR a1b:d=2) AND (a1b:e NOT = 3)]", "[(a1b:c = 1 OR a1b:d = 2) AND a1b:e NOT = 3]"),
        ("([x:y=1]OR[x:y=2])WITHIN 5.0 SECONDS", "([x:y = 1] OR [x:y = 2]) WITHIN 5 SECONDS"),
        ("[x:y=1] AND ([x:y=2] AND [x:y=3])", "[x:y = 1] AND ([x:y = 2] AND [x:y = 3])"),
        ("[EXISTS x:'IN']", "[EXISTS x:'IN']"),
    ] {
        let parsed = read(written).unwrap();
        assert_eq!(parsed.to_string(), printed);
        assert_eq!(read(printed).unwrap().expression, parsed.expression);
        assert_eq!(parsed.as_str(), written);
    }
}

#[test]
fn faults_say_where() {
    for (text, fault) in [
        ("[file:name = 'a'", "is not a STIX pattern at byte 16, ``: expected `]`"),
        ("[file:name LIKE 5]", "is not a STIX pattern at byte 16, `5]`: expected a text in quotes"),
        ("[file:x-y = 5]", "is not a STIX pattern at byte 6, `x-y = 5]`: a name with a hyphen must be in quotes here"),
        ("[file:é = 5]", "is not a STIX pattern at byte 6, `é = 5]`: this character has no meaning here"),
        (
            "[a:b = 5] START t'2026-01-02T00:00:00Z' STOP t'2026-01-01T00:00:00Z'",
            "is not a STIX pattern at byte 45, `t\\'2026-01-01T00:00:0`: `STOP` must be after `START`",
        ),
    ] {
        assert_eq!(read(text).unwrap_err().to_string(), fault);
    }
}

#[test]
fn the_values_a_pattern_names() {
    let pattern = "[file:hashes.'SHA-256' = 'aa' OR file:size IN (1, 2.5)] AND [url:value NOT = 'n' AND url:value LIKE 'l%'] \
                   FOLLOWEDBY [file:magic_number_hex = h'4D5A'] WITHIN 1 SECONDS";
    let parsed = read(pattern).unwrap();
    let named: Vec<_> = parsed.literals().into_iter().map(|named| format!("{} {}", named.path, named.value)).collect();
    assert_eq!(named, ["file:hashes.'SHA-256' aa", "file:size 1", "file:size 2.5", "file:magic_number_hex 4D5A"]);
    assert_eq!(parsed.kinds(), ["file", "url"]);
}

#[test]
fn what_an_observation_needs_to_match_at_all() {
    let needs = |text: &str| read(text).unwrap().needs().map(|needs| needs.join(" "));
    for (text, wanted) in [
        ("[ipv4-addr:value = '192.0.2.1']", Some("192.0.2.1")),
        ("[ipv4-addr:value IN ('192.0.2.2', '192.0.2.1')]", Some("192.0.2.1 192.0.2.2")),
        ("[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '1.1.1.1']", Some("1.1.1.1")),
        ("[url:value = 'a' AND url:value LIKE 'b%'] OR [url:value = 'c']", Some("a c")),
        ("[file:name = 'a'] AND [file:hashes.MD5 = 'bcd'] WITHIN 3 SECONDS", Some("bcd")),
        ("[file:name = 'a'] FOLLOWEDBY [file:size > 3]", Some("a")),
        ("[url:value = 'a' OR url:value MATCHES 'b']", None),
        ("[url:value NOT = 'a']", None),
        ("[file:size = 3]", None),
        ("[network-traffic:protocols[*] = 'tcp']", None),
    ] {
        assert_eq!(needs(text).as_deref(), wanted, "{text}");
    }
}

fn object(text: &str) -> Received {
    Received::read(text.as_bytes(), &Limits::default()).unwrap()
}

fn address(number: u8) -> Received {
    object(&format!(
        r#"{{"type":"ipv4-addr","id":"ipv4-addr--00000000-0000-4000-8000-0000000000{number:02}","value":"192.0.2.{number}"}}"#
    ))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn matches(pattern: &str, seen: &[Observation<'_>]) -> Result<bool, MatchFault> {
    read(pattern)?.matches(seen, &Limits::default())
}

#[test]
fn existence_and_networks() {
    let (four, six) = (
        address(7),
        object(r#"{"type":"ipv6-addr","id":"ipv6-addr--00000000-0000-4000-8000-000000000001","value":"2001:db8::1"}"#),
    );
    let seen = [Observation::new([&four, &six], (at(0), at(0)), 1)];
    for (pattern, wanted) in [
        ("[EXISTS ipv4-addr:value]", true),
        ("[EXISTS ipv4-addr:resolves_to_refs]", false),
        ("[ipv6-addr:value ISSUBSET '2001:db8::/32']", true),
        ("[ipv6-addr:value ISSUBSET '2001:db9::/32']", false),
        ("[ipv6-addr:value ISSUPERSET '2001:db8::1']", true),
        ("[ipv4-addr:value ISSUBSET '::/0']", false),
        ("[ipv4-addr:value ISSUBSET 'nothing']", false),
        ("[ipv4-addr:value = '192.0.2.7' AND ipv6-addr:value = '2001:db8::1']", false),
    ] {
        assert_eq!(matches(pattern, &seen), Ok(wanted), "{pattern}");
    }
}

#[test]
fn an_observation_counts_as_often_as_it_was_seen() {
    let (one, other) = (address(1), address(2));
    let seen =
        [Observation::new([&one], (at(0), at(10)), 1_000_000_000), Observation::new([&one, &other], (at(5), at(6)), 2)];
    let any = "ipv4-addr:value ISSUBSET '192.0.2.0/24'";
    let other = "ipv4-addr:value = '192.0.2.2'";
    for (pattern, wanted) in [
        (format!("[{any}] REPEATS 1000000002 TIMES WITHIN 1 SECONDS"), true),
        (format!("[{any}] REPEATS 1000000003 TIMES"), false),
        // The two must both go to `other` for it to fit.
        (format!("[{any}] REPEATS 1000000000 TIMES AND [{other}] REPEATS 2 TIMES"), true),
        (format!("[{any}] REPEATS 1000000001 TIMES AND [{other}] REPEATS 2 TIMES"), false),
        (format!("[{other}] FOLLOWEDBY [{other}]"), true),
        (format!("[{other}] FOLLOWEDBY [{other}] FOLLOWEDBY [{other}]"), false),
    ] {
        assert_eq!(matches(&pattern, &seen), Ok(wanted), "{pattern}");
    }
}

#[test]
fn bombs_are_refused_or_given_up() {
    let parentheses = |count: usize| format!("{}[a:b=1]{}", "(".repeat(count), ")".repeat(count));
    assert!(read(&parentheses(40)).is_ok());
    assert!(read(&parentheses(41)).is_err());
    assert!(read(&parentheses(30_000)).is_err());
    assert!(read(&format!("[{}a:b=1{}]", "(".repeat(30_000), ")".repeat(30_000))).is_err());
    assert!(read(&format!("[a:b=1]{}", " WITHIN 1 SECONDS".repeat(41))).is_err());
    assert!(read(&format!("[a:b=1{}]", " ".repeat(65_536))).unwrap_err().what.contains("longer"));
    let long = vec!["[a:b=1]"; 5_000].join(" OR ");
    assert!(read(&long).is_ok());
    let first = address(1);
    let seen: Vec<_> = (0..500).map(|second| Observation::new([&first], (at(second), at(second)), 1)).collect();
    let any = "[ipv4-addr:value = '192.0.2.1']";
    let all_of_it = [
        vec![any; 101].join(" FOLLOWEDBY "),
        format!("({any} FOLLOWEDBY {any}) REPEATS 200 TIMES"),
        format!("({any} OR ({any} AND {any})) REPEATS 499 TIMES WITHIN 1 SECONDS"),
    ];
    for pattern in all_of_it {
        assert!(!matches!(matches(&pattern, &seen), Err(MatchFault::Pattern(_))), "{pattern}");
    }
    assert_eq!(matches(&format!("{any} REPEATS 100 TIMES WITHIN 99 SECONDS"), &seen), Ok(true));
    assert_eq!(matches(&format!("{any} REPEATS 101 TIMES WITHIN 99 SECONDS"), &seen), Ok(false));
    assert!(matches!(matches("[ipv4-addr:value MATCHES '(a{1000}){1000}']", &seen), Err(MatchFault::Regex { .. })));
    let limits = Limits { observations_max: 499, ..Limits::default() };
    assert!(matches!(read(any).unwrap().matches(&seen, &limits), Err(MatchFault::TooMany { found: 500, .. })));
}

#[test]
fn references_that_multiply_count_once() {
    let id = |number: usize| format!("process--00000000-0000-4000-8000-0000000000{number:02}");
    let all: Vec<_> = (0..20).map(|number| format!("\"{}\"", id(number))).collect();
    let processes: Vec<_> = (0..20)
        .map(|number| {
            object(&format!(r#"{{"type":"process","id":"{}","child_refs":[{}]}}"#, id(number), all.join(",")))
        })
        .collect();
    let seen = [Observation::new(&processes, (at(0), at(0)), 1)];
    let path = "child_refs[*].".repeat(30);
    assert_eq!(matches(&format!("[process:{path}pid = 1]"), &seen), Ok(false));
    assert_eq!(matches(&format!("[process:{path}type = 'process']"), &seen), Ok(true));
}

/// `LIKE` by trying every way.
fn like_slowly(text: &[char], wanted: &[char]) -> bool {
    match wanted {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|at| like_slowly(&text[at..], rest)),
        [one, rest @ ..] => text.first().is_some_and(|own| *one == '_' || one == own) && like_slowly(&text[1..], rest),
    }
}

proptest! {
    #[test]
    fn like_is_what_it_says(text in "[ab\n]{0,8}", wanted in "[ab%_]{0,8}") {
        let wanted: Vec<char> = wanted.chars().collect();
        prop_assert_eq!(like(&text, &wanted), like_slowly(&text.chars().collect::<Vec<_>>(), &wanted));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        let _ = read(&text);
    }
}
