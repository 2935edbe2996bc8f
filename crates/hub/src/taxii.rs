//! `noroshi taxii`: take from TAXII servers of others, and give to them. What is done stands in `noroshi_taxii`.

use crate::exit::Exit;
use crate::tell;
use noroshi_model::Micros;
use noroshi_taxii::Surroundings;
use noroshi_taxii::command::{self, Done, Lines, TaxiiArgs};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// Clock, sleep and dice of the system.
struct System;

impl Surroundings for System {
    fn now(&self) -> Micros {
        crate::clock()
    }

    fn wait(&self, length: Duration) {
        std::thread::sleep(length);
    }

    fn random(&self) -> u64 {
        use rand::TryRng;
        // Only spreads waits: without randomness they are less spread.
        rand::rngs::SysRng.try_next_u64().unwrap_or(0)
    }
}

pub(crate) fn run(args: &TaxiiArgs, quiet: bool) -> anyhow::Result<Exit> {
    let mut lines = Lines {
        // A pipe that is closed early is not a failure.
        out: &mut |line| _ = writeln!(std::io::stdout(), "{line}"),
        tell: &mut |line| {
            if !quiet {
                tell(line);
            }
        },
    };
    Ok(match command::run(args, Arc::new(System), &mut lines)? {
        Done::Whole => Exit::Done,
        Done::InPart => Exit::Damaged,
    })
}
