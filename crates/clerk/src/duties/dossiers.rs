//! Requests go to the commission in full, and its decisions come back.

use super::{Duties, go_on, told};
use noroshi_acts::{NotDone, mandates};
use noroshi_casework::mandate::{Decision, Mandate};
use noroshi_leaf::Matter;
use noroshi_model::Micros;

impl Duties {
    /// Hands over every version that waits, and writes down what was decided.
    pub(super) async fn bring_decisions(&self, now: Micros) -> Result<(), NotDone> {
        for mandate in self.mandates().await? {
            if let Some(decision) = self.spoken_about(mandate.clone()).await {
                let done = mandates::decide(&self.acts, &self.asking(now), mandate.id, decision).await;
                if go_on(done, "a decision of the commission", mandate.id)?.is_some() {
                    tracing::info!(mandate = %mandate.id, "the commission decided");
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
            commission.decision(mandate.id, version, Matter::Grant)
        })
        .await?
    }
}
