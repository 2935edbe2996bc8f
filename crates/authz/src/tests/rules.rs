//! The policies as texts: validity, words, hash, limits, and what happens when one errs.

use super::stage::{Thing, asking, mandate, other, person};
use crate::policies::{FILES, SCHEMA, WORDS};
use crate::resource::{Hub, MandateChange};
use crate::{ActKind, Authz, Fault, Outlook, PolicyHash, Principal, Why, act, limits};
use noroshi_model::{Direction, MandateState, Micros, OrgId, Role};
use std::collections::BTreeSet;
use std::process::Command;

#[test]
fn policies_validate_strictly_and_every_rule_and_act_has_words() {
    let authz = Authz::new().unwrap();
    let explained: BTreeSet<&str> = authz.rules().map(|rule| rule.id.as_str()).collect();
    let written: BTreeSet<&str> = ActKind::ALL.iter().flat_map(|act| authz.policies_of(*act)).collect();
    assert_eq!(explained, written, "`words.toml` explains exactly the rules there are");
    for rule in authz.rules() {
        assert!(rule.en.ends_with('.') && rule.en.is_ascii(), "{}: {}", rule.id, rule.en);
        assert!(rule.ja.ends_with('。'), "{}: {}", rule.id, rule.ja);
    }
}

#[test]
fn a_policy_with_a_misspelt_word_or_without_words_is_not_usable() {
    let with = |text: &'static str| Authz::from_sources(&[("x.cedar", text)], WORDS).unwrap_err().to_string();
    let misspelt = r#"@id("hunt") permit (principal, action == Hub::Action::"inspect", resource) when { principal.roles.contains(Hub::Role::"inspecter") };"#;
    assert!(with(misspelt).contains("inspecter"));
    assert!(with(r#"@id("new") permit (principal, action == Hub::Action::"inspect", resource);"#).contains("`new`"));
    assert!(with("permit (principal, action, resource);").contains("without `@id`"));
}

/// Every policy says in plain words, in a comment above or in its topic's, what it is for: at least the topic does.
#[test]
fn every_file_begins_with_what_it_is_for() {
    for (name, text) in FILES {
        assert!(text.starts_with("// "), "{name}");
    }
    assert!(FILES.is_sorted(), "the hash is made in order of the names");
}

#[test]
fn the_hash_is_what_sha256sum_says() {
    let authz = Authz::new().unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");
    let line = "LC_ALL=C sha256sum *.cedar *.cedarschema | LC_ALL=C sort -k2 | sha256sum";
    let output = Command::new("sh").args(["-c", line]).current_dir(folder).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.split_whitespace().next().unwrap(), authz.policy_hash().to_string());
    let mut changed = FILES;
    changed[0].1 = "// nothing\n";
    assert_ne!(PolicyHash::of(SCHEMA, &changed), authz.policy_hash());
}

/// Cedar skips a policy that errs, even one that forbids. Here the answer is a refusal, and an alarm.
#[test]
fn a_policy_that_errs_is_a_refusal_and_an_alarm() {
    let mut files = FILES.to_vec();
    files.push((
        "z.cedar",
        r#"@id("sum") forbid (principal, action, resource) when { context.now + 9223372036854775807 < 0 };"#,
    ));
    let words = format!("{WORDS}sum = {{ en = \"A sum.\", ja = \"和。\" }}\n");
    let authz = Authz::from_sources(&files, &words).unwrap();
    let asking = asking(ActKind::Inspect, Principal::person(person(Role::Inspector)));
    let refusal = authz.authorise::<act::Inspect>(&asking.principal, &Hub, &asking.circumstances).unwrap_err();
    assert!(matches!(refusal.why(), Why::RulesFailed(failed) if failed[0].contains("sum")), "{refusal:?}");
    assert!(refusal.is_alarm());
    assert!(Authz::new().unwrap().authorise::<act::Inspect>(&asking.principal, &Hub, &asking.circumstances).is_ok());
}

#[test]
fn a_mandate_may_name_as_many_analysts_as_the_limit_and_no_more() {
    let authz = Authz::new().unwrap();
    let asking = asking(ActKind::ReadMandate, Principal::person(person(Role::LegalOfficer)));
    let Thing::Mandate(mut mandate) = asking.thing else { unreachable!() };
    mandate.analysts = (0..limits::ANALYSTS_MAX as u128).map(other).collect();
    mandate.carriers = (0..limits::CARRIERS_MAX as u128).map(|n| OrgId(uuid::Uuid::from_u128(n))).collect();
    assert!(authz.authorise::<act::ReadMandate>(&asking.principal, &mandate, &asking.circumstances).is_ok());
    mandate.analysts.insert(other(limits::ANALYSTS_MAX as u128));
    let refusal = authz.authorise::<act::ReadMandate>(&asking.principal, &mandate, &asking.circumstances).unwrap_err();
    assert!(matches!(refusal.why(), Why::Unfit(Fault::TooMany(_))));
    assert!(refusal.english().contains("`analysts` has 65 entries, at most 64"), "{}", refusal.english());
}

#[test]
fn a_permit_holds_the_object_and_what_to_write_down() {
    let authz = Authz::new().unwrap();
    let asking = asking(ActKind::Hunt, Principal::person(person(Role::Analyst)));
    let Thing::Dataset(dataset) = &asking.thing else { unreachable!() };
    let permit = authz.authorise::<act::Hunt>(&asking.principal, dataset, &asking.circumstances).unwrap();
    assert_eq!(permit.resource(), dataset);
    assert_eq!(permit.decision().rules, ["hunt"]);
    assert_eq!(permit.decision().policies, authz.policy_hash());
    let mut written = serde_json::to_value(permit.decision()).unwrap();
    written["policies"] = "…".into();
    insta::assert_json_snapshot!("decision", written);
}

#[test]
fn a_refusal_speaks_two_languages() {
    let authz = Authz::new().unwrap();
    let mut asking = asking(ActKind::Hunt, Principal::person(person(Role::Analyst)));
    asking.circumstances.receipt = None;
    let Thing::Dataset(dataset) = &asking.thing else { unreachable!() };
    let refusal = authz.authorise::<act::Hunt>(&asking.principal, dataset, &asking.circumstances).unwrap_err();
    assert_eq!(refusal.english(), "The intent must stand in the ledger first, with a receipt.");
    assert_eq!(refusal.japanese(), "先に台帳へ意図を記録し、受領証を得る必要があります。");
    assert_eq!(refusal.decision().rules, ["off-the-record"]);
    assert!(!refusal.is_alarm());
    let editor = Principal::person(person(Role::DutyEditor));
    let entry = crate::resource::SealedEntry { index: 1, signers: [other(1), other(2)].into(), quorum: 2 };
    let refusal = authz.authorise::<act::Unseal>(&editor, &entry, &super::stage::circumstances()).unwrap_err();
    assert_eq!(refusal.english(), "Nothing permits this to you. Sealed entries are opened by commissioners.");
}

#[test]
fn the_outlook_says_what_is_still_needed_and_nothing_more() {
    let authz = Authz::new().unwrap();
    let mut asking = asking(ActKind::ExecuteMeasure, Principal::person(person(Role::Executor)));
    let Thing::Measure(measure) = &mut asking.thing else { unreachable!() };
    let ready = authz.outlook::<act::ExecuteMeasure>(&asking.principal, measure, &asking.circumstances);
    assert_eq!(ready, Outlook::Open);
    (asking.circumstances.receipt, asking.circumstances.stepped_up) = (None, false);
    let outlook = authz.outlook::<act::ExecuteMeasure>(&asking.principal, measure, &asking.circumstances);
    assert_eq!(outlook, Outlook::Needs { receipt: true, step_up: true });
    measure.state = noroshi_model::MeasureState::Proposed;
    let outlook = authz.outlook::<act::ExecuteMeasure>(&asking.principal, measure, &asking.circumstances);
    assert!(matches!(outlook, Outlook::Closed(_)), "{outlook:?}");
}

#[test]
fn a_machine_asking_for_what_people_do_is_refused_without_alarm() {
    let authz = Authz::new().unwrap();
    let machine = super::stage::machine(noroshi_model::OrgKind::Commission);
    let refusal = authz.authorise::<act::Inspect>(&machine, &Hub, &super::stage::circumstances()).unwrap_err();
    assert_eq!(refusal.why(), &Why::NotThisKindOfPrincipal);
    assert!(!refusal.is_alarm());
    for act in ActKind::ALL {
        assert_eq!(act.open_to_machines(), authz.is_open_to(*act, &machine), "{act}");
    }
}

/// In doubt a change widens.
#[test]
fn what_reaches_further_than_before_widens() {
    let before = mandate();
    let widens = |change: fn(&mut crate::resource::MandateFacts)| {
        let mut after = before.clone();
        change(&mut after);
        MandateChange::between(before.clone(), &after, false, false).widens
    };
    assert!(!widens(|_| ()));
    assert!(!widens(|after| after.not_after = Micros(after.not_after.0 - 1)));
    assert!(!widens(|after| after.analysts.clear()));
    assert!(!widens(|after| after.state = MandateState::Suspended));
    assert!(widens(|after| after.not_after = Micros(after.not_after.0 + 1)));
    assert!(widens(|after| after.not_before = Micros(after.not_before.0 - 1)));
    assert!(widens(|after| _ = after.directions.insert(Direction::OutForeign)));
    assert!(widens(|after| _ = after.analysts.insert(other(99))));
    assert!(widens(|after| after.carriers = [OrgId(uuid::Uuid::nil())].into()));
    assert!(widens(|after| after.commission_approved = false));
    assert!(MandateChange::between(before.clone(), &before, true, false).widens);
    let suspended = crate::resource::MandateFacts { state: MandateState::Suspended, ..before.clone() };
    assert!(MandateChange::between(suspended, &before, false, false).widens, "taking up again widens");
}
