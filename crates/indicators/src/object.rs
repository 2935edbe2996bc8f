//! An indicator as an object of STIX 2.1 (section 4.7), with a pattern in any language.

use crate::limits::{DESCRIPTION_CHARACTERS_MAX, LABELS_MAX, NAME_CHARACTERS_MAX, REFERENCES_MAX};
use crate::text::{one_line, paragraphs};
use noroshi_stix::common::ExternalReference;
use noroshi_stix::{Id, SpecVersion, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Namespace of indicators made from lists and rules: a random value chosen once. An identifier is the UUIDv5 in it
/// of the name of the source, the language of the pattern, and the pattern, with a line feed between.
pub const NAMESPACE: Uuid = Uuid::from_u128(0x9b6c5c0e_3f0a_4d52_8a55_1d7e6a0f4c29);

/// The language of a pattern (vocabulary `pattern-type-ov`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// The one of the standard.
    Stix,
    /// YARA rules for files.
    Yara,
    /// Sigma rules for logs.
    Sigma,
    /// Suricata rules for traffic.
    Suricata,
    /// Snort rules for traffic.
    Snort,
}

impl Language {
    /// As objects write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stix => "stix",
            Self::Yara => "yara",
            Self::Sigma => "sigma",
            Self::Suricata => "suricata",
            Self::Snort => "snort",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ObjectType {
    Indicator,
}

/// An indicator. What was imported before keeps its identifier; whoever stores it should keep the `created` of the
/// first time, as versions of one object share it (section 3.6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndicatorObject {
    #[serde(rename = "type")]
    kind: ObjectType,
    /// Always 2.1.
    pub spec_version: SpecVersion,
    /// Which indicator.
    pub id: Id,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by_ref: Option<Id>,
    /// When it first was made.
    pub created: Timestamp,
    /// When this version was made.
    pub modified: Timestamp,
    /// What it is called.
    pub name: String,
    /// What is known beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it points at (vocabulary `indicator-type-ov`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indicator_types: Vec<String>,
    /// The pattern.
    pub pattern: String,
    /// Its language.
    pub pattern_type: Language,
    /// From when on it holds.
    pub valid_from: Timestamp,
    /// Until when it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// How sure, 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// Free labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// References outside STIX.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_references: Vec<ExternalReference>,
    /// Who may see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub object_marking_refs: Vec<Id>,
}

impl IndicatorObject {
    /// The object as compact JSON.
    pub fn to_json(&self) -> Vec<u8> {
        // Texts, numbers and lists of them: there is nothing in it that JSON could not say.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// A bundle (section 8) of objects in the order given, ended by a line feed. Its identifier is made from theirs.
pub fn bundle<'a>(objects: impl IntoIterator<Item = &'a IndicatorObject>) -> Vec<u8> {
    let objects: Vec<_> = objects.into_iter().collect();
    let key: Vec<_> = objects.iter().map(|object| object.id.as_str()).collect();
    let bundle = Bundle { kind: "bundle", id: Id::domain("bundle", &key.join("\n")), objects };
    let mut json = serde_json::to_vec(&bundle).unwrap_or_default();
    json.push(b'\n');
    json
}

#[derive(Serialize)]
struct Bundle<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Id,
    /// An empty list may not be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    objects: Vec<&'a IndicatorObject>,
}

/// What one line or rule says, in words of this crate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) types: Vec<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) references: Vec<ExternalReference>,
    pub(crate) valid_from: Option<Timestamp>,
    pub(crate) valid_until: Option<Timestamp>,
    pub(crate) confidence: Option<u8>,
}

