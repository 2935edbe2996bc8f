//! What a server gave, as a page: cut, read, dated.

use super::Misbehaviour;
use crate::Limits;
use crate::client::Given;
use crate::cursor::Cursor;
use crate::fault::said;
use crate::key::ObjectKey;
use crate::sink::{Page, PageObject};
use noroshi_stix::envelope::{self, EnvelopeFault, Item};
use noroshi_stix::{Received, Timestamp};

/// A page, and where it says the rest is.
pub(super) struct Judged<'a> {
    pub(super) page: Page<'a>,
    pub(super) more: bool,
    pub(super) next: Option<String>,
}

pub(super) enum PageFault {
    Envelope(EnvelopeFault),
    Misbehaves(Misbehaviour),
}

impl From<Misbehaviour> for PageFault {
    fn from(what: Misbehaviour) -> Self {
        Self::Misbehaves(what)
    }
}

/// Reads a page; its objects are judged one by one, and a bad one does not lose the others.
pub(super) fn read<'a>(given: &'a Given, cursor: &Cursor, limits: &Limits) -> Result<Judged<'a>, PageFault> {
    let envelope = envelope::read(&given.bytes, &limits.stix).map_err(PageFault::Envelope)?;
    if envelope.bundle.is_some() {
        return Err(Misbehaviour::Bundle.into());
    }
    let (mut first, mut last) = (date(given.first.as_deref())?, date(given.last.as_deref())?);
    if envelope.items.is_empty() {
        // Of no object there is no date, whatever the headers say.
        (first, last) = (None, None);
    }
    if let (Some(first), Some(last)) = (first, last)
        && first > last
    {
        return Err(Misbehaviour::Backwards { first: last, last: first }.into());
    }
    let bytes_max = limits.next_bytes_max;
    if let Some(bytes) = envelope.next.as_ref().map(String::len).filter(|bytes| *bytes > bytes_max) {
        return Err(Misbehaviour::LongNext { bytes, bytes_max }.into());
    }
    let objects = envelope.items.iter().map(|item| object(item, cursor, limits)).collect();
    let page = Page { number: cursor.pages.saturating_add(1), bytes: &given.bytes, objects, first, last };
    // An empty `next` leads nowhere.
    Ok(Judged { page, more: envelope.more, next: envelope.next.filter(|next| !next.is_empty()) })
}

fn object<'a>(item: &Item<'a>, cursor: &Cursor, limits: &Limits) -> PageObject<'a> {
    let read = Received::read(item.bytes, &limits.stix);
    let key = read.as_ref().map_or_else(|_| ObjectKey::of_bytes(item.bytes), ObjectKey::of);
    PageObject { bytes: item.bytes, known: cursor.knows(&key), read, key }
}

/// A date added as a header has it.
fn date(header: Option<&str>) -> Result<Option<Timestamp>, Misbehaviour> {
    let read = |text: &str| Timestamp::parse(text.trim()).map_err(|_| Misbehaviour::BadDate { text: said(text) });
    header.map(read).transpose()
}
