use super::*;
use crate::common::{ExternalReference, KillChainPhase, Stamp};
use crate::domain::{IdentityClass, IndicatorType, PatternType};
use crate::observable::{End, Seen};
use crate::relation::RelationshipType;
use crate::{Pattern, Timestamp};

fn sample() -> Bundle {
    let at = Timestamp::from_micros(1_763_776_800_000_000);
    let mut stamp = Stamp { at, by: None, tlp: Tlp::Amber };
    let identity = Identity {
        common: stamp.common("identity", "sample"),
        name: "Sample".into(),
        description: None,
        identity_class: IdentityClass::System,
    };
    stamp.by = Some(identity.common.id.clone());
    let server: IpAddr = "203.0.113.7".parse().unwrap();
    let (address, address_object) = Object::address(server, Tlp::Amber);
    let seen = Seen {
        address: &address,
        end: End::Destination,
        port: Some(443),
        protocol: "tcp".into(),
        first: at,
        last: at.next(),
    };
    let indicator = Indicator {
        common: stamp.common("indicator", "203.0.113.7").with_confidence(140),
        name: "Server".into(),
        description: "Why".into(),
        indicator_types: vec![IndicatorType::MaliciousActivity],
        pattern: Pattern::traffic(server, End::Destination, Some(443), Some("tcp")),
        pattern_type: PatternType::Stix,
        valid_from: at,
        valid_until: None,
        kill_chain_phases: vec![KillChainPhase::attack_tactic("command-and-control")],
    };
    let technique = AttackPattern {
        common: stamp
            .common("attack-pattern", "T1568.002")
            .with_references(vec![ExternalReference::attack_technique("T1568.002")]),
        name: "Domain Generation Algorithms".into(),
        kill_chain_phases: vec![],
    };
    let link = Relationship::new(&stamp, &indicator.common.id, RelationshipType::Indicates, &technique.common.id);
    Bundle::new([
        Object::Identity(identity),
        Object::MarkingDefinition(Tlp::Amber.definition()),
        address_object.clone(),
        address_object,
        Object::NetworkTraffic(NetworkTraffic::new(&seen, vec![Tlp::Amber.id()])),
        Object::AttackPattern(technique),
        Object::Indicator(indicator),
        Object::Relationship(link),
    ])
}

#[test]
fn a_bundle_says_what_it_said_last_time() {
    insta::assert_snapshot!(sample().to_json().unwrap());
}

#[test]
fn a_bundle_survives_text_and_back() {
    let bundle = sample();
    assert_eq!(serde_json::from_str::<Bundle>(&bundle.to_json().unwrap()).unwrap(), bundle);
}

#[test]
fn no_object_comes_twice_and_no_confidence_passes_100() {
    let bundle = sample();
    assert_eq!(bundle.objects.len(), 7);
    assert!(bundle.to_json().unwrap().contains("\"confidence\": 100"));
}

#[test]
fn the_five_markings_are_those_everyone_has() {
    for tlp in Tlp::ALL {
        let json = serde_json::to_value(tlp.definition()).unwrap();
        let body = &json["extensions"]["extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"];
        assert_eq!(body["extension_type"], "property-extension");
        assert_eq!(format!("TLP:{}", body["tlp_2_0"].as_str().unwrap().to_uppercase()), tlp.name());
        assert_eq!(json["created"], "2022-10-01T00:00:00.000Z");
    }
}

#[test]
fn what_we_write_we_would_take() {
    let bundle = sample().to_json().unwrap();
    let limits = crate::Limits::default();
    for item in crate::envelope::split(bundle.as_bytes(), &limits).unwrap() {
        let object = crate::Received::read(item.bytes, &limits).unwrap();
        assert_eq!(object.warnings(), [], "{}", object.text());
    }
}
