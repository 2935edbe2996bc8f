//! Random lawful histories have no violation, and each of the five planted ones is found wherever it is planted.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use noroshi_leaf::{Body, Digest, DisposalReason, GovernedAct, Leaf, MandateEvent, Matter, Signed, Terms, Vote};
use noroshi_model::{BatchId, IntentId, MandateId, time::DAY};
use noroshi_verify::sample::{BEGIN, ORIGIN, Sample, id, roster, seal, terms};
use noroshi_verify::{Kind, Replay, Trusted, Violation};
use proptest::prelude::*;
use proptest::sample::Index;

/// What a lawful hub does next.
#[derive(Debug, Clone)]
enum Step {
    Grant,
    Amend(u64),
    Narrow(u64),
    Suspend,
    Batch,
    Hunt(Index, bool),
    Open(Index),
    Refuse,
    Inspect,
    Wait(i64),
    Dispose(Index),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => Just(Step::Grant),
        1 => (10_u64..2_000).prop_map(Step::Amend),
        1 => (1_u64..10).prop_map(Step::Narrow),
        1 => Just(Step::Suspend),
        3 => Just(Step::Batch),
        5 => (any::<Index>(), any::<bool>()).prop_map(|(batch, done)| Step::Hunt(batch, done)),
        1 => any::<Index>().prop_map(Step::Open),
        1 => Just(Step::Refuse),
        1 => Just(Step::Inspect),
        3 => (1_i64..8_000).prop_map(Step::Wait),
        1 => any::<Index>().prop_map(Step::Dispose),
    ]
}

/// The history of these steps: at most 40 of them, so that no retention ends within it.
fn history(steps: &[Step]) -> Sample {
    let mut sample = Sample::begun();
    let mandate = sample.granted(terms(300));
    let first = sample.hour(mandate, &[], 3);
    let mut batches: Vec<BatchId> = vec![first];
    let mut rows_max = 1_000;
    for step in steps {
        sample.wait(5);
        match step {
            Step::Grant => {
                sample.granted(terms(20));
            }
            Step::Amend(rows) => {
                rows_max = *rows;
                sample.amended(mandate, Terms { rows_max, ..terms(300) });
            }
            Step::Narrow(rows) => {
                rows_max = rows_max.min(*rows);
                sample.narrowed(mandate, Terms { rows_max, ..terms(300) });
            }
            Step::Suspend => sample.suspended_for(mandate, 100),
            Step::Batch => {
                let batch = sample.batch(mandate, "192.0.2.1");
                sample.wait(60);
                sample.sealed(batch);
                batches.push(batch);
            }
            Step::Hunt(batch, done) if !batches.is_empty() => {
                let intent = sample.intent(mandate, GovernedAct::Hunt, &[*batch.get(&batches)]);
                sample.wait(12);
                if *done { sample.done(intent, rows_max) } else { sample.aborted(intent) }
            }
            Step::Open(batch) if !batches.is_empty() => sample.opened(mandate, *batch.get(&batches)),
            Step::Dispose(batch) if !batches.is_empty() => {
                let batch = batches.swap_remove(batch.index(batches.len()));
                sample.disposed(mandate, &[batch], DisposalReason::RetentionEnded);
            }
            Step::Refuse => sample.refused(None),
            Step::Inspect => sample.inspected(),
            Step::Wait(seconds) => sample.wait(*seconds),
            Step::Hunt(..) | Step::Open(_) | Step::Dispose(_) => {}
        }
    }
    for batch in batches {
        sample.disposed(mandate, &[batch], DisposalReason::Ordered);
    }
    // One more hour at the end, so that every history has each kind of line a corruption needs.
    sample.amended(mandate, terms(300));
    let last = sample.hour(mandate, &[], 2);
    sample.disposed(mandate, &[last], DisposalReason::Ordered);
    sample
}

fn judged(lines: &[Leaf], sample: &Sample, later_days: i64) -> Vec<Violation> {
    let mut replay = Replay::new(Some(Trusted { origin: ORIGIN.into(), roster: roster() }));
    for (index, leaf) in (0..).zip(lines) {
        replay.line(index, &leaf.to_bytes().unwrap());
    }
    let mut at = sample.at;
    at.0 += later_days * DAY;
    let mut found = replay.found().to_vec();
    found.extend(replay.overdue(at));
    found
}

