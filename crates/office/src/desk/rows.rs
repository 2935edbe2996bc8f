//! Rows of hunts, for those who asked and for a short while: they are kept in memory and nowhere else. Whoever needs
//! them later asks again, on the record.

use noroshi_authz::Principal;
use noroshi_model::time::HOUR;
use noroshi_model::{HuntId, Micros};
use noroshi_web::office::{Asker, Table};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How long rows can be looked at, µs.
const KEPT: i64 = HOUR;
/// Hunts whose rows are kept at once; the oldest go first.
const HUNTS_MAX: usize = 64;

struct Answer {
    hunt: HuntId,
    asked_by: Principal,
    until: Micros,
    rows: Table,
}

/// What hunts answered lately.
#[derive(Default)]
pub(super) struct Rows(Mutex<VecDeque<Answer>>);

impl Rows {
    /// Keeps the rows of a hunt for whoever asked.
    pub(super) fn keep(&self, hunt: HuntId, asker: &Asker, rows: Table) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|answer| asker.at < answer.until);
        if kept.len() >= HUNTS_MAX {
            kept.pop_front();
        }
        let until = Micros(asker.at.0.saturating_add(KEPT));
        kept.push_back(Answer { hunt, asked_by: asker.principal.clone(), until, rows });
    }

    /// The rows of a hunt, if it was the asker's own and lately.
    pub(super) fn of(&self, hunt: HuntId, asker: &Asker) -> Option<Table> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = |answer: &&Answer| {
            answer.hunt == hunt && answer.asked_by.reference() == asker.principal.reference() && asker.at < answer.until
        };
        kept.iter().find(own).map(|answer| answer.rows.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_authz::Machine;
    use noroshi_model::{MachineId, OrgId, OrgKind};
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn asker(number: u128, at: i64) -> Asker {
        let principal = Principal::Machine(Machine {
            country: noroshi_model::Country::JAPAN,
            id: MachineId(Uuid::from_u128(number)),
            org: OrgId(Uuid::nil()),
            org_kind: OrgKind::NationalCentre,
            mandate: None,
            not_after: Micros(i64::MAX),
            active: true,
            scopes: BTreeSet::new(),
        });
        Asker { principal, at: Micros(at) }
    }

    fn hunt(number: u128) -> HuntId {
        HuntId(Uuid::from_u128(number))
    }

    #[test]
    fn rows_are_for_those_who_asked_and_for_an_hour() {
        let rows = Rows::default();
        rows.keep(hunt(1), &asker(1, 0), Table::default());
        assert!(rows.of(hunt(1), &asker(1, HOUR - 1)).is_some());
        assert!(rows.of(hunt(1), &asker(1, HOUR)).is_none());
        assert!(rows.of(hunt(1), &asker(2, 0)).is_none());
        assert!(rows.of(hunt(2), &asker(1, 0)).is_none());
    }

    #[test]
    fn the_oldest_go_first() {
        let rows = Rows::default();
        for number in 0..=HUNTS_MAX as u128 {
            rows.keep(hunt(number), &asker(1, 0), Table::default());
        }
        assert!(rows.of(hunt(0), &asker(1, 0)).is_none());
        assert!(rows.of(hunt(1), &asker(1, 0)).is_some());
    }
}
