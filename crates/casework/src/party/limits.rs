//! How long what people type about organisations and people may be.

/// Characters of a person's or an organisation's name.
pub const NAME_CHARS_MAX: usize = 200;
/// Characters of the name of the body that certified a clearance.
pub const SOURCE_CHARS_MAX: usize = 200;
/// Characters of a sector code, and of the version of its table.
pub const SECTOR_CHARS_MAX: usize = 64;
