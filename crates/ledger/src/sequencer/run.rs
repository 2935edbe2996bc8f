//! The sequencer's thread.

use std::ops::Range;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use super::{NotAcknowledged, Pace, Receipt, Refusal, Shared, State, Status, Waiting};
use crate::head::Head;
use crate::log::{Log, LogError, Standing};
use crate::note::Note;
use crate::offer::{Offer, Witnesses};
use crate::policy::Policy;

pub(super) struct Runner {
    pub(super) log: Log,
    pub(super) witnesses: Box<dyn Witnesses>,
    pub(super) policy: Policy,
    pub(super) pace: Pace,
    pub(super) shared: Arc<Shared>,
}

impl Runner {
    pub(super) fn run(&mut self) {
        let mut batch_began = Instant::now();
        loop {
            if let Err(refusal) = self.settle() {
                let hopeless = matches!(refusal, Refusal::Stopped(_) | Refusal::Behind { .. });
                self.refuse(refusal);
                if self.pause(hopeless) {
                    return;
                }
                continue;
            }
            self.shared.lock().status = Status::Open;
            self.shared.changed.notify_all();
            let Some(batch) = self.gather(batch_began) else { return };
            batch_began = Instant::now();
            self.write(batch);
        }
    }

    /// Brings the log to where everything in it is signed and cosigned. Does nothing when it is there.
    fn settle(&mut self) -> Result<(), Refusal> {
        if self.log.standing() != Standing::Confirmed {
            let cosigned = self.cosigned()?;
            self.log.confirm(&cosigned, &self.policy).map_err(refusal)?;
            self.tell_published(cosigned);
        }
        let published = self.shared.lock().published.as_ref().map(|(_, head)| head.size);
        if published != Some(self.log.size()) {
            self.publish()?;
        }
        Ok(())
    }

    /// Signs what was appended, has it cosigned, publishes it.
    fn publish(&mut self) -> Result<(Note, Head), Refusal> {
        self.log.checkpoint().map_err(refusal)?;
        let cosigned = self.cosigned()?;
        self.log.publish(&cosigned, &self.policy).map_err(refusal)?;
        self.tell_published(cosigned.clone());
        Ok((cosigned, self.log.signed_head().clone()))
    }

    fn tell_published(&self, cosigned: Note) {
        self.shared.lock().published = Some((cosigned, self.log.signed_head().clone()));
    }

    /// The last signed checkpoint with cosignatures the policy believes, or why not.
    fn cosigned(&mut self) -> Result<Note, Refusal> {
        if let Some(why) = self.log.stopped() {
            return Err(Refusal::Stopped(why.to_owned()));
        }
        let head = self.log.signed_head().clone();
        let offer = Offer { checkpoint: self.log.signed().clone(), reader: self.log.reader().resized(head.size), head };
        let collected = self.witnesses.collect(&offer, &self.policy, self.pace.quorum_limit);
        if let Some(witness_size) = collected.seen_larger {
            self.log.witness_has_seen(witness_size);
            return Err(Refusal::Behind { witness_size });
        }
        let trimmed = self.policy.trimmed(&collected.checkpoint);
        match self.policy.check(&trimmed) {
            Ok(_) => Ok(trimmed),
            Err(error) => {
                let reasons = std::iter::once(error.to_string()).chain(collected.failures);
                Err(Refusal::NoQuorum { why: reasons.collect::<Vec<_>>().join("; ") })
            }
        }
    }

    /// Waits for entries, and until the interval is over or a batch is full. `None` when closing and nothing waits.
    fn gather(&self, batch_began: Instant) -> Option<Vec<Waiting>> {
        let idle = |state: &mut State| state.queue.is_empty() && !state.closing;
        let state = self.shared.changed.wait_while(self.shared.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let left = self.pace.interval.saturating_sub(batch_began.elapsed());
        let filling = |state: &mut State| state.queue.len() < self.pace.batch_entries_max && !state.closing;
        let filled = self.shared.changed.wait_timeout_while(state, left, filling);
        let mut state = filled.unwrap_or_else(PoisonError::into_inner).0;
        let count = state.queue.len().min(self.pace.batch_entries_max);
        (count > 0).then(|| state.queue.drain(..count).collect())
    }

    /// One batch from entries to receipts. When it fails, entries are refused before anybody is told, so that nobody who
    /// was told can get another one in.
    fn write(&mut self, batch: Vec<Waiting>) {
        let (entries, callers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.entry, waiting.then)).unzip();
        let appended = self.log.append_batch(&entries).map_err(refusal);
        let receipts = match &appended {
            Ok(range) => self.receipts(range.clone()),
            Err(why) => Err(why.clone()),
        };
        match receipts {
            Ok(receipts) => callers.into_iter().zip(receipts).for_each(|(then, receipt)| then(Ok(receipt))),
            Err(why) => {
                self.refuse(why.clone());
                let first = appended.ok().map(|range| range.start);
                for (position, then) in (0..).zip(callers) {
                    let index = first.map(|first| first + position);
                    then(Err(NotAcknowledged { index, why: why.clone() }));
                }
            }
        }
    }

    fn receipts(&mut self, range: Range<u64>) -> Result<Vec<Receipt>, Refusal> {
        let (checkpoint, head) = self.publish()?;
        let proofs = self.log.reader().resized(head.size).inclusions(range.clone());
        let proofs = proofs.map_err(|error| Refusal::Stopped(format!("cannot read the proof back: {error}")))?;
        let receipt = |(index, proof)| Receipt { index, proof, checkpoint: checkpoint.clone(), extra: None };
        Ok(range.zip(proofs).map(receipt).collect())
    }

    /// Refuses from now on, and whoever waits.
    fn refuse(&self, why: Refusal) {
        let mut state = self.shared.lock();
        state.status = Status::Refusing(why.clone());
        let waiting = std::mem::take(&mut state.queue);
        drop(state);
        self.shared.changed.notify_all();
        waiting.into_iter().for_each(|waiting| (waiting.then)(Err(NotAcknowledged { index: None, why: why.clone() })));
    }

    /// Waits before the next attempt; for ever when there is no hope. Whether it is time to end.
    fn pause(&self, hopeless: bool) -> bool {
        let open = |state: &mut State| !state.closing;
        let state = self.shared.lock();
        let state = if hopeless {
            self.shared.changed.wait_while(state, open).unwrap_or_else(PoisonError::into_inner)
        } else {
            self.shared
                .changed
                .wait_timeout_while(state, self.pace.retry, open)
                .unwrap_or_else(PoisonError::into_inner)
                .0
        };
        state.closing
    }
}

fn refusal(error: LogError) -> Refusal {
    match error {
        LogError::Behind { witness_size, .. } => Refusal::Behind { witness_size },
        LogError::Unconfirmed | LogError::NotBelieved(_) => Refusal::NoQuorum { why: error.to_string() },
        other => Refusal::Stopped(other.to_string()),
    }
}
