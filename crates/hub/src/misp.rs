//! `noroshi misp`: events of MISP into STIX, STIX into events, and the folder that a stock MISP pulls as a feed.

use crate::exit::Exit;
use crate::{objects, tell};
use anyhow::Context;
use clap::{Args, Subcommand};
use noroshi_misp::{Event, Mode, feed, from_stix, to_stix};
use noroshi_report::write_atomically;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct MispArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Convert one event to a STIX bundle on standard output.
    ToStix {
        /// The event, as MISP writes it.
        file: PathBuf,
    },
    /// Convert STIX objects to events, one a line, on standard output.
    FromStix {
        /// Bundles, envelopes, or files with one object a line.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Write a feed: manifest.json, hashes.csv and one file for each event. Whoever reads the folder reads all of it.
    Feed {
        /// Events of MISP; with --stix, STIX objects.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The files are STIX bundles, envelopes, or one object a line.
        #[arg(long)]
        stix: bool,
        /// Folder to write into, made where there is none.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
}

pub(crate) fn run(args: &MispArgs, quiet: bool) -> anyhow::Result<Exit> {
    match &args.what {
        What::ToStix { file } => {
            let (event, left) = event(file)?;
            let made = to_stix(&event, Mode::default());
            made.left.iter().for_each(|left| tell(&format!("left out: {left}")));
            print(&(made.bundle() + "\n"));
            Ok(done(left + made.left.len()))
        }
        What::FromStix { files } => {
            let (events, left) = events_of(files)?;
            print(&events.iter().map(|event| event.write() + "\n").collect::<String>());
            Ok(done(left))
        }
        What::Feed { files, stix, out } => {
            let (events, left) = if *stix { events_of(files)? } else { events(files)? };
            let written = feed::write(&events)?;
            std::fs::create_dir_all(out).with_context(|| format!("cannot make `{}`", out.display()))?;
            for (name, text) in &written.events {
                write_atomically(&out.join(name), text.as_bytes())?;
            }
            write_atomically(&out.join("hashes.csv"), written.hashes.as_bytes())?;
            // Last: a reader that comes meanwhile finds every event the manifest names.
            write_atomically(&out.join("manifest.json"), written.manifest.as_bytes())?;
            if !quiet {
                tell(&format!("{} events in `{}`", events.len(), out.display()));
            }
            Ok(done(left))
        }
    }
}

const fn done(left: usize) -> Exit {
    if left == 0 { Exit::Done } else { Exit::Damaged }
}

fn print(text: &str) {
    // A pipe that is closed early is not a failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn event(path: &Path) -> anyhow::Result<(Event, usize)> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{shown}`"))?;
    let (event, refused) = Event::read(&bytes).with_context(|| format!("`{shown}`"))?;
    refused.iter().for_each(|refused| tell(&format!("{shown}: not taken: {refused}")));
    Ok((event, refused.len()))
}

fn events(paths: &[PathBuf]) -> anyhow::Result<(Vec<Event>, usize)> {
    let (mut events, mut left) = (Vec::new(), 0);
    for path in paths {
        let (read, refused) = event(path)?;
        events.push(read);
        left += refused;
    }
    Ok((events, left))
}

fn events_of(files: &[PathBuf]) -> anyhow::Result<(Vec<Event>, usize)> {
    let (objects, refused) = objects::read(files)?;
    let made = from_stix(&objects)?;
    made.left.iter().for_each(|(id, why)| tell(&format!("left out: `{id}`: {why}")));
    Ok((made.events, refused + made.left.len()))
}
