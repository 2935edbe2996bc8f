//! Answering `add-entries`: each package is authenticated before it is stored, and nothing is cosigned before the whole
//! tree was read back.

use super::{Answer, MIRRORED, Mirror, MirrorStanding};
use crate::edge::root_over;
use crate::head::Hash;
use crate::limits::TILE_WIDTH;
use crate::mirror::packages::{AddEntries, Package};
use crate::proof::{leaf_hash, root_from_subtree};

/// What came out of the packages of one request.
struct Authenticated<'a> {
    /// Entries we did not have yet, in order.
    fresh: Vec<&'a [u8]>,
    /// The entry after the last authenticated package.
    reached: u64,
    /// A package whose proof does not lead to the root ended it.
    forged: bool,
}

impl Mirror {
    /// Answers `POST <prefix>/add-entries`. `now_s` is the time of the cosignature, in seconds since the epoch.
    pub fn add_entries(&mut self, body: &[u8], now_s: u64) -> Answer {
        if let Some(why) = &self.stopped {
            return Answer::text(503, why);
        }
        let request = match AddEntries::parse(body) {
            Ok(request) => request,
            Err(error) => return Answer::text(400, &error.to_string()),
        };
        if request.origin != self.log.name() {
            return Answer::text(404, "unknown origin");
        }
        let Some(root) = self.root_of_pending(request.end) else { return self.standing(409, None) };
        let next = self.tree.size();
        if request.start > next || request.start / TILE_WIDTH < next / TILE_WIDTH {
            return self.standing(409, Some(request.end));
        }
        let authenticated = self.authenticated(&request, root);
        if let Err(error) = self.tree.append(&authenticated.fresh) {
            return self.stop("storing entries failed", &error);
        }
        match authenticated {
            Authenticated { forged: true, .. } => Answer::text(422, "a package does not lead to the pending root"),
            Authenticated { reached, .. } if reached == request.end => self.commit(request.end, now_s),
            Authenticated { reached, .. } if reached == request.start => Answer::text(400, "no whole package"),
            _ => self.standing(202, Some(request.end)),
        }
    }

    /// The root of a pending checkpoint we still know and have not passed.
    fn root_of_pending(&self, size: u64) -> Option<Hash> {
        let known = |(head, _): &&(crate::head::Head, _)| head.size == size && size >= self.tree.size();
        self.pending.iter().rev().find(known).map(|(head, _)| head.root)
    }

    fn authenticated<'a>(&self, request: &AddEntries<'a>, root: Hash) -> Authenticated<'a> {
        let mut done = Authenticated { fresh: Vec::new(), reached: request.start, forged: false };
        for package in request.packages() {
            if !self.leads_to(&package, request.end, root) {
                done.forged = true;
                break;
            }
            let have = usize::try_from(self.tree.size().saturating_sub(package.start)).unwrap_or(usize::MAX);
            done.reached = package.end;
            done.fresh.extend(package.entries.into_iter().skip(have));
        }
        done
    }

    /// Whether the entries of a package, after those we have of the same bundle, are in the pending tree.
    fn leads_to(&self, package: &Package<'_>, size: u64, root: Hash) -> bool {
        let have = (package.start - package.low()) as usize;
        let Some(known) = self.tree.last_leaves().get(..have) else { return false };
        let leaves: Vec<Hash> =
            known.iter().copied().chain(package.entries.iter().map(|entry| leaf_hash(entry))).collect();
        let reached = root_from_subtree(size, package.low(), package.end, root_over(&leaves), &package.proof);
        reached == Ok(root)
    }

    /// Everything is here: read it back, keep the checkpoint, cosign.
    fn commit(&mut self, size: u64, now_s: u64) -> Answer {
        // A mirror that never saw a checkpoint has the empty tree pending, and nothing to cosign.
        let pending =
            self.pending.iter().rev().find(|(head, note)| head.size == size && !note.text().is_empty()).cloned();
        let Some((head, note)) = pending else { return self.standing(409, None) };
        if size < self.mirrored.size || size != self.tree.size() {
            return self.standing(409, None);
        }
        let read_back = match self.tree.root_on_disk(self.mirrored.size) {
            Ok(root) => root,
            Err(error) => return self.stop("reading back failed", &error),
        };
        if read_back != head.root || self.tree.root() != head.root {
            let error = std::io::Error::other("the stored entries do not hash to the pending root");
            return self.stop("nothing was cosigned", &error);
        }
        let cosignature = self.key.cosign(note.text(), now_s);
        let mut cosigned = note;
        cosigned.add(cosignature.clone());
        let old = self.mirrored.size;
        let kept =
            self.tree.placer().put(MIRRORED, &cosigned.to_bytes()).and_then(|()| self.tree.prune_partial(old, size));
        if let Err(error) = kept {
            return self.stop("keeping the checkpoint failed", &error);
        }
        self.mirrored = head;
        Answer::signatures(&[cosignature])
    }

    fn standing(&self, status: u16, asked: Option<u64>) -> Answer {
        let newest = self.pending.last().map_or(0, |(head, _)| head.size);
        let standing = MirrorStanding { pending: asked.unwrap_or(newest), next: self.tree.size() };
        Answer { status, content_type: "text/x.tlog.mirror-info", body: standing.to_bytes() }
    }
}
