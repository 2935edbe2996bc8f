//! A small world in which everything is as it should be: who asks, about what, when. Tests then break one thing.

use crate::resource::{
    Audience, Collection, Dataset, Facts, Finding, Hub, Intelligence, Invitation, MandateChange, MandateFacts, Measure,
    Opening, Org, OrgChange, PersonChange, Report, SealedEntry, Token,
};
use crate::{ActKind, Circumstances, Machine, Person, Principal};
use noroshi_model::{
    BatchId, Clearance, CollectionId, Compartment, Country, DataClass, Direction, Handling, IntentId, LegalBasis,
    MachineId, MandateId, MandateState, MeasureId, MeasureKind, MeasureState, Micros, OpeningId, OpeningState, OrgId,
    OrgKind, PersonId, Purpose, Rank, ReportId, Role, Tlp, TokenId,
};
use uuid::Uuid;

pub(super) const NOW: Micros = Micros(1_790_000_000_000_000);
pub(super) const SOON: Micros = Micros(NOW.0 + 1);
pub(super) const BEFORE: Micros = Micros(NOW.0 - 1);

/// What is asked about, with its type known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Thing {
    Hub(Hub),
    Org(Org),
    OrgChange(OrgChange),
    Invitation(Invitation),
    PersonChange(PersonChange),
    Person(Person),
    Token(Token),
    Mandate(MandateFacts),
    MandateChange(MandateChange),
    Dataset(Dataset),
    Finding(Finding),
    Opening(Opening),
    Report(Report),
    Collection(Collection),
    Intelligence(Intelligence),
    Measure(Measure),
    Sealed(SealedEntry),
}

impl Thing {
    pub(super) fn facts(&self) -> &dyn Facts {
        match self {
            Self::Hub(thing) => thing,
            Self::Org(thing) => thing,
            Self::OrgChange(thing) => thing,
            Self::Invitation(thing) => thing,
            Self::PersonChange(thing) => thing,
            Self::Person(thing) => thing,
            Self::Token(thing) => thing,
            Self::Mandate(thing) => thing,
            Self::MandateChange(thing) => thing,
            Self::Dataset(thing) => thing,
            Self::Finding(thing) => thing,
            Self::Opening(thing) => thing,
            Self::Report(thing) => thing,
            Self::Collection(thing) => thing,
            Self::Intelligence(thing) => thing,
            Self::Measure(thing) => thing,
            Self::Sealed(thing) => thing,
        }
    }

    /// The mandate it is, or rests on.
    pub(super) fn mandate_mut(&mut self) -> Option<&mut MandateFacts> {
        match self {
            Self::Mandate(mandate) => Some(mandate),
            Self::MandateChange(change) => Some(&mut change.mandate),
            Self::Dataset(dataset) => Some(&mut dataset.mandate),
            Self::Finding(finding) => Some(&mut finding.mandate),
            Self::Opening(opening) => Some(&mut opening.mandate),
            _ => None,
        }
    }
}

/// One asking.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    pub(super) act: ActKind,
    pub(super) principal: Principal,
    pub(super) thing: Thing,
    pub(super) circumstances: Circumstances,
}

pub(super) fn org_of(kind: OrgKind) -> OrgId {
    OrgId(Uuid::from_u128(0x100 + kind as u128))
}

pub(super) fn person_id(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(0x200 + number))
}

/// Where a role is at home.
pub(super) fn home(role: Role) -> OrgKind {
    match role {
        Role::Commissioner | Role::Inspector => OrgKind::Commission,
        Role::CarrierLiaison => OrgKind::Carrier,
        Role::OperatorOfficer | Role::OrgAdministrator => OrgKind::Operator,
        Role::Regulator => OrgKind::Ministry,
        _ => OrgKind::NationalCentre,
    }
}

pub(super) fn person(role: Role) -> Person {
    Person {
        id: person_id(role as u128),
        org: org_of(home(role)),
        org_kind: home(role),
        roles: [role].into(),
        rank: Rank::Officer,
        country: Country::JAPAN,
        clearance: Clearance::Secret,
        clearance_until: SOON,
        compartments: [compartment("grid"), compartment("ports")].into(),
        active: true,
    }
}

pub(super) fn compartment(word: &str) -> Compartment {
    word.parse().unwrap()
}

pub(super) fn machine(kind: OrgKind) -> Principal {
    Principal::Machine(Machine {
        id: MachineId(Uuid::from_u128(0x300 + kind as u128)),
        org: org_of(kind),
        org_kind: kind,
        country: Country::JAPAN,
        mandate: Some(mandate().id),
        not_after: SOON,
        active: true,
        scopes: ActKind::ALL.iter().copied().collect(),
    })
}

