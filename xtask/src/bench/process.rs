//! Programs run to be measured: what they say and what processor time they take.

use anyhow::Context;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::path::Path;
use std::process::{Command, Output};

/// Runs a program to its end; its output, and its seconds on processors, user and system, by the
/// kernel's account of ended children. No other child may end meanwhile.
pub(crate) fn timed(command: &mut Command) -> anyhow::Result<(String, f64)> {
    let before = children_seconds()?;
    let output = command.output().with_context(|| format!("cannot run {:?}", command.get_program()))?;
    let seconds = children_seconds()? - before;
    Ok((text(command, &output)?, seconds))
}

/// Runs a program to its end; its output.
pub(crate) fn said(command: &mut Command) -> anyhow::Result<String> {
    Ok(timed(command)?.0)
}

pub(crate) fn text(command: &Command, output: &Output) -> anyhow::Result<String> {
    let error = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{:?} failed: {}", command.get_program(), error.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn children_seconds() -> anyhow::Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok((usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e6)
}

/// Seconds a running process has spent on processors, all threads.
pub(crate) fn seconds_of(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("the process has ended")?;
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |slot: usize| fields.split_whitespace().nth(slot).and_then(|text| text.parse::<f64>().ok());
    ticks(11).zip(ticks(12)).map(|(user, system)| (user + system) / 100.0).context("no processor times")
}

/// The same of a process and its children.
pub(crate) fn seconds_of_family(pid: u32) -> anyhow::Result<f64> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    Ok(seconds_of(pid)? + children.filter_map(|child: u32| seconds_of(child).ok()).sum::<f64>())
}

/// The number behind `name` at the start of a line: what our benchmark programs print.
pub(crate) fn figure(text: &str, name: &str) -> anyhow::Result<f64> {
    let found = text.lines().find_map(|line| line.trim().strip_prefix(name)?.split_whitespace().next()?.parse().ok());
    found.with_context(|| format!("no figure `{name}` in: {}", text.trim()))
}

/// The number behind `label` anywhere: what the peers print.
pub(crate) fn figure_after(text: &str, label: &str) -> anyhow::Result<f64> {
    let rest = text.split_once(label).map(|(_, rest)| rest.trim_start());
    let digits = rest.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    digits.and_then(|digits| digits.parse().ok()).with_context(|| format!("no figure `{label}` in: {}", text.trim()))
}

/// Whether a program is on the search path.
pub(crate) fn installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).chain([Path::new("/usr/sbin").to_path_buf()]).any(|f| f.join(name).is_file());
    if !found {
        eprintln!("peer not installed: {name} (Debian packages nfdump, pmacct)");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_behind_their_names() {
        assert_eq!(figure("x 1\nrecords 12.5 of\n", "records").unwrap(), 12.5);
        assert!(figure("x 1", "records").is_err());
        assert_eq!(figure_after("Summary: total flows: 123, total bytes: 4", "total flows:").unwrap(), 123.0);
        assert!(figure_after("Summary", "total flows:").is_err());
    }

    #[test]
    fn a_program_that_fails_is_an_error_with_its_words() {
        let error = timed(Command::new("sh").args(["-c", "echo broken >&2; exit 3"])).unwrap_err();
        assert!(error.to_string().contains("broken"), "{error}");
    }

    #[test]
    fn processor_time_of_a_child_is_counted() {
        let busy = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; echo done";
        let (said, seconds) = timed(Command::new("sh").args(["-c", busy])).unwrap();
        assert_eq!(said.trim(), "done");
        assert!(seconds > 0.0);
    }
}
