//! Patterns beside the Python libraries `stix2-patterns` and `stix2-matcher` (see `data/patterns.py`).

use noroshi_stix::pattern::{observations, parse};
use noroshi_stix::{Limits, Received};
use serde_json::Value;

const DATA: &str = include_str!("data/patterns.json");

#[test]
fn the_grammar_agrees() {
    let (data, mut apart): (Value, _) = (serde_json::from_str(DATA).unwrap(), Vec::new());
    for case in data["cases"].as_array().unwrap() {
        let pattern = case["pattern"].as_str().unwrap();
        let ours = parse(pattern, &Limits::default());
        // The two we refuse knowingly: what repeats no times, and numbers of more than 64 bits.
        let knowingly = |what: &str| what.ends_with("1 at least") || what == "this number is too large";
        if ours.as_ref().is_err_and(|fault| knowingly(&fault.what)) {
            continue;
        }
        if ours.is_ok() != case["taken"].as_bool().unwrap() {
            apart.push(format!("{pattern}\n    {:?}", ours.err().map(|fault| fault.to_string())));
        }
    }
    assert!(apart.is_empty(), "{} apart:\n{}", apart.len(), apart.join("\n"));
}

#[test]
fn what_is_found_agrees() {
    let (data, limits): (Value, _) = (serde_json::from_str(DATA).unwrap(), Limits::default());
    let objects: Vec<_> = data["objects"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let objects: Vec<_> = objects.iter().map(|text| Received::read(text.as_bytes(), &limits).unwrap()).collect();
    let seen = observations(&objects);
    assert_eq!(seen.len(), 6);
    let (mut apart, mut compared) = (Vec::new(), 0);
    for case in data["cases"].as_array().unwrap() {
        let (pattern, Some(found)) = (case["pattern"].as_str().unwrap(), case["found"].as_bool()) else { continue };
        let Ok(parsed) = parse(pattern, &limits) else { continue };
        compared += 1;
        let ours = parsed.matches(&seen, &limits);
        if ours != Ok(found) {
            apart.push(format!("{pattern}\n    {ours:?}, theirs {found}"));
        }
        // One spelling of the same tree asks the same.
        let printed = parse(&parsed.to_string(), &limits).unwrap();
        assert_eq!(printed.to_string(), parsed.to_string());
        assert_eq!(printed.matches(&seen, &limits), ours, "{pattern}");
    }
    assert!(apart.is_empty(), "{} of {compared} apart:\n{}", apart.len(), apart.join("\n"));
    assert!(compared > 1_500, "{compared}");
}
