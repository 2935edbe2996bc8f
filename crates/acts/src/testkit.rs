//! For tests, with the feature `testkit`: who takes part in a story, and what they bring.

use crate::{Acts, Asking, Proven, Random, mandates};
use noroshi_authz::{ActKind, Authz, Machine, Person, Principal};
use noroshi_casework::Said;
use noroshi_casework::hunt::{Question, ReasonCode};
use noroshi_casework::mandate::{Decision, Mandate, Request, RulePack, rules};
use noroshi_leaf::*;
use noroshi_ledger::disk::Memory;
use noroshi_ledger::{Log, LogKey, Policy, Receipt};
use noroshi_model::time::{DAY, HOUR};
use noroshi_model::*;
use noroshi_store::Db;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// The mandate of the story.
pub const MANDATE: MandateId = MandateId(Uuid::from_u128(1));
/// Its batch.
pub const BATCH: BatchId = BatchId(Uuid::from_u128(70));
/// Its hunt.
pub const HUNT: HuntId = HuntId(Uuid::from_u128(71));
/// Its request to open a pseudonym.
pub const OPENING: OpeningId = OpeningId(Uuid::from_u128(72));
const CENTRE: OrgId = OrgId(Uuid::from_u128(2));
const CARRIER: OrgId = OrgId(Uuid::from_u128(3));
const ANALYST: PersonId = PersonId(Uuid::from_u128(4));
/// When the story begins.
pub const NOW: Micros = Micros(1_764_000_000_000_000);

/// Hours after the story begins.
pub fn at(hours: i64) -> Micros {
    Micros(NOW.0 + hours * HOUR)
}

/// The key of commissioner 1 to 5; 99 is the seal.
pub fn signer(number: u8) -> Signer {
    Signer::from_seed(&[number; 32])
}

/// Five commissioners, three of whom decide, and their seal.
pub fn roster() -> Roster {
    Roster { commissioners: (1..=5).map(|n| signer(n).public()).collect(), quorum: 3, seal: signer(99).public() }
}

/// The write path over a database.
pub fn acts(db: Db) -> Acts {
    Acts {
        db,
        authz: Arc::new(Authz::new().unwrap()),
        rules: Arc::new(RulePack::parse(rules::JAPAN_2026_1).unwrap()),
        roster: Arc::new(roster()),
        policy: Arc::new(Policy::log_alone(log_key(50).public().clone())),
        build: Digest::of(b"program"),
        intent_seconds_max: 3_600,
    }
}

/// The key of a log; 50 is the one the write path believes.
fn log_key(seed: u8) -> LogKey {
    LogKey::from_seed("hub.example.org/log", &[seed; 32]).unwrap()
}

/// The receipt of a line from a log that has nothing else. `seed` 50 is the log that is believed.
pub async fn receipt_from(acts: &Acts, line: Uuid, seed: u8) -> Vec<u8> {
    let kept = acts.db.leaf(line).await.unwrap().unwrap();
    let mut log = Log::open(Arc::new(Memory::default()), log_key(seed)).unwrap();
    let empty = log.signed().clone();
    log.confirm(&empty, &Policy::log_alone(log_key(seed).public().clone())).unwrap();
    log.append_batch(&[&kept.leaf.bytes]).unwrap();
    let checkpoint = log.checkpoint().unwrap().clone();
    Receipt { index: 0, proof: vec![], checkpoint, extra: None }.to_text().into_bytes()
}

/// The intent at a line, proven.
pub async fn proven(acts: &Acts, line: Uuid) -> Proven {
    acts.proven(line, &receipt_from(acts, line, 50).await).await.unwrap()
}

fn random() -> [u8; 32] {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    Digest::of(&COUNT.fetch_add(1, Ordering::Relaxed).to_le_bytes()).0
}

