//! One style sheet, two small scripts and an icon, compiled in under names that carry their hash.

/// A file sent to browsers.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Name with the hash of the content.
    pub(crate) name: &'static str,
    /// Media type.
    pub(crate) kind: &'static str,
    /// The content.
    pub(crate) bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

impl Asset {
    /// The path pages name.
    pub(crate) fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }

    /// The asset of that name.
    pub(crate) fn by_name(name: &str) -> Option<&'static Self> {
        ALL.into_iter().find(|asset| asset.name == name)
    }
}
