//! What was kept, from its key to the destruction of its key.

use crate::digest::{Commitment, Digest};
use crate::statement::{Signed, Statement};
use noroshi_model::{BatchId, MandateId, Micros};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A batch begins: a fresh data key, split between operator and commission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchOpened {
    /// Its id.
    pub batch: BatchId,
    /// SHA-256 of the commission's share of the key.
    pub commission_share: Digest,
    /// SHA-256 of the data key.
    pub key: Digest,
    /// Under which mandate.
    pub mandate: MandateId,
    /// Counts up from 1 without a gap for one mandate and source: a missing batch shows.
    pub number: u64,
    /// Which exporter or file it came from.
    pub source: String,
    /// Under which version of the mandate.
    pub version: u32,
}

/// A batch is complete: what came, what was dropped and why, what is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchSealed {
    /// Records that only fed aggregates and are gone.
    pub aggregated_only: u64,
    /// Its id.
    pub batch: BatchId,
    /// SHA-256 of the encrypted records.
    pub ciphertext: Digest,
    /// First moment of the traffic in it.
    pub from: Micros,
    /// The sealed input of the selection: [`BatchSealed::input_digest`]. It shows neither the figures nor the key.
    pub input: Digest,
    /// Records outside the mandate, by reason.
    pub out_of_mandate: BTreeMap<String, u64>,
    /// Records received.
    pub received: u64,
    /// Records kept.
    pub selected: u64,
    /// Commitment to the fingerprint of the selection at its end. A few servers could be guessed from a bare digest.
    pub selection: Commitment,
    /// First moment after.
    pub until: Micros,
}

impl BatchSealed {
    /// What [`BatchSealed::input`] holds of a sealed input: SHA-256 over the words `noroshi/selection-input/v1`, a line
    /// feed, the SHA-256 of its key and that of its ciphertext. With the key in it, the same bytes cannot be opened
    /// to something else with another one.
    pub fn input_digest(key: &[u8; 32], ciphertext: &Digest) -> Digest {
        Digest::of(&[b"noroshi/selection-input/v1\n".as_slice(), key, &ciphertext.0].concat())
    }

    /// Whether received = out of mandate + aggregated only + selected.
    pub fn adds_up(&self) -> bool {
        let mut sum = u128::from(self.aggregated_only) + u128::from(self.selected);
        sum += self.out_of_mandate.values().map(|&n| u128::from(n)).sum::<u128>();
        sum == u128::from(self.received)
    }
}

/// Why a batch is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisposalReason {
    /// Its time is over.
    RetentionEnded,
    /// The mandate ran out.
    MandateExpired,
    /// The mandate was revoked.
    MandateRevoked,
    /// The commission ordered it.
    Ordered,
}

/// The commission says that it has destroyed its shares: from then on nobody can decrypt these
/// batches, whatever backups exist. It does not say that no copy of a whole key was made before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destruction {
    /// When, by the commission's clock.
    pub at: Micros,
    /// Which batches.
    pub batches: BTreeSet<BatchId>,
    /// Of which mandate.
    pub mandate: MandateId,
    /// SHA-256 of each destroyed share, as registered when the batch began.
    pub shares: BTreeSet<Digest>,
}

impl Statement for Destruction {
    const CONTEXT: &'static str = "noroshi/destruction/v1";
}

/// Batches are gone (消去).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disposed {
    /// The commission's certificate.
    pub certificate: Signed<Destruction>,
    /// Why.
    pub reason: DisposalReason,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_balance_adds_up_or_does_not_and_never_overflows() {
        let mut sealed = BatchSealed {
            aggregated_only: 70,
            batch: BatchId(Uuid::from_u128(1)),
            ciphertext: Digest::of(b""),
            from: Micros(0),
            input: Digest::of(b""),
            out_of_mandate: BTreeMap::from([("domestic".to_owned(), 20), ("port".to_owned(), 5)]),
            received: 100,
            selected: 5,
            selection: Commitment(Digest::of(b"")),
            until: Micros(1),
        };
        assert!(sealed.adds_up());
        sealed.selected = 4;
        assert!(!sealed.adds_up());
        sealed.selected = u64::MAX;
        sealed.aggregated_only = u64::MAX;
        assert!(!sealed.adds_up());
    }
}
