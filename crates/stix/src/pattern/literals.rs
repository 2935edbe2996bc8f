//! Which values a pattern names, so that a store can find indicators by value.

use super::Parsed;
use super::tree::{Comparison, Constant, Expression, Operator, Step, Test};

/// One value a pattern compares a property with for equality.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Named {
    /// The object path in one spelling, for example `file:hashes.'SHA-256'`.
    pub path: String,
    /// The value as text: strings as they are, numbers as written, hexadecimal and base64 as their digits.
    pub value: String,
}

impl Parsed {
    /// Every value named with `=` or `IN` that is not negated, in the order of the text.
    ///
    /// It is an index, not a match: a pattern that names a value may ask for more, and one that names nothing (only
    /// `LIKE`, `MATCHES`, `ISSUBSET`, …) can still match.
    pub fn literals(&self) -> Vec<Named> {
        let mut named = Vec::new();
        observation(&self.expression, &mut |test| {
            if matches!(test.operator, Operator::Equal | Operator::In) && !test.negated {
                let path = test.path.to_string();
                named.extend(test.constants.iter().map(|value| Named { path: path.clone(), value: text(value) }));
            }
        });
        named
    }

    /// Texts of which an observation has at least one where it matches; nothing where it may match without any, or where
    /// all it names are types, protocols and numbers, which every other observation has.
    pub fn needs(&self) -> Option<Vec<String>> {
        let mut needs = expression_needs(&self.expression)?;
        needs.sort_unstable();
        needs.dedup();
        Some(needs)
    }

    /// The object types a pattern asks about, each once, sorted.
    pub fn kinds(&self) -> Vec<String> {
        let mut kinds = Vec::new();
        observation(&self.expression, &mut |test| kinds.push(test.path.kind.clone()));
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

/// Visits every comparison. Nesting is limited by the parser.
fn observation(expression: &Expression, visit: &mut impl FnMut(&Test)) {
    match expression {
        Expression::Observation(inner) => comparison(inner, visit),
        Expression::And(parts) | Expression::Or(parts) | Expression::FollowedBy(parts) => {
            parts.iter().for_each(|part| observation(part, visit));
        }
        Expression::Qualified(inner, _) => observation(inner, visit),
    }
}

fn comparison(expression: &Comparison, visit: &mut impl FnMut(&Test)) {
    match expression {
        Comparison::Test(test) => visit(test),
        Comparison::And(parts) | Comparison::Or(parts) => parts.iter().for_each(|part| comparison(part, visit)),
    }
}

fn expression_needs(expression: &Expression) -> Option<Vec<String>> {
    match expression {
        Expression::Observation(inner) => comparison_needs(inner),
        Expression::And(parts) | Expression::FollowedBy(parts) => tellingest(parts.iter().map(expression_needs)),
        Expression::Or(parts) => any_of(parts.iter().map(expression_needs)),
        Expression::Qualified(inner, _) => expression_needs(inner),
    }
}

fn comparison_needs(expression: &Comparison) -> Option<Vec<String>> {
    match expression {
        Comparison::And(parts) => tellingest(parts.iter().map(comparison_needs)),
        Comparison::Or(parts) => any_of(parts.iter().map(comparison_needs)),
        Comparison::Test(test) => test_needs(test),
    }
}

fn test_needs(test: &Test) -> Option<Vec<String>> {
    let named = matches!(test.operator, Operator::Equal | Operator::In) && !test.negated;
    let common =
        test.path.steps.iter().any(
            |step| matches!(step, Step::Key(key) if matches!(key.as_str(), "type" | "spec_version" | "protocols")),
        );
    let texts = test.constants.iter().map(|value| match value {
        Constant::Text(text) => Some(text.clone()),
        _ => None,
    });
    if named && !common { texts.collect() } else { None }
}

/// Of parts that all must hold, the needs of one: the one whose shortest text is longest, which fewest have.
fn tellingest(parts: impl Iterator<Item = Option<Vec<String>>>) -> Option<Vec<String>> {
    parts.flatten().max_by_key(|needs| needs.iter().map(String::len).min())
}

fn any_of(parts: impl Iterator<Item = Option<Vec<String>>>) -> Option<Vec<String>> {
    parts.collect::<Option<Vec<_>>>().map(|needs| needs.concat())
}

fn text(constant: &Constant) -> String {
    match constant {
        Constant::Text(text) | Constant::Time(text) | Constant::Base64(text) | Constant::Hex(text) => text.clone(),
        Constant::Integer(number) => number.to_string(),
        Constant::Float(number) => number.to_string(),
        Constant::Flag(flag) => flag.to_string(),
    }
}