/// Asking at some hours into the story.
pub fn by(principal: &'static Principal, hours: i64) -> Asking<'static> {
    const RANDOM: &Random = &random;
    Asking { principal, at: at(hours), evidence: None, random: RANDOM }
}

/// Asking with a fresh signature.
pub fn signed(principal: &'static Principal, hours: i64) -> Asking<'static> {
    Asking { evidence: Some(Digest::of(b"assertion")), ..by(principal, hours) }
}

fn person(id: PersonId, org: OrgId, org_kind: OrgKind, role: Role) -> &'static Principal {
    Box::leak(Box::new(Principal::person(Person {
        id,
        org,
        org_kind,
        roles: BTreeSet::from([role]),
        rank: role.rank(),
        country: Country::JAPAN,
        clearance: Clearance::Secret,
        clearance_until: Micros(i64::MAX),
        compartments: BTreeSet::new(),
        active: true,
    })))
}

/// Asks for mandates.
pub fn officer() -> &'static Principal {
    person(PersonId(Uuid::from_u128(5)), CENTRE, OrgKind::NationalCentre, Role::LineOfficer)
}

/// Approves openings.
pub fn legal() -> &'static Principal {
    person(PersonId(Uuid::from_u128(7)), CENTRE, OrgKind::NationalCentre, Role::LegalOfficer)
}

/// Asks questions.
pub fn analyst() -> &'static Principal {
    person(ANALYST, CENTRE, OrgKind::NationalCentre, Role::Analyst)
}

/// Answers for the carrier.
pub fn liaison() -> &'static Principal {
    person(PersonId(Uuid::from_u128(6)), CARRIER, OrgKind::Carrier, Role::CarrierLiaison)
}

fn machine_for(
    mandate: Option<MandateId>,
    (org, org_kind): (OrgId, OrgKind),
    scopes: BTreeSet<ActKind>,
) -> &'static Principal {
    Box::leak(Box::new(Principal::Machine(Machine {
        id: MachineId(Uuid::from_u128(8)),
        country: Country::JAPAN,
        org,
        org_kind,
        mandate,
        not_after: Micros(i64::MAX),
        active: true,
        scopes,
    })))
}

/// Collects under the mandate.
pub fn machine() -> &'static Principal {
    machine_for(Some(MANDATE), (CARRIER, OrgKind::Carrier), BTreeSet::from([ActKind::Collect]))
}

/// Collects under no mandate.
pub fn unbound_machine() -> &'static Principal {
    machine_for(None, (CARRIER, OrgKind::Carrier), BTreeSet::from([ActKind::Collect]))
}

/// Runs the detectors at the national centre.
pub fn detector() -> &'static Principal {
    machine_for(Some(MANDATE), (CENTRE, OrgKind::NationalCentre), BTreeSet::from([ActKind::RunDetectors]))
}

/// A text with its salt.
pub fn said(text: &str) -> Said {
    Said::new(text, Salt(Digest::of(text.as_bytes())))
}

/// What is asked for.
pub fn terms() -> Terms {
    Terms {
        analysts: BTreeSet::from([ANALYST]),
        carrier: CARRIER,
        clearance: Clearance::Restricted,
        directions: BTreeSet::from([Direction::OutForeign]),
        dns_names: false,
        domestic: BTreeSet::from(["192.0.2.0/24".parse().unwrap()]),
        from: NOW,
        hunts_max: 2,
        legal_basis: LegalBasis::OutForeign,
        party: None,
        ports: BTreeSet::new(),
        protocols: BTreeSet::new(),
        purposes: BTreeSet::from([Purpose::FindAttackServers, Purpose::WarnVictims]),
        records_max: 1_000_000,
        retain_days_max: 30,
        rows_max: 100,
        rule_pack: "jp-mandates-2026.1".into(),
        selected_records_max: 1_000,
        selectors: None,
        until: Micros(NOW.0 + 90 * DAY),
    }
}

