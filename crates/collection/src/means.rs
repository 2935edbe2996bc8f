//! What collectors and readers work with.

use crate::Vault;
use noroshi_acts::{Acts, Asking};
use noroshi_authz::Principal;
use noroshi_clerk::{Commission, Scribe};
use noroshi_model::Micros;
use noroshi_office::Sources;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

/// What collectors and readers work with. Cheap to clone.
#[derive(Clone)]
pub struct Means {
    /// The write path.
    pub acts: Acts,
    /// Carries lines into the log and brings receipts back.
    pub scribe: Scribe,
    /// The commission's program, which holds the other halves of the keys.
    pub commission: Commission,
    /// What shares are sealed to, hexadecimal: from the keys the commission handed over.
    pub commission_hpke: String,
    /// Where batches lie.
    pub vault: Vault,
    /// Clock and dice.
    pub sources: Sources,
}

impl std::fmt::Debug for Means {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Means").field("commission", &self.commission).finish_non_exhaustive()
    }
}

impl Means {
    /// The hub's clock.
    pub(crate) fn now(&self) -> Micros {
        (self.sources.now)()
    }

    /// Dice for keys.
    pub(crate) fn dice(&self) -> ChaCha20Rng {
        ChaCha20Rng::from_seed((self.sources.random)())
    }

    /// Asking as somebody, now.
    pub(crate) fn asking<'a>(&'a self, principal: &'a Principal) -> Asking<'a> {
        Asking { principal, at: self.now(), evidence: None, random: &self.sources.random }
    }
}
