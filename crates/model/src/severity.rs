//! How bad, and how sure.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad a finding is if it is true. Ordered: `Info < Low < … < Critical`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, nobody need act.
    Info,
    /// Weak: look when there is time.
    Low,
    /// Look today.
    Medium,
    /// Look now.
    High,
    /// Wake someone.
    Critical,
}

impl Severity {
    /// From most to least severe.
    pub const DESCENDING: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The word used in every output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How sure we are, 0 to 100, on the scale of STIX 2.1 (appendix A).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confidence(u8);

impl Confidence {
    /// From a probability; clamped to 0..=1.
    pub fn from_probability(p: f64) -> Self {
        Self((p.clamp(0.0, 1.0) * 100.0).round() as u8)
    }

    /// 0 to 100.
    pub const fn percent(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_ordered_and_confidence_is_clamped() {
        assert!(Severity::DESCENDING.is_sorted_by(|a, b| a > b));
        assert_eq!(Confidence::from_probability(1.7).percent(), 100);
        assert_eq!(Confidence::from_probability(-0.1).percent(), 0);
    }
}
