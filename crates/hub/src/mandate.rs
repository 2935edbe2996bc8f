//! `noroshi mandate`: write, check, explain.

mod new;

use crate::cli::{MandateArgs, MandateCommand};
use crate::exit::Exit;
use noroshi_mandate::{Mandate, MandateError};
use noroshi_model::Micros;
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
    let mut out = std::io::stdout().lock();
    writeln!(out, "mandate     {} ({state})", mandate.id)?;
    writeln!(out, "title       {}", mandate.title)?;
    writeln!(out, "term        {} until {}", mandate.term.from, mandate.term.until)?;
    writeln!(out, "directions  {}", directions.join(", "))?;
    writeln!(out, "domestic    {} prefixes; elsewhere {:?}", mandate.domestic.len(), mandate.elsewhere)?;
    writeln!(out, "DNS names   {}", if mandate.dns_names { "covered" } else { "not covered" })?;
    writeln!(out, "kept        {} days at most", mandate.selected_days_max)?;
    writeln!(out, "fingerprint {}", mandate.fingerprint)?;
    Ok(Exit::Done)
}
