//! The proof that an act was authorised, and the record of a decision.

use crate::act::{Act, ActKind};
use crate::policies::PolicyHash;
use noroshi_model::{IntentId, Micros, Purpose};
use serde::Serialize;
use std::fmt;
use std::marker::PhantomData;

/// Permission for one act on one loaded object, once. It can only be had from [`crate::Authz::authorise`].
///
/// It borrows the object, so it cannot outlive it and cannot serve for another. It cannot be made:
/// ```compile_fail,E0451
/// use noroshi_authz::{Permit, act::Inspect, resource::Hub};
/// fn forge(decision: noroshi_authz::Decision) -> Permit<'static, Inspect> {
///     Permit { resource: &Hub, decision, not_send: std::marker::PhantomData }
/// }
/// ```
/// nor copied:
/// ```compile_fail,E0277
/// fn cloned<T: Clone>() {}
/// cloned::<noroshi_authz::Permit<'static, noroshi_authz::act::Inspect>>();
/// ```
/// nor handed to another thread:
/// ```compile_fail,E0277
/// fn sent<T: Send>() {}
/// sent::<noroshi_authz::Permit<'static, noroshi_authz::act::Inspect>>();
/// ```
/// nor kept longer than the row it was given for:
/// ```compile_fail,E0597
/// use noroshi_authz::{Authz, Circumstances, Permit, Principal, act::ReadBoard, resource::Hub};
/// fn kept<'a>(authz: &Authz, who: &Principal, now: &Circumstances) -> Option<Permit<'a, ReadBoard>> {
///     let hub = Hub;
///     let borrowed: &'a Hub = &hub;
///     authz.authorise::<ReadBoard>(who, borrowed, now).ok()
/// }
/// ```
#[derive(Debug)]
#[must_use = "a permit that is not used is an act that was decided and not done"]
pub struct Permit<'r, A: Act> {
    resource: &'r A::Resource,
    decision: Decision,
    not_send: PhantomData<(*const (), A)>,
}

impl<'r, A: Act> Permit<'r, A> {
    pub(crate) fn new(resource: &'r A::Resource, decision: Decision) -> Self {
        Self { resource, decision, not_send: PhantomData }
    }

    /// The object that was checked. Use this one, not one loaded again.
    pub fn resource(&self) -> &'r A::Resource {
        self.resource
    }

    /// What to write down.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }
}

/// What to write down of one decision, permit or refusal alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// What was asked for.
    pub act: ActKind,
    /// Who asked: `person:` or `machine:` and an id.
    pub principal: String,
    /// About what.
    pub object: Object,
    /// The clock as it was asked.
    pub at: Micros,
    /// What for.
    pub purpose: Option<Purpose>,
    /// The intent that stood in the ledger.
    pub receipt: Option<IntentId>,
    /// Whether a fresh signature was checked.
    pub stepped_up: bool,
    /// Permit or refusal.
    pub outcome: Outcome,
    /// The rules that decided, in order of their ids. Empty when nothing permitted.
    pub rules: Vec<String>,
    /// The policies as they were.
    pub policies: PolicyHash,
}

/// Permit or refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Permitted.
    Permit,
    /// Refused.
    Refusal,
}

/// What a decision was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Object {
    /// Its kind.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its version, where it has versions.
    pub version: Option<u32>,
}

impl Object {
    pub(crate) fn new(kind: &'static str, id: impl fmt::Display) -> Self {
        Self { kind, id: id.to_string(), version: None }
    }

    pub(crate) fn at_version(mut self, version: u32) -> Self {
        self.version = Some(version);
        self
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind, self.id)?;
        self.version.map_or(Ok(()), |version| write!(f, " version {version}"))
    }
}
