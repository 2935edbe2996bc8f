//! Injection: the calls of a real command server, stretched and jittered, among traffic it never met.
//!
//! A capture shows one family at one period. Its calls are real in sizes, answers and lengths; the
//! schedule is an operator's choice. So the calls are taken one after another, laid out anew with
//! another period and jitter, and given to a domestic host of a background that nobody labelled
//! malicious. What a run over the two together says of the server, and of anything else, is the result.

mod schedule;

use crate::EvaluateOptions;
use crate::capture::Recording;
use crate::error::EvaluateError;
use crate::flags::FLAG_FROM;
use crate::labels::Labels;
use crate::limits::INJECTED_CALLS_MAX;
use crate::view::{View, ViewSink};
use noroshi_detect::run::{Quiet, RunOptions, run};
use noroshi_flow::{Balance, FlowColumns, FlowRecord, FlowSink, SinkError, Source};
use noroshi_ingest::{IngestError, Inputs, NoProgress};
use noroshi_mandate::place::to_bits;
use noroshi_mandate::{Evaluate, Permit};
use noroshi_model::{Direction, Micros, Severity};
use schedule::schedule;
use serde::Serialize;
use std::net::SocketAddr;

/// What is injected, and how.
#[derive(Debug, Clone)]
pub struct InjectOptions {
    /// The command server whose calls are taken.
    pub server: SocketAddr,
    /// Factors of the period of the trace.
    pub factors: Vec<f64>,
    /// Jitters, shares of the period to either side, 0 to 0.9.
    pub jitters: Vec<f64>,
    /// Samplings, seeds, limits and key; online runs are not made.
    pub base: EvaluateOptions,
}

/// One schedule among one background.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Injection {
    /// One in how many packets.
    pub sampling: u32,
    /// Of the thinning and of the schedule.
    pub seed: u64,
    /// Period, seconds.
    pub period_s: f64,
    /// Jitter, a share of it.
    pub jitter: f64,
    /// Calls laid out.
    pub calls: u64,
    /// Place of the server in the list; absent where it is not listed.
    pub rank: Option<u64>,
    /// Severity of its finding.
    pub severity: Option<Severity>,
    /// Score of its finding, 0 to 1.
    pub score: Option<f64>,
    /// Findings above low about anything else.
    pub false_findings: u64,
}

/// Measures every schedule of one trace among one background.
///
/// # Errors
/// [`EvaluateError`] when the trace holds no calls, a file cannot be read or a run fails.
pub fn inject(
    permit: &Permit<'_, Evaluate>,
    background: &Inputs,
    trace: &Inputs,
    options: &InjectOptions,
) -> Result<Vec<Injection>, EvaluateError> {
    options.base.check()?;
    if options.factors.iter().any(|f| !(0.001..=100_000.0).contains(f))
        || options.jitters.iter().any(|j| !(0.0..=0.9).contains(j))
    {
        return Err(EvaluateError::Options(
            "factors of the period lie between 0.001 and 100000, jitters between 0 and 0.9",
        ));
    }
    let calls = calls(permit, trace, options.server)?;
    let background = Recording::read(permit, background, &NoProgress)?;
    let mut census = Census::default();
    background.play(&mut census)?;
    let mut results = Vec::new();
    for &factor in &options.factors {
        for &jitter in &options.jitters {
            for &sampling in &options.base.samplings {
                let seeds = if sampling == 1 { &options.base.seeds[..1] } else { &options.base.seeds[..] };
                for &seed in seeds {
                    let laid = schedule(&calls, factor, jitter, seed, census.span_us());
                    let host =
                        census.host(seed).ok_or(EvaluateError::Options("the background has no domestic host"))?;
                    let mixed = Mixed::new(&background, laid.records, host, View { sampling, seed, ..View::ALL });
                    results.push(measure(permit, mixed, options, (laid.period_s, jitter))?);
                }
            }
        }
    }
    Ok(results)
}

fn measure(
    permit: &Permit<'_, Evaluate>,
    mut mixed: Mixed<'_>,
    options: &InjectOptions,
    (period_s, jitter): (f64, f64),
) -> Result<Injection, EvaluateError> {
    let base = &options.base;
    let (view, calls) = (mixed.view, mixed.calls.len() as u64);
    let key = base.key.clone();
    let (folder, features) = (base.folder.clone(), None);
    let run_options = RunOptions { broad: base.broad, engine: base.engine, key, folder, features };
    let findings = run(permit, &mut mixed, &run_options, &Quiet)?.findings;
    let is_it = |f: &noroshi_model::Finding| to_bits(f.server) == to_bits(options.server.ip());
    let at = findings.iter().position(is_it);
    let found = at.and_then(|at| findings.get(at));
    Ok(Injection {
        sampling: view.sampling,
        seed: view.seed,
        period_s,
        jitter,
        calls,
        rank: at.map(|at| at as u64 + 1),
        severity: found.map(|f| f.severity),
        score: found.map(|f| f.score),
        false_findings: findings.iter().filter(|f| f.severity >= FLAG_FROM && !is_it(f)).count() as u64,
    })
}

