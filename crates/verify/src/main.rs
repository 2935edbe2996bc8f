//! `noroshi-verify`: judges a copy of a log, offline, from public keys alone.
//!
//! Exit codes: 0 clean, 1 violations, 2 usage or a file that cannot be read, 3 the bundle cannot be authenticated.

use clap::{Parser, ValueEnum};
use noroshi_ledger::disk::Files;
use noroshi_model::Micros;
use noroshi_verify::bundle::{Verdict, judge};
use noroshi_verify::{Keys, Lang};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Judge a copy of a ledger: was every act inside a live mandate, every deadline met, every disposal done?
///
/// Needs no network and trusts nothing but the keys file. Exit codes: 0 clean, 1 violations, 2 usage, 3 not authentic.
#[derive(Parser)]
#[command(name = "noroshi-verify", version)]
struct Arguments {
    /// The folder with `checkpoint` and `tile/`, as the log or a mirror serves them.
    bundle: PathBuf,
    /// The keys file: the log's key, the policy, the commission's roster.
    #[arg(long)]
    keys: PathBuf,
    /// The moment to judge for, RFC 3339; by default when a witness last vouched for the checkpoint.
    #[arg(long, value_parser = Micros::parse)]
    at: Option<Micros>,
    /// Write one JSON object.
    #[arg(long)]
    json: bool,
    /// Language of the sentences.
    #[arg(long, value_enum, default_value = "en")]
    lang: Tongue,
    /// Threads to hash and decode on.
    #[arg(long, default_value_t = std::thread::available_parallelism().map_or(2, usize::from))]
    threads: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Tongue {
    En,
    Ja,
}

/// A folder that is only read: nothing is made where a name was mistyped.
struct ReadOnly(PathBuf);

impl Files for ReadOnly {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match std::fs::read(self.0.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let say = |text: &str| drop(writeln!(io::stderr(), "noroshi-verify: {text}"));
    let keys = match read_keys(&arguments.keys) {
        Ok(keys) => keys,
        Err(why) => {
            say(&why);
            return ExitCode::from(2);
        }
    };
    if !arguments.bundle.is_dir() {
        say(&format!("`{}` is not a folder", arguments.bundle.display()));
        return ExitCode::from(2);
    }
    match judge(&ReadOnly(arguments.bundle.clone()), &keys, arguments.at, arguments.threads.clamp(1, 64)) {
        Err(error) => {
            say(&format!("the bundle is not authentic: {error}"));
            ExitCode::from(3)
        }
        Ok((verdict, _)) => match show(&verdict, &arguments) {
            Err(error) => {
                say(&error.to_string());
                ExitCode::from(2)
            }
            Ok(()) if verdict.violations_count == 0 => ExitCode::SUCCESS,
            Ok(()) => ExitCode::from(1),
        },
    }
}

fn read_keys(path: &Path) -> Result<Keys, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    Keys::parse(&text).map_err(|error| format!("`{}`: {error}", path.display()))
}

fn show(verdict: &Verdict, arguments: &Arguments) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, verdict)?;
        return writeln!(out);
    }
    let lang = match arguments.lang {
        Tongue::En => Lang::En,
        Tongue::Ja => Lang::Ja,
    };
    let cosigned = if verdict.cosigned.is_empty() { "-".to_owned() } else { verdict.cosigned.join(", ") };
    match lang {
        Lang::En => {
            writeln!(out, "log       {}\nlines     {}\ncosigned  {cosigned}", verdict.origin, verdict.lines)?;
            writeln!(out, "judged at {}\nviolations {}", verdict.at, verdict.violations_count)?;
        }
        Lang::Ja => {
            writeln!(out, "記録     {}\n行数     {}\n連署     {cosigned}", verdict.origin, verdict.lines)?;
            writeln!(out, "判定時点 {}\n違反     {}", verdict.at, verdict.violations_count)?;
        }
    }
    for violation in &verdict.violations {
        writeln!(out, "{:>9}  {:<24} {}", violation.index, violation.kind, violation.sentence(lang))?;
    }
    Ok(())
}
