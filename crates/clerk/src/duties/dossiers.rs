//! Requests go to the commission in full, and its decisions come back.

use super::{Duties, told};
use noroshi_acts::{NotDone, mandates};
use noroshi_casework::mandate::{Decision, Mandate};
use noroshi_model::Micros;

impl Duties {
    /// Hands over every version that waits, and writes down what was decided.
    pub(super) async fn bring_decisions(&self, now: Micros) -> Result<(), NotDone> {
        for mandate in self.mandates().await? {
            if let Some(decision) = self.spoken_about(mandate.clone()).await {
                let done = mandates::decide(&self.acts, &self.asking(now), mandate.id, decision).await;
                match done {
                    Ok(_) => tracing::info!(mandate = %mandate.id, "the commission decided"),
                    // Refused by rule: it is on the record, and a person must look.
                    Err(why @ NotDone::Rule { .. }) => tracing::warn!(mandate = %mandate.id, %why, "a decision"),
                    Err(why) => return Err(why),
                }
            }
        }
        Ok(())
    }

    /// Tells the commission of a version that waits, and asks whether it decided.
    async fn spoken_about(&self, mandate: Mandate) -> Option<Decision> {
        let commission = self.commission.clone()?;
        let version = mandate.pending.as_ref()?.version;
        told("requests and decisions", move || {
            commission.request(&mandate)?;
            commission.decision(mandate.id, version)
        })
        .await?
    }
}
