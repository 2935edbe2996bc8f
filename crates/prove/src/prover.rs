//! Goes through every environment a request can have, and every claim about it.

use crate::claim::{Claim, Outcome, Proof};
use crate::theorem::{self, Theorem};
use anyhow::{Context, ensure};
use cedar_policy::{Entities, Policy, PolicyId, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env, solver::LocalSolver};
use noroshi_authz::{ActKind, Authz};

/// What claims are made about.
#[derive(Debug)]
pub struct Rules {
    schema: Schema,
    actions: Entities,
    whole: PolicySet,
}

/// How it all went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Claims shown.
    pub proved: usize,
    /// Claims that do not hold.
    pub refuted: usize,
}

impl Rules {
    /// The policies that are compiled into `authz`, after `change` of their text: the identity, or a hole made on purpose.
    ///
    /// # Errors
    /// Where the text does not parse.
    pub fn published(change: impl Fn(&str) -> String) -> anyhow::Result<Self> {
        let texts = noroshi_authz::published();
        let ((_, schema), policies) = texts.split_first().context("no schema is published")?;
        let (schema, _) = Schema::from_cedarschema_str(schema)?;
        let mut whole = PolicySet::new();
        for (name, text) in policies {
            let set: PolicySet = change(text).parse().with_context(|| format!("`{name}` does not parse"))?;
            for policy in set.policies() {
                let id = policy.annotation("id").with_context(|| format!("no `@id` in `{name}`"))?;
                whole.add(policy.new_id(PolicyId::new(id)))?;
            }
        }
        let actions = schema.action_entities()?;
        Ok(Self { schema, actions, whole })
    }

    /// The policies `authz` evaluates for this act.
    fn split(&self, authz: &Authz, act: ActKind) -> anyhow::Result<PolicySet> {
        let ids = authz.policies_of(act);
        let own = self.whole.policies().filter(|policy| ids.contains(&policy.id().as_ref()));
        Ok(PolicySet::from_policies(own.cloned())?)
    }
}

/// Tries every claim; `tell` hears of each as it is settled.
///
/// # Errors
/// Where cvc5 cannot be started or gives up. A claim that does not hold is no error but an outcome.
pub async fn prove(rules: &Rules, theorems: &str, mut tell: impl FnMut(&Proof)) -> anyhow::Result<Summary> {
    let authz = Authz::new()?;
    let theorems = theorem::read(theorems, &rules.schema)?;
    let solver = LocalSolver::cvc5().context("cannot start cvc5: install it, or name it in the variable CVC5")?;
    let mut bench = Bench { compiler: CedarSymCompiler::new(solver)?, rules, authz: &authz };
    let mut summary = Summary { proved: 0, refuted: 0 };
    let mut spoken_of = vec![false; theorems.len()];
    let mut envs: Vec<RequestEnv> = rules.schema.request_envs().collect();
    envs.sort_by_key(place);
    for env in envs {
        for proof in bench.environment(&env, &theorems, &mut spoken_of).await? {
            match proof.outcome {
                Outcome::Proved => summary.proved += 1,
                Outcome::Refuted(_) => summary.refuted += 1,
            }
            tell(&proof);
        }
    }
    let silent = spoken_of.iter().zip(&theorems).find(|(spoken, _)| !**spoken);
    ensure!(silent.is_none(), "theorem `{}` speaks of no act", silent.map_or("", |(_, theorem)| &theorem.id));
    Ok(summary)
}

struct Bench<'a> {
    compiler: CedarSymCompiler<LocalSolver>,
    rules: &'a Rules,
    authz: &'a Authz,
}

impl Bench<'_> {
    async fn environment(
        &mut self,
        env: &RequestEnv,
        theorems: &[Theorem],
        spoken_of: &mut [bool],
    ) -> anyhow::Result<Vec<Proof>> {
        let at = place(env);
        let split = self.rules.split(self.authz, act(env)?)?;
        let own = CompiledPolicySet::compile(&split, env, &self.rules.schema)?;
        let whole = CompiledPolicySet::compile(&self.rules.whole, env, &self.rules.schema)?;
        let mut proofs = Vec::new();
        let mut settle = |claim, outcome| proofs.push(Proof { place: at.clone(), claim, outcome });
        for (theorem, spoken) in
            theorems.iter().zip(spoken_of).filter(|(theorem, _)| theorem.speaks_of(env, &self.rules.actions))
        {
            *spoken = true;
            let claim = Claim::Theorem { id: theorem.id.clone(), says: theorem.says.clone() };
            settle(claim, self.theorem(&own, theorem, env).await?);
        }
        let differs = self.compiler.check_equivalent_with_counterexample_opt(&own, &whole).await?;
        settle(Claim::SplitDecidesLikeWhole, refuted_by(differs));
        let never = self.compiler.check_always_denies_opt(&own).await?;
        settle(
            Claim::CanBePermitted,
            if never { Outcome::Refuted("always refused".to_owned()) } else { Outcome::Proved },
        );
        for policy in sorted(&split) {
            let claim = Claim::NeverErrors { policy: policy.id().to_string() };
            settle(claim, self.never_errors(policy, env).await?);
        }
        Ok(proofs)
    }

    async fn theorem(
        &mut self,
        own: &CompiledPolicySet,
        theorem: &Theorem,
        env: &RequestEnv,
    ) -> anyhow::Result<Outcome> {
        let claim = CompiledPolicySet::compile(&theorem.set()?, env, &self.rules.schema)?;
        Ok(refuted_by(self.compiler.check_implies_with_counterexample_opt(own, &claim).await?))
    }

    async fn never_errors(&mut self, policy: &Policy, env: &RequestEnv) -> anyhow::Result<Outcome> {
        let compiled = CompiledPolicy::compile(policy, env, &self.rules.schema)?;
        Ok(refuted_by(self.compiler.check_never_errors_with_counterexample_opt(&compiled).await?))
    }
}

fn sorted(set: &PolicySet) -> Vec<&Policy> {
    let mut policies: Vec<&Policy> = set.policies().collect();
    policies.sort_by_key(|policy| policy.id().to_string());
    policies
}

fn refuted_by(counterexample: Option<Env>) -> Outcome {
    counterexample.map_or(Outcome::Proved, |env| Outcome::Refuted(env.to_string()))
}

/// The act, and who does it.
fn place(env: &RequestEnv) -> String {
    format!("{} by {}", env.action().id().unescaped(), env.principal().basename())
}

fn act(env: &RequestEnv) -> anyhow::Result<ActKind> {
    let word = env.action().id().unescaped();
    ActKind::ALL
        .iter()
        .copied()
        .find(|act| act.word() == word)
        .with_context(|| format!("`{word}` is no act of `authz`"))
}
