//! The commission itself: its roster, and what it inspects.

use super::{Findings, Line, Map, Replay};
use crate::violation::Kind;
use noroshi_leaf::body::{Inspection, InspectionStep, RosterChange};
use noroshi_leaf::{Matter, Roster, limits::COMMISSIONERS_MAX};
use noroshi_model::Micros;

/// Findings and recommendations by their number: when an answer is due, whether it came, and where they stand.
#[derive(Debug, Default)]
pub(super) struct Inspections(Map<u64, Asked>);

#[derive(Debug)]
struct Asked {
    due: Option<Micros>,
    answered: bool,
    index: u64,
}

impl Inspections {
    pub(super) fn step(&mut self, line: Line, said: &Inspection, findings: &mut Findings) {
        let number = said.number;
        let out_of_order = match (said.step, self.0.get_mut(&number)) {
            (InspectionStep::Finding | InspectionStep::Recommendation, None) => {
                self.0.insert(number, Asked { due: said.due, answered: false, index: line.index });
                false
            }
            (InspectionStep::Answer, Some(asked)) if !asked.answered => {
                asked.answered = true;
                if let Some(due) = asked.due.filter(|due| *due < line.at) {
                    findings.add(Kind::InspectionLate, line.index, format!("{number}, {due} < {}", line.at));
                }
                false
            }
            _ => true,
        };
        if out_of_order {
            findings.add(Kind::InspectionStep, line.index, number.to_string());
        }
    }

    pub(super) fn overdue(&self, at: Micros, findings: &mut Findings) {
        for (number, asked) in self.0.iter().filter(|(_, asked)| !asked.answered) {
            if let Some(due) = asked.due.filter(|due| *due < at) {
                findings.add(Kind::InspectionUnanswered, asked.index, format!("{number}, {due}"));
            }
        }
    }
}

impl Replay {
    pub(super) fn roster_change(&mut self, line: Line, change: RosterChange) {
        let new = change.roster;
        let digest = new.digest();
        let carried = self.roster.as_ref().ok_or_else(|| "no roster".to_owned()).and_then(|old| {
            let tally = old.tally(Matter::Replace, &change.votes).map_err(|error| error.to_string())?;
            let exact = change.votes.iter().all(|vote| vote.statement.terms == digest);
            if tally.carried && exact { Ok(()) } else { Err(format!("{}, {digest}", tally.votes_for)) }
        });
        if let Err(why) = carried {
            return self.findings.add(Kind::VotesForged, line.index, why);
        }
        if !is_sound(&new) {
            let found = format!("{} / {}", new.quorum, new.commissioners.len());
            return self.findings.add(Kind::RosterUnsound, line.index, found);
        }
        self.roster = Some(new);
    }
}

/// A quorum of more than half, so that two decisions never stand against each other.
fn is_sound(roster: &Roster) -> bool {
    let members = roster.commissioners.len();
    members <= COMMISSIONERS_MAX && roster.quorum <= members && roster.quorum * 2 > members
}
