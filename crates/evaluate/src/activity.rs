//! Who was active when: five-minute frames of domestic hosts, all under pseudonyms.
//!
//! Labels name addresses, findings name pseudonyms. Addresses are mapped forward with the run's own
//! key, once, here; nothing is ever opened.

use crate::error::EvaluateError;
use crate::labels::{Label, Labels};
use crate::limits::{FRAMES_MAX, HOST_FRAMES_MAX};
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use noroshi_flow::{FlowColumns, FlowRecord, FlowSink, PseudonymKey, Pseudonyms, SinkError};
use noroshi_model::{Direction, Micros};
use std::collections::BTreeMap;

/// Length of a frame: five minutes (García et al. 2014, §7).
pub const FRAME_US: i64 = 300_000_000;

/// What a host is known to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Nothing is known.
    Background,
    /// Known to be innocent.
    Normal,
    /// Known to be infected.
    Botnet,
}

/// Hosts of one frame or of a whole capture, by pseudonym.
pub type Hosts = HashMap<u128, Class, FixedState>;

/// Everything a score needs to know of a capture, whatever the sampling: what was there to find.
#[derive(Debug, Default)]
pub struct Activity {
    /// Frames by number of five minutes since the epoch.
    pub frames: BTreeMap<i64, Hosts>,
    /// Hosts of the whole capture; the stronger class wins.
    pub hosts: Hosts,
    /// Command servers seen, with their first flow.
    pub servers: BTreeMap<(u128, u16), Micros>,
    /// Foreign addresses known to be malicious otherwise.
    pub hostile: HashSet<u128, FixedState>,
    /// First start and last end.
    pub span: Option<(Micros, Micros)>,
    /// Records looked at.
    pub records: u64,
    /// Of them malicious.
    pub malicious: u64,
    entries: usize,
}

impl Activity {
    /// Length of the capture, days.
    pub fn days(&self) -> f64 {
        self.span.map_or(0.0, |(first, last)| (last.0 - first.0) as f64 / noroshi_model::time::DAY as f64)
    }

    /// Hosts of one class.
    pub fn count(&self, class: Class) -> u64 {
        self.hosts.values().filter(|&&c| c == class).count() as u64
    }

    /// The same hosts and span, nobody infected and nothing to find: the truth of a null run.
    pub(crate) fn without_malice(&self) -> Self {
        let innocent = |class: Class| if class == Class::Botnet { Class::Background } else { class };
        let hosts = self.hosts.iter().map(|(&host, &class)| (host, innocent(class))).collect();
        Self { hosts, span: self.span, ..Self::default() }
    }

    /// Whether a host is infected at any time.
    pub fn is_bot(&self, pseudonym: u128) -> bool {
        self.hosts.get(&pseudonym) == Some(&Class::Botnet)
    }
}

/// Gathers an [`Activity`] from a whole capture at 1:1.
pub(crate) struct Roll<'a> {
    labels: &'a Labels,
    pseudonyms: Pseudonyms,
    pub(crate) activity: Activity,
}

impl<'a> Roll<'a> {
    pub(crate) fn new(labels: &'a Labels, key: &PseudonymKey) -> Self {
        let activity = Activity { hostile: labels.hostile.clone(), ..Activity::default() };
        Self { labels, pseudonyms: Pseudonyms::new(key), activity }
    }

    fn record(&mut self, record: &FlowRecord, direction: Direction) {
        let label = self.labels.of(record);
        let activity = &mut self.activity;
        let (first, last) = activity.span.unwrap_or((record.start, record.end));
        activity.span = Some((first.min(record.start), last.max(record.end).max(record.start)));
        activity.records += 1;
        activity.malicious += u64::from(label.is_some_and(Label::is_malicious));
        self.servers(record, label, direction);
        let (host, began) = match direction {
            Direction::OutForeign => (record.src, true),
            Direction::ForeignIn => (record.dst, false),
            Direction::ForeignForeign | Direction::Domestic => return,
        };
        if label == Some(Label::Malicious) && !began {
            self.activity.hostile.insert(record.src);
        }
        let class = self.class(host, label, began, record.start);
        self.enter(host, class, record.start);
    }

    /// A flow called C2 makes both ends of it what they are; another malicious flow makes its
    /// initiator a bot, but who is attacked from abroad is no bot.
    fn class(&self, host: u128, label: Option<Label>, began: bool, at: Micros) -> Class {
        let infected = self.labels.infected.get(&host).is_some_and(|&since| at >= since);
        match label {
            _ if infected => Class::Botnet,
            // In a simulation infection is known by host, and a server may have other visitors.
            Some(Label::Command) if !self.labels.rest_is_normal => Class::Botnet,
            Some(Label::Malicious) if began => Class::Botnet,
            Some(Label::Normal) => Class::Normal,
            _ if self.labels.rest_is_normal && !self.labels.infected.contains_key(&host) => Class::Normal,
            _ => Class::Background,
        }
    }

    fn servers(&mut self, record: &FlowRecord, label: Option<Label>, direction: Direction) {
        if label != Some(Label::Command) {
            return;
        }
        let ends = [(record.dst, record.dport), (record.src, record.sport)];
        let foreign = match direction {
            Direction::OutForeign => &ends[..1],
            Direction::ForeignIn => &ends[1..],
            _ => &ends[..],
        };
        for end in foreign.iter().filter(|end| self.labels.servers.contains_key(*end)) {
            let first = self.activity.servers.entry(*end).or_insert(record.start);
            *first = (*first).min(record.start);
        }
    }

    fn enter(&mut self, host: u128, class: Class, at: Micros) {
        if self.activity.entries >= HOST_FRAMES_MAX || self.activity.frames.len() > FRAMES_MAX {
            return;
        }
        let host = self.pseudonyms.of(host);
        let frame = self.activity.frames.entry(at.0.div_euclid(FRAME_US)).or_default();
        self.activity.entries += usize::from(!frame.contains_key(&host));
        for hosts in [frame, &mut self.activity.hosts] {
            let known = hosts.entry(host).or_insert(class);
            *known = (*known).max(class);
        }
    }

    /// The activity.
    ///
    /// # Errors
    /// When there was more of it than may be kept: half a truth is none.
    pub(crate) fn finish(self, name: &str) -> Result<Activity, EvaluateError> {
        let full = |what, max| Err(EvaluateError::TooMuch { name: name.to_owned(), what, max });
        if self.activity.frames.len() > FRAMES_MAX {
            return full("five-minute frames", FRAMES_MAX);
        }
        if self.activity.entries >= HOST_FRAMES_MAX {
            return full("hosts times frames", HOST_FRAMES_MAX);
        }
        Ok(self.activity)
    }
}

impl FlowSink for Roll<'_> {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        for (record, &direction) in batch.records().zip(&batch.direction) {
            self.record(&record, direction);
        }
        Ok(())
    }
}
