use super::*;
use crate::limits::{
    COLUMNS_MAX, LINE_BYTES_MAX, OPTIONS_MAX, RULE_BYTES_MAX, RULES_BYTES_MAX, RULES_NEEDED_MAX, UNENDED_MAX,
    YAML_DEPTH_MAX, YAML_VALUES_MAX,
};
use crate::object::Language;
use noroshi_stix::{Limits, Received, Timestamp};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::Path;

const NAMES: [&str; 12] = [
    "plain.txt",
    "japan-shift-jis.csv",
    "utf16.txt",
    "commented-header.csv",
    "no-header.csv",
    "semicolon.csv",
    "2026-11-24-event4_sinkhole-jp.csv",
    "2026-11-24-scan_http-jp.csv",
    "honeypot.csv",
    "rules.yar",
    "sigma.yml",
    "suricata.rules",
];

fn source() -> Source {
    Source { confidence: Some(60), ..Source::new("example", Timestamp::parse("2026-11-25T00:00:00.000Z").unwrap()) }
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
}

fn taken(text: &[u8], name: &str) -> Imported {
    import(text, name, None, &source()).unwrap()
}

/// What was made of an input, in words.
fn told(imported: &Imported) -> String {
    let mut text = format!(
        "{} in {}, repeated {}, passed over {}\n",
        imported.format.as_str(),
        imported.encoding,
        imported.repeated,
        imported.passed_over
    );
    for made in &imported.objects {
        let object = &made.object;
        let _ = write!(text, "{}: {}\n   {:?} {}", made.line, object.name, object.pattern_type, object.pattern);
        let _ = write!(text, "\n   from {}", object.valid_from);
        if let Some(until) = object.valid_until {
            let _ = write!(text, " until {until}");
        }
        let _ = writeln!(
            text,
            " sure {:?} {:?} {:?}",
            object.confidence.unwrap_or(0),
            object.indicator_types,
            object.labels
        );
        if let Some(description) = &object.description {
            let _ = writeln!(text, "   {description:?}");
        }
        for reference in &object.external_references {
            let _ = writeln!(text, "   {}: {:?} {:?}", reference.source_name, reference.external_id, reference.url);
        }
    }
    for fault in &imported.faults.kept {
        let _ = writeln!(text, "! {fault}");
    }
    text
}

#[test]
fn every_fixture_is_taken_as_it_was_last_time() {
    for name in NAMES.into_iter().chain(["snort3.rules"]) {
        insta::assert_snapshot!(name.replace(['.', '-'], "_"), told(&taken(&fixture(name), name)));
    }
}

#[test]
fn every_object_is_taken_by_the_strict_reader() {
    for name in NAMES.into_iter().chain(["snort3.rules"]) {
        for made in taken(&fixture(name), name).objects {
            let object = Received::read(&made.object.to_json(), &Limits::default());
            let object = object.unwrap_or_else(|fault| panic!("{name} line {}: {fault}", made.line));
            assert_eq!(object.warnings(), [], "{name} line {}", made.line);
            assert_eq!(object.id(), &made.object.id);
        }
    }
}

#[test]
fn the_same_line_of_the_same_source_is_the_same_indicator() {
    let one = taken(b"bad.example\n192.0.2.1\n", "a.txt");
    let later = Source { at: Timestamp::parse("2026-12-25T00:00:00.000Z").unwrap(), ..source() };
    let other = import(b"# moved\n192.0.2.1\nhxxp://x.example/\nbad[.]example", "b.txt", None, &later).unwrap();
    assert_eq!(one.objects[0].object.id, other.objects[2].object.id);
    assert_eq!(one.objects[1].object.id, other.objects[0].object.id);
    let elsewhere = import(b"bad.example\n", "a.txt", None, &Source { name: "other".to_owned(), ..source() }).unwrap();
    assert_ne!(one.objects[0].object.id, elsewhere.objects[0].object.id);
}

/// UUIDv5 over source, language and pattern, as Python makes it:
/// `uuid.uuid5(uuid.UUID('9b6c5c0e-3f0a-4d52-8a55-1d7e6a0f4c29'), "example\nstix\n[domain-name:value = 'bad.example']")`.
#[test]
fn the_identifier_is_the_one_the_documentation_says() {
    assert_eq!(
        taken(b"bad.example\n", "a.txt").objects[0].object.id.as_str(),
        "indicator--a53f4ef1-1531-5749-ac3b-6c73b90631e8"
    );
}

#[test]
fn formats_are_recognised_without_a_name() {
    for (name, format) in [
        ("plain.txt", Format::List),
        ("semicolon.csv", Format::Table),
        ("commented-header.csv", Format::Table),
        ("honeypot.csv", Format::Shadowserver),
        ("rules.yar", Format::Yara),
        ("sigma.yml", Format::Sigma),
        ("suricata.rules", Format::Suricata),
    ] {
        let text = String::from_utf8(fixture(name)).unwrap();
        assert_eq!(Format::guess("", &text), format, "{name}");
        assert_eq!(Format::named(format.as_str()), Some(format));
    }
    assert_eq!(Format::guess("snort-community.rules", ""), Format::Snort);
    assert_eq!(Format::guess("x.csv", "192.0.2.1"), Format::Table);
    assert_eq!(Format::guess("", ""), Format::List);
}

