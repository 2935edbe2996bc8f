//! The policies as they are compiled in, their hash, and their division among the acts.

use cedar_policy::{ActionConstraint, Entities, EntityUid, Policy, PolicyId, PolicySet, Schema};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;

/// One file of policies: name and text.
pub(crate) type Source = (&'static str, &'static str);

/// Name and text of the schema.
pub(crate) const SCHEMA: Source = ("hub.cedarschema", include_str!("../policies/hub.cedarschema"));

/// The files of policies, in order of their names.
pub(crate) const FILES: [Source; 8] = [
    ("collection.cedar", include_str!("../policies/collection.cedar")),
    ("everywhere.cedar", include_str!("../policies/everywhere.cedar")),
    ("intelligence.cedar", include_str!("../policies/intelligence.cedar")),
    ("mandates.cedar", include_str!("../policies/mandates.cedar")),
    ("measures.cedar", include_str!("../policies/measures.cedar")),
    ("oversight.cedar", include_str!("../policies/oversight.cedar")),
    ("people.cedar", include_str!("../policies/people.cedar")),
    ("reports.cedar", include_str!("../policies/reports.cedar")),
];

/// The texts as they are compiled in, schema first: name and text of each file. For the prover, the commission
/// and the public page.
pub fn published() -> Vec<(&'static str, &'static str)> {
    [SCHEMA].into_iter().chain(FILES).collect()
}

/// Acts and rules in plain words.
pub(crate) const WORDS: &str = include_str!("../policies/words.toml");

/// SHA-256 of what `sha256sum *.cedar *.cedarschema | LC_ALL=C sort -k2` prints in the folder of the policies:
/// anybody can recompute it with that and one more `sha256sum`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyHash([u8; 32]);

impl PolicyHash {
    pub(crate) fn of(schema: Source, files: &[Source]) -> Self {
        let mut lines: Vec<(&str, String)> =
            files.iter().chain([&schema]).map(|(name, text)| (*name, line(name, text))).collect();
        lines.sort_unstable();
        Self(Sha256::digest(lines.into_iter().map(|(_, line)| line).collect::<String>()).into())
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// As `sha256sum` writes it.
fn line(name: &str, text: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(text).into();
    format!("{}  {name}\n", PolicyHash(digest))
}

impl fmt::Display for PolicyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PolicyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PolicyHash({self})")
    }
}

impl Serialize for PolicyHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads files of policies; each policy is named by its `@id`.
///
/// # Errors
/// A text: which file does not parse, or which policy has no `@id`.
pub(crate) fn parse(files: &[Source]) -> Result<PolicySet, String> {
    let mut whole = PolicySet::new();
    for (name, text) in files {
        let set: PolicySet = text.parse().map_err(|error| format!("`{name}` does not parse: {error}"))?;
        for policy in set.policies() {
            let id = policy.annotation("id").ok_or_else(|| format!("`{name}` has a policy without `@id`: {policy}"))?;
            let policy = policy.new_id(PolicyId::new(id));
            whole.add(policy).map_err(|error| format!("`{name}`: {error}"))?;
        }
    }
    Ok(whole)
}

/// The policies whose scope can match this action. The others can neither permit nor forbid it.
pub(crate) fn for_action(whole: &PolicySet, action: &EntityUid, hierarchy: &Entities) -> Vec<Policy> {
    let above = |group: &EntityUid| hierarchy.is_ancestor_of(group, action);
    let concerns = |policy: &&Policy| match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(one) => one == *action,
        ActionConstraint::In(list) => list.iter().any(|one| one == action || above(one)),
    };
    whole.policies().filter(concerns).cloned().collect()
}

/// The schema of these sources.
///
/// # Errors
/// A text: where it does not parse.
pub(crate) fn schema(source: Source) -> Result<Schema, String> {
    let (schema, warnings) =
        Schema::from_cedarschema_str(source.1).map_err(|error| format!("`{}` does not parse: {error}", source.0))?;
    match warnings.into_iter().next() {
        None => Ok(schema),
        Some(warning) => Err(format!("`{}`: {warning}", source.0)),
    }
}
