//! What each detector's finding is in the words of MITRE ATT&CK and STIX.

use noroshi_model::Detector;
use noroshi_stix::common::{ExternalReference, KillChainPhase, Stamp};
use noroshi_stix::domain::{AttackPattern, IndicatorType, InfrastructureType};
use noroshi_stix::observable::End;

/// A technique with its place in an attack.
pub(super) struct Technique {
    id: &'static str,
    name: &'static str,
    tactic: &'static str,
    pub(super) indicator: IndicatorType,
    pub(super) infrastructure: InfrastructureType,
    /// Which end of the traffic the finding's server is.
    pub(super) end: End,
}

/// The technique a detector recognises (ATT&CK for Enterprise, version 18).
pub(super) const fn technique(detector: Detector) -> Technique {
    use End::{Destination, Source};
    use IndicatorType::{AnomalousActivity, Anonymization, MaliciousActivity};
    use InfrastructureType::{Botnet, CommandAndControl, Reconnaissance};
    let c2 = "command-and-control";
    let (id, name, tactic, indicator, infrastructure, end) = match detector {
        Detector::C2Server | Detector::Beacon => {
            ("T1071", "Application Layer Protocol", c2, MaliciousActivity, CommandAndControl, Destination)
        }
        Detector::Relay => ("T1090", "Proxy", c2, Anonymization, InfrastructureType::Anonymization, Destination),
        Detector::Scan => ("T1595", "Active Scanning", "reconnaissance", AnomalousActivity, Reconnaissance, Source),
        Detector::PeerToPeer => ("T1584.005", "Botnet", "resource-development", AnomalousActivity, Botnet, Destination),
        Detector::DenialOfService => {
            ("T1498", "Network Denial of Service", "impact", AnomalousActivity, Botnet, Destination)
        }
        Detector::GeneratedNames => {
            ("T1568.002", "Domain Generation Algorithms", c2, AnomalousActivity, CommandAndControl, Destination)
        }
        Detector::DnsTunnel => ("T1071.004", "DNS", c2, MaliciousActivity, CommandAndControl, Destination),
    };
    Technique { id, name, tactic, indicator, infrastructure, end }
}

impl Technique {
    pub(super) fn phases(&self) -> Vec<KillChainPhase> {
        vec![KillChainPhase::attack_tactic(self.tactic)]
    }

    pub(super) fn object(&self, stamp: &Stamp) -> AttackPattern {
        AttackPattern {
            common: stamp
                .common("attack-pattern", self.id)
                .with_references(vec![ExternalReference::attack_technique(self.id)]),
            name: self.name.to_owned(),
            kill_chain_phases: self.phases(),
        }
    }
}
