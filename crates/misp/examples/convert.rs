//! One file from one format to the other.
//!
//! `cargo run -p noroshi-misp --example convert to EVENT.json` prints the bundle of an event of MISP, with `reference`
//! instead of `to` the one the reference converter would make; `… from BUNDLE.json` prints the events of a bundle.
//! What was left out is told on standard error.

use noroshi_misp::{Event, Mode, from_stix, to_stix};
use noroshi_stix::{Received, envelope};
use std::error::Error;
use std::io::Write;

fn to(bytes: &[u8], mode: Mode) -> Result<(String, Vec<String>), Box<dyn Error>> {
    let (event, refused) = Event::read(bytes)?;
    let made = to_stix(&event, mode);
    let refused = refused.iter().map(ToString::to_string);
    Ok((made.bundle(), refused.chain(made.left.iter().map(ToString::to_string)).collect()))
}

fn from(bytes: &[u8]) -> Result<(String, Vec<String>), Box<dyn Error>> {
    let limits = noroshi_misp::limits::stix();
    let mut left = Vec::new();
    let mut objects = Vec::new();
    for item in envelope::split(bytes, &limits)? {
        match Received::read(item.bytes, &limits) {
            Ok(object) => objects.push(object),
            Err(fault) => left.push(fault.to_string()),
        }
    }
    let made = from_stix(&objects)?;
    left.extend(made.left.iter().map(|(id, why)| format!("`{id}`: {why}")));
    Ok((made.events.iter().map(|event| event.write() + "\n").collect(), left))
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (way, file) = (arguments.next().unwrap_or_default(), arguments.next().ok_or("say `to` or `from`, and a file")?);
    let bytes = std::fs::read(file)?;
    let (text, left) = match way.as_str() {
        "to" => to(&bytes, Mode::Lossless)?,
        "reference" => to(&bytes, Mode::Reference)?,
        "from" => from(&bytes)?,
        other => return Err(format!("`{other}` is none of `to`, `reference` and `from`").into()),
    };
    for line in left {
        writeln!(std::io::stderr(), "left out: {line}")?;
    }
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
