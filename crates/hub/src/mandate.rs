//! `noroshi mandate`: write, check, explain.

mod new;

use crate::cli::{MandateArgs, MandateCommand};
use crate::exit::Exit;
use noroshi_mandate::{Mandate, MandateError};
use noroshi_model::{Micros, Place};
use std::io::Write;
use std::path::Path;

/// No mandate, no run: said in one sentence.
#[derive(Debug, thiserror::Error)]
#[error(
    "no mandate, no run: nothing is read without one. Write it with `noroshi mandate new --out mandate.toml`, \
     then give it with `--mandate mandate.toml`"
)]
struct NoMandate;

/// Reads the mandate named on the command line.
pub(crate) fn read(path: Option<&Path>) -> anyhow::Result<Mandate> {
    let Some(path) = path else {
        // A refusal like any other: the exit code is that of the mandate.
        return Err(anyhow::Error::new(MandateError::Invalid(Vec::new())).context(NoMandate));
    };
    Ok(Mandate::read(path)?)
}

pub(crate) fn run(args: &MandateArgs, now: Micros) -> anyhow::Result<Exit> {
    match &args.command {
        MandateCommand::New(args) => new::run(args, now),
        MandateCommand::Check { file } => check(file, now),
    }
}

fn check(file: &Path, now: Micros) -> anyhow::Result<Exit> {
    let mandate = Mandate::read(file)?;
    mandate.compile()?;
    let directions: Vec<String> = mandate.directions.iter().map(ToString::to_string).collect();
    let state = match () {
        () if now < mandate.term.from => "not in force yet",
        () if now >= mandate.term.until => "no longer in force",
        () => "in force",
    };
    let list = |empty: &str, words: Vec<String>| if words.is_empty() { empty.to_owned() } else { words.join(", ") };
    let ports = mandate.ports.iter().map(|&(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") }).collect();
    let elsewhere = match (&mandate.registry, mandate.elsewhere) {
        (Some(registry), _) => format!("by registration table, {} is domestic", registry.country),
        (None, Place::Foreign) => "abroad".to_owned(),
        (None, _) => "unknown, so dropped".to_owned(),
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "mandate     {} ({state})", mandate.id)?;
    writeln!(out, "title       {}", mandate.title)?;
    writeln!(out, "basis       {:?}", mandate.legal_basis)?;
    writeln!(out, "purposes    {}", list("none", mandate.purposes.iter().map(|p| format!("{p:?}")).collect()))?;
    writeln!(out, "term        {} until {}", mandate.term.from, mandate.term.until)?;
    if let Some(traffic) = mandate.traffic {
        writeln!(out, "traffic     {} until {}", traffic.from, traffic.until)?;
    }
    writeln!(out, "directions  {}", directions.join(", "))?;
    writeln!(out, "protocols   {}", list("all", mandate.protocols.iter().map(ToString::to_string).collect()))?;
    writeln!(out, "ports       {}", list("all", ports))?;
    writeln!(
        out,
        "domestic    {} prefixes; foreign {}; elsewhere {elsewhere}",
        mandate.domestic.len(),
        mandate.foreign.len()
    )?;
    writeln!(out, "DNS names   {}", if mandate.dns_names { "covered" } else { "not covered" })?;
    writeln!(out, "volume      {} records of selected servers at most", mandate.selected_records_max)?;
    writeln!(out, "kept        {} days at most", mandate.selected_days_max)?;
    writeln!(out, "fingerprint {}", mandate.fingerprint)?;
    Ok(Exit::Done)
}
