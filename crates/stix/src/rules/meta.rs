//! Meta objects: marking definitions, extension definitions, language content (section 7).

use super::common::{DESCRIPTION, NAME};
use super::{Class, Property, Rule, Shape, To, Type, may, must, record};

const fn meta(name: &'static str, properties: &'static [Property], rules: &'static [Rule]) -> Type {
    Type { name, class: Class::Meta, record: record(properties, rules), extensions: &[], contributing: &[] }
}

/// 7.1.
pub(super) static LANGUAGE_CONTENT: Type = meta(
    "language-content",
    &[
        must("object_ref", Shape::Ref(To::Anything)),
        may("object_modified", Shape::Time),
        must("contents", Shape::Dictionary),
    ],
    &[],
);

/// 7.2.1. Either a definition of the two old kinds, or an extension that says what the marking is.
pub(super) static MARKING_DEFINITION: Type = meta(
    "marking-definition",
    &[may("name", Shape::Text), may("definition_type", Shape::Text), may("definition", Shape::Dictionary)],
    &[
        Rule::AnyOf(&["definition", "extensions"]),
        Rule::Needs("definition", &["definition_type"]),
        Rule::Needs("definition_type", &["definition"]),
    ],
);

/// 7.3.
pub(super) static EXTENSION_DEFINITION: Type = meta(
    "extension-definition",
    &[
        NAME,
        DESCRIPTION,
        must("schema", Shape::Text),
        must("version", Shape::Text),
        must("extension_types", Shape::ClosedMany(&EXTENSION_TYPES)),
        may("extension_properties", Shape::Texts),
    ],
    &[Rule::AnyOf(&["created_by_ref"])],
);

/// `extension-type-enum` (section 10.10).
pub(super) static EXTENSION_TYPES: [&str; 5] =
    ["new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension"];
