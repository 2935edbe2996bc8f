//! Why a line, a record or a rule was not taken. The rest is.

use crate::limits::FAULTS_KEPT_MAX;
use std::fmt;

/// What was wrong with one piece of an input, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line it begins at, from 1.
    pub line: u64,
    /// What was wrong and what to do, in lower case; pieces of the input in backticks, shortened and escaped.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// The faults of one input: all counted, the first described.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// How many there were.
    pub count: u64,
    /// The first [`FAULTS_KEPT_MAX`].
    pub kept: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, line: u64, what: impl Into<String>) {
        self.count += 1;
        if self.kept.len() < FAULTS_KEPT_MAX {
            self.kept.push(Fault { line, what: what.into() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_at_the_limit_and_one_past_it() {
        let mut faults = Faults::default();
        (0..FAULTS_KEPT_MAX).for_each(|_| faults.add(1, "x"));
        assert_eq!((faults.count, faults.kept.len()), (FAULTS_KEPT_MAX as u64, FAULTS_KEPT_MAX));
        faults.add(2, "y");
        assert_eq!((faults.count, faults.kept.len()), (FAULTS_KEPT_MAX as u64 + 1, FAULTS_KEPT_MAX));
        assert_eq!(faults.kept[0].to_string(), "line 1: x");
    }
}
