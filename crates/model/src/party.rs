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
