//! Each kind of violation is planted in a lawful history and found; the lawful history has none.

use super::*;
use crate::sample::{self, ANALYST, BEGIN, LEGAL, LINE, Sample, by, commitment, person, roster, seal, share, terms};
use crate::violation::Lang;
use noroshi_leaf::body::{
    Credential, CredentialKind, Heartbeat, Inspection, InspectionStep, Opening, OpeningStep, Organisation, Person,
    RosterChange,
};
use noroshi_leaf::{
    Actor, Answer, BatchSealed, Body, Destruction, Digest, DisposalReason, Disposed, GovernedAct, Intent, Leaf,
    MandateEvent, Matter, Roster, Signed, Signer, Terms, Vote,
};
use noroshi_model::time::DAY;
use noroshi_model::{BatchId, Clearance, Direction, IntentId, OpeningId, OrgKind, Purpose, Role};
use std::collections::BTreeSet;

mod kept;

fn trusted() -> Trusted {
    Trusted { origin: sample::ORIGIN.into(), roster: roster() }
}

fn judged(lines: &[Leaf], at: Micros) -> Vec<Violation> {
    let mut replay = Replay::new(Some(trusted()));
    for (index, leaf) in lines.iter().enumerate() {
        replay.line(index as u64, &leaf.to_bytes().unwrap());
    }
    let mut found = replay.found().to_vec();
    found.extend(replay.overdue(at));
    found
}

fn kinds(lines: &[Leaf], at: Micros) -> BTreeSet<Kind> {
    judged(lines, at).into_iter().map(|violation| violation.kind).collect()
}

/// A history with a mandate, a sealed batch and a second one, and time that passed.
fn scene() -> (Sample, MandateId, BatchId) {
    let mut sample = Sample::begun();
    let mandate = sample.granted(terms(10));
    sample.wait(60);
    let batch = sample.batch(mandate, "192.0.2.1");
    sample.wait(600);
    sample.sealed(batch);
    (sample, mandate, batch)
}

/// Breaks the scene, closes what is open, and expects these kinds and no other.
fn found<R>(expected: &[Kind], plant: impl FnOnce(&mut Sample, MandateId, BatchId) -> R) -> Vec<Violation> {
    let (mut sample, mandate, batch) = scene();
    plant(&mut sample, mandate, batch);
    let found = judged(&sample.lines, sample.at);
    let kinds: BTreeSet<_> = found.iter().map(|violation| violation.kind).collect();
    assert_eq!(kinds, expected.iter().copied().collect(), "{found:#?}");
    found
}

fn last(sample: &mut Sample) -> &mut Body {
    &mut sample.lines.last_mut().unwrap().body
}

fn hunt<R>(sample: &mut Sample, mandate: MandateId, batch: BatchId, change: impl FnOnce(&mut Intent) -> R) -> IntentId {
    let intent = sample.intent(mandate, GovernedAct::Hunt, &[batch]);
    let Body::Intent(body) = last(sample) else { unreachable!() };
    change(body);
    sample.done(intent, 1);
    intent
}

#[test]
fn a_lawful_life_of_everything_has_no_violation() {
    let (mut sample, mandate, batch) = scene();
    sample.opened(mandate, batch);
    sample.suspended_for(mandate, 100);
    sample.narrowed(mandate, Terms { rows_max: 10, ..terms(10) });
    sample.amended(mandate, Terms { rows_max: 500, ..terms(12) });
    sample.inspected();
    sample.roster_replaced(Roster { quorum: 4, ..roster() });
    let second = sample.hour(mandate, &[batch], 20);
    sample.wait(2 * 86_400);
    sample.refused(None);
    let act = sample.intent(mandate, GovernedAct::Dispose, &[batch]);
    sample.disposed(mandate, &[batch], DisposalReason::RetentionEnded);
    sample.done(act, 1);
    sample.disposed(mandate, &[second], DisposalReason::Ordered);
    sample.closed_by_term(mandate);
    assert_eq!(judged(&sample.lines, sample.at), []);
}

impl Sample {
    /// Waits for the end of the term, records it and closes the mandate.
    fn closed_by_term(&mut self, mandate: MandateId) {
        let left = (BEGIN.0 + 12 * DAY - self.at.0) / 1_000_000 + 20;
        self.wait(left);
        let version = self.version(mandate);
        self.mandate(mandate, version, Actor::Hub, MandateEvent::Expired);
        self.closed(mandate);
    }
}

