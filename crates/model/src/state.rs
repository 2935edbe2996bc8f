//! What a governed thing is and where it stands: words for mandates, openings, measures, reports.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every one there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word used in files, records and policies.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

words!(
    /// What kind of information a thing is (policy paper, figure 16). Class 4, the essential content of
    /// communication, has no variant: there is nowhere to put it.
    DataClass {
        /// Class 1: time, address, port, domain.
        Identifier = "identifier",
        /// Class 2: commands to computers, as a signature id or a hash only.
        Command = "command",
        /// Class 3: other mechanical information (機械的情報): protocol, volume.
        OtherMachine = "other_machine",
    }
);

words!(
    /// Where a mandate stands between request and end.
    MandateState {
        /// Being written.
        Draft = "draft",
        /// Before the commission.
        Requested = "requested",
        /// Approved by the commission; in force within its term.
        Approved = "approved",
        /// Halted, may be taken up again by the commission.
        Suspended = "suspended",
        /// Refused by the commission.
        Refused = "refused",
        /// Ended before its term; its data is to be destroyed.
        Revoked = "revoked",
        /// Its term is over.
        Expired = "expired",
    }
);

words!(
    /// Where a request to open a pseudonym stands.
    OpeningState {
        /// Asked for.
        Requested = "requested",
        /// Approved by a legal officer.
        Approved = "approved",
        /// Refused.
        Refused = "refused",
        /// Carried out; it cannot be carried out twice.
        Opened = "opened",
    }
);

words!(
    /// Kinds of measure (措置), lightest first.
    MeasureKind {
        /// Tell the owner.
        Notice = "notice",
        /// Ask the hoster or registrar.
        TakedownRequest = "takedown_request",
        /// Point a name elsewhere.
        Sinkhole = "sinkhole",
        /// Drop traffic to it.
        Filter = "filter",
        /// Say in public who it was.
        Attribution = "attribution",
        /// Access and neutralisation (アクセス・無害化): a record of what designated officers do.
        AccessNeutralise = "access_neutralise",
    }
);

words!(
    /// Where a measure stands.
    MeasureState {
        /// Being written.
        Draft = "draft",
        /// Before its approvers.
        Proposed = "proposed",
        /// Approved by both.
        Approved = "approved",
        /// In effect.
        Applied = "applied",
        /// Expired or taken back.
        Ended = "ended",
        /// Given up before it was applied.
        Withdrawn = "withdrawn",
    }
);

words!(
    /// Traffic light protocol 2.0 (FIRST). Not a total order: amber reaches clients of the recipient, amber+strict does not.
    Tlp {
        /// TLP:CLEAR, no limit.
        Clear = "clear",
        /// TLP:GREEN, the community.
        Green = "green",
        /// TLP:AMBER, the organisation and its clients.
        Amber = "amber",
        /// TLP:AMBER+STRICT, the organisation alone.
        AmberStrict = "amber_strict",
        /// TLP:RED, named people alone.
        Red = "red",
    }
);
