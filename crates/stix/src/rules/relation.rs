//! Relationship objects (section 5).

use super::common::{DESCRIPTION, FIRST_SEEN, LAST_SEEN, SEEN_IN_ORDER};
use super::{Class, Property, Rule, Shape, To, Type, may, must, record};

const fn relation(name: &'static str, properties: &'static [Property], rules: &'static [Rule]) -> Type {
    Type { name, class: Class::Relation, record: record(properties, rules), extensions: &[], contributing: &[] }
}

/// 5.1.
pub(super) static RELATIONSHIP: Type = relation(
    "relationship",
    &[
        must("relationship_type", Shape::Text),
        DESCRIPTION,
        must("source_ref", Shape::Ref(To::DomainOrObservable)),
        must("target_ref", Shape::Ref(To::DomainOrObservable)),
        may("start_time", Shape::Time),
        may("stop_time", Shape::Time),
    ],
    &[Rule::After("start_time", "stop_time")],
);

/// 5.2.
pub(super) static SIGHTING: Type = relation(
    "sighting",
    &[
        DESCRIPTION,
        FIRST_SEEN,
        LAST_SEEN,
        may("count", Shape::Integer(0, 999_999_999)),
        must("sighting_of_ref", Shape::Ref(To::Domain)),
        may("observed_data_refs", Shape::Refs(To::Kinds(&["observed-data"]))),
        may("where_sighted_refs", Shape::Refs(To::Kinds(&["identity", "location"]))),
        may("summary", Shape::Flag),
    ],
    &[SEEN_IN_ORDER],
);
