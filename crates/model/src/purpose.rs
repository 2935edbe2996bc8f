//! What a mandate is for, and what it rests on.

use serde::{Deserialize, Serialize};

/// What the traffic metadata may be used for (利用目的). Sanctioning whoever
/// reported has no variant: it cannot be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Find servers that command attacks.
    FindAttackServers,
    /// Warn those who are attacked.
    WarnVictims,
    /// Measure how well detection works on labelled captures.
    Evaluate,
}

/// What the collection rests on (取得・利用の根拠).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegalBasis {
    /// Agreement with a party to the traffic (当事者協定).
    PartyAgreement,
    /// Foreign-to-foreign measure approved by the commission (外外通信目的送信措置).
    ForeignForeign,
    /// Foreign-to-domestic measure approved by the commission (特定外内通信目的送信措置).
    ForeignIn,
    /// Domestic-to-foreign measure approved by the commission (特定内外通信目的送信措置).
    OutForeign,
}

impl Purpose {
    /// Every purpose there is.
    pub const ALL: [Self; 3] = [Self::FindAttackServers, Self::WarnVictims, Self::Evaluate];

    /// The word used in files, records and policies.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FindAttackServers => "find-attack-servers",
            Self::WarnVictims => "warn-victims",
            Self::Evaluate => "evaluate",
        }
    }
}

impl LegalBasis {
    /// Every basis there is.
    pub const ALL: [Self; 4] = [Self::PartyAgreement, Self::ForeignForeign, Self::ForeignIn, Self::OutForeign];

    /// The word used in files, records and policies.
    pub const fn word(self) -> &'static str {
        match self {
            Self::PartyAgreement => "party-agreement",
            Self::ForeignForeign => "foreign-foreign",
            Self::ForeignIn => "foreign-in",
            Self::OutForeign => "out-foreign",
        }
    }
}
