//! What somebody asks of a mandate.

use super::Request;
use crate::said::Said;
use noroshi_leaf::{Answer, Commitment, Digest, Signed, Terms, Vote};
use noroshi_model::{MandateId, OrgId, PersonId};
use serde::{Deserialize, Serialize};

/// A step somebody asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who asks. There is no default.
    pub by: By,
    /// What.
    pub command: Command,
    /// Of which mandate.
    pub mandate: MandateId,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The hub itself: terms that run out, disposals that are complete.
    Hub,
    /// A person who is signed in.
    Person {
        /// Acting for which organisation.
        org: OrgId,
        /// Who.
        person: PersonId,
    },
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// A new mandate, or a new version of one.
    Request(Box<Request>),
    /// The carrier says what it can do.
    Answer {
        /// Whether it can.
        answer: Answer,
        /// Records a second at most.
        load_cap_records_per_second: Option<u64>,
        /// Why.
        reason: Said,
    },
    /// The carrier objects straight to the commission.
    Object(Said),
    /// The commission decided; its votes are the proof.
    Decide(Decision),
    /// The requester makes do with less.
    Narrow(Box<Terms>),
    /// Stop for now. Without votes: the requester, or the carrier whose load cap was passed.
    Suspend {
        /// Why.
        reason: Said,
        /// The commission's votes, if it is the commission.
        votes: Vec<Signed<Vote>>,
    },
    /// Go on; the commission alone.
    Resume(Vec<Signed<Vote>>),
    /// End it. Without votes: the requester gives it up.
    Revoke {
        /// Why.
        reason: Said,
        /// The commission's votes, if it is the commission.
        votes: Vec<Signed<Vote>>,
    },
    /// Its term ran out.
    Expire,
    /// Everything kept under it is destroyed.
    Dispose {
        /// How many batches.
        batches: u64,
        /// SHA-256 over their ids in order, one a line.
        list: Digest,
    },
}

/// A decision of the commission as it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Conditions, as put to the vote.
    pub conditions: Vec<String>,
    /// The written reasons, one for each vote, in the order of the votes.
    pub reasons: Vec<Said>,
    /// Every vote that was cast.
    pub votes: Vec<Signed<Vote>>,
}

impl Decision {
    /// SHA-256 of the conditions, one a line: what each vote names.
    pub fn conditions_digest(conditions: &[String]) -> Digest {
        Digest::of(conditions.join("\n").as_bytes())
    }
}

impl Asked {
    pub(super) fn is_org(&self, wanted: OrgId) -> bool {
        matches!(self.by, By::Person { org, .. } if org == wanted)
    }
}

impl Request {
    /// The commitment to its selectors, for [`Terms::selectors`]; `None` where there are none.
    pub fn commitment(&self) -> Option<Commitment> {
        let text: Vec<_> =
            self.selectors.iter().map(|s| format!("{} {}", s.address, s.port.unwrap_or_default())).collect();
        (!text.is_empty()).then(|| Commitment::to(text.join("\n").as_bytes(), &self.selectors_salt))
    }
}
