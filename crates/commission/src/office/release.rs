//! Key release: the commission's shares, against the receipt of an intent that names the batches.
//!
//! This is what makes an act off the record impossible and not only visible: without a line in the mirrored log there
//! is no key.

use super::{Office, ReleaseRecord};
use crate::own_log::Deed;
use crate::problem::Problem;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use noroshi_leaf::{Body, Intent, Leaf};
use noroshi_ledger::Receipt;
use noroshi_model::{BatchId, IntentId, Micros, time::SECOND};
use noroshi_seal::{RecipientKey, Share};
use serde::Serialize;

/// What a release's envelopes are for.
pub const RELEASE_INFO: &str = "noroshi/release/v1";

/// One share, sealed to the key made for this release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SealedShare {
    /// Of which batch.
    pub batch: BatchId,
    /// The envelope, base64.
    pub share: String,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Released {
    /// Against which intent.
    pub intent: IntentId,
    /// Counts up from 1 without a gap.
    pub number: u64,
    /// The shares, by batch.
    pub shares: Vec<SealedShare>,
}

impl Office {
    /// Releases the shares of the batches that an intent names, once.
    ///
    /// # Errors
    /// [`Problem`] with a code of `release.…`.
    pub fn release(&mut self, receipt: &[u8], leaf: &[u8], to: &[u8], now: Micros) -> Result<Released, Problem> {
        let to = RecipientKey::from_bytes(to).map_err(|error| Problem::new(422, "release.key", error.to_string()))?;
        let (line, intent) = self.proven(receipt, leaf)?;
        self.fresh(&line, &intent, now)?;
        let shares = self.shares_of(&intent, now)?;
        if self.released.contains(&intent.intent) {
            return Err(Problem::new(409, "release.used", format!("intent {} was released before", intent.intent)));
        }
        let mut sealed = Vec::new();
        for (batch, share) in &shares {
            let aad = [&intent.intent.0.as_bytes()[..], batch.0.as_bytes()].concat();
            let envelope = to
                .seal(RELEASE_INFO, &aad, share.bytes(), &mut self.rng)
                .map_err(|error| Problem::new(422, "release.key", error.to_string()))?;
            sealed.push(SealedShare { batch: *batch, share: BASE64_STANDARD.encode(envelope) });
        }
        let number = self.releases.all().len() as u64 + 1;
        let batches = intent.batches.clone();
        let record = ReleaseRecord { at: now, batches: batches.clone(), intent: intent.intent, number };
        self.releases.add(record).map_err(|error| Problem::own(&error))?;
        self.released.insert(intent.intent);
        self.deed(now, Deed::Released { batches, intent: intent.intent, number })?;
        Ok(Released { intent: intent.intent, number, shares: sealed })
    }

    /// The intent, once the receipt proves its line and the mirror has it.
    fn proven(&self, receipt: &[u8], bytes: &[u8]) -> Result<(Leaf, Intent), Problem> {
        let bad = |why: String| Problem::new(422, "release.receipt", why);
        let receipt = Receipt::parse(receipt).map_err(|error| bad(error.to_string()))?;
        receipt.verify(bytes, &self.given.policy).map_err(|error| bad(error.to_string()))?;
        let leaf =
            Leaf::from_bytes(bytes).map_err(|error| Problem::new(422, "release.not_an_intent", error.to_string()))?;
        let Body::Intent(intent) = &leaf.body else {
            return Err(Problem::new(422, "release.not_an_intent", "the line is not an intent"));
        };
        let intent = (**intent).clone();
        let mirrored = self.watch.entry(receipt.index).map_err(|error| Problem::own(&error))?;
        if mirrored.as_deref() != Some(bytes) {
            let why = "the line does not stand at that index of the mirror";
            return Err(Problem::new(409, "release.not_mirrored", why));
        }
        Ok((leaf, intent))
    }

    fn fresh(&self, leaf: &Leaf, intent: &Intent, now: Micros) -> Result<(), Problem> {
        let max = i64::from(self.given.release_seconds_max) * SECOND;
        if now.0.saturating_sub(leaf.at.0).abs() > max || now > intent.deadline {
            let why = format!("the line is from {}, its deadline {}; it is {now}", leaf.at, intent.deadline);
            return Err(Problem::new(403, "release.stale", why));
        }
        if !self.watch.replay().is_open(intent.intent) {
            return Err(Problem::new(403, "release.closed", "the intent is closed"));
        }
        let live = self.watch.replay().live(intent.mandate, now);
        if live.is_none_or(|live| live.version != intent.version) {
            let why = format!("version {} of mandate {} is not live at {now}", intent.version, intent.mandate);
            return Err(Problem::new(403, "release.no_mandate", why));
        }
        Ok(())
    }

    fn shares_of(&self, intent: &Intent, now: Micros) -> Result<Vec<(BatchId, Share)>, Problem> {
        if intent.batches.is_empty() {
            return Err(Problem::new(403, "release.batch", "the intent names no batch"));
        }
        let mut shares = Vec::new();
        for batch in &intent.batches {
            if self.destroyed.contains_key(batch) {
                return Err(Problem::new(410, "release.destroyed", format!("the share of {batch} was destroyed")));
            }
            let kept = self.watch.replay().batch(*batch);
            if kept.is_none_or(|kept| kept.opened.mandate != intent.mandate || !kept.is_kept_at(now)) {
                let why = format!("{batch} is not a batch of this mandate that may still be used");
                return Err(Problem::new(403, "release.batch", why));
            }
            let Some(share) = self.vault.share(*batch).map_err(|error| Problem::own(&error))? else {
                return Err(Problem::new(409, "release.no_share", format!("no share of {batch} was deposited")));
            };
            shares.push((*batch, share));
        }
        Ok(shares)
    }
}
