//! How long what people write about a collection may be.

/// Characters of a title.
pub const TITLE_CHARS_MAX: usize = 200;
/// Characters of a description.
pub const DESCRIPTION_CHARS_MAX: usize = 4_000;
/// Organisations that read a collection, or give to it.
pub const ORGANISATIONS_MAX: usize = 512;
/// Collections of one hub.
pub const COLLECTIONS_MAX: usize = 1_000;
