use super::skip::top_level_text;
use super::*;
use crate::{Code, Limits};
use proptest::prelude::*;

fn read(text: &str) -> Result<Json, (Code, String)> {
    parse(text.as_bytes(), &Limits::default()).map_err(|fault| (fault.code, fault.path))
}

#[test]
fn white_space_goes_and_spelling_stays() {
    let json = read(" { \"a\\u0062\" :\t[ 1.50 , -0, 1E+2 ,\"x \\/ y\" ] ,\n\"c\": { } , \"d\":null}\r\n").unwrap();
    assert_eq!(json.text(), r#"{"a\u0062":[1.50,-0,1E+2,"x \/ y"],"c":{},"d":null}"#);
    let list = json.root().get("ab").unwrap();
    assert_eq!(list.elements().nth(3).unwrap().text().unwrap(), "x / y");
    assert_eq!(list.elements().map(Value::raw).collect::<Vec<_>>(), ["1.50", "-0", "1E+2", r"x \/ y"]);
    assert_eq!(json.root().members().count(), 3);
    assert_eq!(list.written(), r#"[1.50,-0,1E+2,"x \/ y"]"#);
}

#[test]
fn a_name_twice_is_refused_however_it_is_spelled() {
    let long = format!("{{{},\"k7\":0}}", (0..100).map(|at| format!("\"k{at}\":0")).collect::<Vec<_>>().join(","));
    for (text, path) in [
        (r#"{"a":1,"b":2,"a":3}"#, ""),
        (r#"{"a":1,"\u0061":3}"#, ""),
        (r#"{"x":[{},{"y":{"a":1,"a":1}}]}"#, "x.[1].y"),
        (long.as_str(), ""),
    ] {
        assert_eq!(read(text).unwrap_err(), (Code::DuplicateName, path.to_owned()), "{text}");
    }
    assert!(read(r#"{"a":{"a":{"a":1}},"A":1}"#).is_ok());
}

#[test]
fn characters_that_may_not_be() {
    for text in
        [r#""\u0000""#, r#""\ud800""#, r#""\udc00""#, r#""\ud800\ud800""#, r#""\ud83d x""#, r#""\x""#, r#""\u00g0""#]
    {
        assert_eq!(read(text).unwrap_err().0, Code::BadCharacter, "{text}");
    }
    for text in ["\"\u{0}\"", "\"\n\"", "\u{feff}1", "\"", "\"\\", "\"\\u12"] {
        assert!(read(text).is_err(), "{text:?}");
    }
    assert_eq!(parse(b"\"\xff\"", &Limits::default()).unwrap_err().code, Code::NotJson);
    assert_eq!(read(r#""\ud83d\ude00""#).unwrap().root().text().unwrap(), "😀");
}

#[test]
fn each_limit_holds_and_what_is_at_it_passes() {
    let tight = Limits {
        object_bytes_max: 40,
        depth_max: 3,
        nodes_max: 8,
        properties_max: 2,
        text_bytes_max: 5,
        name_bytes_max: 3,
        number_bytes_max: 4,
        ..Limits::default()
    };
    let within = ["[[[]]]", r#"{"a":1,"b":2}"#, r#""12345""#, r#"{"abc":1}"#, "1234", "[1,2,3,4,5,6,7]"];
    let beyond = ["[[[[]]]]", r#"{"a":1,"b":2,"c":3}"#, r#""123456""#, r#"{"abcd":1}"#, "12345", "[1,2,3,4,5,6,7,8]"];
    for text in within {
        assert!(parse(text.as_bytes(), &tight).is_ok(), "{text}");
    }
    for text in beyond {
        assert_eq!(parse(text.as_bytes(), &tight).unwrap_err().code, Code::TooMuch, "{text}");
    }
    assert!(parse(format!("{:40}", 1).as_bytes(), &tight).is_ok());
    assert_eq!(parse(format!("{:41}", 1).as_bytes(), &tight).unwrap_err().code, Code::TooMuch);
}

#[test]
fn numbers_no_reader_agrees_on() {
    for text in ["1e400", "-1e999", "1e99999"] {
        assert!(read(text).is_err(), "{text}");
    }
    for text in ["1e308", "0.000000000000000000000000000001", "9007199254740993", "1e-400"] {
        assert_eq!(read(text).unwrap().text(), text);
    }
}

#[test]
fn a_million_brackets_end_quickly() {
    let deep = "[".repeat(1_000_000);
    assert_eq!(parse(deep.as_bytes(), &Limits::default()).unwrap_err().code, Code::TooMuch);
    let names = format!("{{{}}}", "\"a\":".repeat(1_000_000));
    assert!(parse(names.as_bytes(), &Limits::default()).is_err());
}

#[test]
fn the_top_level_of_a_broken_object() {
    let bytes = br#"{"x":{"id":"no"},"id":"a\u0062","y":]"#;
    assert_eq!(top_level_text(bytes, "id").unwrap(), "ab");
    assert_eq!(top_level_text(b"[1]", "id"), None);
    assert_eq!(top_level_text(br#"{"a":1"#, "id"), None);
}

/// Texts close enough to JSON that both halves of the grammar are met.
fn nearly_json() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"b\"",
        "\"\\n\"",
        "\"\\u00e9\"",
        "\"é\"",
        "1",
        "-1.5e3",
        "01",
        "1.",
        "-",
        "true",
        "null",
        "nul",
        " ",
        "\n",
        "\"",
        "\\",
    ]);
    prop::collection::vec(token, 0..14).prop_map(|tokens| tokens.concat())
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1e300f64..1e300).prop_map(Into::into),
        "[^\u{0}]{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map("[^\u{0}]{0,4}", inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// What `serde_json` takes is taken, and the reverse; but names twice are for us alone to refuse.
    #[test]
    fn the_grammar_is_that_of_everyone(text in nearly_json()) {
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match read(&text) {
            Ok(json) => prop_assert_eq!(serde_json::from_str::<serde_json::Value>(json.text()).unwrap(), theirs.unwrap()),
            Err((Code::DuplicateName, _)) => prop_assert!(theirs.is_ok()),
            Err(_) => prop_assert!(theirs.is_err(), "{}", text),
        }
    }

    #[test]
    fn every_value_comes_back(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let json = read(&text).unwrap();
        prop_assert_eq!(json.text(), value.to_string());
        prop_assert_eq!(json.root().to_serde(), value);
    }
}
