//! Everything a selection followed from, as bytes that have one spelling: sealed with the batch, and destroyed with it.

use crate::hour::{Hour, Rules};
use crate::limits::{FIGURES_MAX, HOURS_MAX, INPUT_BYTES_MAX, SELECTORS_MAX};
use crate::selector::Selected;
use noroshi_model::{BatchId, MandateId};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The first bytes of an input.
const MAGIC: &[u8] = b"noroshi/selection-input/v1\n";

/// The batch before, of the same mandate and source, and what was selected at its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Before {
    /// Which batch.
    pub batch: BatchId,
    /// The salt of the commitment to its selection.
    pub salt: [u8; 32],
    /// Its selection.
    pub selected: Selected,
}

/// What one batch's selection followed from, and what it was said to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Of which batch.
    pub batch: BatchId,
    /// Under which mandate.
    pub mandate: MandateId,
    /// In which version of it.
    pub version: u32,
    /// The rules it was made by.
    pub rules: Rules,
    /// Servers the mandate names, with a port or all of them.
    pub named: Vec<(IpAddr, Option<u16>)>,
    /// What was selected before, where the batch did not begin with nothing.
    pub before: Option<Before>,
    /// Each choice, in order, and the fingerprint of the selection it led to.
    pub hours: Vec<(Hour, String)>,
    /// The selection at the end, as it was used.
    pub selected: Selected,
    /// The salt of the commitment to it.
    pub salt: [u8; 32],
}

/// Why bytes are not an input.
#[derive(Debug, thiserror::Error)]
pub enum NotAnInput {
    /// They do not begin as one.
    #[error("this is not an input of a selection")]
    Magic,
    /// Longer than any input.
    #[error("an input of a selection has at most {INPUT_BYTES_MAX} bytes")]
    TooLong,
    /// More hours, servers or selectors than any input has.
    #[error("the input of the selection has more {0} than its limit")]
    TooMany(&'static str),
    /// Cut off, or no such value.
    #[error("the input of the selection does not read: {0}")]
    Malformed(#[from] postcard::Error),
    /// Other bytes say the same.
    #[error("the input of the selection is not in its one spelling")]
    Spelling,
}

impl Input {
    /// As bytes.
    ///
    /// # Errors
    /// [`NotAnInput`] for one that could not be read back.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NotAnInput> {
        self.within_limits()?;
        let bytes = postcard::to_extend(self, MAGIC.to_vec())?;
        if bytes.len() > INPUT_BYTES_MAX { Err(NotAnInput::TooLong) } else { Ok(bytes) }
    }

    /// From bytes.
    ///
    /// # Errors
    /// [`NotAnInput`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotAnInput> {
        if bytes.len() > INPUT_BYTES_MAX {
            return Err(NotAnInput::TooLong);
        }
        let rest = bytes.strip_prefix(MAGIC).ok_or(NotAnInput::Magic)?;
        let input: Self = postcard::from_bytes(rest)?;
        if input.to_bytes()? == bytes { Ok(input) } else { Err(NotAnInput::Spelling) }
    }

    fn within_limits(&self) -> Result<(), NotAnInput> {
        let within =
            |what, count: usize, most: usize| if count > most { Err(NotAnInput::TooMany(what)) } else { Ok(()) };
        within("hours", self.hours.len(), HOURS_MAX)?;
        within("named servers", self.named.len(), SELECTORS_MAX)?;
        within("selectors", self.selected.selectors.len(), SELECTORS_MAX)?;
        let before = self.before.as_ref().map_or(0, |before| before.selected.selectors.len());
        within("selectors", before, SELECTORS_MAX)?;
        self.hours.iter().try_for_each(|(hour, _)| within("servers", hour.figures.len(), FIGURES_MAX))
    }
}
