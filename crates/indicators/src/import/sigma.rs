//! Sigma rules: YAML documents, one or a stream of them with `---` between, as they are written.

use super::collect::Collector;
use super::table::reference;
use super::yaml::{self, Yaml};
use crate::limits::RULE_BYTES_MAX;
use crate::object::{Language, Said};
use noroshi_stix::common::ExternalReference;

pub(super) fn read(text: &str, into: &mut Collector<'_>) {
    for (line, document) in documents(text) {
        if document.len() > RULE_BYTES_MAX {
            into.fault(line, format!("the rule has {} bytes, more than {RULE_BYTES_MAX}; split it", document.len()));
        } else if document.lines().any(is_said) {
            take(line, document, into);
        }
    }
}

/// Whether a line is more than a comment.
fn is_said(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

/// The documents of a stream with the line they begin at. A line that is `---` begins one: in Sigma no text of several
/// lines has it at its margin.
fn documents(text: &str) -> Vec<(u64, &str)> {
    let (mut found, mut begins, mut first, mut at) = (Vec::new(), 0, 1, 0);
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        at += line.len();
        let mark = line.trim_end();
        if mark == "---" || mark == "..." || mark.starts_with("--- ") {
            found.push((first, &text[begins..at - line.len()]));
            (begins, first) = (at, number + 1);
        }
    }
    found.push((first, &text[begins..]));
    found
}

fn take(line: u64, document: &str, into: &mut Collector<'_>) {
    match yaml::read(document).and_then(|rule| said(&rule).map_err(|what| (1, what))) {
        Ok(said) => into.rule(line, Language::Sigma, document.trim_end().to_owned() + "\n", said),
        Err((of, what)) => into.fault(line + of.saturating_sub(1), what),
    }
}

/// What a rule says of itself (Sigma specification 2, rules and correlations).
fn said(rule: &Yaml<'_>) -> Result<Said, String> {
    let text = |key: &str| rule.get(key).and_then(Yaml::text).unwrap_or_default();
    if text("title").is_empty() {
        return Err("the rule has no `title`; give it one".to_owned());
    }
    let detects = rule.get("detection").is_some_and(|detection| detection.get("condition").is_some());
    let correlates = rule.get("correlation").is_some_and(|of| of.get("rules").is_some() || of.get("type").is_some());
    if !(detects && rule.get("logsource").is_some() || correlates) {
        return Err("the rule has neither `logsource` and `detection` with a `condition`, nor `correlation`; add them"
            .to_owned());
    }
    let texts = |key: &str| rule.get(key).map(Yaml::texts).unwrap_or_default();
    let own = (!text("id").is_empty()).then(|| ExternalReference {
        source_name: "sigma".to_owned(),
        description: None,
        url: None,
        external_id: Some(crate::text::one_line(text("id"), crate::limits::NAME_CHARACTERS_MAX)),
    });
    let level = Some(text("level")).filter(|level| !level.is_empty()).map(|level| format!("level: {level}"));
    Ok(Said {
        name: text("title").to_owned(),
        description: text("description").to_owned(),
        labels: texts("tags").into_iter().map(str::to_owned).chain(level).collect(),
        references: own.into_iter().chain(texts("references").into_iter().filter_map(reference)).collect(),
        ..Said::default()
    })
}
