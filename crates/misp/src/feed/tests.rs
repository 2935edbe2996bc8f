use super::*;

const A: &str = "5d162d91-b746-5477-94a9-db95b4652ded";
const B: &str = "0c2e1124-3a90-553c-acc6-5102a66fad0e";

fn manifest(entries: &[(&str, u64, u64)]) -> Manifest {
    let text = entries.iter().map(|(uuid, timestamp, published)| {
        format!(r#""{uuid}":{{"info":"x","timestamp":"{timestamp}","publish_timestamp":{published}}}"#)
    });
    let text = format!("{{{}}}", text.collect::<Vec<_>>().join(","));
    let (manifest, faults) = Manifest::read(text.as_bytes()).unwrap();
    assert_eq!(faults, []);
    manifest
}

fn uuid(text: &str) -> Uuid {
    text.parse().unwrap()
}

#[test]
fn a_second_pull_takes_only_what_changed() {
    let before = manifest(&[(A, 10, 11), (B, 10, 11)]);
    assert_eq!(changed(&before, &before), Changed::default());
    assert_eq!(changed(&before, &manifest(&[(A, 12, 11), (B, 10, 11)])).fetch, [uuid(A)]);
    assert_eq!(changed(&before, &manifest(&[(A, 10, 12), (B, 10, 11)])).fetch, [uuid(A)]);
    assert_eq!(changed(&Manifest::default(), &before).fetch, [uuid(B), uuid(A)]);
}

#[test]
fn an_older_copy_replaces_nothing_and_a_missing_event_is_told() {
    let now = manifest(&[(A, 9, 99)]);
    let expected = Changed { fetch: vec![], gone: vec![uuid(B)] };
    assert_eq!(changed(&manifest(&[(A, 10, 11), (B, 10, 11)]), &now), expected);
}

#[test]
fn a_bad_entry_does_not_lose_the_rest() {
    let text = format!(r#"{{"x":{{}},"{A}":{{"timestamp":"soon"}},"{B}":{{"timestamp":7}}}}"#);
    let (manifest, faults) = Manifest::read(text.as_bytes()).unwrap();
    assert_eq!(manifest.events.keys().collect::<Vec<_>>(), [&uuid(B)]);
    assert_eq!(faults.len(), 2);
    assert!(faults.iter().any(|fault| fault.to_string().contains("`timestamp`")), "{faults:?}");
}

#[test]
fn one_event_in_two_spellings_is_taken_once() {
    let text = format!(r#"{{"{A}":{{"timestamp":1}},"{}":{{"timestamp":2}}}}"#, A.to_uppercase());
    let (manifest, faults) = Manifest::read(text.as_bytes()).unwrap();
    assert_eq!((manifest.events.len(), faults.len()), (1, 1));
}

#[test]
fn unknown_fields_are_kept() {
    let text = format!(r#"{{"{A}":{{"info":"x","timestamp":1,"x_new":[1,{{"a":null}}]}}}}"#);
    let (manifest, _) = Manifest::read(text.as_bytes()).unwrap();
    assert_eq!(Manifest::read(manifest.write().as_bytes()).unwrap().0, manifest);
    assert!(manifest.write().contains("x_new"));
}

/// Checked with `printf 443 | md5sum`.
#[test]
fn a_value_of_two_parts_has_two_lines() {
    let lines = hash_lines(uuid(A), "ip-dst|port", "198.51.100.4|443");
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1], format!("13f3cf8c531952d72e5847c4183e6910,{A}"));
    assert_eq!(hash_lines(uuid(A), "text", "a|b").len(), 1);
}
