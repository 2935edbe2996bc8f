//! The golden matrix: who may do what in which state, and what refuses when one thing is wrong. For people to read;
//! a change of policy shows up here as a change of a table.

use super::stage::{Asking, BEFORE, NOW, Thing, asking, everyone, org_of, person_id};
use crate::resource::{Audience, MandateFacts};
use crate::{ActKind, Authz, Principal, Scope, Why};
use noroshi_model::{
    Clearance, Direction, LegalBasis, MandateState, MeasureKind, MeasureState, OpeningState, OrgKind, Purpose, Rank,
    Role, Tlp,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A state a thing can be brought into, and its name.
type Named = (&'static str, Box<dyn Fn(&mut Thing)>);
/// Who may, and in which states.
type Row<'a> = (Vec<&'a str>, Vec<&'a str>);

/// States an object of the act can be in, with what to set; the first is the one `stage` gives.
fn states(act: ActKind) -> Vec<Named> {
    fn each<T: Copy + 'static>(all: &'static [T], word: fn(T) -> &'static str, set: fn(&mut Thing, T)) -> Vec<Named> {
        let state = |one: &T| {
            let one = *one;
            (word(one), Box::new(move |thing: &mut Thing| set(thing, one)) as Box<dyn Fn(&mut Thing)>)
        };
        all.iter().map(state).collect()
    }
    let as_it_is: Vec<Named> = vec![("", Box::new(|_| ()))];
    let own = super::stage::thing(act, &everyone()[1].1);
    match own {
        Thing::Mandate(_) | Thing::MandateChange(_) | Thing::Dataset(_) | Thing::Finding(_) => {
            each(MandateState::ALL, MandateState::word, |thing, state| {
                if let Some(mandate) = thing.mandate_mut() {
                    mandate.state = state;
                }
            })
        }
        Thing::Opening(_) => each(OpeningState::ALL, OpeningState::word, |thing, state| {
            if let Thing::Opening(opening) = thing {
                opening.state = state;
            }
        }),
        Thing::Measure(_) => each(MeasureState::ALL, MeasureState::word, |thing, state| {
            if let Thing::Measure(measure) = thing {
                measure.state = state;
            }
        }),
        Thing::Intelligence(_) => each(Tlp::ALL, Tlp::word, |thing, tlp| {
            if let Thing::Intelligence(given) = thing {
                given.handling.tlp = Some(tlp);
            }
        }),
        Thing::Report(_) => each(Tlp::ALL, Tlp::word, |thing, tlp| {
            if let Thing::Report(report) = thing {
                (report.tlp, report.recipients) = (tlp, [org_of(OrgKind::NationalCentre)].into());
            }
        }),
        _ => as_it_is,
    }
}

/// Act, state, and who of everyone is permitted.
fn rows(authz: &Authz) -> Vec<(ActKind, &'static str, Vec<&'static str>)> {
    let everyone = everyone();
    let mut rows = Vec::new();
    for act in ActKind::ALL {
        for (state, set) in states(*act) {
            let may = |who: &Principal| {
                let mut asking = asking(*act, who.clone());
                set(&mut asking.thing);
                authz.decide(*act, who, asking.thing.facts(), &asking.circumstances).is_ok()
            };
            let who = everyone.iter().filter(|(_, who)| may(who)).map(|(name, _)| *name).collect();
            rows.push((*act, state, who));
        }
    }
    rows
}

const COLUMNS: &str = "adm ana edi lin leg exe com ins car ope reg org | mCar mOpe mCen mCom";

/// Roles as columns, acts and states as rows.
fn matrix(authz: &Authz) -> String {
    let everyone = everyone();
    let mut text = format!("{:34}{COLUMNS}\n", "");
    for (act, state, who) in rows(authz) {
        let _ = write!(text, "{:34}", format!("{act} {state}").trim());
        for (index, (name, _)) in everyone.iter().enumerate() {
            let cell = if who.contains(name) { "yes" } else { " . " };
            let _ =
                write!(text, "{}{cell}{}", if index == 12 { "| " } else { "" }, if index < 12 { " " } else { "  " });
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

#[test]
fn who_may_do_what_in_which_state() {
    insta::assert_snapshot!("matrix", matrix(&Authz::new().unwrap()));
}

/// The table of the page on authorisation: the act, who, and in which states.
fn page_table(authz: &Authz) -> String {
    let mut by_act: BTreeMap<ActKind, Vec<Row<'_>>> = BTreeMap::new();
    for (act, state, who) in rows(authz) {
        if who.is_empty() {
            continue;
        }
        let groups = by_act.entry(act).or_default();
        match groups.iter_mut().find(|(names, _)| *names == who) {
            Some((_, states)) => states.push(state),
            None => groups.push((who, vec![state])),
        }
    }
    let mut text = "| act | in plain words | who | in which state |\n|---|---|---|---|\n".to_owned();
    for (act, groups) in by_act {
        let words = authz.act_words(act).unwrap();
        for (who, states) in groups {
            let names: Vec<String> = who.iter().map(|name| name.replace('_', " ")).collect();
            let states: Vec<String> = states.iter().map(|state| state.replace('_', " ")).collect();
            let _ = writeln!(
                text,
                "| `{act}` | {} ({}) | {} | {} |",
                words.en,
                words.ja,
                names.join(", "),
                states.join(", ")
            );
        }
    }
    text
}

#[test]
fn the_page_on_authorisation_holds_the_table_of_the_matrix() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/authorisation.md");
    let page = std::fs::read_to_string(path).unwrap();
    let table = page_table(&Authz::new().unwrap());
    let (start, end) = ("<!-- matrix -->\n", "<!-- /matrix -->");
    let (head, rest) = page.split_once(start).unwrap();
    let (shown, tail) = rest.split_once(end).unwrap();
    if shown != table && std::env::var_os("NOROSHI_UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{head}{start}{table}{end}{tail}")).unwrap();
        return;
    }
    assert_eq!(shown, table, "run this test with NOROSHI_UPDATE_DOCS=1 and read what changed");
}

type Break = Box<dyn Fn(&mut Asking)>;

fn person(change: impl Fn(&mut crate::Person) + 'static) -> Break {
    Box::new(move |asking| {
        if let Principal::Person { person, .. } = &mut asking.principal {
            change(person);
        }
    })
}

fn mandate(change: impl Fn(&mut MandateFacts) + 'static) -> Break {
    Box::new(move |asking| {
        if let Some(mandate) = asking.thing.mandate_mut() {
            change(mandate);
        }
    })
}

macro_rules! on {
    ($kind:ident, $thing:ident => $change:expr) => {
        Box::new(|asking: &mut Asking| {
            if let Thing::$kind($thing) = &mut asking.thing {
                $change;
            }
        }) as Break
    };
}

/// One thing wrong at a time.
fn faults() -> Vec<(&'static str, Break)> {
    let own_id = |asking: &Asking| match &asking.principal {
        Principal::Person { person, .. } => person.id,
        Principal::Machine(_) => person_id(0),
    };
    vec![
        (
            "account switched off",
            Box::new(|asking| match &mut asking.principal {
                Principal::Person { person, .. } => person.active = false,
                Principal::Machine(machine) => machine.active = false,
            }),
        ),
        (
            "token for another act",
            Box::new(|asking| match &mut asking.principal {
                Principal::Person { scope, .. } => *scope = Scope::Token([ActKind::ReadOrg].into()),
                Principal::Machine(machine) => machine.scopes.clear(),
            }),
        ),
        (
            "certificate past its term",
            Box::new(|asking| {
                if let Principal::Machine(machine) = &mut asking.principal {
                    machine.not_after = NOW;
                }
            }),
        ),
        (
            "bound to no mandate",
            Box::new(|asking| {
                if let Principal::Machine(machine) = &mut asking.principal {
                    machine.mandate = None;
                }
            }),
        ),
        ("no receipt", Box::new(|asking| asking.circumstances.receipt = None)),
        ("no fresh signature", Box::new(|asking| asking.circumstances.stepped_up = false)),
        ("no purpose", Box::new(|asking| asking.circumstances.purpose = None)),
        ("another purpose", Box::new(|asking| asking.circumstances.purpose = Some(Purpose::WarnVictims))),
        ("budget used up", Box::new(|asking| asking.circumstances.budget_left = false)),
        ("also administrator", person(|who| _ = who.roles.insert(Role::Administrator))),
        ("also regulator", person(|who| _ = who.roles.insert(Role::Regulator))),
        ("same role elsewhere", person(|who| (who.org, who.org_kind) = (org_of(OrgKind::Vendor), OrgKind::Vendor))),
        ("no clearance", person(|who| who.clearance = Clearance::None)),
        ("clearance run out", person(|who| who.clearance_until = NOW)),
        ("lower rank", person(|who| who.rank = Rank::Member)),
        ("mandate not approved by the commission", mandate(|mandate| mandate.commission_approved = false)),
        ("mandate not yet in force", Box::new(|asking| asking.circumstances.now = BEFORE)),
        ("mandate past its term", mandate(|mandate| mandate.not_after = NOW)),
        ("mandate without analysts", mandate(|mandate| mandate.analysts.clear())),
        ("mandate for other carriers", mandate(|mandate| mandate.carriers = [org_of(OrgKind::Vendor)].into())),
        ("mandate of another requester", mandate(|mandate| mandate.requester_org = org_of(OrgKind::Vendor))),
        ("mandate for no purpose", mandate(|mandate| mandate.purposes.clear())),
        ("mandate for domestic traffic", mandate(|mandate| _ = mandate.directions.insert(Direction::Domestic))),
        ("mandate on another basis", mandate(|mandate| mandate.basis = LegalBasis::ForeignForeign)),
        ("change widens", on!(MandateChange, change => change.widens = true)),
        ("change not signed by the commission", on!(MandateChange, change => change.commission_signed = false)),
        ("widens, not signed", on!(MandateChange, change => (change.widens, change.commission_signed) = (true, false))),
        ("data holds domestic traffic", on!(Dataset, dataset => _ = dataset.directions.insert(Direction::Domestic))),
        ("data of another direction", on!(Dataset, dataset => dataset.directions = [Direction::OutForeign].into())),
        ("data destroyed", on!(Dataset, dataset => dataset.disposed = true)),
        ("data still under its mandate", mandate(|mandate| mandate.not_after = super::stage::SOON)),
        ("finding past its term", on!(Finding, finding => finding.readable_until = NOW)),
        ("opening past its term", on!(Opening, opening => opening.not_after = NOW)),
        (
            "opening asked for by the same person",
            Box::new(move |asking| {
                let own = own_id(asking);
                if let Thing::Opening(opening) = &mut asking.thing {
                    opening.requester = own;
                }
            }),
        ),
        (
            "opening approved by the same person",
            Box::new(move |asking| {
                let own = own_id(asking);
                if let Thing::Opening(opening) = &mut asking.thing {
                    opening.approver = Some(own);
                }
            }),
        ),
        ("opening approved by who asked", on!(Opening, opening => opening.approver = Some(opening.requester))),
        ("not in the compartment", person(|who| who.compartments.clear())),
        ("of another country", person(|who| who.country = "AU".parse().unwrap())),
        (
            "collection for others",
            on!(Collection, collection => {
                collection.readers = Audience::These([org_of(OrgKind::Vendor)].into());
                collection.givers = collection.readers.clone();
                collection.keeper = org_of(OrgKind::Vendor);
            }),
        ),
        ("collection closed", on!(Collection, collection => collection.open = false)),
        ("given by others", on!(Intelligence, given => given.producer = org_of(OrgKind::Vendor))),
        (
            "read by others",
            on!(Intelligence, given => given.readers = Audience::These([org_of(OrgKind::Vendor)].into())),
        ),
        ("a marking not understood", on!(Intelligence, given => given.handling.understood = false)),
        ("for people by name", on!(Intelligence, given => given.handling.people = Some([person_id(99)].into()))),
        ("report sent elsewhere", on!(Report, report => report.recipients = [org_of(OrgKind::Vendor)].into())),
        (
            "report green, sent elsewhere, to a regulator",
            Box::new(|asking| {
                if let (Thing::Report(report), Principal::Person { person, .. }) =
                    (&mut asking.thing, &mut asking.principal)
                {
                    report.recipients = [org_of(OrgKind::Vendor)].into();
                    report.tlp = Tlp::Green;
                    person.roles = [Role::Regulator].into();
                }
            }),
        ),
        ("report red", on!(Report, report => report.tlp = Tlp::Red)),
        (
            "measure proposed by the same person",
            Box::new(move |asking| {
                let own = own_id(asking);
                if let Thing::Measure(measure) = &mut asking.thing {
                    measure.proposer = own;
                }
            }),
        ),
        (
            "measure approved by the same person",
            Box::new(move |asking| {
                let own = own_id(asking);
                if let Thing::Measure(measure) = &mut asking.thing {
                    (measure.line_approver, measure.legal_approver) = (Some(own), Some(own));
                }
            }),
        ),
        ("measure approved twice by one", on!(Measure, measure => measure.legal_approver = measure.line_approver)),
        (
            "measure not approved",
            on!(Measure, measure => (measure.line_approver, measure.legal_approver) = (None, None)),
        ),
        ("measure past its term", on!(Measure, measure => measure.not_after = NOW)),
        ("measure without preview", on!(Measure, measure => measure.preview_acknowledged = false)),
        ("measure without inverse", on!(Measure, measure => measure.inverse_tested = false)),
        ("measure on a critical name", on!(Measure, measure => measure.touches_critical = true)),
        ("neutralisation without commission", on!(Measure, measure => measure.kind = MeasureKind::AccessNeutralise)),
        ("quorum not reached", on!(Sealed, entry => entry.quorum = 4)),
        ("quorum of one", on!(Sealed, entry => entry.quorum = 1)),
        ("organisation is a commission", on!(Org, org => org.kind = OrgKind::Commission)),
        ("standing changes", on!(OrgChange, change => change.standing = true)),
        (
            "organisation of somebody else",
            Box::new(|asking| match &mut asking.thing {
                Thing::OrgChange(change) => change.org.id = org_of(OrgKind::Isac),
                Thing::Invitation(invitation) => invitation.org = org_of(OrgKind::Isac),
                Thing::PersonChange(change) => change.person.org = org_of(OrgKind::Isac),
                Thing::Person(person) => person.org = org_of(OrgKind::Isac),
                Thing::Token(token) => token.org = org_of(OrgKind::Isac),
                _ => {}
            }),
        ),
        (
            "account of the commission",
            Box::new(|asking| match &mut asking.thing {
                Thing::Invitation(invitation) => invitation.org_kind = OrgKind::Commission,
                Thing::PersonChange(change) => change.person.org_kind = OrgKind::Commission,
                _ => {}
            }),
        ),
        (
            "own account",
            Box::new(|asking| {
                if let (Thing::PersonChange(change), Principal::Person { person, .. }) =
                    (&mut asking.thing, &asking.principal)
                {
                    change.person = person.clone();
                }
            }),
        ),
        ("account of higher rank", on!(PersonChange, change => change.person.rank = Rank::Head)),
        (
            "rank given above own",
            Box::new(|asking| match &mut asking.thing {
                Thing::Invitation(invitation) => invitation.rank = Rank::Head,
                Thing::PersonChange(change) => change.rank_after = Rank::Head,
                _ => {}
            }),
        ),
        (
            "administrator beside another role",
            Box::new(|asking| match &mut asking.thing {
                Thing::Invitation(invitation) => invitation.roles = [Role::Administrator, Role::Analyst].into(),
                Thing::PersonChange(change) => change.roles_after = [Role::Administrator, Role::Analyst].into(),
                _ => {}
            }),
        ),
        (
            "role of another kind of organisation",
            Box::new(|asking| match &mut asking.thing {
                Thing::Invitation(invitation) => invitation.roles = [Role::Inspector, Role::Analyst].into(),
                Thing::PersonChange(change) => change.roles_after = [Role::Inspector, Role::Analyst].into(),
                _ => {}
            }),
        ),
        (
            "first of its organisation, by the administrator",
            Box::new(|asking| {
                if let Thing::Invitation(invitation) = &mut asking.thing {
                    invitation.first_of_org = true;
                    let head = crate::Person { rank: Rank::Head, ..super::stage::person(Role::Administrator) };
                    asking.principal = Principal::person(head);
                }
            }),
        ),
        ("clearance above own", on!(PersonChange, change => change.clearance_after = Clearance::TopSecret)),
        ("token names an act of people", on!(Token, token => token.scopes = [ActKind::Hunt].into())),
        ("token of endless term", on!(Token, token => token.not_after = noroshi_model::Micros(i64::MAX))),
    ]
}

fn outcome(authz: &Authz, asking: &Asking) -> (bool, Vec<String>) {
    match authz.decide(asking.act, &asking.principal, asking.thing.facts(), &asking.circumstances) {
        Ok(decision) => (true, decision.rules),
        Err(refusal) => match refusal.why() {
            Why::NothingPermits(_) => (false, vec!["nothing permits".to_owned()]),
            Why::Forbidden(_) => (false, refusal.decision().rules.clone()),
            why => (false, vec![format!("{why:?}")]),
        },
    }
}

/// For each act and each one who may do it, what one thing wrong changes.
fn one_thing_wrong(authz: &Authz, seen: &mut BTreeSet<String>) -> String {
    let mut text = String::new();
    for act in ActKind::ALL {
        for (name, who) in everyone() {
            let well = asking(*act, who);
            let (permitted, rules) = outcome(authz, &well);
            if !permitted {
                continue;
            }
            let _ = writeln!(text, "{act} by {name}: {}", rules.join(", "));
            seen.extend(rules);
            for (fault, apply) in faults() {
                let mut wrong = well.clone();
                apply(&mut wrong);
                let (permitted, rules) = outcome(authz, &wrong);
                seen.extend(rules.iter().cloned());
                if !permitted {
                    let _ = writeln!(text, "    {fault:48} {}", rules.join(", "));
                }
            }
        }
    }
    text
}

#[test]
fn what_refuses_when_one_thing_is_wrong() {
    insta::assert_snapshot!("one_thing_wrong", one_thing_wrong(&Authz::new().unwrap(), &mut BTreeSet::new()));
}

/// Rules that only a caller could break who invents what our types cannot say. The prover shows what they are for.
const BEYOND_OUR_TYPES: [&str; 4] =
    ["change-never-sanction", "never-content", "never-for-sanctions", "report-never-for-sanctions"];

#[test]
fn every_rule_decides_something_in_these_tables() {
    let authz = Authz::new().unwrap();
    let mut seen = BTreeSet::new();
    one_thing_wrong(&authz, &mut seen);
    // States are the third table: some rules speak of states alone.
    for act in ActKind::ALL {
        for (_, who) in everyone() {
            for (_, set) in states(*act) {
                let mut asking = asking(*act, who.clone());
                set(&mut asking.thing);
                seen.extend(outcome(&authz, &asking).1);
            }
        }
    }
    let idle: Vec<&str> = authz.rules().map(|rule| rule.id.as_str()).filter(|id| !seen.contains(*id)).collect();
    assert_eq!(idle, BEYOND_OUR_TYPES, "rules that no row shows at work");
}

/// The stage is right: each act is open to somebody, with facts that fit the schema.
#[test]
fn every_act_is_open_to_somebody() {
    let authz = Authz::new().unwrap();
    for act in ActKind::ALL {
        let able = everyone().into_iter().filter(|(_, who)| outcome(&authz, &asking(*act, who.clone())).0);
        assert!(able.count() > 0, "{act} is open to nobody");
    }
}
