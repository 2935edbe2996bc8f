//! The command as a program of its own, for trying it against a server.
//!
//! ```sh
//! cargo run -p noroshi-taxii --example taxii -- list https://taxii.example.org/taxii2/
//! ```
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to people")]

use clap::Parser;
use noroshi_model::Micros;
use noroshi_taxii::Surroundings;
use noroshi_taxii::command::{Done, Lines, TaxiiArgs, run};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    taxii: TaxiiArgs,
}

/// The clock, sleep and randomness of the system.
struct System;

impl Surroundings for System {
    #[expect(clippy::disallowed_methods, reason = "a program is where the clock is read")]
    fn now(&self) -> Micros {
        Micros(jiff::Timestamp::now().as_microsecond())
    }

    fn wait(&self, length: Duration) {
        std::thread::sleep(length);
    }

    fn random(&self) -> u64 {
        use rand::TryRng;
        // Without randomness the waits are only less spread.
        rand::rngs::SysRng.try_next_u64().unwrap_or(0)
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut lines = Lines { out: &mut |line| println!("{line}"), tell: &mut |line| eprintln!("{line}") };
    match run(&cli.taxii, Arc::new(System), &mut lines) {
        Ok(Done::Whole) => ExitCode::SUCCESS,
        Ok(Done::InPart) => ExitCode::from(3),
        Err(error) => {
            eprintln!("taxii: {error}");
            ExitCode::FAILURE
        }
    }
}
