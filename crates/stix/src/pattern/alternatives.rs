//! What a pattern asks when it asks for plain values, for those who block or look up values and cannot match patterns.

use super::tree::{Comparison, Constant, Expression, Operator, Test};
use super::{Named, Parsed};

/// One value a plain pattern asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Asked {
    /// The property and the value it must have.
    pub named: Named,
    /// Whether any part of a block of addresses will do (`ISSUBSET`).
    pub within: bool,
}

impl Parsed {
    /// The pattern as alternatives, any one of which is enough; each lists what must hold of one observation at once.
    ///
    /// Nothing where it asks for anything else: a qualifier, two observations, a negation, an order, a regular
    /// expression, an alternative inside a conjunction, a value that is no text, number or hexadecimal.
    pub fn alternatives(&self) -> Option<Vec<Vec<Asked>>> {
        let mut found = Vec::new();
        observations(&self.expression, &mut found)?;
        Some(found)
    }
}

/// Nesting is limited by the parser.
fn observations(expression: &Expression, found: &mut Vec<Vec<Asked>>) -> Option<()> {
    match expression {
        Expression::Observation(inner) => comparisons(inner, found),
        Expression::Or(parts) => parts.iter().try_for_each(|part| observations(part, found)),
        Expression::And(_) | Expression::FollowedBy(_) | Expression::Qualified(..) => None,
    }
}

fn comparisons(comparison: &Comparison, found: &mut Vec<Vec<Asked>>) -> Option<()> {
    match comparison {
        Comparison::Or(parts) => parts.iter().try_for_each(|part| comparisons(part, found)),
        Comparison::Test(test) => {
            found.extend(asked(test)?.into_iter().map(|one| vec![one]));
            Some(())
        }
        Comparison::And(parts) => {
            let all = parts.iter().map(single).collect::<Option<_>>()?;
            found.push(all);
            Some(())
        }
    }
}

/// One value of one property.
fn single(comparison: &Comparison) -> Option<Asked> {
    let Comparison::Test(test) = comparison else { return None };
    let mut all = asked(test)?;
    if all.len() == 1 { all.pop() } else { None }
}

/// The values of one comparison, any of which is enough.
fn asked(test: &Test) -> Option<Vec<Asked>> {
    let within = test.operator == Operator::IsSubset;
    if test.negated || !(within || matches!(test.operator, Operator::Equal | Operator::In)) {
        return None;
    }
    let path = test.path.to_string();
    let one = |constant: &Constant| {
        let value = match constant {
            Constant::Text(text) | Constant::Hex(text) => text.clone(),
            Constant::Integer(number) => number.to_string(),
            Constant::Float(_) | Constant::Flag(_) | Constant::Time(_) | Constant::Base64(_) => return None,
        };
        Some(Asked { named: Named { path: path.clone(), value }, within })
    };
    test.constants.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use crate::Limits;
    use crate::pattern::parse;

    /// `path=value` or `path<value`, parts of one alternative joined by `+`.
    fn read(text: &str) -> Option<Vec<String>> {
        let alternatives = parse(text, &Limits::default()).unwrap().alternatives()?;
        let one = |asked: &super::Asked| {
            format!("{}{}{}", asked.named.path, if asked.within { '<' } else { '=' }, asked.named.value)
        };
        Some(alternatives.iter().map(|all| all.iter().map(one).collect::<Vec<_>>().join("+")).collect())
    }

    #[test]
    fn plain_values_are_told() {
        for (text, told) in [
            ("[a-b:c = 'x']", &["a-b:c=x"][..]),
            ("[a-b:c = 'x' OR (a-b:c = 'y' OR d-e:f IN ('z', 2))]", &["a-b:c=x", "a-b:c=y", "d-e:f=z", "d-e:f=2"]),
            ("[a-b:c = 'x'] OR ([a-b:c ISSUBSET '192.0.2.0/24'])", &["a-b:c=x", "a-b:c<192.0.2.0/24"]),
            ("[a-b:c = 'x' AND a-b:d = 443]", &["a-b:c=x+a-b:d=443"]),
            ("[a-b:c = 'x' OR a-b:c = 'y' AND a-b:d = h'00']", &["a-b:c=x", "a-b:c=y+a-b:d=00"]),
        ] {
            assert_eq!(read(text).unwrap(), told, "{text}");
        }
    }

    /// Whoever blocks the values alone would block what the pattern does not mean.
    #[test]
    fn a_pattern_that_asks_for_more_is_no_list_of_values() {
        for text in [
            "[a-b:c != 'x']",
            "[a-b:c NOT = 'x']",
            "[a-b:c LIKE 'x%']",
            "[a-b:c MATCHES 'x']",
            "[EXISTS a-b:c]",
            "[a-b:c > 3]",
            "[a-b:c = true]",
            "[a-b:c = 'x'] AND [a-b:c = 'y']",
            "[a-b:c = 'x'] FOLLOWEDBY [a-b:c = 'y']",
            "[a-b:c = 'x'] WITHIN 5 SECONDS",
            "[a-b:c = 'x'] OR [a-b:c = 'y'] REPEATS 5 TIMES",
            "[(a-b:c = 'x' OR a-b:c = 'y') AND a-b:d = 443]",
            "[a-b:c IN ('x', 'y') AND a-b:d = 443]",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