/// The records between the trace's server and its first client, by start.
fn calls(permit: &Permit<'_, Evaluate>, trace: &Inputs, server: SocketAddr) -> Result<Vec<FlowRecord>, EvaluateError> {
    let recording = Recording::read(permit, trace, &NoProgress)?;
    let mut taken = Taken { server: (to_bits(server.ip()), server.port()), records: Vec::new() };
    recording.play(&mut taken)?;
    let client = taken.records.first().map(|r| r.src);
    taken.records.retain(|r| Some(r.src) == client);
    taken.records.sort_by_key(|r| (r.start, r.sport));
    taken.records.truncate(INJECTED_CALLS_MAX);
    if taken.records.len() < 2 {
        return Err(EvaluateError::Options("the trace holds fewer than two calls to the server named"));
    }
    Ok(taken.records)
}

/// Takes the calls to one server.
struct Taken {
    server: (u128, u16),
    records: Vec<FlowRecord>,
}

impl FlowSink for Taken {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        self.records.extend(batch.records().filter(|r| (r.dst, r.dport) == self.server));
        Ok(())
    }
}

/// Span and domestic hosts of the background.
#[derive(Default)]
struct Census {
    first_us: Option<i64>,
    last_us: i64,
    hosts: std::collections::BTreeSet<u128>,
}

impl Census {
    fn span_us(&self) -> (i64, i64) {
        (self.first_us.unwrap_or(0), self.last_us)
    }

    /// The host that is infected: any of them.
    fn host(&self, seed: u64) -> Option<u128> {
        let nth = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) % (self.hosts.len() as u64).max(1);
        self.hosts.iter().nth(nth as usize).copied()
    }
}

impl FlowSink for Census {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        for (record, &direction) in batch.records().zip(&batch.direction) {
            self.first_us = Some(self.first_us.map_or(record.start.0, |first| first.min(record.start.0)));
            self.last_us = self.last_us.max(record.start.0);
            if direction == Direction::OutForeign {
                self.hosts.insert(record.src);
            }
        }
        Ok(())
    }
}

/// Background and injected calls as one source, by time as far as the background is.
struct Mixed<'a> {
    background: &'a Recording<'a>,
    calls: Vec<FlowRecord>,
    view: View,
}

impl<'a> Mixed<'a> {
    fn new(background: &'a Recording<'a>, mut calls: Vec<FlowRecord>, host: u128, view: View) -> Self {
        calls.iter_mut().for_each(|call| call.src = host);
        Self { background, calls, view }
    }
}

impl Source for Mixed<'_> {
    type Error = IngestError;

    fn pass(&mut self, sink: &mut dyn FlowSink) -> Result<Balance, IngestError> {
        let labels = Labels::default();
        let mut shown = ViewSink::new(sink, self.view, &labels);
        let mut weave = Weave { calls: &self.calls, next: 0, sink: &mut shown };
        self.background.play(&mut weave)?;
        weave.upto(Micros(i64::MAX))?;
        let mut balance = self.background.balance.clone();
        balance.received = balance.out_of_mandate() + shown.handed;
        Ok(balance)
    }
}

/// Hands on calls before the batch they belong in front of.
struct Weave<'a, 'b> {
    calls: &'a [FlowRecord],
    next: usize,
    sink: &'a mut ViewSink<'b>,
}

impl Weave<'_, '_> {
    fn upto(&mut self, end: Micros) -> Result<(), SinkError> {
        let mut columns = FlowColumns::default();
        while let Some(call) = self.calls.get(self.next).filter(|call| call.start < end) {
            columns.push(call);
            columns.direction.push(Direction::OutForeign);
            self.next += 1;
        }
        if columns.is_empty() { Ok(()) } else { self.sink.flows(&columns) }
    }
}

impl FlowSink for Weave<'_, '_> {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        // Batches are long: each record of the background is handed on with the calls before it.
        let mut part = FlowColumns::default();
        for (record, &direction) in batch.records().zip(&batch.direction) {
            if self.calls.get(self.next).is_some_and(|call| call.start < record.start) {
                if !part.is_empty() {
                    self.sink.flows(&part)?;
                    part.clear();
                }
                self.upto(record.start)?;
            }
            part.push(&record);
            part.direction.push(direction);
        }
        if part.is_empty() { Ok(()) } else { self.sink.flows(&part) }
    }

    fn dns(&mut self, query: &noroshi_flow::DnsQuery) -> Result<(), SinkError> {
        self.sink.dns(query)
    }
}

#[cfg(test)]
mod tests;
