//! A bundle: a folder with a copy of a log, authenticated and judged in one pass.
//!
//! The folder holds `checkpoint` and `tile/…` as C2SP tlog-tiles lays them out. The ledger hashes entries on some
//! threads, lines are decoded on others, and the rules are applied in order on the caller's thread.

use crate::keys::Keys;
use crate::replay::Replay;
use crate::violation::Violation;
use noroshi_leaf::{Leaf, LeafError};
use noroshi_ledger::audit::{AuditError, audit};
use noroshi_ledger::disk::Files;
use noroshi_model::{Micros, time::SECOND};
use serde::Serialize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Lines that travel together between threads.
const PARCEL_LINES: usize = 2_048;
/// Parcels that may wait on each thread.
const AHEAD: usize = 4;

/// What came of a bundle that could be authenticated.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// The log.
    pub origin: String,
    /// Lines judged: all that were signed.
    pub lines: u64,
    /// The moment it was judged for.
    pub at: Micros,
    /// Who cosigned the checkpoint, by the policy's names.
    pub cosigned: Vec<String>,
    /// Violations, by line; at most [`crate::limits::VIOLATIONS_MAX`] of those found in lines.
    pub violations: Vec<Violation>,
    /// How many were found, those not listed included.
    pub violations_count: u64,
}

/// Lines on their way to a decoder: their bytes, one after the other, and where each ends.
#[derive(Default)]
struct Parcel {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

type Decoded = Vec<Result<Leaf, LeafError>>;

impl Parcel {
    fn decoded(self) -> Decoded {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| Leaf::from_bytes(&self.bytes[start..end])).collect()
    }
}

/// Decoding threads, fed and read in turn, so that lines come back in order.
struct Decoders {
    lanes: Vec<(SyncSender<Parcel>, Receiver<Decoded>)>,
    sent: usize,
    taken: usize,
    filling: Parcel,
}

impl Decoders {
    fn start<'scope>(scope: &'scope std::thread::Scope<'scope, '_>, threads: usize) -> Self {
        let lane = |_| {
            let (send, parcels) = sync_channel::<Parcel>(AHEAD);
            let (answer, decoded) = sync_channel(AHEAD);
            scope.spawn(move || {
                for parcel in parcels {
                    if answer.send(parcel.decoded()).is_err() {
                        return;
                    }
                }
            });
            (send, decoded)
        };
        Self { lanes: (0..threads.max(1)).map(lane).collect(), sent: 0, taken: 0, filling: Parcel::default() }
    }

    fn push(&mut self, entry: &[u8], judge: &mut impl FnMut(Decoded)) {
        self.filling.bytes.extend_from_slice(entry);
        self.filling.ends.push(self.filling.bytes.len());
        if self.filling.ends.len() == PARCEL_LINES {
            self.send(judge);
        }
    }

    fn send(&mut self, judge: &mut impl FnMut(Decoded)) {
        // Each lane holds at most `AHEAD` parcels unread: neither side can wait for the other for ever.
        while self.sent - self.taken >= self.lanes.len() * AHEAD {
            self.take(judge);
        }
        let parcel = std::mem::take(&mut self.filling);
        let lane = self.sent % self.lanes.len();
        if self.lanes[lane].0.send(parcel).is_ok() {
            self.sent += 1;
        }
    }

    fn take(&mut self, judge: &mut impl FnMut(Decoded)) {
        let lane = self.taken % self.lanes.len();
        self.taken += 1;
        judge(self.lanes[lane].1.recv().unwrap_or_default());
    }

    fn finish(mut self, judge: &mut impl FnMut(Decoded)) {
        if !self.filling.ends.is_empty() {
            self.send(judge);
        }
        while self.taken < self.sent {
            self.take(judge);
        }
    }
}

/// Authenticates the log in `files` under the keys and judges every line.
///
/// `at` is the moment it is judged for; without it, the latest time at which a witness vouched for the checkpoint, or
/// that of the last line where no witness did.
///
/// # Errors
/// [`AuditError`] when the files are not what was signed. Nothing is said about the lines then.
pub fn judge(
    files: &dyn Files,
    keys: &Keys,
    at: Option<Micros>,
    threads: usize,
) -> Result<(Verdict, Replay), AuditError> {
    let mut replay = Replay::new(Some(keys.trusted.clone()));
    let mut next = 0;
    let mut rules = |decoded: Decoded| {
        for leaf in decoded {
            replay.leaf(next, leaf);
            next += 1;
        }
    };
    let outcome = std::thread::scope(|scope| {
        let mut decoders = Decoders::start(scope, threads);
        let outcome = audit(files, &keys.policy, threads, |_, entry| decoders.push(entry, &mut rules));
        decoders.finish(&mut rules);
        outcome
    })?;
    let cosigned_at = outcome.believed.latest_s().and_then(|at| i64::try_from(at).ok());
    let at = at.unwrap_or_else(|| cosigned_at.map_or(replay.now(), |at| Micros(at.saturating_mul(SECOND))));
    let overdue = replay.overdue(at);
    let violations_count = replay.found_count() + overdue.len() as u64;
    let mut violations = replay.found().to_vec();
    violations.extend(overdue);
    violations.sort_by_key(|violation| violation.index);
    let verdict = Verdict {
        origin: outcome.believed.head.origin,
        lines: outcome.believed.head.size,
        at,
        cosigned: outcome.believed.cosigned.into_iter().map(|cosigned| cosigned.name).collect(),
        violations,
        violations_count,
    };
    Ok((verdict, replay))
}
