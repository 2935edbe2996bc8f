use super::*;
use proptest::prelude::*;
use serde_json::{Value as Serde, json};
use std::collections::BTreeMap;

fn received(object: &Serde) -> Received {
    Received::read(object.to_string().as_bytes(), &Limits::default())
        .unwrap_or_else(|fault| panic!("{fault}: {object}"))
}

fn marking(number: usize) -> Id {
    Id::parse(&format!("marking-definition--00000000-0000-4000-8000-00000000000{number}")).unwrap()
}

/// Seen by whoever may see the markings given.
fn seen(object: &Serde, markings: &[usize]) -> Option<Serde> {
    let may_see: Vec<_> = markings.iter().map(|&number| marking(number)).collect();
    match redact(&received(object), |id| may_see.contains(id)) {
        Redacted::Whole => Some(object.clone()),
        Redacted::Partly(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Redacted::Nothing => None,
    }
}

fn malware(granular: &[(&[&str], usize)]) -> Serde {
    let granular: Vec<_> = granular
        .iter()
        .map(|(selectors, number)| json!({"selectors": selectors, "marking_ref": marking(*number)}))
        .collect();
    json!({
        "type": "malware", "spec_version": "2.1", "id": "malware--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "revoked": false,
        "is_family": false, "name": "a name", "aliases": ["a0", "a1", "a2"],
        "external_references": [{"source_name": "s0", "url": "u0"}, {"source_name": "s1", "url": "u1"}],
        "granular_markings": granular,
    })
}

#[test]
fn a_property_goes_and_its_marking_with_it() {
    let object = malware(&[(&["name"], 1), (&["aliases"], 2)]);
    assert_eq!(seen(&object, &[1, 2]).unwrap(), object);
    let left = seen(&object, &[2]).unwrap();
    assert!(left.get("name").is_none());
    assert_eq!(left["granular_markings"], json!([{"selectors": ["aliases"], "marking_ref": marking(2)}]));
    let left = seen(&object, &[]).unwrap();
    assert!(left.get("aliases").is_none() && left.get("granular_markings").is_none());
}

#[test]
fn elements_move_up_and_selectors_follow() {
    let object = malware(&[(&["aliases.[0]"], 1), (&["aliases.[2]", "aliases.[0]", "aliases"], 2)]);
    let left = seen(&object, &[2]).unwrap();
    assert_eq!(left["aliases"], json!(["a1", "a2"]));
    assert_eq!(left["granular_markings"][0]["selectors"], json!(["aliases.[1]", "aliases"]));
    assert!(seen(&object, &[1]).unwrap().get("aliases").is_none());
}

#[test]
fn the_strictest_wins() {
    let mut object = malware(&[(&["aliases.[1]"], 1), (&["aliases"], 2)]);
    assert!(seen(&object, &[1]).unwrap().get("aliases").is_none(), "what holds it is hidden");
    object["object_marking_refs"] = json!([marking(3), marking(4)]);
    assert_eq!(seen(&object, &[1, 2, 3]), None, "every marking of the object counts");
    assert!(seen(&object, &[2, 3, 4]).is_some());
}

#[test]
fn the_object_stays_valid_or_goes() {
    // Inside a list the element goes as a whole.
    let left = seen(&malware(&[(&["external_references.[0].source_name"], 1)]), &[]).unwrap();
    assert_eq!(left["external_references"], json!([{"source_name": "s1", "url": "u1"}]));
    let both = malware(&[(&["external_references.[0].source_name", "external_references.[1].source_name"], 1)]);
    assert!(seen(&both, &[]).unwrap().get("external_references").is_none());
    // What must be there takes the object with it.
    for name in ["is_family", "created", "modified", "id", "type", "spec_version", "revoked", "granular_markings"] {
        assert_eq!(seen(&malware(&[(&[name], 1)]), &[]), None, "{name}");
    }
    let mut family = malware(&[(&["name"], 1)]);
    family["is_family"] = json!(true);
    assert_eq!(seen(&family, &[]), None, "a family needs a name");
}

#[test]
fn the_marking_of_a_part_cannot_be_lifted_by_hiding_it() {
    for selector in ["granular_markings.[0]", "granular_markings.[0].selectors.[0]", "object_marking_refs.[0]"] {
        let mut object = malware(&[(&["name"], 2), (&[selector], 1)]);
        object["object_marking_refs"] = json!([marking(2)]);
        assert_eq!(seen(&object, &[2]), None, "{selector}");
    }
}

#[test]
fn what_an_identifier_is_made_from_is_not_hidden_alone() {
    let mut file = json!({"type": "file", "id": "file--28bb3599-77cd-5a82-a950-b5bc3caf07c4", "name": "n", "size": 3,
        "hashes": {"MD5": "d41d8cd98f00b204e9800998ecf8427e"},
        "granular_markings": [{"selectors": ["name"], "marking_ref": marking(1)}]});
    assert_eq!(seen(&file, &[]), None);
    file["granular_markings"][0]["selectors"] = json!(["size"]);
    assert!(seen(&file, &[]).unwrap().get("size").is_none());
}

#[test]
fn languages_hide_nothing() {
    let mut object = malware(&[]);
    object["granular_markings"] = json!([{"selectors": ["name"], "lang": "en"}]);
    assert_eq!(seen(&object, &[]).unwrap(), object);
}

/// Every path of a value with what stands there.
fn paths(value: &Serde, path: &str, out: &mut Vec<String>) {
    let join = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    let children: Vec<(String, &Serde)> = match value {
        Serde::Object(members) => members.iter().map(|(name, value)| (join(name), value)).collect(),
        Serde::Array(elements) => elements.iter().enumerate().map(|(at, v)| (join(&format!("[{at}]")), v)).collect(),
        _ => Vec::new(),
    };
    for (path, value) in children {
        out.push(path.clone());
        paths(value, &path, out);
    }
}

/// What may be seen of a value, in the slowest and plainest way: a value is hidden when it or anything that holds it
/// is selected, or when everything in it is hidden.
fn oracle(value: &Serde, path: &str, hidden: &[String]) -> Option<Serde> {
    if hidden.iter().any(|selector| selector == path) {
        return None;
    }
    let join = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match value {
        Serde::Object(members) if !members.is_empty() => {
            let left: serde_json::Map<_, _> = members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), oracle(value, &join(name), hidden)?)))
                .collect();
            (!left.is_empty()).then_some(Serde::Object(left))
        }
        Serde::Array(elements) if !elements.is_empty() => {
            let left: Vec<_> = elements
                .iter()
                .enumerate()
                .filter_map(|(at, value)| oracle(value, &join(&format!("[{at}]")), hidden))
                .collect();
            (!left.is_empty()).then_some(Serde::Array(left))
        }
        _ => Some(value.clone()),
    }
}

