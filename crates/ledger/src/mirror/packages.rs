//! The bytes of `add-entries` (tlog-mirror, "Request Body") and of its "409" and "202" answers.

use crate::head::Hash;
use crate::limits::{ADD_ENTRIES_BYTES_MAX, ADD_ENTRIES_PACKAGES_MAX, PROOF_HASHES_MAX, TILE_WIDTH, TREE_SIZE_MAX};
use crate::reader::{ReadError, Reader};
use crate::receipt::decimal;
use crate::tile::{push_entry, split_entry};
use crate::witness::BadRequest;

/// Our client begins no further package when a body is this long.
const BODY_BYTES_ENOUGH: usize = 8 << 20;

/// The head of an `add-entries` request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddEntries<'a> {
    /// The log's origin.
    pub origin: &'a str,
    /// First entry in the body.
    pub start: u64,
    /// Size of the pending checkpoint.
    pub end: u64,
    /// The packages, not parsed yet.
    pub(crate) packages: &'a [u8],
}

/// Entries `start..end` of the log, and the proof of the subtree that ends with them.
pub(crate) struct Package<'a> {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) entries: Vec<&'a [u8]>,
    pub(crate) proof: Vec<Hash>,
}

impl Package<'_> {
    /// Where the subtree begins.
    pub(crate) const fn low(&self) -> u64 {
        self.start / TILE_WIDTH * TILE_WIDTH
    }
}

impl<'a> AddEntries<'a> {
    /// Reads the head of a body: enough to know which mirror it is for.
    ///
    /// # Errors
    /// [`BadRequest`].
    pub fn parse(body: &'a [u8]) -> Result<Self, BadRequest> {
        if body.len() > ADD_ENTRIES_BYTES_MAX {
            return Err(BadRequest("too long; send fewer packages at a time"));
        }
        let cut = BadRequest("cut short");
        let (origin, rest) = split_entry(body).ok_or(cut)?;
        let (start, rest) = rest.split_first_chunk::<8>().ok_or(cut)?;
        let (end, rest) = rest.split_first_chunk::<8>().ok_or(cut)?;
        // We give no tickets, so none means anything to us.
        let (_ticket, packages) = split_entry(rest).ok_or(cut)?;
        let origin = std::str::from_utf8(origin).map_err(|_| BadRequest("the origin is not UTF-8 text"))?;
        let (start, end) = (u64::from_be_bytes(*start), u64::from_be_bytes(*end));
        if start > end || end > TREE_SIZE_MAX {
            return Err(BadRequest("the range of entries makes no sense"));
        }
        Ok(Self { origin, start, end, packages })
    }

    /// The packages that are there in whole, in order, as far as they go. Entries of another length than announced, or
    /// a cut, end them.
    pub(crate) fn packages(&self) -> impl Iterator<Item = Package<'a>> {
        let (mut rest, mut start, end) = (self.packages, self.start, self.end);
        std::iter::from_fn(move || {
            if start == end {
                return None;
            }
            let stop = (start / TILE_WIDTH * TILE_WIDTH + TILE_WIDTH).min(end);
            let (package, after) = split_package(rest, start, stop)?;
            (rest, start) = (after, stop);
            Some(package)
        })
    }

    /// A body with the entries from `start` on, as many packages as one request should have.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn build(origin: &str, tree: &Reader, start: u64) -> Result<Vec<u8>, ReadError> {
        let end = tree.size();
        let mut body = Vec::new();
        push_entry(&mut body, origin.as_bytes());
        body.extend_from_slice(&start.to_be_bytes());
        body.extend_from_slice(&end.to_be_bytes());
        push_entry(&mut body, b"");
        let mut next = start;
        for _ in 0..ADD_ENTRIES_PACKAGES_MAX {
            if next >= end || body.len() > BODY_BYTES_ENOUGH {
                break;
            }
            let low = next / TILE_WIDTH * TILE_WIDTH;
            let stop = (low + TILE_WIDTH).min(end);
            tree.entries(next..stop)?.iter().for_each(|entry| push_entry(&mut body, entry));
            let proof = tree.subtree(low..stop)?;
            body.push(u8::try_from(proof.len()).unwrap_or(u8::MAX));
            proof.iter().for_each(|hash| body.extend_from_slice(&hash.0));
            next = stop;
        }
        Ok(body)
    }
}

fn split_package(mut rest: &[u8], start: u64, end: u64) -> Option<(Package<'_>, &[u8])> {
    let mut entries = Vec::new();
    for _ in start..end {
        let (entry, after) = split_entry(rest)?;
        entries.push(entry);
        rest = after;
    }
    let (count, after) = rest.split_first()?;
    let count = usize::from(*count);
    if count > PROOF_HASHES_MAX {
        return None;
    }
    let (hashes, after) = after.split_at_checked(count * 32)?;
    let proof = hashes.as_chunks::<32>().0.iter().map(|hash| Hash(*hash)).collect();
    Some((Package { start, end, entries, proof }, after))
}

/// What a mirror says of itself in "409 Conflict" and "202 Accepted".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MirrorStanding {
    /// Size of a pending checkpoint it knows.
    pub pending: u64,
    /// The first entry it does not have.
    pub next: u64,
}

impl MirrorStanding {
    /// The body as bytes: pending size, next entry, an empty ticket.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        format!("{}\n{}\n\n", self.pending, self.next).into_bytes()
    }

    /// Reads such a body. Tickets are ignored: we send none.
    ///
    /// # Errors
    /// [`BadRequest`].
    pub fn parse(body: &[u8]) -> Result<Self, BadRequest> {
        let text = std::str::from_utf8(body).map_err(|_| BadRequest("not UTF-8 text"))?;
        let mut lines = text.split('\n').map(decimal);
        match (lines.next(), lines.next()) {
            (Some(Some(pending)), Some(Some(next))) => Ok(Self { pending, next }),
            _ => Err(BadRequest("pending size and next entry are expected")),
        }
    }
}
