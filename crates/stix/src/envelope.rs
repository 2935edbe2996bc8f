//! Cutting an envelope into its objects, so that each is judged alone.
//!
//! A TAXII envelope (TAXII 2.1, section 3.7) or a bundle (section 8). The pieces are slices of what came: nothing is
//! copied, and one bad object does not lose the others.

use crate::fault::excerpt;
use crate::json::skip::{self, Skip};
use crate::{Id, Limits};

/// One object of an envelope as it came; not yet known to be one. [`crate::Received::read`] judges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// Which of the list it is, from 0.
    pub index: usize,
    /// Its bytes, from its first to its last.
    pub bytes: &'a [u8],
}

/// An envelope or bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// Whether there is more to fetch (`more`); `false` for bundles.
    pub more: bool,
    /// Where the rest begins (`next`), opaque.
    pub next: Option<String>,
    /// The bundle's identifier, where it is one.
    pub bundle: Option<Id>,
    /// The objects.
    pub items: Vec<Item<'a>>,
}

/// Why nothing of an envelope is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeFault {
    /// More bytes than allowed: HTTP 413.
    #[error("the envelope is {bytes} bytes long, of {bytes_max} at most; send it in parts")]
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        bytes_max: usize,
    },
    /// More objects than allowed: HTTP 413.
    #[error("the envelope has more than {objects_max} objects; send it in parts")]
    TooMany {
        /// How many there may be.
        objects_max: usize,
    },
    /// Not JSON: HTTP 400.
    #[error("the envelope is not JSON at byte {at}")]
    NotJson {
        /// Where the trouble was met.
        at: usize,
    },
    /// JSON, but neither envelope nor bundle: HTTP 422.
    #[error("the envelope is JSON, but wrong: {what}")]
    Wrong {
        /// What is wrong and what would be right.
        what: String,
    },
}

fn wrong<T>(what: impl Into<String>) -> Result<T, EnvelopeFault> {
    Err(EnvelopeFault::Wrong { what: what.into() })
}

/// The objects of a TAXII envelope or STIX bundle.
///
/// # Errors
/// [`EnvelopeFault`] where nothing can be taken; a fault of one object is not one of the envelope.
pub fn split<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Vec<Item<'a>>, EnvelopeFault> {
    read(bytes, limits).map(|envelope| envelope.items)
}

/// The whole envelope, for clients that follow `next`.
///
/// # Errors
/// As [`split`].
pub fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Envelope<'a>, EnvelopeFault> {
    if bytes.len() > limits.envelope_bytes_max {
        return Err(EnvelopeFault::TooLong { bytes: bytes.len(), bytes_max: limits.envelope_bytes_max });
    }
    let mut parts = Parts::default();
    let mut skip = Skip::new(bytes);
    if !skip.take(b'{') {
        return not_an_object(bytes);
    }
    let mut open = !skip.take(b'}');
    while open {
        let Some(name) = skip.name() else {
            return Err(EnvelopeFault::NotJson { at: skip.at() });
        };
        parts.take(&name, &mut skip, limits)?;
        open = skip.take(b',');
        if !open && !skip.take(b'}') {
            return Err(EnvelopeFault::NotJson { at: skip.at() });
        }
    }
    if skip.peek().is_some() {
        return Err(EnvelopeFault::NotJson { at: skip.at() });
    }
    parts.envelope()
}

fn not_an_object<T>(bytes: &[u8]) -> Result<T, EnvelopeFault> {
    match serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
        Ok(_) => wrong("it is not an object; send `{\"objects\": […]}`"),
        Err(_) => Err(EnvelopeFault::NotJson { at: 0 }),
    }
}

/// The properties of the top level as written.
#[derive(Debug, Default)]
struct Parts<'a> {
    kind: Option<&'a [u8]>,
    id: Option<&'a [u8]>,
    more: Option<&'a [u8]>,
    next: Option<&'a [u8]>,
    objects: Option<Vec<Item<'a>>>,
}

impl<'a> Parts<'a> {
    fn take(&mut self, name: &str, skip: &mut Skip<'a>, limits: &Limits) -> Result<(), EnvelopeFault> {
        let twice = || wrong(format!("`{name}` stands twice"));
        if name == "objects" {
            let items = items(skip, limits)?;
            return self.objects.replace(items).map_or(Ok(()), |_| twice());
        }
        let Some(value) = skip.value() else {
            return Err(EnvelopeFault::NotJson { at: skip.at() });
        };
        let slot = match name {
            "type" => &mut self.kind,
            "id" => &mut self.id,
            "more" => &mut self.more,
            "next" => &mut self.next,
            // Custom properties of an envelope say nothing about its objects.
            _ => return Ok(()),
        };
        slot.replace(value).map_or(Ok(()), |_| twice())
    }

    fn envelope(self) -> Result<Envelope<'a>, EnvelopeFault> {
        let bundle = self.bundle()?;
        let more = match self.more.filter(|_| bundle.is_none()) {
            None | Some(b"false") => false,
            Some(b"true") => true,
            Some(_) => return wrong("`more` must be true or false"),
        };
        let next = match self.next.filter(|_| bundle.is_none()) {
            None => None,
            Some(written) => match skip::text(written) {
                Some(text) => Some(text.into_owned()),
                None => return wrong("`next` must be a text"),
            },
        };
        Ok(Envelope { more, next, bundle, items: self.objects.unwrap_or_default() })
    }

    /// The identifier of a bundle; nothing for an envelope, which has no type.
    fn bundle(&self) -> Result<Option<Id>, EnvelopeFault> {
        let Some(kind) = self.kind else { return Ok(None) };
        match skip::text(kind) {
            Some(kind) if kind == "bundle" => {}
            Some(kind) => {
                let kind = excerpt(&kind);
                return wrong(format!("`type` is `{kind}`: put single objects into `{{\"objects\": […]}}`"));
            }
            None => return wrong("`type` must be a text"),
        }
        match self.id.and_then(skip::text).map(|id| Id::parse(&id)) {
            Some(Ok(id)) if id.kind() == "bundle" => Ok(Some(id)),
            _ => wrong("a bundle needs an `id`, `bundle--` and a UUID"),
        }
    }
}

/// The elements of the list that comes next.
fn items<'a>(skip: &mut Skip<'a>, limits: &Limits) -> Result<Vec<Item<'a>>, EnvelopeFault> {
    if !skip.take(b'[') {
        return match skip.value() {
            Some(_) => wrong("`objects` must be a list"),
            None => Err(EnvelopeFault::NotJson { at: skip.at() }),
        };
    }
    let mut items = Vec::new();
    let mut open = !skip.take(b']');
    while open {
        if items.len() >= limits.objects_max {
            return Err(EnvelopeFault::TooMany { objects_max: limits.objects_max });
        }
        let Some(bytes) = skip.value() else {
            return Err(EnvelopeFault::NotJson { at: skip.at() });
        };
        items.push(Item { index: items.len(), bytes });
        open = skip.take(b',');
        if !open && !skip.take(b']') {
            return Err(EnvelopeFault::NotJson { at: skip.at() });
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests;
