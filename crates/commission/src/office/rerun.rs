//! A batch is chosen or drawn, the hub hands over what its selection followed from, and it is made again here.

use super::Office;
use crate::inspect::{draw, seed_for};
use crate::own_log::Deed;
use crate::problem::Problem;
use crate::rerun::{Outcome, Reproduction, Step, run};
use noroshi_leaf::{Body, GovernedAct, Leaf};
use noroshi_model::{BatchId, IntentId, Micros};
use noroshi_seal::DataKey;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What a draw's seed is for.
const SEED: &str = "noroshi/rerun/v1";
/// What the envelope with an input's key is for.
const KEY_INFO: &str = "noroshi/rerun-key/v1";

impl Office {
    /// Asks for a batch to be run again.
    ///
    /// # Errors
    /// [`Problem`] with a code of `reproduction.…`.
    pub fn ask_again(&mut self, batch: BatchId, now: Micros) -> Result<u64, Problem> {
        if self.watch.sealed(batch).is_none() {
            return Err(Problem::new(404, "reproduction.unknown", "the mirror has no sealed batch of that id"));
        }
        if self.destroyed.contains_key(&batch) {
            return Err(Problem::new(
                410,
                "reproduction.destroyed",
                "its key is destroyed: nobody can read it any more",
            ));
        }
        let number = self.next_reproduction();
        self.inspections.reproduction(Step::Asked { at: now, batch, number, seed: None })?;
        self.deed(now, Deed::AskedAgain { batch, number })?;
        Ok(number)
    }

    /// Announces that a batch will be drawn; nobody knows yet which.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn announce_again(&mut self, now: Micros) -> Result<u64, Problem> {
        let (number, (drawn_from, _)) = (self.next_reproduction(), self.watch.mirrored());
        self.inspections.reproduction(Step::Announced { at: now, drawn_from, number })?;
        self.deed(now, Deed::AnnouncedAgain { drawn_from, number })?;
        Ok(number)
    }

    fn next_reproduction(&self) -> u64 {
        self.inspections.reproductions().last().map_or(1, |last| last.number + 1)
    }

    /// Draws every batch whose seed is known now: the root of the first tree mirrored after the announcement.
    pub(super) fn draw_batches(&mut self, now: Micros) -> Result<(), Problem> {
        let (size, root) = self.watch.mirrored();
        for one in self.inspections.reproductions() {
            let Some(from) = one.drawn_from.filter(|from| one.batch.is_none() && !one.empty && size > *from) else {
                continue;
            };
            let (seed, candidates) = (seed_for(SEED, one.number, &root), self.watch.sealed_below(from));
            let lines: Vec<u64> = candidates.iter().map(|(line, _)| *line).collect();
            let drawn = draw(&seed, &lines, 1);
            let batch = candidates.iter().find(|(line, _)| drawn.contains(line)).map(|(_, batch)| *batch);
            let number = one.number;
            self.inspections.reproduction(match batch {
                Some(batch) => Step::Asked { at: now, batch, number, seed: Some((seed, size)) },
                None => Step::Empty { number },
            })?;
        }
        Ok(())
    }

    /// What waits for the hub: batches whose keys may still be released.
    pub fn asked_again(&self, now: Micros) -> Vec<(u64, BatchId)> {
        let open = |one: Reproduction| one.batch.filter(|_| one.run.is_none()).map(|batch| (one.number, batch));
        let may = |(_, batch): &(u64, BatchId)| {
            let kept = self.watch.replay().batch(*batch).filter(|kept| kept.is_kept_at(now));
            kept.is_some_and(|kept| self.watch.replay().live(kept.opened.mandate, now).is_some())
                && !self.destroyed.contains_key(batch)
        };
        self.inspections.reproductions().into_iter().filter_map(open).filter(may).collect()
    }

    /// Makes the selection of a batch again from what the hub hands over: `ciphertext` as it lies, `key` an envelope
    /// to this commission, `intent` the one against which the half of the key was released.
    ///
    /// # Errors
    /// [`Problem`] with a code of `reproduction.…`; that something differs is no error, but the outcome.
    pub fn run_again(
        &mut self,
        number: u64,
        intent: IntentId,
        key: &[u8],
        ciphertext: &[u8],
        now: Micros,
    ) -> Result<Outcome, Problem> {
        let asked = self.inspections.reproductions().into_iter().find(|one| one.number == number);
        let Some((batch, one)) = asked.and_then(|one| Some((one.batch?, one))) else {
            return Err(Problem::new(404, "reproduction.unknown", "nothing was asked for under that number"));
        };
        if one.run.is_some() {
            return Err(Problem::new(409, "reproduction.done", "it was run already; ask for it again"));
        }
        self.intended(intent, batch)?;
        let aad = [batch.0.as_bytes().as_slice(), intent.0.as_bytes()].concat();
        let key = DataKey::opened(&self.keys.recipient, KEY_INFO, &aad, key)
            .map_err(|error| Problem::new(422, "reproduction.key", error.to_string()))?;
        let Some(sealed) = self.watch.sealed(batch) else {
            return Err(Problem::new(404, "reproduction.unknown", "the mirror has no sealed batch of that id"));
        };
        let outcome = run(sealed, &key, ciphertext, &self.watch, self.named(batch));
        let step = Step::Run { at: now, intent, number, outcome: outcome.clone() };
        self.inspections.reproduction(step)?;
        self.deed(now, Deed::Reproduced { batch, equal: outcome.equal() })?;
        Ok(outcome)
    }

    /// Whether the mirror has this intent, to run this batch again, and the half of the key was released against it.
    fn intended(&self, intent: IntentId, batch: BatchId) -> Result<(), Problem> {
        let why = "the mirrored log has no intent to run this batch again against which a key was released";
        let released = self.releases.all().iter().rev().find(|release| release.intent == intent);
        if !released.is_some_and(|release| release.batches.contains(&batch)) {
            return Err(Problem::new(409, "reproduction.intent", why));
        }
        let line = self.watch.intent_at(intent).map(|index| self.watch.entry(index)).transpose();
        let line = line.map_err(|error| Problem::own(&error))?.flatten();
        match line.and_then(|bytes| Leaf::from_bytes(&bytes).ok()).map(|leaf| leaf.body) {
            Some(Body::Intent(found)) if found.act == GovernedAct::Reproduce => Ok(()),
            _ => Err(Problem::new(409, "reproduction.intent", why)),
        }
    }

    /// The servers named by the request a batch was collected under.
    fn named(&self, batch: BatchId) -> Option<BTreeSet<(IpAddr, Option<u16>)>> {
        let opened = &self.watch.replay().batch(batch)?.opened;
        let request = self.ballots.request(opened.mandate, opened.version)?;
        Some(request.selectors.iter().map(|selector| (selector.address, selector.port)).collect())
    }
}
