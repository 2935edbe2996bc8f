//! How the commission decides: each commissioner signs a vote; the votes, counted, are the decision.

use crate::digest::{Commitment, Digest};
use crate::limits;
use crate::statement::{PublicKey, SignatureError, Signed, Statement};
use noroshi_model::{MandateId, Micros};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is put to the vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Grant the terms of this version (承認).
    Grant,
    /// Stop its use for now.
    Suspend,
    /// Let its use go on.
    Resume,
    /// End it for good (取消し).
    Revoke,
    /// Replace the roster of commissioners.
    Replace,
}

impl Matter {
    /// The round its votes must be of, on a mandate that was suspended or resumed `changes` times before. What can
    /// happen again is of a round; what happens to a version once is always of round 0.
    pub const fn round(self, changes: u32) -> u32 {
        match self {
            Self::Suspend | Self::Resume => changes,
            Self::Grant | Self::Revoke | Self::Replace => 0,
        }
    }
}

/// For or against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// For.
    For,
    /// Against.
    Against,
}

/// One commissioner's vote on one version of a mandate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// When it was cast, by the commission's clock.
    pub at: Micros,
    /// For or against.
    pub choice: Choice,
    /// SHA-256 of the conditions, one a line, as they were put to the vote.
    pub conditions: Digest,
    /// Which mandate.
    pub mandate: MandateId,
    /// What about it.
    pub matter: Matter,
    /// Commitment to the written reasons.
    pub reasons: Commitment,
    /// [`Matter::round`]: votes that stopped a mandate once do not stop it again.
    pub round: u32,
    /// [`crate::Terms::digest`] of the terms voted on.
    pub terms: Digest,
    /// Which version.
    pub version: u32,
}

impl Statement for Vote {
    const CONTEXT: &'static str = "noroshi/vote/v1";
}

/// Who may vote, and how many must agree. Part of what a verifier is given, not of what it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// The commissioners' keys.
    pub commissioners: BTreeSet<PublicKey>,
    /// Votes for that make a decision.
    pub quorum: usize,
    /// The key of the commission's certificates of destruction.
    pub seal: PublicKey,
}

/// A decision as counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Valid votes for.
    pub votes_for: usize,
    /// Valid votes against.
    pub votes_against: usize,
    /// Whether the quorum was reached.
    pub carried: bool,
}

/// Why votes cannot be counted. A decision with one bad vote is no decision: it must be cast again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TallyError {
    /// A signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Someone voted who is not a commissioner.
    #[error("`{0}` is not the key of a commissioner")]
    NotACommissioner(PublicKey),
    /// One commissioner voted twice.
    #[error("`{0}` voted twice")]
    Twice(PublicKey),
    /// The votes are about different things.
    #[error(
        "the votes are not about one thing: mandate, version, matter, round, terms and conditions must be the same"
    )]
    NotOneThing,
    /// More votes than any roster has members.
    #[error("{0} votes; there are at most {max}", max = limits::COMMISSIONERS_MAX)]
    TooMany(usize),
}

