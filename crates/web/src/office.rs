//! What the pages need of the hub: governed things to read, and deeds to ask for.
//!
//! The hub gives an office that runs `casework` on the store (load → authorise → decide → append with its
//! leaf). Pages never decide: they ask, and show the answer, also when it is a refusal. Every method takes
//! the [`Asker`]; there is no default one.

use crate::canonical;
use noroshi_authz::Principal;
use noroshi_casework::batch::Batch;
use noroshi_casework::hunt::{Hunt, Question};
use noroshi_casework::mandate::{self, Mandate};
use noroshi_casework::opening::{self, Opening};
use noroshi_casework::party;
use noroshi_leaf::{Digest, Leaf};
use noroshi_model::{Finding, HuntId, LegalBasis, MandateId, Micros, OpeningId, OrgId, PersonId};
use noroshi_store::account::certificate::NewCertificate;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::watch;

/// An answer that is on its way.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, OfficeError>> + Send + 'a>>;

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Who, as loaded for this request.
    pub principal: Principal,
    /// The hub's clock at this request.
    pub at: Micros,
}

/// Why an answer is not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfficeError {
    /// There is none, or the asker may not know of it: the two look the same.
    #[error("there is no such thing, or it is not open to you")]
    NotFound,
    /// A rule refused; the refusal is in the ledger.
    #[error("`{rule}` refuses: {en}")]
    Refused {
        /// Name of the rule, for example `hunt.budget` or a policy's id.
        rule: String,
        /// In Japanese.
        ja: String,
        /// In English.
        en: String,
    },
    /// Somebody else changed it in the meantime.
    #[error("somebody else changed it in the meantime")]
    Conflict,
    /// Something failed; the words are for the log, not for the page.
    #[error("{0}")]
    Failed(String),
}

/// A mandate in a list.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The mandate.
    pub mandate: Mandate,
    /// Hunts asked under it.
    pub hunts: u64,
    /// Findings made under it.
    pub findings: u64,
}

/// A line of the ledger.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its index; `None` while it waits for its place.
    pub index: Option<u64>,
    /// What it says.
    pub leaf: Leaf,
}

/// Names for ids, for the people and organisations a page speaks of.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Organisations: Japanese and English.
    pub orgs: BTreeMap<OrgId, (String, String)>,
    /// People.
    pub people: BTreeMap<PersonId, String>,
}

/// Everything about one mandate that its board shows (図17, 図19).
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The mandate.
    pub mandate: Mandate,
    /// What was kept.
    pub batches: Vec<Batch>,
    /// Questions asked of it, oldest first.
    pub hunts: Vec<(HuntId, Hunt)>,
    /// Requests to open a pseudonym, oldest first.
    pub openings: Vec<(OpeningId, Opening)>,
    /// How many findings there are; what they say is asked for apart, by whom may read it.
    pub findings: u64,
    /// The ledger's lines about it, oldest first.
    pub lines: Vec<Line>,
    /// Names of who appears in it.
    pub names: Names,
}

/// A finding with the mandate it was made under.
#[derive(Debug, Clone)]
pub struct Found {
    /// The mandate.
    pub mandate: MandateId,
    /// The mandate's title.
    pub title: String,
    /// The finding.
    pub finding: Arc<Finding>,
}

/// The rows of a hunt: a header and cells, as the engine wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows, each as wide as the header.
    pub rows: Vec<Vec<String>>,
}

/// What everybody may know (図26, 図29: transparency).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PublicNumbers {
    /// Requests for a mandate or a version of one.
    pub requested: u64,
    /// Granted by the commission.
    pub granted: u64,
    /// Refused by the commission.
    pub refused: u64,
    /// In force now.
    pub live: u64,
    /// Records received.
    pub received: u64,
    /// Records outside the mandate: counted and erased.
    pub dropped: u64,
    /// Records that fed sums only.
    pub aggregated: u64,
    /// Records kept after selection.
    pub selected: u64,
    /// Hunts asked.
    pub hunts: u64,
    /// Pseudonyms opened.
    pub opened: u64,
    /// Times something was shared.
    pub shared: u64,
    /// Batches kept now.
    pub batches_kept: u64,
    /// Batches destroyed.
    pub batches_disposed: u64,
    /// Acts that were refused.
    pub refusals: u64,
}

/// What a member of the public wrote. Nothing else about them is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// What they wrote.
    pub text: String,
    /// How to answer, if they want an answer.
    pub contact: Option<String>,
}

