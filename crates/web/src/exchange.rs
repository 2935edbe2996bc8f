//! What TAXII and the pages need of shared intelligence. The hub gives one that runs `acts`; markings are enforced there.

use crate::office::{Asker, OfficeError, Reply};
use noroshi_casework::share::Collection;
use noroshi_casework::share::collection::Command;
use noroshi_casework::share::seen::Seen;
use noroshi_model::{CollectionId, Micros, Purpose};
use noroshi_store::intel::{Cut, Found, Graph, Hit, Page, Versions};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A collection as it is open to whoever asks.
#[derive(Debug, Clone)]
pub struct Shelved {
    /// Which.
    pub id: CollectionId,
    /// The collection.
    pub collection: Collection,
    /// Whether they read it.
    pub reads: bool,
    /// Whether they give to it.
    pub gives: bool,
}

/// What a page is asked for.
#[derive(Debug, Clone)]
pub struct PageAsked {
    /// Of which collection.
    pub collection: CollectionId,
    /// For which purpose, where the reader names one.
    pub purpose: Option<Purpose>,
    /// What narrows it.
    pub cut: Cut,
    /// Whether the objects themselves are wanted.
    pub bodies: bool,
    /// Rows at most.
    pub limit: u32,
}

/// What is looked for in all collections that whoever asks reads.
#[derive(Debug, Clone)]
pub struct Sought {
    /// For which purpose, where the reader names one.
    pub purpose: Option<Purpose>,
    /// How.
    pub by: SoughtBy,
    /// Only what came before this moment: where a page goes on.
    pub before: Option<Micros>,
    /// Rows at most.
    pub limit: u32,
}

/// How something is looked for.
#[derive(Debug, Clone)]
pub enum SoughtBy {
    /// By words that are all in it, and by types; no type is every one.
    Words(BTreeSet<String>, Vec<String>),
    /// By a value that was seen: indicators whose pattern asks for it.
    Value(Box<Seen>),
}

/// What became of one object that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its id, as far as it could be read.
    pub id: String,
    /// Its version, as far as it could be read.
    pub version: String,
    /// Why it was not taken; `None` when it is in the collection.
    pub failed: Option<String>,
}

/// Shared intelligence. Every method takes the [`Asker`]; there is no default one.
pub trait Exchange: Send + Sync {
    /// Collections that are open to whoever asks.
    fn collections<'a>(&'a self, asker: &'a Asker) -> Reply<'a, Vec<Shelved>>;
    /// One of them; another is not there.
    fn collection<'a>(&'a self, asker: &'a Asker, id: CollectionId) -> Reply<'a, Shelved>;
    /// A page of one.
    fn page<'a>(&'a self, asker: &'a Asker, asked: PageAsked) -> Reply<'a, Page>;
    /// Gives objects, each as its bytes came.
    fn give<'a>(&'a self, asker: &'a Asker, id: CollectionId, texts: Vec<Vec<u8>>) -> Reply<'a, Vec<Outcome>>;
    /// Takes back what one's own organisation gave.
    fn withdraw<'a>(&'a self, asker: &'a Asker, id: CollectionId, stix_id: String, versions: Versions)
    -> Reply<'a, ()>;
    /// Opens, changes or closes a collection.
    fn keep<'a>(&'a self, asker: &'a Asker, id: CollectionId, command: Command) -> Reply<'a, ()>;
    /// Keeps what became of a request, for the organisation of whoever asked.
    fn keep_status<'a>(&'a self, asker: &'a Asker, id: Uuid, body: Vec<u8>) -> Reply<'a, ()>;
    /// What was kept.
    fn status<'a>(&'a self, asker: &'a Asker, id: Uuid) -> Reply<'a, Vec<u8>>;
    /// Finds in every collection they read.
    fn find<'a>(&'a self, asker: &'a Asker, sought: Sought) -> Reply<'a, Found>;
    /// The newest version of one object, with its bytes.
    fn object<'a>(&'a self, asker: &'a Asker, id: String, purpose: Option<Purpose>) -> Reply<'a, Hit>;
    /// What is one or two steps around one object.
    fn graph<'a>(&'a self, asker: &'a Asker, id: String, purpose: Option<Purpose>, depth: u32) -> Reply<'a, Graph>;
}

/// A hub that shares nothing: no collection is open, and none can be opened.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

fn nothing<'a, T: Send + 'a>() -> Reply<'a, T> {
    Box::pin(std::future::ready(Err(OfficeError::NotFound)))
}

impl Exchange for Nothing {
    fn collections<'a>(&'a self, _: &'a Asker) -> Reply<'a, Vec<Shelved>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    fn collection<'a>(&'a self, _: &'a Asker, _: CollectionId) -> Reply<'a, Shelved> {
        nothing()
    }

    fn page<'a>(&'a self, _: &'a Asker, _: PageAsked) -> Reply<'a, Page> {
        nothing()
    }

    fn give<'a>(&'a self, _: &'a Asker, _: CollectionId, _: Vec<Vec<u8>>) -> Reply<'a, Vec<Outcome>> {
        nothing()
    }

    fn withdraw<'a>(&'a self, _: &'a Asker, _: CollectionId, _: String, _: Versions) -> Reply<'a, ()> {
        nothing()
    }

    fn keep<'a>(&'a self, _: &'a Asker, _: CollectionId, _: Command) -> Reply<'a, ()> {
        nothing()
    }

    fn keep_status<'a>(&'a self, _: &'a Asker, _: Uuid, _: Vec<u8>) -> Reply<'a, ()> {
        nothing()
    }

    fn status<'a>(&'a self, _: &'a Asker, _: Uuid) -> Reply<'a, Vec<u8>> {
        nothing()
    }

    fn find<'a>(&'a self, _: &'a Asker, _: Sought) -> Reply<'a, Found> {
        Box::pin(std::future::ready(Ok(Found::default())))
    }

    fn object<'a>(&'a self, _: &'a Asker, _: String, _: Option<Purpose>) -> Reply<'a, Hit> {
        nothing()
    }

    fn graph<'a>(&'a self, _: &'a Asker, _: String, _: Option<Purpose>, _: u32) -> Reply<'a, Graph> {
        nothing()
    }
}
