//! Find: by words, by id, by a value that was seen, and what is around an object, in all collections that whoever asks
//! reads, as far as markings are open to them.

use super::{Sights, index, read};
use crate::{Acts, Asking, NotDone};
use noroshi_authz::ActKind;
use noroshi_casework::share::limits::reading;
use noroshi_casework::share::seen::Seen;
use noroshi_model::{Micros, Purpose};
use noroshi_stix::Received;
use noroshi_store::intel::{Found, Graph, Hit, Open, Search};
use noroshi_store::limits::{INTEL_FOUND_MAX, INTEL_LINES_MAX};
use std::collections::BTreeSet;

/// Patterns that are asked for one page; then it ends, and says where to go on.
const PATTERNS_MAX: usize = 2_000;

/// Patterns read at once: an indicator may have a megabyte.
const PATTERNS_AT_ONCE: u32 = 50;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Words that are all in it, as `casework::share::words` reads them.
    pub words: BTreeSet<String>,
    /// Of these types; none is every one.
    pub kinds: Vec<String>,
    /// Only what came before this moment: where a page goes on.
    pub before: Option<Micros>,
    /// Rows at most, and no more than 200.
    pub limit: u32,
}

/// What is open to whoever asks: of each collection they read, the labels their sight of it has.
async fn open(acts: &Acts, asking: &Asking<'_>, sights: &Sights, purpose: Option<Purpose>) -> Result<Open, NotDone> {
    let (mut shelves, mut gives_only) = (Vec::new(), false);
    for (shelf, reads, _) in read::collections(acts, asking).await? {
        gives_only |= !reads;
        if reads {
            shelves.push((shelf.id, sights.of(acts, asking, &shelf, purpose).await?.open));
        }
    }
    if shelves.is_empty() && gives_only {
        let why = NotDone::rule("collection.not_read", &"you give to collections and read none");
        return acts.refuse(asking, ActKind::ReadCollection, None, why).await;
    }
    Ok(Open::of(shelves))
}

fn by_id<'s>(open: &'s Open, ids: &'s [String], words: &'s BTreeSet<String>) -> Search<'s> {
    Search { open, words, kinds: &[], ids, values: &[], before: None, bodies: true, limit: 1 }
}

/// Objects by their words and types.
///
/// # Errors
/// A refusal, on the record, for whoever gives and does not read; what the database says.
pub async fn search(
    acts: &Acts,
    asking: &Asking<'_>,
    sights: &Sights,
    purpose: Option<Purpose>,
    wanted: &Wanted,
) -> Result<Found, NotDone> {
    let open = open(acts, asking, sights, purpose).await?;
    let Wanted { words, kinds, before, limit } = wanted;
    let search =
        Search { open: &open, words, kinds, ids: &[], values: &[], before: *before, bodies: false, limit: *limit };
    Ok(acts.db.search_intel(&search).await?)
}

/// The newest version of an object, with its bytes.
///
/// # Errors
/// As [`search`]; [`NotDone::NotFound`] where none is open, or there is none.
pub async fn object(
    acts: &Acts,
    asking: &Asking<'_>,
    sights: &Sights,
    purpose: Option<Purpose>,
    id: &str,
) -> Result<Hit, NotDone> {
    let open = open(acts, asking, sights, purpose).await?;
    let found = acts.db.search_intel(&by_id(&open, &[id.to_owned()], &BTreeSet::new())).await?;
    found.hits.into_iter().next().ok_or(NotDone::NotFound("object"))
}

/// What is one or two steps around an object.
///
/// # Errors
/// As [`object`].
pub async fn graph(
    acts: &Acts,
    asking: &Asking<'_>,
    sights: &Sights,
    purpose: Option<Purpose>,
    (id, depth): (&str, u32),
) -> Result<Graph, NotDone> {
    let open = open(acts, asking, sights, purpose).await?;
    let graph = acts.db.intel_graph(&open, id, depth, INTEL_LINES_MAX).await?;
    graph.ok_or(NotDone::NotFound("object"))
}

/// Indicators whose pattern asks for what was seen, were it seen now. The index gives those that may, the patterns
/// decide.
///
/// # Errors
/// As [`search`].
pub async fn matching(
    acts: &Acts,
    asking: &Asking<'_>,
    sights: &Sights,
    purpose: Option<Purpose>,
    (seen, mut before, limit): (&Seen, Option<Micros>, u32),
) -> Result<Found, NotDone> {
    let open = open(acts, asking, sights, purpose).await?;
    let (limit, kinds) = (limit.clamp(1, INTEL_FOUND_MAX) as usize, ["indicator".to_owned()]);
    let values: Vec<String> = seen.values().iter().cloned().chain([String::new()]).collect();
    let (mut finds, mut asked) = (Found::default(), 0);
    loop {
        let search = Search {
            open: &open,
            words: &BTreeSet::new(),
            kinds: &kinds,
            ids: &[],
            values: &values,
            before,
            bodies: true,
            limit: PATTERNS_AT_ONCE,
        };
        let found = acts.db.search_intel(&search).await?;
        for hit in found.hits {
            if finds.hits.len() == limit || asked == PATTERNS_MAX {
                finds.next = before;
                return Ok(finds);
            }
            (before, asked) = (Some(hit.added), asked + 1);
            if asks_for(&hit, seen, asking.at) {
                finds.hits.push(Hit { body: Vec::new(), ..hit });
            }
        }
        if found.next.is_none() {
            return Ok(finds);
        }
    }
}

fn asks_for(hit: &Hit, seen: &Seen, at: Micros) -> bool {
    let read = Received::read(&hit.body, &reading());
    read.is_ok_and(|read| index::pattern(&read).is_some_and(|pattern| seen.matches(&pattern, at)))
}
