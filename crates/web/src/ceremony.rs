//! Things that wait for their second step: a passkey's answer, an identity provider's, a signature.
//!
//! In memory of this process, bounded, ten minutes long. A restart in between asks a person to begin again.

use crate::limits::{CEREMONIES_MAX, CEREMONY_SECONDS_MAX};
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A key only its holder knows: 32 random bytes in hexadecimal.
pub(crate) type Key = String;

/// What waits.
pub(crate) enum Ceremony {
    /// A passkey being registered, from an enrolment link or for a signed-in person.
    Register(Box<crate::passkey::Registering>),
    /// Somebody signing in with a passkey.
    SignIn(Box<crate::passkey::SigningIn>),
    /// Somebody at an identity provider.
    Oidc(Box<crate::oidc::Away>),
    /// A deed that waits for its signature.
    StepUp(Box<crate::step_up::Unsigned>),
}

#[derive(Default)]
struct Inner {
    by_key: HashMap<Key, (u64, Micros, Ceremony)>,
    by_age: BTreeMap<u64, Key>,
    next: u64,
}

/// The table of what waits. Each entry is taken once.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<Inner>);

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere leaves the maps whole: each change below is complete before anything can fail.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets something wait; where the table is full, the oldest is forgotten.
    pub(crate) fn put(&self, key: Key, ceremony: Ceremony, now: Micros) {
        let mut inner = self.lock();
        while inner.by_key.len() >= CEREMONIES_MAX
            && let Some((_, oldest)) = inner.by_age.pop_first()
        {
            inner.by_key.remove(&oldest);
        }
        let number = inner.next;
        inner.next += 1;
        inner.by_age.insert(number, key.clone());
        inner.by_key.insert(key, (number, now, ceremony));
    }

    /// Takes it, once, if it has not waited too long.
    pub(crate) fn take(&self, key: &str, now: Micros) -> Option<Ceremony> {
        let mut inner = self.lock();
        let (number, since, ceremony) = inner.by_key.remove(key)?;
        inner.by_age.remove(&number);
        (now.0 < since.0.saturating_add(CEREMONY_SECONDS_MAX * SECOND)).then_some(ceremony)
    }
}
