//! What objects of every type have in common (sections 2.5, 2.8, 3.2, 7.2.3).

use super::{Property, Record, Rule, Shape, To, may, must, must21, record};

/// Common properties. Which of them a class requires is in [`required`].
pub(crate) static COMMON: [Property; 15] = [
    must("type", Shape::Text),
    must("id", Shape::Ref(To::Anything)),
    may("spec_version", Shape::Closed(&["2.0", "2.1"])),
    may("created_by_ref", Shape::Ref(To::Kinds(&["identity"]))),
    may("created", Shape::Time),
    may("modified", Shape::Time),
    may("revoked", Shape::Flag),
    may("labels", Shape::Texts),
    may("confidence", Shape::Integer(0, 100)),
    may("lang", Shape::Text),
    may("external_references", Shape::Records(&EXTERNAL_REFERENCE)),
    may("object_marking_refs", Shape::Refs(To::Kinds(&["marking-definition"]))),
    may("granular_markings", Shape::Records(&GRANULAR_MARKING)),
    may("defanged", Shape::Flag),
    may("extensions", Shape::Extensions),
];

/// Common properties a class must have beside type and id.
pub(crate) const fn required(class: super::Class, kind_is_marking: bool) -> &'static [&'static str] {
    match class {
        super::Class::Observable => &[],
        super::Class::Meta if kind_is_marking => &["created"],
        _ => &["created", "modified"],
    }
}

/// Section 2.5.
pub(crate) static EXTERNAL_REFERENCE: Record = record(
    &[
        must("source_name", Shape::Text),
        may("description", Shape::Text),
        may("url", Shape::Text),
        may("hashes", Shape::Hashes),
        may("external_id", Shape::Text),
    ],
    &[],
);

/// Section 2.8.
pub(crate) static KILL_CHAIN_PHASE: Record =
    record(&[must("kill_chain_name", Shape::Text), must("phase_name", Shape::Text)], &[]);

/// Section 7.2.3.
static GRANULAR_MARKING: Record = record(
    &[
        must("selectors", Shape::Texts),
        may("marking_ref", Shape::Ref(To::Kinds(&["marking-definition"]))),
        may("lang", Shape::Text),
    ],
    &[Rule::AnyOf(&["marking_ref", "lang"]), Rule::NotBoth("marking_ref", "lang")],
);

/// Phases, as most domain objects have them.
pub(super) const KILL_CHAIN: Property = may("kill_chain_phases", Shape::Records(&KILL_CHAIN_PHASE));
/// A name that must be there.
pub(super) const NAME: Property = must("name", Shape::Text);
/// A description.
pub(super) const DESCRIPTION: Property = may("description", Shape::Text);
/// Other names.
pub(super) const ALIASES: Property = may("aliases", Shape::Texts);
/// First time.
pub(super) const FIRST_SEEN: Property = may("first_seen", Shape::Time);
/// Last time.
pub(super) const LAST_SEEN: Property = may("last_seen", Shape::Time);
/// What it is about; 2.0 allowed none.
pub(super) const OBJECT_REFS: Property = must21("object_refs", Shape::Refs(To::Anything));
/// Seen in the right order.
pub(super) const SEEN_IN_ORDER: Rule = Rule::NotBefore("first_seen", "last_seen");
