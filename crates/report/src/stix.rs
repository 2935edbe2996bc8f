//! Findings as a STIX 2.1 bundle, for sharing with programs of others.
//!
//! What goes out is decided here: only findings above low become indicators; a domestic address is a pseudonym and
//! never leaves, so a finding about a domestic host, a client or an end of a path that is not itself a published
//! server is left out; the target of a flood is a victim, so it is left out too. The report object says how many.

mod technique;

use crate::context::RunContext;
use crate::explain;
use crate::language::Language;
use crate::limits::FINDINGS_IN_STIX_MAX;
use crate::ranked;
use noroshi_model::{Detector, Finding, Micros, Severity};
use noroshi_stix::common::Stamp;
use noroshi_stix::domain::{
    Identity, IdentityClass, Indicator, Infrastructure, NUMBER_OBSERVED_MAX, ObservedData, PatternType, Report,
    ReportType,
};
use noroshi_stix::observable::{End, NetworkTraffic, Seen};
use noroshi_stix::relation::{Relationship, RelationshipType, Sighting};
use noroshi_stix::{Bundle, Id, Object, Pattern, Timestamp, Tlp};
use std::collections::BTreeMap;
use std::net::IpAddr;
use technique::technique;

/// How long an indicator holds after it was last seen: first-tier machines of large botnets were seen to live about
/// 17 days (Lumen Black Lotus Labs on Raptor Train, 2024), after which an address is likely somebody else's.
const VALID_DAYS: i64 = 17;

/// The findings above low as a bundle, marked TLP:AMBER.
pub fn stix_bundle(findings: &[Finding], context: &RunContext) -> Bundle {
    stix_bundle_marked(findings, context, Tlp::Amber)
}

/// The findings above low as a bundle with the marking given.
pub fn stix_bundle_marked(findings: &[Finding], context: &RunContext, tlp: Tlp) -> Bundle {
    let (stamp, identity) = speaker(context, tlp);
    let above: Vec<_> = ranked(findings).into_iter().filter(|finding| finding.severity > Severity::Low).collect();
    let published: Vec<_> =
        above.iter().copied().filter(|finding| is_published(finding)).take(FINDINGS_IN_STIX_MAX).collect();
    let mut objects = Vec::new();
    let mut infrastructure = BTreeMap::new();
    for finding in &published {
        let told = tell(&stamp, finding, context);
        infrastructure.entry(finding.server).or_insert_with(|| told.infrastructure.clone());
        objects.extend(told.objects);
    }
    for finding in &published {
        objects.extend(paths(&stamp, finding, &infrastructure));
    }
    let report = report(&stamp, context, &objects, above.len() - published.len());
    let frame = [Object::MarkingDefinition(tlp.definition()), Object::Identity(identity)];
    Bundle::new(frame.into_iter().chain(objects).chain([Object::Report(report)]))
}

/// Whether the address of a finding may leave.
pub(crate) fn is_published(finding: &Finding) -> bool {
    !finding.domestic && finding.detector != Detector::DenialOfService
}

fn speaker(context: &RunContext, tlp: Tlp) -> (Stamp, Identity) {
    let mut stamp = Stamp { at: stix_time(context.generated_at), by: None, tlp };
    let identity = Identity {
        common: stamp.common("identity", "noroshi"),
        name: "Noroshi".to_owned(),
        description: Some("Finds servers that command attacks in traffic metadata.".to_owned()),
        identity_class: IdentityClass::System,
    };
    stamp.by = Some(identity.common.id.clone());
    (stamp, identity)
}

/// What one finding becomes.
struct Told {
    infrastructure: Id,
    objects: Vec<Object>,
}

fn tell(stamp: &Stamp, finding: &Finding, context: &RunContext) -> Told {
    let (address, address_object) = Object::address(finding.server, stamp.tlp);
    let technique = technique(finding.detector);
    let traffic = NetworkTraffic::new(
        &Seen {
            address: &address,
            end: technique.end,
            port: named_port(finding),
            protocol: finding.protocol.to_string(),
            first: stix_time(finding.first_seen),
            last: stix_time(finding.last_seen),
        },
        vec![stamp.tlp.id()],
    );
    let observed = observed(stamp, finding, context, vec![address.id.clone(), traffic.id.clone()]);
    let indicator = indicator(stamp, finding, technique.end);
    let infrastructure = infrastructure(stamp, finding);
    let pattern = technique.object(stamp);
    let link = |source: &Id, kind, target: &Id| Object::Relationship(Relationship::new(stamp, source, kind, target));
    let links = [
        link(&indicator.common.id, RelationshipType::Indicates, &infrastructure.common.id),
        link(&indicator.common.id, RelationshipType::Indicates, &pattern.common.id),
        link(&indicator.common.id, RelationshipType::BasedOn, &observed.common.id),
        link(&infrastructure.common.id, RelationshipType::ConsistsOf, &address.id),
    ];
    let sighting = sighting(stamp, finding, &indicator, &observed);
    let id = infrastructure.common.id.clone();
    let mut objects = vec![
        address_object,
        Object::NetworkTraffic(traffic),
        Object::ObservedData(observed),
        Object::AttackPattern(pattern),
        Object::Infrastructure(infrastructure),
        Object::Indicator(indicator),
    ];
    objects.extend(links);
    objects.push(Object::Sighting(sighting));
    Told { infrastructure: id, objects }
}

fn named_port(finding: &Finding) -> Option<u16> {
    (finding.port != 0).then_some(finding.port)
}

