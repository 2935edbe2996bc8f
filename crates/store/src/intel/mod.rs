//! Shared intelligence as it came: versions, the collections they are in, and the labels that say who may see them.
//!
//! An object's *label* stands for one producer and one set of markings. Who may see what is decided once for each
//! label, outside, and every question here takes the labels that are open to whoever asks: a row of another label is
//! not there. *Added* is given in the order of commits and never twice, so that a reader who polls misses nothing.
//!
//! In the order of a life: [`give`], [`page`], [`withdraw`]; [`label`] between them, and [`status`] for what became of a request.
//! Across collections: [`index`] is by what an object is found, [`open`] what a reader sees of all they read, [`find`] and
//! [`graph`] what is asked.

pub mod find;
pub mod give;
pub mod graph;
pub mod index;
pub mod label;
pub mod open;
pub mod page;
pub mod status;
pub mod withdraw;

pub use find::{Found, Hit, Search};
pub use give::{Given, Giving, NewObject, NotTaken, Taken};
pub use graph::{Graph, Line};
pub use index::Index;
pub use label::{Label, Labels};
pub use open::Open;
pub use page::{Cut, Page, Question, Row, Versions};
pub use withdraw::Withdrawal;

use std::fmt::Write as _;

/// Values of one `IN` list of texts.
const IN_MAX: usize = 128;

/// `$first, $first+1, …`
fn places(first: usize, count: usize) -> String {
    let mut text = String::new();
    for place in first..first + count {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}${place}", if place == first { "" } else { ", " });
    }
    text
}

/// Numbers of ours in a list: they need no quotes and no places. Nothing where there are none.
fn numbers(labels: &std::collections::BTreeSet<i64>) -> String {
    let words: Vec<String> = labels.iter().map(ToString::to_string).collect();
    if words.is_empty() { "-1".to_owned() } else { words.join(", ") }
}
