//! Our own markings: release to countries, clearance and compartments, purpose (利用目的).
//!
//! STIX has no words for them, so they are extensions of marking definitions (section 7.3) with fixed identifiers.
//! Any of the three may be absent; those present must all hold.

use crate::json::{Kind, Value};
use crate::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The extension `release_to`: countries the object may go to.
pub const RELEASE_EXTENSION: &str = "extension-definition--fab7c551-e529-41fa-992c-efa3df550df3";
/// The extension `clearance`: what a reader must be cleared for.
pub const CLEARANCE_EXTENSION: &str = "extension-definition--1d785ae2-5973-4ac9-8b22-2d8066446a88";
/// The extension `purposes`: what it may be used for.
pub const PURPOSE_EXTENSION: &str = "extension-definition--259fab32-367f-4fde-9e03-31ee4cdea9f3";

/// Countries, compartments or purposes of one marking at most.
const WORDS_MAX: usize = 300;
/// Characters of a compartment or purpose at most.
const WORD_CHARACTERS_MAX: usize = 64;

/// What our markings ask of a reader.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restriction {
    /// The reader's country must be one of these.
    pub release_to: Option<BTreeSet<Country>>,
    /// The reader must hold this.
    pub clearance: Option<Clearance>,
    /// The reader must read for one of these purposes.
    pub purposes: Option<BTreeSet<String>>,
}

/// A country of ISO 3166-1, two capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// A clearance (セキュリティクリアランス).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearance {
    /// At least this level.
    pub level: Level,
    /// And every one of these compartments.
    pub compartments: BTreeSet<String>,
}

/// Levels of secrecy (重要経済安保情報, 特定秘密), lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Restricted.
    Restricted,
    /// Secret.
    Secret,
    /// Top secret.
    TopSecret,
}

/// Why a text is not a country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a country; write the two capital letters of ISO 3166-1, for example `JP`")]
pub struct NotACountry(String);

/// The codes assigned by ISO 3166-1 (alpha-2).
const COUNTRIES: &str = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

impl Country {
    /// Reads `JP`.
    ///
    /// # Errors
    /// [`NotACountry`] where ISO 3166-1 has assigned no such code.
    pub fn parse(text: &str) -> Result<Self, NotACountry> {
        match text.as_bytes() {
            &[a, b] if COUNTRIES.as_bytes().chunks_exact(2).any(|code| code == [a, b]) => Ok(Self([a, b])),
            _ => Err(NotACountry(crate::fault::excerpt(text))),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|&letter| write!(f, "{}", char::from(letter)))
    }
}

impl TryFrom<String> for Country {
    type Error = NotACountry;

    fn try_from(text: String) -> Result<Self, NotACountry> {
        Self::parse(&text)
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.to_string()
    }
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 3] = [Self::Restricted, Self::Secret, Self::TopSecret];

    /// The word in the extension.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Secret => "secret",
            Self::TopSecret => "top-secret",
        }
    }
}

impl Restriction {
    /// A marking definition that says this. Its identifier is made from what it says, so that everyone who marks the
    /// same way shares one marking.
    pub fn definition(&self, created_by: &Id, created: Timestamp) -> serde_json::Value {
        let mut extensions = BTreeMap::new();
        if let Some(countries) = &self.release_to {
            extensions.insert(RELEASE_EXTENSION, json!({"extension_type": TYPE, "release_to": countries}));
        }
        if let Some(Clearance { level, compartments }) = &self.clearance {
            let mut body = json!({"extension_type": TYPE, "clearance": level});
            // The standard allows no empty lists.
            if !compartments.is_empty() {
                body["compartments"] = json!(compartments);
            }
            extensions.insert(CLEARANCE_EXTENSION, body);
        }
        if let Some(purposes) = &self.purposes {
            extensions.insert(PURPOSE_EXTENSION, json!({"extension_type": TYPE, "purposes": purposes}));
        }
        json!({
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": Id::domain("marking-definition", &format!("{created_by}\n{}", json!(extensions))),
            "created_by_ref": created_by,
            "created": created,
            "name": self.to_string(),
            "extensions": extensions,
        })
    }
}

