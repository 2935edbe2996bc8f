//! Fetching all of a collection, or what came since the last time, page by page, to a sink.
//!
//! Each page is read, judged, handed to the sink, and then noted ([`crate::cursor`]): killed at any point, the next run
//! loses nothing, and repeats at most what the sink can tell by [`crate::key::ObjectKey`].
//!
//! A server cannot keep a pull busy for nothing. What it gives is held against what it gave: pages that repeat, dates
//! that go backwards, instants too crowded to pass are found, said, and end the pull ([`Misbehaviour`]).

mod page;
mod seen;
mod walk;

use crate::client::Client;
use crate::cursor::CursorError;
use crate::durable::{self, FileError};
use crate::fault::RequestError;
use crate::sink::Sink;
use crate::{Address, query};
use noroshi_stix::Timestamp;
use noroshi_stix::envelope::EnvelopeFault;
use noroshi_stix::taxii::Filters;
use std::path::Path;
use walk::{Next, Walk};

/// Objects on a page, where nothing is said.
pub const PAGE_OBJECTS: u64 = 1_000;

/// Microseconds before the last date that are asked for again, where nothing is said: a minute.
pub const OVERLAP_MICROS: i64 = 60_000_000;

/// What is fetched.
#[derive(Debug, Clone)]
pub struct Pull {
    /// From which collection.
    pub collection: Address,
    /// Which of its objects. `added_after` is where the first run begins; `limit` is objects on a page; `next` is not
    /// looked at.
    pub filters: Filters,
    /// Microseconds before the last date that are asked for again by each run. A server that notes a date before the
    /// object can be read shows objects late, with dates that have passed; this long it may take.
    pub overlap_micros: i64,
}

/// What one run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Pages taken.
    pub pages: u64,
    /// Objects taken for the first time.
    pub objects: u64,
    /// Objects that came again and are marked so.
    pub known: u64,
    /// Objects the strict reader refused.
    pub refused: u64,
    /// Times the walk began anew from the last date, as the server did not go on.
    pub restarts: u64,
    /// The server gave no dates: the next run has to fetch everything again.
    pub undated: bool,
}

/// Why a run ended early. What was taken is noted; the next run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// A request.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// A page is no envelope.
    #[error("page {page} of `{collection}`: {fault}")]
    Envelope {
        /// Which page, counted over all runs.
        page: u64,
        /// Of which collection.
        collection: String,
        /// What is wrong.
        fault: EnvelopeFault,
    },
    /// The server does not do what the standard says, and nothing good would come of going on.
    #[error("page {page} of `{collection}`: {what}")]
    Misbehaves {
        /// Which page, counted over all runs.
        page: u64,
        /// Of which collection.
        collection: String,
        /// What it does.
        what: Misbehaviour,
    },
    /// The sink did not take a page.
    #[error("page {page} was not taken: {why}")]
    Sink {
        /// Which page, counted over all runs.
        page: u64,
        /// Why.
        why: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The state file.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What a server does that it should not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misbehaviour {
    /// It goes round.
    #[error(
        "it says there is more and gives only what it has given in this run; it ignores or repeats its own `next`, and would never end"
    )]
    Repeats,
    /// It says there is more, and gives nothing.
    #[error("{pages} pages in a row were empty, each promising more")]
    Empty {
        /// So many pages.
        pages: u32,
    },
    /// It says there is more, and no way leads there.
    #[error("it says there is more and gives neither `next` nor the date of the last object (X-TAXII-Date-Added-Last)")]
    NoWayOn,
    /// More objects at one instant than it gives at once.
    #[error(
        "it has more than {objects} objects added at {at}, gives no more at once and no `next`; dates alone do not lead past them: ask whoever runs it for larger pages"
    )]
    Crowded {
        /// The instant.
        at: Timestamp,
        /// So many it gave.
        objects: usize,
    },
    /// Dates go backwards.
    #[error(
        "an object added at {first} comes after one added at {last}; without order by date nobody can tell what is new"
    )]
    Backwards {
        /// The earlier date, which came later.
        first: Timestamp,
        /// The later date.
        last: Timestamp,
    },
    /// It gives what was not asked for.
    #[error(
        "asked for what was added after {after}, it begins with {first}; it ignores `added_after`, and would give everything each time"
    )]
    IgnoresAddedAfter {
        /// What was asked.
        after: Timestamp,
        /// What came.
        first: Timestamp,
    },
    /// A date that is none.
    #[error("a date added is `{text}`, which is no time of TAXII (2026-11-22T02:00:00.000000Z)")]
    BadDate {
        /// What stands there.
        text: String,
    },
    /// A bundle where an envelope belongs.
    #[error("it gives a bundle where TAXII 2.1 has an envelope; it speaks TAXII 2.0, perhaps")]
    Bundle,
    /// A `next` nobody can carry.
    #[error("its `next` is {bytes} bytes long, of {bytes_max} at most")]
    LongNext {
        /// How long.
        bytes: usize,
        /// How long it may be.
        bytes_max: usize,
    },
    /// It does not end.
    #[error("it has given {pages} pages in one run, which is the most; run again to go on")]
    TooManyPages {
        /// So many.
        pages: u64,
    },
}

impl Pull {
    /// Of a whole collection, from its beginning, with the usual overlap.
    pub fn of(collection: Address) -> Self {
        Self { collection, filters: Filters::default(), overlap_micros: OVERLAP_MICROS }
    }

    /// What of the collection is asked for, as a state file has it.
    fn scope(&self) -> String {
        query::scope(&self.filters)
    }

    /// Fetches what there is and was not taken, noting in the file `state` how far it has come. A file that is not
    /// there is begun.
    ///
    /// # Errors
    /// [`PullError`]; what was taken is noted.
    pub fn run(&self, client: &Client, state: &Path, sink: &mut dyn Sink) -> Result<Pulled, PullError> {
        let _lock = durable::hold(state)?;
        let mut walk = Walk::open(self, client, state)?;
        loop {
            let Some(given) = walk.fetch()? else { continue };
            let (page, next) = walk.judge(&given)?;
            if let Next::Wider(limit) = next {
                walk.widen(limit);
                continue;
            }
            sink.take(&page).map_err(|why| PullError::Sink { page: page.number, why })?;
            if walk.took(&page, next)? {
                return Ok(walk.pulled());
            }
        }
    }
}
