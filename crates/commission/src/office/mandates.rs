//! Requests as the hub hands them over, held against the log; and votes.

use super::Office;
use crate::ballot::{Ballot, Cast, Outcome, Question, Request, vote};
use crate::own_log::Deed;
use crate::problem::Problem;
use crate::text::Text;
use noroshi_leaf::{Choice, Commitment, Digest, Matter, Signer};
use noroshi_model::Micros;
use noroshi_verify::replay::Standing;

impl Office {
    /// Takes in a request whose terms and text are those of the log.
    ///
    /// # Errors
    /// [`Problem`] with a code of `request.…`.
    pub fn request(&mut self, request: Request) -> Result<(), Problem> {
        let waiting = self.watch.replay().requested(request.mandate, request.version);
        let Some((terms, necessity)) = waiting else {
            let why = "this version is not waiting for a decision in the mirrored log";
            return Err(Problem::new(409, "request.not_in_log", why));
        };
        if terms != &request.terms {
            return Err(Problem::new(422, "request.other_terms", "the terms are not those of the log"));
        }
        if necessity != request.necessity.commitment() {
            return Err(Problem::new(422, "request.other_text", "the necessity is not the text the log commits to"));
        }
        let texts: Vec<_> =
            request.selectors.iter().map(|s| format!("{} {}", s.address, s.port.unwrap_or(0))).collect();
        let selectors =
            (!texts.is_empty()).then(|| Commitment::to(texts.join("\n").as_bytes(), &request.selectors_salt));
        if selectors != request.terms.selectors {
            return Err(Problem::new(422, "request.other_text", "the selectors are not those the terms commit to"));
        }
        self.ballots.ask(request)
    }

    /// What a vote on this question is about: the terms that wait, or those in force.
    pub fn terms_in_question(&self, question: &Question) -> Option<Digest> {
        let (mandate, version, matter) = *question;
        match matter {
            Matter::Grant => self.watch.replay().requested(mandate, version).map(|(terms, _)| terms.digest()),
            Matter::Suspend | Matter::Resume | Matter::Revoke => {
                let arises = match self.watch.replay().mandate_standing(mandate)? {
                    Standing::Granted => matter != Matter::Resume,
                    Standing::Suspended => matter != Matter::Suspend,
                    Standing::Proposed | Standing::Over | Standing::Disposed => false,
                };
                if !arises {
                    return None;
                }
                let granted = self.watch.replay().granted(mandate)?;
                (granted.version == version).then(|| granted.terms.digest())
            }
            Matter::Replace => None,
        }
    }

    /// Casts a vote, signed with the commissioner's own key.
    ///
    /// # Errors
    /// [`Problem`] with a code of `vote.…`.
    pub fn vote(
        &mut self,
        signer: &Signer,
        question: Question,
        choice: Choice,
        conditions: Vec<String>,
        reasons: &str,
        now: Micros,
    ) -> Result<(), Problem> {
        let Some(terms) = self.terms_in_question(&question) else {
            return Err(Problem::new(404, "vote.unknown", "there is nothing to vote on"));
        };
        let spoke = self.ballots.request(question.0, question.1).is_some_and(Request::carrier_spoke);
        if question.2 == Matter::Grant && !spoke {
            let why = "the carrier has not answered yet; the vote opens when it has answered or objected";
            return Err(Problem::new(409, "vote.carrier_silent", why));
        }
        let reasons = Text::written(reasons, &mut self.rng);
        let said = vote(question, (terms, self.round(&question)), choice, &conditions, &reasons, now);
        let vote = signer.sign(said).map_err(|error| Problem::own(&error))?;
        let (key, reasons_said) = (vote.by.key, vote.statement.reasons);
        let cast = Cast { conditions, reasons, vote };
        self.ballots.may_cast(&cast, self.watch.replay().roster().unwrap_or(&self.given.roster))?;
        self.ballots.cast(cast)?;
        let (mandate, version, matter) = question;
        self.deed(now, Deed::Voted { choice, key, mandate, matter, reasons: reasons_said, version })
    }

    /// The round a question is in, by the mirrored log: what was suspended can be suspended again.
    fn round(&self, &(mandate, _, matter): &Question) -> u32 {
        matter.round(self.watch.replay().round(mandate))
    }

    /// The votes on a question so far.
    pub fn ballot(&self, question: &Question) -> Option<&Ballot> {
        self.ballots.ballot(question, self.round(question))
    }

    /// Where a question stands.
    pub fn outcome(&self, question: &Question) -> Outcome {
        self.ballots.outcome(question, self.round(question), self.roster())
    }
}