/// Votes for a matter, on a mandate that was suspended once when they are to resume it, and else never.
pub fn votes(matter: Matter, numbers: &[u8], version: u32) -> Vec<Signed<Vote>> {
    let vote = |n: &u8| Vote {
        at: NOW,
        choice: Choice::For,
        conditions: Decision::conditions_digest(&[]),
        mandate: MANDATE,
        matter,
        reasons: said(&format!("reason {n}")).commitment(),
        round: matter.round(u32::from(matter == Matter::Resume)),
        terms: terms().digest(),
        version,
    };
    numbers.iter().map(|n| signer(*n).sign(vote(n)).unwrap()).collect()
}

/// A decision of some commissioners.
pub fn decision(numbers: &[u8], version: u32) -> Decision {
    Decision {
        conditions: vec![],
        reasons: numbers.iter().map(|n| said(&format!("reason {n}"))).collect(),
        votes: votes(Matter::Grant, numbers, version),
    }
}

/// Requested, answered and decided.
pub async fn granted(acts: &Acts) -> Mandate {
    let request = Request {
        necessity: said("no lighter means works"),
        selectors: vec![],
        selectors_salt: Salt(Digest::of(b"selectors")),
        terms: terms(),
        title: "Carrier North".into(),
    };
    mandates::request(acts, &signed(officer(), 0), MANDATE, request).await.unwrap();
    mandates::answer(acts, &by(liaison(), 0), MANDATE, Answer::Feasible, None, said("we can")).await.unwrap();
    mandates::decide(acts, &by(liaison(), 1), MANDATE, decision(&[1, 2, 3], 1)).await.unwrap()
}

/// A batch that begins, as number so much.
pub fn opened(number: u64) -> BatchOpened {
    BatchOpened {
        batch: BATCH,
        commission_share: Digest::of(b"share"),
        key: Digest::of(b"key"),
        mandate: MANDATE,
        number,
        source: "north".into(),
        version: 1,
    }
}

/// What will be selected, committed to.
pub fn scope() -> Commitment {
    said("servers of the selection set").commitment()
}

/// A balance that adds up.
pub fn balance() -> BatchSealed {
    BatchSealed {
        aggregated_only: 90,
        batch: BATCH,
        ciphertext: Digest::of(b"ciphertext"),
        from: NOW,
        input: Digest::of(b"input"),
        out_of_mandate: BTreeMap::from([("domestic".to_owned(), 5)]),
        received: 100,
        selected: 5,
        selection: noroshi_leaf::Commitment(Digest::of(b"selection")),
        until: at(1),
    }
}

/// A question within the terms.
pub fn question() -> Question {
    Question {
        batches: BTreeSet::from([BATCH]),
        directions: BTreeSet::from([Direction::OutForeign]),
        reason_code: ReasonCode::ConfirmFinding,
        reason: said("a beacon of high severity"),
        rows_max: 100,
        servers: BTreeSet::new(),
    }
}

/// The commission destroyed its share.
pub fn disposed() -> Disposed {
    let statement = Destruction {
        at: at(8),
        batches: BTreeSet::from([BATCH]),
        mandate: MANDATE,
        shares: BTreeSet::from([Digest::of(b"share")]),
    };
    Disposed { certificate: signer(99).sign(statement).unwrap(), reason: DisposalReason::MandateRevoked }
}

/// Every line so far, in the order in which they go into the log.
pub async fn lines(acts: &Acts) -> Vec<Leaf> {
    let waiting = acts.db.next_unsequenced(1_000).await.unwrap();
    waiting.iter().map(|leaf| Leaf::from_bytes(&leaf.bytes).unwrap()).collect()
}

/// Writes the line that makes the analyst's account one that may act, as a change of accounts does.
pub async fn enrolled(acts: &Acts) {
    let line = noroshi_leaf::body::Person {
        active: true,
        clearance: Clearance::Secret,
        clearance_until: Some(at(24 * 365)),
        compartments: None,
        org: CENTRE,
        person: ANALYST,
        roles: BTreeSet::from([Role::Analyst]),
    };
    let leaf = Leaf::new(by(analyst(), 0).id(), NOW, Actor::Hub, Body::Person(line));
    acts.db.record_line(NOW, &noroshi_store::LeafEntry::try_from(&leaf).unwrap()).await.unwrap();
}