/// A key that is the same on every run for the same finding, and belongs to no other.
fn key(finding: &Finding) -> String {
    format!("{}\n{}\n{}\n{}\n{}", finding.id, finding.detector, finding.server, finding.port, finding.protocol)
}

fn observed(stamp: &Stamp, finding: &Finding, context: &RunContext, object_refs: Vec<Id>) -> ObservedData {
    let first = stix_time(finding.first_seen);
    let flows: u64 = finding.client_list.iter().fold(0, |sum, client| sum.saturating_add(client.flows));
    let number = flows.max(finding.clients).clamp(1, NUMBER_OBSERVED_MAX.into());
    let key = format!("{}\n{}\n{}", key(finding), context.mandate_fingerprint, finding.last_seen);
    ObservedData {
        common: stamp.common("observed-data", &key),
        first_observed: first,
        last_observed: stix_time(finding.last_seen).max(first),
        number_observed: u32::try_from(number).unwrap_or(NUMBER_OBSERVED_MAX),
        object_refs,
    }
}

fn indicator(stamp: &Stamp, finding: &Finding, end: End) -> Indicator {
    let technique = technique(finding.detector);
    let from = stix_time(finding.first_seen);
    let until = Micros(finding.last_seen.0.saturating_add(VALID_DAYS * noroshi_model::time::DAY));
    // A scanner or relay is recognised by its address whatever the port.
    let port = if end == End::Destination { named_port(finding) } else { None };
    let protocol = finding.protocol.to_string();
    Indicator {
        common: stamp
            .common("indicator", &key(finding))
            .with_confidence(finding.confidence.percent())
            .with_labels(vec![format!("severity-{}", finding.severity)]),
        name: format!("{}: {}", finding.detector, explain::endpoint(finding)),
        description: description(finding),
        indicator_types: vec![technique.indicator],
        pattern: Pattern::traffic(finding.server, end, port, Some(&protocol)),
        pattern_type: PatternType::Stix,
        valid_from: from,
        valid_until: Some(stix_time(until).max(from.next())),
        kill_chain_phases: technique.phases(),
    }
}

/// Why, what would explain it innocently, and how often it is wrong: in English, as STIX is read across borders.
fn description(finding: &Finding) -> String {
    let m = Language::En.messages();
    let mut parts = explain::paragraph(m, finding);
    let innocent: Vec<_> = finding.innocent.iter().map(|&innocent| crate::words::innocent(m, innocent).0).collect();
    if !innocent.is_empty() {
        parts.push(format!("Innocent explanations to check first: {}.", innocent.join(", ")));
    }
    parts.push(crate::html::false_positives(m, finding));
    parts.join(" ")
}

fn infrastructure(stamp: &Stamp, finding: &Finding) -> Infrastructure {
    let first = stix_time(finding.first_seen);
    Infrastructure {
        common: stamp.common("infrastructure", &key(finding)).with_confidence(finding.confidence.percent()),
        name: format!("{} {}", finding.detector, explain::endpoint(finding)),
        description: explain::lead(Language::En.messages(), finding),
        infrastructure_types: vec![technique(finding.detector).infrastructure],
        first_seen: first,
        last_seen: stix_time(finding.last_seen).max(first),
    }
}

fn sighting(stamp: &Stamp, finding: &Finding, indicator: &Indicator, observed: &ObservedData) -> Sighting {
    Sighting {
        common: stamp.common("sighting", observed.common.id.as_str()).with_confidence(finding.confidence.percent()),
        first_seen: observed.first_observed,
        last_seen: observed.last_observed,
        count: observed.number_observed,
        sighting_of_ref: indicator.common.id.clone(),
        observed_data_refs: vec![observed.common.id.clone()],
        where_sighted_refs: stamp.by.iter().cloned().collect(),
    }
}

/// Hops whose both ends are published servers of this bundle; every other end may be a pseudonym.
fn paths<'a>(
    stamp: &'a Stamp,
    finding: &'a Finding,
    known: &'a BTreeMap<IpAddr, Id>,
) -> impl Iterator<Item = Object> + 'a {
    finding.path.iter().filter(|hop| hop.from != hop.to).filter_map(|hop| {
        let (from, to) = (known.get(&hop.from)?, known.get(&hop.to)?);
        Some(Object::Relationship(Relationship::new(stamp, from, RelationshipType::CommunicatesWith, to)))
    })
}

fn report(stamp: &Stamp, context: &RunContext, objects: &[Object], left_out: usize) -> Report {
    let mut refs: Vec<_> = objects.iter().map(|object| object.id().clone()).collect();
    refs.sort();
    refs.dedup();
    if refs.is_empty() {
        refs.extend(stamp.by.clone());
    }
    let key = format!("{}\n{}\n{}", context.mandate_fingerprint, context.seed, context.generated_at);
    Report {
        common: stamp.common("report", &key),
        name: format!("Noroshi findings under mandate {}", crate::numbers::plain(&context.mandate_id)),
        description: format!(
            "Findings above low from {} records ({} selected). Fingerprint of the mandate: {}. \
             {left_out} findings about domestic hosts or victims, or beyond the limit, are not published here.",
            context.balance.received,
            context.balance.selected,
            crate::numbers::plain(&context.mandate_fingerprint)
        ),
        report_types: vec![if objects.is_empty() { ReportType::ObservedData } else { ReportType::Indicator }],
        published: stamp.at,
        object_refs: refs,
    }
}

fn stix_time(at: Micros) -> Timestamp {
    Timestamp::from_micros(at.0)
}
