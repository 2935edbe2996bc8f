//! Adding many objects to a collection, in batches the server takes, and going on where it was stopped.
//!
//! What is about to be sent is written into a journal first ([`journal`]), and what became of it after. A push that is
//! killed between the two sends that batch again: the standard has servers take the same version of the same object
//! twice without harm. Some call it a failure all the same; so what failed is looked up in the manifest, and counts
//! as there if it is there. What its markings keep ([`circle`]) is not sent at all.

mod batch;
pub mod circle;
pub mod input;
pub mod journal;

use crate::client::Client;
use crate::durable::FileError;
use crate::fault::RequestError;
use crate::pace::backoff;
use crate::{Address, Limits};
use batch::Outcome;
use input::Input;
use journal::{Failure, Journal, JournalError, Open};
use noroshi_stix::taxii::{Status, StatusState};
use std::path::Path;

/// Where objects go.
#[derive(Debug, Clone)]
pub struct Push {
    /// The API root.
    pub root: Address,
    /// The collection, below it.
    pub collection: Address,
}

/// What became of the objects, all runs together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pushed {
    /// The server took them.
    pub taken: u64,
    /// The server had them already.
    pub there: u64,
    /// The server refused them; each was told.
    pub failed: u64,
    /// The server says nothing of them: its counts do not add up to what was sent.
    pub unaccounted: u64,
}

/// Why a push ended early. What was done is in the journal; the next run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// A request.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The server does not finish.
    #[error("the server has not finished with status `{status}` after {polls} looks at it; run again to look on")]
    Pending {
        /// The status.
        status: String,
        /// How often it was looked at.
        polls: u32,
    },
    /// The server forgets.
    #[error(
        "the server accepted a batch as status `{status}` and knows nothing of that now; run again to send the batch again"
    )]
    Forgotten {
        /// The status.
        status: String,
    },
    /// The server takes nothing.
    #[error("the server refused {objects} objects in a row, each sent on its own; the last time: {last}")]
    RefusesAll {
        /// So many.
        objects: u32,
        /// What it said last.
        last: Box<RequestError>,
    },
}

impl Push {
    /// Adds what is in the input and not yet added according to the journal, which is begun if it is not there. Each
    /// object that fails is told once, of earlier runs as well.
    ///
    /// # Errors
    /// [`PushError`]; what was done is in the journal.
    pub fn run(
        &self,
        client: &Client,
        input: &Input,
        journal: &Path,
        told: &mut dyn FnMut(&Failure),
    ) -> Result<Pushed, PushError> {
        let mut journal = Journal::open(journal, &self.collection, input, client.limits())?;
        let mut pushed = Pushed::default();
        let mut most = client.limits().batch_objects_max;
        let mut objects_max = most;
        for settled in journal.settled() {
            pushed.add(settled, told);
        }
        if journal.reached() >= input.len() {
            return Ok(pushed);
        }
        let mut run = Run { push: self, client, input, bytes_max: self.bytes_max(client)?, refused_in_a_row: 0 };
        while journal.reached() < input.len() {
            let open = journal.take_open();
            let range = match &open {
                Some(open) => open.from..open.to,
                None => batch::cut(input, journal.reached(), objects_max, run.bytes_max),
            };
            let outcome = run.batch(&mut journal, range.clone(), open)?;
            let half = (range.len() / 2).max(1);
            objects_max = match outcome {
                Outcome::TooMuch => {
                    most = half;
                    half
                }
                Outcome::Blamed => half,
                Outcome::Settled(settled) => {
                    pushed.add(&settled, told);
                    journal.settle(settled)?;
                    objects_max.saturating_mul(2).min(most)
                }
            };
        }
        Ok(pushed)
    }

    /// Bytes of a request: what the server takes, and no more than we hold good.
    fn bytes_max(&self, client: &Client) -> Result<usize, RequestError> {
        let takes = client.api_root(&self.root)?.max_content_length;
        Ok(usize::try_from(takes.min(client.limits().batch_bytes_max)).unwrap_or(usize::MAX))
    }
}

impl Pushed {
    fn add(&mut self, settled: &journal::Settled, told: &mut dyn FnMut(&Failure)) {
        let sent = (settled.to - settled.from) as u64;
        let failed = settled.failures.len() as u64 + settled.unnamed;
        self.taken += settled.taken;
        self.there += settled.there;
        self.failed += failed;
        self.unaccounted += sent.saturating_sub(settled.taken + settled.there + failed);
        settled.failures.iter().for_each(told);
    }
}

/// One run of a push.
struct Run<'a> {
    push: &'a Push,
    client: &'a Client,
    input: &'a Input,
    bytes_max: usize,
    refused_in_a_row: u32,
}

impl Run<'_> {
    fn limits(&self) -> &Limits {
        self.client.limits()
    }

    /// Sends one batch, or goes on with one that was sent, until the server has decided.
    fn batch(
        &mut self,
        journal: &mut Journal,
        range: std::ops::Range<usize>,
        open: Option<Open>,
    ) -> Result<Outcome, PushError> {
        if let Some(status) = open.and_then(|open| open.status)
            && let Some(status) = self.finished(&status)?
        {
            return Ok(Outcome::Settled(self.decided(&range, &status)));
        }
        let envelope = self.input.envelope(range.clone());
        if envelope.len() > self.bytes_max {
            return Ok(batch::too_long(self.input, &range, envelope.len(), self.bytes_max));
        }
        journal.sending(&range)?;
        let status = match self.client.add(&self.push.collection, &envelope) {
            Ok(status) => status,
            Err(error) if matches!(error.status(), Some(413 | 422)) => return self.refused(&range, error),
            Err(error) => return Err(error.into()),
        };
        self.refused_in_a_row = 0;
        if status.status == StatusState::Complete {
            return Ok(Outcome::Settled(self.decided(&range, &status)));
        }
        journal.accepted(&range, &status.id)?;
        match self.finished(&status.id)? {
            Some(status) => Ok(Outcome::Settled(self.decided(&range, &status))),
            None => Err(PushError::Forgotten { status: status.id }),
        }
    }

    /// A batch was refused as a whole: it is halved, down to the objects that are to blame.
    fn refused(&mut self, range: &std::ops::Range<usize>, error: RequestError) -> Result<Outcome, PushError> {
        if range.len() > 1 {
            let too_much = error.status() == Some(413);
            return Ok(if too_much { Outcome::TooMuch } else { Outcome::Blamed });
        }
        self.refused_in_a_row += 1;
        if self.refused_in_a_row >= self.limits().refused_in_a_row_max {
            return Err(PushError::RefusesAll { objects: self.refused_in_a_row, last: Box::new(error) });
        }
        Ok(batch::refused(self.input, range, error.to_string()))
    }

    /// Looks at a status until all is decided; nothing where the server no longer knows it.
    fn finished(&self, id: &str) -> Result<Option<Status>, PushError> {
        for polls in 1..=self.limits().polls_max {
            match self.client.status(&self.push.root, id) {
                Ok(status) if status.status == StatusState::Complete => return Ok(Some(status)),
                Ok(_) => {}
                Err(error) if error.status() == Some(404) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
            let surroundings = self.client.surroundings();
            surroundings.wait(backoff(polls, surroundings.random(), self.limits()));
        }
        Err(PushError::Pending { status: id.to_owned(), polls: self.limits().polls_max })
    }

    fn decided(&self, range: &std::ops::Range<usize>, status: &Status) -> journal::Settled {
        let mut settled = batch::settled(range, status);
        batch::look_up(self.client, &self.push.collection, self.input, range, &mut settled);
        settled
    }
}
