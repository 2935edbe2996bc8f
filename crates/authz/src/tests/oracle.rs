//! The same rules said a second time, as plain Rust, from the articles and the page on authorisation and not from
//! the policies. Where the two differ one of them is wrong.

use super::stage::{Asking, Thing};
use crate::resource::{
    Collection, Dataset, Finding, Intelligence, Invitation, MandateChange, MandateFacts, Measure, Opening,
    PersonChange, Report,
};
use crate::{ActKind, Circumstances, Machine, Person, Principal};
use noroshi_model::{
    Clearance, Country, Direction, LegalBasis, MandateState, MeasureKind, MeasureState, OpeningState, OrgId, OrgKind,
    Rank, Role, Tlp,
};

pub(super) fn allows(asking: &Asking) -> bool {
    let Asking { act, principal, thing, circumstances } = asking;
    match principal {
        Principal::Person { person, scope } => {
            person.active
                && scope.names(*act)
                && signed_where_grave(*act, circumstances)
                && recorded_where_data(*act, circumstances)
                && !(person.roles.contains(&Role::Administrator) && governed(*act))
                && person_may(*act, person, thing, circumstances)
        }
        Principal::Machine(machine) => {
            machine.active
                && machine.scopes.contains(act)
                && circumstances.now < machine.not_after
                && recorded_where_data(*act, circumstances)
                && machine_may(*act, machine, thing, circumstances)
        }
    }
}

fn signed_where_grave(act: ActKind, at: &Circumstances) -> bool {
    use ActKind::{
        AmendMandate, ApproveLegal, ApproveLine, ApproveOpening, ChangeMembership, DecideMandate, ExecuteMeasure,
        IssueToken, OpenPseudonym, RequestMandate, RevokeMandate, SetClearance, SuspendMandate, Unseal,
    };
    at.stepped_up
        || ![
            ChangeMembership,
            SetClearance,
            IssueToken,
            RequestMandate,
            DecideMandate,
            SuspendMandate,
            AmendMandate,
            RevokeMandate,
            ApproveOpening,
            OpenPseudonym,
            ApproveLine,
            ApproveLegal,
            ExecuteMeasure,
            Unseal,
        ]
        .contains(&act)
}

fn recorded_where_data(act: ActKind, at: &Circumstances) -> bool {
    use ActKind::{Collect, Dispose, ExecuteMeasure, Hunt, OpenPseudonym, ReadReport, RunDetectors, Unseal};
    at.receipt.is_some()
        || ![Collect, RunDetectors, Hunt, Dispose, OpenPseudonym, ReadReport, ExecuteMeasure, Unseal].contains(&act)
}

/// Everything but accounts, organisations and tokens.
fn governed(act: ActKind) -> bool {
    act >= ActKind::RequestMandate
}

fn machine_may(act: ActKind, machine: &Machine, thing: &Thing, at: &Circumstances) -> bool {
    match (act, thing) {
        (_, Thing::Collection(collection)) => may_use(act, machine.org, collection),
        (ActKind::WithdrawIntelligence, Thing::Intelligence(given)) => given.producer == machine.org,
        (ActKind::ReadIntelligence, Thing::Intelligence(given)) => {
            let handling = &given.handling;
            may_share(machine.org, machine.country, given, at)
                && handling.clearance == Clearance::None
                && handling.compartments.is_empty()
                && handling.tlp() != Tlp::Red
                && handling.people.is_none()
        }
        (ActKind::ReadLedger, Thing::Hub(_)) => machine.org_kind == OrgKind::Commission,
        (_, Thing::Dataset(dataset)) => {
            let mandate = &dataset.mandate;
            let hands_over = match machine.org_kind {
                OrgKind::Carrier => mandate.carriers.contains(&machine.org),
                OrgKind::Operator => mandate.basis == LegalBasis::PartyAgreement && mandate.party == Some(machine.org),
                _ => false,
            };
            let centre = machine.org_kind == OrgKind::NationalCentre;
            machine.mandate == Some(mandate.id)
                && match act {
                    ActKind::Collect => hands_over && may_touch(dataset, at),
                    ActKind::RunDetectors => centre && may_touch(dataset, at),
                    ActKind::Dispose => centre && may_dispose(dataset, at),
                    _ => false,
                }
        }
        _ => false,
    }
}