impl Roster {
    /// SHA-256 of the canonical bytes: what a vote to [`Matter::Replace`] names as its terms.
    pub fn digest(&self) -> Digest {
        // As with terms, writing into memory has no way to fail.
        Digest::of(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Counts votes that must all be about `matter` on the same terms and conditions.
    ///
    /// # Errors
    /// [`TallyError`] for the first vote that cannot be counted.
    pub fn tally(&self, matter: Matter, votes: &[Signed<Vote>]) -> Result<Tally, TallyError> {
        if votes.len() > limits::COMMISSIONERS_MAX {
            return Err(TallyError::TooMany(votes.len()));
        }
        let mut seen = BTreeSet::new();
        let mut tally = Tally { votes_for: 0, votes_against: 0, carried: false };
        for vote in votes {
            let key = vote.check()?;
            if !self.commissioners.contains(&key) {
                return Err(TallyError::NotACommissioner(key));
            }
            if !seen.insert(key) {
                return Err(TallyError::Twice(key));
            }
            let said = &vote.statement;
            let first = votes.first().map_or(said, |first| &first.statement);
            if said.matter != matter || !about_the_same(said, first) {
                return Err(TallyError::NotOneThing);
            }
            match said.choice {
                Choice::For => tally.votes_for += 1,
                Choice::Against => tally.votes_against += 1,
            }
        }
        tally.carried = self.quorum > 0 && tally.votes_for >= self.quorum;
        Ok(tally)
    }
}

fn about_the_same(one: &Vote, other: &Vote) -> bool {
    one.mandate == other.mandate
        && one.version == other.version
        && one.round == other.round
        && one.terms == other.terms
        && one.conditions == other.conditions
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::digest::Salt;
    use crate::statement::Signer;
    use uuid::Uuid;

    fn signer(number: u8) -> Signer {
        Signer::from_seed(&[number; 32])
    }

    fn roster() -> Roster {
        Roster { commissioners: (1..=5).map(|n| signer(n).public()).collect(), quorum: 3, seal: signer(99).public() }
    }

    pub(crate) fn vote(choice: Choice) -> Vote {
        Vote {
            at: Micros(5),
            choice,
            conditions: Digest::of(b""),
            mandate: MandateId(Uuid::from_u128(1)),
            matter: Matter::Grant,
            reasons: Commitment::to(b"necessary", &Salt(Digest::of(b"s"))),
            round: 0,
            terms: Digest::of(b"terms"),
            version: 1,
        }
    }

    fn cast(numbers: &[u8], choice: Choice) -> Vec<Signed<Vote>> {
        numbers.iter().map(|&n| signer(n).sign(vote(choice)).unwrap()).collect()
    }

    #[test]
    fn three_of_five_carry_and_two_do_not() {
        assert!(!roster().tally(Matter::Grant, &cast(&[1, 2], Choice::For)).unwrap().carried);
        let mut votes = cast(&[1, 2, 3], Choice::For);
        votes.extend(cast(&[4, 5], Choice::Against));
        let tally = roster().tally(Matter::Grant, &votes).unwrap();
        assert_eq!(tally, Tally { votes_for: 3, votes_against: 2, carried: true });
        assert!(!roster().tally(Matter::Grant, &[]).unwrap().carried);
    }

    #[test]
    fn what_cannot_be_counted_is_refused_with_its_reason() {
        let roster = roster();
        let tally = |votes: &[Signed<Vote>]| roster.tally(Matter::Grant, votes).unwrap_err();
        assert_eq!(tally(&cast(&[1, 1, 2], Choice::For)), TallyError::Twice(signer(1).public()));
        assert_eq!(tally(&cast(&[1, 6], Choice::For)), TallyError::NotACommissioner(signer(6).public()));
        let mut other = cast(&[1, 2], Choice::For);
        other.push(signer(3).sign(Vote { terms: Digest::of(b"wider"), ..vote(Choice::For) }).unwrap());
        assert_eq!(tally(&other), TallyError::NotOneThing);
        let mut forged = cast(&[1, 2, 3], Choice::For);
        forged[2].statement.choice = Choice::Against;
        assert!(matches!(tally(&forged), TallyError::Signature(_)));
        let suspend = roster.tally(Matter::Suspend, &cast(&[1, 2, 3], Choice::For));
        assert_eq!(suspend, Err(TallyError::NotOneThing), "votes to grant do not suspend");
    }

    #[test]
    fn a_roster_without_a_quorum_carries_nothing() {
        let none = Roster { quorum: 0, ..roster() };
        assert!(!none.tally(Matter::Grant, &cast(&[1], Choice::For)).unwrap().carried);
    }

    #[test]
    fn more_votes_than_a_roster_can_have_are_not_counted() {
        let many = vec![signer(1).sign(vote(Choice::For)).unwrap(); limits::COMMISSIONERS_MAX + 1];
        assert_eq!(roster().tally(Matter::Grant, &many), Err(TallyError::TooMany(16)));
    }
}
