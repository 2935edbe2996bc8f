//! What a source file must not be: too long, without a word on what it is for, or tied to one machine.

use super::Complaint;

/// Lines of a Rust file from which a warning is due.
pub(crate) const LINES_AIM: usize = 300;
/// Lines of a Rust file at most.
pub(crate) const LINES_MAX: usize = 500;

/// Beginnings of paths that exist on one machine only.
const MACHINE_PATHS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/ro", "ot/")];
/// What is left behind while writing.
const LEFT_BEHIND: [&str; 2] = [concat!("todo", "!("), concat!("dbg", "!(")];

/// What is wrong with one file; `name` relative to the root.
pub(crate) fn check(name: &str, text: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    // Corpora are bytes that a fuzzer found, not text that somebody wrote.
    if name.starts_with("fuzz/corpus/") {
        return complaints;
    }
    let numbered = || text.lines().enumerate().map(|(index, line)| (index + 1, line));
    for (number, line) in numbered() {
        if let Some(path) = MACHINE_PATHS.into_iter().find(|path| line.contains(path)) {
            complaints.push(Complaint::Error(format!("{name}:{number}: a path of one machine, `{path}`")));
        }
    }
    if !name.ends_with(".rs") {
        return complaints;
    }
    for (number, line) in numbered() {
        if let Some(word) = LEFT_BEHIND.into_iter().find(|word| line.contains(word)) {
            complaints.push(Complaint::Error(format!("{name}:{number}: `{word}` left behind")));
        }
    }
    complaints.extend(length(name, text.lines().count()));
    if needs_words(name) && !text.lines().take(3).any(|line| line.starts_with("//!")) {
        complaints.push(Complaint::Error(format!("{name}: no module documentation: say what it is for")));
    }
    complaints
}

fn length(name: &str, lines: usize) -> Option<Complaint> {
    if lines > LINES_MAX {
        return Some(Complaint::Error(format!("{name}: {lines} lines, at most {LINES_MAX}: one idea a file")));
    }
    let long = lines > LINES_AIM;
    long.then(|| Complaint::Warning(format!("{name}: {lines} lines, aim under {LINES_AIM}")))
}

/// Tests speak through their names.
fn needs_words(name: &str) -> bool {
    name.contains("src/") && !name.ends_with("tests.rs") && !name.contains("/tests/")
}
