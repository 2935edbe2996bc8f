//! Warning lists: what must never be blocked, and what hardly ever should be.
//!
//! [`WarningList::read`] reads one list in the format of MISP's warning lists; [`Lists`] holds many and says which of
//! them name a value, each with its age, as a list that nobody has refreshed warns of yesterday. The lists in
//! `rules/warninglists` come with the program ([`WarningList::own`]).
//!
//! ```
//! use noroshi_indicators::Value;
//! use noroshi_indicators::warning::{Action, Lists, WarningList};
//! use noroshi_stix::Timestamp;
//!
//! let lists = Lists::new(WarningList::own()?)?;
//! let now = Timestamp::parse("2026-12-05T00:00:00Z")?;
//! let hits = lists.check(&Value::parse("www.soumu.go.jp")?, now);
//! assert_eq!((hits[0].entry, hits[0].action, hits[0].age_days), ("go.jp", Action::Refuse, Some(10)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod blocks;
mod check;
mod index;
mod own;
mod read;
mod sift;

pub use check::{Age, Hit, Lists, TooMany};
pub use read::{Action, ListError, Terms, WarningList};
pub use sift::Sifted;

#[cfg(test)]
mod tests;
