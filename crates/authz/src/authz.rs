//! The decision: one function, one answer.

use crate::act::{Act, ActKind};
use crate::catalogue::{ActWords, Catalogue, Rule};
use crate::circumstances::Circumstances;
use crate::entity::{Fault, Names};
use crate::permit::{Decision, Outcome, Permit};
use crate::policies::{self, PolicyHash, Source};
use crate::principal::Principal;
use crate::refusal::{Refusal, Why};
use crate::resource::Facts;
use cedar_policy::{
    Authorizer, Decision as Answer, Effect, Entities, EntityUid, PolicyId, PolicySet, Request, Response, Schema,
    ValidationMode, Validator,
};
use noroshi_model::IntentId;
use std::collections::HashMap;
use std::sync::Arc;

/// The policies, ready to decide. Made once; shared between threads.
#[derive(Debug)]
pub struct Authz {
    schema: Schema,
    names: Names,
    catalogue: Catalogue,
    rules: HashMap<PolicyId, Arc<Rule>>,
    /// One for each act, in the order of [`ActKind::ALL`].
    desks: Vec<Desk>,
    authorizer: Authorizer,
    hash: PolicyHash,
    facts_checked: bool,
}

/// Whether the facts of each question are held against the schema. They are made from types, so the schema can only
/// find a mistake of this crate: debug builds and every test of it look, a release does not, which is a quarter of a
/// decision. A fact that were missing all the same makes a policy err, and that is a refusal. Kind of principal, act, kind
/// of object and circumstances are held against the schema always.
const FACTS_CHECKED: bool = cfg!(any(test, debug_assertions));

/// What one act needs: its own policies, and its own place in the hierarchy of actions.
#[derive(Debug)]
struct Desk {
    action: EntityUid,
    policies: PolicySet,
    hierarchy: Entities,
    permits: Vec<Arc<Rule>>,
    people: bool,
    machines: bool,
}

/// Why the policies cannot be used. They are compiled in, so this is found by the first test, not by a user.
#[derive(Debug, thiserror::Error)]
pub enum NotUsable {
    /// Schema or policies do not parse or do not validate strictly.
    #[error("the policies cannot be used: {0}")]
    Policies(String),
    /// A rule or act has no words.
    #[error("`words.toml` has no words for `{0}`")]
    Unexplained(String),
    /// The words do not parse.
    #[error("`words.toml` does not parse: {0}")]
    Words(#[from] toml::de::Error),
}

impl From<String> for NotUsable {
    fn from(text: String) -> Self {
        Self::Policies(text)
    }
}

impl From<Fault> for NotUsable {
    fn from(fault: Fault) -> Self {
        Self::Policies(fault.to_string())
    }
}

/// What would become of an act, before its intent stands in the ledger or is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlook {
    /// It would be permitted as it is.
    Open,
    /// It would be permitted with these.
    Needs {
        /// The intent in the ledger.
        receipt: bool,
        /// A fresh signature over the object.
        step_up: bool,
    },
    /// It would be refused in any case.
    Closed(Box<Refusal>),
}

impl Authz {
    /// The policies that are compiled in.
    ///
    /// # Errors
    /// [`NotUsable`] if they do not validate strictly or a rule has no words.
    pub fn new() -> Result<Self, NotUsable> {
        Self::from_sources(&policies::FILES, policies::WORDS)
    }

    pub(crate) fn from_sources(files: &[Source], words: &str) -> Result<Self, NotUsable> {
        let schema = policies::schema(policies::SCHEMA)?;
        let whole = policies::parse(files)?;
        validate(&schema, &whole)?;
        let catalogue = Catalogue::parse(words)?;
        let names = Names::new()?;
        let mut rules = HashMap::new();
        for policy in whole.policies() {
            let id: &str = policy.id().as_ref();
            let rule = catalogue.rule(id).ok_or_else(|| NotUsable::Unexplained(id.to_owned()))?;
            rules.insert(policy.id().clone(), rule);
        }
        let desk = |act: &ActKind| Desk::new(names.action(*act), &schema, &whole, &rules);
        let desks = ActKind::ALL.iter().map(desk).collect::<Result<_, _>>()?;
        if let Some(act) = ActKind::ALL.iter().find(|act| catalogue.act(**act).is_none()) {
            return Err(NotUsable::Unexplained(act.word().to_owned()));
        }
        let hash = PolicyHash::of(policies::SCHEMA, files);
        Ok(Self {
            schema,
            names,
            catalogue,
            rules,
            desks,
            authorizer: Authorizer::new(),
            hash,
            facts_checked: FACTS_CHECKED,
        })
    }

