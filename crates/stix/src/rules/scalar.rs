//! Numbers, times and references.

use super::{Class, Outcome, To, type_of};
use crate::fault::excerpt;
use crate::json::{Kind, Value};
use crate::{Code, Timestamp};

pub(super) fn wrong_type(value: Value<'_>, wanted: &str) -> (Code, String) {
    let found = match value.kind() {
        Kind::Null => "null",
        Kind::False | Kind::True => "a flag",
        Kind::Number => "a number",
        Kind::Text | Kind::Name => "a text",
        Kind::Array => "a list",
        Kind::Object => "an object",
    };
    (Code::WrongType, format!("must be {wanted}, is {found}"))
}

pub(super) fn integer(value: Value<'_>, from: i64, to: i64) -> Outcome<()> {
    match value.integer() {
        Some(number) if (from..=to).contains(&number) => Ok(()),
        _ if value.kind() == Kind::Number => {
            Err((Code::BadValue, format!("`{}` must be a whole number from {from} to {to}", excerpt(value.raw()))))
        }
        _ => Err(wrong_type(value, "a whole number")),
    }
}

pub(super) fn float(value: Value<'_>, from: f64, to: f64) -> Outcome<()> {
    match value.float() {
        Some(number) if (from..=to).contains(&number) => Ok(()),
        Some(_) if to == f64::MAX => {
            Err((Code::BadValue, format!("`{}` must be {from} or more", excerpt(value.raw()))))
        }
        Some(_) => Err((Code::BadValue, format!("`{}` must be from {from} to {to}", excerpt(value.raw())))),
        None => Err(wrong_type(value, "a number")),
    }
}

/// Reads a time.
pub(super) fn time(value: Value<'_>) -> Outcome<Timestamp> {
    let text = value.text().ok_or_else(|| wrong_type(value, "a timestamp"))?;
    Timestamp::parse(&text).map_err(|fault| (Code::BadTime, fault.to_string()))
}

/// Whether a value is an identifier of a kind allowed.
pub(super) fn reference(value: Value<'_>, to: To) -> Outcome<()> {
    let text = value.text().ok_or_else(|| wrong_type(value, "an identifier"))?;
    if !crate::id::is_id(&text) {
        return Err((Code::BadId, crate::id::not_an_id(&text)));
    }
    let kind = &text[..text.len() - 38];
    if fits(kind, to) {
        return Ok(());
    }
    let wanted = match to {
        To::Kinds(kinds) => format!("one of {kinds:?}"),
        To::Anything => "an object".to_owned(),
        To::Domain => "a domain object".to_owned(),
        To::Observable => "an observable".to_owned(),
        To::DomainOrObservable => "a domain object or observable".to_owned(),
        To::ObservableOrRelation => "an observable or relationship".to_owned(),
    };
    Err((Code::WrongReference, format!("points at `{kind}` and must point at {wanted}")))
}

/// Custom types fit wherever the standard names a group rather than types.
fn fits(kind: &str, to: To) -> bool {
    let class = || if kind == "bundle" { Some(Class::Meta) } else { type_of(kind).map(|of| of.class) };
    match to {
        To::Anything => true,
        To::Kinds(kinds) => kinds.contains(&kind),
        To::Domain => matches!(class(), None | Some(Class::Domain)),
        To::Observable => matches!(class(), None | Some(Class::Observable)),
        To::DomainOrObservable => matches!(class(), None | Some(Class::Domain | Class::Observable)),
        To::ObservableOrRelation => matches!(class(), None | Some(Class::Observable | Class::Relation)),
    }
}
