//! What is read, by whom the policies let.

use super::{Desk, scribe, store};
use noroshi_acts::facts;
use noroshi_authz::{Circumstances, act, resource};
use noroshi_casework::Topic;
use noroshi_casework::batch::BatchTopic;
use noroshi_casework::detection::DetectionTopic;
use noroshi_casework::hunt::HuntTopic;
use noroshi_casework::mandate::{Mandate, MandateTopic};
use noroshi_casework::opening::OpeningTopic;
use noroshi_leaf::Leaf;
use noroshi_model::time::DAY;
use noroshi_model::{Finding, HuntId, MandateId, Micros, OpeningId};
use noroshi_web::limits::LINES_PER_PAGE;
use noroshi_web::office::{Asker, Dossier, Found, Line, LineQuery, OfficeError, Summary, Table};
use std::str::FromStr;
use std::sync::Arc;

/// Lines shown with a mandate.
const LINES_OF_A_MANDATE_MAX: usize = 500;

impl Desk {
    pub(super) async fn list(&self, asker: &Asker) -> Result<Vec<Summary>, OfficeError> {
        let mut list = Vec::new();
        for id in self.all::<MandateTopic>().await?.into_iter().rev() {
            let Some((mandate, _)) = self.acts.db.load::<MandateTopic>(id).await.map_err(store)? else { continue };
            if !self.may_read(asker, &mandate) {
                continue;
            }
            let hunts = self.acts.db.count_of::<HuntTopic>(&id.to_string()).await.map_err(store)?;
            let findings = self.findings_of(id).await?.len() as u64;
            list.push(Summary { mandate, hunts, findings });
        }
        Ok(list)
    }

    pub(super) async fn everything_about(&self, asker: &Asker, id: MandateId) -> Result<Dossier, OfficeError> {
        let mandate = self.readable(asker, id).await?;
        let lines = self.lines_at(&self.about(id)).await?;
        Ok(Dossier {
            batches: self.states::<BatchTopic>(id).await?.into_iter().map(|(_, batch)| batch).collect(),
            hunts: self.states::<HuntTopic>(id).await?,
            openings: self.states::<OpeningTopic>(id).await?,
            findings: self.findings_of(id).await?.len() as u64,
            lines,
            names: self.names().await?,
            mandate,
        })
    }

    pub(super) async fn mandate_of_hunt(
        &self,
        asker: &Asker,
        id: HuntId,
    ) -> Result<(MandateId, Option<Table>), OfficeError> {
        let hunt = self.acts.db.load::<HuntTopic>(id).await.map_err(store)?.ok_or(OfficeError::NotFound)?.0;
        self.readable(asker, hunt.mandate).await?;
        Ok((hunt.mandate, self.rows.of(id, asker)))
    }

    pub(super) async fn mandate_of_opening(&self, asker: &Asker, id: OpeningId) -> Result<MandateId, OfficeError> {
        let opening = self.acts.db.load::<OpeningTopic>(id).await.map_err(store)?.ok_or(OfficeError::NotFound)?.0;
        self.readable(asker, opening.mandate).await?;
        Ok(opening.mandate)
    }

    pub(super) async fn found(&self, asker: &Asker) -> Result<Vec<Found>, OfficeError> {
        let mut found = Vec::new();
        for id in self.all::<MandateTopic>().await? {
            let Some((mandate, _)) = self.acts.db.load::<MandateTopic>(id).await.map_err(store)? else { continue };
            if !self.may_read_findings(asker, &mandate) {
                continue;
            }
            for finding in self.findings_of(id).await? {
                found.push(Found { mandate: id, title: mandate.title.clone(), finding });
            }
        }
        found.sort_by_key(|found| std::cmp::Reverse(found.finding.severity));
        Ok(found)
    }

    pub(super) async fn lines_of(&self, asker: &Asker, query: &LineQuery) -> Result<Vec<Line>, OfficeError> {
        self.may_read_ledger(asker)?;
        let size = *self.scribe.grown().borrow();
        let kind = query.kind.as_deref();
        let indexes =
            self.scribe.standing(|standing| standing.lines(size, query.before, query.mandate, kind, LINES_PER_PAGE));
        self.lines_at(&indexes).await
    }

    pub(super) async fn one_line(&self, asker: &Asker, index: u64) -> Result<Line, OfficeError> {
        self.may_read_ledger(asker)?;
        self.lines_at(&[index]).await?.pop().ok_or(OfficeError::NotFound)
    }

    /// Indexes of the lines about a mandate, oldest first.
    fn about(&self, id: MandateId) -> Vec<u64> {
        let size = *self.scribe.grown().borrow();
        let mut indexes =
            self.scribe.standing(|standing| standing.lines(size, None, Some(id), None, LINES_OF_A_MANDATE_MAX));
        indexes.reverse();
        indexes
    }

