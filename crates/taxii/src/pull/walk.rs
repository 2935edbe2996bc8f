//! One run's way through a collection.

use super::page::{self, Judged, PageFault};
use super::seen::Seen;
use super::{Misbehaviour, PAGE_OBJECTS, Pull, PullError, Pulled};
use crate::client::{Again, Client, Given};
use crate::cursor::{Cursor, before};
use crate::fault::RequestError;
use crate::sink::Page;
use noroshi_stix::Timestamp;
use noroshi_stix::taxii::Filters;
use std::path::Path;

/// Where the way goes on behind a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nowhere: that was all.
    Nowhere,
    /// Where the server says.
    At(String),
    /// At the date of the last object.
    From(Timestamp),
    /// Here again, with so many objects on the page: it had nothing new.
    Wider(u64),
}

pub(super) struct Walk<'a> {
    pull: &'a Pull,
    client: &'a Client,
    state: &'a Path,
    cursor: Cursor,
    seen: Seen,
    /// Objects asked for on a page.
    limit: u64,
    /// Objects of the last page that had nothing new, and was asked for again with a higher limit.
    crowd: usize,
    /// The date the page before ended with, in this walk.
    reached: Option<Timestamp>,
    empty: u32,
    /// Restarts without an object gained.
    fruitless: u32,
    pulled: Pulled,
}

impl<'a> Walk<'a> {
    pub(super) fn open(pull: &'a Pull, client: &'a Client, state: &'a Path) -> Result<Self, PullError> {
        let (scope, limits) = (pull.scope(), client.limits());
        let fresh = || Cursor::new(&pull.collection, &scope, pull.filters.added_after);
        let mut cursor = Cursor::load(state, &pull.collection, &scope, limits)?.unwrap_or_else(fresh);
        if cursor.done || !cursor.next_moves {
            cursor.go_back(pull.overlap_micros);
        }
        Ok(Self {
            pull,
            client,
            state,
            reached: cursor.next.is_some().then_some(cursor.last).flatten(),
            cursor,
            seen: Seen::new(limits.seen_max),
            limit: pull.filters.limit.unwrap_or(PAGE_OBJECTS),
            crowd: 0,
            empty: 0,
            fruitless: 0,
            pulled: Pulled::default(),
        })
    }

    /// Asks for the next page; nothing where the walk has to begin anew.
    pub(super) fn fetch(&mut self) -> Result<Option<Given>, PullError> {
        let filters = Filters {
            added_after: self.cursor.after,
            next: self.cursor.next.clone(),
            limit: Some(self.limit),
            ..self.pull.filters.clone()
        };
        let certain = self.cursor.next.is_none() || self.cursor.next_moves;
        let again = if certain { Again::Yes } else { Again::IfTurnedAway };
        match self.client.objects_again(&self.pull.collection, &filters, again) {
            Ok(given) => Ok(Some(given)),
            Err(error) => self.lost(error, certain).map(|()| None),
        }
    }

    /// A page did not come. Where its `next` is no longer good, or asking with it again might skip a page, the walk
    /// begins anew from the last date.
    fn lost(&mut self, error: RequestError, certain: bool) -> Result<(), PullError> {
        let expired = matches!(error.status(), Some(400 | 404 | 410 | 422));
        let uncertain = error.may_pass() && !certain;
        self.fruitless += 1;
        if self.cursor.next.is_none() || !(expired || uncertain) || self.fruitless > self.client.limits().restarts_max {
            return Err(error.into());
        }
        self.client.wait(self.fruitless, error)?;
        self.cursor.go_back(self.pull.overlap_micros);
        self.seen.clear();
        (self.reached, self.empty) = (None, 0);
        self.pulled.restarts += 1;
        Ok(())
    }

