use super::*;
use noroshi_stix::pattern::parse;
use proptest::prelude::*;

fn read(text: &str) -> String {
    Value::parse(text).map_or_else(|fault| fault.to_string(), |value| format!("{} {value}", value.kind()))
}

#[test]
fn every_kind_in_the_spellings_lists_have() {
    for (text, value) in [
        ("192.0.2.7", "ipv4 192.0.2.7"),
        ("192[.]0[.]2[.]7", "ipv4 192.0.2.7"),
        ("192.0.2[.7", "ipv4 192.0.2.7"),
        (r"192\.0\.2\.7", "ipv4 192.0.2.7"),
        ("192(dot)0 (DOT) 2 ( . ) 7", "ipv4 192.0.2.7"),
        ("2001:DB8::7", "ipv6 2001:db8::7"),
        ("[2001:db8::7]", "ipv6 2001:db8::7"),
        ("2001[:]db8[:][:]7", "ipv6 2001:db8::7"),
        ("192.0.2.7/24", "ipv4-block 192.0.2.0/24"),
        ("192.0.2.7/32", "ipv4 192.0.2.7"),
        ("2001:db8:1::/48", "ipv6-block 2001:db8:1::/48"),
        ("Bad.Example.", "domain bad.example"),
        ("*.bad.example", "domain bad.example"),
        ("bad[dot]example", "domain bad.example"),
        ("bad{.}example", "domain bad.example"),
        ("_srv.bad.example", "domain _srv.bad.example"),
        ("悪.example", "domain xn--ndu.example"),
        ("setup.exe.", "domain setup.exe"),
        ("hxxp://bad[.]example/a?b=c;d", "url http://bad.example/a?b=c;d"),
        ("hXXps[:]//bad[.]example", "url https://bad.example"),
        ("hxxp[://]bad.example/", "url http://bad.example/"),
        ("meow://bad.example/", "url http://bad.example/"),
        ("fxp://bad.example/x", "url ftp://bad.example/x"),
        ("http:/bad.example/x", "url http://bad.example/x"),
        ("http://bad.example/\"a'b", "url http://bad.example/%22a%27b"),
        ("bad.example/path/x.exe", "url http://bad.example/path/x.exe"),
        ("<http://bad.example/>", "url http://bad.example/"),
        ("http://bad.example/a[[.]]php", "url http://bad.example/a.php"),
        ("x[at]bad[.]example", "email x@bad.example"),
        ("d41d8cd98f00b204e9800998ecf8427e", "md5 d41d8cd98f00b204e9800998ecf8427e"),
        ("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("\"192.0.2.7\",", "ipv4 192.0.2.7"),
    ] {
        assert_eq!(read(text), value, "{text}");
    }
    assert!(read("http://悪.example/悪").starts_with("url http://xn--"));
    assert_eq!(read(&"A".repeat(64)), format!("sha256 {}", "a".repeat(64)));
    assert_eq!(read(&"A".repeat(128)), format!("sha512 {}", "a".repeat(128)));
}

#[test]
fn what_is_none_says_what_to_do() {
    for text in [
        "",
        "nonsense",
        "010.0.0.1",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "a b.example",
        "-a.example",
        "a..example",
        "http://",
        "javascript://x/",
        "http://a.example/[[[[[[.]]]]]]",
        "file:///etc/passwd",
        "@a.example",
        "a@b",
        "g41d8cd98f00b204e9800998ecf8427e",
        "a.example\nb.example",
        "a.example\tb",
        "192.0.2.7/33",
        "192.0.2.1-192.0.2.9",
        "/etc/passwd",
        "日本",
    ] {
        assert!(read(text).contains("is no address"), "{text}: {}", read(text));
    }
    assert!(read("setup.exe").contains("looks like the name of a file"));
    assert!(read("0.0.0.0/0").contains("too large"));
    assert!(read("::/0").contains("too large"));
}

