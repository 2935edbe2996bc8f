//! For tests and demonstrations, with the feature `testkit`: an office in memory, a log of a few bytes, a hub with
//! six organisations and their people, and a clock one sets.
//!
//! The office decides with the same `casework` and the same policies as the real one; only its memory is short.

mod facts;
mod office;
mod seed;

pub use office::MemoryOffice;
#[cfg(test)]
pub(crate) use seed::decision;
pub use seed::{People, Seeded, seeded, terms};

use crate::log::{LogUnreadable, PublicLog};
use noroshi_model::Micros;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Midday, Japan time, of a day in November 2025.
pub const NOON: Micros = Micros(1_764_039_600_000_000);

static NOW: AtomicI64 = AtomicI64::new(NOON.0);
static DRAWN: AtomicU64 = AtomicU64::new(1);

/// The clock of the test hub: stands still until [`set_clock`].
pub fn clock() -> Micros {
    Micros(NOW.load(Ordering::Relaxed))
}

/// Sets the clock, for every hub of this process.
pub fn set_clock(at: Micros) {
    NOW.store(at.0, Ordering::Relaxed);
}

/// Dice that count: never the same twice, always the same order. Not for anything but tests.
pub fn dice() -> [u8; 32] {
    let number = DRAWN.fetch_add(1, Ordering::Relaxed);
    noroshi_leaf::Digest::of(&number.to_be_bytes()).0
}

/// A log that has a checkpoint and nothing else to say.
#[derive(Debug, Clone, Copy)]
pub struct MemoryLog;

impl PublicLog for MemoryLog {
    fn checkpoint(&self) -> Result<Option<Vec<u8>>, LogUnreadable> {
        let note = "hub.example.org/log\n42\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\
                    — hub.example.org/log Az3grlcA4c5v0mVkb2yQd0dGVzdC1zaWduYXR1cmU=\n\
                    — witness.example.org W2lnbmF0dXJlLW9mLXRoZS1jb21taXNzaW9u\n";
        Ok(Some(note.as_bytes().to_vec()))
    }

    fn tile(&self, path: &str) -> Result<Option<Vec<u8>>, LogUnreadable> {
        Ok(matches!(path, "tile/0/000" | "tile/entries/000").then(|| vec![7; 64]))
    }

    fn receipt(&self, index: u64) -> Result<Option<String>, LogUnreadable> {
        Ok((index < 1_000).then(|| format!("c2sp.org/tlog-proof@v1\nindex {index}\n\nhub.example.org/log\n42\n")))
    }

    fn verifier_key(&self) -> String {
        "hub.example.org/log+033de0ae+AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=".to_owned()
    }
}
