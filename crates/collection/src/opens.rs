//! Which batch a permit opens. Nothing that is kept is decrypted without one.

use noroshi_authz::{Permit, act};
use noroshi_model::BatchId;

/// A permit to read one batch.
pub(crate) trait Opens {
    /// Which.
    fn batch(&self) -> BatchId;
}

impl Opens for Permit<'_, act::Hunt> {
    fn batch(&self) -> BatchId {
        self.resource().id
    }
}

impl Opens for Permit<'_, act::RunDetectors> {
    fn batch(&self) -> BatchId {
        self.resource().id
    }
}

impl Opens for Permit<'_, act::OpenPseudonym> {
    fn batch(&self) -> BatchId {
        self.resource().batch
    }
}
