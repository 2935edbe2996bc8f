//! Ledger leaves between the change they tell of and their place in the ledger.
//!
//! A leaf is written in the transaction of its change and waits. The sequencer, one process, does:
//! [`Db::next_unsequenced`], append to the tile log and sync it, [`Db::mark_sequenced`]. The log is the
//! authority on order, this table on what must get in. If the process dies between the second and the
//! third step, the log is ahead; at the next start the sequencer hands the tail of the log to
//! [`Db::settle`], which finds each entry by its hash. Nothing is lost (a leaf not in the log still
//! waits) and nothing doubles (a leaf in the log no longer waits).

use crate::db::{Db, Tx};
use crate::error::{StoreError, TxError, at_most};
use crate::limits::{CREDENTIAL_BYTES_MAX, LEAF_BYTES_MAX, PAGE_MAX};
use noroshi_model::Micros;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A leaf as the store sees it: an id and bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafEntry {
    /// UUID version 7; also inside the bytes, so that no two leaves have the same hash.
    pub id: Uuid,
    /// Canonical bytes.
    pub bytes: Vec<u8>,
}

impl TryFrom<&noroshi_leaf::Leaf> for LeafEntry {
    type Error = noroshi_leaf::LeafError;

    fn try_from(leaf: &noroshi_leaf::Leaf) -> Result<Self, Self::Error> {
        Ok(Self { id: leaf.id, bytes: leaf.to_bytes()? })
    }
}

/// SHA-256 over a zero byte and the leaf (RFC 9162, section 2.1.1).
pub fn leaf_hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

type KeptRow = (Vec<u8>, i64, Option<i64>, Option<Vec<u8>>);

/// A leaf that has got its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequenced {
    /// Which leaf.
    pub leaf_id: Uuid,
    /// Its index in the ledger, from 0.
    pub index: u64,
    /// The receipt, where there is one already.
    pub receipt: Option<Vec<u8>>,
}

/// A leaf as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLeaf {
    /// The leaf.
    pub leaf: LeafEntry,
    /// When it was written.
    pub queued_at: Micros,
    /// Its index in the ledger; `None` while it waits.
    pub index: Option<u64>,
    /// Its receipt.
    pub receipt: Option<Vec<u8>>,
}

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

impl Tx<'_> {
    /// Writes a leaf that waits for its place.
    pub(crate) async fn queue_leaf(&mut self, leaf: &LeafEntry, at: Micros) -> Result<(), StoreError> {
        at_most("bytes of a leaf", leaf.bytes.len(), LEAF_BYTES_MAX)?;
        let text = "-- store::leaf::queue
            INSERT INTO leaf (leaf_id, leaf_hash, body, queued_at, ordinal) VALUES ($1, $2, $3, $4, $5)";
        let insert = sqlx::query(text)
            .bind(leaf.id.to_string())
            .bind(leaf_hash(&leaf.bytes).to_vec())
            .bind(leaf.bytes.clone())
            .bind(at.0)
            .bind(self.next_ordinal());
        self.execute(insert).await?;
        self.queued_leaf = true;
        Ok(())
    }

    async fn place_leaf(&mut self, placed: &Sequenced) -> Result<(), StoreError> {
        let text = "-- store::leaf::place
            UPDATE leaf SET ledger_index = $2, receipt = COALESCE($3, receipt)
            WHERE leaf_id = $1 AND (ledger_index IS NULL OR ledger_index = $2)";
        if let Some(receipt) = &placed.receipt {
            at_most("bytes of a receipt", receipt.len(), CREDENTIAL_BYTES_MAX)?;
        }
        let update =
            sqlx::query(text).bind(placed.leaf_id.to_string()).bind(signed(placed.index)?).bind(placed.receipt.clone());
        if self.execute(update).await? == 1 {
            return Ok(());
        }
        let what = format!("leaf {} is not there, or has another place than {}", placed.leaf_id, placed.index);
        Err(StoreError::Inconsistent { table: "leaf", what })
    }

    async fn ledger_size(&mut self) -> Result<u64, StoreError> {
        let text = "-- store::leaf::ledger_size
            SELECT MAX(ledger_index) FROM leaf";
        let last: Option<(Option<i64>,)> = self.first(sqlx::query_as(text)).await?;
        last.and_then(|(last,)| last).map_or(Ok(0), |last| unsigned(last).map(|last| last + 1))
    }

    async fn leaf_by_hash(&mut self, hash: &[u8; 32]) -> Result<Option<(Uuid, Option<u64>)>, StoreError> {
        let text = "-- store::leaf::by_hash
            SELECT leaf_id, ledger_index FROM leaf WHERE leaf_hash = $1";
        let row: Option<(String, Option<i64>)> = self.first(sqlx::query_as(text).bind(hash.to_vec())).await?;
        row.map(|(id, index)| Ok((leaf_id(&id)?, index.map(unsigned).transpose()?))).transpose()
    }
}

