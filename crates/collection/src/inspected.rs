//! "Run this hour again" (再実行): the hub's part. The commission asks for the input of a batch's selection and makes the
//! selection itself; the hub needs the commission's half of the key to hand it over, and an intent of its own.

use crate::keys::release;
use crate::{Means, machine};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use noroshi_acts::reproductions::Begun;
use noroshi_acts::{NotDone, reproductions};
use noroshi_authz::Principal;
use noroshi_casework::batch::BatchTopic;
use noroshi_clerk::commission::{AskedAgain, Input};
use noroshi_leaf::{AbortReason, Digest};
use noroshi_model::{BatchId, IntentId};
use noroshi_office::{Fingerprint, NotRead};
use noroshi_seal::RecipientKey;
use std::time::Duration;

/// From a batch's key follows that of its selection's input.
pub(crate) const INPUT_KEY: &str = "noroshi/selection-input/v1";
/// What the envelope with that key is for.
const KEY_INFO: &str = "noroshi/rerun-key/v1";
/// Between two looks whether the commission wants something; doubled while it fails, so that a refusal that stays does
/// not fill the ledger.
const PAUSES: (Duration, Duration) = (Duration::from_secs(3), Duration::from_secs(600));

/// Answers the commission's requests to run an hour again, as the machine that detects.
#[derive(Debug)]
pub struct Inspected {
    means: Means,
    machine: Fingerprint,
}

impl Inspected {
    /// Over the hub's means. `machine` is the certificate of a machine of the national centre.
    pub const fn new(means: Means, machine: Fingerprint) -> Self {
        Self { means, machine }
    }

    /// Answers what is asked, again and again. Never ends; stop it by dropping it.
    pub async fn follow(&self) {
        let mut pause = PAUSES.0;
        loop {
            pause = match self.round().await {
                Ok(true) => PAUSES.0,
                Ok(false) => pause.saturating_mul(2).min(PAUSES.1),
                Err(error) => {
                    tracing::debug!(%error, "what the commission asks to be run again");
                    PAUSES.0
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Answers everything that is asked now; whether nothing failed. What fails is logged, closed on the record, and
    /// tried again at a later round.
    ///
    /// # Errors
    /// [`NotRead`] when the commission cannot be asked.
    pub async fn round(&self) -> Result<bool, NotRead> {
        let commission = self.means.commission.clone();
        let asked = tokio::task::spawn_blocking(move || commission.asked_again()).await;
        let asked = asked.map_err(failed)?.map_err(|error| NotRead::Withheld(error.to_string()))?;
        let mut well = true;
        for one in asked {
            if let Err(error) = self.answer(one).await {
                tracing::warn!(batch = %one.batch, number = one.number, %error, "an hour run again");
                well = false;
            }
        }
        Ok(well)
    }

    async fn answer(&self, asked: AskedAgain) -> Result<(), NotRead> {
        let means = &self.means;
        let (batch, _) = means
            .acts
            .db
            .load::<BatchTopic>(asked.batch)
            .await
            .map_err(NotDone::from)?
            .ok_or_else(|| NotRead::NotDone(NotDone::NotFound("batch")))?;
        let by = machine::bound(means, &self.machine.0, batch.mandate()).await.map_err(NotDone::from)?;
        let by = by.ok_or_else(|| NotRead::Failed("the machine that detects is not registered".to_owned()))?;
        let begun = reproductions::begin(&means.acts, &means.asking(&by), asked.batch, asked.number).await?;
        match self.handed_over(&by, asked, &begun).await {
            Ok(given) => Ok(reproductions::close(&means.acts, &means.asking(&by), &begun, given).await?),
            Err(why) => {
                self.give_up(&by, begun.intent).await?;
                Err(why)
            }
        }
    }

    /// Hands the input over as it lies, and the key that opens it and nothing else. What comes back is the digest of
    /// the ciphertext.
    async fn handed_over(&self, by: &Principal, asked: AskedAgain, begun: &Begun) -> Result<Digest, NotRead> {
        let (means, intent) = (&self.means, begun.intent);
        let released = release(means, intent, begun.intent_line).await?;
        let key = released.keys.get(&asked.batch).ok_or_else(|| NotRead::Withheld("no key came".to_owned()))?;
        let to = hex::decode(&means.commission_hpke).map_err(failed)?;
        let to = RecipientKey::from_bytes(&to).map_err(failed)?;
        let bound = aad(asked.batch, intent);
        let sealed = key.derived(INPUT_KEY).sealed_to(&to, KEY_INFO, &bound, &mut means.dice()).map_err(failed)?;
        let asking = means.asking(by);
        let under = reproductions::permit(&means.acts, &asking, begun, &released.proven).await?;
        let ciphertext = means.vault.input(&under.permit(&means.acts, &asking)?).map_err(failed)?;
        let digest = Digest::of(&ciphertext);
        let input = Input { intent, key: BASE64_STANDARD.encode(sealed), ciphertext };
        let commission = means.commission.clone();
        let sent = crate::keys::patiently(move || commission.run_again(asked.number, &input)).await;
        sent.map_err(NotRead::Withheld)?;
        Ok(digest)
    }

    async fn give_up(&self, by: &Principal, intent: IntentId) -> Result<(), NotDone> {
        reproductions::give_up(&self.means.acts, &self.means.asking(by), intent, AbortReason::Failed).await
    }
}

fn failed(error: impl std::fmt::Display) -> NotRead {
    NotRead::Failed(error.to_string())
}

/// The key is for this batch, and against this intent.
fn aad(batch: BatchId, intent: IntentId) -> Vec<u8> {
    [batch.0.as_bytes().as_slice(), intent.0.as_bytes()].concat()
}
