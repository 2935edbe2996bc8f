//! Scrub.
