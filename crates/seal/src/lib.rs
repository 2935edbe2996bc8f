//! Who can open what: data keys split in two, batches encrypted, payloads sealed to the commission.
//!
//! In the order a batch meets them: [`key`] (a data key of its own, split so that neither half opens anything),
//! [`stream`] (its records, encrypted in chunks that cannot be cut, swapped or flipped), [`envelope`] (a share or a
//! payload sealed to one recipient). Nothing here is our own construction: XOR sharing, STREAM over
//! ChaCha20-Poly1305, HPKE (RFC 9180). Randomness is an argument; secrets are wiped and never printed.

pub mod envelope;
pub mod key;
pub mod limits;
pub mod stream;

pub use envelope::{NotOpened, Recipient, RecipientKey};
pub use key::{DataKey, Share};
pub use stream::{StreamError, decrypt, encrypt};
