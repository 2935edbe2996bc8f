//! An object as it came from somebody else.
//!
//! Typed round trips change objects: they drop what they do not know, and write numbers and times their own way. An
//! object that is stored, shown to others and perhaps signed by its producer must leave as it came. So
//! [`Received`] keeps the bytes, and reads from them what a store must know: which object, which version, who made it,
//! who may see it, what it points at, what it says in words.

mod judge;
mod references;
mod texts;

use crate::fault::excerpt;
use crate::json::skip::top_level_text;
use crate::json::{self, Json, Value};
use crate::rules::{self, Class};
use crate::{Fault, Id, Limits, SpecVersion, Timestamp, Warning};
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
        judge::judge(json, limits)
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

#[cfg(test)]
mod tests;
