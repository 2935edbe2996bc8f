//! What the commission decides about a mandate in force comes back: suspended, resumed, revoked.
//!
//! Votes to suspend and to resume are of a round (`Matter::round`), so a mandate that was suspended and resumed is not
//! suspended again by the old votes: here they are no news, the rules refuse them, and a verifier finds them.

use super::{Duties, go_on, told};
use noroshi_acts::{NotDone, mandates};
use noroshi_casework::Said;
use noroshi_casework::mandate::{Decision, Mandate, Standing};
use noroshi_leaf::{Choice, Matter};
use noroshi_model::time::SECOND;
use noroshi_model::{MandateId, Micros};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// A mandate in force is asked about again after so long.
const ASK_AGAIN: i64 = 30 * SECOND;
/// Mandates asked about in one round at most; the others have their turn in the next.
const ASKED_PER_ROUND_MAX: usize = 64;

/// When each mandate in force was asked about last.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<BTreeMap<MandateId, Micros>>);

impl Turns {
    /// Those whose turn it is, the longest waiting first. A clock that was set back makes nobody wait for it.
    fn due(&self, in_force: Vec<Mandate>, now: Micros) -> Vec<Mandate> {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|id, _| in_force.iter().any(|mandate| mandate.id == *id));
        let rested = |at: &Micros| now.0.abs_diff(at.0) >= ASK_AGAIN.unsigned_abs();
        let mut due: Vec<_> = in_force.into_iter().filter(|m| asked.get(&m.id).is_none_or(rested)).collect();
        due.sort_by_key(|mandate| asked.get(&mandate.id).copied());
        due.truncate(ASKED_PER_ROUND_MAX);
        asked.extend(due.iter().map(|mandate| (mandate.id, now)));
        due
    }
}

impl Duties {
    /// Asks what was decided about mandates in force, and writes it down.
    pub(super) async fn bring_stops(&self, now: Micros) -> Result<(), NotDone> {
        let in_force = self.mandates().await?.into_iter().filter(Mandate::in_force).collect();
        for mandate in self.turns.due(in_force, now) {
            let id = mandate.id;
            let Some(decided) = self.decided_about(&mandate).await else {
                // It cannot be reached, and would not be for the next one either.
                return Ok(());
            };
            for (matter, decision) in decided {
                if !self.counts(&mandate, matter, &decision) {
                    continue;
                }
                let Some(done) = self.write_down(id, matter, decision, now).await else { continue };
                if go_on(done, "a decision of the commission", id)?.is_some() {
                    tracing::info!(mandate = %id, ?matter, "the commission decided");
                    break;
                }
            }
        }
        Ok(())
    }

    /// What there is on the matters that can arise where the mandate stands; the end before anything less.
    async fn decided_about(&self, mandate: &Mandate) -> Option<Vec<(Matter, Decision)>> {
        let commission = self.commission.clone()?;
        let matters = match &mandate.standing {
            Standing::Live(_) => [Matter::Revoke, Matter::Suspend],
            Standing::Suspended { .. } => [Matter::Revoke, Matter::Resume],
            _ => return Some(Vec::new()),
        };
        let (id, version) = (mandate.id, mandate.granted()?.version);
        told("decisions on a mandate in force", move || {
            let mut decided = Vec::new();
            for matter in matters {
                decided.extend(commission.decision(id, version, matter)?.map(|decision| (matter, decision)));
            }
            Ok(decided)
        })
        .await
    }

    /// Whether a decision carries and is of this round. What does not is no news: it would be refused, and the refusal
    /// recorded, at every round.
    fn counts(&self, mandate: &Mandate, matter: Matter, decision: &Decision) -> bool {
        let round = matter.round(mandate.round);
        self.acts.roster.tally(matter, &decision.votes).is_ok_and(|tally| tally.carried)
            && decision.votes.iter().all(|vote| vote.statement.round == round)
    }

    async fn write_down(
        &self,
        id: MandateId,
        matter: Matter,
        decision: Decision,
        now: Micros,
    ) -> Option<Result<Mandate, NotDone>> {
        let (acts, asking) = (&self.acts, self.asking(now));
        if matter == Matter::Resume {
            return Some(mandates::resume(acts, &asking, id, decision.votes).await);
        }
        let Some(reason) = reason(&decision) else {
            tracing::warn!(mandate = %id, ?matter, "the reasons given are not those the votes name");
            return None;
        };
        match matter {
            Matter::Suspend => Some(mandates::suspend(acts, &asking, id, reason, decision.votes).await),
            Matter::Revoke => Some(mandates::revoke(acts, &asking, id, reason, decision.votes).await),
            Matter::Grant | Matter::Resume | Matter::Replace => None,
        }
    }
}

/// Why: the written reasons of the first commissioner who was for it. The line then says the very commitment
/// that this vote says, so that whoever is shown the text can hold it against both.
fn reason(decision: &Decision) -> Option<Said> {
    let first = decision.votes.iter().find(|vote| vote.statement.choice == Choice::For)?;
    decision.reasons.iter().find(|said| said.commitment() == first.statement.reasons).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_acts::testkit::{MANDATE, NOW, decision, said, terms};
    use noroshi_casework::mandate::Granted;

    fn live(number: u128) -> Mandate {
        let granted = Granted {
            at: NOW,
            conditions: vec![],
            load_cap_records_per_second: None,
            reasons: vec![],
            selectors: vec![],
            terms: terms(),
            version: 1,
        };
        let (id, standing) = (MandateId(uuid::Uuid::from_u128(number)), Standing::Live(granted));
        Mandate {
            id,
            pending: None,
            requester: noroshi_model::OrgId(MANDATE.0),
            round: 0,
            standing,
            title: "x".into(),
            version: 1,
        }
    }

    fn later(seconds: i64) -> Micros {
        Micros(NOW.0 + seconds * SECOND)
    }

    #[test]
    fn a_mandate_has_its_turn_again_after_half_a_minute_and_not_before() {
        let turns = Turns::default();
        let due = |seconds| turns.due(vec![live(1)], later(seconds)).len();
        assert_eq!([due(0), due(2), due(29), due(30), due(31)], [1, 0, 0, 1, 0]);
        assert_eq!(due(-3_600), 1, "the clock was set back");
    }

    #[test]
    fn a_round_asks_about_so_many_and_the_next_about_the_rest() {
        let turns = Turns::default();
        let many: Vec<_> = (0..=ASKED_PER_ROUND_MAX as u128).map(live).collect();
        let first = turns.due(many.clone(), later(0));
        assert_eq!(first.len(), ASKED_PER_ROUND_MAX);
        let rest = turns.due(many.clone(), later(2));
        assert_eq!(rest.iter().map(|m| m.id).collect::<Vec<_>>(), [many[ASKED_PER_ROUND_MAX].id]);
        assert_eq!(turns.due(many, later(30)).len(), ASKED_PER_ROUND_MAX);
        turns.due(vec![], later(31));
        assert!(turns.0.lock().unwrap().is_empty(), "those that are over are forgotten");
    }

    #[test]
    fn the_reason_is_the_first_supporters_own_text() {
        let mut given = decision(&[1, 2, 3], 1);
        assert_eq!(reason(&given), Some(said("reason 1")));
        given.votes[0].statement.choice = Choice::Against;
        assert_eq!(reason(&given), Some(said("reason 2")));
        given.reasons = vec![said("another text")];
        assert_eq!(reason(&given), None);
    }
}
