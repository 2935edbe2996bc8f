//! Batches from their key to the destruction of their key.

use super::mandates::{Mandate, Mandates};
use super::{Findings, Line, Map, Replay};
use crate::limits::CLOCKS_APART_SECONDS_MAX;
use crate::violation::Kind;
use noroshi_leaf::{BatchOpened, BatchSealed, Digest, DisposalReason, Disposed};
use noroshi_model::{BatchId, MandateId, Micros, time::DAY, time::SECOND};
use std::collections::BTreeSet;

/// A batch as the log tells it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// What was registered when it began.
    pub opened: BatchOpened,
    /// When it began.
    pub at: Micros,
    /// Whether it is complete.
    pub sealed: bool,
    /// Whether its key is destroyed.
    pub destroyed: bool,
    /// The line that registered it.
    pub index: u64,
    /// First moment after its retention.
    retained_until: Micros,
    retain_days_max: u32,
}

/// All batches.
#[derive(Debug, Default)]
pub(super) struct Batches {
    all: Map<BatchId, Kept>,
    numbers: Map<(MandateId, String), u64>,
}

fn days_after(at: Micros, days: u32) -> Micros {
    Micros(at.0.saturating_add(i64::from(days).saturating_mul(DAY)))
}

impl Kept {
    /// Whether it may still be used at `at`: not destroyed, and its retention not over.
    pub fn is_kept_at(&self, at: Micros) -> bool {
        !self.destroyed && at < self.retained_until
    }

    /// When its keys must be gone at the latest.
    fn due(&self, mandate: Option<&Mandate>, disposal_max: i64) -> Micros {
        let end = mandate.and_then(Mandate::end).map_or(self.retained_until, |(end, _)| end);
        Micros(self.retained_until.min(end).0.saturating_add(disposal_max))
    }
}

impl Batches {
    pub(super) fn get(&self, batch: BatchId) -> Option<&Kept> {
        self.all.get(&batch)
    }

    /// What of `batches` an act on `mandate` may not touch.
    pub(super) fn usable(&self, line: Line, mandate: MandateId, batches: &BTreeSet<BatchId>, findings: &mut Findings) {
        for id in batches {
            match self.all.get(id) {
                Some(kept) if kept.opened.mandate == mandate => {
                    if kept.destroyed {
                        findings.add(Kind::UsedAfterDisposal, line.index, id.to_string());
                    } else if kept.retained_until <= line.at {
                        let found = format!("{id}, {}", kept.retained_until);
                        findings.add(Kind::UsedAfterRetention, line.index, found);
                    }
                }
                _ => findings.add(Kind::ActBatch, line.index, id.to_string()),
            }
        }
    }

    pub(super) fn overdue(&self, at: Micros, disposal_max: i64, mandates: &Mandates, findings: &mut Findings) {
        for (id, kept) in self.all.iter().filter(|(_, kept)| !kept.destroyed) {
            let due = kept.due(mandates.get(kept.opened.mandate), disposal_max);
            if due < at {
                findings.add(Kind::DisposalMissing, kept.index, format!("{id}, {due}"));
            }
        }
    }

    /// Whether the closing line of a mandate names all its batches and all are gone.
    pub(super) fn all_destroyed(
        &self,
        line: Line,
        mandate: MandateId,
        own: &[BatchId],
        said: (u64, Digest),
        findings: &mut Findings,
    ) {
        if let Some(left) = own.iter().find(|id| self.all.get(id).is_some_and(|kept| !kept.destroyed)) {
            findings.add(Kind::DisposalList, line.index, format!("{mandate}: {left}"));
        }
        let mut ids: Vec<_> = own.iter().map(ToString::to_string).collect();
        ids.sort_unstable();
        let list = Digest::of(ids.join("\n").as_bytes());
        if said != (own.len() as u64, list) {
            findings.add(Kind::DisposalList, line.index, format!("{mandate}: {} ≠ {}", said.0, own.len()));
        }
    }
}

