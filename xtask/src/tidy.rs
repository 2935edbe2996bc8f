//! The rules of the house that no compiler checks. Each rule is a pure function from text to
//! complaints; this file gathers the texts.

mod dependencies;
mod documents;
mod source;

#[cfg(test)]
mod tests;

use anyhow::Context;
use std::path::Path;
use std::process::{Command, ExitCode};

/// What is wrong, or (a warning) soon will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Complaint {
    /// Breaks a rule.
    Error(String),
    /// Does not yet.
    Warning(String),
}

/// Checks the repository at `root`; says what it found.
pub(crate) fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let files = tracked(root)?;
    let mut complaints = dependencies::check(root)?;
    complaints.extend(documents::check(root, &files));
    for file in &files {
        // A tracked file may be gone from the tree, or hold bytes that are no text.
        let Ok(text) = std::fs::read_to_string(root.join(file)) else { continue };
        complaints.extend(source::check(file, &text));
    }
    let mut errors = 0;
    for complaint in &complaints {
        match complaint {
            Complaint::Error(text) => {
                errors += 1;
                println!("error: {text}");
            }
            Complaint::Warning(text) => println!("warning: {text}"),
        }
    }
    println!("tidy: {} files, {errors} errors, {} warnings", files.len(), complaints.len() - errors);
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Files that git tracks, relative to the root.
fn tracked(root: &Path) -> anyhow::Result<Vec<String>> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output().context("cannot run git")?;
    anyhow::ensure!(output.status.success(), "`git ls-files` failed: tidy runs in a clone");
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}
