//! Whole keys, for an act that stands in the log: the commission's half against the receipt of the intent.

use crate::Means;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use noroshi_acts::Proven;
use noroshi_casework::batch::BatchTopic;
use noroshi_clerk::CommissionError;
use noroshi_model::{BatchId, IntentId};
use noroshi_office::NotRead;
use noroshi_seal::{DataKey, Recipient, Share};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// How long an intent may wait for its receipt.
const RECEIPT_WAIT: Duration = Duration::from_secs(30);
/// How often, and how long apart, what may pass is asked again.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(200);

/// What an act may read with.
pub(crate) struct Released {
    /// Its intent, proven.
    pub(crate) proven: Proven,
    /// The key of each batch.
    pub(crate) keys: BTreeMap<BatchId, DataKey>,
}

/// Waits for the receipt of an intent.
pub(crate) async fn receipt(means: &Means, line: Uuid) -> Result<Vec<u8>, NotRead> {
    let receipt = means.scribe.wait_receipt(line, RECEIPT_WAIT).await;
    let receipt = receipt.map_err(|error| NotRead::Failed(error.to_string()))?;
    receipt.ok_or_else(|| NotRead::Withheld("the intent has no place in the log yet".to_owned()))
}

/// Has the commission release its halves for the intent that stands at `line`, and joins them with the hub's.
pub(crate) async fn release(means: &Means, intent: IntentId, line: Uuid) -> Result<Released, NotRead> {
    let receipt = receipt(means, line).await?;
    let proven = means.acts.proven(line, &receipt).await?;
    let withheld = |why: &dyn std::fmt::Display| NotRead::Withheld(why.to_string());
    let kept = means.acts.db.leaf(line).await.map_err(noroshi_acts::NotDone::from)?;
    let leaf = kept.ok_or_else(|| withheld(&"the intent is not in the database"))?.leaf.bytes;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|error| withheld(&error));
    let mine = Recipient::fresh(&mut means.dice());
    let ask = (text(&receipt)?, text(&leaf)?, mine.public().to_hex());
    let commission = means.commission.clone();
    let released = patiently(move || commission.release(&ask.0, &ask.1, &ask.2)).await.map_err(|e| withheld(&e))?;
    let mut keys = BTreeMap::new();
    for share in released.shares {
        let sealed = BASE64_STANDARD.decode(&share.share).map_err(|error| withheld(&error))?;
        let aad = [intent.0.as_bytes().as_slice(), share.batch.0.as_bytes()].concat();
        let theirs = mine.open("noroshi/release/v1", &aad, &sealed).map_err(|error| withheld(&error))?;
        let theirs = theirs.as_slice().try_into().map_err(|_| withheld(&"the half of a key has another length"))?;
        let own = means.vault.share(share.batch).map_err(|error| NotRead::Failed(error.to_string()))?;
        let key = DataKey::joined(&own, &Share::from_bytes(theirs));
        let batch = means.acts.db.load::<BatchTopic>(share.batch).await.map_err(noroshi_acts::NotDone::from)?;
        if batch.is_none_or(|(batch, _)| batch.opened.key.0 != key.digest()) {
            return Err(withheld(&format!("the halves of batch {} do not make its key", share.batch)));
        }
        keys.insert(share.batch, key);
    }
    Ok(Released { proven, keys })
}

/// Asks the commission's program, off the runtime's threads, again while what it says may pass.
pub(crate) async fn patiently<T: Send + 'static>(
    call: impl Fn() -> Result<T, CommissionError> + Send + Sync + 'static,
) -> Result<T, String> {
    let patient = move || {
        for _ in 1..ATTEMPTS {
            match call() {
                Err(error) if error.may_pass() => std::thread::sleep(PAUSE),
                answered => return answered,
            }
        }
        call()
    };
    let answered = tokio::task::spawn_blocking(patient).await.map_err(|error| error.to_string())?;
    answered.map_err(|error| error.to_string())
}
