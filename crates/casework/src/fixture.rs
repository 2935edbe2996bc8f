//! A mandate, a commission and a carrier for the tests of the topics.

use crate::mandate::{self, Asked, By, Command, Decision, Mandate, Request, RulePack, Selector, rules};
use crate::said::Said;
use noroshi_leaf::{Answer, Choice, Digest, Matter, Roster, Salt, Signed, Signer, Terms, Vote};
use noroshi_model::{
    Clearance, Direction, LegalBasis, MandateId, Micros, OrgId, PersonId, Purpose,
    time::{DAY, HOUR},
};
use std::collections::BTreeSet;
use uuid::Uuid;

pub(crate) const MANDATE: MandateId = MandateId(Uuid::from_u128(1));
pub(crate) const CENTRE: OrgId = OrgId(Uuid::from_u128(2));
pub(crate) const CARRIER: OrgId = OrgId(Uuid::from_u128(3));
pub(crate) const ANALYST: PersonId = PersonId(Uuid::from_u128(4));
pub(crate) const OFFICER: PersonId = PersonId(Uuid::from_u128(5));
pub(crate) const NOW: Micros = Micros(1_764_000_000_000_000);

pub(crate) fn at(hours: i64) -> Micros {
    Micros(NOW.0 + hours * HOUR)
}

pub(crate) fn rules() -> RulePack {
    RulePack::parse(rules::JAPAN_2026_1).unwrap()
}

pub(crate) fn signer(number: u8) -> Signer {
    Signer::from_seed(&[number; 32])
}

pub(crate) fn roster() -> Roster {
    Roster { commissioners: (1..=5).map(|n| signer(n).public()).collect(), quorum: 3, seal: signer(99).public() }
}

pub(crate) fn said(text: &str) -> Said {
    Said::new(text, Salt(Digest::of(text.as_bytes())))
}

pub(crate) fn terms() -> Terms {
    Terms {
        analysts: BTreeSet::from([ANALYST]),
        carrier: CARRIER,
        clearance: Clearance::None,
        directions: BTreeSet::from([Direction::OutForeign]),
        dns_names: false,
        domestic: BTreeSet::from(["192.0.2.0/24".parse().unwrap()]),
        from: NOW,
        hunts_max: 2,
        legal_basis: LegalBasis::OutForeign,
        party: None,
        ports: BTreeSet::new(),
        protocols: BTreeSet::new(),
        purposes: BTreeSet::from([Purpose::FindAttackServers]),
        records_max: 1_000_000,
        retain_days_max: 30,
        rows_max: 100,
        rule_pack: rules().id(),
        selected_records_max: 1_000,
        selectors: None,
        until: Micros(NOW.0 + 90 * DAY),
    }
}

pub(crate) fn request(terms: Terms) -> Request {
    let selectors: Vec<Selector> = Vec::new();
    let selectors_salt = Salt(Digest::of(b"selectors"));
    Request {
        necessity: said("no lighter means works"),
        selectors,
        selectors_salt,
        terms,
        title: "Carrier North".into(),
    }
}

/// Votes on a mandate that was suspended once when they are to resume it, and else never.
pub(crate) fn votes(matter: Matter, numbers: &[u8], choice: Choice, version: u32, terms: &Terms) -> Vec<Signed<Vote>> {
    votes_of(matter.round(u32::from(matter == Matter::Resume)), matter, numbers, choice, version, terms)
}

pub(crate) fn votes_of(
    round: u32,
    matter: Matter,
    numbers: &[u8],
    choice: Choice,
    version: u32,
    terms: &Terms,
) -> Vec<Signed<Vote>> {
    let vote = |n: &u8| Vote {
        at: NOW,
        choice,
        conditions: Decision::conditions_digest(&[]),
        mandate: MANDATE,
        matter,
        reasons: said(&format!("reason {n}")).commitment(),
        round,
        terms: terms.digest(),
        version,
    };
    numbers.iter().map(|n| signer(*n).sign(vote(n)).unwrap()).collect()
}

pub(crate) fn decision(numbers: &[u8], choice: Choice, version: u32, terms: &Terms) -> Decision {
    Decision {
        conditions: vec![],
        reasons: numbers.iter().map(|n| said(&format!("reason {n}"))).collect(),
        votes: votes(Matter::Grant, numbers, choice, version, terms),
    }
}

pub(crate) fn step(
    state: Option<&Mandate>,
    by: By,
    command: Command,
    now: Micros,
) -> Result<Mandate, mandate::Refused> {
    let event = mandate::decide(state, &Asked { by, command, mandate: MANDATE }, now, &rules(), &roster())?;
    Ok(mandate::apply(state.cloned(), &event).unwrap())
}

pub(crate) const BY_CENTRE: By = By::Person { org: CENTRE, person: OFFICER };
pub(crate) const BY_CARRIER: By = By::Person { org: CARRIER, person: PersonId(Uuid::from_u128(6)) };

pub(crate) fn answered(state: &Mandate) -> Mandate {
    let reason = said("we can");
    let command = Command::Answer { answer: Answer::Feasible, load_cap_records_per_second: None, reason };
    step(Some(state), BY_CARRIER, command, NOW).unwrap()
}

pub(crate) fn proposed() -> Mandate {
    step(None, BY_CENTRE, Command::Request(Box::new(request(terms()))), NOW).unwrap()
}

pub(crate) fn live() -> Mandate {
    let decision = decision(&[1, 2, 3], Choice::For, 1, &terms());
    step(Some(&answered(&proposed())), BY_CENTRE, Command::Decide(decision), NOW).unwrap()
}
