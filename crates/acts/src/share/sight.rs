//! Who sees what: one decision of the policies for each label, remembered while reader, collection and labels stay.

use crate::{Acts, Asking, NotDone};
use noroshi_authz::resource::{Audience, Intelligence};
use noroshi_authz::{Principal, act, resource};
use noroshi_casework::share::{Collection, Meaning, Readers};
use noroshi_model::{CollectionId, Handling, Micros, Purpose};
use noroshi_store::intel::Labels;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// Readers remembered at once; then all are forgotten.
const SIGHTS_MAX: usize = 4_096;

/// A collection with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// Which.
    pub id: CollectionId,
    /// The collection.
    pub collection: Collection,
}

/// What is open to one reader of one collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// The labels.
    pub open: Arc<BTreeSet<i64>>,
}

/// What a sight was decided for. Anything that could change a decision is in it but the clock, and the clock counts
/// only through the end of a clearance or a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Case {
    principal: Principal,
    shelf: Shelf,
    purpose: Option<Purpose>,
    count: (i64, i64),
    at_most: Micros,
}

/// Sights decided before.
#[derive(Debug, Default)]
pub struct Sights(Mutex<BTreeMap<(String, CollectionId), (Case, Sight)>>);

impl Shelf {
    /// As the policies see it.
    pub fn facts(&self) -> resource::Collection {
        resource::Collection {
            id: self.id,
            keeper: self.collection.keeper,
            readers: audience(&self.collection.card.readers),
            givers: audience(&self.collection.card.givers),
            open: self.collection.open,
        }
    }
}

fn audience(readers: &Readers) -> Audience {
    match readers {
        Readers::Everyone => Audience::Everyone,
        Readers::These(orgs) => Audience::These(orgs.clone()),
    }
}

/// What markings say together. One that is known neither by its id nor by a definition given here is not understood.
fn handling(markings: &BTreeSet<String>, meanings: &BTreeMap<String, Handling>) -> Handling {
    let meaning = |id: &String| {
        Meaning::of_id(id)
            .map(|known| known.0)
            .or_else(|| meanings.get(id).cloned())
            .unwrap_or_else(Handling::not_understood)
    };
    markings.iter().map(meaning).fold(Handling::unmarked(), |all, one| all.and(&one))
}

/// The first moment at which a decision of now may be another one.
fn changes_at(principal: &Principal) -> Micros {
    match principal {
        Principal::Person { person, .. } => person.clearance_until,
        Principal::Machine(machine) => machine.not_after,
    }
}

impl Sights {
    /// What is open to whoever asks, for a purpose where they name one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(
        &self,
        acts: &Acts,
        asking: &Asking<'_>,
        shelf: &Shelf,
        purpose: Option<Purpose>,
    ) -> Result<Sight, NotDone> {
        let count = acts.db.intel_labels_count().await?;
        let key = (asking.principal.reference(), shelf.id);
        let until = changes_at(asking.principal);
        let at_most = if until > asking.at { until } else { Micros(i64::MAX) };
        let case = Case { principal: asking.principal.clone(), shelf: shelf.clone(), purpose, count, at_most };
        if let Some(sight) = self.known(&key, &case) {
            return Ok(sight);
        }
        let labels = acts.db.intel_labels().await?;
        let sight = decide(acts, asking, shelf, purpose, &labels);
        self.remember(key, case, sight.clone());
        Ok(sight)
    }

    fn known(&self, key: &(String, CollectionId), case: &Case) -> Option<Sight> {
        let known = self.0.lock().ok()?;
        known.get(key).filter(|(before, _)| before == case).map(|(_, sight)| sight.clone())
    }

    fn remember(&self, key: (String, CollectionId), case: Case, sight: Sight) {
        if let Ok(mut known) = self.0.lock() {
            if known.len() >= SIGHTS_MAX {
                known.clear();
            }
            known.insert(key, (case, sight));
        }
    }
}

fn decide(acts: &Acts, asking: &Asking<'_>, shelf: &Shelf, purpose: Option<Purpose>, labels: &Labels) -> Sight {
    let readers = audience(&shelf.collection.card.readers);
    let circumstances = asking.circumstances();
    let circumstances = match purpose {
        Some(purpose) => circumstances.for_purpose(purpose),
        None => circumstances,
    };
    let sees = |label: &&noroshi_store::intel::Label| {
        let facts = Intelligence {
            label: label.label,
            producer: label.producer,
            handling: handling(&label.markings, &labels.meanings),
            readers: readers.clone(),
        };
        acts.authz.authorise::<act::ReadIntelligence>(asking.principal, &facts, &circumstances).is_ok()
    };
    Sight { open: Arc::new(labels.labels.iter().filter(sees).map(|label| label.label).collect()) }
}