#[test]
fn a_long_history_has_no_violation() {
    let mut replay = Replay::new(Some(trusted()));
    let mut index = 0;
    let at = Sample::long(100_000, |leaves| {
        for leaf in leaves {
            replay.leaf(index, Ok(leaf));
            index += 1;
        }
    });
    assert_eq!(replay.found(), []);
    assert_eq!(replay.overdue(at), []);
    assert!(replay.lines() >= 100_000);
}

#[test]
fn genesis() {
    assert_eq!(kinds(&[], BEGIN), BTreeSet::from([Kind::GenesisMissing]));
    let (sample, ..) = scene();
    assert!(kinds(&sample.lines[1..], sample.at).contains(&Kind::GenesisMissing));
    found(&[Kind::GenesisTwice], |sample, _, _| {
        let genesis = sample.lines[0].body.clone();
        sample.write(Actor::Hub, genesis);
    });
    found(&[Kind::GenesisOther], |sample, _, _| {
        let Body::Genesis(genesis) = &mut sample.lines[0].body else { unreachable!() };
        genesis.roster.seal = sample::commissioner(1).public();
    });
}

#[test]
fn lines() {
    found(&[Kind::LineTwice], |sample, _, _| sample.lines[20].id = sample.lines[3].id);
    for (seconds, expected) in [(10, &[][..]), (11, &[Kind::TimeBackwards][..])] {
        found(expected, |sample, _, _| {
            let (index, at) = (sample.lines.len() - 1, sample.lines[sample.lines.len() - 2].at);
            sample.lines[index].at.0 = at.0 - seconds * 1_000_000;
        });
    }
    let mut replay = Replay::new(Some(trusted()));
    replay.line(0, b"{ }");
    assert_eq!(replay.found()[0].kind, Kind::LineUnreadable);
}

#[test]
fn heartbeats() {
    let beat = |sample: &Sample, nth: usize| {
        let is = |leaf: &Leaf| matches!(leaf.body, Body::Heartbeat(_));
        sample.lines.iter().enumerate().filter(|(_, leaf)| is(leaf)).nth(nth).unwrap().0
    };
    found(&[Kind::HeartbeatMissing, Kind::HeartbeatNumber], |sample, _, _| {
        let index = beat(sample, 5);
        sample.lines.remove(index);
    });
    found(&[Kind::HeartbeatMissing], |sample, _, _| sample.at.0 += 16_000_000);
    found(&[Kind::HeartbeatNumber], |sample, _, _| {
        let index = beat(sample, 0);
        let Body::Heartbeat(beat) = &mut sample.lines[index].body else { unreachable!() };
        *beat = Heartbeat { number: 2, ..beat.clone() };
    });
    found(&[Kind::HeartbeatCount], |sample, _, _| {
        let index = beat(sample, 5);
        let Body::Heartbeat(beat) = &mut sample.lines[index].body else { unreachable!() };
        beat.open_intents = 1;
    });
    // Counted just before an intent that reached the log first: that happens. From before the last heartbeat: not.
    for (beats, expected) in [(1, &[][..]), (2, &[Kind::HeartbeatCount][..])] {
        found(expected, |sample, mandate, batch| {
            let intent = sample.intent(mandate, GovernedAct::Hunt, &[batch]);
            sample.wait(10 * beats);
            let Body::Heartbeat(beat) = last(sample) else { unreachable!() };
            beat.open_intents = 0;
            sample.done(intent, 1);
        });
    }
}

#[test]
fn steps_of_a_mandate() {
    found(&[Kind::MandateStep], |sample, mandate, _| {
        sample.mandate(mandate, 1, Actor::Hub, MandateEvent::Expired);
    });
    found(&[Kind::MandateStep, Kind::DisposalList], |sample, mandate, _| sample.closed(mandate));
    found(&[Kind::MandateStep], |sample, mandate, _| {
        let votes = sample.quorum(mandate, Matter::Resume);
        sample.mandate(mandate, 1, Actor::Hub, MandateEvent::Resumed { votes });
    });
    found(&[Kind::MandateStep], |sample, mandate, _| {
        let requested = MandateEvent::Requested { necessity: commitment(1), terms: terms(10) };
        sample.mandate(mandate, 3, by(LINE), requested);
    });
    found(&[Kind::MandateStep], |sample, mandate, _| {
        sample.mandate(mandate, 1, by(LINE), MandateEvent::Objected { reason: commitment(1) });
    });
    found(&[Kind::MandateStep], |sample, _, _| {
        let unknown = MandateId(sample::id(3, 999));
        sample.mandate(unknown, 1, Actor::Hub, MandateEvent::Expired);
    });
}

