//! What the board and its inspectors do: findings, samples, canaries.

use super::Office;
use crate::inspect::{Canary, Item, SampleStep, draw, seed};
use crate::limits::SAMPLE_MAX;
use crate::own_log::Deed;
use crate::problem::Problem;
use crate::text::Text;
use noroshi_leaf::body::InspectionStep;
use noroshi_leaf::{Body, Commitment, Leaf, Salt};
use noroshi_model::{HuntId, Micros};
use serde::{Deserialize, Serialize};

/// What the hub shows of one line of a sample.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// Which line.
    pub index: u64,
    /// What its commitment hides, base64.
    pub payload: String,
    /// The salt of the commitment.
    pub salt: Salt,
}

/// Lines of a sample that did not open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotShown {
    /// Drawn, and not shown.
    pub missing: Vec<u64>,
    /// Shown, and not what the commitment says.
    pub wrong: Vec<u64>,
}

impl Office {
    /// Writes a finding or a recommendation.
    ///
    /// # Errors
    /// [`Problem`] with a code of `inspection.…`.
    pub fn find(
        &mut self,
        step: InspectionStep,
        text: &str,
        due: Option<Micros>,
        hunt: Option<HuntId>,
        now: Micros,
    ) -> Result<u64, Problem> {
        let number = self.inspections.next_number();
        let text = Text::written(text, &mut self.rng);
        let said = text.commitment();
        self.inspections.keep(Item { at: now, due, hunt, number, step, text })?;
        self.deed(now, Deed::Inspected { number, text: said })?;
        Ok(number)
    }

    /// Takes in the hub's answer, which must stand in the log.
    ///
    /// # Errors
    /// [`Problem`] with a code of `inspection.…`.
    pub fn answered(&mut self, number: u64, text: Text, now: Micros) -> Result<(), Problem> {
        if !self.watch.has_answer(number, text.commitment()) {
            let why = "the mirrored log has no such answer; write it there first";
            return Err(Problem::new(409, "inspection.not_in_log", why));
        }
        self.inspections.keep(Item { at: now, due: None, hunt: None, number, step: InspectionStep::Answer, text })
    }

    /// Announces a sample of `count` intents; its seed is not known to anybody yet.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn announce(&mut self, count: u64, now: Micros) -> Result<u64, Problem> {
        if count == 0 || count > SAMPLE_MAX {
            return Err(Problem::new(422, "sample.count", format!("a sample has 1 to {SAMPLE_MAX} lines")));
        }
        let number = self.inspections.samples().len() as u64 + 1;
        let (drawn_from, _) = self.watch.mirrored();
        self.inspections.sample(SampleStep::Announced { at: now, count, drawn_from, number })?;
        self.deed(now, Deed::Announced { count, drawn_from, number })?;
        Ok(number)
    }

    /// Draws every sample whose seed is known now: the root of the first tree mirrored after its announcement.
    pub(super) fn draw_samples(&mut self) -> Result<(), Problem> {
        let (size, root) = self.watch.mirrored();
        for sample in self.inspections.samples() {
            if sample.seed.is_some() || size <= sample.drawn_from {
                continue;
            }
            let seed = seed(sample.number, &root);
            let indexes = draw(&seed, self.watch.intents_below(sample.drawn_from), sample.count);
            self.inspections.sample(SampleStep::Drawn { indexes, number: sample.number, seed, seed_from: size })?;
        }
        Ok(())
    }

    /// Holds what the hub shows of a sample against the commitments in the log.
    ///
    /// # Errors
    /// [`Problem`] with a code of `sample.…`.
    pub fn shown(&self, number: u64, opened: &[Opened]) -> Result<NotShown, Problem> {
        let samples = self.inspections.samples();
        let Some(sample) = samples.iter().find(|sample| sample.number == number && sample.seed.is_some()) else {
            return Err(Problem::new(404, "sample.unknown", "there is no such sample, or it is not drawn yet"));
        };
        let mut not = NotShown { missing: Vec::new(), wrong: Vec::new() };
        for index in &sample.indexes {
            match opened.iter().find(|opened| opened.index == *index) {
                None => not.missing.push(*index),
                Some(opened) if !self.opens(*index, opened)? => not.wrong.push(*index),
                Some(_) => {}
            }
        }
        Ok(not)
    }

    fn opens(&self, index: u64, opened: &Opened) -> Result<bool, Problem> {
        use base64::prelude::{BASE64_STANDARD, Engine as _};
        let entry = self.watch.entry(index).map_err(|error| Problem::own(&error))?;
        let leaf = entry.and_then(|entry| Leaf::from_bytes(&entry).ok());
        let payload = BASE64_STANDARD.decode(&opened.payload).ok();
        Ok(match (leaf.map(|leaf| leaf.body), payload) {
            (Some(Body::Intent(intent)), Some(payload)) => intent.scope.opens(&payload, &opened.salt),
            _ => false,
        })
    }

    /// Plants a canary: a question whose commitment must be found in an intent by `due`.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn plant(&mut self, scope: Commitment, note: String, due: Micros, now: Micros) -> Result<(), Problem> {
        if note.chars().count() > crate::limits::TEXT_CHARS_MAX {
            return Err(Problem::new(422, "canary.note", "the note is too long"));
        }
        self.inspections.plant(Canary { at: now, due, note, scope })
    }
}
