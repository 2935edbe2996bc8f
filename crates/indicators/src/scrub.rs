//! Personal data taken out of texts before they are shared.
//!
//! Taken out are e-mail addresses of people, telephone numbers, My Numbers (個人番号), numbers of payment cards, and
//! addresses and names inside somebody's network. Each is replaced by a word in brackets that says what stood there,
//! such as `[email]`. The report says what was replaced and where, and does not repeat it. What a reviewer decided to
//! keep ([`Keep`]) stays, such as the mailbox an attacker writes from.
//!
//! It errs on the side of taking out: a number that happens to have the check digit of a My Number goes, too. Names of
//! people in running text are not recognised; a person has to read what is shared.
//!
//! ```
//! use noroshi_indicators::scrub::{Keep, scrub};
//!
//! let text = "Call 03-1234-5678 or taro@victim.example; the mail came from x@bad.example, from 10.1.2.3.";
//! let scrubbed = scrub(text, &Keep::new(["x@bad.example"])?)?;
//! assert_eq!(scrubbed.text, "Call [phone] or [email]; the mail came from x@bad.example, from [private-address].");
//! assert_eq!(scrubbed.replaced.len(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod digits;
mod find;
mod folded;
mod inside;

use crate::limits::{KEEP_MAX, SCRUB_BYTES_MAX, SCRUB_ROUNDS_MAX};
use folded::Folded;
use hashbrown::HashSet;
use std::fmt;
use std::ops::Range;

/// What was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Personal {
    /// An e-mail address of a person. Those of offices (`abuse@`, `info@`, …) stay.
    Email,
    /// A telephone number, Japanese or international.
    Phone,
    /// A My Number (個人番号, twelve digits with a check digit).
    MyNumber,
    /// The number of a payment card (ISO/IEC 7812, with its check digit).
    Card,
    /// An address inside a network (RFC 1918, RFC 4193, RFC 6598, link-local).
    PrivateAddress,
    /// The name of a machine inside a network.
    InternalHost,
}

impl Personal {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Email, Self::Phone, Self::MyNumber, Self::Card, Self::PrivateAddress, Self::InternalHost];

    /// What stands in its place.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "[email]",
            Self::Phone => "[phone]",
            Self::MyNumber => "[my-number]",
            Self::Card => "[card]",
            Self::PrivateAddress => "[private-address]",
            Self::InternalHost => "[internal-host]",
        }
    }
}

impl fmt::Display for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a reviewer keeps: texts as they would be taken out, in whatever case.
#[derive(Debug, Clone, Default)]
pub struct Keep(HashSet<String, foldhash::fast::FixedState>);

/// More is kept than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {KEEP_MAX} texts to keep; leave some out")]
pub struct TooManyKept;

impl Keep {
    /// A list of what is kept.
    ///
    /// # Errors
    /// [`TooManyKept`].
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, TooManyKept> {
        let mut kept = HashSet::default();
        for text in texts {
            kept.insert(spelling(text));
            if kept.len() > KEEP_MAX {
                return Err(TooManyKept);
            }
        }
        Ok(Self(kept))
    }

    fn has(&self, text: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&spelling(text))
    }
}

fn spelling(text: &str) -> String {
    Folded::new(text.trim()).text.to_ascii_lowercase()
}

/// What was taken out and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// What it was.
    pub what: Personal,
    /// The bytes it took in the text as it was given.
    pub at: Range<usize>,
    /// The line it stands on, from 1.
    pub line: u64,
}

/// A text without personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrubbed {
    /// The text.
    pub text: String,
    /// What was taken out, in the order of the text.
    pub replaced: Vec<Replaced>,
}

/// Why a text was not scrubbed. It must not be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScrubError {
    /// Longer than the limit.
    #[error("the text has {0} bytes, more than {SCRUB_BYTES_MAX}; split it")]
    TooLong(usize),
    /// Made so that each thing taken out uncovers another.
    #[error("after {SCRUB_ROUNDS_MAX} rounds there is still something to take out; split the text")]
    Entangled,
}

/// Takes personal data out of a text. Doing it twice gives what doing it once gives.
///
/// # Errors
/// [`ScrubError`]; then nothing may be shared.
pub fn scrub(text: &str, keep: &Keep) -> Result<Scrubbed, ScrubError> {
    within(text, keep, SCRUB_ROUNDS_MAX)
}

fn within(text: &str, keep: &Keep, rounds_max: usize) -> Result<Scrubbed, ScrubError> {
    if text.len() > SCRUB_BYTES_MAX {
        return Err(ScrubError::TooLong(text.len()));
    }
    let folded = Folded::new(text);
    let mut pieces = vec![Piece::Text(0..folded.text.len())];
    // Where something was taken out, what stands beside it has a new neighbour, so that all is gone through until
    // nothing is found: that is what makes a second time change nothing.
    for _ in 0..rounds_max {
        let before = found(&pieces);
        pieces = pieces.into_iter().flat_map(|piece| divided(piece, &folded.text, keep)).collect();
        if found(&pieces) == before {
            return Ok(joined(text, &folded, &pieces));
        }
    }
    Err(ScrubError::Entangled)
}

fn found(pieces: &[Piece]) -> usize {
    pieces.iter().filter(|piece| matches!(piece, Piece::Personal(..))).count()
}

/// Pieces of a folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(Range<usize>),
    Personal(Personal, Range<usize>),
}

/// A piece with what was found in it cut out. What is at its edges is treated as beside a bracket.
fn divided(piece: Piece, folded: &str, keep: &Keep) -> Vec<Piece> {
    let Piece::Text(range) = piece else { return vec![piece] };
    let found = find::all(&folded[range.clone()], keep);
    let (mut pieces, mut at) = (Vec::new(), range.start);
    for (what, place) in found {
        let (begins, ends) = (range.start + place.start, range.start + place.end);
        if begins > at {
            pieces.push(Piece::Text(at..begins));
        }
        pieces.push(Piece::Personal(what, begins..ends));
        at = ends;
    }
    if range.end > at || pieces.is_empty() {
        pieces.push(Piece::Text(at..range.end));
    }
    pieces
}

fn joined(text: &str, folded: &Folded, pieces: &[Piece]) -> Scrubbed {
    let (mut scrubbed, mut replaced) = (String::with_capacity(text.len()), Vec::new());
    let (mut line, mut counted) = (1, 0);
    for piece in pieces {
        match piece {
            Piece::Text(range) => scrubbed.push_str(&text[folded.place(range)]),
            Piece::Personal(what, range) => {
                let at = folded.place(range);
                line += text[counted..at.start].matches('\n').count() as u64;
                counted = at.start;
                scrubbed.push_str(what.word());
                replaced.push(Replaced { what: *what, at, line });
            }
        }
    }
    Scrubbed { text: scrubbed, replaced }
}

#[cfg(test)]
mod tests;