fn person_may(act: ActKind, who: &Person, thing: &Thing, at: &Circumstances) -> bool {
    let at_centre = |role| who.org_kind == OrgKind::NationalCentre && who.roles.contains(&role);
    let at_commission = |role| who.org_kind == OrgKind::Commission && who.roles.contains(&role);
    let overseer = at_commission(Role::Inspector) || at_commission(Role::Commissioner);
    let keeper_of = |org| who.roles.contains(&Role::OrgAdministrator) && who.org == org;
    match thing {
        Thing::Org(org) if act == ActKind::RegisterOrg => {
            at_centre(Role::Administrator) && !matches!(org.kind, OrgKind::Commission | OrgKind::NationalCentre)
        }
        Thing::Org(org) => who.org == org.id || matches!(who.org_kind, OrgKind::NationalCentre | OrgKind::Commission),
        Thing::OrgChange(change) if change.standing => {
            who.roles.contains(&Role::Administrator) && (at_centre(Role::Administrator) || keeper_of(change.org.id))
        }
        Thing::OrgChange(change) => at_centre(Role::Administrator) || keeper_of(change.org.id),
        Thing::Invitation(invitation) => {
            let opens_door = at_centre(Role::Administrator)
                && invitation.first_of_org
                && invitation.roles.iter().eq([&Role::OrgAdministrator]);
            (keeper_of(invitation.org) || opens_door) && may_invite(who, invitation)
        }
        Thing::PersonChange(change) if act == ActKind::SetClearance => {
            let authority =
                at_centre(Role::LegalOfficer) || at_commission(Role::Commissioner) && who.org == change.person.org;
            authority && may_touch_account(who, change) && may_clear(who, change, at)
        }
        Thing::PersonChange(change) => {
            keeper_of(change.person.org) && may_touch_account(who, change) && may_give_roles(who, change)
        }
        Thing::Person(account) => {
            account.id == who.id
                || keeper_of(account.org)
                || at_centre(Role::Administrator)
                || at_centre(Role::LegalOfficer)
                || overseer
        }
        Thing::Token(token) if act == ActKind::IssueToken => {
            let day = 86_400_000_000;
            let term = token.not_after.0 - token.not_before.0;
            let fits = |act: &ActKind| match token.org_kind {
                OrgKind::Carrier | OrgKind::Operator => *act == ActKind::Collect || shares(*act),
                OrgKind::NationalCentre => [ActKind::RunDetectors, ActKind::Dispose].contains(act) || shares(*act),
                OrgKind::Commission => *act == ActKind::ReadLedger,
                _ => shares(*act),
            };
            keeper_of(token.org)
                && (1..=90 * day).contains(&term)
                && !token.scopes.is_empty()
                && token.scopes.iter().all(fits)
        }
        Thing::Token(token) => {
            keeper_of(token.org) || at_centre(Role::Administrator) && token.org_kind != OrgKind::Commission
        }
        Thing::Mandate(mandate) => match act {
            ActKind::RequestMandate => may_request(who, mandate),
            ActKind::ReadMandate => sees(who, mandate.clearance, at) && may_read_mandate(who, mandate),
            _ => sees(who, mandate.clearance, at) && may_answer(act, who, mandate),
        },
        Thing::MandateChange(change) => may_change(act, who, change),
        Thing::Dataset(dataset) if act == ActKind::Dispose => at_centre(Role::LineOfficer) && may_dispose(dataset, at),
        Thing::Dataset(dataset) => {
            act == ActKind::Hunt
                && at_centre(Role::Analyst)
                && dataset.mandate.analysts.contains(&who.id)
                && at.budget_left
                && sees(who, dataset.clearance, at)
                && may_touch(dataset, at)
        }
        Thing::Finding(finding) => sees(who, finding.clearance, at) && may_read_finding(who, finding, at),
        Thing::Opening(opening) => {
            sees(who, opening.clearance, at) && live(&opening.mandate, at) && may_open(act, who, opening, at)
        }
        Thing::Report(report) => sees(who, report.clearance, at) && may_read_report(who, report, at),
        Thing::Collection(collection) if act == ActKind::KeepCollection => {
            let isac = who.org_kind == OrgKind::Isac && who.roles.contains(&Role::OrgAdministrator);
            who.org == collection.keeper && (at_centre(Role::DutyEditor) || isac)
        }
        Thing::Collection(collection) => may_use(act, who.org, collection),
        Thing::Intelligence(given) if act == ActKind::WithdrawIntelligence => given.producer == who.org,
        Thing::Intelligence(given) => {
            let handling = &given.handling;
            let own = given.producer == who.org;
            let in_all = handling.compartments.is_subset(&who.compartments) && at.now < who.clearance_until;
            let named = handling.people.as_ref().is_some_and(|people| people.contains(&who.id));
            let by_name = handling.tlp() == Tlp::Red || handling.people.is_some();
            may_share(who.org, who.country, given, at)
                && sees(who, handling.clearance, at)
                && (handling.compartments.is_empty() || in_all)
                && (own || named || !by_name)
        }
        Thing::Measure(measure) => {
            sees(who, measure.clearance, at) && !measure.touches_critical && may_measure(act, who, measure, at)
        }
        Thing::Sealed(entry) => {
            at_commission(Role::Commissioner) && entry.quorum > 1 && entry.signers.len() >= entry.quorum
        }
        Thing::Hub(_) => match act {
            ActKind::Inspect => overseer,
            ActKind::ReadLedger => overseer || at_centre(Role::LegalOfficer),
            _ => {
                let stages = [Role::Analyst, Role::DutyEditor, Role::LineOfficer, Role::LegalOfficer, Role::Executor];
                overseer || stages.into_iter().any(at_centre)
            }
        },
    }
}

