//! Templates of what is known: weaknesses, techniques, organisations, places, rules.

use super::{Class, Template, role};
use crate::to_stix::part::{At, Form, at, custom, fixed, formed, text};

pub(super) static VULNERABILITY: Template = Template {
    name: "vulnerability",
    main: "vulnerability",
    class: Class::Domain,
    roles: &[
        role("id", "vulnerability", at("", At::NameAndExternal("cve"))),
        role("summary", "text", text("", "description")),
        role("references", "link", at("", At::Url)),
        role("cvss-score", "float", custom()),
        role("created", "datetime", custom()),
        role("published", "datetime", custom()),
        role("modified", "datetime", custom()),
    ],
};

pub(super) static ATTACK_PATTERN: Template = Template {
    name: "attack-pattern",
    main: "attack-pattern",
    class: Class::Phased,
    roles: &[
        role("id", "text", at("", At::External("capec", "CAPEC-"))),
        role("name", "text", text("", "name")),
        role("summary", "text", text("", "description")),
        role("references", "link", at("", At::Url)),
        role("prerequisites", "text", custom()),
        role("solutions", "text", custom()),
        role("related-weakness", "weakness", custom()),
    ],
};

pub(super) static COURSE_OF_ACTION: Template = Template {
    name: "course-of-action",
    main: "course-of-action",
    class: Class::Domain,
    roles: &[
        role("name", "text", text("", "name")),
        role("description", "text", text("", "description")),
        role("type", "text", custom()),
        role("stage", "text", custom()),
    ],
};

pub(super) static ORGANIZATION: Template = Template {
    name: "organization",
    main: "identity",
    class: Class::Domain,
    roles: &[
        role("", "text", fixed("", "identity_class", "organization")),
        role("name", "text", text("", "name")),
        role("description", "text", text("", "description")),
        role("role", "text", at("", At::Element("roles"))),
        role("address", "text", at("", At::Contact)),
        role("e-mail", "email-src", at("", At::Contact)),
        role("fax-number", "phone-number", at("", At::Contact)),
        role("phone-number", "phone-number", at("", At::Contact)),
    ],
};

pub(super) static PERSON: Template = Template {
    name: "person",
    main: "identity",
    class: Class::Domain,
    roles: &[
        role("", "text", fixed("", "identity_class", "individual")),
        role("full-name", "full-name", text("", "name")),
        role("text", "text", text("", "description")),
        role("role", "text", at("", At::Element("roles"))),
        role("address", "text", at("", At::Contact)),
        role("e-mail", "email-src", at("", At::Contact)),
        role("fax-number", "phone-number", at("", At::Contact)),
        role("phone-number", "phone-number", at("", At::Contact)),
    ],
};

pub(super) static GEOLOCATION: Template = Template {
    name: "geolocation",
    main: "location",
    class: Class::Domain,
    roles: &[
        role("address", "text", text("", "street_address")),
        role("city", "text", text("", "city")),
        role("countrycode", "text", text("", "country")),
        role("country", "text", custom()),
        role("latitude", "float", formed("", "latitude", Form::Float)),
        role("longitude", "float", formed("", "longitude", Form::Float)),
        role("region", "text", text("", "region")),
        role("text", "text", text("", "description")),
        role("zipcode", "text", text("", "postal_code")),
    ],
};

/// A rule with its name, comment and version, and where it is described.
macro_rules! rule {
    ($name:ident, $template:literal, $kind:literal, $title:literal, $link:literal) => {
        pub(super) static $name: Template = Template {
            name: $template,
            main: "indicator",
            class: Class::Rule,
            roles: &[
                role($template, $kind, text("", "pattern")),
                role("comment", "comment", text("", "description")),
                role($title, "text", text("", "name")),
                role("version", "text", text("", "pattern_version")),
                role($link, "link", at("", At::Url)),
                role("context", "text", custom()),
            ],
        };
    };
}

rule!(YARA, "yara", "yara", "yara-rule-name", "reference");
rule!(SIGMA, "sigma", "sigma", "sigma-rule-name", "reference");
rule!(SURICATA, "suricata", "suricata", "suricata-rule-name", "ref");
