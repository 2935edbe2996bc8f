//! A collection on a faulty server: how it pages, and what it does wrong.

use crate::server::{Reply, Request, Server};
use crate::world::tool;
use noroshi_stix::Timestamp;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

/// How a server says where the next page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paging {
    /// Each page has a `next` of its own, good for ever.
    Moving,
    /// One `next` for a whole walk; pages come from a queue, and are gone once asked for.
    Queue,
    /// No `next`: dates alone lead on.
    Dates,
}

/// Numbers of tools with the moments they were added, in microseconds.
pub(crate) type Added = Vec<(i64, usize)>;

/// What is left of each walk.
type Queues = HashMap<String, VecDeque<(i64, usize)>>;

/// A collection.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub(crate) added: Arc<Mutex<Added>>,
    pub(crate) paging: Paging,
    pub(crate) page_max: usize,
    queues: Arc<Mutex<Queues>>,
}

/// Of each instant, so many tools.
pub(crate) fn instants(counts: &[usize]) -> Added {
    let mut added = Vec::new();
    for (instant, &count) in counts.iter().enumerate() {
        for _ in 0..count {
            added.push((1_000_000_000 + instant as i64 * 400, added.len()));
        }
    }
    added
}

impl Shelf {
    pub(crate) fn new(added: Added, paging: Paging, page_max: usize) -> Self {
        Self { added: Arc::new(Mutex::new(added)), paging, page_max, queues: Arc::default() }
    }

    /// What the standard would have it answer.
    pub(crate) fn answer(&self, request: &Request) -> Reply {
        let wanted = request.parameter("limit").map_or(self.page_max, |limit| limit.parse().unwrap());
        let (limit, next) = (wanted.min(self.page_max), request.parameter("next"));
        let mut rest: VecDeque<_> = match (self.paging, next) {
            (Paging::Queue, Some(next)) => match self.queues.lock().unwrap().remove(next) {
                Some(queue) => queue,
                None => return Reply::json(400, r#"{"title":"next is not valid"}"#),
            },
            _ => self.after(request.parameter("added_after")),
        };
        let skipped: usize =
            if self.paging == Paging::Moving { next.map_or(0, |next| next.parse().unwrap()) } else { 0 };
        rest.drain(..skipped.min(rest.len()));
        let page: Vec<_> = rest.drain(..limit.min(rest.len())).collect();
        let next = match (self.paging, rest.is_empty()) {
            (_, true) | (Paging::Dates, _) => None,
            (Paging::Moving, _) => Some((skipped + page.len()).to_string()),
            (Paging::Queue, _) => {
                let next = next.map_or_else(|| format!("queue {}", request.number), str::to_owned);
                self.queues.lock().unwrap().insert(next.clone(), rest.clone());
                Some(next)
            }
        };
        envelope(&page, !rest.is_empty(), next.as_deref())
    }

    fn after(&self, added_after: Option<&str>) -> VecDeque<(i64, usize)> {
        let after = added_after.map(|text| Timestamp::parse(text).unwrap().as_micros());
        let added = self.added.lock().unwrap();
        added.iter().copied().filter(|(at, _)| after.is_none_or(|after| *at > after)).collect()
    }

    pub(crate) fn served(&self) -> Server {
        let shelf = self.clone();
        Server::new(move |request: &Request| shelf.answer(request))
    }
}

pub(crate) fn envelope(page: &[(i64, usize)], more: bool, next: Option<&str>) -> Reply {
    let tools: Vec<_> = page.iter().map(|(_, number)| tool(*number)).collect();
    let bytes = noroshi_stix::envelope::write(tools.iter().map(String::as_bytes), more, next);
    let reply = Reply::json(200, bytes);
    let (Some(first), Some(last)) = (page.first(), page.last()) else { return reply };
    let date = |at: i64| Timestamp::from_micros_exactly(at).to_string();
    reply.with("x-taxii-date-added-first", date(first.0)).with("x-taxii-date-added-last", date(last.0))
}
