//! What the documents say is what the program does.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::collections::BTreeSet;
use std::path::Path;

fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else {
            text.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// Texts of the form `word.word` in quotes that are no names of files.
fn codes(text: &str) -> BTreeSet<&str> {
    let is_code = |text: &&str| {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let file = |end: &str| ["key", "toml", "html", "css", "jsonl", "pem"].contains(&end);
        text.split_once('.').is_some_and(|(thing, what)| plain(thing) && plain(what) && !file(what))
    };
    text.split('"').filter(is_code).collect()
}

#[test]
fn every_code_stands_in_the_document() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    sources(&root.join("src"), &mut text);
    let document = std::fs::read_to_string(root.join("../../docs/commission.md")).unwrap();
    let missing: Vec<_> = codes(&text).into_iter().filter(|code| !document.contains(&format!("`{code}`"))).collect();
    assert!(codes(&text).len() > 40 && missing.is_empty(), "{missing:?}");
}

#[test]
fn every_violation_stands_in_its_document() {
    let document = include_str!("../../../docs/verify.md");
    for kind in noroshi_verify::Kind::ALL {
        assert!(document.contains(&format!("| `{kind}` |")), "{kind}");
    }
}
