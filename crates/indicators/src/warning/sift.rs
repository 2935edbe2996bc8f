//! Indicators before they are blocked: what may be, what a person looks at first, what must not be.

use super::{Action, Hit, Lists};
use crate::Indicator;
use noroshi_stix::Timestamp;

/// Indicators by what the warning lists say of them, each group in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sifted<'a> {
    /// No list names them.
    pub clear: Vec<Indicator>,
    /// Lists name them, and a person decides.
    pub flagged: Vec<(Indicator, Vec<Hit<'a>>)>,
    /// Lists name them, and they are not blocked.
    pub refused: Vec<(Indicator, Vec<Hit<'a>>)>,
}

impl Lists {
    /// Sifts indicators, none of which is lost.
    pub fn sift(&self, indicators: Vec<Indicator>, now: Timestamp) -> Sifted<'_> {
        let mut sifted = Sifted::default();
        for indicator in indicators {
            let hits = self.check(&indicator.value, now);
            match hits.first().map(|hit| hit.action) {
                None => sifted.clear.push(indicator),
                Some(Action::Flag) => sifted.flagged.push((indicator, hits)),
                Some(Action::Refuse) => sifted.refused.push((indicator, hits)),
            }
        }
        sifted
    }
}
