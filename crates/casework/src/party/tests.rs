use super::limits::{NAME_CHARS_MAX, SOURCE_CHARS_MAX};
use super::*;
use noroshi_model::{Country, OrgFlag, OrgKind};
use proptest::prelude::*;
use uuid::Uuid;

const NOW: Micros = Micros(1_790_000_000_000_000);
const ALL_ROLES: [Role; 12] = [
    Role::Administrator,
    Role::Analyst,
    Role::DutyEditor,
    Role::LineOfficer,
    Role::LegalOfficer,
    Role::Executor,
    Role::Commissioner,
    Role::Inspector,
    Role::CarrierLiaison,
    Role::OperatorOfficer,
    Role::Regulator,
    Role::OrgAdministrator,
];
const ALL_KINDS: [OrgKind; 9] = [
    OrgKind::NationalCentre,
    OrgKind::Commission,
    OrgKind::Operator,
    OrgKind::Carrier,
    OrgKind::Ministry,
    OrgKind::Vendor,
    OrgKind::Isac,
    OrgKind::SmallBusiness,
    OrgKind::PartnerAbroad,
];

fn person_id(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn home(kind: OrgKind) -> Home {
    Home { org: OrgId(Uuid::from_u128(kind as u128)), kind, has_org_administrator: true }
}

fn roles(roles: &[Role]) -> BTreeSet<Role> {
    roles.iter().copied().collect()
}

fn by(kind: OrgKind, held: &[Role]) -> By {
    By::Person(Granter { id: person_id(1), org: home(kind).org, roles: roles(held) })
}

fn administrator() -> By {
    by(OrgKind::NationalCentre, &[Role::Administrator])
}

fn person(kind: OrgKind, held: &[Role]) -> Person {
    Person {
        id: person_id(2),
        org: home(kind).org,
        display_name: "officer".to_owned(),
        roles: roles(held),
        clearance: None,
        standing: Standing::Active,
    }
}

fn ask(by: By, kind: OrgKind, command: Command) -> Asked {
    Asked { by, home: home(kind), command }
}

fn invitation(held: &[Role]) -> Command {
    Command::Invite { person: person_id(2), display_name: "officer".to_owned(), roles: roles(held) }
}

#[test]
fn a_person_is_invited_accepts_and_leaves_for_good() {
    let invited = decide(None, &ask(administrator(), OrgKind::NationalCentre, invitation(&[Role::Analyst])), NOW);
    let state = apply(None, &invited.unwrap()).unwrap();
    assert_eq!(state.standing, Standing::Invited);
    assert!(!state.acts_as(Role::Analyst));

    let accepted = decide(Some(&state), &ask(By::EnrolmentLink, OrgKind::NationalCentre, Command::Accept), NOW);
    let state = apply(Some(state), &accepted.unwrap()).unwrap();
    assert!(state.acts_as(Role::Analyst));

    let left = decide(Some(&state), &ask(administrator(), OrgKind::NationalCentre, Command::Leave), NOW).unwrap();
    assert!(left.ends_sessions());
    let state = apply(Some(state), &left).unwrap();
    assert_eq!((state.standing, state.roles.len()), (Standing::Left, 0));
    for command in [Command::Resume, Command::GrantRole(Role::Analyst), Command::Leave] {
        let refused = decide(Some(&state), &ask(administrator(), OrgKind::NationalCentre, command), NOW);
        assert_eq!(refused, Err(Refused::Standing(Standing::Left)));
    }
}

#[test]
fn a_suspended_person_does_not_act_until_resumed() {
    let state = person(OrgKind::NationalCentre, &[Role::Analyst]);
    let event = decide(Some(&state), &ask(administrator(), OrgKind::NationalCentre, Command::Suspend), NOW).unwrap();
    assert!(event.ends_sessions());
    let state = apply(Some(state), &event).unwrap();
    assert!(!state.acts_as(Role::Analyst));
    let again = decide(Some(&state), &ask(administrator(), OrgKind::NationalCentre, Command::Suspend), NOW);
    assert_eq!(again, Err(Refused::Standing(Standing::Suspended)));
    let event = decide(Some(&state), &ask(administrator(), OrgKind::NationalCentre, Command::Resume), NOW).unwrap();
    assert!(apply(Some(state), &event).unwrap().acts_as(Role::Analyst));
}

#[test]
fn the_first_start_makes_one_administrator_and_nothing_else() {
    let first = |kind, held: &[Role]| decide(None, &ask(By::FirstStart, kind, invitation(held)), NOW);
    assert!(first(OrgKind::NationalCentre, &[Role::Administrator]).is_ok());
    assert_eq!(first(OrgKind::Commission, &[Role::Administrator]), Err(Refused::FirstStartOnly));
    assert_eq!(first(OrgKind::NationalCentre, &[Role::Analyst]), Err(Refused::FirstStartOnly));
    assert_eq!(first(OrgKind::NationalCentre, &[]), Err(Refused::FirstStartOnly));
    let state = person(OrgKind::NationalCentre, &[]);
    let grant = ask(By::FirstStart, OrgKind::NationalCentre, Command::GrantRole(Role::Analyst));
    assert_eq!(decide(Some(&state), &grant, NOW), Err(Refused::FirstStartOnly));
}

#[test]
fn only_the_link_accepts_and_the_link_only_accepts() {
    let state = Person { standing: Standing::Invited, ..person(OrgKind::Carrier, &[Role::CarrierLiaison]) };
    for (by, command) in [
        (administrator(), Command::Accept),
        (By::EnrolmentLink, Command::Leave),
        (By::EnrolmentLink, Command::GrantRole(Role::CarrierLiaison)),
    ] {
        assert_eq!(decide(Some(&state), &ask(by, OrgKind::Carrier, command), NOW), Err(Refused::LinkOnly));
    }
}

#[test]
fn the_three_families_never_meet_in_one_account() {
    for one in ALL_ROLES {
        for other in ALL_ROLES {
            let (first, second) = (family::Family::of(one), family::Family::of(other));
            let separated =
                |f| matches!(f, family::Family::Command | family::Family::Expert | family::Family::Overseer);
            if separated(first) && separated(second) && first != second {
                for kind in ALL_KINDS {
                    assert!(family::check(kind, &roles(&[one, other])).is_err(), "{one:?} and {other:?} at {kind:?}");
                }
            }
        }
    }
    let state = person(OrgKind::NationalCentre, &[Role::Analyst]);
    let asked = ask(administrator(), OrgKind::NationalCentre, Command::GrantRole(Role::LegalOfficer));
    assert_eq!(decide(Some(&state), &asked, NOW).unwrap_err().rule(), "party.two_families");
}

#[test]
fn an_administrator_holds_no_role_that_sees_data() {
    for role in ALL_ROLES {
        let mixed = family::check(OrgKind::NationalCentre, &roles(&[Role::Administrator, role]));
        let keeps = matches!(role, Role::Administrator | Role::OrgAdministrator);
        assert_eq!(mixed.is_ok(), keeps, "{role:?}");
    }
}

#[test]
fn overseers_belong_to_the_commission_and_the_commission_to_them() {
    for kind in ALL_KINDS {
        for role in [Role::Commissioner, Role::Inspector] {
            assert_eq!(family::check(kind, &roles(&[role])).is_ok(), kind == OrgKind::Commission);
        }
    }
    for role in ALL_ROLES {
        let belongs = matches!(role, Role::Commissioner | Role::Inspector | Role::OrgAdministrator);
        assert_eq!(family::check(OrgKind::Commission, &roles(&[role])).is_ok(), belongs, "{role:?}");
    }
}

#[test]
fn an_administrator_begins_the_commission_and_then_cannot_touch_it() {
    let keeper = invitation(&[Role::OrgAdministrator]);
    let mut asked = ask(administrator(), OrgKind::Commission, keeper);
    assert_eq!(decide(None, &asked, NOW), Err(Refused::BeyondReach));
    asked.home.has_org_administrator = false;
    assert!(decide(None, &asked, NOW).is_ok());
    asked.command = invitation(&[Role::Commissioner]);
    assert_eq!(decide(None, &asked, NOW), Err(Refused::BeyondReach));

    let commissioner = person(OrgKind::Commission, &[Role::Commissioner]);
    for command in [Command::Suspend, Command::Leave, Command::WithdrawRole(Role::Commissioner)] {
        let refused = decide(Some(&commissioner), &ask(administrator(), OrgKind::Commission, command), NOW);
        assert_eq!(refused, Err(Refused::BeyondReach));
    }
}

#[test]
fn an_organisations_administrator_reaches_their_own_people_and_nobody_stronger() {
    let keeper = || by(OrgKind::Operator, &[Role::OrgAdministrator]);
    assert!(decide(None, &ask(keeper(), OrgKind::Operator, invitation(&[Role::OperatorOfficer])), NOW).is_ok());
    assert_eq!(
        decide(None, &ask(keeper(), OrgKind::Carrier, invitation(&[Role::CarrierLiaison])), NOW),
        Err(Refused::BeyondReach)
    );
    let central = by(OrgKind::NationalCentre, &[Role::OrgAdministrator]);
    let stronger = person(OrgKind::NationalCentre, &[Role::Administrator]);
    for command in [
        Command::Reenrol,
        Command::Suspend,
        Command::Rename("other".to_owned()),
        Command::WithdrawRole(Role::Administrator),
    ] {
        let refused = decide(Some(&stronger), &ask(central.clone(), OrgKind::NationalCentre, command), NOW);
        assert_eq!(refused, Err(Refused::BeyondReach));
    }
    let invited = decide(None, &ask(central, OrgKind::NationalCentre, invitation(&[Role::Administrator])), NOW);
    assert_eq!(invited, Err(Refused::BeyondReach));
}

#[test]
fn nobody_raises_themselves() {
    let own = Person { id: person_id(1), ..person(OrgKind::NationalCentre, &[Role::Administrator]) };
    let held = HeldClearance {
        level: Clearance::Secret,
        until: Micros(NOW.0 + 1),
        source: "ministry".to_owned(),
        compartments: BTreeSet::new(),
    };
    for command in [Command::GrantRole(Role::OrgAdministrator), Command::SetClearance(held), Command::Resume] {
        let refused = decide(Some(&own), &ask(administrator(), OrgKind::NationalCentre, command), NOW);
        assert_eq!(refused, Err(Refused::OwnAccount));
    }
    assert!(decide(Some(&own), &ask(administrator(), OrgKind::NationalCentre, Command::Leave), NOW).is_ok());
}

#[test]
fn a_clearance_has_an_end_a_level_and_a_source() {
    let state = person(OrgKind::NationalCentre, &[Role::Analyst]);
    let set = |level, until, source: &str| {
        let held =
            HeldClearance { level, until: Micros(until), source: source.to_owned(), compartments: BTreeSet::new() };
        decide(Some(&state), &ask(administrator(), OrgKind::NationalCentre, Command::SetClearance(held)), NOW)
    };
    assert_eq!(set(Clearance::Secret, NOW.0, "ministry"), Err(Refused::Clearance));
    assert_eq!(set(Clearance::Secret, NOW.0 + 1, "  "), Err(Refused::Clearance));
    assert_eq!(set(Clearance::None, NOW.0 + 1, "ministry"), Err(Refused::Clearance));
    assert_eq!(set(Clearance::Secret, NOW.0 + 1, &"x".repeat(SOURCE_CHARS_MAX + 1)), Err(Refused::Clearance));
    let event = set(Clearance::Secret, NOW.0 + 1, &"x".repeat(SOURCE_CHARS_MAX)).unwrap();
    let state = apply(Some(state.clone()), &event).unwrap();
    assert_eq!(state.clearance_at(NOW), Clearance::Secret);
    assert_eq!(state.clearance_at(Micros(NOW.0 + 1)), Clearance::None);
}

#[test]
fn names_have_an_end() {
    let invite = |name: String| Command::Invite { person: person_id(2), display_name: name, roles: roles(&[]) };
    let ask = |name| decide(None, &ask(administrator(), OrgKind::Vendor, invite(name)), NOW);
    assert!(ask("名".repeat(NAME_CHARS_MAX)).is_ok());
    assert_eq!(ask("名".repeat(NAME_CHARS_MAX + 1)), Err(Refused::Name));
    assert_eq!(ask(" ".to_owned()), Err(Refused::Name));
}

#[test]
fn an_organisation_with_a_standing_names_its_sector() {
    let mut organisation = Organisation {
        id: home(OrgKind::Operator).org,
        kind: OrgKind::Operator,
        country: Country::JAPAN,
        name_ja: "例示電力".to_owned(),
        name_en: "Example Power".to_owned(),
        sector: None,
        flags: BTreeSet::from([OrgFlag::Special]),
    };
    assert_eq!(organisation.check(), Err(BadOrganisation::FlagWithoutSector));
    organisation.sector = Some(Sector { code: "electricity".to_owned(), table_version: "2026-10-01".to_owned() });
    assert_eq!(organisation.check(), Ok(()));
    organisation.sector = Some(Sector { code: String::new(), table_version: "2026-10-01".to_owned() });
    assert_eq!(organisation.check(), Err(BadOrganisation::Sector));
    organisation.name_en = "x".repeat(NAME_CHARS_MAX + 1);
    assert!(organisation.check().unwrap_err().to_string().contains("the English name has 201 characters"));
}

fn any_roles() -> impl Strategy<Value = BTreeSet<Role>> {
    proptest::collection::btree_set(proptest::sample::select(ALL_ROLES.to_vec()), 0..5)
}

proptest! {
    /// Whatever is asked, what comes out never breaks a rule that the account kept before.
    #[test]
    fn no_grant_leads_out_of_the_rules(
        kind in proptest::sample::select(ALL_KINDS.to_vec()),
        granter_kind in proptest::sample::select(ALL_KINDS.to_vec()),
        held in any_roles(),
        granted in proptest::sample::select(ALL_ROLES.to_vec()),
        present in any_roles(),
        has_org_administrator in any::<bool>(),
    ) {
        prop_assume!(family::check(kind, &present).is_ok());
        let granter = Granter { id: person_id(1), org: home(granter_kind).org, roles: held };
        let home = Home { has_org_administrator, ..home(kind) };
        let state = Person { roles: present.clone(), ..person(kind, &[]) };
        let asked = Asked { by: By::Person(granter.clone()), home, command: Command::GrantRole(granted) };
        if let Ok(event) = decide(Some(&state), &asked, NOW) {
            let after = apply(Some(state), &event).unwrap();
            prop_assert!(family::check(kind, &after.roles).is_ok());
            prop_assert!(after.roles.iter().all(|role| granter.reaches(&home, *role)));
            if family::Family::of(granted) == family::Family::Overseer {
                prop_assert!(granter.org == home.org && kind == OrgKind::Commission);
            }
        }
    }
}
