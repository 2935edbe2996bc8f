//! Lines for the ledger, and the record of what was refused.

use crate::{Acts, Asking, NotDone};
use noroshi_authz::ActKind;
use noroshi_leaf::body::Refused;
use noroshi_leaf::{Actor, Body, Leaf};
use noroshi_model::MandateId;
use noroshi_store::LeafEntry;
use std::collections::BTreeSet;

impl Asking<'_> {
    /// A line by whoever asks.
    pub(crate) fn line(&self, body: Body) -> Result<LeafEntry, NotDone> {
        self.line_by(self.actor(), body)
    }

    /// A line by somebody else: the hub, for what follows of itself.
    pub(crate) fn line_by(&self, actor: Actor, body: Body) -> Result<LeafEntry, NotDone> {
        let leaf = Leaf::new(self.id(), self.at, actor, body);
        Ok(LeafEntry { id: leaf.id, bytes: leaf.to_bytes()? })
    }
}

impl Acts {
    /// Records a refusal and gives it back: refusals are results.
    pub(crate) async fn refuse<T>(
        &self,
        asking: &Asking<'_>,
        act: ActKind,
        mandate: Option<MandateId>,
        why: NotDone,
    ) -> Result<T, NotDone> {
        let rules = match &why {
            NotDone::Refused(refusal) => refusal.decision().rules.iter().cloned().collect(),
            NotDone::Rule { rule, .. } => BTreeSet::from([(*rule).to_owned()]),
            _ => return Err(why),
        };
        let refused = Refused { act: act.word().to_owned(), mandate, rules };
        self.db.record_line(asking.at, &asking.line(Body::Refused(refused))?).await?;
        Err(why)
    }
}
