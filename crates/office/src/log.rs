//! The public half of the log, as the pages serve it.

use noroshi_ledger::disk::{Files, Folder};
use noroshi_ledger::{Sequencer, VerifyKey};
use noroshi_web::log::{LogUnreadable, PublicLog};
use std::sync::Arc;

/// Checkpoint and tiles from the files, receipts from the sequencer.
pub(crate) struct Published {
    pub(crate) files: Folder,
    pub(crate) sequencer: Arc<Sequencer>,
    pub(crate) key: VerifyKey,
}

impl PublicLog for Published {
    fn checkpoint(&self) -> Result<Option<Vec<u8>>, LogUnreadable> {
        read(&self.files, "checkpoint")
    }

    fn tile(&self, path: &str) -> Result<Option<Vec<u8>>, LogUnreadable> {
        read(&self.files, path)
    }

    fn receipt(&self, index: u64) -> Result<Option<String>, LogUnreadable> {
        match self.sequencer.receipt(index) {
            Ok(receipt) => Ok(Some(receipt.to_text())),
            Err(noroshi_ledger::reader::ReadError::OutOfRange { .. }) => Ok(None),
            Err(error) => Err(LogUnreadable(error.to_string())),
        }
    }

    fn verifier_key(&self) -> String {
        self.key.to_string()
    }
}

fn read(files: &Folder, path: &str) -> Result<Option<Vec<u8>>, LogUnreadable> {
    files.read(path).map_err(|error| LogUnreadable(error.to_string()))
}
