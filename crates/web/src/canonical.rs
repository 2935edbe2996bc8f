//! Canonical JSON (RFC 8785): what is signed has one spelling.

use serde_json::Value;

/// The canonical bytes of a value.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    // A value in memory always has a spelling; an empty one would match no signature.
    serde_json_canonicalizer::to_vec(value).unwrap_or_default()
}
