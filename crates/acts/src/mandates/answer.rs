//! The carrier says what it can do.

use super::{append, decided, load, permitted};
use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::{ActKind, act};
use noroshi_casework::Said;
use noroshi_casework::mandate::{Command, Mandate};
use noroshi_leaf::Answer;
use noroshi_model::MandateId;

/// Answers the version that waits: feasible, partly under a load cap, or not (図21).
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn answer(
    acts: &Acts,
    asking: &Asking<'_>,
    id: MandateId,
    answer: Answer,
    load_cap_records_per_second: Option<u64>,
    reason: Said,
) -> Result<Mandate, NotDone> {
    let before = load(acts, id).await?;
    let command = Command::Answer { answer, load_cap_records_per_second, reason };
    let event = facts::waiting(&before.0)
        .ok_or(NotDone::NotFound("version that waits for an answer"))
        .and_then(|facts| permitted::<act::AnswerRequest>(acts, asking, &facts))
        .and_then(|()| decided(acts, asking, id, Some(&before.0), command));
    match event {
        Ok(event) => append(acts, asking, id, Some(before), asking.actor(), event).await,
        Err(why) => acts.refuse(asking, ActKind::AnswerRequest, Some(id), why).await,
    }
}
