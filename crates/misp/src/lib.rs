//! MISP's formats, so that a stock MISP can take from us and we from it.
//!
//! [`strict`] reads JSON within limits and refuses what two readers could understand differently; [`feed`] is the
//! folder of files a MISP pulls: which events there are, which changed, and hashes of every value for quick lookup.

pub mod feed;
pub mod limits;
pub mod strict;
