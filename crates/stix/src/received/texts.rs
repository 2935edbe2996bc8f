//! What an object says in words, for a full-text index.

use super::Received;
use super::references::{Path, walk};
use std::borrow::Cow;

/// Texts under these names are for machines.
const NOT_WORDS: [&str; 16] = [
    "type",
    "id",
    "spec_version",
    "created",
    "modified",
    "selectors",
    "lang",
    "payload_bin",
    "extension_type",
    "pattern_type",
    "pattern_version",
    "definition_type",
    "mime_type",
    "name_enc",
    "path_enc",
    "decryption_key",
];

impl Received {
    /// Names, descriptions, aliases, labels, values, patterns, hashes, external references and custom texts, each once
    /// where it stands. Identifiers, times, and encoded data are left out.
    pub fn texts(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let mut found = Vec::new();
        walk(self.root(), &mut Path::default(), &mut |name, _, value| {
            if NOT_WORDS.contains(&name) || name.ends_with("_ref") || name.ends_with("_refs") || name.ends_with("_hex")
            {
                return;
            }
            found.extend(value.text().filter(|text| !text.is_empty() && crate::Timestamp::parse(text).is_err()));
        });
        found.into_iter()
    }
}
