//! Whom to believe: `tlog-policy` files (C2SP tlog-policy).
//!
//! ```text
//! log <vkey>
//! witness mirror <vkey> https://mirror.example.org
//! witness board <vkey>
//! witness diet <vkey>
//! group others any board diet
//! group both all mirror others
//! quorum both
//! ```
//!
//! A checkpoint is believed when a listed log signed it and the quorum cosigned it. There is no "fail open".

use std::collections::HashMap;

use crate::head::Head;
use crate::keys::{BadKey, KeyKind, VerifyKey};
use crate::limits::{POLICY_BYTES_MAX, POLICY_NAMES_MAX};
use crate::note::Note;

mod parse;

/// Why a policy was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPolicy {
    /// A line is wrong.
    #[error("policy line {line}: {why}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A line has a key that is wrong.
    #[error("policy line {line}: {source}")]
    Key {
        /// Counted from 1.
        line: usize,
        /// What is wrong with the key.
        source: BadKey,
    },
    /// There is no `quorum` line.
    #[error("the policy has no `quorum` line; write `quorum none` if the log's signature alone is to be believed")]
    NoQuorum,
    /// More than [`POLICY_BYTES_MAX`] bytes.
    #[error("the policy is longer than {POLICY_BYTES_MAX} bytes")]
    TooLong,
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotBelieved {
    /// The note is not a checkpoint.
    #[error("the note is not a checkpoint")]
    NotACheckpoint,
    /// No listed log signed it under its own name.
    #[error("no log of the policy signed this checkpoint of `{origin}`")]
    NoLog {
        /// The origin it names.
        origin: String,
    },
    /// Too few cosignatures.
    #[error("the quorum `{quorum}` is not met; valid cosignatures: {have}")]
    NoQuorum {
        /// Name of the quorum.
        quorum: String,
        /// Names of those that cosigned, with commas.
        have: String,
    },
}

/// A log or witness of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// What the policy calls it; for a log, its origin.
    pub name: String,
    /// Its public key.
    pub key: VerifyKey,
    /// Where it can be reached.
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group { threshold: usize, members: Vec<Member> },
}

/// Whom to believe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Party>,
    witnesses: Vec<Party>,
    quorum_name: String,
    /// `None` for `quorum none`.
    quorum: Option<Member>,
}

/// A witness or mirror that cosigned, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// What the policy calls it.
    pub name: String,
    /// The time in its cosignature: seconds since the epoch.
    pub at_s: u64,
}

/// A checkpoint that is believed, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Believed {
    /// What it says.
    pub head: Head,
    /// Every valid cosignature of a listed witness, also beyond the quorum.
    pub cosigned: Vec<Cosigned>,
}

impl Believed {
    /// The latest time at which a witness vouched for this being the largest tree it had seen.
    #[must_use]
    pub fn latest_s(&self) -> Option<u64> {
        self.cosigned.iter().map(|cosigned| cosigned.at_s).max()
    }
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// [`BadPolicy`] with the line.
    pub fn parse(text: &[u8]) -> Result<Self, BadPolicy> {
        parse::policy(text)
    }

    /// A policy that believes the log's signature alone: `quorum none`.
    #[must_use]
    pub fn log_alone(log: VerifyKey) -> Self {
        let party = Party { name: log.name().to_owned(), key: log, url: None };
        Self { logs: vec![party], witnesses: Vec::new(), quorum_name: "none".to_owned(), quorum: None }
    }

    /// The logs it lists.
    #[must_use]
    pub fn logs(&self) -> &[Party] {
        &self.logs
    }

    /// The witnesses it lists, mirrors among them.
    #[must_use]
    pub fn witnesses(&self) -> &[Party] {
        &self.witnesses
    }

    /// Whether a signed checkpoint is to be believed.
    ///
    /// # Errors
    /// [`NotBelieved`] says what is missing.
    pub fn check(&self, note: &Note) -> Result<Believed, NotBelieved> {
        let head = Head::of(note).map_err(|_| NotBelieved::NotACheckpoint)?;
        let by_log = |log: &Party| log.name == head.origin && note.signed_by(&log.key).is_some();
        if !self.logs.iter().any(by_log) {
            return Err(NotBelieved::NoLog { origin: head.origin });
        }
        let signed: Vec<Option<u64>> = self.witnesses.iter().map(|party| note.signed_by(&party.key)).collect();
        let cosigned: Vec<Cosigned> = self
            .witnesses
            .iter()
            .zip(&signed)
            .filter_map(|(party, at)| at.map(|at_s| Cosigned { name: party.name.clone(), at_s }))
            .collect();
        if self.quorum.as_ref().is_none_or(|quorum| witnessed(quorum, &signed)) {
            return Ok(Believed { head, cosigned });
        }
        let names: Vec<&str> = cosigned.iter().map(|cosigned| cosigned.name.as_str()).collect();
        let have = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Err(NotBelieved::NoQuorum { quorum: self.quorum_name.clone(), have })
    }

    /// The note with the signatures this policy knows, and no others.
    #[must_use]
    pub fn trimmed(&self, note: &Note) -> Note {
        note.only_signed_by(self.logs.iter().chain(&self.witnesses).map(|party| &party.key))
    }
}

fn witnessed(member: &Member, signed: &[Option<u64>]) -> bool {
    match member {
        Member::Witness(index) => signed.get(*index).is_some_and(Option::is_some),
        Member::Group { threshold, members } => {
            members.iter().filter(|member| witnessed(member, signed)).count() >= *threshold
        }
    }
}

#[cfg(test)]
mod tests;
