//! Who takes part: organisations by kind and standing, people by role and clearance.

use serde::{Deserialize, Serialize};

/// What an organisation is (policy paper, list of actors).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgKind {
    /// Runs the national centre (内閣官房).
    NationalCentre,
    /// The overseer (サイバー通信情報監理委員会): five members, its own keys, its own machine.
    Commission,
    /// Runs infrastructure others depend on (重要インフラ事業者).
    Operator,
    /// Carries traffic: telecom, exchange, cloud, platform (電気通信事業者, プラットフォーマー).
    Carrier,
    /// A ministry or agency (所管省庁).
    Ministry,
    /// Makes hardware, software or security services.
    Vendor,
    /// An information sharing body of a sector (セプター, ISAC).
    Isac,
    /// A small business without staff for this (中小企業).
    SmallBusiness,
    /// A partner abroad.
    PartnerAbroad,
}

/// An operator's standing under the law; it may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgFlag {
    /// Critical infrastructure (重要インフラ).
    CriticalInfrastructure,
    /// Specified essential infrastructure (特定社会基盤事業者).
    Specified,
    /// Special social infrastructure with reporting duty (特別社会基盤事業者).
    Special,
}

/// What a person may be asked to do. A person may hold several; none is a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the machines and accounts; sees no governed data.
    Administrator,
    /// Reads findings and runs hunts.
    Analyst,
    /// Releases warnings.
    DutyEditor,
    /// Requests mandates and approves as line management.
    LineOfficer,
    /// Approves for lawfulness.
    LegalOfficer,
    /// Carries out measures (designated officer).
    Executor,
    /// Decides at the commission.
    Commissioner,
    /// Inspects for the commission.
    Inspector,
    /// Answers requests for a carrier.
    CarrierLiaison,
    /// Reports and receives for an operator.
    OperatorOfficer,
    /// Oversees a sector for a ministry; never sees reports in order to punish.
    Regulator,
    /// Keeps an organisation's people up to date.
    OrgAdministrator,
}

/// How secret a thing a person may see (特定秘密, 重要経済安保情報), lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clearance {
    /// Nothing classified.
    None,
    /// Restricted.
    Restricted,
    /// Secret.
    Secret,
    /// Top secret.
    TopSecret,
}

impl OrgKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::NationalCentre,
        Self::Commission,
        Self::Operator,
        Self::Carrier,
        Self::Ministry,
        Self::Vendor,
        Self::Isac,
        Self::SmallBusiness,
        Self::PartnerAbroad,
    ];

    /// The word used in files, records and policies.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NationalCentre => "national_centre",
            Self::Commission => "commission",
            Self::Operator => "operator",
            Self::Carrier => "carrier",
            Self::Ministry => "ministry",
            Self::Vendor => "vendor",
            Self::Isac => "isac",
            Self::SmallBusiness => "small_business",
            Self::PartnerAbroad => "partner_abroad",
        }
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 12] = [
        Self::Administrator,
        Self::Analyst,
        Self::DutyEditor,
        Self::LineOfficer,
        Self::LegalOfficer,
        Self::Executor,
        Self::Commissioner,
        Self::Inspector,
        Self::CarrierLiaison,
        Self::OperatorOfficer,
        Self::Regulator,
        Self::OrgAdministrator,
    ];

    /// The word used in files, records and policies.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Analyst => "analyst",
            Self::DutyEditor => "duty_editor",
            Self::LineOfficer => "line_officer",
            Self::LegalOfficer => "legal_officer",
            Self::Executor => "executor",
            Self::Commissioner => "commissioner",
            Self::Inspector => "inspector",
            Self::CarrierLiaison => "carrier_liaison",
            Self::OperatorOfficer => "operator_officer",
            Self::Regulator => "regulator",
            Self::OrgAdministrator => "org_administrator",
        }
    }

    /// The rank an account needs before it can give this role: who approves or decides
    /// stands above who carries out.
    pub const fn rank(self) -> Rank {
        match self {
            Self::Administrator | Self::Commissioner => Rank::Head,
            Self::LineOfficer | Self::LegalOfficer | Self::OrgAdministrator | Self::Regulator => Rank::Officer,
            Self::Analyst
            | Self::DutyEditor
            | Self::Executor
            | Self::Inspector
            | Self::CarrierLiaison
            | Self::OperatorOfficer => Rank::Member,
        }
    }

    /// Whether the role exists in an organisation of this kind: an operator has no analysts of the
    /// hub, a carrier no commissioners.
    pub const fn exists_at(self, kind: OrgKind) -> bool {
        match self {
            Self::Administrator | Self::Analyst | Self::DutyEditor | Self::LineOfficer | Self::LegalOfficer => {
                matches!(kind, OrgKind::NationalCentre)
            }
            Self::Executor => matches!(kind, OrgKind::NationalCentre | OrgKind::Ministry),
            Self::Commissioner | Self::Inspector => matches!(kind, OrgKind::Commission),
            Self::CarrierLiaison => matches!(kind, OrgKind::Carrier),
            Self::Regulator => matches!(kind, OrgKind::Ministry),
            Self::OperatorOfficer => !matches!(kind, OrgKind::NationalCentre | OrgKind::Commission | OrgKind::Ministry),
            Self::OrgAdministrator => true,
        }
    }
}

impl Clearance {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::None, Self::Restricted, Self::Secret, Self::TopSecret];

    /// 0 for nothing classified, up to 3 for top secret.
    pub const fn level(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Restricted => 1,
            Self::Secret => 2,
            Self::TopSecret => 3,
        }
    }
}

/// Standing of an account when accounts are changed, lowest first. It opens nothing by itself:
/// it only says whose account may be changed by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// Works there.
    Member,
    /// Approves, or keeps accounts.
    Officer,
    /// Decides, or runs the machines.
    Head,
}

impl Rank {
    /// Every rank, lowest first.
    pub const ALL: [Self; 3] = [Self::Member, Self::Officer, Self::Head];

    /// 0 for a member, up to 2 for a head.
    pub const fn level(self) -> u8 {
        match self {
            Self::Member => 0,
            Self::Officer => 1,
            Self::Head => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_files() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.word()));
        }
        for kind in OrgKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.word()));
        }
    }

    #[test]
    fn every_role_exists_somewhere_and_the_oversight_only_at_the_commission() {
        for role in Role::ALL {
            assert!(OrgKind::ALL.into_iter().any(|kind| role.exists_at(kind)), "{role:?}");
        }
        for kind in OrgKind::ALL {
            assert_eq!(Role::Commissioner.exists_at(kind), kind == OrgKind::Commission);
        }
    }

    #[test]
    fn levels_keep_the_order_of_the_words() {
        assert!(Clearance::ALL.windows(2).all(|pair| pair[0] < pair[1] && pair[0].level() < pair[1].level()));
        assert!(Rank::ALL.windows(2).all(|pair| pair[0] < pair[1] && pair[0].level() < pair[1].level()));
    }
}
