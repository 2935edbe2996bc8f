//! Giving observations to those who ask for them, none more often than it was seen.

use super::MatchFault;
use super::matching::Steps;
use super::node::Set;
use std::collections::BTreeMap;

/// So many observations out of a set.
#[derive(Debug, Clone)]
pub(super) struct Demand {
    pub(super) of: Set,
    pub(super) count: u64,
}

/// The observations used where all demands can be met at once, by augmenting paths (Ford and Fulkerson); `seen[o]` is
/// how often observation `o` was seen.
pub(super) fn assign(demands: &[Demand], seen: &[u64], steps: &mut Steps) -> Result<Option<Vec<usize>>, MatchFault> {
    let mut assignment = Assignment { demands, left: seen.to_vec(), given: vec![BTreeMap::new(); demands.len()] };
    for (demand, wanted) in demands.iter().enumerate() {
        let mut missing = wanted.count;
        while missing > 0 {
            match assignment.more(demand, missing, steps)? {
                0 => return Ok(None),
                found => missing -= found,
            }
        }
    }
    let mut used: Vec<usize> = assignment.given.iter().flat_map(|given| given.keys().copied()).collect();
    used.sort_unstable();
    used.dedup();
    Ok(Some(used))
}

struct Assignment<'a> {
    demands: &'a [Demand],
    left: Vec<u64>,
    /// What each demand has of each observation; no zeros.
    given: Vec<BTreeMap<usize, u64>>,
}

impl Assignment<'_> {
    /// Finds up to `missing` more for a demand, moving others aside where that helps; 0 where nothing does.
    fn more(&mut self, demand: usize, missing: u64, steps: &mut Steps) -> Result<u64, MatchFault> {
        // How each observation was reached: by which demand, and from which observation that demand would move.
        let mut reached: BTreeMap<usize, (usize, Option<usize>)> = BTreeMap::new();
        let mut queue: Vec<(usize, Option<usize>)> = vec![(demand, None)];
        let mut at = 0;
        while at < queue.len() {
            let (asking, from) = queue[at];
            at += 1;
            for observation in self.demands[asking].of.iter() {
                steps.take(1)?;
                if reached.contains_key(&observation) {
                    continue;
                }
                reached.insert(observation, (asking, from));
                if self.left[observation] > 0 {
                    return Ok(self.shift(demand, observation, &reached, missing));
                }
                let holders = (0..self.given.len()).filter(|&holder| self.given[holder].contains_key(&observation));
                queue.extend(holders.map(|holder| (holder, Some(observation))));
                steps.take(self.given.len() as u64)?;
            }
        }
        Ok(0)
    }

    /// Takes the free observation at the end of a path, each demand on it moving up by one.
    fn shift(
        &mut self,
        demand: usize,
        free: usize,
        reached: &BTreeMap<usize, (usize, Option<usize>)>,
        missing: u64,
    ) -> u64 {
        let mut path = Vec::new();
        let mut observation = free;
        while let Some(&(asking, from)) = reached.get(&observation) {
            path.push((asking, from, observation));
            match from {
                Some(before) => observation = before,
                None => break,
            }
        }
        let held = |(asking, from, _): &(usize, Option<usize>, usize)| from.map(|from| self.given[*asking][&from]);
        let amount = path.iter().filter_map(held).chain([self.left[free], missing]).min().unwrap_or(0);
        self.left[free] -= amount;
        for (asking, from, to) in path {
            debug_assert!(from.is_some() || asking == demand);
            if let Some(from) = from {
                let held = self.given[asking].entry(from).or_default();
                *held -= amount;
                if *held == 0 {
                    self.given[asking].remove(&from);
                }
            }
            *self.given[asking].entry(to).or_default() += amount;
        }
        amount
    }
}