#[test]
fn terms_nobody_can_grant() {
    for bad in [
        Terms { directions: BTreeSet::from([Direction::Domestic]), ..terms(10) },
        Terms { until: BEGIN, ..terms(10) },
        Terms { purposes: BTreeSet::new(), ..terms(10) },
    ] {
        found(&[Kind::MandateTerms], |sample, _, _| sample.granted(bad));
    }
}

/// The last grant with other votes.
fn decided(sample: &mut Sample, votes: Vec<Signed<Vote>>) {
    let Body::Mandate(line) = last(sample) else { unreachable!() };
    line.event = MandateEvent::Decided { votes };
}

#[test]
fn forged_approvals() {
    type Forge = fn(MandateId, Digest) -> Vec<Signed<Vote>>;
    let forged: [Forge; 4] = [
        // A vote changed after it was signed.
        |mandate, digest| {
            let mut votes = sample::votes(&[1, 2, 3], Matter::Grant, (mandate, 1, digest), 0);
            votes[2].statement.at = Micros(1);
            votes
        },
        // Somebody who is no commissioner.
        |mandate, digest| sample::votes(&[1, 2, 6], Matter::Grant, (mandate, 1, digest), 0),
        // Votes for other terms.
        |mandate, _| sample::votes(&[1, 2, 3], Matter::Grant, (mandate, 1, terms(9).digest()), 0),
        // Votes for another mandate.
        |_, digest| sample::votes(&[1, 2, 3], Matter::Grant, (MandateId(sample::id(3, 77)), 1, digest), 0),
    ];
    for votes in forged {
        found(&[Kind::VotesForged, Kind::ActWithoutMandate], |sample, _, _| {
            let mandate = sample.granted(terms(10));
            decided(sample, votes(mandate, terms(10).digest()));
            let intent = sample.intent(mandate, GovernedAct::Detect, &[]);
            sample.done(intent, 1);
        });
    }
    // Two of five is a refusal, honestly recorded; to act on it is not.
    found(&[Kind::ActWithoutMandate], |sample, _, _| {
        let mandate = sample.granted(terms(10));
        decided(sample, sample::votes(&[1, 2], Matter::Grant, (mandate, 1, terms(10).digest()), 0));
        let intent = sample.intent(mandate, GovernedAct::Detect, &[]);
        sample.done(intent, 1);
    });
}

#[test]
fn stops_and_their_votes() {
    found(&[Kind::VotesForged, Kind::ActWithoutMandate], |sample, mandate, batch| {
        let votes = sample::votes(&[1, 2], Matter::Suspend, (mandate, 1, terms(10).digest()), 0);
        sample.mandate(mandate, 1, Actor::Hub, MandateEvent::Suspended { reason: commitment(1), votes });
        hunt(sample, mandate, batch, |_| ());
    });
    found(&[Kind::VotesForged, Kind::ActWithoutMandate], |sample, mandate, batch| {
        sample.mandate(mandate, 1, by(LINE), MandateEvent::Suspended { reason: commitment(1), votes: vec![] });
        sample.mandate(mandate, 1, by(LINE), MandateEvent::Resumed { votes: vec![] });
        hunt(sample, mandate, batch, |_| ());
    });
    // Votes that stopped it once, and let it go on once, are brought a second time.
    found(&[Kind::VotesForged], |sample, mandate, _| {
        let stop = |leaf: &&Leaf| matches!(&leaf.body, Body::Mandate(line) if matches!(line.event, MandateEvent::Suspended { .. }));
        sample.suspended_for(mandate, 100);
        let again = sample.lines.iter().find(stop).unwrap().body.clone();
        sample.write(Actor::Hub, again);
    });
    found(&[Kind::VotesForged, Kind::ActWithoutMandate], |sample, mandate, batch| {
        sample.suspended_for(mandate, 100);
        let Body::Mandate(resumed) = last(sample).clone() else { unreachable!() };
        sample.mandate(mandate, 1, by(LINE), MandateEvent::Suspended { reason: commitment(1), votes: vec![] });
        sample.write(Actor::Hub, Body::Mandate(resumed));
        hunt(sample, mandate, batch, |_| ());
    });
    found(&[Kind::ActWithoutMandate], |sample, mandate, batch| {
        sample.revoked(mandate);
        hunt(sample, mandate, batch, |_| ());
    });
}

