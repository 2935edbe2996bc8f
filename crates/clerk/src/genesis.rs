//! The log's first line.

use noroshi_leaf::body::Genesis;
use noroshi_leaf::{Actor, Body, Leaf, LeafError};
use noroshi_model::Micros;
use noroshi_store::{Db, LeafEntry, StoreError};
use uuid::Uuid;

/// Why the first line could not be written.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The line is too large.
    #[error(transparent)]
    Leaf(#[from] LeafError),
}

/// Writes the first line of a new hub; does nothing where anything was written before.
/// Gives whether it was written.
///
/// # Errors
/// [`GenesisError`].
pub async fn ensure(db: &Db, promises: Genesis, id: Uuid, at: Micros) -> Result<bool, GenesisError> {
    if db.cursor().await? > 0 || db.waiting_leaves().await? > 0 {
        return Ok(false);
    }
    let leaf = Leaf::new(id, at, Actor::Hub, Body::Genesis(Box::new(promises)));
    db.record_line(at, &LeafEntry { id, bytes: leaf.to_bytes()? }).await?;
    Ok(true)
}