fn leaves(value: &Serde, out: &mut Vec<String>) {
    match value {
        Serde::Object(members) => members.values().for_each(|value| leaves(value, out)),
        Serde::Array(elements) => elements.iter().for_each(|value| leaves(value, out)),
        other => out.push(other.to_string()),
    }
}

/// The value a selector selects, by way of a JSON pointer.
fn select<'a>(object: &'a Serde, selector: &str) -> &'a Serde {
    object.pointer(&format!("/{}", selector.replace(['[', ']'], "").replace('.', "/"))).unwrap()
}

fn body() -> impl Strategy<Value = Serde> {
    let leaf = prop_oneof![Just(json!("leaf")), Just(json!(0)), Just(json!([])), Just(json!({}))];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Into::into),
            prop::collection::btree_map("[a-d]{3}", inner, 1..4).prop_map(|m| Serde::Object(m.into_iter().collect())),
        ]
    })
}

/// Gives every leaf a text of its own, so that it is known again wherever it ends up.
fn number(value: &mut Serde, next: &mut usize) {
    match value {
        Serde::Object(members) => members.values_mut().for_each(|value| number(value, next)),
        Serde::Array(elements) => elements.iter_mut().for_each(|value| number(value, next)),
        leaf => {
            *next += 1;
            *leaf = json!(format!("leaf {next}"));
        }
    }
}

/// An object with granular markings 0 to 3 on paths chosen by `picks`.
fn marked(mut object: Serde, picks: &[(usize, prop::sample::Index)]) -> Serde {
    let mut all = Vec::new();
    paths(&object, "", &mut all);
    let mut by_marking: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (number, pick) in picks {
        by_marking.entry(*number).or_default().push(pick.get(&all).clone());
    }
    let granular: Vec<_> = by_marking
        .iter()
        .map(|(number, selectors)| json!({"selectors": selectors, "marking_ref": marking(*number)}))
        .collect();
    object["granular_markings"] = json!(granular);
    object
}

