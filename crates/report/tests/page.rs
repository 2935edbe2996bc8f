//! The HTML report: well-formed, complete in both languages, hostile-safe, and without a network.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic, and says why it was skipped"
)]

#[path = "../examples/sample/mod.rs"]
mod sample;
mod tools;

use html5gum::{StartTag, Token, Tokenizer};
use noroshi_model::Finding;
use noroshi_report::{Language, RunContext, html, limits};

const VOID: [&[u8]; 5] = [b"meta", b"br", b"link", b"img", b"hr"];

fn pages() -> Vec<(&'static str, String)> {
    let context = sample::context();
    let render = |findings: &[Finding], language| html(findings, &context, language).unwrap();
    vec![
        ("ja", render(&sample::findings(), Language::Ja)),
        ("en", render(&sample::findings(), Language::En)),
        ("ja, nothing found", render(&[], Language::Ja)),
        ("en, nothing found", render(&[], Language::En)),
    ]
}

/// Walks the page, hands every start tag on, and checks that what opens is closed in order.
fn walk(name: &str, page: &str, mut each: impl FnMut(&StartTag<()>)) -> String {
    let (mut open, mut text) = (Vec::new(), String::new());
    for token in Tokenizer::new(page) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                each(&tag);
                if !tag.self_closing && !VOID.contains(&&**tag.name) {
                    open.push(tag.name.to_vec());
                }
            }
            Token::EndTag(tag) => {
                let last = open.pop().unwrap_or_default();
                assert_eq!(String::from_utf8_lossy(&last), String::from_utf8_lossy(&tag.name), "in {name}");
            }
            Token::String(chars) if open.last().is_none_or(|tag| tag != b"script" && tag != b"style") => {
                text.push_str(&String::from_utf8_lossy(&chars));
            }
            Token::Error(error) => panic!("{name}: {error:?}"),
            _ => {}
        }
    }
    assert!(open.is_empty(), "{name} leaves {open:?} open");
    text
}

#[test]
fn tags_are_balanced_and_every_anchor_has_its_place() {
    for (name, page) in pages() {
        let (mut ids, mut anchors) = (std::collections::BTreeSet::new(), Vec::new());
        walk(name, &page, |tag| {
            for (key, value) in &tag.attributes {
                let value = String::from_utf8_lossy(value).into_owned();
                match key.as_slice() {
                    b"id" => assert!(ids.insert(value.clone()), "{name}: id {value} twice"),
                    b"href" => anchors.push(value),
                    _ => {}
                }
            }
        });
        for anchor in anchors {
            assert!(anchor.strip_prefix('#').is_some_and(|id| ids.contains(id)), "{name}: {anchor} leads nowhere");
        }
    }
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    for (name, page) in pages() {
        assert!(!page.contains("http://") && !page.contains("https://"), "{name} names a URL");
        assert!(!page.contains("url(") && !page.contains("@import"), "{name} loads a style");
        walk(name, &page, |tag| {
            assert!(!matches!(&**tag.name, b"link" | b"img" | b"iframe" | b"object" | b"embed" | b"base" | b"form"));
            for key in tag.attributes.keys() {
                assert!(
                    !key.starts_with(b"on") && key.as_slice() != b"src",
                    "{name}: {}",
                    String::from_utf8_lossy(key)
                );
            }
        });
    }
}

#[test]
fn no_placeholder_is_left_and_japanese_pages_speak_japanese() {
    for (name, page) in pages() {
        let text = walk(name, &page, |_| {});
        assert!(!text.contains(['{', '}']), "{name} shows a placeholder");
        for english in ["Findings", "Check these", "What became", "Evidence", "clients"] {
            assert!(!(text.contains(english) && name.starts_with("ja")), "{name} says {english}");
        }
    }
}

