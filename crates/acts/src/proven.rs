//! A receipt that was verified, and the intent it proves.

use crate::{Acts, NotDone};
use noroshi_leaf::{Body, GovernedAct, Intent, Leaf};
use noroshi_ledger::Receipt;
use noroshi_model::{IntentId, Micros};
use uuid::Uuid;

/// An intent that stands in the log under a checkpoint that is believed. It can only be had from [`Acts::proven`].
#[derive(Debug)]
pub struct Proven(Intent);

impl Acts {
    /// Verifies that the intent at `line` stands in the log, as `receipt` (a `.tlog-proof` file, C2SP tlog-proof) says.
    ///
    /// # Errors
    /// [`NotDone::NoReceipt`] when the receipt is none, proves another line, or nobody believes its checkpoint;
    /// [`NotDone::NotFound`] when the line is not an intent.
    pub async fn proven(&self, line: Uuid, receipt: &[u8]) -> Result<Proven, NotDone> {
        let kept = self.db.leaf(line).await?.ok_or(NotDone::NotFound("line"))?;
        let receipt = Receipt::parse(receipt).map_err(|error| NotDone::NoReceipt(error.to_string()))?;
        receipt.verify(&kept.leaf.bytes, &self.policy).map_err(|error| NotDone::NoReceipt(error.to_string()))?;
        match Leaf::from_bytes(&kept.leaf.bytes)?.body {
            Body::Intent(intent) => Ok(Proven(*intent)),
            _ => Err(NotDone::NotFound("intent at that line")),
        }
    }
}

impl Proven {
    /// The intent, where it is this one, for this act, and its deadline is not over.
    pub(crate) fn names(&self, intent: IntentId, act: GovernedAct, at: Micros) -> Result<&Intent, NotDone> {
        let another = || NotDone::NoReceipt("the receipt is of another intent".to_owned());
        if (self.0.intent, self.0.act) != (intent, act) {
            return Err(another());
        }
        if at > self.0.deadline {
            return Err(NotDone::rule("intent.late", &format!("its deadline was {}; ask again", self.0.deadline)));
        }
        Ok(&self.0)
    }
}
