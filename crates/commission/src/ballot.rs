//! Mandates before the commission: requests, votes with written reasons, and what they come to.
//!
//! Five commissioners decide by quorum. All votes are about the same conditions: the first vote puts its conditions to
//! the vote, and who wants others puts those to the vote instead, which voids the votes so far.

use crate::limits::CONDITIONS_MAX;
use crate::problem::Problem;
use crate::records::Records;
use crate::text::Text;
use noroshi_leaf::{Answer, Choice, Digest, Matter, Roster, Salt, Signed, Terms, Vote};
use noroshi_model::{MandateId, Micros};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A known server to look for, as the request names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// Its address.
    pub address: std::net::IpAddr,
    /// Its port; `None` is every port.
    #[serde(default)]
    pub port: Option<u16>,
}

/// What the carrier said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarrierAnswer {
    /// Whether it can.
    pub answer: Answer,
    /// Records a second at most.
    #[serde(default)]
    pub load_cap_records_per_second: Option<u64>,
    /// Why.
    pub reason: Text,
}

/// A request in full, as the hub hands it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Which mandate.
    pub mandate: MandateId,
    /// Which version.
    pub version: u32,
    /// One line for people.
    pub title: String,
    /// Why no lighter means works.
    pub necessity: Text,
    /// What is asked for.
    pub terms: Terms,
    /// Known servers to look for from the start.
    #[serde(default)]
    pub selectors: Vec<Selector>,
    /// The salt of their commitment.
    pub selectors_salt: Salt,
    /// What the carrier said, once it did.
    #[serde(default)]
    pub answer: Option<CarrierAnswer>,
    /// What the carrier told the commission against it.
    #[serde(default)]
    pub objection: Option<Text>,
}

impl Request {
    /// Whether the carrier answered, or told the commission what it has against it.
    pub const fn carrier_spoke(&self) -> bool {
        self.answer.is_some() || self.objection.is_some()
    }
}

/// What is put to the vote.
pub type Question = (MandateId, u32, Matter);

/// A vote and its written reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// The conditions it is about.
    pub conditions: Vec<String>,
    /// The written reasons.
    pub reasons: Text,
    /// The signed vote.
    pub vote: Signed<Vote>,
}

/// A decision as the hub reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Conditions, as put to the vote.
    pub conditions: Vec<String>,
    /// The written reasons, in the order of the votes.
    pub reasons: Vec<Text>,
    /// Every vote cast.
    pub votes: Vec<Signed<Vote>>,
}

/// The votes on one question so far, all about the same conditions.
#[derive(Debug, Clone, Default)]
pub struct Ballot {
    /// The conditions put to the vote.
    pub conditions: Vec<String>,
    /// The votes.
    pub cast: Vec<Cast>,
}

impl Ballot {
    /// Whether the votes so far are about these terms in this round.
    fn is_on(&self, terms: Digest, round: u32) -> bool {
        let on = |cast: &Cast| (cast.vote.statement.terms, cast.vote.statement.round) == (terms, round);
        self.cast.first().is_some_and(on)
    }
}

/// Where a question stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody voted.
    Unknown,
    /// So many voted; not decided.
    Open(usize),
    /// Carried, or it cannot carry any more.
    Decided(Box<Decision>),
}

/// Requests and ballots.
#[derive(Debug)]
pub struct Ballots {
    requests: Records<Request>,
    votes: Records<Cast>,
    latest: BTreeMap<(MandateId, u32), usize>,
    ballots: BTreeMap<Question, Ballot>,
}

/// SHA-256 of the conditions, one a line: what each vote names.
pub fn conditions_digest(conditions: &[String]) -> Digest {
    Digest::of(conditions.join("\n").as_bytes())
}

impl Ballots {
    /// Ballots from their records.
    pub fn new(requests: Records<Request>, votes: Records<Cast>) -> Self {
        let latest = requests.all().iter().enumerate().map(|(at, r)| ((r.mandate, r.version), at)).collect();
        let mut ballots = Self { requests, votes, latest, ballots: BTreeMap::new() };
        for cast in ballots.votes.all().to_vec() {
            ballots.count(cast);
        }
        ballots
    }

    fn count(&mut self, cast: Cast) {
        let said = &cast.vote.statement;
        let ballot = self.ballots.entry((said.mandate, said.version, said.matter)).or_default();
        if ballot.conditions != cast.conditions || !ballot.is_on(said.terms, said.round) {
            ballot.cast.clear();
            ballot.conditions.clone_from(&cast.conditions);
        }
        ballot.cast.push(cast);
    }

