//! The head of a tree: what a checkpoint says (C2SP tlog-checkpoint).

use tlog_tiles::Checkpoint;
pub use tlog_tiles::Hash;

use crate::limits::TREE_SIZE_MAX;
use crate::note::Note;

/// Whose tree, how many entries, which root.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// The log's origin: its identity, a schema-less URL.
    pub origin: String,
    /// Entries in the tree.
    pub size: u64,
    /// The Merkle tree hash (RFC 6962, section 2.1).
    pub root: Hash,
}

/// The text is not that of a checkpoint, or its tree is larger than [`TREE_SIZE_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a checkpoint: origin, tree size and root hash are expected, one a line")]
pub struct NotACheckpoint;

impl Head {
    /// Reads the text of a checkpoint. Extension lines are allowed and mean nothing here: an ML-DSA cosignature does
    /// not even cover them.
    ///
    /// # Errors
    /// [`NotACheckpoint`].
    pub fn parse(text: &[u8]) -> Result<Self, NotACheckpoint> {
        let read = Checkpoint::from_bytes(text).map_err(|_| NotACheckpoint)?;
        if read.size() > TREE_SIZE_MAX {
            return Err(NotACheckpoint);
        }
        Ok(Self { origin: read.origin().to_owned(), size: read.size(), root: *read.hash() })
    }

    /// Reads the head in a signed note, without verifying any signature.
    ///
    /// # Errors
    /// [`NotACheckpoint`].
    pub fn of(note: &Note) -> Result<Self, NotACheckpoint> {
        Self::parse(note.text())
    }

    /// The text of the checkpoint.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(size: &str) -> Vec<u8> {
        format!("log.example.org\n{size}\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n").into_bytes()
    }

    #[test]
    fn a_head_comes_back() {
        let head = Head::parse(&text("0")).unwrap();
        assert_eq!((head.origin.as_str(), head.size, head.root), ("log.example.org", 0, tlog_tiles::EMPTY_HASH));
        assert_eq!(head.text(), text("0"));
        assert!(Head::parse(&[text("3"), b"extension\n".to_vec()].concat()).is_ok());
    }

    #[test]
    fn sizes_have_one_form_and_a_limit() {
        assert!(Head::parse(&text(&TREE_SIZE_MAX.to_string())).is_ok());
        for bad in ["01", "+1", "-1", "", "1 ", &(TREE_SIZE_MAX + 1).to_string(), &u64::MAX.to_string()] {
            assert_eq!(Head::parse(&text(bad)), Err(NotACheckpoint), "`{bad}`");
        }
        assert_eq!(Head::parse(b"log\n1\nAAAA\n"), Err(NotACheckpoint));
    }
}
