//! Lists and rules of others into STIX indicators, and indicators into what a firewall, a resolver or a sensor takes.
//!
//! In the order a list goes through: [`decode`] makes text of bytes; [`import`] reads lists, reports and rules into
//! [`object`]s, line by line, with a [`fault`] for each line that could not be taken; [`value`] says what an indicator
//! can be; [`warning`] tells what must never or hardly ever be blocked; [`export`] writes what holds at an instant in
//! the forms that machines take; [`scrub`] takes personal data out of texts before they are shared.
//!
//! No I/O, no clock, no randomness: times are arguments, and the same input gives the same bytes. [`limits`] has every
//! limit.
//!
//! ```
//! use noroshi_indicators::import::{self, Source};
//! use noroshi_indicators::{export, export::Wanted};
//! use noroshi_stix::{Limits, Received, Timestamp};
//!
//! let at = Timestamp::parse("2026-11-25T00:00:00.000Z")?;
//! let taken = import::import(b"hxxp://bad[.]example/a\n203.0.113[.]7\nnonsense\n", "list.txt", None, &Source::new("x", at))?;
//! assert_eq!((taken.objects.len(), taken.faults.count), (2, 1));
//!
//! let received: Result<Vec<_>, _> =
//!     taken.objects.iter().map(|made| Received::read(&made.object.to_json(), &Limits::default())).collect();
//! let chosen = export::choose(&received?, &Wanted::at(at));
//! let lists = export::block_lists(&chosen.indicators, at);
//! assert!(lists.files.iter().any(|file| file.name == "ipv4.txt"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod decode;
pub mod export;
pub mod fault;
pub mod import;
pub mod limits;
pub mod object;
pub mod scrub;
mod text;
pub mod value;
pub mod warning;

pub use export::Indicator;
pub use fault::{Fault, Faults};
pub use value::{Kind, Value};