    /// Keeps a request; the same again is one, with what is new in it.
    ///
    /// # Errors
    /// [`Problem`] when it cannot be kept.
    pub fn ask(&mut self, request: Request) -> Result<(), Problem> {
        let key = (request.mandate, request.version);
        if self.request(key.0, key.1) == Some(&request) {
            return Ok(());
        }
        self.requests.add(request).map_err(|error| Problem::own(&error))?;
        self.latest.insert(key, self.requests.all().len() - 1);
        Ok(())
    }

    /// A request.
    pub fn request(&self, mandate: MandateId, version: u32) -> Option<&Request> {
        self.latest.get(&(mandate, version)).and_then(|at| self.requests.all().get(*at))
    }

    /// Every request, the latest form of each.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.latest.values().filter_map(|at| self.requests.all().get(*at))
    }

    /// The votes on a question so far, in this round.
    pub fn ballot(&self, question: &Question, round: u32) -> Option<&Ballot> {
        let of_the_round = |ballot: &&Ballot| ballot.cast.first().is_some_and(|c| c.vote.statement.round == round);
        self.ballots.get(question).filter(of_the_round)
    }

    /// Whether a vote can be cast: given reasons, not too many conditions, not twice.
    ///
    /// # Errors
    /// [`Problem`] saying why not.
    pub fn may_cast(&self, cast: &Cast, roster: &Roster) -> Result<(), Problem> {
        let said = &cast.vote.statement;
        let fault = |code, why: &str| Err(Problem::new(422, code, why));
        if !cast.reasons.is_given() || said.reasons != cast.reasons.commitment() {
            return fault("vote.reasons", "a vote needs written reasons, not longer than the limit");
        }
        let one_line = |condition: &String| !condition.trim().is_empty() && !condition.contains('\n');
        if cast.conditions.len() > CONDITIONS_MAX || !cast.conditions.iter().all(one_line) {
            return fault("vote.conditions", "at most 32 conditions, each one line");
        }
        if said.conditions != conditions_digest(&cast.conditions) {
            return fault("vote.conditions", "the vote names other conditions");
        }
        if !cast.vote.check().is_ok_and(|key| roster.commissioners.contains(&key)) {
            return fault("vote.signature", "not signed by a commissioner of the roster in force");
        }
        let question = (said.mandate, said.version, said.matter);
        let same = |ballot: &&Ballot| ballot.conditions == cast.conditions && ballot.is_on(said.terms, said.round);
        let by = cast.vote.by.key;
        let voted = self.ballots.get(&question).filter(same);
        let voted = voted.is_some_and(|ballot| ballot.cast.iter().any(|old| old.vote.by.key == by));
        if matches!(self.outcome(&question, said.round, roster), Outcome::Decided(_)) {
            return Err(Problem::new(409, "vote.decided", "it is decided already"));
        }
        if voted {
            Err(Problem::new(409, "vote.twice", "you have voted on this with these conditions"))
        } else {
            Ok(())
        }
    }

    /// Casts a vote that [`Self::may_cast`] allowed.
    ///
    /// # Errors
    /// [`Problem`] when it cannot be kept.
    pub fn cast(&mut self, cast: Cast) -> Result<(), Problem> {
        self.votes.add(cast.clone()).map_err(|error| Problem::own(&error))?;
        self.count(cast);
        Ok(())
    }

    /// Where a question stands in a round.
    pub fn outcome(&self, question: &Question, round: u32, roster: &Roster) -> Outcome {
        let Some(ballot) = self.ballot(question, round) else {
            return Outcome::Unknown;
        };
        let votes: Vec<_> = ballot.cast.iter().map(|cast| cast.vote.clone()).collect();
        let Ok(tally) = roster.tally(question.2, &votes) else { return Outcome::Open(votes.len()) };
        let left = roster.commissioners.len().saturating_sub(tally.votes_against);
        if !tally.carried && left >= roster.quorum {
            return Outcome::Open(votes.len());
        }
        let reasons = ballot.cast.iter().map(|cast| cast.reasons.clone()).collect();
        Outcome::Decided(Box::new(Decision { conditions: ballot.conditions.clone(), reasons, votes }))
    }
}

