//! All entities at once, in order of time: a k-way merge by binary heap, then a calendar that holds
//! records until nothing earlier can come. Memory grows with entities and with the records of about
//! one active timeout, never with the length of the simulation.

use crate::entity::{Entity, Stage};
use noroshi_flow::FlowRecord;
use noroshi_model::time::SECOND;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Records of a whole nation, ordered by end time exactly.
pub(crate) struct Merge<'n> {
    stage: Stage<'n>,
    entities: Vec<Entity>,
    /// (time of what is ready, entity).
    heap: BinaryHeap<Reverse<(i64, usize)>>,
    /// By second of the end.
    calendar: BTreeMap<i64, Vec<FlowRecord>>,
    /// The second being handed out, last first.
    page: Vec<FlowRecord>,
}

impl<'n> Merge<'n> {
    pub(crate) fn new(stage: Stage<'n>, mut entities: Vec<Entity>) -> Self {
        let mut heap = BinaryHeap::with_capacity(entities.len());
        for (index, entity) in entities.iter_mut().enumerate() {
            if let Some(at) = entity.advance(&stage) {
                heap.push(Reverse((at, index)));
            }
        }
        Self { stage, entities, heap, calendar: BTreeMap::new(), page: Vec::new() }
    }

    /// Fills the page with the next second that is complete; `false` when all is told.
    fn turn(&mut self) -> bool {
        loop {
            let horizon = self.heap.peek().map_or(i64::MAX, |Reverse((at, _))| *at);
            if let Some(first) = self.calendar.first_entry()
                && (first.key() + 1).saturating_mul(SECOND) <= horizon
            {
                self.page = first.remove();
                // Stable: equal ends keep the order in which their entities come up.
                self.page.sort_by_key(|record| Reverse(record.end));
                return true;
            }
            let Some(Reverse((_, index))) = self.heap.pop() else {
                return false;
            };
            for record in self.entities[index].take() {
                self.calendar.entry(record.end.0.div_euclid(SECOND)).or_default().push(record);
            }
            if let Some(at) = self.entities[index].advance(&self.stage) {
                self.heap.push(Reverse((at, index)));
            }
        }
    }
}

impl Iterator for Merge<'_> {
    type Item = FlowRecord;

    fn next(&mut self) -> Option<FlowRecord> {
        loop {
            if let Some(record) = self.page.pop() {
                return Some(record);
            }
            if !self.turn() {
                return None;
            }
        }
    }
}
