//! The secret halves.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::{Signer as _, SigningKey};

#[cfg(doc)]
use super::write_key_file;
use super::{BadKey, KeyKind, VerifyKey, check_name, cosigned_text, split, typed};
use crate::head::Head;
use crate::note::{Note, Signature};

/// The secret half, of either kind. Never printed; `ed25519-dalek` wipes it from memory when dropped.
#[derive(Clone)]
struct Secret {
    key: SigningKey,
    public: VerifyKey,
}

impl Secret {
    fn from_seed(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, BadKey> {
        check_name(name)?;
        let key = SigningKey::from_bytes(seed);
        let public = VerifyKey::new(name, kind, key.verifying_key());
        Ok(Self { key, public })
    }

    fn parse(text: &str, wanted: KeyKind, word: &'static str) -> Result<Self, BadKey> {
        // The text is a secret: an error must not repeat it.
        let malformed = || BadKey::Malformed("PRIVATE+KEY+…".to_owned());
        let rest = text.trim_end_matches('\n').strip_prefix("PRIVATE+KEY+").ok_or_else(malformed)?;
        let (name, id, kind, seed) = split(rest).map_err(|error| match error {
            BadKey::Malformed(_) | BadKey::BadName(_) => malformed(),
            other => other,
        })?;
        if kind != wanted {
            return Err(BadKey::WrongKind { name: name.to_owned(), wanted: word });
        }
        let secret = Self::from_seed(name, kind, &seed)?;
        if secret.public.id == id { Ok(secret) } else { Err(BadKey::WrongId(name.to_owned())) }
    }

    fn text(&self) -> String {
        let seed = BASE64_STANDARD.encode(typed(self.public.kind, self.key.as_bytes()));
        format!("PRIVATE+KEY+{}+{:08x}+{seed}", self.public.name, self.public.id)
    }
}

macro_rules! secret_key {
    ($(#[$doc:meta])* $name:ident, $kind:expr, $word:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Secret);

        impl $name {
            /// Makes the key of `name` from 32 random bytes. The caller brings the randomness.
            ///
            /// # Errors
            /// [`BadKey::BadName`] when the name cannot stand in a signature line.
            pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, BadKey> {
                Secret::from_seed(name, $kind, seed).map(Self)
            }

            /// Reads the secret text form, `PRIVATE+KEY+<name>+<id>+<base64>`.
            ///
            /// # Errors
            /// [`BadKey`], without repeating the secret.
            pub fn parse(text: &str) -> Result<Self, BadKey> {
                Secret::parse(text, $kind, $word).map(Self)
            }

            /// The secret text form. Keep it in a file made by [`write_key_file`].
            #[must_use]
            pub fn secret_text(&self) -> String {
                self.0.text()
            }

            /// The public half.
            #[must_use]
            pub const fn public(&self) -> &VerifyKey {
                &self.0.public
            }

            /// The name of the key.
            #[must_use]
            pub fn name(&self) -> &str {
                &self.0.public.name
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({}, secret)"), self.0.public)
            }
        }
    };
}

secret_key!(
    /// A log's secret key. Its name is the log's origin.
    LogKey,
    KeyKind::Log,
    "log"
);
secret_key!(
    /// A witness's or mirror's secret key.
    CosignerKey,
    KeyKind::Cosigner,
    "cosigner"
);

impl LogKey {
    /// The checkpoint of this log for a tree of `size` entries with this root. Ed25519 is deterministic: the same tree
    /// gives the same bytes.
    pub(crate) fn sign(&self, head: &Head) -> Note {
        let text = head.text();
        let signature = self.0.key.sign(&text).to_bytes().to_vec();
        Note::assembled(text, vec![line(&self.0.public, signature)])
    }
}

impl CosignerKey {
    /// A `cosignature/v1` over the text of a checkpoint: "at `now_s`, this is the largest tree I have seen".
    /// `now_s` is in seconds since the epoch.
    #[must_use]
    pub fn cosign(&self, text: &[u8], now_s: u64) -> Signature {
        let time = now_s.min(i64::MAX as u64);
        let mut signature = time.to_be_bytes().to_vec();
        signature.extend_from_slice(&self.0.key.sign(&cosigned_text(time, text)).to_bytes());
        line(&self.0.public, signature)
    }
}

#[expect(clippy::expect_used, reason = "the name of a key was checked when the key was made")]
fn line(key: &VerifyKey, signature: Vec<u8>) -> Signature {
    Signature::new(key.name.clone(), key.id, signature).expect("a checked name")
}
