//! A view of a capture: thinned, cut off at a time, or without what is malicious.

use crate::labels::Labels;
use crate::thin::Thinner;
use noroshi_flow::{DnsQuery, FlowColumns, FlowRecord, FlowSink, SinkError};
use noroshi_model::{Direction, Micros};

/// What of a capture a run may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// One in how many packets.
    pub sampling: u32,
    /// Of the thinning.
    pub seed: u64,
    /// Only records that ended before: an exporter writes a record when its flow has ended.
    pub until: Option<Micros>,
    /// Without labelled malicious records.
    pub null: bool,
}

impl View {
    /// Everything, at 1:1.
    pub const ALL: Self = Self { sampling: 1, seed: 0, until: None, null: false };
}

/// Hands on what a view shows.
pub(crate) struct ViewSink<'a> {
    inner: &'a mut dyn FlowSink,
    view: View,
    labels: &'a Labels,
    thinner: Thinner,
    counter: u64,
    shown: FlowColumns,
    /// Records handed on.
    pub(crate) handed: u64,
}

impl<'a> ViewSink<'a> {
    pub(crate) fn new(inner: &'a mut dyn FlowSink, view: View, labels: &'a Labels) -> Self {
        let thinner = Thinner::new(view.sampling, view.seed);
        Self { inner, view, labels, thinner, counter: 0, shown: FlowColumns::default(), handed: 0 }
    }

    fn show(&mut self, record: &FlowRecord, direction: Direction) {
        // Counted before anything is left out, so that every view thins a record alike.
        self.counter += 1;
        let future = self.view.until.is_some_and(|until| record.end.max(record.start) >= until);
        if future || (self.view.null && self.labels.removes(record)) {
            return;
        }
        if let Some(thinned) = self.thinner.thin(record, self.counter) {
            self.shown.push(&thinned.record);
            self.shown.direction.push(if thinned.turned { turned(direction) } else { direction });
        }
    }
}

impl FlowSink for ViewSink<'_> {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        if self.view == View::ALL {
            self.handed += batch.len() as u64;
            return self.inner.flows(batch);
        }
        self.shown.clear();
        for (record, &direction) in batch.records().zip(&batch.direction) {
            self.show(&record, direction);
        }
        self.handed += self.shown.len() as u64;
        if self.shown.is_empty() { Ok(()) } else { self.inner.flows(&self.shown) }
    }

    fn dns(&mut self, query: &DnsQuery) -> Result<(), SinkError> {
        self.counter += 1;
        let record =
            FlowRecord { start: query.at, end: query.at, src: query.client, packets: 1, ..FlowRecord::default() };
        let future = self.view.until.is_some_and(|until| query.at >= until);
        let removed = self.view.null && self.labels.removes(&record);
        if future || removed || self.thinner.thin(&record, self.counter).is_none() {
            return Ok(());
        }
        self.inner.dns(query)
    }
}

fn turned(direction: Direction) -> Direction {
    match direction {
        Direction::ForeignIn => Direction::OutForeign,
        Direction::OutForeign => Direction::ForeignIn,
        same => same,
    }
}
