//! What the standard asks of each type of object, as tables, and the one function that holds an object to them.
//!
//! The tables say of each property which shape its value has and whether it must be there; a few rules bind properties
//! together. What no table names is custom: it is kept as it came and not judged. Open vocabularies are texts here,
//! because a value outside of them is allowed (section 2.17).

mod check;
mod common;
mod domain;
mod extension;
mod meta;
mod observable;
mod relation;
mod value;

pub(crate) use check::{Check, Outcome, Step, check};

/// The group a type belongs to (section 1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// SDO.
    Domain,
    /// SRO.
    Relation,
    /// SCO.
    Observable,
    /// Marking definition, extension definition, language content.
    Meta,
}

/// One type of object.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    pub(crate) record: Record,
    /// The predefined extensions it may have, by name.
    pub(crate) extensions: &'static [(&'static str, &'static Record)],
    /// ID contributing properties of an observable; empty where the standard wants a random identifier.
    pub(crate) contributing: &'static [&'static str],
}

/// A set of properties with rules: an object, or one inside it.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) properties: &'static [Property],
    pub(crate) rules: &'static [Rule],
}

/// One property.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) need: Need,
}

/// Whether a property must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Optional,
    /// Asked by 2.1 and unknown to 2.0.
    Since21,
    Required,
}

/// The shape of a value (section 2).
#[derive(Debug)]
pub(crate) enum Shape {
    Text,
    Texts,
    Flag,
    /// From and to.
    Integer(i64, i64),
    Float(f64, f64),
    Time,
    /// A reference to one object.
    Ref(To),
    /// References.
    Refs(To),
    /// One word of a closed vocabulary.
    Closed(&'static [&'static str]),
    /// Words of a closed vocabulary.
    ClosedMany(&'static [&'static str]),
    Hashes,
    Hex,
    Base64,
    Dictionary,
    Record(&'static Record),
    Records(&'static Record),
    Extensions,
    /// IPv4 address or CIDR block.
    Ipv4,
    /// IPv6 address or CIDR block.
    Ipv6,
    Mac,
}

/// What a reference may point at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum To {
    Anything,
    /// Only these types.
    Kinds(&'static [&'static str]),
    /// Domain objects, custom types included.
    Domain,
    /// Observables, custom types included.
    Observable,
    /// Domain objects and observables, custom types included (section 5.1).
    DomainOrObservable,
    /// Observables and relationships, custom types included (section 4.14).
    ObservableOrRelation,
}

/// What binds properties together.
#[derive(Debug)]
pub(crate) enum Rule {
    /// The second is not before the first.
    NotBefore(&'static str, &'static str),
    /// The second is after the first.
    After(&'static str, &'static str),
    /// At least one.
    AnyOf(&'static [&'static str]),
    /// Not both.
    NotBoth(&'static str, &'static str),
    /// The first only with the others.
    Needs(&'static str, &'static [&'static str]),
    /// Where the flag is as said, the property must be there.
    Where(&'static str, bool, &'static str),
    /// Where the flag is as said, the property may not be there.
    Unless(&'static str, bool, &'static str),
}

pub(crate) const fn may(name: &'static str, shape: Shape) -> Property {
    Property { name, shape, need: Need::Optional }
}

pub(crate) const fn must(name: &'static str, shape: Shape) -> Property {
    Property { name, shape, need: Need::Required }
}

pub(crate) const fn must21(name: &'static str, shape: Shape) -> Property {
    Property { name, shape, need: Need::Since21 }
}

pub(crate) const fn record(properties: &'static [Property], rules: &'static [Rule]) -> Record {
    Record { properties, rules }
}

/// The largest whole number JSON readers agree on (section 2.9).
pub(crate) const INTEGER_MAX: i64 = (1 << 53) - 1;
/// Any whole number.
pub(crate) const INTEGER: Shape = Shape::Integer(-INTEGER_MAX, INTEGER_MAX);
/// A count.
pub(crate) const COUNT: Shape = Shape::Integer(0, INTEGER_MAX);

/// The type of a name; nothing for custom types.
pub(crate) fn type_of(kind: &str) -> Option<&'static Type> {
    // The table is sorted in a test.
    TYPES.binary_search_by(|known| known.name.cmp(kind)).ok().map(|at| TYPES[at])
}

/// Every type of the standard, by name.
static TYPES: [&Type; 42] = [
    &observable::ARTIFACT,
    &domain::ATTACK_PATTERN,
    &observable::AUTONOMOUS_SYSTEM,
    &domain::CAMPAIGN,
    &domain::COURSE_OF_ACTION,
    &observable::DIRECTORY,
    &observable::DOMAIN_NAME,
    &observable::EMAIL_ADDR,
    &observable::EMAIL_MESSAGE,
    &meta::EXTENSION_DEFINITION,
    &observable::FILE,
    &domain::GROUPING,
    &domain::IDENTITY,
    &domain::INCIDENT,
    &domain::INDICATOR,
    &domain::INFRASTRUCTURE,
    &domain::INTRUSION_SET,
    &observable::IPV4_ADDR,
    &observable::IPV6_ADDR,
    &meta::LANGUAGE_CONTENT,
    &domain::LOCATION,
    &observable::MAC_ADDR,
    &domain::MALWARE,
    &domain::MALWARE_ANALYSIS,
    &meta::MARKING_DEFINITION,
    &observable::MUTEX,
    &observable::NETWORK_TRAFFIC,
    &domain::NOTE,
    &domain::OBSERVED_DATA,
    &domain::OPINION,
    &observable::PROCESS,
    &relation::RELATIONSHIP,
    &domain::REPORT,
    &relation::SIGHTING,
    &observable::SOFTWARE,
    &domain::THREAT_ACTOR,
    &domain::TOOL,
    &observable::URL,
    &observable::USER_ACCOUNT,
    &domain::VULNERABILITY,
    &observable::WINDOWS_REGISTRY_KEY,
    &observable::X509_CERTIFICATE,
];

#[cfg(test)]
mod tests;
