//! The hub as the pages see it: what is asked is read or done here, by whoever asks, through `acts`.

mod act;
mod found;
mod names;
mod numbers;
mod read;
mod rows;
mod share;

use crate::{Kept, NotRead};
use found::FoundBefore;
use noroshi_acts::share::Sights;
use noroshi_acts::{Acts, Asking, NotDone, Random};
use noroshi_clerk::{Scribe, ScribeError};
use noroshi_leaf::Digest;
use noroshi_model::{HuntId, MandateId, OpeningId};
use noroshi_store::StoreError;
use noroshi_web::office::{
    Asker, Complaint, Deed, Dossier, Found, Line, LineQuery, Office, OfficeError, PublicNumbers, Reply, Summary, Table,
    Written,
};
use rows::Rows;
use std::sync::Arc;
use tokio::sync::watch;

/// The hub's desk. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    acts: Acts,
    scribe: Scribe,
    random: Arc<Random>,
    kept: Option<Arc<dyn Kept>>,
    rows: Arc<Rows>,
    found: Arc<FoundBefore>,
    sights: Arc<Sights>,
}

impl Desk {
    /// Over the write path and the scribe, and over what was kept where somebody reads it.
    pub fn new(acts: Acts, scribe: Scribe, random: Arc<Random>, kept: Option<Arc<dyn Kept>>) -> Self {
        Self { acts, scribe, random, kept, rows: Arc::default(), found: Arc::default(), sights: Arc::default() }
    }

    fn asking<'a>(&'a self, asker: &'a Asker, evidence: Option<Digest>) -> Asking<'a> {
        Asking { principal: &asker.principal, at: asker.at, evidence, random: &*self.random }
    }
}

impl Office for Desk {
    fn numbers(&self) -> Reply<'_, PublicNumbers> {
        Box::pin(self.count())
    }

    fn complain(&self, complaint: Complaint, at: noroshi_model::Micros) -> Reply<'_, ()> {
        Box::pin(self.keep_complaint(complaint, at))
    }

    fn mandates<'a>(&'a self, asker: &'a Asker) -> Reply<'a, Vec<Summary>> {
        Box::pin(self.list(asker))
    }

    fn dossier<'a>(&'a self, asker: &'a Asker, id: MandateId) -> Reply<'a, Dossier> {
        Box::pin(self.everything_about(asker, id))
    }

    fn hunt<'a>(&'a self, asker: &'a Asker, id: HuntId) -> Reply<'a, (MandateId, Option<Table>)> {
        Box::pin(self.mandate_of_hunt(asker, id))
    }

    fn opening<'a>(&'a self, asker: &'a Asker, id: OpeningId) -> Reply<'a, MandateId> {
        Box::pin(self.mandate_of_opening(asker, id))
    }

    fn findings<'a>(&'a self, asker: &'a Asker) -> Reply<'a, Vec<Found>> {
        Box::pin(self.found(asker))
    }

    fn lines<'a>(&'a self, asker: &'a Asker, query: &'a LineQuery) -> Reply<'a, Vec<Line>> {
        Box::pin(self.lines_of(asker, query))
    }

    fn line<'a>(&'a self, asker: &'a Asker, index: u64) -> Reply<'a, Line> {
        Box::pin(self.one_line(asker, index))
    }

    fn act<'a>(&'a self, asker: &'a Asker, deed: Deed, evidence: Option<Digest>) -> Reply<'a, Written> {
        Box::pin(self.done(asker, deed, evidence))
    }

    fn grown(&self) -> watch::Receiver<u64> {
        self.scribe.grown()
    }
}

/// Why a deed was not done, in the pages' words.
fn told(why: NotDone) -> OfficeError {
    match why {
        NotDone::Refused(refusal) => OfficeError::Refused {
            rule: refusal.decision().rules.first().cloned().unwrap_or_else(|| "not-permitted".to_owned()),
            ja: refusal.japanese(),
            en: refusal.english(),
        },
        NotDone::Rule { rule, message } => OfficeError::Refused {
            rule: rule.to_owned(),
            ja: crate::desk::act::in_japanese(rule).map_or_else(|| message.clone(), str::to_owned),
            en: message,
        },
        NotDone::NotFound(_) => OfficeError::NotFound,
        NotDone::Record(noroshi_store::RecordError::Conflict { .. }) => OfficeError::Conflict,
        why => OfficeError::Failed(why.to_string()),
    }
}

/// Why nothing was read, in the pages' words.
fn not_read(why: NotRead) -> OfficeError {
    match why {
        NotRead::NotDone(why) => told(why),
        NotRead::Withheld(why) => {
            tracing::warn!(why, "a key was not released");
            OfficeError::Refused {
                rule: "key.withheld".to_owned(),
                ja: "委員会から鍵の開示を受けられませんでした。何も読まれていません。しばらくしてからもう一度お試しください。".to_owned(),
                en: "the commission did not release its half of the key; nothing was read; try again later".to_owned(),
            }
        }
        NotRead::Failed(why) => OfficeError::Failed(why),
    }
}

fn store(error: StoreError) -> OfficeError {
    OfficeError::Failed(error.to_string())
}

fn scribe(error: ScribeError) -> OfficeError {
    OfficeError::Failed(error.to_string())
}