/// Lines of the ledger to look for. Everything that is not said does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineQuery {
    /// Before this index, newest first; `None` begins at the newest.
    pub before: Option<u64>,
    /// About this mandate.
    pub mandate: Option<MandateId>,
    /// Of this kind: a key of [`noroshi_leaf::Body`] as JSON, for example `intent`.
    pub kind: Option<String>,
}

/// Something to be done. A grave one comes with evidence of a fresh signature over [`Deed::object`].
#[derive(Debug, Clone)]
pub enum Deed {
    /// A step in the life of a mandate.
    Mandate {
        /// Which; a fresh id for a first request.
        id: MandateId,
        /// The step.
        command: Box<mandate::Command>,
    },
    /// A question is asked.
    Hunt {
        /// A fresh id.
        id: HuntId,
        /// Under which mandate.
        mandate: MandateId,
        /// The question.
        question: Question,
    },
    /// A change of an account, which the pages have the store decide.
    Person {
        /// Where the account is.
        org: OrgId,
        /// Whose.
        person: PersonId,
        /// The change.
        command: party::Command,
    },
    /// A machine's certificate is registered, which the pages have the store decide.
    Machine(NewCertificate),
    /// A step of an opening.
    Opening {
        /// Which; a fresh id when it is asked for.
        id: OpeningId,
        /// Under which mandate.
        mandate: MandateId,
        /// The step.
        command: opening::Command,
    },
}

/// What became of a deed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// Index of its line in the ledger, once it has one.
    pub index: Option<u64>,
    /// The address behind a pseudonym that was opened: shown once, kept nowhere.
    pub opened: Option<IpAddr>,
}

/// The hub, as the pages see it.
pub trait Office: Send + Sync {
    /// What everybody may know.
    fn numbers(&self) -> Reply<'_, PublicNumbers>;

    /// Keeps a complaint for the commission.
    fn complain(&self, complaint: Complaint, at: Micros) -> Reply<'_, ()>;

    /// Mandates open to the asker, newest first.
    fn mandates<'a>(&'a self, asker: &'a Asker) -> Reply<'a, Vec<Summary>>;

    /// One mandate with everything about it.
    fn dossier<'a>(&'a self, asker: &'a Asker, id: MandateId) -> Reply<'a, Dossier>;

    /// Which mandate a hunt belongs to, and its rows where it is done.
    fn hunt<'a>(&'a self, asker: &'a Asker, id: HuntId) -> Reply<'a, (MandateId, Option<Table>)>;

    /// Which mandate a request to open a pseudonym belongs to.
    fn opening<'a>(&'a self, asker: &'a Asker, id: OpeningId) -> Reply<'a, MandateId>;

    /// Findings open to the asker, worst first.
    fn findings<'a>(&'a self, asker: &'a Asker) -> Reply<'a, Vec<Found>>;

    /// Lines of the ledger, newest first, at most [`crate::limits::LINES_PER_PAGE`].
    fn lines<'a>(&'a self, asker: &'a Asker, query: &'a LineQuery) -> Reply<'a, Vec<Line>>;

    /// One line.
    fn line<'a>(&'a self, asker: &'a Asker, index: u64) -> Reply<'a, Line>;

    /// Does it, or has it refused; `evidence` is the digest of the kept assertion over the deed's object.
    fn act<'a>(&'a self, asker: &'a Asker, deed: Deed, evidence: Option<Digest>) -> Reply<'a, Written>;

    /// Changes whenever the ledger grows: its size.
    fn grown(&self) -> watch::Receiver<u64>;
}

impl Deed {
    /// Whether a fresh signature over the object is asked for (the policies' class `grave`). The policies
    /// decide; this only saves a refusal.
    pub fn is_grave(&self) -> bool {
        match self {
            Self::Mandate { command, .. } => !matches!(
                **command,
                mandate::Command::Answer { .. } | mandate::Command::Object(_) | mandate::Command::Decide(_)
            ),
            Self::Hunt { .. } => false,
            Self::Person { .. } | Self::Machine(_) => true,
            Self::Opening { command, .. } => !matches!(command, opening::Command::Ask { .. }),
        }
    }

