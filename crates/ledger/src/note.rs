//! Signed notes (C2SP signed-note): a text and the signatures under it.
//!
//! Signatures of keys we do not know are carried along and mean nothing.

pub use signed_note::Signature;

use crate::keys::VerifyKey;
use crate::limits::NOTE_BYTES_MAX;

/// The bytes are not a signed note of at most [`NOTE_BYTES_MAX`] bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signed note: a text, an empty line, and signature lines are expected")]
pub struct NotANote;

/// A text and the signatures under it.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    text: Vec<u8>,
    signatures: Vec<Signature>,
}

impl Note {
    /// A note from parts known to be well formed.
    pub(crate) const fn assembled(text: Vec<u8>, signatures: Vec<Signature>) -> Self {
        Self { text, signatures }
    }

    /// Reads a note. No signature is verified by reading.
    ///
    /// # Errors
    /// [`NotANote`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NotANote> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NotANote);
        }
        let text = signed_note::Note::from_bytes(bytes).map_err(|_| NotANote)?.text().to_vec();
        let signatures = parse_signatures(bytes.get(text.len() + 1..).ok_or(NotANote)?)?;
        Ok(Self { text, signatures })
    }

    /// The text, with its final newline and without signatures.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The signatures, in the order they stand there.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// When `key` signed this note (see [`VerifyKey::verify`]), if it did.
    #[must_use]
    pub fn signed_by(&self, key: &VerifyKey) -> Option<u64> {
        self.signatures.iter().find_map(|signature| key.verify(&self.text, signature))
    }

    /// Adds a signature line, replacing one of the same key.
    pub fn add(&mut self, signature: Signature) {
        self.signatures.retain(|old| old.name() != signature.name() || old.id() != signature.id());
        self.signatures.push(signature);
    }

    /// The note with only those signatures that one of `keys` made. What a stranger appended is dropped.
    #[must_use]
    pub fn only_signed_by<'a>(&self, keys: impl IntoIterator<Item = &'a VerifyKey>) -> Self {
        let of = |key: &VerifyKey| self.signatures.iter().find(|line| key.verify(&self.text, line).is_some()).cloned();
        Self { text: self.text.clone(), signatures: keys.into_iter().filter_map(of).collect() }
    }

    /// The note as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.text.clone();
        bytes.push(b'\n');
        bytes.extend(signature_lines(&self.signatures));
        bytes
    }
}

/// Signature lines alone: the body of a witness's answer.
#[must_use]
pub fn signature_lines(signatures: &[Signature]) -> Vec<u8> {
    signatures.iter().flat_map(Signature::to_bytes).collect()
}

/// Reads signature lines alone: the body of a witness's answer.
///
/// # Errors
/// [`NotANote`] when a line is not a signature line, or there is none.
pub fn parse_signatures(bytes: &[u8]) -> Result<Vec<Signature>, NotANote> {
    let lines = bytes.strip_suffix(b"\n").ok_or(NotANote)?;
    if lines.len() > NOTE_BYTES_MAX {
        return Err(NotANote);
    }
    lines.split(|&byte| byte == b'\n').map(|line| Signature::from_bytes(line).map_err(|_| NotANote)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::CosignerKey;

    fn cosigner(seed: u8) -> CosignerKey {
        CosignerKey::from_seed(&format!("w{seed}.example.org"), &[seed; 32]).unwrap()
    }

    #[test]
    fn a_note_comes_back_byte_for_byte() {
        let (one, two) = (cosigner(1), cosigner(2));
        let text = "origin\n— not a signature, text\n".as_bytes().to_vec();
        let note = Note::assembled(text.clone(), vec![one.cosign(&text, 5), two.cosign(&text, 6)]);
        let read = Note::parse(&note.to_bytes()).unwrap();
        assert_eq!(read, note);
        assert_eq!((read.signed_by(one.public()), read.signed_by(two.public())), (Some(5), Some(6)));
        assert_eq!(read.signed_by(cosigner(3).public()), None);
    }

    #[test]
    fn a_second_signature_of_one_key_replaces_the_first() {
        let key = cosigner(1);
        let mut note = Note::assembled(b"text\n".to_vec(), vec![key.cosign(b"text\n", 5)]);
        note.add(key.cosign(b"text\n", 7));
        assert_eq!(note.signatures().len(), 1);
        assert_eq!(note.signed_by(key.public()), Some(7));
        assert!(note.only_signed_by([cosigner(2).public()]).signatures().is_empty());
    }

    #[test]
    fn what_is_not_a_note_is_refused() {
        let good = Note::assembled(b"text\n".to_vec(), vec![cosigner(1).cosign(b"text\n", 5)]).to_bytes();
        assert!(Note::parse(&good).is_ok());
        for bad in [&b""[..], b"text\n", b"text\n\n", b"\n\n\n", &good[..good.len() - 1], &[&good[..], b"x"].concat()] {
            assert_eq!(Note::parse(bad), Err(NotANote), "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn a_note_at_the_limit_is_read_and_one_past_it_is_not() {
        let tail = Note::assembled(b"\n".to_vec(), vec![cosigner(1).cosign(b"x\n", 5)]).to_bytes();
        let of_size = |size: usize| [vec![b'a'; size - tail.len()], tail.clone()].concat();
        assert!(Note::parse(&of_size(NOTE_BYTES_MAX)).is_ok());
        assert_eq!(Note::parse(&of_size(NOTE_BYTES_MAX + 1)), Err(NotANote));
    }
}
