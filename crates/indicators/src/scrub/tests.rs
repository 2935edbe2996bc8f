use super::*;
use proptest::prelude::*;

fn clean(text: &str) -> String {
    scrub(text, &Keep::default()).unwrap().text
}

#[test]
fn what_is_personal_goes() {
    for (text, scrubbed) in [
        ("mail taro.yamada@victim.example.", "mail [email]."),
        ("担当taro@victim.exampleまで", "担当[email]まで"),
        ("サーバーtaro@victim.example", "サーバー[email]"),
        ("taro@victim.example_x", "[email]_x"),
        ("\u{ff54}\u{ff41}@victim.example", "[email]"),
        (
            "電話：\u{ff10}\u{ff13}\u{ff0d}\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff0d}\u{ff15}\u{ff16}\u{ff17}\u{ff18}。",
            "電話：[phone]。",
        ),
        ("0\u{ff13}ー1234ー5678", "[phone]"),
        ("(03)1234-5678", "[phone]"),
        ("tel:+81 90-1234-5678;", "tel:[phone];"),
        ("09012345678 09012345679 12345678901234567890", "[phone] [phone] 12345678901234567890"),
        ("2026-11-25 03-1234-5678 12:00", "2026-11-25 [phone] 12:00"),
        ("番号 1234 5678 9018", "番号 [my-number]"),
        ("4111-1111-1111-1111", "[card]"),
        (
            "from 10.1.2.3:445 and fe80::1: then fd00::2.",
            "from [private-address]:445 and [private-address]: then [private-address].",
        ),
        (
            "pc-12.corp.victim.local saw \\\\FILES01\\share$ and \\\\bad.example\\x",
            "[internal-host] saw \\\\[internal-host]\\share$ and \\\\bad.example\\x",
        ),
        ("root@pc1.victim.local", "[email]"),
        ("http://intra.victim.internal/x", "http://[internal-host]/x"),
    ] {
        assert_eq!(clean(text), scrubbed, "{text}");
    }
}

#[test]
fn what_is_not_personal_stays() {
    for text in [
        "abuse@provider.example and security@provider.example",
        "198.51.100.7, 2001:db8::1, 127.0.0.1, ::1",
        "8e2e2d2b-0312-4345-9789-098765432101",
        "d41d8cd98f00b204e9800998ecf8427e 0312345678abcdef0312345678abcdef",
        "2026-11-25T03:04:05.678Z, 1795564800, CVE-2026-0001, AS64500",
        "bad.example/a?b=0312345678x",
        "v1.2.3.4.5 of 12:34:56:78:9a:bc",
        "<script>alert(1)</script>",
        "\\d+\\\\w{3}",
        "\u{65e5}\u{672c}\u{8a9e}",
        "",
    ] {
        assert_eq!(clean(text), text);
    }
}

#[test]
fn the_report_says_where_and_repeats_nothing() {
    let text = "一行目\n電話 \u{ff10}3-1234-5678\n\ntaro@victim.example";
    let scrubbed = scrub(text, &Keep::default()).unwrap();
    let told: Vec<_> = scrubbed.replaced.iter().map(|one| (one.what, one.line, &text[one.at.clone()])).collect();
    assert_eq!(told, [(Personal::Phone, 2, "\u{ff10}3-1234-5678"), (Personal::Email, 4, "taro@victim.example")]);
    assert!(!format!("{:?}", scrubbed.replaced).contains("taro"));
}

#[test]
fn a_reviewer_keeps_what_belongs_to_the_attack() {
    let keep = Keep::new(["Attacker@bad.example", "10.1.2.3", "03-1234-5678"]).unwrap();
    let text = "attacker@BAD.example 10.1.2.3 10.1.2.4 03-1234-5678 \u{ff10}3-1234-5678 other@bad.example";
    let scrubbed = scrub(text, &keep).unwrap().text;
    assert_eq!(scrubbed, "attacker@BAD.example 10.1.2.3 [private-address] 03-1234-5678 \u{ff10}3-1234-5678 [email]");
}

#[test]
fn sizes_at_the_limit_and_one_past_it() {
    let text = |bytes: usize| "x".repeat(bytes);
    assert!(scrub(&text(SCRUB_BYTES_MAX), &Keep::default()).is_ok());
    assert_eq!(scrub(&text(SCRUB_BYTES_MAX + 1), &Keep::default()), Err(ScrubError::TooLong(SCRUB_BYTES_MAX + 1)));
    let kept: Vec<_> = (0..=KEEP_MAX).map(|at| format!("{at}@x.example")).collect();
    let texts = |count: usize| kept.iter().take(count).map(String::as_str);
    assert!(Keep::new(texts(KEEP_MAX)).is_ok());
    assert_eq!(Keep::new(texts(KEEP_MAX + 1)).err(), Some(TooManyKept));
}

/// A round that finds something needs another that finds nothing.
#[test]
fn rounds_at_the_limit_and_one_past_it() {
    let rounds =
        |text: &str, rounds_max: usize| within(text, &Keep::default(), rounds_max).map(|scrubbed| scrubbed.text);
    assert_eq!(rounds("nothing", 1).unwrap(), "nothing");
    assert_eq!(rounds("10.1.2.3", 2).unwrap(), "[private-address]");
    assert_eq!(rounds("10.1.2.3", 1), Err(ScrubError::Entangled));
}

/// Texts that would keep a careless reader busy for hours.
#[test]
fn long_runs_end_soon() {
    for piece in ["a", "1", "1-", ":", "a.", "a@", "\\\\", "090-", "f:", "(", "taro@victim.example ", "090-1234-5678"] {
        let text = piece.repeat(100_000 / piece.len());
        let _ = scrub(&text, &Keep::default());
    }
}

/// A text out of what scrubbing looks for, and of what stands between.
fn entangled() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("taro@victim.example".to_owned()),
        Just("abuse@victim.example".to_owned()),
        Just("03-1234-5678".to_owned()),
        Just("1234 5678 9018".to_owned()),
        Just("4111111111111111".to_owned()),
        Just("10.1.2.3".to_owned()),
        Just("fe80::1".to_owned()),
        Just("pc.local".to_owned()),
        Just("\\\\FILES\\".to_owned()),
        Just("8e2e2d2b-0312-4345-9789-098765432101".to_owned()),
        Just("[phone]".to_owned()),
        "[0-9]{1,12}",
        "[-a-f.:@+() _0\\\\\u{ff10}\u{30fc}あ]{1,4}",
        "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn twice_is_once(text in entangled()) {
        let keep = Keep::new(["10.1.2.3", "taro@victim.example"]).unwrap();
        for keep in [Keep::default(), keep] {
            let once = scrub(&text, &keep).unwrap();
            let twice = scrub(&once.text, &keep).unwrap();
            prop_assert_eq!(&twice.text, &once.text);
            prop_assert_eq!(twice.replaced, []);
        }
    }

    /// What was not replaced is as it was, and every place in the report is one.
    #[test]
    fn the_rest_is_untouched(text in entangled()) {
        let scrubbed = scrub(&text, &Keep::default()).unwrap();
        let (mut rebuilt, mut at) = (String::new(), 0);
        for one in &scrubbed.replaced {
            rebuilt += &text[at..one.at.start];
            rebuilt += one.what.word();
            at = one.at.end;
            prop_assert_eq!(one.line, 1 + text[..one.at.start].matches('\n').count() as u64);
        }
        rebuilt += &text[at..];
        prop_assert_eq!(rebuilt, scrubbed.text);
    }
}