    /// Asks for one act on one loaded object. The only way to a permit.
    ///
    /// # Errors
    /// [`Refusal`] with the rules that refused. Record it like a success.
    pub fn authorise<'r, A: Act>(
        &self,
        principal: &Principal,
        resource: &'r A::Resource,
        circumstances: &Circumstances,
    ) -> Result<Permit<'r, A>, Box<Refusal>> {
        let decision = self.decide(A::KIND, principal, resource, circumstances)?;
        Ok(Permit::new(resource, decision))
    }

    /// Whether it is worth writing an intent, asking for a signature, or showing a button. Not a permit.
    pub fn outlook<A: Act>(
        &self,
        principal: &Principal,
        resource: &A::Resource,
        circumstances: &Circumstances,
    ) -> Outlook {
        match self.decide(A::KIND, principal, resource, circumstances) {
            Ok(_) => Outlook::Open,
            Err(refusal) => match refusal.missing() {
                Some((receipt, step_up)) => {
                    self.without_them(A::KIND, principal, resource, circumstances, receipt, step_up)
                }
                None => Outlook::Closed(refusal),
            },
        }
    }

    /// The rules that would permit an act once `intent` stands in the ledger: what the intent itself names.
    /// Not a permit: that is asked for with the receipt.
    ///
    /// # Errors
    /// [`Refusal`], also for a fresh signature that is missing.
    pub fn foreseen<A: Act>(
        &self,
        principal: &Principal,
        resource: &A::Resource,
        circumstances: &Circumstances,
        intent: IntentId,
    ) -> Result<Vec<String>, Box<Refusal>> {
        let with_receipt = circumstances.clone().with_receipt(intent);
        self.decide(A::KIND, principal, resource, &with_receipt).map(|decision| decision.rules)
    }

    /// The policies' hash, as in every decision.
    pub const fn policy_hash(&self) -> PolicyHash {
        self.hash
    }

    /// Every rule in plain words, in order of the ids.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.catalogue.rules()
    }

    /// Ids of the policies that can bear on an act; only these are evaluated for it.
    pub fn policies_of(&self, act: ActKind) -> Vec<&str> {
        let ids = self.desk(act).into_iter().flat_map(|desk| desk.policies.policies());
        let mut ids: Vec<&str> = ids.map(|policy| policy.id().as_ref()).collect();
        ids.sort_unstable();
        ids
    }

    /// What an act is called.
    pub fn act_words(&self, act: ActKind) -> Option<&ActWords> {
        self.catalogue.act(act)
    }

    /// Whether people, or machines, do this at all.
    pub fn is_open_to(&self, act: ActKind, principal: &Principal) -> bool {
        self.desk(act).is_some_and(|desk| desk.is_open_to(principal))
    }

    /// Decides; the permit is made from the answer.
    pub(crate) fn decide(
        &self,
        act: ActKind,
        principal: &Principal,
        facts: &dyn Facts,
        circumstances: &Circumstances,
    ) -> Result<Decision, Box<Refusal>> {
        let verdict = self
            .desk(act)
            .map_or(Err(Why::NotThisKindOfPrincipal), |desk| self.verdict(desk, act, principal, facts, circumstances));
        let (outcome, rules) = match &verdict {
            Ok(rules) => (Outcome::Permit, ids(rules)),
            Err(Why::Forbidden(rules)) => (Outcome::Refusal, ids(rules)),
            Err(Why::RulesFailed(rules)) => (Outcome::Refusal, rules.clone()),
            Err(_) => (Outcome::Refusal, Vec::new()),
        };
        let decision = Decision {
            act,
            principal: principal.reference(),
            object: facts.object(),
            at: circumstances.now,
            purpose: circumstances.purpose,
            receipt: circumstances.receipt,
            stepped_up: circumstances.stepped_up,
            outcome,
            rules,
            policies: self.hash,
        };
        match verdict {
            Ok(_) => Ok(decision),
            Err(why) => Err(Box::new(Refusal { decision, why })),
        }
    }

    /// The same decisions from all policies at once, for tests of the division.
    #[cfg(test)]
    pub(crate) fn undivided(&self) -> Result<Self, NotUsable> {
        let mut whole = Self::new()?;
        let all = policies::parse(&policies::FILES)?;
        whole.desks.iter_mut().for_each(|desk| desk.policies = all.clone());
        Ok(whole)
    }

    /// As in a release: facts are not held against the schema.
    #[cfg(test)]
    pub(crate) fn facts_unchecked(mut self) -> Self {
        self.facts_checked = false;
        self
    }

    fn desk(&self, act: ActKind) -> Option<&Desk> {
        self.desks.get(act as usize)
    }

    /// The rules that permit, or why not.
    fn verdict(
        &self,
        desk: &Desk,
        act: ActKind,
        principal: &Principal,
        facts: &dyn Facts,
        circumstances: &Circumstances,
    ) -> Result<Vec<Arc<Rule>>, Why> {
        if !desk.is_open_to(principal) {
            return Err(Why::NotThisKindOfPrincipal);
        }
        let (request, entities) = self.question(desk, act, principal, facts, circumstances).map_err(Why::Unfit)?;
        let response = self.authorizer.is_authorized(&request, &desk.policies, &entities);
        self.read(&response, desk)
    }

    /// Request and entities. The request fits the schema; the entities do by their types.
    fn question(
        &self,
        desk: &Desk,
        act: ActKind,
        principal: &Principal,
        facts: &dyn Facts,
        circumstances: &Circumstances,
    ) -> Result<(Request, Entities), Fault> {
        let unfit = |error: &dyn std::fmt::Display| Fault::Unfit(error.to_string());
        let context = circumstances.context(&self.names, principal, act)?;
        let who = principal.entity(&self.names)?;
        let mut all = facts.entities(&self.names)?;
        let resource =
            all.first().map(cedar_policy::Entity::uid).ok_or_else(|| Fault::Unfit("no entity".to_owned()))?;
        // Who asks about their own account is one entity, not two.
        let uid = who.uid();
        all.retain(|entity| entity.uid() != uid);
        let request = Request::new(uid, desk.action.clone(), resource, context, Some(&self.schema))
            .map_err(|error| unfit(&error))?;
        all.push(who);
        let schema = self.facts_checked.then_some(&self.schema);
        let entities = desk.hierarchy.clone().add_entities(all, schema).map_err(|error| unfit(&error))?;
        Ok((request, entities))
    }

    fn read(&self, response: &Response, desk: &Desk) -> Result<Vec<Arc<Rule>>, Why> {
        let diagnostics = response.diagnostics();
        if diagnostics.errors().next().is_some() {
            let mut failed: Vec<String> = diagnostics.errors().map(ToString::to_string).collect();
            failed.sort_unstable();
            return Err(Why::RulesFailed(failed));
        }
        let mut rules: Vec<Arc<Rule>> = diagnostics.reason().filter_map(|id| self.rules.get(id).cloned()).collect();
        rules.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        match response.decision() {
            Answer::Allow => Ok(rules),
            Answer::Deny if rules.is_empty() => Err(Why::NothingPermits(desk.permits.clone())),
            Answer::Deny => Err(Why::Forbidden(rules)),
        }
    }

    /// Whether the act would be open if nothing but receipt and signature were missing.
    fn without_them(
        &self,
        act: ActKind,
        principal: &Principal,
        facts: &dyn Facts,
        circumstances: &Circumstances,
        receipt: bool,
        step_up: bool,
    ) -> Outlook {
        let supposed = Circumstances {
            receipt: circumstances.receipt.or(Some(noroshi_model::IntentId(Default::default()))),
            stepped_up: true,
            ..circumstances.clone()
        };
        match self.decide(act, principal, facts, &supposed) {
            Ok(_) => Outlook::Needs { receipt, step_up },
            Err(refusal) => Outlook::Closed(refusal),
        }
    }
}

