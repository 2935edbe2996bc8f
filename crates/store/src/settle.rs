//! After a crash: does the ledger tell the same story as the database?

use crate::db::{Db, Tx};
use crate::error::{StoreError, TxError};
use crate::leaf::{Sequenced, leaf_id, unsigned};
use uuid::Uuid;

/// How the ledger and the database disagree so that neither may go on.
#[derive(Debug, thiserror::Error)]
pub enum LedgerFault {
    /// The log has fewer entries than the database has seen in it.
    #[error(
        "the database has seen {database} entries in the ledger, which has only {log}; the ledger was cut or replaced: stop, and restore it"
    )]
    LogIsShorter {
        /// Entries of the log.
        log: u64,
        /// Entries the database knows of.
        database: u64,
    },
    /// The entries given do not follow what the database knows.
    #[error("the tail of the ledger must begin at or before entry {expected}, and no entry may be left out")]
    Gap {
        /// The first entry the database does not know.
        expected: u64,
    },
    /// The log has an entry that the database never wrote.
    #[error(
        "entry {index} of the ledger is not known to the database; an old backup of the database was restored: stop, and restore the newer one"
    )]
    UnknownEntry {
        /// Which.
        index: u64,
    },
    /// The log has another entry where the database knows one.
    #[error(
        "entry {index} of the ledger is another one than the database knows at that place; one of the two is not what it claims"
    )]
    OtherEntry {
        /// Where.
        index: u64,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TxError for LedgerFault {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl Db {
    /// Makes the database agree with a log that may be ahead of it: after a crash, at each start.
    ///
    /// `log_size` is the number of entries in the log, `tail` the leaf hashes of its last entries with
    /// their indices, ascending and without gaps, from [`Db::cursor`] or earlier to the end. Gives how
    /// many leaves were found to have a place already.
    ///
    /// # Errors
    /// [`LedgerFault`]: the two tell different stories, and a person must look.
    pub async fn settle(&self, log_size: u64, tail: &[(u64, [u8; 32])]) -> Result<u64, LedgerFault> {
        self.run_tx("store::settle", |tx| Box::pin(async move { settle(tx, log_size, tail).await })).await
    }
}

impl Tx<'_> {
    async fn leaf_by_hash(&mut self, hash: &[u8; 32]) -> Result<Option<(Uuid, Option<u64>)>, StoreError> {
        let text = "-- store::leaf::by_hash
            SELECT leaf_id, ledger_index FROM leaf WHERE leaf_hash = $1";
        let row: Option<(String, Option<i64>)> = self.first(sqlx::query_as(text).bind(hash.to_vec())).await?;
        row.map(|(id, index)| Ok((leaf_id(&id)?, index.map(unsigned).transpose()?))).transpose()
    }
}

async fn settle(tx: &mut Tx<'_>, log_size: u64, tail: &[(u64, [u8; 32])]) -> Result<u64, LedgerFault> {
    let known = tx.ledger_size().await?;
    if log_size < known {
        return Err(LedgerFault::LogIsShorter { log: log_size, database: known });
    }
    let first = tail.first().map_or(log_size, |(index, _)| *index);
    let whole = tail.iter().zip(first..).all(|((index, _), expected)| *index == expected);
    let ends = first.checked_add(tail.len() as u64) == Some(log_size);
    if first > known || !whole || !ends {
        return Err(LedgerFault::Gap { expected: known });
    }
    let mut settled = 0;
    for (index, hash) in tail {
        match tx.leaf_by_hash(hash).await? {
            None => return Err(LedgerFault::UnknownEntry { index: *index }),
            Some((_, Some(place))) if place == *index => {}
            Some((leaf_id, None)) if *index >= known => {
                tx.place_leaf(&Sequenced { leaf_id, index: *index, receipt: None }).await?;
                settled += 1;
            }
            Some(_) => return Err(LedgerFault::OtherEntry { index: *index }),
        }
    }
    Ok(settled)
}
