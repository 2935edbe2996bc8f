//! The templates of objects that have a counterpart in STIX: one row a role.
//!
//! An object whose template stands in no table is kept as `x-misp-object`. A role without a row becomes a property
//! `x_misp_ROLE` of the main object, and so does a second value where STIX has room for one.

mod domain;
mod observed;

use super::part::{Form, Part, formed};

/// A template of objects.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) name: &'static str,
    /// The type of the main object.
    pub(crate) main: &'static str,
    pub(crate) class: Class,
    pub(crate) roles: &'static [Role],
}

/// What an object of a template becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Observables, and a pattern of what is for detection.
    Observed,
    /// A domain object.
    Domain,
    /// A domain object with the category as a phase of a kill chain.
    Phased,
    /// An indicator in a language of its own.
    Rule,
}

/// A role of a template, with the type an attribute in it usually has.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) relation: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) part: Part,
}

const fn role(relation: &'static str, kind: &'static str, part: Part) -> Role {
    Role { relation, kind, part }
}

/// The template of a name. Old events write `ip|port` where templates say `ip-port`.
pub(crate) fn of(name: &str) -> Option<&'static Template> {
    let same = |own: &str| own == name || (name.contains('|') && own == name.replace('|', "-"));
    TEMPLATES.iter().find(|template| same(template.name)).copied()
}

static TEMPLATES: [&Template; 33] = [
    &observed::FILE,
    &observed::LNK,
    &observed::DOMAIN_IP,
    &observed::IP_PORT,
    &observed::EMAIL,
    &observed::URLS,
    &observed::CONNECTION,
    &observed::NETFLOW,
    &observed::REGISTRY,
    &observed::PROCESS,
    &observed::X509,
    &observed::ASN,
    &observed::MUTEX,
    &observed::ACCOUNT,
    &observed::CREDENTIAL,
    &observed::HTTP_REQUEST,
    &observed::DIRECTORY,
    &observed::CPE,
    &observed::FACEBOOK,
    &observed::GITHUB,
    &observed::GITLAB,
    &observed::TELEGRAM,
    &observed::TWITTER,
    &observed::REDDIT,
    &domain::VULNERABILITY,
    &domain::ATTACK_PATTERN,
    &domain::COURSE_OF_ACTION,
    &domain::ORGANIZATION,
    &domain::PERSON,
    &domain::GEOLOCATION,
    &domain::YARA,
    &domain::SIGMA,
    &domain::SURICATA,
];

/// A time that patterns do not name.
const fn time(property: &'static str) -> Part {
    formed("", property, Form::Time)
}
