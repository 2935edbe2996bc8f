//! The body of `add-checkpoint`: old size, consistency proof, checkpoint.

use std::fmt::Write as _;

use crate::head::Hash;
use crate::limits::{NOTE_BYTES_MAX, PROOF_HASHES_MAX};
use crate::note::Note;
use crate::receipt::{decimal, parse_hashes};

/// Bytes of the largest body that makes sense.
const BODY_BYTES_MAX: usize = NOTE_BYTES_MAX + 64 * (PROOF_HASHES_MAX + 2);

/// The body of `add-checkpoint`.
#[derive(Debug, Clone, PartialEq)]
pub struct AddCheckpoint {
    /// Size of the tree the witness cosigned last.
    pub old: u64,
    /// Consistency proof from there.
    pub proof: Vec<Hash>,
    /// The checkpoint to cosign.
    pub checkpoint: Note,
}

/// The body is not that of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed request: {0}")]
pub struct BadRequest(pub(crate) &'static str);

impl AddCheckpoint {
    /// Reads a body.
    ///
    /// # Errors
    /// [`BadRequest`].
    pub fn parse(body: &[u8]) -> Result<Self, BadRequest> {
        if body.len() > BODY_BYTES_MAX {
            return Err(BadRequest("too long"));
        }
        let text = std::str::from_utf8(body).map_err(|_| BadRequest("not UTF-8 text"))?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(BadRequest("no empty line before the checkpoint"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal);
        let old = old.ok_or(BadRequest("no `old` line"))?;
        let proof = parse_hashes(lines).ok_or(BadRequest("a proof line is not a hash, or there are too many"))?;
        let checkpoint =
            Note::parse(checkpoint.as_bytes()).map_err(|_| BadRequest("the checkpoint is no signed note"))?;
        Ok(Self { old, proof, checkpoint })
    }

    /// The body as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.proof {
            let _ = writeln!(text, "{hash}");
        }
        text.push('\n');
        let mut bytes = text.into_bytes();
        bytes.extend(self.checkpoint.to_bytes());
        bytes
    }
}
