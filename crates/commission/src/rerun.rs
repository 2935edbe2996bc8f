//! "Run this hour again" (再実行): the selection of a batch made again on this machine, from what was sealed with it.
//!
//! The figures a selection follows from lie encrypted beside the batch, and its line commits to them. The hub can hand
//! them over only against this commission's half of the key, and with an intent of its own in the log; here they are
//! opened in memory, run by the same code, compared byte for byte, and forgotten.

use crate::watch::Watch;
use noroshi_leaf::{BatchSealed, Commitment, Digest, Salt};
use noroshi_model::{BatchId, IntentId, Micros};
use noroshi_seal::DataKey;
use noroshi_select::{Before, Difference, Input, Selected, rerun};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use zeroize::Zeroizing;

/// Differences written down of one run; all are counted.
pub const DIFFERENCES_MAX: usize = 100;

/// Something a run found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// What was handed over is not what the batch's line commits to.
    OtherInput,
    /// It is, and does not open or read.
    Unreadable(String),
    /// It says it is of another batch or mandate.
    OtherBatch,
    /// The selection it says was used is not the one committed to.
    OtherSelection,
    /// What the figures select is not the one committed to.
    NotReproduced,
    /// Servers the mandate names differ from those of the request.
    OtherNames,
    /// What was selected before is not what the batch before ended with.
    OtherBefore,
    /// In the selection itself.
    Selection(Difference),
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Hours that were run.
    pub hours: u32,
    /// Servers the figures select at the end.
    pub servers: u64,
    /// What was found, the first [`DIFFERENCES_MAX`].
    pub found: Vec<Found>,
    /// How much was found.
    pub found_count: u64,
}

impl Outcome {
    fn of(hours: u32, servers: u64, mut found: Vec<Found>) -> Self {
        let found_count = found.len() as u64;
        found.truncate(DIFFERENCES_MAX);
        Self { hours, servers, found, found_count }
    }

    /// Whether the selection was reproduced, byte for byte.
    pub const fn equal(&self) -> bool {
        self.found_count == 0
    }
}

/// A step of an hour run again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A draw is announced: nobody knows yet which batch.
    Announced {
        /// When.
        at: Micros,
        /// Entries of the mirrored tree then.
        drawn_from: u64,
        /// Its number.
        number: u64,
    },
    /// A batch is asked for: chosen, or drawn.
    Asked {
        /// When.
        at: Micros,
        /// Which.
        batch: BatchId,
        /// Its number.
        number: u64,
        /// The seed that drew it, and the size of the tree whose root gave it.
        #[serde(default)]
        seed: Option<(Digest, u64)>,
    },
    /// There was nothing to draw from.
    Empty {
        /// Its number.
        number: u64,
    },
    /// It was run.
    Run {
        /// When.
        at: Micros,
        /// The hub's intent.
        intent: IntentId,
        /// Its number.
        number: u64,
        /// What it came to.
        outcome: Outcome,
    },
}

/// An hour run again, as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Reproduction {
    /// Its number.
    pub number: u64,
    /// When it was announced or asked for.
    pub at: Micros,
    /// Entries of the mirrored tree when a draw was announced.
    pub drawn_from: Option<u64>,
    /// Which batch, once that is known.
    pub batch: Option<BatchId>,
    /// The seed that drew it, and the size of the tree whose root gave it.
    pub seed: Option<(Digest, u64)>,
    /// Whether there was nothing to draw from.
    pub empty: bool,
    /// When it was run, and what it came to.
    pub run: Option<(Micros, Outcome)>,
}

/// Every one, by number.
pub fn standing(steps: &[Step]) -> Vec<Reproduction> {
    let mut all = BTreeMap::new();
    let begun = |number, at, drawn_from| Reproduction {
        number,
        at,
        drawn_from,
        batch: None,
        seed: None,
        empty: false,
        run: None,
    };
    for step in steps {
        match step {
            Step::Announced { at, drawn_from, number } => {
                all.insert(*number, begun(*number, *at, Some(*drawn_from)));
            }
            Step::Asked { at, batch, number, seed } => {
                let one = all.entry(*number).or_insert_with(|| begun(*number, *at, None));
                (one.batch, one.seed) = (Some(*batch), *seed);
            }
            Step::Empty { number } => {
                if let Some(one) = all.get_mut(number) {
                    one.empty = true;
                }
            }
            Step::Run { at, number, outcome, .. } => {
                if let Some(one) = all.get_mut(number) {
                    one.run = Some((*at, outcome.clone()));
                }
            }
        }
    }
    all.into_values().collect()
}

/// Opens what was handed over, makes the selection again, and holds it against the line of the batch.
///
/// `named` are the servers of the request the batch was collected under, where the commission has it.
pub fn run(
    sealed: &BatchSealed,
    key: &DataKey,
    ciphertext: &[u8],
    watch: &Watch,
    named: Option<BTreeSet<(IpAddr, Option<u16>)>>,
) -> Outcome {
    let nothing = |found| Outcome::of(0, 0, vec![found]);
    if BatchSealed::input_digest(&key.digest(), &Digest::of(ciphertext)) != sealed.input {
        return nothing(Found::OtherInput);
    }
    let mut plain = Zeroizing::new(Vec::with_capacity(ciphertext.len()));
    if let Err(error) = noroshi_seal::decrypt(key, sealed.batch.0.as_bytes(), ciphertext, &mut *plain) {
        return nothing(Found::Unreadable(error.to_string()));
    }
    match Input::from_bytes(&plain) {
        Ok(input) => held(sealed, &input, watch, named),
        Err(error) => nothing(Found::Unreadable(error.to_string())),
    }
}

fn held(sealed: &BatchSealed, input: &Input, watch: &Watch, named: Option<BTreeSet<(IpAddr, Option<u16>)>>) -> Outcome {
    let mut found = Vec::new();
    let opened = watch.replay().batch(sealed.batch).map(|kept| &kept.opened);
    let own = |opened: &noroshi_leaf::BatchOpened| {
        (opened.batch, opened.mandate, opened.version) == (input.batch, input.mandate, input.version)
    };
    if !opened.is_some_and(own) {
        found.push(Found::OtherBatch);
    }
    let said: BTreeSet<_> = input.named.iter().copied().collect();
    if named.map_or(!said.is_empty(), |named| named != said) {
        found.push(Found::OtherNames);
    }
    if input.before.as_ref().is_some_and(|before| !is_before(before, sealed.batch, watch)) {
        found.push(Found::OtherBefore);
    }
    if !commits(sealed.selection, &input.selected, input.salt) {
        found.push(Found::OtherSelection);
    }
    let again = rerun(input);
    if !commits(sealed.selection, &again.selected, input.salt) {
        found.push(Found::NotReproduced);
    }
    found.extend(again.differences.into_iter().map(Found::Selection));
    Outcome::of(again.hours, again.selected.selectors.len() as u64, found)
}

fn commits(commitment: Commitment, selected: &Selected, salt: [u8; 32]) -> bool {
    commitment.opens(selected.fingerprint().as_bytes(), &Salt(Digest(salt)))
}

/// Whether this is what an earlier batch of the same mandate and source ended with.
fn is_before(before: &Before, batch: BatchId, watch: &Watch) -> bool {
    let opened = |batch| watch.replay().batch(batch).map(|kept| &kept.opened);
    let (Some(earlier), Some(own)) = (opened(before.batch), opened(batch)) else { return false };
    let same = earlier.mandate == own.mandate && earlier.source == own.source && earlier.number < own.number;
    same && watch.sealed(before.batch).is_some_and(|line| commits(line.selection, &before.selected, before.salt))
}