/// What came before and after a rule is not in it, and nothing of it is missing.
#[test]
fn a_yara_rule_is_whole() {
    let imported = taken(&fixture("rules.yar"), "rules.yar");
    let rule = |name: &str| &imported.objects.iter().find(|made| made.object.name == name).unwrap().object.pattern;
    let first = rule("First_One");
    assert!(first.starts_with("import \"pe\"\nprivate rule Helper {") && first.ends_with("any of them\n}"));
    assert!(rule("Last").starts_with("import \"math\"\nglobal rule Last") && !rule("Last").contains("pe"));
}

#[test]
fn input_at_the_limit_and_one_past_it() {
    let mut text = [&b"192.0.2.1\n"[..], &vec![b'#'; INPUT_BYTES_MAX - 10]].concat();
    assert_eq!(taken(&text, "a.txt").objects.len(), 1);
    text.push(b'#');
    assert_eq!(import(&text, "a.txt", None, &source()), Err(ImportError::TooLong(INPUT_BYTES_MAX + 1)));
    assert_eq!(import(&[0xff, 0xff, 0x80], "a.txt", None, &source()), Err(ImportError::NotText(NotText)));
}

#[test]
fn lines_at_the_limit_and_one_past_it() {
    let line = |length: usize| format!("192.0.2.1 {}\n192.0.2.2\n", "x".repeat(length - 10));
    let count = |text: String| {
        let imported = taken(text.as_bytes(), "a.txt");
        (imported.objects.len(), imported.faults.count)
    };
    assert_eq!(count(line(LINE_BYTES_MAX)), (2, 0));
    assert_eq!(count(line(LINE_BYTES_MAX + 1)), (1, 1));
    let record = |length: usize| format!("ip,comment\n192.0.2.1,\"{}\"\n192.0.2.2,\n", "x".repeat(length - 9));
    assert_eq!(count(record(LINE_BYTES_MAX)), (2, 0));
    assert_eq!(count(record(LINE_BYTES_MAX + 1)), (1, 1));
    let columns = |count: usize| format!("ip{}\n192.0.2.1{}\n", ",x".repeat(count - 1), ",".repeat(count - 1));
    assert_eq!(count(columns(COLUMNS_MAX)), (1, 0));
    // The header, too, has one column too many.
    assert_eq!(count(columns(COLUMNS_MAX + 1)), (0, 2));
}

/// A quote that is never closed takes the rest of the table with it, and is said to.
#[test]
fn an_open_quote_is_a_fault() {
    let text = format!("ip,comment\n192.0.2.1,x\n192.0.2.2,\"open\n{}", "192.0.2.3,x\n".repeat(10_000));
    let imported = taken(text.as_bytes(), "a.csv");
    assert_eq!((imported.objects.len(), imported.faults.count), (1, 1));
    assert!(imported.faults.kept[0].to_string().contains("every quote is closed"), "{:?}", imported.faults);
}

#[test]
fn sigma_at_its_limits_and_one_past_them() {
    let rule = |detection: String| {
        format!("title: x\nlogsource:\n  product: y\ndetection:\n  condition: z\n  a: {detection}\n")
    };
    let count = |detection: String| {
        let imported = taken(rule(detection).as_bytes(), "a.yml");
        (imported.objects.len(), imported.faults.kept.first().map(|fault| fault.what.clone()).unwrap_or_default())
    };
    // The rule and `detection` are levels, too.
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(count(nested(YAML_DEPTH_MAX - 2)), (1, String::new()));
    let (taken, fault) = count(nested(YAML_DEPTH_MAX - 1));
    assert!(taken == 0 && fault.contains("levels"), "{fault}");
    let (taken, fault) = count(nested(100_000));
    assert!(taken == 0 && !fault.is_empty(), "{fault}");
    // Keys and values: 4 of the rule, 2 of the source of logs, 5 of the detection and the rule itself, the title.
    let others = 13;
    let list = |values: usize| format!("[{}]", "1,".repeat(values));
    assert_eq!(count(list(YAML_VALUES_MAX - others)), (1, String::new()));
    let (taken, fault) = count(list(YAML_VALUES_MAX - others + 1));
    assert!(taken == 0 && fault.contains("values"), "{fault}");
}

#[test]
fn options_at_the_limit_and_one_past_it() {
    let rule = |options: usize| format!("alert tcp any any -> any any (sid:1;{})\n", "nocase;".repeat(options - 1));
    assert_eq!(taken(rule(OPTIONS_MAX).as_bytes(), "a.rules").objects.len(), 1);
    assert_eq!(taken(rule(OPTIONS_MAX + 1).as_bytes(), "a.rules").faults.count, 1);
}

