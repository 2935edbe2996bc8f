use super::*;

fn cut(text: &str) -> Result<Vec<String>, EnvelopeFault> {
    let items = split(text.as_bytes(), &Limits::default())?;
    Ok(items.iter().map(|item| String::from_utf8_lossy(item.bytes).into_owned()).collect())
}

#[test]
fn objects_are_cut_out_as_they_stand() {
    let text =
        r#" {"more" : true, "next":"a\u0062", "objects": [ {"a": "]}\"" } ,{"b":[1, 2]}, 3 ] , "x_note":{"y":1}} "#;
    assert_eq!(cut(text).unwrap(), [r#"{"a": "]}\"" }"#, r#"{"b":[1, 2]}"#, "3"]);
    let envelope = read(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!((envelope.more, envelope.next.as_deref(), envelope.bundle), (true, Some("ab"), None));
    assert_eq!(envelope.items.iter().map(|item| item.index).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn a_bundle_is_cut_too() {
    let id = "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d";
    let text = format!(r#"{{"type":"bundle","id":"{id}","objects":[{{}}]}}"#);
    assert_eq!(read(text.as_bytes(), &Limits::default()).unwrap().bundle.unwrap().as_str(), id);
    assert_eq!(cut("{}").unwrap(), Vec::<String>::new());
    assert_eq!(cut(r#"{"objects":[]}"#).unwrap(), Vec::<String>::new());
}

#[test]
fn a_broken_object_does_not_lose_the_others() {
    let text = "{\"objects\":[{\"a\":1},{\"b\" 1},{\"c\":\u{1}[}},{\"d\":4}]}";
    assert_eq!(cut(text).unwrap().len(), 4);
    let bytes = b"{\"objects\":[{\"a\":\"\xff\"},{\"d\":4}]}";
    assert_eq!(split(bytes, &Limits::default()).unwrap()[1].bytes, b"{\"d\":4}");
}

#[test]
fn what_is_not_json_and_what_is_json_and_wrong() {
    for text in [
        "",
        "x",
        "{",
        "{\"objects\":",
        "{\"objects\":[",
        "{\"objects\":[{]",
        "{\"objects\":[]}}",
        "{\"objects\":[,]}",
        "{\"objects\":[]",
        "{\"a\":1,}",
        "{\"a\"}",
        "[",
        "{\"objects\":[\"",
        "{\"objects\":[1 2]}",
        "{a:1}",
    ] {
        assert!(matches!(cut(text), Err(EnvelopeFault::NotJson { .. })), "{text}: {:?}", cut(text));
    }
    for text in [
        "[]",
        "1",
        "{\"objects\":{}}",
        "{\"objects\":null}",
        "{\"more\":1}",
        "{\"next\":2}",
        "{\"objects\":[],\"objects\":[]}",
        r#"{"type":"indicator","id":"x"}"#,
        r#"{"type":"bundle"}"#,
        r#"{"type":"bundle","id":"indicator--5d0092c5-5f74-4287-9642-33f4c354e56d"}"#,
    ] {
        assert!(matches!(cut(text), Err(EnvelopeFault::Wrong { .. })), "{text}: {:?}", cut(text));
    }
}

#[test]
fn limits_hold() {
    let limits = Limits { envelope_bytes_max: 20, objects_max: 2, ..Limits::default() };
    assert_eq!(split(br#"{"objects":[1,2]}   "#, &limits).unwrap().len(), 2);
    assert!(matches!(split(br#"{"objects":[1,2]}    "#, &limits), Err(EnvelopeFault::TooLong { bytes: 21, .. })));
    assert!(matches!(split(br#"{"objects":[1,2,3]}"#, &limits), Err(EnvelopeFault::TooMany { objects_max: 2 })));
}

#[test]
fn bombs_end_quickly() {
    let deep = format!("{{\"objects\":[{}", "[".repeat(5_000_000));
    assert!(matches!(cut(&deep), Err(EnvelopeFault::NotJson { .. })));
    let deep = format!("{{\"objects\":[{}{}]}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert_eq!(cut(&deep).unwrap().len(), 1);
    let quotes = format!("{{\"objects\":[\"{}", "\\\"".repeat(5_000_000));
    assert!(cut(&quotes).is_err());
}
