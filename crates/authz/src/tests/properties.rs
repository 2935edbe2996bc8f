//! Properties that hold whatever the policies say.

use super::stage::{SOON, Thing, asking, everyone};
use crate::policies::{FILES, WORDS};
use crate::{ActKind, Authz, Circumstances, Principal, Scope};
use noroshi_model::{Clearance, Micros};
use proptest::prelude::*;
use std::sync::LazyLock;

static AUTHZ: LazyLock<Authz> = LazyLock::new(|| Authz::new().unwrap());

/// The same policies and one more that forbids some of it.
static STRICTER: LazyLock<Authz> = LazyLock::new(|| {
    let mut files = FILES.to_vec();
    files.push((
        "z.cedar",
        r#"@id("more") forbid (principal is Hub::Person, action, resource) when { principal.rank > 0 || context.stepUp };"#,
    ));
    Authz::from_sources(&files, &format!("{WORDS}more = {{ en = \"More.\", ja = \"追加。\" }}\n")).unwrap()
});

fn permits(authz: &Authz, act: ActKind, who: &Principal, thing: &Thing, at: &Circumstances) -> bool {
    authz.decide(act, who, thing.facts(), at).is_ok()
}

prop_compose! {
    fn any_asking()(act in 0..ActKind::ALL.len(), who in 0..16_usize, receipt: bool, signed: bool, budget: bool, now in -1..=1_i64)
        -> super::stage::Asking {
        let mut asking = asking(ActKind::ALL[act], everyone()[who].1.clone());
        let at = &mut asking.circumstances;
        (at.stepped_up, at.budget_left, at.now) = (signed, budget, Micros(at.now.0 + now));
        at.receipt = at.receipt.filter(|_| receipt);
        asking
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn one_more_forbid_never_permits_more(asking in any_asking()) {
        let (act, who, thing, at) = (asking.act, &asking.principal, &asking.thing, &asking.circumstances);
        prop_assert!(permits(&AUTHZ, act, who, thing, at) || !permits(&STRICTER, act, who, thing, at));
    }

    #[test]
    fn receipt_signature_and_budget_never_take_away(asking in any_asking()) {
        let (act, who, thing, at) = (asking.act, &asking.principal, &asking.thing, &asking.circumstances);
        let all = Circumstances { stepped_up: true, budget_left: true, receipt: super::stage::circumstances().receipt, ..at.clone() };
        prop_assert!(!permits(&AUTHZ, act, who, thing, at) || permits(&AUTHZ, act, who, thing, &all));
    }

    #[test]
    fn a_token_never_permits_more_than_the_account(asking in any_asking(), named in prop::collection::btree_set(0..ActKind::ALL.len(), 0..6)) {
        let (act, thing, at) = (asking.act, &asking.thing, &asking.circumstances);
        let Principal::Person { person, .. } = &asking.principal else { return Ok(()) };
        let acts: std::collections::BTreeSet<ActKind> = named.into_iter().map(|index| ActKind::ALL[index]).collect();
        let names = acts.contains(&act);
        let token = Principal::Person { person: person.clone(), scope: Scope::Token(acts) };
        let account = permits(&AUTHZ, act, &asking.principal, thing, at);
        prop_assert_eq!(permits(&AUTHZ, act, &token, thing, at), account && names);
    }

    #[test]
    fn a_higher_clearance_never_takes_away(asking in any_asking()) {
        let (act, thing, at) = (asking.act, &asking.thing, &asking.circumstances);
        let Principal::Person { person, .. } = &asking.principal else { return Ok(()) };
        let cleared = |clearance| {
            let mut person = person.clone();
            (person.clearance, person.clearance_until) = (clearance, Micros(SOON.0 + 10));
            permits(&AUTHZ, act, &Principal::person(person), thing, at)
        };
        let answers = Clearance::ALL.map(cleared);
        prop_assert!(answers.is_sorted(), "{:?} {:?}", act, answers);
    }

    #[test]
    fn the_same_question_has_the_same_answer(asking in any_asking()) {
        let ask = || AUTHZ.decide(asking.act, &asking.principal, asking.thing.facts(), &asking.circumstances);
        prop_assert_eq!(ask(), ask());
    }
}