#[test]
fn needed_rules_at_the_limit_and_one_past_it() {
    let chain = |needed: usize| {
        let rule = |at: usize| format!("rule r{at} {{ condition: r{} }}\n", at + 1);
        (0..needed).map(rule).collect::<String>() + &format!("rule r{needed} {{ condition: true }}\n")
    };
    assert_eq!(taken(chain(RULES_NEEDED_MAX).as_bytes(), "a.yar").faults.count, 0);
    assert_eq!(taken(chain(RULES_NEEDED_MAX + 1).as_bytes(), "a.yar").faults.count, 1);
}

/// Each of these would be read to its end again and again.
#[test]
fn unended_rules_at_the_limit_and_one_past_it() {
    let text = |count: usize| "rule a {\n".repeat(count);
    let told = |text: String| {
        let faults = taken(text.as_bytes(), "a.yar").faults;
        (faults.count as usize, faults.kept.last().is_some_and(|fault| fault.what.contains("is not read")))
    };
    assert_eq!(told(text(UNENDED_MAX)), (UNENDED_MAX, false));
    assert_eq!(told(text(UNENDED_MAX + 1)), (UNENDED_MAX + 2, true));
    assert_eq!(told(text(200_000)), (UNENDED_MAX + 2, true));
    assert!(told("rule a /*\n".repeat(200_000)).1);
    // What comes behind a rule that does not end is found.
    let imported = taken(b"rule a {\nrule b { condition: true }\n", "a.yar");
    assert_eq!((imported.objects.len(), imported.faults.count), (1, 1));
}

/// A large rule that many small ones need is not repeated without end.
#[test]
fn needed_rules_do_not_multiply() {
    let large =
        format!("private rule large {{ strings: $a = \"{}\" condition: $a }}\n", "x".repeat(RULE_BYTES_MAX / 2));
    let small = |at: usize| format!("rule r{at} {{ condition: large }}\n");
    let text = large + &(0..2_000).map(small).collect::<String>();
    let imported = taken(text.as_bytes(), "a.yar");
    let bytes: usize = imported.objects.iter().map(|made| made.object.pattern.len()).sum();
    assert!(bytes <= RULES_BYTES_MAX && bytes > RULES_BYTES_MAX / 2 && imported.faults.count > 1_000);
}

/// Deep nesting ends other readers of these languages: they recurse.
#[test]
fn nesting_exhausts_nothing() {
    let rule = format!("rule a {{ condition: {}true{} }}", "(".repeat(200_000), ")".repeat(200_000));
    assert_eq!(taken(rule.as_bytes(), "a.yar").objects.len(), 1);
    let _ = taken("{".repeat(1_000_000).as_bytes(), "a.yml");
    let _ = taken("- ".repeat(100_000).as_bytes(), "a.yml");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever comes, every object is one, and the same bytes give the same objects.
    #[test]
    fn anything_gives_objects_or_faults(
        text in "([ -~]|[\"'(){};:#/\\\\\n\t,あ\u{0}\u{202e}]|rule a \\{|sid:1;|\nalert |title: |192.0.2.1|bad.example|---\n|http://){0,60}",
        format in prop::sample::select(&Format::ALL[..]),
    ) {
        let imported = import(text.as_bytes(), "x", Some(format), &source()).unwrap();
        for made in &imported.objects {
            let read = Received::read(&made.object.to_json(), &Limits::default());
            prop_assert!(read.is_ok(), "{:?}", read);
        }
        prop_assert_eq!(import(text.as_bytes(), "x", Some(format), &source()).unwrap(), imported);
    }

    /// A rule made of tokens that could hide its end is found, whole, with its neighbours.
    #[test]
    fn yara_rules_are_told_apart(
        texts in prop::collection::vec("([a-z{}/*]|\\\\\"|\\\\\\\\){0,8}", 1..5),
        comment in "[a-z{}\" ]{0,8}",
    ) {
        let rule = |(at, text): (usize, &String)| format!(
            "rule r{at} /*{comment}*/ {{ //{comment}\n strings: $a = \"{text}\" $b = {{ 00 /*{comment}*/ }} condition: $a }}"
        );
        let rules: Vec<_> = texts.iter().enumerate().map(rule).collect();
        let imported = import(rules.join(" ").as_bytes(), "x.yar", None, &source()).unwrap();
        prop_assert_eq!(imported.faults.count, 0, "{:?}", imported.faults);
        let patterns: Vec<_> = imported.objects.iter().map(|made| &made.object.pattern).collect();
        prop_assert_eq!(patterns, rules.iter().collect::<Vec<_>>());
    }
}

#[test]
fn languages_are_spelled_as_the_vocabulary_has_them() {
    for language in [Language::Stix, Language::Yara, Language::Sigma, Language::Suricata, Language::Snort] {
        assert_eq!(serde_json::to_value(language).unwrap(), language.as_str());
    }
}