/// Makes the object of one pattern.
///
/// # Errors
/// A sentence, where the times contradict each other.
pub(crate) fn make(
    source: &crate::import::Source,
    language: Language,
    pattern: String,
    said: Said,
) -> Result<IndicatorObject, String> {
    let key = format!("{}\n{}\n{pattern}", source.name, language.as_str());
    let id = Id::parse(&format!("indicator--{}", Uuid::new_v5(&NAMESPACE, key.as_bytes())))
        .map_err(|fault| fault.to_string())?;
    let valid_from = said.valid_from.unwrap_or(source.valid_from);
    let valid_until = said.valid_until.or(source.valid_until);
    if valid_until.is_some_and(|until| until <= valid_from) {
        return Err(format!(
            "ends at {} and begins at {valid_from}; mend one of the times",
            valid_until.unwrap_or(valid_from)
        ));
    }
    let description = paragraphs(&said.description, DESCRIPTION_CHARACTERS_MAX);
    let mut labels: Vec<_> =
        source.labels.iter().chain(&said.labels).map(|label| one_line(label, NAME_CHARACTERS_MAX)).collect();
    labels.retain(|label| !label.is_empty());
    once_each(&mut labels, LABELS_MAX);
    let references = said.references.into_iter().take(REFERENCES_MAX).map(named).collect();
    let types = if said.types.is_empty() { source.indicator_types.clone() } else { said.types };
    Ok(IndicatorObject {
        kind: ObjectType::Indicator,
        spec_version: SpecVersion::V2_1,
        id,
        created_by_ref: source.created_by.clone(),
        created: source.at,
        modified: source.at,
        name: one_line(&said.name, NAME_CHARACTERS_MAX),
        description: (!description.is_empty()).then_some(description),
        indicator_types: types,
        pattern,
        pattern_type: language,
        valid_from,
        valid_until,
        confidence: said.confidence.or(source.confidence).map(|percent| percent.min(100)),
        labels,
        external_references: references,
        object_marking_refs: source.markings.clone(),
    })
}

/// A reference whose `source_name` is `cve` or `capec` must name one (section 2.5.2); others get another name.
fn named(reference: ExternalReference) -> ExternalReference {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let id = reference.external_id.as_deref().unwrap_or_default();
    let names = match reference.source_name.as_str() {
        "cve" => id
            .strip_prefix("CVE-")
            .and_then(|id| id.split_once('-'))
            .is_some_and(|(year, of_year)| year.len() == 4 && number(year) && of_year.len() >= 4 && number(of_year)),
        "capec" => id.strip_prefix("CAPEC-").is_some_and(number),
        _ => return reference,
    };
    let source_name = if names { reference.source_name } else { format!("{} (as written)", reference.source_name) };
    ExternalReference { source_name, ..reference }
}

/// Keeps the first of each, in order.
fn once_each(labels: &mut Vec<String>, max: usize) {
    let mut seen = std::collections::BTreeSet::new();
    labels.retain(|label| seen.insert(label.clone()));
    labels.truncate(max);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_cut_into_what_it_was_made_of() {
        let source = crate::import::Source::new("x", Timestamp::from_micros(0));
        let of = |text: &str| make(&source, Language::Stix, text.to_owned(), Said::default()).unwrap();
        let objects = [of("[a-b:c = 'x']"), of("[a-b:c = 'y']")];
        let json = bundle(&objects);
        let items = noroshi_stix::envelope::split(&json, &noroshi_stix::Limits::default()).unwrap();
        assert!(items.iter().map(|item| item.bytes).eq(objects.iter().map(IndicatorObject::to_json)));
        assert_eq!(bundle(&objects), json);
        assert!(!String::from_utf8(bundle(&[])).unwrap().contains("objects"));
    }

    #[test]
    fn only_what_names_a_cve_or_capec_is_called_so() {
        let of = |source: &str, id: &str| {
            let (source_name, external_id) = (source.to_owned(), Some(id.to_owned()));
            named(ExternalReference { source_name, description: None, url: None, external_id }).source_name
        };
        for (source, id, name) in [
            ("cve", "CVE-2026-0001", "cve"),
            ("cve", "2026-0001", "cve (as written)"),
            ("cve", "CVE-2026-1", "cve (as written)"),
            ("cve", "CVE-26-0001", "cve (as written)"),
            ("capec", "CAPEC-1", "capec"),
            ("capec", "1", "capec (as written)"),
            ("url", "x", "url"),
        ] {
            assert_eq!(of(source, id), name);
        }
    }
}
