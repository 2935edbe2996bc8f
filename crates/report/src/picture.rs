//! Pictures as SVG, drawn on the server so that they are there without JavaScript, on paper and for ever.
//!
//! One file a picture; each takes plain data and gives a string of SVG, or nothing when there is nothing to draw.
//! Colours come from the page's style sheet through classes, so that light, dark and print need no second drawing.

pub(crate) mod balance;
pub(crate) mod beats;
pub(crate) mod clients;
pub(crate) mod path;
pub(crate) mod periodogram;
mod svg;
mod time_axis;
pub(crate) mod world;
