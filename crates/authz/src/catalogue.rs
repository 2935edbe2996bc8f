//! Every rule and every act in plain words, in English and Japanese, from `policies/words.toml`.
//!
//! The words stand apart from the policies, so that a better translation is not a change of policy.

use crate::act::ActKind;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One rule in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The id in the policies.
    pub id: String,
    /// One sentence in English.
    pub en: String,
    /// One sentence in Japanese.
    pub ja: String,
}

/// What an act is called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActWords {
    /// In English.
    pub en: String,
    /// In Japanese.
    pub ja: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    acts: BTreeMap<ActKind, ActWords>,
    rules: BTreeMap<String, ActWords>,
}

/// All rules and acts in plain words.
#[derive(Debug)]
pub(crate) struct Catalogue {
    acts: BTreeMap<ActKind, ActWords>,
    rules: BTreeMap<String, Arc<Rule>>,
}

impl Catalogue {
    pub(crate) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let rule = |(id, words): (String, ActWords)| (id.clone(), Arc::new(Rule { id, en: words.en, ja: words.ja }));
        Ok(Self { acts: file.acts, rules: file.rules.into_iter().map(rule).collect() })
    }

    pub(crate) fn rule(&self, id: &str) -> Option<Arc<Rule>> {
        self.rules.get(id).cloned()
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values().map(AsRef::as_ref)
    }

    pub(crate) fn act(&self, act: ActKind) -> Option<&ActWords> {
        self.acts.get(&act)
    }
}
