//! A pattern laid over given observations: which of them each pair of brackets finds, and what must hold between.

use super::MatchFault;
use super::comparison::Asked;
use super::observation::Observation;
use super::tree::{Expression, Qualifier};
use crate::{Limits, Timestamp};

/// A set of observations, one bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set(pub(super) Vec<u64>);

impl Set {
    pub(super) fn all(count: usize) -> Self {
        Self::of(count, |_| true)
    }

    pub(super) fn of(count: usize, holds: impl Fn(usize) -> bool) -> Self {
        let mut words = vec![0; count.div_ceil(64)];
        (0..count).filter(|&at| holds(at)).for_each(|at| words[at / 64] |= 1 << (at % 64));
        Self(words)
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one & other).collect())
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one | other).collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, &word)| {
            let mut word = word;
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                word &= word - 1;
                Some(at * 64 + bit)
            })
        })
    }
}

/// A pattern over given observations.
#[derive(Debug)]
pub(super) enum Node {
    /// So many out of these.
    Wanted(Set, u64),
    And(Vec<Node>),
    Or(Vec<Node>),
    /// The first, and not before it the second.
    Then(Box<Node>, Box<Node>),
    /// All within so many nanoseconds.
    Within(Box<Node>, i128),
    /// So often, each time with other observations.
    Again(Box<Node>, u64),
}

pub(super) fn build(
    expression: &Expression,
    observations: &[Observation<'_>],
    counted: &Set,
    limits: &Limits,
) -> Result<Node, MatchFault> {
    let part = |part| build(part, observations, counted, limits);
    Ok(match expression {
        Expression::Observation(expression) => {
            let asked = Asked::new(expression, limits)?;
            let found = Set::of(observations.len(), |at| asked.finds(&observations[at]));
            Node::Wanted(found.and(counted), 1)
        }
        Expression::And(parts) => Node::And(parts.iter().map(part).collect::<Result<_, _>>()?),
        Expression::Or(parts) => either(parts.iter().map(part).collect::<Result<_, _>>()?),
        Expression::FollowedBy(parts) if parts.len() > CHAIN_MAX => {
            return Err(MatchFault::TooComplex { steps_max: limits.match_steps_max });
        }
        Expression::FollowedBy(parts) => {
            let mut parts = parts.iter().map(part);
            let first = parts.next().unwrap_or(Ok(Node::And(Vec::new())))?;
            parts.try_fold(first, |before, after| Ok::<_, MatchFault>(Node::Then(before.into(), after?.into())))?
        }
        Expression::Qualified(expression, qualifier) => match qualifier {
            Qualifier::StartStop { start, stop } => {
                let window = window(observations, start, stop);
                build(expression, observations, &window.and(counted), limits)?
            }
            Qualifier::Within { seconds } => Node::Within(part(expression)?.into(), nanos(*seconds)),
            Qualifier::Repeats { times } => again(part(expression)?, *times),
        },
    })
}

/// Parts of one `FOLLOWEDBY` at most: each lies within the next.
const CHAIN_MAX: usize = 100;

/// Observations that reach into the time from `start` to just before `stop`.
fn window(observations: &[Observation<'_>], start: &str, stop: &str) -> Set {
    match (Timestamp::parse(start), Timestamp::parse(stop)) {
        (Ok(start), Ok(stop)) => {
            Set::of(observations.len(), |at| observations[at].last >= start && observations[at].first < stop)
        }
        _ => Set::of(observations.len(), |_| false),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a window longer than i128 is as good as any length")]
fn nanos(seconds: f64) -> i128 {
    (seconds * 1e9) as i128
}

pub(super) fn instant(time: Timestamp) -> i128 {
    i128::from(time.as_micros()) * 1_000 + i128::from(time.subsec_nanos() % 1_000)
}

/// One of sets is one of their union.
fn either(parts: Vec<Node>) -> Node {
    let union = parts.iter().try_fold(None::<Set>, |union, part| match part {
        Node::Wanted(set, 1) => Some(Some(union.map_or_else(|| set.clone(), |union| union.or(set)))),
        _ => None,
    });
    match union {
        Some(Some(union)) => Node::Wanted(union, 1),
        _ => Node::Or(parts),
    }
}

/// What holds no choice is asked for so many times more; the rest is tried time by time.
fn again(node: Node, count: u64) -> Node {
    match node {
        Node::Wanted(set, wanted) => Node::Wanted(set, wanted.saturating_mul(count)),
        Node::And(parts) if parts.iter().all(plain) => {
            Node::And(parts.into_iter().map(|part| again(part, count)).collect())
        }
        node if count == 1 => node,
        node => Node::Again(node.into(), count),
    }
}

/// How many observations a node needs at least.
pub(super) fn least(node: &Node) -> u64 {
    match node {
        Node::Wanted(_, count) => *count,
        Node::And(parts) => parts.iter().map(least).fold(0, u64::saturating_add),
        Node::Or(parts) => parts.iter().map(least).min().unwrap_or(0),
        Node::Then(one, other) => least(one).saturating_add(least(other)),
        Node::Within(part, _) => least(part),
        Node::Again(part, count) => least(part).saturating_mul(*count),
    }
}

fn plain(node: &Node) -> bool {
    match node {
        Node::Wanted(..) => true,
        Node::And(parts) => parts.iter().all(plain),
        _ => false,
    }
}
