//! Inspection: findings and their answers, samples by a seed nobody chose, canaries, hours run again.

use crate::problem::Problem;
use crate::records::Records;
use crate::rerun::{self, Reproduction, Step};
use crate::text::Text;
use noroshi_leaf::body::InspectionStep;
use noroshi_leaf::{Commitment, Digest};
use noroshi_ledger::Hash;
use noroshi_model::{HuntId, Micros};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// A finding or recommendation of the commission, or the hub's answer to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// When it was written, by the commission's clock.
    pub at: Micros,
    /// When an answer is due.
    #[serde(default)]
    pub due: Option<Micros>,
    /// The hunt it is about, if one.
    #[serde(default)]
    pub hunt: Option<HuntId>,
    /// Its number; an answer has that of what it answers.
    pub number: u64,
    /// What it is.
    pub step: InspectionStep,
    /// Its text.
    pub text: Text,
}

/// A step of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleStep {
    /// Announced: the seed is not known to anybody yet.
    Announced {
        /// When.
        at: Micros,
        /// Lines to draw.
        count: u64,
        /// Entries of the mirrored tree then.
        drawn_from: u64,
        /// Its number.
        number: u64,
    },
    /// Drawn, by the root of a later tree.
    Drawn {
        /// The lines.
        indexes: Vec<u64>,
        /// Its number.
        number: u64,
        /// The seed.
        seed: Digest,
        /// Entries of the tree whose root gave the seed.
        seed_from: u64,
    },
}

/// A sample as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// Its number.
    pub number: u64,
    /// When it was announced.
    pub at: Micros,
    /// Lines to draw.
    pub count: u64,
    /// Entries of the mirrored tree then.
    pub drawn_from: u64,
    /// Entries of the tree whose root gave the seed.
    pub seed_from: Option<u64>,
    /// The seed.
    pub seed: Option<Digest>,
    /// The lines drawn.
    pub indexes: Vec<u64>,
}

/// A question planted by the commission, whose trace must be found in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canary {
    /// When it was planted.
    pub at: Micros,
    /// By when its trace must be there.
    pub due: Micros,
    /// The commitment its intent must carry.
    pub scope: Commitment,
    /// What was planted, for the commission's eyes.
    pub note: String,
}

/// The seed of a sample: SHA-256 over the words `noroshi/sample/v1`, its number, and the root of a later tree.
pub fn seed(number: u64, root: &Hash) -> Digest {
    seed_for("noroshi/sample/v1", number, root)
}

/// The seed of anything drawn: `what` it is for, its number, and the root of a later tree.
pub fn seed_for(what: &str, number: u64, root: &Hash) -> Digest {
    let mut hash = Sha256::new();
    hash.update(format!("{what}\n{number}\n"));
    hash.update(root.0);
    Digest(hash.finalize().into())
}

/// Draws `count` of `candidates` without putting back, as `docs/commission.md` says.
pub fn draw(seed: &Digest, candidates: &[u64], count: u64) -> Vec<u64> {
    let mut left = candidates.to_vec();
    let mut drawn = Vec::new();
    for number in 0..count {
        let Some(size) = u64::try_from(left.len()).ok().filter(|size| *size > 0) else { break };
        let hash = Sha256::new().chain_update(seed.0).chain_update(number.to_be_bytes()).finalize();
        let word = hash.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        drawn.push(left.remove(usize::try_from(word % size).unwrap_or_default()));
    }
    drawn.sort_unstable();
    drawn
}

/// Everything about inspections.
#[derive(Debug)]
pub struct Inspections {
    items: Records<Item>,
    samples: Records<SampleStep>,
    canaries: Records<Canary>,
    reproductions: Records<Step>,
}

impl Inspections {
    /// Inspections from their records.
    pub const fn new(
        items: Records<Item>,
        samples: Records<SampleStep>,
        canaries: Records<Canary>,
        reproductions: Records<Step>,
    ) -> Self {
        Self { items, samples, canaries, reproductions }
    }

    /// Findings, recommendations and answers, oldest first.
    pub fn items(&self) -> &[Item] {
        self.items.all()
    }

    /// The number the next finding or recommendation gets.
    pub fn next_number(&self) -> u64 {
        self.items.all().iter().map(|item| item.number).max().unwrap_or_default() + 1
    }

    /// Keeps a finding, recommendation or answer.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn keep(&mut self, item: Item) -> Result<(), Problem> {
        if !item.text.is_given() {
            return Err(Problem::new(422, "inspection.text", "a text must be given, not longer than the limit"));
        }
        let known = |step| self.items.all().iter().any(|old| old.number == item.number && old.step == step);
        if item.step == InspectionStep::Answer {
            if !known(InspectionStep::Finding) && !known(InspectionStep::Recommendation) {
                return Err(Problem::new(404, "inspection.unknown", "there is no such finding or recommendation"));
            }
            if known(InspectionStep::Answer) {
                return Err(Problem::new(409, "inspection.answered", "it is answered already"));
            }
        }
        self.items.add(item).map_err(|error| Problem::own(&error))
    }

    /// Samples as they stand.
    pub fn samples(&self) -> Vec<Sample> {
        let mut samples = BTreeMap::new();
        for step in self.samples.all() {
            match step {
                SampleStep::Announced { at, count, drawn_from, number } => {
                    let (at, count, drawn_from, number) = (*at, *count, *drawn_from, *number);
                    let indexes = Vec::new();
                    samples
                        .insert(number, Sample { number, at, count, drawn_from, seed_from: None, seed: None, indexes });
                }
                SampleStep::Drawn { indexes, number, seed, seed_from } => {
                    if let Some(sample) = samples.get_mut(number) {
                        sample.indexes.clone_from(indexes);
                        (sample.seed, sample.seed_from) = (Some(*seed), Some(*seed_from));
                    }
                }
            }
        }
        samples.into_values().collect()
    }

    /// Keeps a step of a sample.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn sample(&mut self, step: SampleStep) -> Result<(), Problem> {
        self.samples.add(step).map_err(|error| Problem::own(&error))
    }

    /// Canaries, oldest first.
    pub fn canaries(&self) -> &[Canary] {
        self.canaries.all()
    }

    /// Plants a canary.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn plant(&mut self, canary: Canary) -> Result<(), Problem> {
        self.canaries.add(canary).map_err(|error| Problem::own(&error))
    }

    /// Hours run again, as they stand.
    pub fn reproductions(&self) -> Vec<Reproduction> {
        rerun::standing(self.reproductions.all())
    }

    /// Keeps a step of an hour run again.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn reproduction(&mut self, step: Step) -> Result<(), Problem> {
        self.reproductions.add(step).map_err(|error| Problem::own(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_is_decided_by_its_seed_alone_and_puts_nothing_back() {
        let candidates: Vec<u64> = (0..100).map(|n| n * 3).collect();
        let root = Hash([7; 32]);
        let drawn = draw(&seed(1, &root), &candidates, 10);
        assert_eq!(drawn, draw(&seed(1, &root), &candidates, 10));
        assert_ne!(drawn, draw(&seed(2, &root), &candidates, 10));
        assert_ne!(drawn, draw(&seed(1, &Hash([8; 32])), &candidates, 10));
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]) && drawn.iter().all(|n| candidates.contains(n)));
        assert_eq!(draw(&seed(1, &root), &candidates, 1_000), candidates);
        assert!(draw(&seed(1, &root), &[], 5).is_empty());
    }
}
