//! Everything that can be asked for: one type for each act, so that a permit for one cannot serve another.

use crate::principal::Person;
use crate::resource::{
    Collection, Dataset, Finding, Hub, Intelligence, Invitation, MandateChange, MandateFacts, Measure, Opening, Org,
    OrgChange, PersonChange, Report, Resource, SealedEntry, Token,
};
use noroshi_model::OrgKind;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An act, as a type. Sealed: new acts are added here, in the schema and in the policies.
pub trait Act: sealed::Sealed {
    /// What it is done to.
    type Resource: Resource;
    /// The same act as a value.
    const KIND: ActKind;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $word:literal on $resource:ty;)*) => {
        /// An act, as a value: for records, tokens and tables.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ActKind {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl ActKind {
            /// Every act, in the order of the files of policies.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word used in policies, tokens and records.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $name {}
            impl sealed::Sealed for $name {}
            impl Act for $name {
                type Resource = $resource;
                const KIND: ActKind = ActKind::$name;
            }
        )*
    };
}

acts! {
    /// Enter an organisation in the register.
    RegisterOrg = "registerOrg" on Org;
    /// Change an organisation's card or standing.
    ChangeOrg = "changeOrg" on OrgChange;
    /// Read an organisation's card.
    ReadOrg = "readOrg" on Org;
    /// Invite a person to an account.
    InvitePerson = "invitePerson" on Invitation;
    /// Change a person's roles or rank, or switch the account off.
    ChangeMembership = "changeMembership" on PersonChange;
    /// Give or take a clearance.
    SetClearance = "setClearance" on PersonChange;
    /// Read a person's account.
    ReadPerson = "readPerson" on Person;
    /// Issue a token or client certificate.
    IssueToken = "issueToken" on Token;
    /// Revoke one.
    RevokeToken = "revokeToken" on Token;
    /// Ask the commission for a mandate, or propose a party agreement (当事者協定).
    RequestMandate = "requestMandate" on MandateFacts;
    /// Answer a request, for the carrier it names.
    AnswerRequest = "answerRequest" on MandateFacts;
    /// Object to the commission, for the carrier it names.
    ObjectToCommission = "objectToCommission" on MandateFacts;
    /// Write down a decision the commission signed elsewhere.
    DecideMandate = "decideMandate" on MandateChange;
    /// Halt a mandate.
    SuspendMandate = "suspendMandate" on MandateChange;
    /// A new version, narrower or wider.
    AmendMandate = "amendMandate" on MandateChange;
    /// End a mandate before its term.
    RevokeMandate = "revokeMandate" on MandateChange;
    /// Read a mandate.
    ReadMandate = "readMandate" on MandateFacts;
    /// Take in traffic metadata (取得).
    Collect = "collect" on Dataset;
    /// Let the detectors run over it (自動選別).
    RunDetectors = "runDetectors" on Dataset;
    /// Ask a question of selected information (選別後通信情報の利用).
    Hunt = "hunt" on Dataset;
    /// Read a finding.
    ReadFinding = "readFinding" on Finding;
    /// Ask for a pseudonym to be opened.
    RequestOpening = "requestOpening" on Opening;
    /// Approve such a request.
    ApproveOpening = "approveOpening" on Opening;
    /// Carry out an approved request.
    OpenPseudonym = "openPseudonym" on Opening;
    /// Destroy data at the end of its term (消去).
    Dispose = "dispose" on Dataset;
    /// Read an incident report.
    ReadReport = "readReport" on Report;
    /// Open, change or close a collection of shared intelligence.
    KeepCollection = "keepCollection" on Collection;
    /// See that a collection exists, and read from it.
    ReadCollection = "readCollection" on Collection;
    /// Give intelligence to a collection.
    GiveIntelligence = "giveIntelligence" on Collection;
    /// Read intelligence.
    ReadIntelligence = "readIntelligence" on Intelligence;
    /// Take back what one's own organisation gave.
    WithdrawIntelligence = "withdrawIntelligence" on Intelligence;
    /// Propose a measure (措置).
    ProposeMeasure = "proposeMeasure" on Measure;
    /// Approve one as line management.
    ApproveLine = "approveLine" on Measure;
    /// Approve one for lawfulness.
    ApproveLegal = "approveLegal" on Measure;
    /// Carry out one: a governed record, no code that acts.
    ExecuteMeasure = "executeMeasure" on Measure;
    /// Open a sealed entry of the ledger.
    Unseal = "unseal" on SealedEntry;
    /// Inspect the hub (検査).
    Inspect = "inspect" on Hub;
    /// Read entries of the ledger in full.
    ReadLedger = "readLedger" on Hub;
    /// Read the board of the five stages.
    ReadBoard = "readBoard" on Hub;
}

impl ActKind {
    /// Whether a token of a machine may name this act at all. Whatever asks for a fresh signature
    /// of a person, or changes accounts, is never in reach of a token.
    pub const fn open_to_machines(self) -> bool {
        matches!(
            self,
            Self::Collect
                | Self::RunDetectors
                | Self::Dispose
                | Self::ReadLedger
                | Self::ReadCollection
                | Self::GiveIntelligence
                | Self::ReadIntelligence
                | Self::WithdrawIntelligence
        )
    }
}

impl ActKind {
    /// Whether a machine of an organisation of `kind` may be given this act: who hands over traffic collects, who
    /// answers for it selects and destroys, who oversees reads the ledger, and everybody else shares.
    pub const fn open_to_machines_of(self, kind: OrgKind) -> bool {
        match self {
            Self::Collect => matches!(kind, OrgKind::Carrier | OrgKind::Operator),
            Self::RunDetectors | Self::Dispose => matches!(kind, OrgKind::NationalCentre),
            Self::ReadLedger => matches!(kind, OrgKind::Commission),
            Self::ReadCollection | Self::GiveIntelligence | Self::ReadIntelligence | Self::WithdrawIntelligence => {
                !matches!(kind, OrgKind::Commission)
            }
            _ => false,
        }
    }
}

impl fmt::Display for ActKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