#[test]
fn lengths_at_the_limit_and_one_past_it() {
    let name_of = |length: usize| {
        let labels = format!("{}.", "a".repeat(49)).repeat(4);
        format!("{labels}{}", "b".repeat(length - labels.len()))
    };
    assert!(read(&name_of(crate::limits::DOMAIN_BYTES_MAX)).starts_with("domain"));
    assert!(read(&name_of(crate::limits::DOMAIN_BYTES_MAX + 1)).contains("is no address"));
    assert!(read(&format!("{}.example", "a".repeat(63))).starts_with("domain"));
    assert!(read(&format!("{}.example", "a".repeat(64))).contains("is no address"));
    let url_of = |length: usize| format!("http://a.example/{}", "x".repeat(length - 17));
    assert!(read(&url_of(URL_BYTES_MAX)).starts_with("url"));
    assert!(read(&url_of(URL_BYTES_MAX + 1)).contains("is no address"));
    let email_of = |length: usize| format!("xx@{}", name_of(length - 3));
    assert!(read(&email_of(EMAIL_BYTES_MAX)).starts_with("email"));
    assert!(read(&email_of(EMAIL_BYTES_MAX + 1)).contains("is no address"));
    assert!(read("10.0.0.0/8").starts_with("ipv4-block"));
    assert!(read("10.0.0.0/7").contains("too large"));
    assert!(read("2001::/19").starts_with("ipv6-block"));
    assert!(read("2001::/18").contains("too large"));
}

#[test]
fn hosts_of_urls_and_mailboxes() {
    let host = |text: &str| Value::parse(text).unwrap().host();
    assert_eq!(host("http://u:p@Bad.example:8080/x").as_deref(), Some("bad.example"));
    assert_eq!(host("http://192.0.2.7/x").as_deref(), Some("192.0.2.7"));
    assert_eq!(host("x@bad.example").as_deref(), Some("bad.example"));
    assert_eq!(host("bad.example"), None);
}

#[test]
fn what_a_pattern_asks_is_a_value_or_said_to_be_none() {
    let ask = |pattern: &str| {
        let alternatives = parse(pattern, &noroshi_stix::Limits::default()).unwrap().alternatives().unwrap();
        Value::asked(&alternatives[0]).map(|value| value.to_string())
    };
    let traffic = "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.7'";
    assert_eq!(ask(&format!("{traffic}]")).unwrap(), "192.0.2.7");
    let fault = ask(&format!("{traffic} AND network-traffic:dst_port = 443]")).unwrap_err();
    assert!(fault.ends_with("at once"), "{fault}");
    assert_eq!(ask("[domain-name:value = 'setup.exe']").unwrap(), "setup.exe");
    assert_eq!(ask("[ipv4-addr:value = '192.0.2.0/24']").unwrap(), "192.0.2.0/24");
    for (pattern, what) in [
        ("[ipv4-addr:value = '192.0.2.7/24']", "no value of"),
        ("[ipv4-addr:value = 'bad.example']", "no value of"),
        ("[domain-name:value = 'bad[.]example']", "no value of"),
        ("[domain-name:value = '*.bad.example']", "no value of"),
        ("[file:hashes.'SHA-256' = 'd41d8cd98f00b204e9800998ecf8427e']", "no value of"),
        ("[file:name = 'x.exe']", "asks for `file:name`"),
    ] {
        let fault = ask(pattern).unwrap_err();
        assert!(fault.contains(what), "{pattern}: {fault}");
    }
}

/// Any value, from texts that look like some.
pub(crate) fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[0-9a-f]{32}",
        "[0-9a-f]{40}",
        "[0-9a-f]{64}",
        any::<std::net::IpAddr>().prop_map(|address| address.to_string()),
        (any::<std::net::Ipv4Addr>(), 8u8..33).prop_map(|(address, bits)| format!("{address}/{bits}")),
        (any::<std::net::Ipv6Addr>(), 19u8..129).prop_map(|(address, bits)| format!("{address}/{bits}")),
        "[a-z0-9_]{1,9}(\\.[a-z0-9]{1,9}){0,3}\\.example",
        "http://[a-z0-9]{1,9}\\.example/\\PC{0,40}",
        "[a-z!#$%&*+/=?^.~]{1,9}@[a-z0-9]{1,9}\\.example",
        "\\PC{0,40}",
    ]
    .prop_filter_map("no value", |text| Value::parse(&text).ok())
}

proptest! {
    /// One spelling, no way out of a line, and the pattern asks for the value itself.
    #[test]
    fn a_value_is_read_again_and_harmless(value in anything()) {
        let text = value.to_string();
        let dotted = if value.domain().is_some() { format!("{text}.") } else { text.clone() };
        prop_assert_eq!(&Value::parse(&dotted).unwrap(), &value);
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\`".contains(&byte)), "{}", text);
        let pattern = value.pattern();
        let alternatives = parse(pattern.as_str(), &noroshi_stix::Limits::default()).unwrap().alternatives().unwrap();
        prop_assert_eq!(alternatives.len(), 1);
        prop_assert_eq!(&Value::asked(&alternatives[0]).unwrap(), &value);
    }

    #[test]
    fn nothing_makes_it_fall_over(text in "\\PC{0,200}") {
        let _ = Value::parse(&text);
    }
}
