use super::*;
use crate::export::block_lists;
use crate::import::{self, Source};

fn at() -> Timestamp {
    Timestamp::parse("2026-11-25T00:00:00.000Z").unwrap()
}

fn object(properties: &str) -> Received {
    let text = format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
        "created":"2026-11-20T00:00:00.000Z","valid_from":"2026-11-20T00:00:00.000Z"{properties}}}"#
    );
    Received::read(text.as_bytes(), &Limits::default()).unwrap()
}

const PLAIN: &str =
    r#","modified":"2026-11-20T00:00:00.000Z","pattern_type":"stix","pattern":"[domain-name:value = 'bad.example']""#;

fn one(properties: &str, wanted: &Wanted) -> (Vec<String>, Vec<(Reason, String)>) {
    let chosen = choose(&[object(properties)], wanted);
    let values = chosen.indicators.iter().map(|indicator| indicator.value.to_string()).collect();
    (values, chosen.left_out.named.into_iter().map(|left| (left.reason, left.what)).collect())
}

#[test]
fn what_is_left_out_and_why() {
    let wanted = Wanted::at(at());
    for (more, reason) in [
        (r#","revoked":true"#, Reason::Revoked),
        (r#","valid_until":"2026-11-25T00:00:00.000Z""#, Reason::Ended),
        (r#","indicator_types":["benign"]"#, Reason::Benign),
        (r#","indicator_types":["compromised"]"#, Reason::Compromised),
    ] {
        let (values, left) = one(&format!("{PLAIN}{more}"), &wanted);
        assert_eq!((values.len(), left[0].0), (0, reason));
    }
    assert_eq!(one(PLAIN, &Wanted::at(Timestamp::parse("2026-11-19T00:00:00Z").unwrap())).1[0].0, Reason::NotYet);
    let both = format!(r#"{PLAIN},"indicator_types":["compromised","malicious-activity"]"#);
    assert_eq!(one(&both, &wanted).0.len(), 1);
    let victim = format!(r#"{PLAIN},"indicator_types":["compromised"]"#);
    assert_eq!(one(&victim, &Wanted { compromised: true, ..wanted.clone() }).0.len(), 1);
    let sure = |percent: u8| Wanted { confidence_min: Some(percent), ..wanted.clone() };
    assert_eq!(one(PLAIN, &sure(0)).0.len(), 1);
    assert_eq!(one(PLAIN, &sure(1)).1[0].0, Reason::Unsure);
    assert_eq!(one(&format!(r#"{PLAIN},"confidence":80"#), &sure(80)).0.len(), 1);
    assert_eq!(one(&format!(r#"{PLAIN},"confidence":80"#), &sure(81)).1[0].0, Reason::Unsure);
}

#[test]
fn patterns_that_are_no_values_are_named() {
    let of = |kind: &str, pattern: &str| {
        let text = serde_json::to_string(pattern).unwrap();
        one(
            &format!(r#","modified":"2026-11-20T00:00:00.000Z","pattern_type":"{kind}","pattern":{text}"#),
            &Wanted::at(at()),
        )
    };
    assert_eq!(of("yara", "rule x {}").1, [(Reason::Rule, "yara".to_owned())]);
    assert_eq!(of("stix", "[a-b:c LIKE 'x%']").1, [(Reason::NotPlain, "[a-b:c LIKE \\'x%\\']".to_owned())]);
    // An alternative that cannot be said takes the others with it no more than it must.
    let (values, left) = of("stix", "[domain-name:value IN ('a.example', 'b.example') OR file:name = 'x']");
    assert_eq!(values, ["a.example", "b.example"]);
    assert_eq!(left, [(Reason::OtherValue, "asks for `file:name`".to_owned())]);
    let (values, left) = of("stix", "[domain-name:value = 'a.example\nb.example' OR domain-name:value = 'c\"; d']");
    assert_eq!((values.len(), left.len()), (0, 2));
}

#[test]
fn one_port_is_not_the_address_unless_asked() {
    let port = r#","modified":"2026-11-20T00:00:00.000Z","pattern_type":"stix","pattern":"[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.7' AND network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']""#;
    let wanted = Wanted::at(at());
    assert_eq!(one(port, &wanted).1[0].0, Reason::OtherValue);
    assert_eq!(one(port, &Wanted { any_port: true, ..wanted }).0, ["192.0.2.7"]);
}

#[test]
fn the_newest_version_counts_and_revoked_wins() {
    let (old, gone) = (PLAIN.to_owned(), format!(r#"{PLAIN},"revoked":true"#));
    let new = PLAIN.replace("20T", "21T").replace("bad.example", "new.example");
    let chosen = |versions: [&str; 2]| {
        let chosen = choose(&versions.map(object), &Wanted::at(at()));
        (
            chosen.indicators.iter().map(|indicator| indicator.value.to_string()).collect::<Vec<_>>(),
            chosen.left_out.counts,
        )
    };
    for versions in [[old.as_str(), new.as_str()], [new.as_str(), old.as_str()]] {
        assert_eq!(chosen(versions), (vec!["new.example".to_owned()], BTreeMap::from([(Reason::OlderVersion, 1)])));
    }
    for versions in [[old.as_str(), gone.as_str()], [gone.as_str(), old.as_str()]] {
        assert_eq!(chosen(versions).1, BTreeMap::from([(Reason::OlderVersion, 1), (Reason::Revoked, 1)]));
    }
}

/// What was imported comes out again, all of it.
#[test]
fn from_a_list_to_a_list() {
    let list = b"bad.example\n192.0.2.1\nhttp://bad.example/\nd41d8cd98f00b204e9800998ecf8427e\n198.51.100.0/24\n";
    let imported = import::import(list, "x.txt", None, &Source::new("x", at())).unwrap();
    let objects: Vec<_> = imported
        .objects
        .iter()
        .map(|made| Received::read(&made.object.to_json(), &Limits::default()).unwrap())
        .collect();
    let chosen = choose(&objects, &Wanted::at(at()));
    assert_eq!((chosen.indicators.len(), chosen.left_out.count()), (5, 0));
    let files = block_lists(&chosen.indicators, at()).files;
    let text: String = files.into_iter().map(|file| String::from_utf8(file.bytes).unwrap()).collect();
    for line in String::from_utf8(list.to_vec()).unwrap().lines() {
        assert!(text.lines().any(|written| written == line), "{line}");
    }
}
