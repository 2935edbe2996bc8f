//! Whether observations match a pattern (sections 9.3 and 9.4).
//!
//! A match binds an observation to every pair of brackets that must hold, none more often than it was seen, such that
//! times can be chosen within each observation that satisfy `WITHIN`, `START … STOP` and `FOLLOWEDBY`. Three facts
//! make the search small:
//!
//! - `START … STOP` only says which observations count.
//! - So do `WITHIN` and `FOLLOWEDBY`, once a moment is fixed: the beginning of the window, or the moment between before
//!   and after. The moments worth trying are the ends (or beginnings) of observations.
//! - What is left then is how many observations are wanted out of which sets: a flow problem ([`super::assign`]).

use super::assign::{Demand, assign};
use super::node::{Node, Set, build, instant, least};
use super::observation::Observation;
use super::{Parsed, PatternFault};
use crate::Limits;

/// Why it could not be told whether a pattern matches.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatchFault {
    /// The text is not a pattern.
    #[error(transparent)]
    Pattern(#[from] PatternFault),
    /// A regular expression that is none, or needs what is not taken (look-around, back references).
    #[error("a regular expression is not taken: {what}")]
    Regex {
        /// What is wrong.
        what: String,
    },
    /// More observations than allowed.
    #[error("{found} observations are more than {observations_max}; match fewer at once")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many there may be.
        observations_max: usize,
    },
    /// The search was given up.
    #[error("the pattern is too complex for these observations: given up after {steps_max} steps")]
    TooComplex {
        /// The limit.
        steps_max: u64,
    },
}

impl Parsed {
    /// The observations of one match, by their positions, sorted; nothing where there is no match.
    ///
    /// # Errors
    /// [`MatchFault`] where it cannot be told.
    pub fn find(&self, observations: &[Observation<'_>], limits: &Limits) -> Result<Option<Vec<usize>>, MatchFault> {
        if observations.len() > limits.observations_max {
            let (found, observations_max) = (observations.len(), limits.observations_max);
            return Err(MatchFault::TooMany { found, observations_max });
        }
        let built = build(&self.expression, observations, &Set::all(observations.len()), limits)?;
        let seen = observations.iter().map(|observation| observation.count).collect();
        let steps = Steps { left: limits.match_steps_max, max: limits.match_steps_max };
        let mut search = Search { observations, seen, steps, depth: 0 };
        let everything = Set::all(observations.len());
        search.solve(vec![(&built, everything)], Vec::new())
    }

    /// Whether observations match.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn matches(&self, observations: &[Observation<'_>], limits: &Limits) -> Result<bool, MatchFault> {
        self.find(observations, limits).map(|found| found.is_some())
    }
}

/// What is left of the limit on steps.
#[derive(Debug)]
pub(super) struct Steps {
    left: u64,
    max: u64,
}

impl Steps {
    pub(super) fn take(&mut self, count: u64) -> Result<(), MatchFault> {
        self.left = self.left.checked_sub(count).ok_or(MatchFault::TooComplex { steps_max: self.max })?;
        Ok(())
    }
}

/// Choices one within the other at most, so that the search does not exhaust the stack.
const DEPTH_MAX: usize = 500;

struct Search<'a> {
    observations: &'a [Observation<'a>],
    seen: Vec<u64>,
    steps: Steps,
    depth: usize,
}

type Found = Result<Option<Vec<usize>>, MatchFault>;

