//! Domain objects (section 4).

use super::common::{ALIASES, DESCRIPTION, FIRST_SEEN, KILL_CHAIN, LAST_SEEN, NAME, OBJECT_REFS, SEEN_IN_ORDER};
use super::{Class, Property, Rule, Shape, To, Type, may, must, must21, record};

const fn domain(name: &'static str, properties: &'static [Property], rules: &'static [Rule]) -> Type {
    Type { name, class: Class::Domain, record: record(properties, rules), extensions: &[], contributing: &[] }
}

/// 4.1.
pub(super) static ATTACK_PATTERN: Type = domain("attack-pattern", &[NAME, DESCRIPTION, ALIASES, KILL_CHAIN], &[]);

/// 4.2.
pub(super) static CAMPAIGN: Type = domain(
    "campaign",
    &[NAME, DESCRIPTION, ALIASES, FIRST_SEEN, LAST_SEEN, may("objective", Shape::Text)],
    &[SEEN_IN_ORDER],
);

/// 4.3.
pub(super) static COURSE_OF_ACTION: Type = domain("course-of-action", &[NAME, DESCRIPTION], &[]);

/// 4.4. Context: `grouping-context-ov`.
pub(super) static GROUPING: Type =
    domain("grouping", &[may("name", Shape::Text), DESCRIPTION, must("context", Shape::Text), OBJECT_REFS], &[]);

/// 4.5. Class: `identity-class-ov`; sectors: `industry-sector-ov`.
pub(super) static IDENTITY: Type = domain(
    "identity",
    &[
        NAME,
        DESCRIPTION,
        may("roles", Shape::Texts),
        may("identity_class", Shape::Text),
        may("sectors", Shape::Texts),
        may("contact_information", Shape::Text),
    ],
    &[],
);

/// 4.6.
pub(super) static INCIDENT: Type = domain("incident", &[NAME, DESCRIPTION], &[]);

/// 4.7. Types: `indicator-type-ov`; pattern type: `pattern-type-ov`. The pattern itself is read by the caller.
pub(super) static INDICATOR: Type = domain(
    "indicator",
    &[
        may("name", Shape::Text),
        DESCRIPTION,
        may("indicator_types", Shape::Texts),
        must("pattern", Shape::Text),
        must21("pattern_type", Shape::Text),
        may("pattern_version", Shape::Text),
        must("valid_from", Shape::Time),
        may("valid_until", Shape::Time),
        KILL_CHAIN,
    ],
    &[Rule::After("valid_from", "valid_until")],
);

/// 4.8. Types: `infrastructure-type-ov`.
pub(super) static INFRASTRUCTURE: Type = domain(
    "infrastructure",
    &[NAME, DESCRIPTION, may("infrastructure_types", Shape::Texts), ALIASES, KILL_CHAIN, FIRST_SEEN, LAST_SEEN],
    &[SEEN_IN_ORDER],
);

/// 4.9. Resources: `attack-resource-level-ov`; motivations: `attack-motivation-ov`.
pub(super) static INTRUSION_SET: Type = domain(
    "intrusion-set",
    &[
        NAME,
        DESCRIPTION,
        ALIASES,
        FIRST_SEEN,
        LAST_SEEN,
        may("goals", Shape::Texts),
        may("resource_level", Shape::Text),
        may("primary_motivation", Shape::Text),
        may("secondary_motivations", Shape::Texts),
    ],
    &[SEEN_IN_ORDER],
);

/// 4.10. Region: `region-ov`; precision in metres.
pub(super) static LOCATION: Type = domain(
    "location",
    &[
        may("name", Shape::Text),
        DESCRIPTION,
        may("latitude", Shape::Float(-90.0, 90.0)),
        may("longitude", Shape::Float(-180.0, 180.0)),
        may("precision", Shape::Float(0.0, f64::MAX)),
        may("region", Shape::Text),
        may("country", Shape::Text),
        may("administrative_area", Shape::Text),
        may("city", Shape::Text),
        may("street_address", Shape::Text),
        may("postal_code", Shape::Text),
    ],
    &[
        Rule::AnyOf(&["region", "country", "latitude"]),
        Rule::Needs("latitude", &["longitude"]),
        Rule::Needs("longitude", &["latitude"]),
        Rule::Needs("precision", &["latitude", "longitude"]),
    ],
);

