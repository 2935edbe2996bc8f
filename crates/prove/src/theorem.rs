//! Theorems as Cedar text, and where each of them applies.

use anyhow::{Context, ensure};
use cedar_policy::{
    ActionConstraint, Effect, Entities, Policy, PolicySet, PrincipalConstraint, RequestEnv, Schema, ValidationMode,
    Validator,
};

/// The theorems as they are compiled in.
pub const THEOREMS: &str = include_str!("../theorems/theorems.cedar");

/// One theorem.
#[derive(Debug)]
pub(crate) struct Theorem {
    pub(crate) id: String,
    pub(crate) says: String,
    policy: Policy,
}

/// Reads theorems and validates them strictly: a theorem that cannot hold anywhere would prove nothing.
pub(crate) fn read(text: &str, schema: &Schema) -> anyhow::Result<Vec<Theorem>> {
    let set: PolicySet = text.parse().context("the theorems do not parse")?;
    let result = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    ensure!(result.validation_passed(), "the theorems do not validate: {result}");
    let theorem = |policy: &Policy| {
        let word = |key| policy.annotation(key).map(str::to_owned).with_context(|| format!("no `@{key}` on {policy}"));
        ensure!(policy.effect() == Effect::Permit, "a theorem is a permit: {policy}");
        Ok(Theorem { id: word("id")?, says: word("says")?, policy: policy.clone() })
    };
    let mut theorems = set.policies().map(theorem).collect::<anyhow::Result<Vec<_>>>()?;
    theorems.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(theorems)
}

impl Theorem {
    /// Whether the theorem speaks of this environment.
    pub(crate) fn speaks_of(&self, env: &RequestEnv, actions: &Entities) -> bool {
        let action = env.action();
        let acts = match self.policy.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::Eq(one) => one == *action,
            ActionConstraint::In(list) => list.iter().any(|one| one == action || actions.is_ancestor_of(one, action)),
        };
        let people = match self.policy.principal_constraint() {
            PrincipalConstraint::Is(kind) => kind == *env.principal(),
            _ => true,
        };
        acts && people
    }

    /// As a set of one policy.
    pub(crate) fn set(&self) -> anyhow::Result<PolicySet> {
        Ok(PolicySet::from_policies([self.policy.clone()])?)
    }
}
