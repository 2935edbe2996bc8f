//! How many objects of a bundle are read and checked in a second of processor time:
//! `cargo run --release -p noroshi-stix --example read_rate -- BUNDLE.json`

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program for people, and it measures")]

use noroshi_stix::Received;
use serde_json::value::RawValue;
use std::time::Instant;

#[derive(serde::Deserialize)]
struct Bundle<'a> {
    #[serde(borrow)]
    objects: Vec<&'a RawValue>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a bundle")?;
    let text = std::fs::read_to_string(path)?;
    let bundle: Bundle<'_> = serde_json::from_str(&text)?;
    let started = Instant::now();
    let mut refused = 0;
    for object in &bundle.objects {
        if let Err(fault) = Received::read(object.get()) {
            refused += 1;
            println!("{fault}");
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    let count = bundle.objects.len();
    println!("{count} objects, {refused} refused, {:.0} objects/s", count as f64 / seconds);
    Ok(())
}