fn positions(lines: &[Leaf], is: impl Fn(&Body) -> bool) -> Vec<usize> {
    lines.iter().enumerate().filter(|(_, leaf)| is(&leaf.body)).map(|(at, _)| at).collect()
}

fn has(found: &[Violation], kind: Kind) -> bool {
    found.iter().any(|violation| violation.kind == kind)
}

fn is_hunt(body: &Body) -> bool {
    matches!(body, Body::Intent(intent) if intent.act == GovernedAct::Hunt)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_lawful_history_has_no_violation(steps in proptest::collection::vec(step(), 0..40)) {
        let sample = history(&steps);
        prop_assert!(sample.at.0 - BEGIN.0 < 5 * DAY, "longer than a retention: no longer lawful");
        prop_assert_eq!(judged(&sample.lines, &sample, 0), vec![]);
    }

    #[test]
    fn a_query_without_mandate_is_found(steps in proptest::collection::vec(step(), 0..20), which in any::<Index>()) {
        let mut sample = history(&steps);
        let at = *which.get(&positions(&sample.lines, is_hunt));
        let Body::Intent(intent) = &mut sample.lines[at].body else { unreachable!() };
        intent.mandate = MandateId(id(3, 9_999));
        prop_assert!(has(&judged(&sample.lines, &sample, 0), Kind::ActWithoutMandate));
    }

    #[test]
    fn a_late_result_is_found(steps in proptest::collection::vec(step(), 0..20), which in any::<Index>()) {
        let mut sample = history(&steps);
        let at = *which.get(&positions(&sample.lines, is_hunt));
        let opened = sample.lines[at].at;
        let Body::Intent(intent) = &mut sample.lines[at].body else { unreachable!() };
        // The deadline moved to before the result.
        intent.deadline.0 = opened.0 + 1;
        prop_assert!(has(&judged(&sample.lines, &sample, 0), Kind::ResultLate));
    }

    #[test]
    fn a_missing_heartbeat_is_found(steps in proptest::collection::vec(step(), 0..20), which in any::<Index>()) {
        let mut sample = history(&steps);
        let beats = positions(&sample.lines, |body| matches!(body, Body::Heartbeat(_)));
        // Without the last one the silence is only as long as the end of the history.
        sample.lines.remove(*which.get(&beats[..beats.len() - 1]));
        let found = judged(&sample.lines, &sample, 0);
        prop_assert!(has(&found, Kind::HeartbeatMissing) && has(&found, Kind::HeartbeatNumber));
    }

    #[test]
    fn a_forged_approval_is_found(
        steps in proptest::collection::vec(step(), 0..20),
        which in any::<Index>(),
        how in 0_u8..4,
    ) {
        let mut sample = history(&steps);
        let decided = |body: &Body| {
            matches!(body, Body::Mandate(line) if matches!(line.event, MandateEvent::Decided { .. }))
        };
        let at = *which.get(&positions(&sample.lines, decided));
        let Body::Mandate(line) = &mut sample.lines[at].body else { unreachable!() };
        let MandateEvent::Decided { votes } = &mut line.event else { unreachable!() };
        let vote: &mut Signed<Vote> = &mut votes[0];
        match how {
            0 => vote.statement.terms = Digest::of(b"wider"),
            1 => vote.statement.matter = Matter::Revoke,
            2 => vote.by.key = seal().public(),
            _ => votes[1] = votes[0].clone(),
        }
        prop_assert!(has(&judged(&sample.lines, &sample, 0), Kind::VotesForged));
    }

    #[test]
    fn a_hidden_disposal_is_found(steps in proptest::collection::vec(step(), 0..20), which in any::<Index>()) {
        let mut sample = history(&steps);
        let disposals = positions(&sample.lines, |body| matches!(body, Body::Disposed(_)));
        sample.lines.remove(*which.get(&disposals));
        prop_assert!(has(&judged(&sample.lines, &sample, 40), Kind::DisposalMissing));
    }
}

#[test]
fn an_intent_nobody_closed_is_found() {
    let mut sample = history(&[]);
    let at = *positions(&sample.lines, |body| matches!(body, Body::Done(_))).first().unwrap();
    let Body::Done(done) = &mut sample.lines[at].body else { unreachable!() };
    done.intent = IntentId(id(5, 9_999));
    let found = judged(&sample.lines, &sample, 0);
    assert!(has(&found, Kind::ResultMissing) && has(&found, Kind::ResultUnknown));
}