    /// Lines by their index, read from the log's files off the runtime's threads.
    async fn lines_at(&self, indexes: &[u64]) -> Result<Vec<Line>, OfficeError> {
        let (reader, indexes) = (self.scribe.log().reader(), indexes.to_vec());
        let read = move || {
            let line = |index: u64| {
                let entry = reader.entries(index..index.checked_add(1)?).ok()?.pop()?;
                Some(Line { index: Some(index), leaf: Leaf::from_bytes(&entry).ok()? })
            };
            indexes.into_iter().filter_map(line).collect()
        };
        tokio::task::spawn_blocking(read).await.map_err(|error| OfficeError::Failed(error.to_string()))
    }

    /// A mandate that is open to whoever asks; what is not and what is not there look the same.
    async fn readable(&self, asker: &Asker, id: MandateId) -> Result<Mandate, OfficeError> {
        let loaded = self.acts.db.load::<MandateTopic>(id).await.map_err(store)?;
        loaded.map(|(mandate, _)| mandate).filter(|m| self.may_read(asker, m)).ok_or(OfficeError::NotFound)
    }

    fn may_read(&self, asker: &Asker, mandate: &Mandate) -> bool {
        let circumstances = Circumstances::at(asker.at);
        let by = |facts: Option<resource::MandateFacts>| {
            facts.is_some_and(|facts| {
                self.acts.authz.authorise::<act::ReadMandate>(&asker.principal, &facts, &circumstances).is_ok()
            })
        };
        by(facts::mandate(mandate)) || by(facts::waiting(mandate))
    }

    fn may_read_findings(&self, asker: &Asker, mandate: &Mandate) -> bool {
        let Some(granted) = mandate.granted() else { return false };
        let Some(facts) = facts::mandate(mandate) else { return false };
        let kept = i64::from(granted.terms.retain_days_max).saturating_mul(DAY);
        let finding = resource::Finding {
            id: mandate.id.to_string(),
            mandate: facts,
            clearance: granted.terms.clearance,
            readable_until: Micros(granted.terms.until.0.saturating_add(kept)),
        };
        let circumstances = Circumstances::at(asker.at);
        self.acts.authz.authorise::<act::ReadFinding>(&asker.principal, &finding, &circumstances).is_ok()
    }

    fn may_read_ledger(&self, asker: &Asker) -> Result<(), OfficeError> {
        let circumstances = Circumstances::at(asker.at);
        match self.acts.authz.authorise::<act::ReadLedger>(&asker.principal, &resource::Hub, &circumstances) {
            Ok(permit) => {
                drop(permit);
                Ok(())
            }
            Err(refusal) => Err(super::told(noroshi_acts::NotDone::Refused(refusal))),
        }
    }

    async fn findings_of(&self, id: MandateId) -> Result<Vec<Arc<Finding>>, OfficeError> {
        let mut all = Vec::new();
        for run in self.ids_under::<DetectionTopic>(id).await? {
            if let Some(known) = self.found.of(run) {
                all.extend(known.iter().cloned());
                continue;
            }
            let loaded = self.acts.db.load::<DetectionTopic>(run).await.map_err(store)?;
            if let Some(found) = loaded.and_then(|(detection, _)| detection.findings) {
                all.extend(self.found.keep(run, found).iter().cloned());
            }
        }
        Ok(all)
    }

    /// Everything of a topic that belongs to a mandate, oldest first.
    async fn states<T: Topic>(&self, mandate: MandateId) -> Result<Vec<(T::Id, T::State)>, OfficeError>
    where
        T::Id: FromStr,
    {
        let mut all = Vec::new();
        for id in self.ids_under::<T>(mandate).await? {
            all.extend(self.acts.db.load::<T>(id).await.map_err(store)?.map(|(state, _)| (id, state)));
        }
        Ok(all)
    }

    /// Every id of a topic that belongs to a mandate, oldest first.
    async fn ids_under<T: Topic>(&self, mandate: MandateId) -> Result<Vec<T::Id>, OfficeError>
    where
        T::Id: FromStr,
    {
        self.acts.db.every_id_of::<T>(&mandate.to_string()).await.map_err(store)
    }

    /// Every id of a topic, oldest first.
    pub(super) async fn all<T: Topic>(&self) -> Result<Vec<T::Id>, OfficeError>
    where
        T::Id: FromStr,
    {
        self.acts.db.every_id::<T>().await.map_err(store)
    }

    /// The receipt of a line, once it has one.
    ///
    /// # Errors
    /// What the store or the log says.
    pub async fn receipt(&self, line: uuid::Uuid) -> Result<Option<Vec<u8>>, OfficeError> {
        self.scribe.receipt(line).await.map_err(scribe)
    }
}
