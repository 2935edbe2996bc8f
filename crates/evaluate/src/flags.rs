//! From findings to predictions: which hosts a run flagged, and through which servers.

use crate::activity::{Activity, Hosts};
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use noroshi_flow::{FlowColumns, FlowSink, PseudonymKey, Pseudonyms, SinkError};
use noroshi_mandate::place::to_bits;
use noroshi_model::{Detector, Direction, Finding, Severity};

/// From here on a finding flags hosts.
pub const FLAG_FROM: Severity = Severity::Medium;

/// Flagged hosts by pseudonym, each with the servers it was flagged for; no servers: for itself.
#[derive(Debug, Default, Clone)]
pub struct Flags {
    /// By pseudonym.
    pub hosts: HashMap<u128, HashSet<u128, FixedState>, FixedState>,
    /// Hosts flagged for what they are, active with whom they may.
    pub themselves: HashSet<u128, FixedState>,
}

impl Flags {
    /// Of findings of medium severity and above. Clients of a scanner or of a flood's target are
    /// not accused of anything by it.
    pub fn of(findings: &[Finding]) -> Self {
        let mut flags = Self::default();
        for finding in findings.iter().filter(|f| f.severity >= FLAG_FROM) {
            let server = to_bits(finding.server);
            if finding.domestic && finding.detector != Detector::DenialOfService {
                flags.themselves.insert(server);
                flags.hosts.entry(server).or_default();
            }
            if matches!(finding.detector, Detector::Scan | Detector::DenialOfService) {
                continue;
            }
            for client in &finding.client_list {
                flags.hosts.entry(to_bits(client.pseudonym)).or_default().insert(server);
            }
        }
        flags
    }

    /// Adds what another run flagged.
    pub fn merge(&mut self, other: &Self) {
        for (&host, servers) in &other.hosts {
            self.hosts.entry(host).or_default().extend(servers);
        }
        self.themselves.extend(&other.themselves);
    }

    /// Flagged hosts out of some.
    pub fn among<'a>(&'a self, hosts: &'a Hosts) -> impl Iterator<Item = u128> + 'a {
        self.hosts.keys().copied().filter(|host| hosts.contains_key(host))
    }
}

/// Whether a finding is about command and control that is really there.
pub fn is_command(finding: &Finding, activity: &Activity) -> bool {
    let address = to_bits(finding.server);
    !finding.domestic
        && match finding.port {
            0 => activity.servers.keys().any(|server| server.0 == address),
            port => activity.servers.contains_key(&(address, port)),
        }
}

/// Whether a finding is about something malicious: a command server, another malicious address,
/// an infected host, or nobody but infected hosts.
pub fn is_true(finding: &Finding, activity: &Activity) -> bool {
    let address = to_bits(finding.server);
    if finding.domestic {
        return activity.is_bot(address);
    }
    let clients = &finding.client_list;
    let only_bots = !clients.is_empty() && clients.iter().all(|c| activity.is_bot(to_bits(c.pseudonym)));
    is_command(finding, activity) || activity.hostile.contains(&address) || only_bots
}

/// Finds the frames in which flagged hosts talked to what they were flagged for.
pub(crate) struct Touches<'a> {
    flags: &'a Flags,
    pseudonyms: Pseudonyms,
    /// (frame, host).
    pub(crate) seen: HashSet<(i64, u128), FixedState>,
}

impl<'a> Touches<'a> {
    pub(crate) fn new(flags: &'a Flags, key: &PseudonymKey) -> Self {
        Self { flags, pseudonyms: Pseudonyms::new(key), seen: HashSet::default() }
    }
}

impl FlowSink for Touches<'_> {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        for (record, &direction) in batch.records().zip(&batch.direction) {
            let (host, other) = match direction {
                Direction::OutForeign => (record.src, record.dst),
                Direction::ForeignIn => (record.dst, record.src),
                Direction::ForeignForeign | Direction::Domestic => continue,
            };
            let host = self.pseudonyms.of(host);
            let Some(servers) = self.flags.hosts.get(&host) else { continue };
            if servers.contains(&other) || self.flags.themselves.contains(&host) {
                self.seen.insert((record.start.0.div_euclid(crate::activity::FRAME_US), host));
            }
        }
        Ok(())
    }
}