#[test]
fn hostile_texts_are_shown_and_not_obeyed() {
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'\u{202e}";
    let mut context = sample::context();
    context.mandate_id = evil.to_owned();
    context.mandate_title = evil.to_owned();
    context.mandate_fingerprint = evil.to_owned();
    context.program_version = evil.to_owned();
    context.inputs = vec![evil.to_owned()];
    let mut findings = sample::findings();
    for finding in &mut findings {
        finding.id = evil.to_owned();
        finding.country = Some(evil.to_owned());
        for evidence in &mut finding.evidence {
            (evidence.name, evidence.unit) = (evil.to_owned(), evil.to_owned());
        }
        if let Some(known) = &mut finding.false_positives {
            known.measured_in = evil.to_owned();
        }
    }
    for language in Language::ALL {
        let page = html(&findings, &context, language).unwrap();
        let mut scripts = 0;
        walk("hostile", &page, |tag| {
            scripts += usize::from(&**tag.name == b"script");
            assert!(&**tag.name != b"img");
        });
        assert_eq!(scripts, 1);
        assert!(!page.contains("<img") && !page.contains("\u{202e}"));
    }
}

#[test]
fn numbers_that_are_none_do_not_break_a_picture() {
    let mut findings = sample::findings();
    for finding in &mut findings {
        finding.score = f64::NAN;
        finding.first_seen = noroshi_model::Micros(i64::MAX);
        finding.last_seen = noroshi_model::Micros(i64::MIN);
        finding.evidence.iter_mut().for_each(|e| (e.value, e.weight) = (f64::INFINITY, f64::NAN));
        finding.periodogram.iter_mut().step_by(3).for_each(|point| point.period_s = f64::NAN);
        finding.clients_over_time.iter_mut().for_each(|at| at.clients = u64::MAX);
        finding.path.iter_mut().for_each(|hop| hop.flows = u64::MAX);
        for client in &mut finding.client_list {
            client.flows = u64::MAX;
            client.beats.push(noroshi_model::Micros(i64::MIN));
            client.beats.push(noroshi_model::Micros(i64::MAX));
        }
    }
    let page = html(&findings, &sample::context(), Language::En).unwrap();
    walk("extreme", &page, |_| {});
    assert!(!page.contains("NaN") && !page.contains("inf\""));
    noroshi_report::stix_bundle(&findings, &sample::context()).to_json().unwrap();
    noroshi_report::table(&findings, &sample::context(), Language::Ja, 80, false);
}

fn many(count: usize) -> Vec<Finding> {
    let first = sample::findings().pop().unwrap();
    let plain = Finding { client_list: vec![], periodogram: vec![], clients_over_time: vec![], path: vec![], ..first };
    (0..count).map(|n| Finding { port: n as u16 + 1, ..plain.clone() }).collect()
}

#[test]
fn findings_in_full_stop_at_the_limit_and_the_page_says_so() {
    let context = RunContext { truth: None, ..sample::context() };
    let articles = |count| {
        let page = html(&many(count), &context, Language::En).unwrap();
        (page.matches("<article").count(), page.contains("most severe findings are written out in full"))
    };
    assert_eq!(articles(limits::FINDINGS_IN_FULL_MAX), (limits::FINDINGS_IN_FULL_MAX, false));
    assert_eq!(articles(limits::FINDINGS_IN_FULL_MAX + 1), (limits::FINDINGS_IN_FULL_MAX, true));
}

#[test]
fn clients_and_beats_stop_at_their_limits_and_the_page_says_so() {
    let mut finding = sample::findings().pop().unwrap();
    let client = finding.client_list[0].clone();
    let page = |finding: &Finding| html(std::slice::from_ref(finding), &sample::context(), Language::En).unwrap();
    finding.client_list = vec![client.clone(); limits::CLIENTS_MAX];
    assert!(!page(&finding).contains("listed clients are shown"));
    finding.client_list.push(client);
    assert!(page(&finding).contains("24 of 25 listed clients are shown"));
    for client in &mut finding.client_list {
        client.beats = (0..=limits::BEATS_MAX as i64).map(|n| noroshi_model::Micros(n * 60_000_000)).collect();
    }
    assert!(page(&finding).contains("at most 400 contacts a client"));
}

#[test]
fn a_browser_builds_the_page_without_complaint() {
    let Some(chromium) = tools::on_path(&["chromium", "chromium-browser", "google-chrome"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    let page = html(&sample::findings(), &sample::context(), Language::Ja).unwrap();
    noroshi_report::write_atomically(&path, page.as_bytes()).unwrap();
    let output = std::process::Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--log-level=0", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .unwrap();
    let (dom, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(dom.matches("<article").count(), 6, "{said}");
    assert!(dom.contains("aria-pressed"), "the script ran: its hash is the one the page allows");
    assert!(!said.contains("CONSOLE"), "{said}");
}