impl Desk {
    fn new(
        action: EntityUid,
        schema: &Schema,
        whole: &PolicySet,
        rules: &HashMap<PolicyId, Arc<Rule>>,
    ) -> Result<Self, NotUsable> {
        let fail = |error: &dyn std::fmt::Display| NotUsable::Policies(error.to_string());
        let actions = schema.action_entities().map_err(|error| fail(&error))?;
        let policies = policies::for_action(whole, &action, &actions);
        let permits = policies.iter().filter(|policy| policy.effect() == Effect::Permit);
        let mut permits: Vec<Arc<Rule>> = permits.filter_map(|policy| rules.get(policy.id()).cloned()).collect();
        permits.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let own = actions.get(&action).cloned().ok_or_else(|| fail(&format!("the schema has no act {action}")))?;
        let hierarchy = Entities::from_entities([own], None).map_err(|error| fail(&error))?;
        let kinds: Vec<String> =
            schema.principals_for_action(&action).into_iter().flatten().map(ToString::to_string).collect();
        let has = |kind: &str| kinds.iter().any(|name| name == kind);
        let (people, machines) = (has("Hub::Person"), has("Hub::Machine"));
        let policies = PolicySet::from_policies(policies).map_err(|error| fail(&error))?;
        Ok(Self { action, policies, hierarchy, permits, people, machines })
    }

    const fn is_open_to(&self, principal: &Principal) -> bool {
        match principal {
            Principal::Person { .. } => self.people,
            Principal::Machine(_) => self.machines,
        }
    }
}

/// Strictly, and without a warning.
fn validate(schema: &Schema, policies: &PolicySet) -> Result<(), NotUsable> {
    let result = Validator::new(schema.clone()).validate(policies, ValidationMode::Strict);
    let errors = result.validation_errors().map(ToString::to_string);
    let complaints: Vec<String> = errors.chain(result.validation_warnings().map(ToString::to_string)).collect();
    if complaints.is_empty() { Ok(()) } else { Err(NotUsable::Policies(complaints.join("\n"))) }
}

fn ids(rules: &[Arc<Rule>]) -> Vec<String> {
    rules.iter().map(|rule| rule.id.clone()).collect()
}
