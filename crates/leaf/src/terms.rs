//! What a mandate permits, in full and in public: the measure every later act is held against.

use crate::digest::{Commitment, Digest};
use ipnet::IpNet;
use noroshi_model::{Clearance, Direction, LegalBasis, Micros, OrgId, PersonId, Purpose};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The terms of one version of a mandate (取得・利用の承認の内容).
///
/// Fields stand in alphabetical order, so that the bytes serde writes are canonical (RFC 8785).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// People who may ask questions of what was kept.
    pub analysts: BTreeSet<PersonId>,
    /// The carrier (電気通信事業者) whose traffic metadata is meant.
    pub carrier: OrgId,
    /// How secret what is kept under it is.
    pub clearance: Clearance,
    /// Directions covered. Never [`Direction::Domestic`] (内内).
    pub directions: BTreeSet<Direction>,
    /// Whether DNS names may be read. Names can be content in law.
    pub dns_names: bool,
    /// The carrier's own prefixes: what counts as domestic before any table is asked.
    pub domestic: BTreeSet<IpNet>,
    /// First moment of the term.
    pub from: Micros,
    /// Hunts that may be run under it.
    pub hunts_max: u32,
    /// What it rests on.
    pub legal_basis: LegalBasis,
    /// The party to the traffic whose consent it rests on, for a party agreement (当事者協定).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<OrgId>,
    /// Inclusive port ranges in scope; empty covers all.
    pub ports: BTreeSet<(u16, u16)>,
    /// IP protocol numbers in scope; empty covers all.
    pub protocols: BTreeSet<u8>,
    /// What the data may be used for (利用目的).
    pub purposes: BTreeSet<Purpose>,
    /// Records admitted at most in one run.
    pub records_max: u64,
    /// Days what was kept may be kept; at their end its keys are destroyed.
    pub retain_days_max: u32,
    /// Rows one hunt may return.
    pub rows_max: u64,
    /// The rule pack the term was measured against: name and version.
    pub rule_pack: String,
    /// Records of selected servers kept at most in one run.
    pub selected_records_max: u64,
    /// Commitment to the list of known servers to look for from the start, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selectors: Option<Commitment>,
    /// First moment after the term.
    pub until: Micros,
}

impl Terms {
    /// SHA-256 of the canonical bytes: what commissioners vote on.
    pub fn digest(&self) -> Digest {
        // Serialising sets, numbers and texts into memory has no way to fail; an empty text would
        // match no vote.
        Digest::of(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Whether the term covers a moment: half open.
    pub fn covers(&self, at: Micros) -> bool {
        self.from <= at && at < self.until
    }

    /// In which respects these terms permit more than `before`. Empty means the same or narrower:
    /// that a requester may do alone. Anything else needs the commission.
    pub fn widens(&self, before: &Self) -> Vec<&'static str> {
        let mut wider = Vec::new();
        let mut check = |word, is: bool| {
            if is {
                wider.push(word);
            }
        };
        check("analysts", !self.analysts.is_subset(&before.analysts));
        check("carrier", self.carrier != before.carrier);
        check("clearance", self.clearance < before.clearance);
        check("directions", !self.directions.is_subset(&before.directions));
        check("dns_names", self.dns_names && !before.dns_names);
        // A prefix less is a prefix more that counts as foreign; a prefix more moves traffic between directions.
        check("domestic", self.domestic != before.domestic);
        check("from", self.from < before.from);
        check("hunts_max", self.hunts_max > before.hunts_max);
        check("legal_basis", self.legal_basis != before.legal_basis);
        check("party", self.party != before.party);
        check("ports", !covered(&self.ports, &before.ports));
        check("protocols", !before.protocols.is_empty() && !narrower(&self.protocols, &before.protocols));
        check("purposes", !self.purposes.is_subset(&before.purposes));
        check("records_max", self.records_max > before.records_max);
        check("retain_days_max", self.retain_days_max > before.retain_days_max);
        check("rows_max", self.rows_max > before.rows_max);
        check("rule_pack", self.rule_pack != before.rule_pack);
        check("selected_records_max", self.selected_records_max > before.selected_records_max);
        check("selectors", self.selectors != before.selectors && self.selectors.is_some());
        check("until", self.until > before.until);
        wider
    }
}

/// A set of protocols inside another; the empty set stands for all.
fn narrower(inner: &BTreeSet<u8>, outer: &BTreeSet<u8>) -> bool {
    !inner.is_empty() && inner.is_subset(outer)
}

/// Whether every port of `inner` is one of `outer`; the empty set stands for all.
fn covered(inner: &BTreeSet<(u16, u16)>, outer: &BTreeSet<(u16, u16)>) -> bool {
    if outer.is_empty() {
        return true;
    }
    let holds = |port: u16| outer.iter().any(|&(low, high)| low <= port && port <= high);
    !inner.is_empty() && inner.iter().all(|&(low, high)| (low..=high).all(holds))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use noroshi_model::time::DAY;
    use uuid::Uuid;

    pub(crate) fn terms() -> Terms {
        Terms {
            analysts: BTreeSet::from([PersonId(Uuid::from_u128(1))]),
            carrier: OrgId(Uuid::from_u128(2)),
            clearance: Clearance::Restricted,
            directions: BTreeSet::from([Direction::ForeignIn]),
            dns_names: false,
            domestic: BTreeSet::from(["192.0.2.0/24".parse().unwrap()]),
            from: Micros(0),
            hunts_max: 10,
            legal_basis: LegalBasis::ForeignIn,
            party: None,
            ports: BTreeSet::from([(1, 1024)]),
            protocols: BTreeSet::from([6, 17]),
            purposes: BTreeSet::from([Purpose::FindAttackServers]),
            records_max: 1_000,
            retain_days_max: 30,
            rows_max: 100,
            rule_pack: "jp-2026.1".into(),
            selected_records_max: 500,
            selectors: None,
            until: Micros(180 * DAY),
        }
    }

    #[test]
    fn the_same_terms_or_narrower_ones_do_not_widen() {
        let before = terms();
        assert!(before.widens(&before).is_empty());
        let narrower = Terms { ports: BTreeSet::from([(80, 80)]), hunts_max: 1, until: Micros(DAY), ..terms() };
        assert!(narrower.widens(&before).is_empty(), "{:?}", narrower.widens(&before));
    }

    #[test]
    fn every_way_of_widening_is_named() {
        let before = Terms { selectors: None, ..terms() };
        let wider = Terms {
            analysts: BTreeSet::from([PersonId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(9))]),
            carrier: OrgId(Uuid::from_u128(3)),
            clearance: Clearance::None,
            directions: BTreeSet::from([Direction::ForeignIn, Direction::ForeignForeign]),
            dns_names: true,
            domestic: BTreeSet::from(["192.0.2.0/25".parse().unwrap()]),
            from: Micros(-1),
            hunts_max: 11,
            legal_basis: LegalBasis::PartyAgreement,
            party: Some(OrgId(Uuid::from_u128(4))),
            ports: BTreeSet::new(),
            protocols: BTreeSet::new(),
            purposes: BTreeSet::from([Purpose::FindAttackServers, Purpose::WarnVictims]),
            records_max: 1_001,
            retain_days_max: 31,
            rows_max: 101,
            rule_pack: "other".into(),
            selected_records_max: 501,
            selectors: Some(Commitment(Digest::of(b"x"))),
            until: Micros(181 * DAY),
        };
        let value = serde_json::to_value(&wider).unwrap();
        let fields: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        assert_eq!(wider.widens(&before), fields, "every field of the terms is compared");
    }
}