/// Somebody else, of no account in these tests.
pub(super) fn other(number: u128) -> PersonId {
    person_id(100 + number)
}

pub(super) fn mandate() -> MandateFacts {
    MandateFacts {
        id: MandateId(Uuid::from_u128(0x400)),
        version: 2,
        state: MandateState::Approved,
        basis: LegalBasis::ForeignIn,
        commission_approved: true,
        not_before: NOW,
        not_after: SOON,
        directions: [Direction::ForeignIn].into(),
        purposes: [Purpose::FindAttackServers].into(),
        analysts: Role::ALL.into_iter().map(|role| person_id(role as u128)).collect(),
        carriers: [org_of(OrgKind::Carrier)].into(),
        requester: other(1),
        requester_org: org_of(OrgKind::NationalCentre),
        party: Some(org_of(OrgKind::Operator)),
        clearance: Clearance::Restricted,
    }
}

fn dataset() -> Dataset {
    Dataset {
        id: BatchId(Uuid::from_u128(0x401)),
        mandate: mandate(),
        directions: [Direction::ForeignIn].into(),
        classes: DataClass::ALL.iter().copied().collect(),
        clearance: Clearance::Restricted,
        disposed: false,
    }
}

/// What an act is done to, when `who` does it and all is well.
pub(super) fn thing(act: ActKind, who: &Principal) -> Thing {
    let (own_org, own_kind, own_id) = match who {
        Principal::Person { person, .. } => (person.org, person.org_kind, person.id),
        Principal::Machine(machine) => (machine.org, machine.org_kind, other(0)),
    };
    let account = Person {
        id: other(2),
        org: own_org,
        org_kind: own_kind,
        roles: [Role::OrgAdministrator].into(),
        rank: Rank::Member,
        country: Country::JAPAN,
        clearance: Clearance::None,
        clearance_until: SOON,
        compartments: [].into(),
        active: true,
    };
    let basis = if own_kind == OrgKind::Operator { LegalBasis::PartyAgreement } else { LegalBasis::ForeignIn };
    let mandate = || MandateFacts { basis, ..mandate() };
    let dataset = || Dataset { mandate: mandate(), ..dataset() };
    match act {
        ActKind::RegisterOrg => Thing::Org(Org { id: org_of(OrgKind::Vendor), kind: OrgKind::Vendor }),
        ActKind::ReadOrg => Thing::Org(Org { id: org_of(OrgKind::Vendor), kind: OrgKind::Vendor }),
        ActKind::ChangeOrg => Thing::OrgChange(OrgChange { org: Org { id: own_org, kind: own_kind }, standing: false }),
        ActKind::InvitePerson => Thing::Invitation(Invitation {
            person: other(2),
            org: own_org,
            org_kind: own_kind,
            roles: [Role::OrgAdministrator].into(),
            rank: Rank::Member,
            first_of_org: false,
        }),
        ActKind::ChangeMembership | ActKind::SetClearance => {
            Thing::PersonChange(PersonChange { clearance_after: Clearance::Restricted, ..PersonChange::of(account) })
        }
        ActKind::ReadPerson => Thing::Person(account),
        ActKind::IssueToken | ActKind::RevokeToken => Thing::Token(Token {
            id: TokenId(Uuid::from_u128(0x402)),
            org: own_org,
            org_kind: own_kind,
            scopes: [match own_kind {
                OrgKind::NationalCentre => ActKind::RunDetectors,
                OrgKind::Commission => ActKind::ReadLedger,
                _ => ActKind::Collect,
            }]
            .into(),
            not_before: NOW,
            not_after: SOON,
        }),
        ActKind::RequestMandate => Thing::Mandate(MandateFacts {
            state: MandateState::Draft,
            commission_approved: false,
            requester: own_id,
            requester_org: own_org,
            ..mandate()
        }),
        ActKind::AnswerRequest | ActKind::ObjectToCommission | ActKind::ReadMandate => {
            Thing::Mandate(MandateFacts { analysts: [other(3)].into(), ..mandate() })
        }
        ActKind::DecideMandate => Thing::MandateChange(MandateChange {
            mandate: MandateFacts { state: MandateState::Requested, ..mandate() },
            widens: true,
            commission_signed: true,
        }),
        ActKind::SuspendMandate | ActKind::AmendMandate | ActKind::RevokeMandate => {
            Thing::MandateChange(MandateChange::narrowing(mandate(), true))
        }
        ActKind::Collect | ActKind::RunDetectors | ActKind::Hunt => Thing::Dataset(dataset()),
        ActKind::Dispose => Thing::Dataset(Dataset {
            mandate: MandateFacts { not_before: BEFORE, not_after: NOW, ..mandate() },
            ..dataset()
        }),
        ActKind::ReadFinding => Thing::Finding(Finding {
            id: "0123456789abcdef".to_owned(),
            mandate: mandate(),
            clearance: Clearance::Restricted,
            readable_until: SOON,
        }),
        ActKind::RequestOpening | ActKind::ApproveOpening | ActKind::OpenPseudonym => Thing::Opening(Opening {
            id: OpeningId(Uuid::from_u128(0x403)),
            batch: BatchId(Uuid::from_u128(0x402)),
            mandate: mandate(),
            state: if act == ActKind::OpenPseudonym { OpeningState::Approved } else { OpeningState::Requested },
            requester: if act == ActKind::ApproveOpening { other(4) } else { own_id },
            approver: (act == ActKind::OpenPseudonym).then(|| other(5)),
            not_after: SOON,
            clearance: Clearance::Restricted,
        }),
        ActKind::ReadReport => Thing::Report(Report {
            id: ReportId(Uuid::from_u128(0x404)),
            submitter: org_of(OrgKind::Isac),
            clearance: Clearance::Restricted,
            tlp: Tlp::Amber,
            named: [other(6)].into(),
            recipients: [own_org].into(),
            purposes: [Purpose::FindAttackServers].into(),
        }),
        ActKind::KeepCollection | ActKind::ReadCollection | ActKind::GiveIntelligence => {
            Thing::Collection(Collection {
                id: CollectionId(Uuid::from_u128(0x406)),
                keeper: own_org,
                readers: Audience::These([own_org].into()),
                givers: Audience::These([own_org].into()),
                open: true,
            })
        }
        ActKind::ReadIntelligence => Thing::Intelligence(Intelligence {
            label: 1,
            producer: org_of(OrgKind::Isac),
            // A machine reads nothing classified.
            handling: match who {
                Principal::Person { .. } => Handling {
                    countries: Some([Country::JAPAN].into()),
                    clearance: Clearance::Restricted,
                    compartments: [compartment("grid")].into(),
                    purposes: Some([Purpose::FindAttackServers].into()),
                    ..Handling::of_tlp(Tlp::Amber)
                },
                Principal::Machine(_) => Handling::of_tlp(Tlp::Amber),
            },
            readers: Audience::These([own_org].into()),
        }),
        ActKind::WithdrawIntelligence => Thing::Intelligence(Intelligence {
            label: 1,
            producer: own_org,
            handling: Handling::of_tlp(Tlp::Amber),
            readers: Audience::Everyone,
        }),
        ActKind::ProposeMeasure | ActKind::ApproveLine | ActKind::ApproveLegal | ActKind::ExecuteMeasure => {
            Thing::Measure(Measure {
                id: MeasureId(Uuid::from_u128(0x405)),
                kind: MeasureKind::Filter,
                state: match act {
                    ActKind::ProposeMeasure => MeasureState::Draft,
                    ActKind::ExecuteMeasure => MeasureState::Approved,
                    _ => MeasureState::Proposed,
                },
                proposer: if act == ActKind::ProposeMeasure { own_id } else { other(7) },
                line_approver: (act == ActKind::ExecuteMeasure).then(|| other(8)),
                legal_approver: (act == ActKind::ExecuteMeasure).then(|| other(9)),
                commission_approved: false,
                preview_acknowledged: true,
                inverse_tested: true,
                touches_critical: false,
                not_after: SOON,
                clearance: Clearance::Restricted,
            })
        }
        ActKind::Unseal => {
            Thing::Sealed(SealedEntry { index: 7, signers: [other(10), other(11), other(12)].into(), quorum: 3 })
        }
        ActKind::Inspect | ActKind::ReadLedger | ActKind::ReadBoard => Thing::Hub(Hub),
    }
}

pub(super) fn circumstances() -> Circumstances {
    Circumstances::at(NOW)
        .for_purpose(Purpose::FindAttackServers)
        .with_receipt(IntentId(Uuid::from_u128(0x500)))
        .stepped_up()
        .within_budget()
}

/// Everyone who could ask: a person of each role, and a machine of each organisation that has some.
pub(super) fn everyone() -> Vec<(&'static str, Principal)> {
    let people = Role::ALL.into_iter().map(|role| (role.word(), Principal::person(person(role))));
    let machines = [
        ("machine of a carrier", machine(OrgKind::Carrier)),
        ("machine of an operator", machine(OrgKind::Operator)),
        ("machine of the centre", machine(OrgKind::NationalCentre)),
        ("machine of the commission", machine(OrgKind::Commission)),
    ];
    people.chain(machines).collect()
}

/// `who` asks for an act, and all is well.
pub(super) fn asking(act: ActKind, who: Principal) -> Asking {
    Asking { act, thing: thing(act, &who), principal: who, circumstances: circumstances() }
}
