//! More comes than the carrier agreed to carry: the hub suspends the mandate, and only the commission lets it go on.

use super::{by_itself, load};
use crate::{Acts, Asking, NotDone};
use noroshi_casework::Said;
use noroshi_casework::mandate::{Command, Mandate};
use noroshi_model::MandateId;

/// Suspends a mandate because `rate` records a second came, more than the carrier's load cap.
///
/// # Errors
/// [`NotDone::Rule`] when the cap was not passed, there is none, or the mandate is not in force.
pub async fn overloaded(acts: &Acts, asking: &Asking<'_>, id: MandateId, rate: u64) -> Result<Mandate, NotDone> {
    let before = load(acts, id).await?;
    let cap = before.0.granted().and_then(|granted| granted.load_cap_records_per_second);
    let Some(cap) = cap.filter(|cap| rate > *cap) else {
        return Err(NotDone::rule("mandate.within_its_cap", &"the carrier set no load cap, or it was not passed"));
    };
    let text = format!(
        "毎秒{rate}件を受信し、事業者が定めた負荷の上限（毎秒{cap}件）を超えた。\
         {rate} records a second came, more than the {cap} of the carrier's load cap."
    );
    let command = Command::Suspend { reason: Said::new(&text, asking.salt()), votes: Vec::new() };
    by_itself(acts, asking, id, before, command).await
}