    /// Reads a page, holds it against what came before, and says where the way goes on.
    pub(super) fn judge<'g>(&mut self, given: &'g Given) -> Result<(Page<'g>, Next), PullError> {
        let number = self.cursor.pages.saturating_add(1);
        let collection = || self.pull.collection.as_str().to_owned();
        let judged = page::read(given, &self.cursor, self.client.limits()).and_then(|judged| {
            let next = self.follow(&judged)?;
            Ok((judged.page, next))
        });
        judged.map_err(|fault| match fault {
            PageFault::Envelope(fault) => PullError::Envelope { page: number, collection: collection(), fault },
            PageFault::Misbehaves(what) => PullError::Misbehaves { page: number, collection: collection(), what },
        })
    }

    fn follow(&mut self, judged: &Judged<'_>) -> Result<Next, Misbehaviour> {
        let page = &judged.page;
        self.in_order(page)?;
        let new = page.objects.iter().filter(|object| self.seen.note(object.key)).count();
        if !judged.more {
            return Ok(Next::Nowhere);
        }
        match (&judged.next, page.last) {
            (Some(next), _) if page.objects.is_empty() => self.over_an_empty_page(next),
            (Some(_), _) if new == 0 => Err(Misbehaviour::Repeats),
            (Some(next), _) => Ok(Next::At(next.clone())),
            (None, None) => Err(Misbehaviour::NoWayOn),
            (None, Some(last)) if new > 0 => Ok(Next::From(last)),
            (None, Some(last)) => self.through_a_crowd(last, page.objects.len()),
        }
    }

    fn in_order(&self, page: &Page<'_>) -> Result<(), Misbehaviour> {
        let Some(first) = page.first.or(page.last) else { return Ok(()) };
        match (&self.cursor.next, self.cursor.after, self.reached) {
            (Some(_), _, Some(last)) if first < last => Err(Misbehaviour::Backwards { first, last }),
            // Some servers keep whole seconds only, and begin with the second that was asked for.
            (None, Some(after), _) if first.as_micros() < after.as_micros().div_euclid(SECOND) * SECOND => {
                Err(Misbehaviour::IgnoresAddedAfter { after, first })
            }
            _ => Ok(()),
        }
    }

    /// A server that filters after it has cut its pages may give empty ones, but not for ever.
    fn over_an_empty_page(&self, next: &str) -> Result<Next, Misbehaviour> {
        let pages = self.empty + 1;
        if pages > self.client.limits().empty_pages_max {
            return Err(Misbehaviour::Empty { pages });
        }
        Ok(Next::At(next.to_owned()))
    }

    /// All of a page was seen, and by date there is no way past it: a larger page may reach further.
    fn through_a_crowd(&self, at: Timestamp, objects: usize) -> Result<Next, Misbehaviour> {
        let most = self.client.limits().page_objects_max;
        if self.limit >= most || objects <= self.crowd {
            return Err(Misbehaviour::Crowded { at, objects });
        }
        Ok(Next::Wider(self.limit.saturating_mul(4).min(most)))
    }

    pub(super) fn widen(&mut self, limit: u64) {
        self.crowd = usize::try_from(self.limit).unwrap_or(usize::MAX);
        self.limit = limit;
    }

    /// The sink has taken a page: notes it. Gives whether that was all.
    pub(super) fn took(&mut self, page: &Page<'_>, next: Next) -> Result<bool, PullError> {
        self.count(page);
        self.empty = if page.objects.is_empty() { self.empty + 1 } else { 0 };
        self.reached = page.last.or(self.reached);
        let cursor = &mut self.cursor;
        let keys = page.objects.iter().map(|object| object.key).filter(|key| !cursor.knows(key)).collect();
        cursor.note(page.last, keys, self.pull.overlap_micros, self.client.limits());
        cursor.done = next == Next::Nowhere;
        match next {
            Next::At(next) => {
                cursor.next_moves = cursor.next.as_ref().is_some_and(|asked| *asked != next);
                cursor.next = Some(next);
            }
            Next::From(last) => {
                (cursor.next, cursor.next_moves, cursor.after) = (None, false, Some(before(last, 0)));
                self.reached = None;
            }
            Next::Nowhere | Next::Wider(_) => (cursor.next, cursor.next_moves) = (None, false),
        }
        cursor.save(self.state)?;
        let pages = self.client.limits().pages_max;
        if !cursor.done && self.pulled.pages >= pages {
            let collection = self.pull.collection.as_str().to_owned();
            let what = Misbehaviour::TooManyPages { pages };
            return Err(PullError::Misbehaves { page: page.number, collection, what });
        }
        Ok(cursor.done)
    }

    fn count(&mut self, page: &Page<'_>) {
        let known = page.objects.iter().filter(|object| object.known).count() as u64;
        let refused = page.objects.iter().filter(|object| object.read.is_err() && !object.known).count() as u64;
        let new = page.objects.len() as u64 - known;
        self.pulled.pages += 1;
        self.pulled.known += known;
        self.pulled.refused += refused;
        self.pulled.objects += new - refused;
        self.pulled.undated |= new > 0 && page.last.is_none();
        self.cursor.pages = self.cursor.pages.saturating_add(1);
        self.cursor.objects = self.cursor.objects.saturating_add(new - refused);
        if new > 0 {
            self.fruitless = 0;
        }
    }

    pub(super) fn pulled(&self) -> Pulled {
        self.pulled
    }
}

/// Microseconds in one second.
const SECOND: i64 = 1_000_000;