impl Db {
    /// The leaves that wait, oldest first, at most `limit` and at most 1,000.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_unsequenced(&self, limit: u32) -> Result<Vec<LeafEntry>, StoreError> {
        let text = "-- store::leaf::next_unsequenced
            SELECT leaf_id, body FROM leaf WHERE ledger_index IS NULL
            ORDER BY queued_at, ordinal, leaf_id LIMIT $1";
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(text)
            .bind(i64::from(limit.min(PAGE_MAX)))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::sql("store::leaf::next_unsequenced"))?;
        rows.into_iter().map(|(id, bytes)| Ok(LeafEntry { id: leaf_id(&id)?, bytes })).collect()
    }

    /// Notes the places the log has given, after the log was synced. Saying it twice does no harm.
    ///
    /// # Errors
    /// A leaf that is not there or has another place already.
    pub async fn mark_sequenced(&self, placed: &[Sequenced]) -> Result<(), StoreError> {
        self.run_tx("store::mark_sequenced", |tx| {
            Box::pin(async move {
                for one in placed {
                    tx.place_leaf(one).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// How many entries of the ledger the database knows: the index the next leaf will get.
    ///
    /// # Errors
    /// What the database says.
    pub async fn cursor(&self) -> Result<u64, StoreError> {
        self.read("store::cursor", |tx| Box::pin(async move { tx.ledger_size().await })).await
    }

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

    /// One leaf with its place and receipt.
    ///
    /// # Errors
    /// What the database says.
    pub async fn leaf(&self, id: Uuid) -> Result<Option<KeptLeaf>, StoreError> {
        let text = "-- store::leaf::by_id
            SELECT body, queued_at, ledger_index, receipt FROM leaf WHERE leaf_id = $1";
        let row: Option<KeptRow> = sqlx::query_as(text)
            .bind(id.to_string())
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::sql("store::leaf::by_id"))?;
        let kept = |(bytes, queued_at, index, receipt): KeptRow| {
            let index = index.map(unsigned).transpose()?;
            Ok(KeptLeaf { leaf: LeafEntry { id, bytes }, queued_at: Micros(queued_at), index, receipt })
        };
        row.map(kept).transpose()
    }

    /// How many leaves wait.
    ///
    /// # Errors
    /// What the database says.
    pub async fn waiting_leaves(&self) -> Result<u64, StoreError> {
        let text = "-- store::leaf::waiting
            SELECT COUNT(*) FROM leaf WHERE ledger_index IS NULL";
        let count: i64 =
            sqlx::query_scalar(text).fetch_one(self.reader()).await.map_err(StoreError::sql("store::leaf::waiting"))?;
        unsigned(count)
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

fn leaf_id(text: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(text).map_err(|_| StoreError::Inconsistent { table: "leaf", what: format!("leaf id `{text}`") })
}

fn unsigned(index: i64) -> Result<u64, StoreError> {
    u64::try_from(index).map_err(|_| StoreError::Inconsistent { table: "leaf", what: format!("ledger index {index}") })
}

fn signed(index: u64) -> Result<i64, StoreError> {
    i64::try_from(index).map_err(|_| StoreError::TooMuch {
        what: "ledger index",
        found: usize::try_from(index).unwrap_or(usize::MAX),
        max: i64::MAX as usize,
    })
}
