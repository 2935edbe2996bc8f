//! Ledger leaves between the change they tell of and their place in the ledger.
//!
//! A leaf is written in the transaction of its change and waits. The sequencer, one process, does:
//! [`Db::next_unsequenced`], append to the tile log and sync it, [`Db::mark_sequenced`]. The log is the
//! authority on order, this table on what must get in. If the process dies between the second and the
//! third step, the log is ahead; at the next start the sequencer hands the tail of the log to
//! [`Db::settle`] (in [`crate::settle`]), which finds each entry by its hash. Nothing is lost (a leaf not in the log still
//! waits) and nothing doubles (a leaf in the log no longer waits).

use crate::db::{Db, Tx};
use crate::error::{StoreError, at_most};
use crate::limits::{CREDENTIAL_BYTES_MAX, LEAF_BYTES_MAX, WAITING_PAGE_MAX};
use noroshi_model::Micros;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
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

/// One statement for 64, 16, 4 or 1 leaves: a round trip to a server costs more than a row.
static QUEUE: LazyLock<[(usize, String); 4]> = LazyLock::new(|| [64, 16, 4, 1].map(|rows| (rows, queue_text(rows))));

fn queue_text(rows: usize) -> String {
    let row = |row: usize| {
        let first = row * 5 + 1;
        format!("(${}, ${}, ${}, ${}, ${})", first, first + 1, first + 2, first + 3, first + 4)
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    let text = "-- store::leaf::queue
        INSERT INTO leaf (leaf_id, leaf_hash, body, queued_at, ordinal) VALUES ";
    format!("{text}{}", rows.join(", "))
}

/// Likewise for places. The column takes its type from a row that is left out: PostgreSQL gives a parameter alone none.
static PLACE: LazyLock<[(usize, String); 4]> = LazyLock::new(|| [64, 16, 4, 1].map(|rows| (rows, place_text(rows))));

fn place_text(rows: usize) -> String {
    let row = |row: usize| {
        let first = row * 3 + 1;
        format!("SELECT ${}, ${}, ${}", first, first + 1, first + 2)
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    let text = "-- store::leaf::place
        WITH placed (leaf_id, ledger_index, receipt) AS (
            SELECT leaf_id, ledger_index, receipt FROM leaf WHERE 1 = 0 UNION ALL ";
    format!(
        "{text}{})
        UPDATE leaf SET ledger_index = placed.ledger_index, receipt = COALESCE(placed.receipt, leaf.receipt)
        FROM placed WHERE leaf.leaf_id = placed.leaf_id
            AND (leaf.ledger_index IS NULL OR leaf.ledger_index = placed.ledger_index)",
        rows.join(" UNION ALL ")
    )
}

impl Tx<'_> {
    /// Writes a leaf that waits for its place.
    pub(crate) async fn queue_leaf(&mut self, leaf: &LeafEntry, at: Micros) -> Result<(), StoreError> {
        self.queue_leaves(&[(leaf, at)]).await
    }

    /// Writes leaves in this order, many with one statement.
    pub(crate) async fn queue_leaves(&mut self, leaves: &[(&LeafEntry, Micros)]) -> Result<(), StoreError> {
        for (leaf, _) in leaves {
            at_most("bytes of a leaf", leaf.bytes.len(), LEAF_BYTES_MAX)?;
        }
        let mut rest = leaves;
        for (rows, text) in QUEUE.iter() {
            while let Some((now, later)) = rest.split_at_checked(*rows) {
                self.insert_leaves(text, now).await?;
                rest = later;
            }
        }
        self.queued_leaf = true;
        Ok(())
    }

    async fn insert_leaves(&mut self, text: &'static str, leaves: &[(&LeafEntry, Micros)]) -> Result<(), StoreError> {
        let mut insert = sqlx::query(text);
        for (leaf, at) in leaves {
            insert = insert
                .bind(leaf.id.to_string())
                .bind(leaf_hash(&leaf.bytes).to_vec())
                .bind(leaf.bytes.clone())
                .bind(at.0)
                .bind(self.next_ordinal());
        }
        self.execute(insert).await?;
        Ok(())
    }

    pub(crate) async fn place_leaf(&mut self, placed: &Sequenced) -> Result<(), StoreError> {
        self.place_leaves(std::slice::from_ref(placed)).await
    }

    /// Notes places, many with one statement.
    async fn place_leaves(&mut self, placed: &[Sequenced]) -> Result<(), StoreError> {
        let mut rest = placed;
        for (rows, text) in PLACE.iter() {
            while let Some((now, later)) = rest.split_at_checked(*rows) {
                self.update_leaves(text, now).await?;
                rest = later;
            }
        }
        Ok(())
    }

    async fn update_leaves(&mut self, text: &'static str, placed: &[Sequenced]) -> Result<(), StoreError> {
        let mut update = sqlx::query(text);
        for one in placed {
            if let Some(receipt) = &one.receipt {
                at_most("bytes of a receipt", receipt.len(), CREDENTIAL_BYTES_MAX)?;
            }
            update = update.bind(one.leaf_id.to_string()).bind(signed(one.index)?).bind(one.receipt.clone());
        }
        if self.execute(update).await? == placed.len() as u64 {
            return Ok(());
        }
        let places: Vec<String> = placed.iter().map(|one| format!("{} at {}", one.leaf_id, one.index)).collect();
        let what = format!("a leaf is not there, or has another place: one of {}", places.join(", "));
        Err(StoreError::Inconsistent { table: "leaf", what })
    }

    pub(crate) async fn ledger_size(&mut self) -> Result<u64, StoreError> {
        let text = "-- store::leaf::ledger_size
            SELECT MAX(ledger_index) FROM leaf";
        let last: Option<(Option<i64>,)> = self.first(sqlx::query_as(text)).await?;
        last.and_then(|(last,)| last).map_or(Ok(0), |last| unsigned(last).map(|last| last + 1))
    }
}

impl Db {
    /// The leaves that wait, oldest first, at most `limit` and at most [`WAITING_PAGE_MAX`].
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_unsequenced(&self, limit: u32) -> Result<Vec<LeafEntry>, StoreError> {
        let text = "-- store::leaf::next_unsequenced
            SELECT leaf_id, body FROM leaf WHERE ledger_index IS NULL
            ORDER BY queued_at, ordinal, leaf_id LIMIT $1";
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(text)
            .bind(i64::from(limit.min(WAITING_PAGE_MAX)))
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
        self.run_tx("store::mark_sequenced", |tx| Box::pin(async move { tx.place_leaves(placed).await })).await
    }

    /// How many entries of the ledger the database knows: the index the next leaf will get.
    ///
    /// # Errors
    /// What the database says.
    pub async fn cursor(&self) -> Result<u64, StoreError> {
        self.read("store::cursor", |tx| Box::pin(async move { tx.ledger_size().await })).await
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

pub(crate) fn leaf_id(text: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(text).map_err(|_| StoreError::Inconsistent { table: "leaf", what: format!("leaf id `{text}`") })
}

pub(crate) fn unsigned(index: i64) -> Result<u64, StoreError> {
    u64::try_from(index).map_err(|_| StoreError::Inconsistent { table: "leaf", what: format!("ledger index {index}") })
}

fn signed(index: u64) -> Result<i64, StoreError> {
    i64::try_from(index).map_err(|_| StoreError::TooMuch {
        what: "ledger index",
        found: usize::try_from(index).unwrap_or(usize::MAX),
        max: i64::MAX as usize,
    })
}
