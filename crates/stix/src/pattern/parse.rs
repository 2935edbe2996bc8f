//! Reading a pattern.
//!
//! The grammar is read by the crate `stix-pattern`, which limits nesting and does not recurse; here stand the length
//! limit and what the grammar alone does not say of its constants (section 9.2).

use crate::fault::excerpt;
use crate::{Limits, Timestamp};
use std::fmt;
use stix_pattern::ast::{ComparisonExpression, ComparisonOperand, Literal, ObservationExpression, Qualifier};

/// A pattern as a tree, with the text it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    pub(super) expression: ObservationExpression,
    text: String,
}

/// Why a text is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a STIX pattern at byte {at}, `{near}`: {what}")]
pub struct PatternFault {
    /// The byte at which the trouble begins.
    pub at: usize,
    /// What stands there.
    pub near: String,
    /// What is wrong.
    pub what: String,
}

impl Parsed {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// In one spelling for all spellings of the same tree.
impl fmt::Display for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = stix_pattern::ast::Pattern { expression: self.expression.clone() };
        f.write_str(&stix_pattern::ir::render(&stix_pattern::ir::lower(&pattern)))
    }
}

/// Reads a pattern of the full grammar.
///
/// # Errors
/// [`PatternFault`] with the place.
pub fn parse(text: &str, limits: &Limits) -> Result<Parsed, PatternFault> {
    let fault = |at: usize, what: String| {
        let at = (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let near = text[at..].chars().take(20).collect::<String>();
        PatternFault { at, near: excerpt(&near), what }
    };
    if text.len() > limits.pattern_bytes_max {
        return Err(fault(0, format!("it is longer than {} bytes", limits.pattern_bytes_max)));
    }
    let pattern = stix_pattern::parse(text).map_err(|error| fault(error.span.start, error.message))?;
    constants(&pattern.expression).map_err(|(at, what)| fault(at, what))?;
    Ok(Parsed { expression: pattern.expression, text: text.to_owned() })
}

type Outcome = Result<(), (usize, String)>;

/// Times are times, windows are not empty. Nesting is limited by the parser, so recursion is.
fn constants(expression: &ObservationExpression) -> Outcome {
    match expression {
        ObservationExpression::Observation { expression, .. } => comparisons(expression),
        ObservationExpression::And(parts)
        | ObservationExpression::Or(parts)
        | ObservationExpression::FollowedBy(parts) => parts.iter().try_for_each(constants),
        ObservationExpression::Qualified { expression, qualifier, span } => {
            constants(expression)?;
            qualified(qualifier).map_err(|what| (span.start, what))
        }
    }
}

fn qualified(qualifier: &Qualifier) -> Result<(), String> {
    match qualifier {
        Qualifier::Within { seconds } if *seconds > 0.0 => Ok(()),
        Qualifier::Within { .. } => Err("`WITHIN` needs more than 0 seconds".to_owned()),
        Qualifier::Repeats { count: 0 } => Err("`REPEATS` needs one time at least".to_owned()),
        Qualifier::Repeats { .. } => Ok(()),
        Qualifier::StartStop { start, stop } => {
            let time = |text: &str| Timestamp::parse(text).map_err(|fault| fault.to_string());
            if time(start)? < time(stop)? { Ok(()) } else { Err("`STOP` must be after `START`".to_owned()) }
        }
    }
}

fn comparisons(expression: &ComparisonExpression) -> Outcome {
    match expression {
        ComparisonExpression::And(parts) | ComparisonExpression::Or(parts) => parts.iter().try_for_each(comparisons),
        ComparisonExpression::Test(test) => {
            let literals = match &test.value {
                ComparisonOperand::Literal(literal) => std::slice::from_ref(literal),
                ComparisonOperand::Set(literals) => literals,
            };
            for literal in literals {
                if let Literal::Timestamp(text) = literal {
                    Timestamp::parse(text).map_err(|fault| (test.span.start, fault.to_string()))?;
                }
            }
            Ok(())
        }
    }
}
