//! Deposit of a share: before a collector encrypts the first record of a batch.

use super::Office;
use crate::own_log::Deed;
use crate::problem::Problem;
use noroshi_leaf::Digest;
use noroshi_model::{BatchId, Micros};
use noroshi_seal::Share;

/// What a deposit's envelope is for.
pub const SHARE_INFO: &str = "noroshi/share/v1";

impl Office {
    /// Takes in the commission's share of a batch's key, sealed to the commission. The same deposit twice is one.
    ///
    /// # Errors
    /// [`Problem`] with a code of `share.…`.
    pub fn deposit(&mut self, batch: BatchId, sealed: &[u8], now: Micros) -> Result<(), Problem> {
        if self.destroyed.contains_key(&batch) {
            return Err(Problem::new(410, "share.destroyed", "the share of this batch was destroyed"));
        }
        let Some(kept) = self.watch.replay().batch(batch) else {
            let why = "the line that opens this batch is not in the mirror yet; try again when it is cosigned";
            return Err(Problem::new(409, "share.unknown_batch", why));
        };
        let expected = kept.opened.commission_share;
        let opened = self.keys.recipient.open(SHARE_INFO, batch.0.as_bytes(), sealed);
        let bytes = opened.ok().and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        let Some(bytes) = bytes else {
            let why = "the envelope does not open to a share of 32 bytes for this batch";
            return Err(Problem::new(422, "share.does_not_open", why));
        };
        let share = Share::from_bytes(bytes);
        if !share.is(&expected.0) {
            return Err(Problem::new(422, "share.other", "this is not the share the log registers for the batch"));
        }
        if self.vault.share(batch).map_err(|error| Problem::own(&error))?.is_some() {
            return Ok(());
        }
        self.vault.keep(batch, &share).map_err(|error| Problem::own(&error))?;
        self.deposits.add(batch).map_err(|error| Problem::own(&error))?;
        self.deposited.insert(batch);
        self.deed(now, Deed::Deposited { batch, share: Digest(share.digest()) })
    }
}