/// Acts on shared intelligence that a machine may do.
fn shares(act: ActKind) -> bool {
    use ActKind::{GiveIntelligence, ReadCollection, ReadIntelligence, WithdrawIntelligence};
    [ReadCollection, GiveIntelligence, ReadIntelligence, WithdrawIntelligence].contains(&act)
}

fn may_use(act: ActKind, org: OrgId, collection: &Collection) -> bool {
    let keeper = collection.keeper == org;
    match act {
        ActKind::ReadCollection => keeper || collection.open && collection.readers.has(org),
        ActKind::GiveIntelligence => collection.open && collection.givers.has(org),
        _ => false,
    }
}

/// What holds for people and machines alike.
fn may_share(org: OrgId, country: Country, given: &Intelligence, at: &Circumstances) -> bool {
    let own = given.producer == org;
    let handling = &given.handling;
    let released = handling.countries.as_ref().is_none_or(|countries| countries.contains(&country));
    let purpose = handling.purposes.as_ref();
    (own || given.readers.has(org) && handling.understood && released)
        && purpose.is_none_or(|named| at.purpose.is_some_and(|purpose| named.contains(&purpose)))
}

fn sees(who: &Person, clearance: Clearance, at: &Circumstances) -> bool {
    clearance == Clearance::None || who.clearance >= clearance && at.now < who.clearance_until
}

/// Approved, in its term, and for a purpose it names.
fn live(mandate: &MandateFacts, at: &Circumstances) -> bool {
    mandate.state == MandateState::Approved
        && mandate.commission_approved
        && (mandate.not_before..mandate.not_after).contains(&at.now)
        && at.purpose.is_some_and(|purpose| mandate.purposes.contains(&purpose))
}

fn may_touch(dataset: &Dataset, at: &Circumstances) -> bool {
    let covered =
        |direction: &Direction| *direction != Direction::Domestic && dataset.mandate.directions.contains(direction);
    !dataset.disposed && live(&dataset.mandate, at) && dataset.directions.iter().all(covered)
}

fn may_dispose(dataset: &Dataset, at: &Circumstances) -> bool {
    let ended = matches!(dataset.mandate.state, MandateState::Revoked | MandateState::Expired);
    !dataset.disposed && (ended || at.now >= dataset.mandate.not_after)
}

fn may_invite(who: &Person, invitation: &Invitation) -> bool {
    let roles = &invitation.roles;
    invitation.rank <= who.rank
        && roles.iter().all(|role| role.rank() <= who.rank && role.exists_at(invitation.org_kind))
        && (!roles.contains(&Role::Administrator)
            || roles.iter().all(|role| matches!(role, Role::Administrator | Role::OrgAdministrator)))
        && (invitation.org_kind != OrgKind::Commission || who.org_kind == OrgKind::Commission)
}

