//! Sharing intelligence (情報共有; figures 7 and 8): collections, whom they are for, and what markings mean.
//!
//! ```text
//! Opened ──▶ Changed … ──▶ Closed
//! ```
//!
//! A [`collection`] names who reads and who gives. [`meaning`] reads a marking definition into a
//! [`noroshi_model::Handling`]; what an object's markings say together decides who sees it, once for all objects that
//! carry the same ones. [`words`] says by which words an object is found, [`seen`] which patterns speak of a value.

pub mod collection;
pub mod limits;
pub mod meaning;
pub mod seen;
pub mod words;

pub use collection::{Collection, CollectionTopic, Readers};
pub use meaning::Meaning;