/// A vote, ready to be signed.
pub fn vote(
    question: Question,
    (terms, round): (Digest, u32),
    choice: Choice,
    conditions: &[String],
    reasons: &Text,
    at: Micros,
) -> Vote {
    Vote {
        at,
        choice,
        conditions: conditions_digest(conditions),
        mandate: question.0,
        matter: question.2,
        reasons: reasons.commitment(),
        round,
        terms,
        version: question.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_verify::sample;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    fn ballots(folder: &std::path::Path) -> Ballots {
        Ballots::new(
            Records::open(&folder.join("requests.jsonl")).unwrap(),
            Records::open(&folder.join("votes.jsonl")).unwrap(),
        )
    }

    fn question() -> Question {
        (MandateId(sample::id(3, 1)), 1, Matter::Grant)
    }

    fn cast(number: u8, choice: Choice, conditions: &[&str]) -> Cast {
        let conditions: Vec<_> = conditions.iter().map(ToString::to_string).collect();
        let reasons = Text::written("necessary", &mut ChaCha20Rng::from_seed([number; 32]));
        let vote = vote(question(), (sample::terms(10).digest(), 0), choice, &conditions, &reasons, Micros(1));
        Cast { vote: sample::commissioner(number).sign(vote).unwrap(), conditions, reasons }
    }

    fn voted(ballots: &mut Ballots, cast: Cast) -> Result<(), Problem> {
        ballots.may_cast(&cast, &sample::roster())?;
        ballots.cast(cast)
    }

    #[test]
    fn three_votes_decide_and_stay_decided_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let mut all = ballots(folder.path());
        assert_eq!(all.outcome(&question(), 0, &sample::roster()), Outcome::Unknown);
        voted(&mut all, cast(1, Choice::For, &["monthly report"])).unwrap();
        assert_eq!(voted(&mut all, cast(1, Choice::For, &["monthly report"])).unwrap_err().code, "vote.twice");
        voted(&mut all, cast(2, Choice::Against, &["monthly report"])).unwrap();
        voted(&mut all, cast(3, Choice::For, &["monthly report"])).unwrap();
        assert_eq!(all.outcome(&question(), 0, &sample::roster()), Outcome::Open(3));
        voted(&mut all, cast(4, Choice::For, &["monthly report"])).unwrap();
        let Outcome::Decided(decision) = ballots(folder.path()).outcome(&question(), 0, &sample::roster()) else {
            panic!("decided")
        };
        assert_eq!((decision.votes.len(), decision.reasons.len()), (4, 4));
        assert!(sample::roster().tally(Matter::Grant, &decision.votes).unwrap().carried);
        assert_eq!(voted(&mut all, cast(5, Choice::For, &["monthly report"])).unwrap_err().code, "vote.decided");
    }

    #[test]
    fn other_conditions_begin_the_vote_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut all = ballots(folder.path());
        voted(&mut all, cast(1, Choice::For, &[])).unwrap();
        voted(&mut all, cast(2, Choice::For, &[])).unwrap();
        voted(&mut all, cast(3, Choice::For, &["only by day"])).unwrap();
        assert_eq!(all.outcome(&question(), 0, &sample::roster()), Outcome::Open(1));
        voted(&mut all, cast(1, Choice::For, &["only by day"])).unwrap();
        voted(&mut all, cast(2, Choice::For, &["only by day"])).unwrap();
        assert!(matches!(all.outcome(&question(), 0, &sample::roster()), Outcome::Decided(_)));
    }

    #[test]
    fn three_against_are_a_refusal() {
        let folder = tempfile::tempdir().unwrap();
        let mut all = ballots(folder.path());
        for number in 1..=3 {
            voted(&mut all, cast(number, Choice::Against, &[])).unwrap();
        }
        assert!(matches!(all.outcome(&question(), 0, &sample::roster()), Outcome::Decided(_)));
    }

    #[test]
    fn a_vote_without_reasons_or_by_a_stranger_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut all = ballots(folder.path());
        let mut silent = cast(1, Choice::For, &[]);
        silent.reasons.text = " ".into();
        assert_eq!(voted(&mut all, silent).unwrap_err().code, "vote.reasons");
        assert_eq!(voted(&mut all, cast(6, Choice::For, &[])).unwrap_err().code, "vote.signature");
        let many: Vec<_> = (0..=CONDITIONS_MAX).map(|n| n.to_string()).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(voted(&mut all, cast(1, Choice::For, &many)).unwrap_err().code, "vote.conditions");
        assert!(voted(&mut all, cast(1, Choice::For, &many[1..])).is_ok());
    }
}