fn may_touch_account(who: &Person, change: &PersonChange) -> bool {
    let account = &change.person;
    account.id != who.id
        && account.rank <= who.rank
        && (account.org_kind != OrgKind::Commission || who.org_kind == OrgKind::Commission)
}

fn may_give_roles(who: &Person, change: &PersonChange) -> bool {
    let (before, after) = (&change.person.roles, &change.roles_after);
    let changed = |role: &Role| before.contains(role) != after.contains(role);
    change.rank_after <= who.rank
        && Role::ALL.iter().filter(|role| changed(role)).all(|role| role.rank() <= who.rank)
        && after.iter().all(|role| role.exists_at(change.person.org_kind))
        && (!after.contains(&Role::Administrator)
            || after.iter().all(|role| matches!(role, Role::Administrator | Role::OrgAdministrator)))
}

fn may_clear(who: &Person, change: &PersonChange, at: &Circumstances) -> bool {
    let highest = change.clearance_after.max(change.person.clearance);
    highest <= who.clearance && (highest == Clearance::None || at.now < who.clearance_until)
}

fn may_request(who: &Person, mandate: &MandateFacts) -> bool {
    let own = mandate.requester == who.id && mandate.requester_org == who.org;
    let officer = who.org_kind == OrgKind::NationalCentre && who.roles.contains(&Role::LineOfficer);
    let party = is_party(who, mandate);
    let only = |direction| mandate.directions.iter().eq([&direction]);
    let fits = match mandate.basis {
        LegalBasis::PartyAgreement => mandate.party == Some(who.org) && !mandate.directions.is_empty(),
        LegalBasis::ForeignForeign => only(Direction::ForeignForeign),
        LegalBasis::ForeignIn => only(Direction::ForeignIn),
        LegalBasis::OutForeign => only(Direction::OutForeign),
    };
    own && (officer || party)
        && fits
        && mandate.state == MandateState::Draft
        && !mandate.directions.contains(&Direction::Domestic)
        && !mandate.purposes.is_empty()
}

fn may_answer(act: ActKind, who: &Person, mandate: &MandateFacts) -> bool {
    let open = match mandate.state {
        MandateState::Requested | MandateState::Approved => true,
        MandateState::Suspended => act == ActKind::ObjectToCommission,
        _ => false,
    };
    let carrier = who.org_kind == OrgKind::Carrier
        && who.roles.contains(&Role::CarrierLiaison)
        && mandate.carriers.contains(&who.org);
    open && carrier
}

/// Speaks for the party of a party agreement.
fn is_party(who: &Person, mandate: &MandateFacts) -> bool {
    who.org_kind == OrgKind::Operator
        && who.roles.contains(&Role::OperatorOfficer)
        && mandate.basis == LegalBasis::PartyAgreement
        && mandate.party == Some(who.org)
}

fn may_read_mandate(who: &Person, mandate: &MandateFacts) -> bool {
    let has = |role| who.roles.contains(&role);
    if mandate.state == MandateState::Draft && mandate.requester_org != who.org {
        return false;
    }
    mandate.requester == who.id
        || mandate.analysts.contains(&who.id)
        || has(Role::CarrierLiaison) && mandate.carriers.contains(&who.org)
        || has(Role::OperatorOfficer) && mandate.party == Some(who.org)
        || match who.org_kind {
            OrgKind::NationalCentre => has(Role::LineOfficer) || has(Role::LegalOfficer),
            OrgKind::Commission => has(Role::Inspector) || has(Role::Commissioner),
            _ => false,
        }
}

fn may_change(act: ActKind, who: &Person, change: &MandateChange) -> bool {
    let mandate = &change.mandate;
    let commission =
        who.org_kind == OrgKind::Commission && who.roles.contains(&Role::Commissioner) && change.commission_signed;
    let requester = who.org == mandate.requester_org
        && (who.roles.contains(&Role::LineOfficer) || who.roles.contains(&Role::OperatorOfficer));
    let domestic = mandate.directions.contains(&Direction::Domestic);
    match (act, mandate.state) {
        (ActKind::DecideMandate, MandateState::Requested) => commission && !domestic,
        (ActKind::SuspendMandate, MandateState::Approved) => commission || requester || is_party(who, mandate),
        (ActKind::AmendMandate, MandateState::Approved | MandateState::Suspended) => {
            !domestic && (commission || requester && !change.widens)
        }
        (ActKind::RevokeMandate, MandateState::Requested | MandateState::Approved | MandateState::Suspended) => {
            commission || requester || is_party(who, mandate)
        }
        _ => false,
    }
}

