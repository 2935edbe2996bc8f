use super::*;
use crate::act::{Abort, AbortReason, Done, GovernedAct, Intent};
use crate::batch::{BatchOpened, BatchSealed, Destruction, DisposalReason, Disposed};
use crate::body::*;
use crate::digest::{Commitment, Salt};
use crate::mandate::{Answer, MandateEvent, MandateLine};
use crate::statement::Signer;
use crate::terms::tests::terms;
use crate::vote::tests::vote;
use crate::vote::{Choice, Roster};
use noroshi_model::*;
use std::collections::{BTreeMap, BTreeSet};

fn commitment() -> Commitment {
    Commitment::to("理由 \"reason\"\n".as_bytes(), &Salt(Digest::of(b"salt")))
}

fn mandate(event: MandateEvent) -> Body {
    let evidence = Some(Digest::of(b"assertion"));
    Body::Mandate(Box::new(MandateLine { event, evidence, mandate: MandateId(Uuid::from_u128(10)), version: 2 }))
}

fn mandate_events() -> Vec<MandateEvent> {
    let signer = Signer::from_seed(&[1; 32]);
    let votes = vec![signer.sign(vote(Choice::For)).unwrap(), signer.sign(vote(Choice::Against)).unwrap()];
    vec![
        MandateEvent::Requested { necessity: commitment(), terms: terms() },
        MandateEvent::Answered { answer: Answer::Partly, load_cap_records_per_second: Some(1), reason: commitment() },
        MandateEvent::Objected { reason: commitment() },
        MandateEvent::Decided { votes: votes.clone() },
        MandateEvent::Narrowed { terms: terms() },
        MandateEvent::Suspended { reason: commitment(), votes: vec![] },
        MandateEvent::Resumed { votes: votes.clone() },
        MandateEvent::Revoked { reason: commitment(), votes },
        MandateEvent::Expired,
        MandateEvent::Disposed { batches: 3, list: Digest::of(b"list") },
    ]
}

fn governed() -> Vec<Body> {
    let id = IntentId(Uuid::from_u128(20));
    let batch = BatchId(Uuid::from_u128(30));
    let certificate = Destruction {
        at: Micros(9),
        batches: BTreeSet::from([batch]),
        mandate: MandateId(Uuid::from_u128(10)),
        shares: BTreeSet::from([Digest::of(b"share")]),
    };
    vec![
        Body::Intent(Box::new(Intent {
            act: GovernedAct::OpenPseudonym,
            batches: BTreeSet::from([batch]),
            build: Digest::of(b"program"),
            deadline: Micros(60_000_000),
            directions: BTreeSet::from([Direction::ForeignIn, Direction::OutForeign]),
            evidence: Some(Digest::of(b"assertion")),
            intent: id,
            mandate: MandateId(Uuid::from_u128(10)),
            policies: BTreeSet::from(["hunt-live-mandate".to_owned()]),
            policy_set: Digest::of(b"policies"),
            purpose: Purpose::FindAttackServers,
            scope: commitment(),
            version: 2,
        })),
        Body::Done(Done { digest: Digest::of(b"rows"), elapsed_micros: 17, intent: id, rows: 4 }),
        Body::Abort(Abort { intent: id, reason: AbortReason::KeyWithheld }),
        Body::BatchOpened(BatchOpened {
            batch,
            commission_share: Digest::of(b"share"),
            key: Digest::of(b"key"),
            mandate: MandateId(Uuid::from_u128(10)),
            number: 1,
            source: "192.0.2.1".into(),
            version: 2,
        }),
        Body::BatchSealed(BatchSealed {
            aggregated_only: 6,
            batch,
            ciphertext: Digest::of(b"ciphertext"),
            from: Micros(0),
            input: Digest::of(b"input"),
            out_of_mandate: BTreeMap::from([("domestic".to_owned(), 3)]),
            received: 10,
            selected: 1,
            selection: Commitment(Digest::of(b"selection")),
            until: Micros(1),
        }),
        Body::Disposed(Disposed {
            certificate: Signer::from_seed(&[2; 32]).sign(certificate).unwrap(),
            reason: DisposalReason::MandateExpired,
        }),
        Body::Opening(Opening {
            evidence: None,
            mandate: MandateId(Uuid::from_u128(10)),
            opening: OpeningId(Uuid::from_u128(40)),
            scope: commitment(),
            step: OpeningStep::Approved,
        }),
    ]
}