impl Replay {
    pub(super) fn batch_opened(&mut self, line: Line, opened: BatchOpened) {
        let live = self.mandates.live(opened.mandate, line.at);
        let in_force = live.filter(|live| live.version == opened.version);
        if in_force.is_none() {
            let found = format!("{}, {}, {}", opened.batch, opened.mandate, opened.version);
            self.findings.add(Kind::BatchWithoutMandate, line.index, found);
        }
        let retain_days_max = in_force.map_or(0, |live| live.terms.retain_days_max);
        let key = (opened.mandate, opened.source.clone());
        let before = self.batches.numbers.insert(key, opened.number).unwrap_or_default();
        if opened.number != before.saturating_add(1) {
            let found = format!("`{}`: {before} → {}", opened.source, opened.number);
            self.findings.add(Kind::BatchNumber, line.index, found);
        }
        if self.batches.all.contains_key(&opened.batch) {
            return self.findings.add(Kind::BatchStep, line.index, opened.batch.to_string());
        }
        if let Some(mandate) = self.mandates.get_mut(opened.mandate) {
            mandate.batches.push(opened.batch);
        }
        let retained_until = days_after(line.at, retain_days_max);
        let (id, at, index) = (opened.batch, line.at, line.index);
        let kept = Kept { opened, at, sealed: false, destroyed: false, index, retained_until, retain_days_max };
        self.batches.all.insert(id, kept);
    }

    pub(super) fn batch_sealed(&mut self, line: Line, sealed: &BatchSealed) {
        let id = sealed.batch;
        let Some(kept) = self.batches.all.get_mut(&id) else {
            return self.findings.add(Kind::BatchStep, line.index, id.to_string());
        };
        if kept.destroyed {
            self.findings.add(Kind::UsedAfterDisposal, line.index, id.to_string());
        }
        if kept.sealed {
            self.findings.add(Kind::BatchStep, line.index, id.to_string());
        }
        if !sealed.adds_up() || sealed.from > sealed.until {
            self.findings.add(Kind::BatchBalance, line.index, format!("{id}: {}", sealed.received));
        }
        let granted = self.mandates.get(kept.opened.mandate).and_then(Mandate::granted);
        if let Some(granted) = granted
            && sealed.selected > granted.terms.selected_records_max
        {
            let found = format!("{id}: {} > {}", sealed.selected, granted.terms.selected_records_max);
            self.findings.add(Kind::BatchOverLimit, line.index, found);
        }
        kept.sealed = true;
        // Traffic cannot be from after it was sealed: a date in the future does not lengthen retention.
        kept.retained_until = days_after(sealed.until.min(line.at), kept.retain_days_max);
    }

    pub(super) fn disposed(&mut self, line: Line, disposed: &Disposed) {
        let said = &disposed.certificate.statement;
        let seal = self.roster.as_ref().map(|roster| roster.seal);
        let signed = disposed.certificate.check().ok();
        if signed.is_none() || signed != seal {
            let found = format!("{}, {}", said.mandate, disposed.certificate.by.key);
            return self.findings.add(Kind::DisposalForged, line.index, found);
        }
        if said.at.0 > line.at.0.saturating_add(CLOCKS_APART_SECONDS_MAX * SECOND) {
            self.findings.add(Kind::DisposalForged, line.index, format!("{} > {}", said.at, line.at));
        }
        let disposal_max = self.disposal_max();
        let mandate = self.mandates.get(said.mandate);
        let mut registered = BTreeSet::new();
        for id in &said.batches {
            let Some(kept) = self.batches.all.get_mut(id).filter(|kept| kept.opened.mandate == said.mandate) else {
                self.findings.add(Kind::DisposalStep, line.index, id.to_string());
                continue;
            };
            registered.insert(kept.opened.commission_share);
            if std::mem::replace(&mut kept.destroyed, true) {
                self.findings.add(Kind::DisposalStep, line.index, id.to_string());
            }
            let due = kept.due(mandate, disposal_max);
            if line.at > due {
                self.findings.add(Kind::DisposalLate, line.index, format!("{id}, {due} < {}", line.at));
            }
        }
        if registered != said.shares {
            let found = format!("{}: {} ≠ {}", said.mandate, said.shares.len(), registered.len());
            self.findings.add(Kind::DisposalShares, line.index, found);
        }
        let end = mandate.and_then(Mandate::end);
        let is_true = match disposed.reason {
            // Keeping for less than the longest time allowed is allowed.
            DisposalReason::RetentionEnded | DisposalReason::Ordered => true,
            DisposalReason::MandateExpired => end.is_some_and(|(at, revoked)| !revoked && at <= line.at),
            DisposalReason::MandateRevoked => end.is_some_and(|(at, revoked)| revoked && at <= line.at),
        };
        if !is_true {
            let found = format!("{}, {:?}", said.mandate, disposed.reason);
            self.findings.add(Kind::DisposalReason, line.index, found);
        }
    }
}
