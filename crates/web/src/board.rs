//! The five lanes of a mandate (図17, 図19), counted from its dossier: pure, so that a test can hold it to the paper.
//!
//! approval → carrier measures → processing → sharing → disposal. Each lane says where it stands, its numbers,
//! and the lines of the ledger that prove them.

use crate::office::{Dossier, Line};
use noroshi_casework::batch::{Batch, BatchStanding};
use noroshi_casework::hunt::HuntStanding;
use noroshi_casework::mandate::{Mandate, Standing};
use noroshi_casework::opening::OpeningStanding;
use noroshi_leaf::{Answer, BatchSealed, Body, GovernedAct, MandateEvent, Signed, Vote};
use noroshi_model::Micros;
use std::collections::BTreeMap;

/// Where a lane stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its turn has not come.
    NotYet,
    /// Somebody must do something.
    Waiting,
    /// It goes on now.
    Running,
    /// Halted.
    Halted,
    /// Complete.
    Complete,
    /// It said no.
    Declined,
}

/// The numbers of a mandate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Votes for and against, in the latest decision.
    pub(crate) votes: (usize, usize),
    /// Batches begun.
    pub(crate) batches: u64,
    /// Records received in complete batches (in).
    pub(crate) received: u64,
    /// Records outside the mandate, by reason (dropped).
    pub(crate) out: BTreeMap<String, u64>,
    /// Records that only fed sums (dropped after the first, broad look).
    pub(crate) aggregated: u64,
    /// Records kept.
    pub(crate) kept: u64,
    /// Hunts that ran: the deep look.
    pub(crate) hunts: u64,
    /// Hunts that wait.
    pub(crate) hunts_open: u64,
    /// Rows that hunts gave out.
    pub(crate) rows: u64,
    /// Pseudonyms opened.
    pub(crate) opened: u64,
    /// Findings.
    pub(crate) findings: u64,
    /// Times findings were shared outside.
    pub(crate) shared: u64,
    /// Batches whose key is gone.
    pub(crate) disposed: u64,
    /// Records in them.
    pub(crate) disposed_records: u64,
    /// The next batch's key must be gone by then.
    pub(crate) next_disposal: Option<Micros>,
    /// Batches whose time is over and whose key still exists.
    pub(crate) overdue: u64,
}

/// One lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lane {
    pub(crate) stage: Stage,
    /// Indices in the ledger, ascending, the latest eight.
    pub(crate) evidence: Vec<u64>,
}

/// The board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Board {
    pub(crate) tally: Tally,
    /// Approval, carrier measures, processing, sharing, disposal.
    pub(crate) lanes: [Lane; 5],
}

/// Lines shown as evidence in a lane.
const EVIDENCE_MAX: usize = 8;

