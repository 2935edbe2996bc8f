//! What is true of the asking itself: when, for what, with which receipt and signature.

use crate::act::ActKind;
use crate::entity::{Attributes, Fault, Names};
use crate::principal::Principal;
use cedar_policy::Context;
use noroshi_model::{IntentId, Micros, Purpose};

/// When, for what, with which receipt and signature. Everything that is not said is false.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// The one guarded clock, never the client's.
    pub now: Micros,
    /// What for. There is no "other" and no default.
    pub purpose: Option<Purpose>,
    /// The intent that stands in the ledger, cosigned as the log's policy says, and names this act and object.
    pub receipt: Option<IntentId>,
    /// A fresh signature of a passkey over exactly this object was checked.
    pub stepped_up: bool,
    /// Questions and rows of the mandate are not used up. Counted by the caller: Cedar cannot count.
    pub budget_left: bool,
}

impl Circumstances {
    /// At a time, and nothing else.
    pub const fn at(now: Micros) -> Self {
        Self { now, purpose: None, receipt: None, stepped_up: false, budget_left: false }
    }

    /// For a purpose.
    #[must_use]
    pub const fn for_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// With the intent in the ledger.
    #[must_use]
    pub const fn with_receipt(mut self, intent: IntentId) -> Self {
        self.receipt = Some(intent);
        self
    }

    /// With a fresh signature over the object.
    #[must_use]
    pub const fn stepped_up(mut self) -> Self {
        self.stepped_up = true;
        self
    }

    /// With budget left.
    #[must_use]
    pub const fn within_budget(mut self) -> Self {
        self.budget_left = true;
        self
    }

    pub(crate) fn context(&self, names: &Names, principal: &Principal, act: ActKind) -> Result<Context, Fault> {
        let mut attributes = Attributes::new(6);
        attributes.long("now", self.now.0);
        attributes.optional("purpose", self.purpose.map(|purpose| names.purpose(purpose)));
        attributes.bool("receipt", self.receipt.is_some());
        attributes.bool("stepUp", self.stepped_up);
        attributes.bool("inScope", principal.names(act));
        attributes.bool("budgetLeft", self.budget_left);
        attributes.context()
    }
}
