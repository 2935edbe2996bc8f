use super::*;
use crate::batch::tests::{BATCH, sealed};
use crate::fixture::*;
use crate::mandate::Command as Step;
use uuid::Uuid;

fn question() -> Question {
    Question {
        batches: BTreeSet::from([BATCH]),
        directions: BTreeSet::from([Direction::OutForeign]),
        reason_code: ReasonCode::ConfirmFinding,
        reason: said("a beacon of high severity"),
        rows_max: 100,
        servers: BTreeSet::new(),
    }
}

fn ask_as(by: PersonId, question: Question, asked_before: u64) -> Result<Event, Refused> {
    let command = Command::Ask { by, intent: IntentId(Uuid::from_u128(80)), question, asked_before };
    decide(None, &command, &live(), &BTreeMap::from([(BATCH, sealed())]), NOW)
}

fn ask(question: Question) -> Result<Event, Refused> {
    ask_as(ANALYST, question, 0)
}

#[test]
fn a_named_analyst_asks_under_a_live_mandate_and_closes_once() {
    let asked = apply(None, &ask(question()).unwrap()).unwrap();
    let close = |rows| Command::Close { digest: Digest::of(b"rows"), rows };
    let step = |state: &Hunt, command: &Command| decide(Some(state), command, &live(), &BTreeMap::new(), NOW);
    assert!(matches!(step(&asked, &close(101)), Err(Refused::Rows { .. })));
    let done = apply(Some(asked.clone()), &step(&asked, &close(100)).unwrap()).unwrap();
    assert!(matches!(done.standing, HuntStanding::Done { rows: 100, .. }));
    assert_eq!(step(&done, &close(1)), Err(Refused::NotOpen));
    assert_eq!(step(&done, &Command::GiveUp(AbortReason::Failed)), Err(Refused::NotOpen));
}

#[test]
fn each_limit_of_the_terms_refuses() {
    assert_eq!(ask_as(OFFICER, question(), 0), Err(Refused::NotNamed));
    assert!(ask_as(ANALYST, question(), 1).is_ok());
    assert_eq!(ask_as(ANALYST, question(), 2), Err(Refused::Budget(2)));
    assert!(matches!(ask(Question { rows_max: 101, ..question() }), Err(Refused::Rows { .. })));
    assert!(matches!(ask(Question { rows_max: 0, ..question() }), Err(Refused::Rows { .. })));
    assert_eq!(ask(Question { reason: said(" "), ..question() }), Err(Refused::Reason));
    let victims = Question { reason_code: ReasonCode::FindVictims, ..question() };
    assert_eq!(ask(victims), Err(Refused::Purpose(Purpose::WarnVictims)));
    let domestic = Question { directions: BTreeSet::from([Direction::Domestic]), ..question() };
    assert_eq!(ask(domestic), Err(Refused::Direction(Direction::Domestic)));
    assert_eq!(ask(Question { batches: BTreeSet::new(), ..question() }), Err(Refused::Nothing));
    let unknown = BatchId(Uuid::from_u128(99));
    assert_eq!(ask(Question { batches: BTreeSet::from([unknown]), ..question() }), Err(Refused::Batch(unknown)));
    let many = (0..=BATCHES_MAX as u128).map(|n| BatchId(Uuid::from_u128(n))).collect();
    assert_eq!(ask(Question { batches: many, ..question() }), Err(Refused::Nothing));
}

#[test]
fn nothing_is_asked_while_the_mandate_is_suspended() {
    let stop = Step::Suspend { reason: said("stop"), votes: vec![] };
    let stopped = step(Some(&live()), BY_CARRIER, stop, NOW).unwrap();
    let command =
        Command::Ask { by: ANALYST, intent: IntentId(Uuid::from_u128(80)), question: question(), asked_before: 0 };
    assert_eq!(decide(None, &command, &stopped, &BTreeMap::from([(BATCH, sealed())]), NOW), Err(Refused::NotLive));
}

#[test]
fn no_code_serves_a_purpose_that_cannot_be_granted() {
    for code in ReasonCode::ALL {
        assert_ne!(code.purpose(), Purpose::Evaluate, "people's traffic is not there to measure detectors");
    }
}
