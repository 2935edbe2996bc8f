//! Words for every enum. Each `match` is exhaustive: a new variant does not build until it has a word in both
//! languages.

use crate::context::TruthResult;
use crate::messages::{Messages, lookup};
use crate::numbers::plain;
use noroshi_mandate::DropReason;
use noroshi_model::finding::{Innocent, Role};
use noroshi_model::{Detector, Severity};

pub(crate) const fn severity(m: &Messages, severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => m.severity_critical,
        Severity::High => m.severity_high,
        Severity::Medium => m.severity_medium,
        Severity::Low => m.severity_low,
        Severity::Info => m.severity_info,
    }
}

pub(crate) const fn severity_do(m: &Messages, severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => m.severity_do_critical,
        Severity::High => m.severity_do_high,
        Severity::Medium => m.severity_do_medium,
        Severity::Low => m.severity_do_low,
        Severity::Info => m.severity_do_info,
    }
}

/// What is said of one kind of finding.
pub(crate) struct DetectorWords {
    pub(crate) name: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) next: &'static str,
}

pub(crate) const fn detector(m: &Messages, detector: Detector) -> DetectorWords {
    let (name, lead, next) = match detector {
        Detector::C2Server => (m.detector_c2_server, m.lead_c2_server, m.next_c2_server),
        Detector::Beacon => (m.detector_beacon, m.lead_beacon, m.next_beacon),
        Detector::Relay => (m.detector_relay, m.lead_relay, m.next_relay),
        Detector::Scan => (m.detector_scan, m.lead_scan, m.next_scan),
        Detector::PeerToPeer => (m.detector_peer_to_peer, m.lead_peer_to_peer, m.next_peer_to_peer),
        Detector::DenialOfService => (m.detector_denial_of_service, m.lead_denial_of_service, m.next_denial_of_service),
        Detector::GeneratedNames => (m.detector_generated_names, m.lead_generated_names, m.next_generated_names),
        Detector::DnsTunnel => (m.detector_dns_tunnel, m.lead_dns_tunnel, m.next_dns_tunnel),
    };
    DetectorWords { name, lead, next }
}

/// An innocent explanation and how to check it.
pub(crate) const fn innocent(m: &Messages, innocent: Innocent) -> (&'static str, &'static str) {
    match innocent {
        Innocent::UpdateCheck => (m.innocent_update_check, m.check_update_check),
        Innocent::MailPoll => (m.innocent_mail_poll, m.check_mail_poll),
        Innocent::TimeSync => (m.innocent_time_sync, m.check_time_sync),
        Innocent::NameResolution => (m.innocent_name_resolution, m.check_name_resolution),
        Innocent::Telemetry => (m.innocent_telemetry, m.check_telemetry),
        Innocent::Monitoring => (m.innocent_monitoring, m.check_monitoring),
        Innocent::PushChannel => (m.innocent_push_channel, m.check_push_channel),
        Innocent::Game => (m.innocent_game, m.check_game),
        Innocent::Vpn => (m.innocent_vpn, m.check_vpn),
        Innocent::SharedHosting => (m.innocent_shared_hosting, m.check_shared_hosting),
        Innocent::FileSharing => (m.innocent_file_sharing, m.check_file_sharing),
        Innocent::ResearchScanner => (m.innocent_research_scanner, m.check_research_scanner),
        Innocent::FlashCrowd => (m.innocent_flash_crowd, m.check_flash_crowd),
        Innocent::ProxyService => (m.innocent_proxy_service, m.check_proxy_service),
        Innocent::CacheNames => (m.innocent_cache_names, m.check_cache_names),
    }
}

/// The word programs read, as serde writes it.
pub(crate) const fn innocent_word(innocent: Innocent) -> &'static str {
    match innocent {
        Innocent::UpdateCheck => "update-check",
        Innocent::MailPoll => "mail-poll",
        Innocent::TimeSync => "time-sync",
        Innocent::NameResolution => "name-resolution",
        Innocent::Telemetry => "telemetry",
        Innocent::Monitoring => "monitoring",
        Innocent::PushChannel => "push-channel",
        Innocent::Game => "game",
        Innocent::Vpn => "vpn",
        Innocent::SharedHosting => "shared-hosting",
        Innocent::FileSharing => "file-sharing",
        Innocent::ResearchScanner => "research-scanner",
        Innocent::FlashCrowd => "flash-crowd",
        Innocent::ProxyService => "proxy-service",
        Innocent::CacheNames => "cache-names",
    }
}

pub(crate) const fn dropped(m: &Messages, reason: DropReason) -> &'static str {
    match reason {
        DropReason::UnknownPlace => m.dropped_unknown_place,
        DropReason::Domestic => m.dropped_domestic,
        DropReason::Direction => m.dropped_direction,
        DropReason::Protocol => m.dropped_protocol,
        DropReason::Port => m.dropped_port,
        DropReason::Period => m.dropped_period,
        DropReason::VolumeCap => m.dropped_volume_cap,
        DropReason::NotIp => m.dropped_not_ip,
    }
}

pub(crate) const fn role(m: &Messages, role: Role) -> &'static str {
    match role {
        Role::Bot => m.role_bot,
        Role::Relay => m.role_relay,
        Role::Server => m.role_server,
        Role::Controller => m.role_controller,
        Role::Target => m.role_target,
    }
}

pub(crate) const fn truth(m: &Messages, result: TruthResult) -> &'static str {
    match result {
        TruthResult::Found => m.truth_found,
        TruthResult::Missed => m.truth_missed,
        TruthResult::Wrong => m.truth_wrong,
    }
}

/// The label of a measurement; one the catalogue does not know keeps its own name.
pub(crate) fn evidence(m: &Messages, name: &str) -> String {
    lookup(m.evidence_table, name).map_or_else(|| plain(name), str::to_owned)
}

/// The label of a kind of damage; one the catalogue does not know keeps its own name.
pub(crate) fn damage(m: &Messages, kind: &str) -> String {
    lookup(m.damage_table, kind).map_or_else(|| plain(kind), str::to_owned)
}

/// What a finding counts as `clients`: a scan has targets, a flood sources.
pub(crate) const fn counted(m: &Messages, detector: Detector) -> &'static str {
    match detector {
        Detector::Scan => m.targets,
        Detector::DenialOfService => m.sources,
        _ => m.clients,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_programs_are_those_of_serde() {
        let words = [Innocent::UpdateCheck, Innocent::CacheNames, Innocent::Vpn, Innocent::SharedHosting];
        for innocent in words {
            assert_eq!(serde_json::to_value(innocent).unwrap(), innocent_word(innocent));
        }
    }

    #[test]
    fn an_unknown_measurement_keeps_its_name() {
        let m = crate::Language::En.messages();
        assert_eq!(evidence(m, "smoke-density"), "smoke-density");
        assert_eq!(damage(m, "burnt"), "burnt");
    }
}
