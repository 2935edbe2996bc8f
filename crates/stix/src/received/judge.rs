//! From JSON to an object: what every object says, and the rules of its type.

use super::{GranularMarking, Received, Says};
use crate::fault::excerpt;
use crate::json::{Json, Kind, Value};
use crate::rules::{self, Class, Step};
use crate::{Code, Fault, Id, Limits, SpecVersion, Timestamp, Warning};

/// Reads what every object says, then holds it to its type.
pub(super) fn judge(json: Json, limits: &Limits) -> Result<Received, Fault> {
    let root = json.root();
    let id = root.get_text("id").map(|id| excerpt(&id));
    let fault = |path: &str, code, what: String| Fault { id: id.clone(), path: path.to_owned(), code, what };
    if root.kind() != Kind::Object {
        return Err(fault("", Code::NotAnObject, "must be an object".to_owned()));
    }
    let own = identity(root).map_err(|(path, code, what)| fault(path, code, what))?;
    let spec_version = spec_version(root, own.kind()).map_err(|what| fault("spec_version", Code::BadValue, what))?;
    let (mut check, outcome) = rules::check(root, own.kind(), spec_version == SpecVersion::V2_1);
    let outcome = outcome.and_then(|()| marked(&mut check, root, &own, limits));
    let outcome = outcome.and_then(|granular| pattern(&mut check, root, spec_version, limits).map(|()| granular));
    let granular = outcome.map_err(|(code, what)| fault(&check.place(), code, what))?;
    let warnings = std::mem::take(&mut check.warnings);
    drop(check);
    let time = |name| root.get_text(name).and_then(|time| Timestamp::parse(&time).ok());
    let (created, modified) = (time("created"), time("modified"));
    let revoked = root.get("revoked").is_some_and(|flag| flag.kind() == Kind::True);
    let created_by = root.get_text("created_by_ref").and_then(|id| Id::parse(&id).ok());
    let object_markings = ids(root.get("object_marking_refs"));
    let received = Received {
        id: own,
        spec_version,
        created,
        modified,
        revoked,
        created_by,
        object_markings,
        granular,
        warnings,
        json,
    };
    Ok(with_id_compared(received))
}

/// An observable whose identifier is not the one everybody makes from it is taken, and reported: two reports of one
/// address will not meet.
fn with_id_compared(mut received: Received) -> Received {
    if let Some(made) = crate::deterministic::id(&received).filter(|made| made != received.id()) {
        let what = format!("should be `{made}`, made from what the observable says (section 2.9)");
        received.warnings.push(Warning { path: "id".to_owned(), code: Code::OtherId, what });
    }
    received
}

/// Type and identifier, and that they agree.
fn identity(root: Value<'_>) -> Result<Id, (&'static str, Code, String)> {
    let Some(kind) = root.get_text("type") else {
        return Err(("type", Code::Missing, "is missing, or is not a text".to_owned()));
    };
    if !crate::id::is_kind(kind.as_bytes()) {
        let what = format!("`{}` is not a type: 3 to 250 of a-z, 0-9 and hyphens inside", excerpt(&kind));
        return Err(("type", Code::BadValue, what));
    }
    if kind == "bundle" {
        return Err(("type", Code::NotAnObject, "a bundle is not an object: send what is in it".to_owned()));
    }
    let Some(id) = root.get_text("id") else {
        return Err(("id", Code::Missing, "is missing, or is not a text".to_owned()));
    };
    let id = Id::parse(&id).map_err(|fault| ("id", Code::BadId, fault.to_string()))?;
    if id.kind() != kind {
        return Err(("id", Code::IdOfAnotherType, format!("must begin with `{kind}--`, the type of the object")));
    }
    Ok(id)
}

