//! Warning lists.
