//! Who is at the board: sessions in memory, each with its commissioner's opened key.

use crate::limits::{SESSION_SECONDS_MAX, SESSIONS_MAX, SIGN_IN_ATTEMPTS_MAX, SIGN_IN_WAIT_SECONDS};
use noroshi_leaf::{Digest, Signer};
use noroshi_model::{Micros, time::SECOND};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One session.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) number: u8,
    pub(super) signer: Arc<Signer>,
    /// What a form must carry: nobody else's page can guess it.
    pub(super) form: String,
    used: Micros,
}

/// All sessions, and failed attempts.
pub(super) struct Sessions {
    seed: [u8; 32],
    made: u64,
    /// By the digest of their token: the token itself is not kept.
    open: BTreeMap<Digest, Session>,
    failed: BTreeMap<u8, (u32, Micros)>,
}

impl Sessions {
    pub(super) const fn new(seed: [u8; 32]) -> Self {
        Self { seed, made: 0, open: BTreeMap::new(), failed: BTreeMap::new() }
    }

    /// Whether this commissioner must wait after too many attempts.
    pub(super) fn must_wait(&self, number: u8, now: Micros) -> bool {
        self.failed.get(&number).is_some_and(|(count, last)| {
            *count >= SIGN_IN_ATTEMPTS_MAX && now.0 < last.0 + SIGN_IN_WAIT_SECONDS * SECOND
        })
    }

    pub(super) fn failed(&mut self, number: u8, now: Micros) {
        let (count, last) = self.failed.entry(number).or_insert((0, now));
        if now.0 >= last.0 + SIGN_IN_WAIT_SECONDS * SECOND {
            *count = 0;
        }
        *count += 1;
        *last = now;
    }

    /// Opens a session and gives its token.
    pub(super) fn open(&mut self, number: u8, signer: Signer, now: Micros) -> String {
        self.failed.remove(&number);
        self.made += 1;
        let secret = |word: &str| {
            let hash = Sha256::new().chain_update(self.seed).chain_update(word).chain_update(self.made.to_be_bytes());
            hex::encode(hash.finalize())
        };
        let (token, form) = (secret("token"), secret("form"));
        if self.open.len() >= SESSIONS_MAX
            && let Some(oldest) = self.open.iter().min_by_key(|(_, session)| session.used).map(|(key, _)| *key)
        {
            self.open.remove(&oldest);
        }
        let session = Session { number, signer: Arc::new(signer), form, used: now };
        self.open.insert(Digest::of(token.as_bytes()), session);
        token
    }

    /// The session of a token, if it is in use still.
    pub(super) fn of(&mut self, token: &str, now: Micros) -> Option<Session> {
        let key = Digest::of(token.as_bytes());
        let session = self.open.get_mut(&key)?;
        if now.0 > session.used.0 + SESSION_SECONDS_MAX * SECOND {
            self.open.remove(&key);
            return None;
        }
        session.used = now;
        Some(session.clone())
    }

    pub(super) fn close(&mut self, token: &str) {
        self.open.remove(&Digest::of(token.as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Micros {
        Micros(seconds * SECOND)
    }

    #[test]
    fn a_session_ends_when_it_is_not_used_and_not_before() {
        let mut sessions = Sessions::new([1; 32]);
        let token = sessions.open(1, Signer::from_seed(&[1; 32]), at(0));
        assert!(sessions.of(&token, at(SESSION_SECONDS_MAX)).is_some());
        assert!(sessions.of("other", at(SESSION_SECONDS_MAX)).is_none());
        assert!(sessions.of(&token, at(2 * SESSION_SECONDS_MAX + 1)).is_none());
        let token = sessions.open(1, Signer::from_seed(&[1; 32]), at(0));
        sessions.close(&token);
        assert!(sessions.of(&token, at(1)).is_none());
    }

    #[test]
    fn the_oldest_session_goes_when_there_are_too_many() {
        let mut sessions = Sessions::new([1; 32]);
        let tokens: Vec<_> = (0..=SESSIONS_MAX)
            .map(|n| sessions.open(1, Signer::from_seed(&[1; 32]), at(i64::try_from(n).unwrap())))
            .collect();
        assert!(sessions.of(&tokens[0], at(50)).is_none());
        assert!(sessions.of(&tokens[1], at(50)).is_some());
    }

    #[test]
    fn too_many_attempts_wait_and_others_do_not() {
        let mut sessions = Sessions::new([1; 32]);
        (1..SIGN_IN_ATTEMPTS_MAX).for_each(|_| sessions.failed(1, at(0)));
        assert!(!sessions.must_wait(1, at(1)));
        sessions.failed(1, at(0));
        assert!(sessions.must_wait(1, at(1)) && !sessions.must_wait(2, at(1)));
        assert!(!sessions.must_wait(1, at(SIGN_IN_WAIT_SECONDS)));
    }
}