#[test]
fn what_the_carrier_cannot_do_and_what_nobody_widens_alone() {
    found(&[Kind::GrantNotFeasible], |sample, _, _| {
        sample.granted(terms(10));
        let answer = sample.lines.len() - 2;
        let Body::Mandate(line) = &mut sample.lines[answer].body else { unreachable!() };
        let MandateEvent::Answered { answer, .. } = &mut line.event else { unreachable!() };
        *answer = Answer::NotFeasible;
    });
    found(&[Kind::WidenedAlone, Kind::ActVersion, Kind::ResultOverLimit], |sample, mandate, batch| {
        sample.narrowed(mandate, Terms { rows_max: 5_000, ..terms(10) });
        let intent = sample.intent(mandate, GovernedAct::Hunt, &[batch]);
        sample.done(intent, 2_000);
    });
}

#[test]
fn acts_outside_their_mandate() {
    found(&[Kind::ActWithoutMandate], |sample, mandate, batch| {
        let _ = mandate;
        let (_, nowhere) = (batch, MandateId(sample::id(3, 999)));
        let intent = sample.intent(nowhere, GovernedAct::Detect, &[]);
        sample.done(intent, 1);
    });
    found(&[Kind::ActVersion], |s, m, b| hunt(s, m, b, |intent| intent.version = 2));
    found(&[Kind::ActPurpose], |s, m, b| hunt(s, m, b, |intent| intent.purpose = Purpose::Evaluate));
    found(&[Kind::ActDirection], |s, m, b| {
        hunt(s, m, b, |intent| intent.directions.insert(Direction::OutForeign));
    });
    found(&[Kind::ActBatch], |s, m, b| {
        hunt(s, m, b, |intent| intent.batches.insert(BatchId(sample::id(4, 999))));
    });
    found(&[Kind::ActDeadline], |s, m, b| hunt(s, m, b, |intent| intent.deadline.0 += 541_000_000));
    found(&[Kind::ActDeadline, Kind::ResultLate], |s, m, b| hunt(s, m, b, |intent| intent.deadline = BEGIN));
    found(&[Kind::ActAnalyst], |sample, mandate, batch| {
        hunt(sample, mandate, batch, |_| ());
        let index = sample.lines.len() - 2;
        sample.lines[index].actor = by(LINE);
    });
    found(&[Kind::ActAnalyst, Kind::ActorStanding], |sample, mandate, batch| {
        hunt(sample, mandate, batch, |_| ());
        let index = sample.lines.len() - 2;
        sample.lines[index].actor = by(999);
    });
}

#[test]
fn batches_in_an_intent_at_the_limit_and_one_past_it() {
    for (count, expected) in [(256, &[][..]), (257, &[Kind::ActBatch][..])] {
        found(expected, |sample, mandate, batch| {
            let mut many = vec![batch];
            while many.len() < count {
                many.push(sample.batch(mandate, "192.0.2.1"));
            }
            let intent = sample.intent(mandate, GovernedAct::Hunt, &many);
            sample.done(intent, 1);
        });
    }
}

#[test]
fn budgets() {
    found(&[Kind::ActOverBudget], |sample, mandate, batch| {
        sample.narrowed(mandate, Terms { hunts_max: 2, ..terms(10) });
        for _ in 0..3 {
            hunt(sample, mandate, batch, |_| ());
        }
    });
    for (rows, expected) in [(1_000, &[][..]), (1_001, &[Kind::ResultOverLimit][..])] {
        found(expected, |sample, mandate, batch| {
            let intent = sample.intent(mandate, GovernedAct::Hunt, &[batch]);
            sample.done(intent, rows);
        });
    }
}

#[test]
fn results() {
    found(&[Kind::ResultLate], |sample, mandate, batch| {
        let intent = sample.intent(mandate, GovernedAct::Hunt, &[batch]);
        sample.wait(70);
        sample.aborted(intent);
    });
    let missing = found(&[Kind::ResultMissing], |sample, mandate, batch| {
        sample.intent(mandate, GovernedAct::Hunt, &[batch]);
        sample.wait(70);
    });
    assert!(missing[0].sentence(Lang::En).starts_with("Every intent must be closed by its deadline"));
    assert!(missing[0].sentence(Lang::Ja).contains("期限"));
    found(&[Kind::ResultUnknown], |sample, mandate, batch| {
        let intent = hunt(sample, mandate, batch, |_| ());
        sample.done(intent, 1);
    });
    found(&[Kind::IntentTwice], |sample, mandate, batch| {
        hunt(sample, mandate, batch, |_| ());
        let again = sample.lines[sample.lines.len() - 2].body.clone();
        sample.write(by(ANALYST), again);
    });
}
