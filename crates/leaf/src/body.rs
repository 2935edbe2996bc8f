//! The kinds of line.

use crate::act::{Abort, Done, Intent};
use crate::batch::{BatchOpened, BatchSealed, Disposed};
use crate::digest::{Commitment, Digest};
use crate::mandate::MandateLine;
use crate::statement::Signed;
use crate::vote::{Roster, Vote};
use noroshi_model::{
    Clearance, CollectionId, Country, HuntId, MandateId, Micros, OpeningId, OrgFlag, OrgId, OrgKind, PersonId, Role,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// The log's first line: whose log this is, and the commission it answers to.
    Genesis(Box<Genesis>),
    /// The hub is alive. Silence shows as a gap.
    Heartbeat(Heartbeat),
    /// Something happened to a mandate.
    Mandate(Box<MandateLine>),
    /// Something is about to be done.
    Intent(Box<Intent>),
    /// It was done.
    Done(Done),
    /// It was given up.
    Abort(Abort),
    /// Something was refused. Refusals are results, recorded like successes.
    Refused(Refused),
    /// A batch begins.
    BatchOpened(BatchOpened),
    /// A batch is complete.
    BatchSealed(BatchSealed),
    /// Batches were destroyed.
    Disposed(Disposed),
    /// A request to open a pseudonym was made, approved or refused.
    Opening(Opening),
    /// An organisation was registered or changed.
    Organisation(Organisation),
    /// A person's roles, clearance or standing changed.
    Person(Person),
    /// An account's keys changed: passkey, token, certificate.
    Credential(Credential),
    /// The commission's roster changed, by votes of the roster before.
    Roster(Box<RosterChange>),
    /// The commission found something, or the hub answered.
    Inspection(Inspection),
    /// A member of the public complained (苦情): that none is lost can be checked.
    Complaint(Complaint),
    /// A collection of shared intelligence was opened, changed or closed.
    Collection(Collection),
    /// Intelligence was given to a collection or withdrawn from it.
    Intelligence(Intelligence),
}

impl Body {
    /// The word of its kind, as it stands in the bytes: `intent`, `heartbeat`, ….
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Genesis(_) => "genesis",
            Self::Heartbeat(_) => "heartbeat",
            Self::Mandate(_) => "mandate",
            Self::Intent(_) => "intent",
            Self::Done(_) => "done",
            Self::Abort(_) => "abort",
            Self::Refused(_) => "refused",
            Self::BatchOpened(_) => "batch_opened",
            Self::BatchSealed(_) => "batch_sealed",
            Self::Disposed(_) => "disposed",
            Self::Opening(_) => "opening",
            Self::Organisation(_) => "organisation",
            Self::Person(_) => "person",
            Self::Credential(_) => "credential",
            Self::Roster(_) => "roster",
            Self::Inspection(_) => "inspection",
            Self::Complaint(_) => "complaint",
            Self::Collection(_) => "collection",
            Self::Intelligence(_) => "intelligence",
        }
    }
}

/// The first line of a log: the promises everything after is held to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// Days after the end of a mandate or of a batch's retention until its keys must be destroyed.
    pub disposal_days_max: u32,
    /// Seconds between heartbeats, at most.
    pub heartbeat_seconds_max: u32,
    /// Seconds from an intent to its deadline, at most: nobody gives themselves ten years.
    pub intent_seconds_max: u32,
    /// The log's origin (C2SP tlog-checkpoint).
    pub origin: String,
    /// The commission it answers to.
    pub roster: Roster,
}

/// The hub is alive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heartbeat {
    /// Counts up without a gap.
    pub number: u64,
    /// Intents that are open.
    pub open_intents: u64,
}

/// What was refused, to whom stands in the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The act that was asked for, for example `hunt` or `mandate.request`.
    pub act: String,
    /// Under which mandate, if one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<MandateId>,
    /// The rules that refused.
    pub rules: BTreeSet<String>,
}

/// Where a request to open a pseudonym stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpeningStep {
    /// Asked for.
    Requested,
    /// Approved by somebody else.
    Approved,
    /// Refused.
    Refused,
}

/// A step of a request to open a pseudonym. The opening itself is an intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// SHA-256 of the passkey assertion over the exact object, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Digest>,
    /// Under which mandate.
    pub mandate: MandateId,
    /// Which request.
    pub opening: OpeningId,
    /// Commitment to pseudonym and reason.
    pub scope: Commitment,
    /// Where it stands.
    pub step: OpeningStep,
}

/// An organisation as it stands after the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Where it is at home, where that is not Japan: what is released to countries is measured by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Its standing under the law.
    pub flags: BTreeSet<OrgFlag>,
    /// What it is.
    pub kind: OrgKind,
    /// Commitment to its name.
    pub name: Commitment,
    /// Which.
    pub org: OrgId,
}

/// A person as they stand after the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Whether the account can be used.
    pub active: bool,
    /// How secret a thing they may see.
    pub clearance: Clearance,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clearance_until: Option<Micros>,
    /// Commitment to the compartments they are in, where there are any: their names may say too much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compartments: Option<Commitment>,
    /// Their organisation.
    pub org: OrgId,
    /// Who: an id that says nothing by itself.
    pub person: PersonId,
    /// What they may be asked to do.
    pub roles: BTreeSet<Role>,
}

/// What kind of key an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// A passkey (WebAuthn).
    Passkey,
    /// An account at an OpenID Connect provider.
    OpenId,
    /// An API token.
    Token,
    /// A client certificate.
    Certificate,
    /// A one-time enrolment link.
    EnrolmentLink,
}

/// A key was added to or taken from an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// Whether it was added; otherwise taken away.
    pub added: bool,
    /// SHA-256 of what identifies it.
    pub fingerprint: Digest,
    /// What it is.
    pub kind: CredentialKind,
    /// Whose organisation.
    pub org: OrgId,
    /// Whose, if a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

/// A new roster of the commission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterChange {
    /// The new roster.
    pub roster: Roster,
    /// Votes of the old one, whose `terms` are the digest of the new one (see [`Roster::digest`]).
    pub votes: Vec<Signed<Vote>>,
}

/// What the commission's inspection and the hub say to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    /// When an answer is due, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Micros>,
    /// Which finding, hunt or sample it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hunt: Option<HuntId>,
    /// Its number at the commission.
    pub number: u64,
    /// What this is.
    pub step: InspectionStep,
    /// Commitment to its text.
    pub text: Commitment,
}

/// A step of an inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InspectionStep {
    /// The commission found something.
    Finding,
    /// The commission recommends something.
    Recommendation,
    /// The hub answers.
    Answer,
}

/// A complaint arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complaint {
    /// Commitment to what was written.
    pub text: Commitment,
}

/// What became of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectionStep {
    /// It was opened.
    Opened,
    /// Who may read or write it, or what it is called, changed.
    Changed,
    /// It takes and gives nothing any more.
    Closed,
}

/// A collection of shared intelligence (情報共有の区画).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collection {
    /// Which.
    pub collection: CollectionId,
    /// Commitment to what it is called and who may read and write it, as it stands after the change.
    pub stands: Commitment,
    /// What happened.
    pub step: CollectionStep,
}

/// Objects given to a collection or withdrawn from it, together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intelligence {
    /// Which collection.
    pub collection: CollectionId,
    /// Whether they were given; otherwise withdrawn.
    pub given: bool,
    /// Commitment to the list of them: id, version and SHA-256 of each, a line each.
    pub list: Commitment,
    /// How many.
    pub objects: u64,
}
