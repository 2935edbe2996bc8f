//! The commission's decision is written down.

use super::{append, decided, load};
use crate::{Acts, Asking, NotDone};
use noroshi_authz::ActKind;
use noroshi_casework::mandate::{Command, Decision, Mandate};
use noroshi_leaf::Actor;
use noroshi_model::MandateId;

/// Writes down what the commission decided elsewhere, with its own keys.
///
/// Nobody's word is taken for it, so nobody is asked who brings it: the votes are counted against the
/// roster in the log's first line. Whoever brings them, fewer than a quorum are no decision.
///
/// # Errors
/// [`NotDone`]; a decision that cannot be counted is on the record as a refusal.
pub async fn decide(acts: &Acts, asking: &Asking<'_>, id: MandateId, decision: Decision) -> Result<Mandate, NotDone> {
    let before = load(acts, id).await?;
    match decided(acts, asking, id, Some(&before.0), Command::Decide(decision)) {
        Ok(event) => append(acts, asking, id, Some(before), Actor::Hub, event).await,
        Err(why) => acts.refuse(asking, ActKind::DecideMandate, Some(id), why).await,
    }
}