/// 4.11. Types: `malware-type-ov`; environments: `processor-architecture-ov`; languages:
/// `implementation-language-ov`; capabilities: `malware-capabilities-ov`.
pub(super) static MALWARE: Type = domain(
    "malware",
    &[
        may("name", Shape::Text),
        DESCRIPTION,
        may("malware_types", Shape::Texts),
        must21("is_family", Shape::Flag),
        ALIASES,
        KILL_CHAIN,
        FIRST_SEEN,
        LAST_SEEN,
        may("operating_system_refs", Shape::Refs(To::Kinds(&["software"]))),
        may("architecture_execution_envs", Shape::Texts),
        may("implementation_languages", Shape::Texts),
        may("capabilities", Shape::Texts),
        may("sample_refs", Shape::Refs(To::Kinds(&["artifact", "file"]))),
    ],
    &[SEEN_IN_ORDER, Rule::Where("is_family", true, "name")],
);

/// 4.12. Result: `malware-result-ov`.
pub(super) static MALWARE_ANALYSIS: Type = domain(
    "malware-analysis",
    &[
        must("product", Shape::Text),
        may("version", Shape::Text),
        may("host_vm_ref", Shape::Ref(To::Kinds(&["software"]))),
        may("operating_system_ref", Shape::Ref(To::Kinds(&["software"]))),
        may("installed_software_refs", Shape::Refs(To::Kinds(&["software"]))),
        may("configuration_version", Shape::Text),
        may("modules", Shape::Texts),
        may("analysis_engine_version", Shape::Text),
        may("analysis_definition_version", Shape::Text),
        may("submitted", Shape::Time),
        may("analysis_started", Shape::Time),
        may("analysis_ended", Shape::Time),
        may("result_name", Shape::Text),
        may("result", Shape::Text),
        may("analysis_sco_refs", Shape::Refs(To::Observable)),
        may("sample_ref", Shape::Ref(To::Kinds(&["artifact", "file", "network-traffic"]))),
    ],
    &[Rule::AnyOf(&["result", "analysis_sco_refs"]), Rule::NotBefore("analysis_started", "analysis_ended")],
);

/// 4.13.
pub(super) static NOTE: Type = domain(
    "note",
    &[may("abstract", Shape::Text), must("content", Shape::Text), may("authors", Shape::Texts), OBJECT_REFS],
    &[],
);

/// 4.14. `objects` is what 2.0 had for `object_refs`.
pub(super) static OBSERVED_DATA: Type = domain(
    "observed-data",
    &[
        must("first_observed", Shape::Time),
        must("last_observed", Shape::Time),
        must("number_observed", Shape::Integer(1, 999_999_999)),
        may("objects", Shape::Dictionary),
        may("object_refs", Shape::Refs(To::ObservableOrRelation)),
    ],
    &[
        Rule::NotBefore("first_observed", "last_observed"),
        Rule::AnyOf(&["object_refs", "objects"]),
        Rule::NotBoth("object_refs", "objects"),
    ],
);

/// 4.15. Opinion: `opinion-enum`.
pub(super) static OPINION: Type = domain(
    "opinion",
    &[
        may("explanation", Shape::Text),
        may("authors", Shape::Texts),
        must("opinion", Shape::Closed(&["strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"])),
        OBJECT_REFS,
    ],
    &[],
);

/// 4.16. Types: `report-type-ov`.
pub(super) static REPORT: Type = domain(
    "report",
    &[NAME, DESCRIPTION, may("report_types", Shape::Texts), must("published", Shape::Time), OBJECT_REFS],
    &[],
);

/// 4.17. Types: `threat-actor-type-ov`; roles: `threat-actor-role-ov`; sophistication:
/// `threat-actor-sophistication-ov`.
pub(super) static THREAT_ACTOR: Type = domain(
    "threat-actor",
    &[
        NAME,
        DESCRIPTION,
        may("threat_actor_types", Shape::Texts),
        ALIASES,
        FIRST_SEEN,
        LAST_SEEN,
        may("roles", Shape::Texts),
        may("goals", Shape::Texts),
        may("sophistication", Shape::Text),
        may("resource_level", Shape::Text),
        may("primary_motivation", Shape::Text),
        may("secondary_motivations", Shape::Texts),
        may("personal_motivations", Shape::Texts),
    ],
    &[SEEN_IN_ORDER],
);

/// 4.18. Types: `tool-type-ov`.
pub(super) static TOOL: Type = domain(
    "tool",
    &[NAME, DESCRIPTION, may("tool_types", Shape::Texts), ALIASES, KILL_CHAIN, may("tool_version", Shape::Text)],
    &[],
);

/// 4.19.
pub(super) static VULNERABILITY: Type = domain("vulnerability", &[NAME, DESCRIPTION], &[]);
