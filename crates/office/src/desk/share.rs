//! Shared intelligence as TAXII and the pages see it.

use super::{Desk, store, told};
use noroshi_acts::share::{self, Offered, Shelf, Wanted};
use noroshi_casework::share::collection::Command;
use noroshi_model::{CollectionId, Purpose};
use noroshi_stix::Fault;
use noroshi_store::intel::{Found, Graph, Hit, Page, Versions};
use noroshi_web::exchange::{Exchange, Outcome, PageAsked, Shelved, Sought, SoughtBy};
use noroshi_web::office::{Asker, OfficeError, Reply};
use uuid::Uuid;

/// What stands for an id that could not be read.
const UNREADABLE: &str = "unreadable";

fn shelved((shelf, reads, gives): (Shelf, bool, bool)) -> Shelved {
    Shelved { id: shelf.id, collection: shelf.collection, reads, gives }
}

fn outcome(offered: Offered) -> Outcome {
    match offered {
        Offered::Taken(taken) => Outcome { id: taken.stix_id, version: taken.version, failed: None },
        Offered::NotTaken { stix_id, version, why } => Outcome { id: stix_id, version, failed: Some(why.to_string()) },
        Offered::Faulty(fault) => {
            let what = Fault { id: None, ..fault.clone() };
            let id = fault.id.unwrap_or_else(|| UNREADABLE.to_owned());
            Outcome { id, version: String::new(), failed: Some(what.to_string()) }
        }
    }
}

impl Exchange for Desk {
    fn collections<'a>(&'a self, asker: &'a Asker) -> Reply<'a, Vec<Shelved>> {
        Box::pin(async move {
            let open = share::collections(&self.acts, &self.asking(asker, None)).await.map_err(told)?;
            Ok(open.into_iter().map(shelved).collect())
        })
    }

    fn collection<'a>(&'a self, asker: &'a Asker, id: CollectionId) -> Reply<'a, Shelved> {
        Box::pin(async move {
            share::collection(&self.acts, &self.asking(asker, None), id).await.map(shelved).map_err(told)
        })
    }

    fn page<'a>(&'a self, asker: &'a Asker, asked: PageAsked) -> Reply<'a, Page> {
        Box::pin(async move {
            let (asking, what) = (self.asking(asker, None), (asked.collection, asked.purpose));
            let shape = (asked.bodies, asked.limit);
            share::page(&self.acts, &asking, &self.sights, what, &asked.cut, shape).await.map_err(told)
        })
    }

    fn give<'a>(&'a self, asker: &'a Asker, id: CollectionId, texts: Vec<Vec<u8>>) -> Reply<'a, Vec<Outcome>> {
        Box::pin(async move {
            let given = share::give(&self.acts, &self.asking(asker, None), &self.sights, id, &texts).await;
            Ok(given.map_err(told)?.into_iter().map(outcome).collect())
        })
    }

    fn withdraw<'a>(
        &'a self,
        asker: &'a Asker,
        id: CollectionId,
        stix_id: String,
        versions: Versions,
    ) -> Reply<'a, ()> {
        Box::pin(async move {
            let gone = share::withdraw(&self.acts, &self.asking(asker, None), id, &stix_id, &versions).await;
            gone.map(drop).map_err(told)
        })
    }

    fn keep<'a>(&'a self, asker: &'a Asker, id: CollectionId, command: Command) -> Reply<'a, ()> {
        Box::pin(async move {
            share::keep(&self.acts, &self.asking(asker, None), id, command).await.map(drop).map_err(told)
        })
    }

    fn keep_status<'a>(&'a self, asker: &'a Asker, id: Uuid, body: Vec<u8>) -> Reply<'a, ()> {
        Box::pin(async move {
            self.acts.db.keep_intel_status(id, asker.principal.org(), asker.at, &body).await.map_err(store)
        })
    }

    fn status<'a>(&'a self, asker: &'a Asker, id: Uuid) -> Reply<'a, Vec<u8>> {
        Box::pin(async move {
            let kept = self.acts.db.intel_status(id, asker.principal.org()).await.map_err(store)?;
            kept.ok_or(OfficeError::NotFound)
        })
    }

    fn find<'a>(&'a self, asker: &'a Asker, sought: Sought) -> Reply<'a, Found> {
        Box::pin(async move {
            let (asking, Sought { purpose, by, before, limit }) = (self.asking(asker, None), sought);
            let found = match by {
                SoughtBy::Words(words, kinds) => {
                    let wanted = Wanted { words, kinds, before, limit };
                    share::search(&self.acts, &asking, &self.sights, purpose, &wanted).await
                }
                SoughtBy::Value(seen) => {
                    share::matching(&self.acts, &asking, &self.sights, purpose, (&seen, before, limit)).await
                }
            };
            found.map_err(told)
        })
    }

    fn object<'a>(&'a self, asker: &'a Asker, id: String, purpose: Option<Purpose>) -> Reply<'a, Hit> {
        Box::pin(async move {
            let asking = self.asking(asker, None);
            share::object(&self.acts, &asking, &self.sights, purpose, &id).await.map_err(told)
        })
    }

    fn graph<'a>(&'a self, asker: &'a Asker, id: String, purpose: Option<Purpose>, depth: u32) -> Reply<'a, Graph> {
        Box::pin(async move {
            let asking = self.asking(asker, None);
            share::graph(&self.acts, &asking, &self.sights, purpose, (&id, depth)).await.map_err(told)
        })
    }
}