    /// The word of the act, as in the ledger's refusals.
    pub fn act(&self) -> &'static str {
        use mandate::Command as M;
        match self {
            Self::Mandate { command, .. } => match **command {
                M::Request(_) => "mandate.request",
                M::Answer { .. } => "mandate.answer",
                M::Object(_) => "mandate.object",
                M::Decide(_) => "mandate.decide",
                M::Narrow(_) => "mandate.narrow",
                M::Suspend { .. } => "mandate.suspend",
                M::Resume(_) => "mandate.resume",
                M::Revoke { .. } => "mandate.revoke",
                M::Expire => "mandate.expire",
                M::Dispose { .. } => "mandate.dispose",
            },
            Self::Hunt { .. } => "hunt.ask",
            Self::Person { command, .. } => person_act(command),
            Self::Machine(_) => "machine.register",
            Self::Opening { command, .. } => match command {
                opening::Command::Ask { .. } => "opening.ask",
                opening::Command::Approve(_) => "opening.approve",
                opening::Command::Deny(_) => "opening.deny",
                opening::Command::Open(_) => "opening.open",
            },
        }
    }

    /// What it is called on a page: as [`Deed::act`], but an agreement is proposed and not an approval asked for.
    pub(crate) fn caption(&self) -> &'static str {
        match self {
            Self::Mandate { command, .. } => match &**command {
                mandate::Command::Request(request) if request.terms.legal_basis == LegalBasis::PartyAgreement => {
                    "mandate.propose"
                }
                _ => self.act(),
            },
            _ => self.act(),
        }
    }

    /// The exact object, as shown to the person who signs: the act, on what, with every word of it.
    pub fn object(&self) -> Value {
        let (kind, id, says) = match self {
            Self::Mandate { id, command } => ("mandate", id.to_string(), mandate_says(command)),
            Self::Hunt { id, mandate, question } => {
                ("hunt", id.to_string(), json!({ "mandate": mandate, "question": question }))
            }
            Self::Person { org, person, command } => {
                ("person", person.to_string(), json!({ "change": command, "org": org }))
            }
            Self::Machine(certificate) => ("machine", hex::encode(certificate.fingerprint), machine_says(certificate)),
            Self::Opening { id, mandate, command } => ("opening", id.to_string(), opening_says(*mandate, command)),
        };
        json!({ "act": self.act(), "id": id, "kind": kind, "says": says })
    }

    /// The object's canonical bytes (RFC 8785), bound to who signs and when it was shown.
    pub fn bytes_to_sign(&self, person: PersonId, shown_at: Micros, nonce: &str) -> Vec<u8> {
        let object = json!({
            "context": "noroshi/step-up/v1", "nonce": nonce, "object": self.object(), "person": person, "shown_at": shown_at,
        });
        canonical::bytes(&object)
    }
}

const fn person_act(command: &party::Command) -> &'static str {
    use party::Command as P;
    match command {
        P::Invite { .. } => "person.invite",
        P::Accept => "person.accept",
        P::Rename(_) => "person.rename",
        P::GrantRole(_) => "person.grant_role",
        P::WithdrawRole(_) => "person.withdraw_role",
        P::SetClearance(_) => "person.set_clearance",
        P::WithdrawClearance => "person.withdraw_clearance",
        P::Suspend => "person.suspend",
        P::Resume => "person.resume",
        P::Reenrol => "person.reenrol",
        P::Leave => "person.leave",
    }
}

fn machine_says(certificate: &NewCertificate) -> Value {
    json!({
        "expires_at": certificate.expires_at, "label": certificate.label, "org": certificate.org,
        "scopes": certificate.scopes,
    })
}

fn mandate_says(command: &mandate::Command) -> Value {
    use mandate::Command as M;
    match command {
        M::Request(request) => json!({
            "necessity": request.necessity.text, "selectors": request.selectors,
            "terms": request.terms, "title": request.title,
        }),
        M::Answer { answer, load_cap_records_per_second, reason } => json!({
            "answer": answer, "load_cap_records_per_second": load_cap_records_per_second, "reason": reason.text,
        }),
        M::Object(reason) => json!({ "reason": reason.text }),
        M::Decide(decision) => json!({ "decision": decision }),
        M::Narrow(terms) => json!({ "terms": terms }),
        M::Suspend { reason, votes } | M::Revoke { reason, votes } => json!({ "reason": reason.text, "votes": votes }),
        M::Resume(votes) => json!({ "votes": votes }),
        M::Expire => json!({}),
        M::Dispose { batches, list } => json!({ "batches": batches, "list": list }),
    }
}

fn opening_says(mandate: MandateId, command: &opening::Command) -> Value {
    match command {
        opening::Command::Ask { batch, pseudonym, reason } => {
            json!({ "batch": batch, "mandate": mandate, "pseudonym": pseudonym, "reason": reason.text })
        }
        opening::Command::Approve(reason) | opening::Command::Deny(reason) => {
            json!({ "mandate": mandate, "reason": reason.text })
        }
        opening::Command::Open(intent) => json!({ "intent": intent, "mandate": mandate }),
    }
}
