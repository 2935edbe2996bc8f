use super::*;
use crate::fixture::*;
use uuid::Uuid;

const LEGAL: PersonId = PersonId(Uuid::from_u128(90));

fn step(state: Option<&Opening>, person: PersonId, command: Command) -> Result<Opening, Refused> {
    let event = decide(state, &command, person, &live(), NOW)?;
    Ok(apply(state.cloned(), &event).unwrap())
}

fn asked() -> Opening {
    let command = Command::Ask {
        batch: BatchId(Uuid::from_u128(70)),
        pseudonym: "203.0.113.7".parse().unwrap(),
        reason: said("warn the infected hospital"),
    };
    step(None, ANALYST, command).unwrap()
}

#[test]
fn one_asks_another_approves_and_the_approver_does_not_open() {
    let intent = IntentId(Uuid::from_u128(91));
    assert_eq!(step(Some(&asked()), ANALYST, Command::Approve(said("fine"))), Err(Refused::SamePerson));
    assert_eq!(step(Some(&asked()), ANALYST, Command::Open(intent)), Err(Refused::Stage("approved")));
    let approved = step(Some(&asked()), LEGAL, Command::Approve(said("necessary"))).unwrap();
    assert_eq!(step(Some(&approved), LEGAL, Command::Open(intent)), Err(Refused::SamePerson));
    let opened = step(Some(&approved), ANALYST, Command::Open(intent)).unwrap();
    assert_eq!(opened.standing, OpeningStanding::Opened { approved_by: LEGAL, at: NOW, intent });
    assert!(step(Some(&opened), ANALYST, Command::Open(intent)).is_err(), "one approval opens once");
}

#[test]
fn what_was_denied_stays_closed() {
    let denied = step(Some(&asked()), LEGAL, Command::Deny(said("a name would do"))).unwrap();
    assert!(step(Some(&denied), LEGAL, Command::Approve(said("after all"))).is_err());
    assert!(step(Some(&denied), ANALYST, Command::Open(IntentId(Uuid::from_u128(1)))).is_err());
}

#[test]
fn only_who_is_named_asks_and_says_why() {
    let ask = |reason: &str| Command::Ask {
        batch: BatchId(Uuid::from_u128(70)),
        pseudonym: "203.0.113.7".parse().unwrap(),
        reason: said(reason),
    };
    assert_eq!(step(None, LEGAL, ask("curious")), Err(Refused::NotNamed));
    assert_eq!(step(None, ANALYST, ask(" ")), Err(Refused::Reason));
}
