//! Receipts: `.tlog-proof` files (C2SP tlog-proof). Who has one can show, offline and for ever, that an entry was in the
//! log and that the quorum saw it.

use std::fmt::Write as _;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use tlog_tiles::Hash;

use crate::limits::{PROOF_HASHES_MAX, RECEIPT_BYTES_MAX};
use crate::note::Note;
use crate::policy::{Believed, NotBelieved, Policy};
use crate::proof::{check_inclusion, leaf_hash};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// An entry's place in a log, and the proof of it. The entry itself is not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// Index of the entry, from 0.
    pub index: u64,
    /// Inclusion proof in the tree of the checkpoint.
    pub proof: Vec<Hash>,
    /// The checkpoint with its cosignatures.
    pub checkpoint: Note,
    /// Opaque bytes that came along. **Not authenticated**: nobody signed them.
    pub extra: Option<Vec<u8>>,
}

/// The text is not a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a receipt: {0}")]
pub struct NotAReceipt(&'static str);

/// Why a receipt proves nothing about an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotVerified {
    /// Its checkpoint is not believed.
    #[error(transparent)]
    NotBelieved(#[from] NotBelieved),
    /// The entry is not what stands at that index.
    #[error("entry {index} of the checkpointed tree is not this one")]
    NotIncluded {
        /// The index in the receipt.
        index: u64,
    },
}

impl Receipt {
    /// Verifies offline that the log of `policy` holds `entry`, under a checkpoint the policy believes. What comes back
    /// has the times of the cosignatures, for who asks how fresh it is.
    ///
    /// # Errors
    /// [`NotVerified`].
    pub fn verify(&self, entry: &[u8], policy: &Policy) -> Result<Believed, NotVerified> {
        let believed = policy.check(&self.checkpoint)?;
        check_inclusion(&believed.head, self.index, leaf_hash(entry), &self.proof)
            .map_err(|_| NotVerified::NotIncluded { index: self.index })?;
        Ok(believed)
    }

    /// The receipt as the text of a `.tlog-proof` file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n");
        if let Some(extra) = &self.extra {
            let _ = writeln!(text, "extra {}", BASE64_STANDARD.encode(extra));
        }
        let _ = writeln!(text, "index {}", self.index);
        for hash in &self.proof {
            let _ = writeln!(text, "{hash}");
        }
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(&self.checkpoint.to_bytes()));
        text
    }

    /// Reads a `.tlog-proof` file. Nothing is verified by reading.
    ///
    /// # Errors
    /// [`NotAReceipt`].
    pub fn parse(text: &[u8]) -> Result<Self, NotAReceipt> {
        if text.len() > RECEIPT_BYTES_MAX {
            return Err(NotAReceipt("too long"));
        }
        let text = std::str::from_utf8(text).map_err(|_| NotAReceipt("not UTF-8 text"))?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(NotAReceipt("no empty line before the checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(NotAReceipt("it does not begin with `c2sp.org/tlog-proof@v1`"));
        }
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            None => None,
            Some(line) => {
                let extra = BASE64_STANDARD.decode(&line["extra ".len()..]);
                Some(extra.map_err(|_| NotAReceipt("the extra data is not base64"))?)
            }
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal);
        let index = index.ok_or(NotAReceipt("no `index` line"))?;
        let proof = parse_hashes(lines).ok_or(NotAReceipt("a proof line is not a hash, or there are too many"))?;
        let checkpoint =
            Note::parse(checkpoint.as_bytes()).map_err(|_| NotAReceipt("the checkpoint is no signed note"))?;
        Ok(Self { index, proof, checkpoint, extra })
    }
}

/// A decimal number in its only form: no sign, no leading zero.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

/// Hashes, one a line, at most [`PROOF_HASHES_MAX`] of them.
pub(crate) fn parse_hashes<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Vec<Hash>> {
    let hashes: Option<Vec<Hash>> = lines.take(PROOF_HASHES_MAX + 1).map(|line| Hash::parse_hash(line).ok()).collect();
    hashes.filter(|hashes| hashes.len() <= PROOF_HASHES_MAX)
}

#[cfg(test)]
mod tests;
