//! Pieces of forms.

/// One choice of several.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) word: String,
    pub(crate) label: String,
    pub(crate) on: bool,
}

impl Choice {
    pub(crate) fn new(word: impl Into<String>, label: impl Into<String>, on: bool) -> Self {
        Self { word: word.into(), label: label.into(), on }
    }
}
