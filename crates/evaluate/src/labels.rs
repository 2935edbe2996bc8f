//! Labels: what is known to be true of a capture. Read apart from the records, never by a decoder.
//!
//! A label file names the same flows as the capture; a flow is found again by its ends and its
//! start ([`FlowId`]). Only malicious and normal flows are remembered, so that background costs
//! nothing. Labels say nothing about flows outside the mandate: the intake's gate has dropped
//! those before anybody asks.

mod argus;
mod open;
mod truth;
mod zeek;

#[cfg(test)]
mod tests;

use crate::error::EvaluateError;
use crate::limits::LABELLED_FLOWS_MAX;
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use noroshi_flow::FlowRecord;
use noroshi_mandate::place::to_bits;
use noroshi_model::Micros;
use std::net::SocketAddr;
use std::path::Path;

/// What a label says of one flow. Background is the absence of a label. The stronger wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// Known to be innocent.
    Normal,
    /// Malicious, but not command and control.
    Malicious,
    /// Malicious, between a bot and its server.
    Command,
}

impl Label {
    /// Whether the flow is malicious.
    pub fn is_malicious(self) -> bool {
        self != Self::Normal
    }
}

/// A flow by its ends, whichever of them began, and its start. ICMP has no ports here: formats
/// disagree about where its type stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FlowId {
    low: (u128, u16),
    high: (u128, u16),
    start_us: i64,
}

impl FlowId {
    /// Of two ends and a start.
    pub fn new(a: (u128, u16), b: (u128, u16), protocol: u8, start: Micros) -> Self {
        let port = |end: (u128, u16)| if matches!(protocol, 6 | 17 | 132) { end } else { (end.0, 0) };
        let (a, b) = (port(a), port(b));
        Self { low: a.min(b), high: a.max(b), start_us: start.0 }
    }

    /// Of a record.
    pub fn of(record: &FlowRecord) -> Self {
        Self::new((record.src, record.sport), (record.dst, record.dport), record.protocol, record.start)
    }
}

/// Everything labels say about one capture.
#[derive(Debug, Default)]
pub struct Labels {
    flows: HashMap<FlowId, Label, FixedState>,
    /// Servers that command bots, with the first moment known beforehand, if any.
    pub(crate) servers: HashMap<(u128, u16), Option<Micros>, FixedState>,
    /// Other malicious addresses: a finding about one is no false positive, missing it no miss.
    pub(crate) hostile: HashSet<u128, FixedState>,
    /// Hosts infected from some moment on.
    pub(crate) infected: HashMap<u128, Micros, FixedState>,
    /// Hosts without another label are known to be innocent, as in a simulation.
    pub(crate) rest_is_normal: bool,
}

impl Labels {
    /// Reads one label file, plain, gzip or zstd, and adds what it says.
    ///
    /// # Errors
    /// [`EvaluateError`] when it cannot be read or holds no labels.
    pub fn read(&mut self, path: &Path) -> Result<(), EvaluateError> {
        let mut file = open::LabelFile::open(path)?;
        match file.first()? {
            line if line.starts_with(b"{") => truth::read(file.rest()?, self),
            line if line.starts_with(b"#") => zeek::read(file, self),
            _ => argus::read(file, self),
        }
    }

    /// Says that an address commands bots at a port.
    pub fn command_server(&mut self, server: SocketAddr) {
        self.servers.entry((to_bits(server.ip()), server.port())).or_insert(None);
    }

    /// The label of a record; `None` for background.
    pub fn of(&self, record: &FlowRecord) -> Option<Label> {
        if self.is_command_end(record.src, record.sport) || self.is_command_end(record.dst, record.dport) {
            return Some(Label::Command);
        }
        self.flows.get(&FlowId::of(record)).copied()
    }

    /// Whether a null run must not see a record: labelled malicious, or, where only addresses are
    /// labelled, to or from a malicious one.
    pub fn removes(&self, record: &FlowRecord) -> bool {
        let bad = |address: &u128| self.hostile.contains(address) || self.infected.contains_key(address);
        self.of(record).is_some_and(Label::is_malicious) || bad(&record.src) || bad(&record.dst)
    }

    fn is_command_end(&self, address: u128, port: u16) -> bool {
        !self.servers.is_empty() && self.servers.contains_key(&(address, port))
    }

    /// Remembers a labelled flow; of two labels for one flow the stronger wins.
    fn label(&mut self, name: &str, id: FlowId, label: Label) -> Result<(), EvaluateError> {
        if self.flows.len() >= LABELLED_FLOWS_MAX {
            return Err(EvaluateError::TooMuch {
                name: name.to_owned(),
                what: "labelled flows",
                max: LABELLED_FLOWS_MAX,
            });
        }
        let entry = self.flows.entry(id).or_insert(label);
        *entry = (*entry).max(label);
        Ok(())
    }

    /// Labelled flows remembered.
    pub fn len(&self) -> usize {
        self.flows.len()
    }

    /// Whether nothing at all is known to be malicious or normal.
    pub fn is_empty(&self) -> bool {
        self.flows.is_empty() && self.servers.is_empty() && self.infected.is_empty() && self.hostile.is_empty()
    }
}
