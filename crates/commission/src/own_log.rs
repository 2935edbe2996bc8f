//! The commission's own log: who oversees is on the record too.
//!
//! The same tile log as the hub's, with another key. Each line is JSON and is durable and signed before the act it
//! records is answered.

use noroshi_leaf::{Choice, Commitment, Digest, Matter, PublicKey};
use noroshi_ledger::disk::Folder;
use noroshi_ledger::{Log, LogError, LogKey, OpenError, Policy};
use noroshi_model::{BatchId, IntentId, MandateId, Micros};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// What the commission did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Deed {
    /// A share was taken in.
    Deposited {
        /// Of which batch.
        batch: BatchId,
        /// SHA-256 of it.
        share: Digest,
    },
    /// Shares were released.
    Released {
        /// Of which batches.
        batches: BTreeSet<BatchId>,
        /// Against which intent.
        intent: IntentId,
        /// Counts up from 1 without a gap.
        number: u64,
    },
    /// Shares were destroyed.
    Destroyed {
        /// Of which batches.
        batches: BTreeSet<BatchId>,
        /// Of which mandate.
        mandate: MandateId,
    },
    /// A commissioner voted.
    Voted {
        /// For or against.
        choice: Choice,
        /// Whose vote.
        key: PublicKey,
        /// On which mandate.
        mandate: MandateId,
        /// On what.
        matter: Matter,
        /// Commitment to the written reasons.
        reasons: Commitment,
        /// On which version.
        version: u32,
    },
    /// Something was found or recommended.
    Inspected {
        /// Its number.
        number: u64,
        /// Commitment to the text.
        text: Commitment,
    },
    /// A sample was announced, before anybody could know its seed.
    Announced {
        /// Lines to draw.
        count: u64,
        /// Entries of the mirrored tree then.
        drawn_from: u64,
        /// Its number.
        number: u64,
    },
    /// It was announced that a batch will be drawn and run again, before anybody could know which.
    AnnouncedAgain {
        /// Entries of the mirrored tree then.
        drawn_from: u64,
        /// Its number.
        number: u64,
    },
    /// A batch was asked for, to be run again.
    AskedAgain {
        /// Which.
        batch: BatchId,
        /// Its number.
        number: u64,
    },
    /// An hour was run again.
    Reproduced {
        /// Which batch.
        batch: BatchId,
        /// Whether both runs agree.
        equal: bool,
    },
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// When, by the commission's clock.
    pub at: Micros,
    /// What.
    pub deed: Deed,
}

/// The log.
pub struct OwnLog {
    log: Log,
    policy: Policy,
}

impl OwnLog {
    /// Opens or begins the log in this folder.
    ///
    /// # Errors
    /// [`OpenError`]; [`LogError`] as text when it cannot be confirmed.
    pub fn open(folder: &Path, key: LogKey) -> Result<Self, OpenError> {
        let policy = Policy::log_alone(key.public().clone());
        let disk = Folder::new(folder)
            .map_err(|source| noroshi_ledger::reader::ReadError::Io { path: folder.display().to_string(), source })?;
        let mut log = Log::open(Arc::new(disk), key)?;
        let note = log.signed().clone();
        // Its only witness is the copy others take; a failure here shows at the first line.
        if let Err(error) = log.confirm(&note, &policy) {
            tracing::error!(%error, "the own log cannot be confirmed");
        }
        Ok(Self { log, policy })
    }

    /// Writes a line. Durable, signed and served when this returns.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn write(&mut self, at: Micros, deed: Deed) -> Result<u64, LogError> {
        // A line is small and plain: writing it into memory has no way to fail.
        let line = serde_json::to_vec(&Line { at, deed }).unwrap_or_default();
        let index = self.log.append_batch(&[line])?.start;
        let note = self.log.checkpoint()?.clone();
        self.log.publish(&note, &self.policy)?;
        Ok(index)
    }

    /// Lines written.
    pub fn size(&self) -> u64 {
        self.log.size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_was_done_stands_there_after_a_restart_and_an_auditor_agrees() {
        let folder = tempfile::tempdir().unwrap();
        let key = || LogKey::from_seed("commission.example.org/log", &[3; 32]).unwrap();
        let deed = |n| Deed::Deposited { batch: BatchId(Uuid::from_u128(n)), share: Digest::of(b"share") };
        let mut log = OwnLog::open(folder.path(), key()).unwrap();
        assert_eq!(log.write(Micros(1), deed(1)).unwrap(), 0);
        drop(log);
        let mut log = OwnLog::open(folder.path(), key()).unwrap();
        assert_eq!(log.write(Micros(2), deed(2)).unwrap(), 1);
        let files = Folder::new(folder.path()).unwrap();
        let mut seen = Vec::new();
        let policy = Policy::log_alone(key().public().clone());
        noroshi_ledger::audit::audit(&files, &policy, 1, |_, entry| {
            seen.push(serde_json::from_slice::<Line>(entry).unwrap());
        })
        .unwrap();
        assert_eq!(seen, [Line { at: Micros(1), deed: deed(1) }, Line { at: Micros(2), deed: deed(2) }]);
    }
}