impl Search<'_> {
    /// Satisfies all nodes of the agenda, each out of its set, beside the demands made so far.
    fn solve(&mut self, mut agenda: Vec<(&Node, Set)>, mut demands: Vec<Demand>) -> Found {
        while let Some((node, out_of)) = agenda.pop() {
            self.steps.take(1 + out_of.0.len() as u64 / 8)?;
            match node {
                Node::Wanted(set, count) => {
                    let of = set.and(&out_of);
                    if !self.enough(&of, *count) {
                        return Ok(None);
                    }
                    demands.push(Demand { of, count: *count });
                }
                Node::And(parts) => agenda.extend(parts.iter().map(|part| (part, out_of.clone()))),
                Node::Again(part, count) => {
                    if !self.possible(node, &out_of) {
                        return Ok(None);
                    }
                    // Every time costs a step, so what cannot be searched is not laid out either.
                    self.steps.take(*count)?;
                    agenda.extend((0..*count).map(|_| (&**part, out_of.clone())));
                }
                Node::Or(parts) => {
                    let ways = parts.iter().map(|part| vec![(part, out_of.clone())]).collect();
                    return self.one_of(ways, &agenda, &demands);
                }
                Node::Within(part, nanos) => {
                    let ways = self.windows(part, *nanos, &out_of)?;
                    return self.one_of(ways, &agenda, &demands);
                }
                Node::Then(before, after) => {
                    let ways = self.moments(before, after, &out_of)?;
                    return self.one_of(ways, &agenda, &demands);
                }
            }
        }
        assign(&demands, &self.seen, &mut self.steps)
    }

    fn one_of<'n>(&mut self, ways: Vec<Vec<(&'n Node, Set)>>, agenda: &[(&'n Node, Set)], demands: &[Demand]) -> Found {
        if self.depth >= DEPTH_MAX {
            return Err(MatchFault::TooComplex { steps_max: self.steps.max });
        }
        self.depth += 1;
        for way in ways {
            let copied = agenda.len() + demands.len() + 1;
            self.steps.take(copied as u64)?;
            let agenda = agenda.iter().cloned().chain(way).collect();
            if let Some(found) = self.solve(agenda, demands.to_vec())? {
                return Ok(Some(found));
            }
        }
        self.depth -= 1;
        Ok(None)
    }

    /// Every beginning of a window worth trying: where it cannot be moved later without losing an observation.
    fn windows<'n>(
        &mut self,
        part: &'n Node,
        nanos: i128,
        out_of: &Set,
    ) -> Result<Vec<Vec<(&'n Node, Set)>>, MatchFault> {
        let mut ends: Vec<_> = self.about(part, out_of).iter().map(|at| self.observations[at].last).collect();
        ends.sort_unstable();
        ends.dedup();
        let (mut ways, weight) = (Vec::new(), self.weight(part));
        for end in ends {
            self.steps.take(weight)?;
            let until = instant(end).saturating_add(nanos);
            let set = self.out_of(out_of, |seen| seen.last >= end && instant(seen.first) <= until);
            if self.possible(part, &set) {
                ways.push(vec![(part, set)]);
            }
        }
        Ok(ways)
    }

    /// Every moment between before and after worth trying: the beginning of an observation that is before.
    fn moments<'n>(
        &mut self,
        before: &'n Node,
        after: &'n Node,
        out_of: &Set,
    ) -> Result<Vec<Vec<(&'n Node, Set)>>, MatchFault> {
        let mut beginnings: Vec<_> = self.about(before, out_of).iter().map(|at| self.observations[at].first).collect();
        beginnings.sort_unstable();
        beginnings.dedup();
        let (mut ways, weight) = (Vec::new(), self.weight(before) + self.weight(after));
        for moment in beginnings {
            self.steps.take(weight)?;
            let earlier = self.out_of(out_of, |seen| seen.first <= moment);
            let later = self.out_of(out_of, |seen| seen.last >= moment);
            if self.possible(before, &earlier) && self.possible(after, &later) {
                ways.push(vec![(before, earlier), (after, later)]);
            }
        }
        Ok(ways)
    }

    /// What it costs to look at a node under one moment: each of its sets, and the observations once.
    fn weight(&self, node: &Node) -> u64 {
        fn sets(node: &Node) -> u64 {
            match node {
                Node::Wanted(..) => 1,
                Node::And(parts) | Node::Or(parts) => 1 + parts.iter().map(sets).sum::<u64>(),
                Node::Then(one, other) => sets(one) + sets(other),
                Node::Within(part, _) | Node::Again(part, _) => sets(part),
            }
        }
        sets(node) * (1 + self.observations.len() as u64 / 64) + self.observations.len() as u64 / 8
    }

    fn out_of(&self, set: &Set, holds: impl Fn(&Observation<'_>) -> bool) -> Set {
        set.and(&Set::of(self.observations.len(), |at| holds(&self.observations[at])))
    }

    /// The observations a node could be about.
    fn about(&self, node: &Node, out_of: &Set) -> Set {
        let none = Set::of(self.observations.len(), |_| false);
        match node {
            Node::Wanted(set, _) => set.and(out_of),
            Node::And(parts) | Node::Or(parts) => {
                parts.iter().fold(none, |union, part| union.or(&self.about(part, out_of)))
            }
            Node::Then(one, other) => self.about(one, out_of).or(&self.about(other, out_of)),
            Node::Within(part, _) | Node::Again(part, _) => self.about(part, out_of),
        }
    }

    /// Whether a node could hold at all, times left aside: a quick no for most moments.
    fn possible(&self, node: &Node, out_of: &Set) -> bool {
        match node {
            Node::Wanted(set, count) => self.enough(&set.and(out_of), *count),
            Node::And(parts) => parts.iter().all(|part| self.possible(part, out_of)),
            Node::Or(parts) => parts.iter().any(|part| self.possible(part, out_of)),
            Node::Then(one, other) => self.possible(one, out_of) && self.possible(other, out_of),
            Node::Within(part, _) => self.possible(part, out_of),
            Node::Again(part, count) => {
                self.possible(part, out_of)
                    && self.enough(&self.about(part, out_of), least(part).saturating_mul(*count))
            }
        }
    }

    fn enough(&self, set: &Set, count: u64) -> bool {
        let mut left = count;
        set.iter().any(|at| {
            left = left.saturating_sub(self.seen[at]);
            left == 0
        })
    }
}