const TYPE: &str = "property-extension";

/// As people read it: `Release to JP, NL · secret (HARBOUR) · for warn-victims`.
impl fmt::Display for Restriction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn list(words: impl IntoIterator<Item: ToString>) -> String {
            words.into_iter().map(|word| word.to_string()).collect::<Vec<_>>().join(", ")
        }
        let mut parts = Vec::new();
        parts.extend(self.release_to.as_ref().map(|countries| format!("Release to {}", list(countries))));
        parts.extend(self.clearance.as_ref().map(|clearance| match list(&clearance.compartments) {
            none if none.is_empty() => clearance.level.word().to_owned(),
            compartments => format!("{} ({compartments})", clearance.level.word()),
        }));
        parts.extend(self.purposes.as_ref().map(|purposes| format!("for {}", list(purposes))));
        f.write_str(&parts.join(" · "))
    }
}

/// The definitions of the three extensions, to be sent along with the first marking that uses them.
pub fn extension_definitions(created_by: &Id, created: Timestamp) -> [serde_json::Value; 3] {
    let definition = |id: &str, name: &str, description: &str| {
        json!({
            "type": "extension-definition",
            "spec_version": "2.1",
            "id": id,
            "created_by_ref": created_by,
            "created": created,
            "modified": created,
            "name": name,
            "description": description,
            "schema": "Documented in the source of noroshi-stix, module marking::restriction.",
            "version": "1.0.0",
            "extension_types": [TYPE],
        })
    };
    [
        definition(
            RELEASE_EXTENSION,
            "Release to countries",
            "Of a marking definition. `release_to`: the ISO 3166-1 alpha-2 codes of the only countries it may go to.",
        ),
        definition(
            CLEARANCE_EXTENSION,
            "Clearance",
            "Of a marking definition. `clearance`: restricted, secret or top-secret; `compartments`: all of them are needed.",
        ),
        definition(
            PURPOSE_EXTENSION,
            "Purpose",
            "Of a marking definition. `purposes`: it may be read for one of these only.",
        ),
    ]
}

/// Reads our extensions; nothing where there is another, or a word we do not know.
pub(super) fn read(extensions: Value<'_>) -> Option<Restriction> {
    let mut restriction = Restriction::default();
    for (name, body) in extensions.members() {
        match &*name.text()? {
            RELEASE_EXTENSION => {
                only(body, &["release_to"])?;
                let countries = words(body.get("release_to")?)?;
                restriction.release_to = Some(countries.iter().map(|c| Country::parse(c).ok()).collect::<Option<_>>()?);
            }
            CLEARANCE_EXTENSION => {
                only(body, &["clearance", "compartments"])?;
                let word = body.get_text("clearance")?;
                let level = Level::ALL.into_iter().find(|level| level.word() == word)?;
                let compartments = body.get("compartments").map_or(Some(BTreeSet::new()), words)?;
                restriction.clearance = Some(Clearance { level, compartments });
            }
            PURPOSE_EXTENSION => {
                only(body, &["purposes"])?;
                restriction.purposes = Some(words(body.get("purposes")?)?);
            }
            _ => return None,
        }
    }
    Some(restriction)
}

/// A later version might ask more of readers: what is not known here is not ignored.
fn only(body: Value<'_>, names: &[&str]) -> Option<()> {
    let known = |name: Value<'_>| name.says("extension_type") || names.iter().any(|own| name.says(own));
    body.members().all(|(name, _)| known(name)).then_some(())
}

/// A list of words, not empty.
fn words(list: Value<'_>) -> Option<BTreeSet<String>> {
    let fits = |word: &str| !word.is_empty() && word.chars().count() <= WORD_CHARACTERS_MAX;
    if list.kind() != Kind::Array || !(1..=WORDS_MAX).contains(&list.elements().count()) {
        return None;
    }
    list.elements().map(|word| word.text().filter(|word| fits(word)).map(|word| word.into_owned())).collect()
}

#[cfg(test)]
mod tests;