impl Tally {
    /// Records out of the mandate.
    pub(crate) fn out_sum(&self) -> u64 {
        self.out.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Whether received = out of mandate + sums only + kept.
    pub(crate) fn adds_up(&self) -> bool {
        self.received == self.out_sum().saturating_add(self.aggregated).saturating_add(self.kept)
    }
}

/// Counts.
pub(crate) fn of(dossier: &Dossier, now: Micros) -> Board {
    let tally = tally(dossier, now);
    let stages = [
        approval(&dossier.mandate, now),
        carrier(&dossier.mandate, &tally, now),
        processing(&dossier.mandate, &tally, now),
        sharing(&tally),
        disposal(&dossier.mandate, &tally),
    ];
    let mut lanes = stages.map(|stage| Lane { stage, evidence: Vec::new() });
    for line in &dossier.lines {
        if let (Some(index), Some(lane)) = (line.index, lane_of(line, &dossier.lines)) {
            lanes[lane].evidence.push(index);
        }
    }
    for lane in &mut lanes {
        let surplus = lane.evidence.len().saturating_sub(EVIDENCE_MAX);
        lane.evidence.drain(..surplus);
    }
    Board { tally, lanes }
}

fn tally(dossier: &Dossier, now: Micros) -> Tally {
    let mut tally = Tally { findings: dossier.findings, ..Tally::default() };
    for batch in &dossier.batches {
        count_batch(&mut tally, batch, &dossier.mandate, now);
    }
    for (_, hunt) in &dossier.hunts {
        match hunt.standing {
            HuntStanding::Asked => tally.hunts_open += 1,
            HuntStanding::Done { rows, .. } => {
                tally.hunts += 1;
                tally.rows = tally.rows.saturating_add(rows);
            }
            HuntStanding::GivenUp { .. } => {}
        }
    }
    let opened = |standing: &OpeningStanding| matches!(standing, OpeningStanding::Opened { .. });
    tally.opened = dossier.openings.iter().filter(|(_, opening)| opened(&opening.standing)).count() as u64;
    for line in &dossier.lines {
        match &line.leaf.body {
            Body::Intent(intent) if intent.act == GovernedAct::Share => tally.shared += 1,
            Body::Mandate(mandate) => {
                if let MandateEvent::Decided { votes } = &mandate.event {
                    tally.votes = count_votes(votes);
                }
            }
            _ => {}
        }
    }
    tally
}

fn count_votes(votes: &[Signed<Vote>]) -> (usize, usize) {
    let pros = votes.iter().filter(|vote| vote.statement.choice == noroshi_leaf::Choice::For).count();
    (pros, votes.len() - pros)
}

fn count_batch(tally: &mut Tally, batch: &Batch, mandate: &Mandate, now: Micros) {
    tally.batches += 1;
    match &batch.standing {
        BatchStanding::Open => {}
        BatchStanding::Sealed(sealed) => {
            count_sealed(tally, sealed);
            if let Some((due, _)) = batch.due(mandate) {
                tally.overdue += u64::from(due <= now);
                tally.next_disposal = Some(tally.next_disposal.map_or(due, |before| before.min(due)));
            }
        }
        BatchStanding::Disposed { sealed, .. } => {
            count_sealed(tally, sealed);
            tally.disposed += 1;
            tally.disposed_records = tally.disposed_records.saturating_add(sealed.selected);
        }
    }
}

fn count_sealed(tally: &mut Tally, sealed: &BatchSealed) {
    tally.received = tally.received.saturating_add(sealed.received);
    tally.aggregated = tally.aggregated.saturating_add(sealed.aggregated_only);
    tally.kept = tally.kept.saturating_add(sealed.selected);
    for (reason, count) in &sealed.out_of_mandate {
        let sum = tally.out.entry(reason.clone()).or_default();
        *sum = sum.saturating_add(*count);
    }
}

fn approval(mandate: &Mandate, now: Micros) -> Stage {
    match (&mandate.standing, &mandate.pending) {
        (_, Some(_)) => Stage::Waiting,
        (Standing::Proposed, None) => Stage::Waiting,
        (Standing::Refused, None) => Stage::Declined,
        (Standing::Live(_), None) if mandate.live_at(now).is_some() => Stage::Running,
        (Standing::Suspended { .. }, None) => Stage::Halted,
        _ => Stage::Complete,
    }
}

fn carrier(mandate: &Mandate, tally: &Tally, now: Micros) -> Stage {
    if let Some(pending) = &mandate.pending {
        return match &pending.answer {
            None => Stage::Waiting,
            Some(answer) if answer.answer == Answer::NotFeasible => Stage::Declined,
            Some(_) if mandate.granted().is_none() => Stage::Complete,
            Some(_) => Stage::Running,
        };
    }
    match &mandate.standing {
        Standing::Live(_) if mandate.live_at(now).is_some() && tally.batches == 0 => Stage::Waiting,
        Standing::Live(_) if mandate.live_at(now).is_some() => Stage::Running,
        Standing::Suspended { .. } => Stage::Halted,
        Standing::Proposed | Standing::Refused => Stage::NotYet,
        _ => Stage::Complete,
    }
}

fn processing(mandate: &Mandate, tally: &Tally, now: Micros) -> Stage {
    match &mandate.standing {
        Standing::Proposed | Standing::Refused => Stage::NotYet,
        Standing::Suspended { .. } => Stage::Halted,
        Standing::Over { .. } | Standing::Disposed { .. } => Stage::Complete,
        Standing::Live(_) if tally.batches == 0 => Stage::NotYet,
        Standing::Live(_) if mandate.live_at(now).is_some() => Stage::Running,
        Standing::Live(_) => Stage::Complete,
    }
}

fn sharing(tally: &Tally) -> Stage {
    match (tally.findings, tally.shared) {
        (0, 0) => Stage::NotYet,
        (_, 0) => Stage::Waiting,
        _ => Stage::Running,
    }
}

fn disposal(mandate: &Mandate, tally: &Tally) -> Stage {
    match &mandate.standing {
        Standing::Disposed { .. } => Stage::Complete,
        Standing::Over { .. } => Stage::Waiting,
        _ if tally.overdue > 0 => Stage::Waiting,
        _ if tally.disposed > 0 => Stage::Running,
        _ => Stage::NotYet,
    }
}

/// Which lane a line proves something for.
fn lane_of(line: &Line, all: &[Line]) -> Option<usize> {
    let of_act = |act: GovernedAct| match act {
        GovernedAct::Collect => 1,
        GovernedAct::Detect | GovernedAct::Hunt | GovernedAct::OpenPseudonym | GovernedAct::Reproduce => 2,
        GovernedAct::Share => 3,
        GovernedAct::Dispose => 4,
    };
    let closes = |intent| {
        all.iter().find_map(|other| match &other.leaf.body {
            Body::Intent(opened) if opened.intent == intent => Some(of_act(opened.act)),
            _ => None,
        })
    };
    match &line.leaf.body {
        Body::Mandate(mandate) => Some(match mandate.event {
            MandateEvent::Answered { .. } | MandateEvent::Objected { .. } => 1,
            MandateEvent::Disposed { .. } => 4,
            _ => 0,
        }),
        Body::BatchOpened(_) => Some(1),
        Body::BatchSealed(_) | Body::Opening(_) => Some(2),
        Body::Disposed(_) => Some(4),
        Body::Intent(intent) => Some(of_act(intent.act)),
        Body::Done(done) => closes(done.intent),
        Body::Abort(abort) => closes(abort.intent),
        _ => None,
    }
}