fn may_read_finding(who: &Person, finding: &Finding, at: &Circumstances) -> bool {
    let named = who.roles.contains(&Role::Analyst) && finding.mandate.analysts.contains(&who.id);
    let officer = who.roles.contains(&Role::LineOfficer) || who.roles.contains(&Role::LegalOfficer);
    who.org_kind == OrgKind::NationalCentre
        && (named || officer)
        && finding.mandate.commission_approved
        && matches!(finding.mandate.state, MandateState::Approved | MandateState::Expired)
        && at.now < finding.readable_until
}

fn may_open(act: ActKind, who: &Person, opening: &Opening, at: &Circumstances) -> bool {
    let centre = who.org_kind == OrgKind::NationalCentre;
    let analyst = centre && who.roles.contains(&Role::Analyst) && opening.mandate.analysts.contains(&who.id);
    let in_time = at.now < opening.not_after;
    match act {
        ActKind::RequestOpening => analyst && opening.requester == who.id && opening.state == OpeningState::Requested,
        ActKind::ApproveOpening => {
            centre
                && in_time
                && who.roles.contains(&Role::LegalOfficer)
                && opening.requester != who.id
                && opening.state == OpeningState::Requested
        }
        _ => {
            let approved = opening.approver.is_some_and(|by| by != opening.requester && by != who.id);
            analyst && in_time && approved && opening.state == OpeningState::Approved
        }
    }
}

fn may_read_report(who: &Person, report: &Report, at: &Circumstances) -> bool {
    let received = report.recipients.contains(&who.org);
    let reaches = match report.tlp {
        Tlp::Clear | Tlp::Green => true,
        Tlp::Amber | Tlp::AmberStrict => received || report.submitter == who.org,
        Tlp::Red => false,
    };
    (reaches || report.named.contains(&who.id))
        && at.purpose.is_some_and(|purpose| report.purposes.contains(&purpose))
        && (received || !who.roles.contains(&Role::Regulator))
}

fn may_measure(act: ActKind, who: &Person, measure: &Measure, at: &Circumstances) -> bool {
    let has = |role| who.roles.contains(&role);
    let centre = who.org_kind == OrgKind::NationalCentre;
    let (line, legal) = (measure.line_approver, measure.legal_approver);
    let hands = [Some(measure.proposer), line, legal];
    let fresh = !hands.contains(&Some(who.id));
    let in_time = at.now < measure.not_after;
    let ready = in_time && measure.preview_acknowledged && fresh;
    match (act, measure.state) {
        (ActKind::ProposeMeasure, MeasureState::Draft) => {
            let role = has(Role::Analyst) || has(Role::DutyEditor) || has(Role::LineOfficer);
            centre && role && measure.proposer == who.id
        }
        (ActKind::ApproveLine, MeasureState::Proposed) => centre && has(Role::LineOfficer) && line.is_none() && ready,
        (ActKind::ApproveLegal, MeasureState::Proposed) => {
            centre && has(Role::LegalOfficer) && legal.is_none() && ready
        }
        (ActKind::ExecuteMeasure, MeasureState::Approved) => {
            let three = line.is_some() && legal.is_some() && hands[0] != line && hands[0] != legal && line != legal;
            let lawful = measure.kind != MeasureKind::AccessNeutralise || measure.commission_approved;
            has(Role::Executor)
                && matches!(who.org_kind, OrgKind::NationalCentre | OrgKind::Ministry)
                && ready
                && three
                && lawful
                && measure.inverse_tested
        }
        _ => false,
    }
}

/// Ranks have no gap a comparison could hide.
#[test]
fn ranks_are_what_the_oracle_takes_them_for() {
    assert!(Rank::Member < Rank::Officer && Rank::Officer < Rank::Head);
}
