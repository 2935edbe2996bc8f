//! Who asks, when, with what evidence; and the randomness an operation may use.

use noroshi_authz::{Circumstances, Principal};
use noroshi_leaf::{Actor, Digest, Salt};
use noroshi_model::Micros;
use uuid::Uuid;

/// A source of random bytes. An argument, so that an operation can be replayed.
pub type Random = dyn Fn() -> [u8; 32] + Send + Sync;

/// One asking. There is no default actor, and no clock of its own.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// Who, as loaded now.
    pub principal: &'a Principal,
    /// When, by the hub's guarded clock.
    pub at: Micros,
    /// SHA-256 of a passkey assertion over exactly the object asked about, checked just now.
    pub evidence: Option<Digest>,
    /// Random bytes for ids and salts.
    pub random: &'a Random,
}

impl std::fmt::Debug for Asking<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Asking({} at {})", self.principal.reference(), self.at)
    }
}

impl Asking<'_> {
    /// Who, as the ledger writes it.
    pub fn actor(&self) -> Actor {
        match self.principal {
            Principal::Person { person, .. } => Actor::Person { org: person.org, person: person.id },
            Principal::Machine(machine) => {
                Actor::Machine { fingerprint: Digest::of(machine.id.to_string().as_bytes()), org: machine.org }
            }
        }
    }

    /// A fresh id, ordered by time (UUID version 7, RFC 9562).
    pub fn id(&self) -> Uuid {
        let random = (self.random)();
        let mut ten = [0; 10];
        ten.copy_from_slice(random.first_chunk::<10>().unwrap_or(&[0; 10]));
        let millis = u64::try_from(self.at.0 / 1_000).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &ten).into_uuid()
    }

    /// A fresh salt.
    pub fn salt(&self) -> Salt {
        Salt(Digest((self.random)()))
    }

    /// What the policies are told of the asking itself.
    pub fn circumstances(&self) -> Circumstances {
        let circumstances = Circumstances::at(self.at);
        if self.evidence.is_some() { circumstances.stepped_up() } else { circumstances }
    }
}
