//! Facts and the schema. A release does not hold facts against it, because their types do: these tests hold every
//! kind of them, and see what would become of facts that were wrong all the same.

use super::stage::{Asking, asking, everyone};
use crate::entity::{Entity, Fault, Names};
use crate::permit::Object;
use crate::resource::Facts;
use crate::{ActKind, Authz, Why};
use cedar_policy::RestrictedExpression;

/// Attributes that the schema marks with `?`: facts without them are whole.
const OPTIONAL: [&str; 4] = ["party", "approver", "lineApprover", "legalApprover"];

/// Facts with one attribute of their `entity`-th entity left out, or replaced by an empty record, which no attribute is.
struct Spoiled<'f> {
    facts: &'f dyn Facts,
    entity: usize,
    attribute: String,
    replaced: bool,
}

impl Facts for Spoiled<'_> {
    fn object(&self) -> Object {
        self.facts.object()
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        let mut all = self.facts.entities(names)?;
        let (uid, mut attributes, _) = all.remove(self.entity).into_inner();
        attributes.remove(&self.attribute).unwrap();
        if self.replaced {
            attributes.insert(self.attribute.clone(), RestrictedExpression::new_record([]).unwrap());
        }
        all.insert(self.entity, Entity::new_with_tags(uid, attributes, [], []).unwrap());
        Ok(all)
    }
}

/// Every attribute of the facts that are asked about: number of the entity and name.
fn attributes(asking: &Asking) -> Vec<(usize, String)> {
    let entities = asking.thing.facts().entities(&Names::new().unwrap()).unwrap();
    let names = |(number, entity): (usize, Entity)| {
        let (_, attributes, _) = entity.into_inner();
        attributes.into_keys().map(move |name| (number, name)).collect::<Vec<_>>()
    };
    entities.into_iter().enumerate().flat_map(names).collect()
}

fn every_asking() -> impl Iterator<Item = Asking> {
    ActKind::ALL.iter().flat_map(|act| everyone().into_iter().map(|(_, who)| asking(*act, who)))
}

#[test]
fn the_facts_of_every_kind_fit_the_schema_and_tests_look() {
    let authz = Authz::new().unwrap();
    let (mut looked, mut caught) = (0, 0);
    for asking in every_asking() {
        let Asking { act, principal, thing, circumstances } = &asking;
        let ask = |facts: &dyn Facts| authz.decide(*act, principal, facts, circumstances);
        let answer = ask(thing.facts());
        assert!(!answer.as_ref().is_err_and(|refusal| refusal.is_alarm()), "{answer:?}");
        if answer.is_err_and(|refusal| *refusal.why() == Why::NotThisKindOfPrincipal) {
            continue;
        }
        looked += 1;
        for (entity, attribute) in attributes(&asking) {
            let refusal = ask(&Spoiled { facts: thing.facts(), entity, attribute, replaced: true }).unwrap_err();
            assert!(matches!(refusal.why(), Why::Unfit(Fault::Unfit(_))) && refusal.is_alarm(), "{refusal}");
            caught += 1;
        }
    }
    assert!(looked >= 400 && caught > 3_000, "{looked} {caught}");
}

/// In a release, where nobody looks: a policy that misses a fact errs, and that is a refusal.
#[test]
fn a_fact_that_is_missing_never_opens_what_was_closed() {
    let authz = Authz::new().unwrap().facts_unchecked();
    let (mut tried, mut alarms) = (0, 0);
    for asking in every_asking() {
        let Asking { act, principal, thing, circumstances } = &asking;
        let ask = |facts: &dyn Facts| authz.decide(*act, principal, facts, circumstances);
        if ask(thing.facts()).is_ok() {
            continue;
        }
        for (entity, attribute) in attributes(&asking) {
            if OPTIONAL.contains(&attribute.as_str()) {
                continue;
            }
            let answer = ask(&Spoiled { facts: thing.facts(), entity, attribute: attribute.clone(), replaced: false });
            let Err(refusal) = answer else { panic!("{act} without `{attribute}` is permitted") };
            tried += 1;
            alarms += u32::from(refusal.is_alarm());
        }
    }
    assert!(tried > 2_000 && alarms > 500, "{tried} {alarms}");
}