fn reference() -> Vec<Body> {
    let key = Signer::from_seed(&[3; 32]).public();
    let roster = Roster { commissioners: BTreeSet::from([key]), quorum: 1, seal: key };
    vec![
        Body::Genesis(Box::new(Genesis {
            disposal_days_max: 7,
            heartbeat_seconds_max: 10,
            intent_seconds_max: 3_600,
            origin: "noroshi.example/log".into(),
            roster: roster.clone(),
        })),
        Body::Heartbeat(Heartbeat { number: 3, open_intents: 1 }),
        Body::Refused(Refused { act: "hunt".into(), mandate: None, rules: BTreeSet::from(["F2".to_owned()]) }),
        Body::Organisation(Organisation {
            country: Some("AU".parse().unwrap()),
            flags: BTreeSet::from([OrgFlag::Special]),
            kind: OrgKind::Carrier,
            name: commitment(),
            org: OrgId(Uuid::from_u128(50)),
        }),
        Body::Person(Person {
            active: true,
            clearance: Clearance::Secret,
            clearance_until: Some(Micros(1)),
            compartments: Some(commitment()),
            org: OrgId(Uuid::from_u128(50)),
            person: PersonId(Uuid::from_u128(60)),
            roles: BTreeSet::from([Role::Analyst, Role::Administrator]),
        }),
        Body::Credential(Credential {
            added: true,
            fingerprint: Digest::of(b"passkey"),
            kind: CredentialKind::Passkey,
            org: OrgId(Uuid::from_u128(50)),
            person: Some(PersonId(Uuid::from_u128(60))),
        }),
        Body::Roster(Box::new(RosterChange { roster, votes: vec![] })),
        Body::Inspection(Inspection {
            due: Some(Micros(1)),
            hunt: None,
            number: 1,
            step: InspectionStep::Finding,
            text: commitment(),
        }),
        Body::Complaint(Complaint { text: commitment() }),
        Body::Collection(Collection {
            collection: CollectionId(Uuid::from_u128(70)),
            stands: commitment(),
            step: CollectionStep::Opened,
        }),
        Body::Intelligence(Intelligence {
            collection: CollectionId(Uuid::from_u128(70)),
            given: true,
            list: commitment(),
            objects: 3,
        }),
    ]
}

fn leaves() -> Vec<Leaf> {
    let actors = [
        Actor::Hub,
        Actor::Machine { fingerprint: Digest::of(b"certificate"), org: OrgId(Uuid::from_u128(50)) },
        Actor::Person { org: OrgId(Uuid::from_u128(50)), person: PersonId(Uuid::from_u128(60)) },
    ];
    let bodies = mandate_events().into_iter().map(mandate).chain(governed()).chain(reference());
    bodies
        .zip(actors.into_iter().cycle())
        .enumerate()
        .map(|(n, (body, actor))| Leaf::new(Uuid::from_u128(n as u128), Micros(1_764_000_000_000_001), actor, body))
        .collect()
}

#[test]
fn every_kind_of_line_is_written_as_rfc_8785_says_and_reads_back() {
    for leaf in leaves() {
        let bytes = leaf.to_bytes().unwrap();
        let canonical = serde_json_canonicalizer::to_vec(&leaf).unwrap();
        assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&canonical));
        assert_eq!(Leaf::from_bytes(&bytes).unwrap(), leaf);
    }
}

#[test]
fn the_word_of_a_kind_is_the_key_in_its_bytes() {
    for leaf in leaves() {
        let body = serde_json::to_value(&leaf.body).unwrap();
        assert_eq!(body.as_object().unwrap().keys().next().unwrap(), leaf.body.word());
    }
}

/// The bytes of version 1. They are hashed and signed: they never change again.
#[test]
fn the_bytes_of_version_1_stay_as_they_are() {
    let lines: Vec<_> = leaves().iter().map(|l| String::from_utf8(l.to_bytes().unwrap()).unwrap()).collect();
    insta::assert_snapshot!("version_1", lines.join("\n"));
}

#[test]
fn another_spelling_of_the_same_line_is_refused() {
    let leaf = leaves().remove(0);
    let text = String::from_utf8(leaf.to_bytes().unwrap()).unwrap();
    let refuse = |bytes: String| Leaf::from_bytes(bytes.as_bytes()).unwrap_err();
    assert!(matches!(refuse(text.replacen("{\"actor\"", "{ \"actor\"", 1)), LeafError::NotCanonical(1)));
    assert!(matches!(refuse(text.replacen("\"v\":1", "\"v\":1,\"v\":1", 1)), LeafError::Malformed(_)));
    assert!(matches!(refuse(text.replacen("\"v\":1", "\"u\":1,\"v\":1", 1)), LeafError::Malformed(_)));
    assert!(matches!(refuse(text.replacen("\"v\":1", "\"v\":2", 1)), LeafError::Version(2)));
    assert!(matches!(refuse(text.replacen("[1,1024]", "[1,1024],[1,1024]", 1)), LeafError::NotCanonical(_)));
}

#[test]
fn a_leaf_at_the_limit_is_written_and_one_past_it_is_refused() {
    let leaf = |length: usize| {
        let refused = Refused { act: "x".repeat(length), mandate: None, rules: BTreeSet::new() };
        Leaf::new(Uuid::from_u128(1), Micros(0), Actor::Hub, Body::Refused(refused))
    };
    let rest = leaf(0).to_bytes().unwrap().len();
    let full = leaf(limits::LEAF_BYTES_MAX - rest).to_bytes().unwrap();
    assert_eq!(full.len(), limits::LEAF_BYTES_MAX);
    assert!(Leaf::from_bytes(&full).is_ok());
    assert!(matches!(leaf(limits::LEAF_BYTES_MAX - rest + 1).to_bytes(), Err(LeafError::TooLarge(_))));
    assert!(matches!(Leaf::from_bytes(&vec![b' '; limits::LEAF_BYTES_MAX + 1]), Err(LeafError::TooLarge(_))));
}