fn hidden_selectors(object: &Serde, may_see: &[usize]) -> Vec<String> {
    let visible: Vec<_> = may_see.iter().map(|&number| json!(marking(number))).collect();
    let hidden =
        object["granular_markings"].as_array().unwrap().iter().filter(|m| !visible.contains(&m["marking_ref"]));
    hidden.flat_map(|m| m["selectors"].as_array().unwrap()).map(|s| s.as_str().unwrap().to_owned()).collect()
}

/// Whether `left` is what `object` is without `hidden`: compared with the oracle, and selector by selector with the
/// leaves it selected before.
fn check(object: &Serde, hidden: &[String], left: Option<Serde>, exact: bool) -> Result<(), TestCaseError> {
    let mut plain = object.clone();
    plain.as_object_mut().unwrap().remove("granular_markings");
    let wanted = oracle(&plain, "", hidden);
    let Some(left) = left else {
        let names = ["type", "id", "spec_version", "created", "modified", "is_family", "revoked"];
        let must = hidden.iter().any(|selector| names.contains(&selector.as_str()));
        let valid =
            wanted.as_ref().is_some_and(|w| Received::read(w.to_string().as_bytes(), &Limits::default()).is_ok());
        prop_assert!(must || !valid, "hidden without need");
        return Ok(());
    };
    received(&left);
    let mut bare = left.clone();
    bare.as_object_mut().unwrap().remove("granular_markings");
    let (mut shown, mut allowed) = (Vec::new(), Vec::new());
    leaves(&bare, &mut shown);
    leaves(wanted.as_ref().unwrap(), &mut allowed);
    prop_assert!(shown.iter().all(|leaf| allowed.contains(leaf)), "shows what is hidden");
    if exact || Received::read(wanted.as_ref().unwrap().to_string().as_bytes(), &Limits::default()).is_ok() {
        prop_assert_eq!(&bare, wanted.as_ref().unwrap());
    }
    // Each selector that is left selects what one of the same marking selected before, less what is hidden.
    for marking in left.get("granular_markings").and_then(Serde::as_array).into_iter().flatten() {
        let before = object["granular_markings"].as_array().unwrap();
        let before = before.iter().find(|old| old["marking_ref"] == marking["marking_ref"]).unwrap();
        for selector in marking["selectors"].as_array().unwrap() {
            let mut now = Vec::new();
            leaves(select(&left, selector.as_str().unwrap()), &mut now);
            let same = before["selectors"].as_array().unwrap().iter().any(|old| {
                let mut then = Vec::new();
                leaves(select(object, old.as_str().unwrap()), &mut then);
                then.retain(|leaf| shown.contains(leaf));
                then == now
            });
            prop_assert!(same, "{} selects something else", selector);
        }
    }
    // What was marked and is still there is still marked.
    for old in object["granular_markings"].as_array().unwrap() {
        for selector in old["selectors"].as_array().unwrap() {
            let mut then = Vec::new();
            leaves(select(object, selector.as_str().unwrap()), &mut then);
            if then.iter().any(|leaf| shown.contains(leaf) && leaf.contains("leaf")) {
                let now = left["granular_markings"].as_array().into_iter().flatten();
                prop_assert!(now.into_iter().any(|m| m["marking_ref"] == old["marking_ref"]), "{} lost", selector);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Of a type without rules, what is left is exactly what the oracle leaves.
    #[test]
    fn custom_objects_agree_with_the_oracle(
        mut body in body(),
        picks in prop::collection::vec((0usize..4, any::<prop::sample::Index>()), 1..8),
        may_see in prop::collection::vec(0usize..4, 0..4),
    ) {
        number(&mut body, &mut 0);
        let object = json!({"type": "x-own", "id": "x-own--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", "body": body});
        let object = marked(object, &picks);
        check(&object, &hidden_selectors(&object, &may_see), seen(&object, &may_see), true)?;
    }

    /// Of a type with rules, nothing hidden is shown, nothing invalid is left, and nothing is hidden without need.
    #[test]
    fn objects_with_rules_stay_valid(
        picks in prop::collection::vec((0usize..4, any::<prop::sample::Index>()), 1..8),
        may_see in prop::collection::vec(0usize..4, 0..4),
    ) {
        let mut object = malware(&[]);
        object.as_object_mut().unwrap().remove("granular_markings");
        let object = marked(object, &picks);
        check(&object, &hidden_selectors(&object, &may_see), seen(&object, &may_see), false)?;
    }
}
