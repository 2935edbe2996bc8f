//! What stands in square brackets: comparisons of one object's properties (sections 9.5, 9.6, 9.7).
//!
//! All comparisons of one pair of brackets are about one and the same object.

use super::MatchFault;
use super::observation::Observation;
use super::tree::{self, Comparison, Constant, Operator, Step};
use super::value::{Block, Item, like};
use crate::Limits;
use crate::json::Value;
use regex::{Regex, RegexBuilder};
use std::borrow::Cow;
use std::cmp::Ordering;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A comparison expression made ready: constants read, regular expressions compiled.
#[derive(Debug)]
pub(super) enum Asked<'p> {
    And(Vec<Asked<'p>>),
    Or(Vec<Asked<'p>>),
    One { kind: &'p str, path: &'p [Step], test: Test, negated: bool },
}

#[derive(Debug)]
pub(super) enum Test {
    /// Equal to one of these.
    Among(Vec<Item<'static>>),
    /// Equal to none of these.
    Not(Item<'static>),
    Order(fn(Ordering) -> bool, Item<'static>),
    Like(Vec<char>),
    Matches(Regex),
    /// Within a block, where it is one.
    Within(Option<Block>),
    /// Holding a block, where it is one.
    Holding(Option<Block>),
    Exists,
}

impl<'p> Asked<'p> {
    pub(super) fn new(expression: &'p Comparison, limits: &Limits) -> Result<Self, MatchFault> {
        let all = |parts: &'p [Comparison]| parts.iter().map(|part| Self::new(part, limits)).collect::<Result<_, _>>();
        Ok(match expression {
            Comparison::And(parts) => Self::And(all(parts)?),
            Comparison::Or(parts) => Self::Or(all(parts)?),
            Comparison::Test(one) => Self::One {
                kind: &one.path.kind,
                path: &one.path.steps,
                test: Test::new(one, limits)?,
                negated: one.negated,
            },
        })
    }

    /// Whether some object of the observation is what is asked for.
    pub(super) fn finds(&self, observation: &Observation<'_>) -> bool {
        observation.objects.iter().any(|object| self.holds(object.kind(), object.root(), observation))
    }

    fn holds(&self, of: &str, root: Value<'_>, observation: &Observation<'_>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(of, root, observation)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(of, root, observation)),
            Self::One { kind, path, test, negated } => {
                *kind == of
                    && selected(root, path, observation)
                        .into_iter()
                        .any(|(name, value)| test.holds(&Item::of(name, value)) != *negated)
            }
        }
    }
}

/// The values a path selects, each with the name of the property it stands under. A reference is followed to the
/// object it names within the same observation. Each place counts once, so that chains of references cannot multiply.
fn selected<'a, 'p>(root: Value<'a>, path: &'p [Step], observation: &Observation<'a>) -> Vec<(&'p str, Value<'a>)> {
    let (mut name, mut values) = ("", vec![root]);
    for step in path {
        let mut next = Vec::new();
        for value in values {
            match step {
                Step::Key(key) if name.ends_with("_ref") || name.ends_with("_refs") => {
                    let referred = value.text().and_then(|id| observation.referred(&id));
                    next.extend(referred.and_then(|object| object.get(key)));
                }
                Step::Key(key) => next.extend(value.get(key)),
                Step::Index(index) => {
                    next.extend(usize::try_from(*index).ok().and_then(|index| value.elements().nth(index)));
                }
                Step::AnyIndex => next.extend(value.elements()),
            }
        }
        if let Step::Key(key) = step {
            name = key;
        }
        // Objects may differ at equal places: the text tells them apart, and equal texts are equal values.
        next.sort_unstable_by_key(|value| (value.place(), value.raw()));
        next.dedup_by_key(|value| (value.place(), value.raw()));
        values = next;
    }
    values.into_iter().map(|value| (name, value)).collect()
}

impl Test {
    fn new(test: &tree::Test, limits: &Limits) -> Result<Self, MatchFault> {
        let constant = || test.constants.first().map_or(Item::Other, Item::constant);
        let text = || match test.constants.first() {
            Some(Constant::Text(text)) => text.nfc().collect::<String>(),
            _ => String::new(),
        };
        Ok(match test.operator {
            Operator::Equal | Operator::In => Self::Among(test.constants.iter().map(Item::constant).collect()),
            Operator::NotEqual => Self::Not(constant()),
            Operator::Greater => Self::Order(Ordering::is_gt, constant()),
            Operator::GreaterOrEqual => Self::Order(Ordering::is_ge, constant()),
            Operator::Less => Self::Order(Ordering::is_lt, constant()),
            Operator::LessOrEqual => Self::Order(Ordering::is_le, constant()),
            Operator::Like => Self::Like(text().chars().collect()),
            Operator::Matches => Self::Matches(regex(&text(), limits)?),
            Operator::IsSubset => Self::Within(Block::parse(&text())),
            Operator::IsSuperset => Self::Holding(Block::parse(&text())),
            Operator::Exists => Self::Exists,
        })
    }

    fn holds(&self, item: &Item<'_>) -> bool {
        match self {
            Self::Among(constants) => constants.iter().any(|constant| item.equals(constant)),
            Self::Not(constant) => !item.equals(constant),
            Self::Order(fits, constant) => item.order(constant).is_some_and(fits),
            Self::Like(wanted) => words(item).is_some_and(|text| like(&text, wanted)),
            Self::Matches(regex) => words(item).is_some_and(|text| regex.is_match(&text)),
            Self::Within(block) => block.zip(item_block(item)).is_some_and(|(block, own)| block.holds(own)),
            Self::Holding(block) => block.zip(item_block(item)).is_some_and(|(block, own)| own.holds(block)),
            Self::Exists => true,
        }
    }
}

fn item_block(item: &Item<'_>) -> Option<Block> {
    match item {
        Item::Text(text) => Block::parse(text),
        _ => None,
    }
}

/// A text in normalisation form C, as `LIKE` and `MATCHES` want it; bytes as characters below U+0100.
fn words<'a>(item: &'a Item<'_>) -> Option<Cow<'a, str>> {
    match item {
        Item::Text(text) if is_nfc_quick(text.chars()) == IsNormalized::Yes => Some(Cow::Borrowed(text)),
        Item::Text(text) => Some(Cow::Owned(text.nfc().collect())),
        Item::Bytes(bytes) => Some(Cow::Owned(bytes.iter().copied().map(char::from).collect())),
        _ => None,
    }
}

/// The standard asks for PCRE. What needs more than linear time (back references, look-around) is not taken.
fn regex(text: &str, limits: &Limits) -> Result<Regex, MatchFault> {
    RegexBuilder::new(text)
        .size_limit(limits.regex_bytes_max)
        .dfa_size_limit(limits.regex_bytes_max)
        .build()
        .map_err(|fault| MatchFault::Regex { what: crate::fault::excerpt(&fault.to_string().replace('\n', " ")) })
}
