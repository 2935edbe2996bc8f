//! An object as it came from somebody else.
//!
//! Typed round trips change objects: they drop what they do not know, and write numbers and times their own way. An
//! object that is stored, shown to others and perhaps signed by its producer must leave as it came. So
//! [`Received`] keeps the bytes, and reads from them what a store must know: which object, which version, who made it,
//! who may see it, what it points at, what it says in words.

mod references;
mod texts;

use crate::fault::excerpt;
use crate::json::skip::top_level_text;
use crate::json::{self, Json, Kind, Value};
use crate::rules::{self, Class, Step};
use crate::{Code, Fault, Id, Limits, SpecVersion, Timestamp, Warning};
use std::borrow::Cow;

/// An object that is valid STIX 2.1 or 2.0, with its bytes.
///
/// Two are equal when their bytes are. Custom types, custom properties and unknown extensions are kept and not judged.
#[derive(Debug, Clone)]
pub struct Received {
    json: Json,
    id: Id,
    spec_version: SpecVersion,
    created: Option<Timestamp>,
    modified: Option<Timestamp>,
    revoked: bool,
    created_by: Option<Id>,
    object_markings: Vec<Id>,
    granular: Vec<GranularMarking>,
    warnings: Vec<Warning>,
}

/// A marking or language of parts of an object (section 7.2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GranularMarking {
    /// The parts; each selects something in its object.
    pub selectors: Vec<String>,
    /// What is said of them.
    pub says: Says,
}

/// What a granular marking says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// Who may see the parts.
    Marking(Id),
    /// Their language (RFC 5646).
    Lang(String),
}

/// What a relationship joins (section 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends<'a> {
    /// From.
    pub source: Id,
    /// What kind.
    pub relationship_type: Cow<'a, str>,
    /// To.
    pub target: Id,
}

impl PartialEq for Received {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Received {}

impl Received {
    /// Reads one object.
    ///
    /// # Errors
    /// The first [`Fault`] met: not JSON, more than `limits` allows, a name twice, or not what the standard asks of
    /// its type.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, Fault> {
        let json = json::parse(bytes, limits).map_err(|fault| Fault {
            id: top_level_text(bytes, "id").map(|id| excerpt(&id)),
            path: fault.path,
            code: fault.code,
            what: fault.what,
        })?;
        judge(json, limits)
    }

    /// Which object.
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// Its type.
    pub fn kind(&self) -> &str {
        self.id.kind()
    }

    /// The version of the standard it is written in. Without one, an observable or custom type is 2.1, and an object
    /// the standard has `spec_version` for is 2.0.
    pub fn spec_version(&self) -> SpecVersion {
        self.spec_version
    }

    /// When the object first was made.
    pub fn created(&self) -> Option<Timestamp> {
        self.created
    }

    /// When this version was made.
    pub fn modified(&self) -> Option<Timestamp> {
        self.modified
    }

    /// What tells versions apart (TAXII 2.1, section 3.4): `modified`, else `created`, else nothing; then the time it
    /// was added has to do.
    pub fn version(&self) -> Option<Timestamp> {
        self.modified.or(self.created)
    }

    /// Whether its producer no longer holds it valid.
    pub fn revoked(&self) -> bool {
        self.revoked
    }

    /// The identity that made it.
    pub fn created_by(&self) -> Option<&Id> {
        self.created_by.as_ref()
    }

    /// Markings of the whole object. All hold at once.
    pub fn object_markings(&self) -> &[Id] {
        &self.object_markings
    }

    /// Markings of parts.
    pub fn granular(&self) -> &[GranularMarking] {
        &self.granular
    }

    /// What is odd about it and was taken all the same.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Compact JSON: exactly what came, less the white space between tokens. Numbers, escapes and the order of
    /// properties are as written.
    pub fn bytes(&self) -> &[u8] {
        self.json.text().as_bytes()
    }

    /// [`Self::bytes`] as text.
    pub fn text(&self) -> &str {
        self.json.text()
    }

    /// Whether it is a cyber-observable object of the standard (section 6).
    pub fn is_observable(&self) -> bool {
        rules::type_of(self.kind()).is_some_and(|of| of.class == Class::Observable)
    }

    /// Whether it is a relationship.
    pub fn is_relationship(&self) -> bool {
        self.kind() == "relationship"
    }

    /// What it joins, where it is a relationship.
    pub fn relationship(&self) -> Option<Ends<'_>> {
        let id = |name| self.root().get_text(name).and_then(|id| Id::parse(&id).ok());
        if !self.is_relationship() {
            return None;
        }
        Some(Ends {
            source: id("source_ref")?,
            relationship_type: self.root().get_text("relationship_type")?,
            target: id("target_ref")?,
        })
    }

    /// What a top-level property says, where it is a text.
    pub fn property(&self, name: &str) -> Option<Cow<'_, str>> {
        self.root().get_text(name)
    }

    pub(crate) fn root(&self) -> Value<'_> {
        self.json.root()
    }
}

/// Reads what every object says, then holds it to its type.
fn judge(json: Json, limits: &Limits) -> Result<Received, Fault> {
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

#[cfg(test)]
mod tests;
