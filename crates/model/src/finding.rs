//! A finding: what a detector says about one server, with everything needed to doubt it.

use crate::{Confidence, Direction, Micros, Protocol, Severity};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// Which detector speaks. One file, fixture, snapshot and documentation page each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detector {
    /// A server that commands several clients, pooled over them.
    C2Server,
    /// A pair that calls home.
    Beacon,
    /// A host that passes traffic on, and the tiers behind it.
    Relay,
    /// A host that looks for open doors.
    Scan,
    /// A host in a peer-to-peer overlay.
    PeerToPeer,
    /// A flood against one target.
    DenialOfService,
    /// Names made by an algorithm (DGA).
    GeneratedNames,
    /// Data carried in DNS names.
    DnsTunnel,
}

impl Detector {
    /// Every detector.
    pub const ALL: [Self; 8] = [
        Self::C2Server,
        Self::Beacon,
        Self::Relay,
        Self::Scan,
        Self::PeerToPeer,
        Self::DenialOfService,
        Self::GeneratedNames,
        Self::DnsTunnel,
    ];

    /// The word used in every output, and the name of its page under `docs/detectors/`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::C2Server => "c2-server",
            Self::Beacon => "beacon",
            Self::Relay => "relay",
            Self::Scan => "scan",
            Self::PeerToPeer => "peer-to-peer",
            Self::DenialOfService => "denial-of-service",
            Self::GeneratedNames => "generated-names",
            Self::DnsTunnel => "dns-tunnel",
        }
    }
}

impl fmt::Display for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One thing measured. Names are kebab-case and translated by the report's catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was measured, for example `period`.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Its unit: `s`, `bytes`, `count`, `ratio`, `nats`, `per-hour`, …
    pub unit: String,
    /// How much it moved the score: log odds, positive towards malice. 0 for context.
    pub weight: f64,
}

/// An innocent explanation worth checking first. Translated by the report's catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Innocent {
    /// A software update or licence check.
    UpdateCheck,
    /// A mail client polling its mailbox.
    MailPoll,
    /// Clock synchronisation.
    TimeSync,
    /// Name resolution.
    NameResolution,
    /// Telemetry of an operating system or application.
    Telemetry,
    /// Monitoring of one's own or a hosted service.
    Monitoring,
    /// A push channel or chat kept open.
    PushChannel,
    /// A game or its lobby.
    Game,
    /// A VPN or remote-work tunnel.
    Vpn,
    /// A content delivery network or large shared hosting.
    SharedHosting,
    /// File sharing or another lawful overlay.
    FileSharing,
    /// A research or security scanner.
    ResearchScanner,
    /// A sudden crowd.
    FlashCrowd,
    /// A proxy or relay service used knowingly.
    ProxyService,
    /// Long random names of a content network or an anti-virus look-up.
    CacheNames,
}

/// The false-positive rate known for findings like this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FalsePositives {
    /// False findings above `low` for 10^6 hosts watched for one day; the upper bound of the interval.
    pub per_million_host_days: f64,
    /// Where it was measured, for example `docs/evaluation.md`.
    pub measured_in: String,
}

/// The published beacon score of RITA v5, shown beside ours (activecm/rita, analysis/beacons.go).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RitaScore {
    /// Mean of the four parts, 0 to 1.
    pub score: f64,
    /// Regularity of intervals.
    pub timestamp: f64,
    /// Regularity of sizes.
    pub size: f64,
    /// Evenness over 24 bins.
    pub histogram: f64,
    /// Persistence.
    pub duration: f64,
}

/// One client of the server. Domestic addresses are pseudonyms under the mandate's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// The pseudonym, written as an address.
    pub pseudonym: IpAddr,
    /// Flows, or connections where the format tells.
    pub flows: u64,
    /// Bytes from the client.
    pub bytes_out: u64,
    /// Bytes to the client.
    pub bytes_in: u64,
    /// First flow.
    pub first_seen: Micros,
    /// Last flow.
    pub last_seen: Micros,
    /// Starts of flows, at most a few hundred, for the picture of the beats.
    pub beats: Vec<Micros>,
}

/// A point of a periodogram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PeriodPower {
    /// Period, seconds.
    pub period_s: f64,
    /// Power above the noise that chance explains, nats.
    pub power: f64,
}

/// What a host is on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// An infected machine.
    Bot,
    /// A machine that passes on (tier 1).
    Relay,
    /// A machine that commands (tier 2).
    Server,
    /// A machine that commands the commanders (tier 3).
    Controller,
    /// A machine that is attacked.
    Target,
}

/// An edge of the path bot → relay → server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// From whom; a pseudonym if domestic.
    pub from: IpAddr,
    /// What it is.
    pub from_role: Role,
    /// To whom; a pseudonym if domestic.
    pub to: IpAddr,
    /// What it is.
    pub to_role: Role,
    /// Port on the far side.
    pub port: u16,
    /// Flows seen.
    pub flows: u64,
    /// How sure, 0 to 100.
    pub confidence: Confidence,
}

/// Clients seen in one interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientsAt {
    /// Start of the interval.
    pub at: Micros,
    /// Distinct clients, estimated by sketch.
    pub clients: u64,
}

/// What a detector says about one server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable for the same server, detector and mandate: the first 16 hex digits of a hash.
    pub id: String,
    /// Who speaks.
    pub detector: Detector,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// 0 to 1, comparable between findings of one detector; ranks the list.
    pub score: f64,
    /// The server, or the scanner, relay or target the finding is about. A pseudonym if `domestic`.
    pub server: IpAddr,
    /// Whether `server` is a domestic host, and so a pseudonym.
    pub domestic: bool,
    /// Its port; 0 where the finding is not about one.
    pub port: u16,
    /// Its protocol.
    pub protocol: Protocol,
    /// Where the flows ran.
    pub direction: Direction,
    /// How many clients (or targets) it has.
    pub clients: u64,
    /// First flow.
    pub first_seen: Micros,
    /// Last flow.
    pub last_seen: Micros,
    /// Country of registration of `server`, two letters, where a table was given. Not where it stands.
    pub country: Option<String>,
    /// What was measured, the weightiest first.
    pub evidence: Vec<Evidence>,
    /// What would explain it innocently, the likeliest first.
    pub innocent: Vec<Innocent>,
    /// How often findings like this are wrong.
    pub false_positives: Option<FalsePositives>,
    /// The floor: RITA's score of the best pair.
    pub rita: Option<RitaScore>,
    /// The most active clients, at most a few dozen.
    pub client_list: Vec<Client>,
    /// Clients over time.
    pub clients_over_time: Vec<ClientsAt>,
    /// The periodogram, by rising period.
    pub periodogram: Vec<PeriodPower>,
    /// The path bot → relay → server, where known.
    pub path: Vec<Hop>,
}

impl Finding {
    /// Ordering for every list: most severe first, then score, then confidence, then address and port,
    /// so that equal findings keep one order on every run.
    pub fn rank(&self, other: &Self) -> std::cmp::Ordering {
        other
            .severity
            .cmp(&self.severity)
            .then(other.score.total_cmp(&self.score))
            .then(other.confidence.cmp(&self.confidence))
            .then(self.server.cmp(&other.server))
            .then(self.port.cmp(&other.port))
            .then(self.detector.cmp(&other.detector))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_serde_writes() {
        for detector in Detector::ALL {
            assert_eq!(serde_json::to_value(detector).unwrap(), detector.word());
        }
    }
}