fn spec_version(root: Value<'_>, kind: &str) -> Result<SpecVersion, String> {
    let Some(written) = root.get("spec_version") else {
        let observable = rules::type_of(kind).is_none_or(|of| of.class == Class::Observable);
        let old = !observable || (rules::type_of(kind).is_none() && root.get("created").is_some());
        return Ok(if old { SpecVersion::V2_0 } else { SpecVersion::V2_1 });
    };
    match written.text().as_deref() {
        Some("2.0") => Ok(SpecVersion::V2_0),
        Some("2.1") => Ok(SpecVersion::V2_1),
        _ => Err(format!("{} must be \"2.0\" or \"2.1\"", excerpt(written.written()))),
    }
}

fn ids(list: Option<Value<'_>>) -> Vec<Id> {
    list.into_iter().flat_map(Value::elements).filter_map(|id| Id::parse(&id.text()?).ok()).collect()
}

/// Granular markings, with selectors that select something; no marking of the object is the object itself.
fn marked<'a>(
    check: &mut rules::Check<'a>,
    root: Value<'a>,
    own: &Id,
    limits: &Limits,
) -> rules::Outcome<Vec<GranularMarking>> {
    let itself = |value: Value<'_>| value.says(own.as_str());
    let myself = || (Code::MarksItself, "is the object itself: nobody could tell who may see it".to_owned());
    check.path.push(Step::Name("object_marking_refs"));
    if root.get("object_marking_refs").is_some_and(|list| list.elements().any(itself)) {
        return Err(myself());
    }
    check.path.pop();
    let mut granular = Vec::new();
    let mut selectors_left = limits.selectors_max;
    check.path.push(Step::Name("granular_markings"));
    for (index, marking) in root.get("granular_markings").into_iter().flat_map(Value::elements).enumerate() {
        check.path.push(Step::Index(index));
        if marking.get("marking_ref").is_some_and(itself) {
            check.path.push(Step::Name("marking_ref"));
            return Err(myself());
        }
        granular.extend(granular_marking(check, root, marking, &mut selectors_left, limits)?);
        check.path.pop();
    }
    check.path.pop();
    Ok(granular)
}

fn granular_marking<'a>(
    check: &mut rules::Check<'a>,
    root: Value<'a>,
    marking: Value<'a>,
    selectors_left: &mut usize,
    limits: &Limits,
) -> rules::Outcome<Option<GranularMarking>> {
    let mut selectors = Vec::new();
    check.path.push(Step::Name("selectors"));
    for (index, selector) in marking.get("selectors").into_iter().flat_map(Value::elements).enumerate() {
        check.path.push(Step::Index(index));
        let text = selector.text().unwrap_or_default();
        if *selectors_left == 0 {
            let what = format!("is one of more than {} selectors of this object", limits.selectors_max);
            return Err((Code::TooMuch, what));
        }
        *selectors_left -= 1;
        if crate::selector::resolve(root, &text).is_none() {
            return Err((Code::BadSelector, format!("`{}` selects nothing in this object", excerpt(&text))));
        }
        selectors.push(text.into_owned());
        check.path.pop();
    }
    check.path.pop();
    let says = match (marking.get_text("marking_ref"), marking.get_text("lang")) {
        (Some(id), _) => Id::parse(&id).ok().map(Says::Marking),
        (None, lang) => lang.map(|lang| Says::Lang(lang.into_owned())),
    };
    Ok(says.map(|says| GranularMarking { selectors, says }))
}

/// The pattern of an indicator, where it is in the language of the standard. That of 2.0 differs a little and is only
/// reported.
fn pattern<'a>(
    check: &mut rules::Check<'a>,
    root: Value<'a>,
    spec: SpecVersion,
    limits: &Limits,
) -> rules::Outcome<()> {
    let stix = root.get("pattern_type").is_none_or(|kind| kind.says("stix"));
    let Some(text) = root.get_text("pattern").filter(|_| stix && root.get("type").is_some_and(|t| t.says("indicator")))
    else {
        return Ok(());
    };
    let Err(fault) = crate::pattern::parse(&text, limits) else { return Ok(()) };
    check.path.push(Step::Name("pattern"));
    if spec == SpecVersion::V2_1 {
        return Err((Code::BadPattern, fault.to_string()));
    }
    check.warn(Code::BadPattern, fault.to_string());
    check.path.pop();
    Ok(())
}
