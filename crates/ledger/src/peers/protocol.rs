//! The conversation with one witness or mirror.

use super::{Failure, Peer, Response, Role};
use crate::mirror::{AddEntries, MirrorStanding};
use crate::note::{Signature, parse_signatures};
use crate::offer::Offer;
use crate::reader::ReadError;
use crate::receipt::decimal;
use crate::witness::AddCheckpoint;

/// Attempts at one step before a peer that answers nonsense is given up.
const ATTEMPTS_MAX: usize = 4;

/// Our side of a peer, and what we remember of it.
pub(super) struct Client {
    peer: Peer,
    /// The size it last vouched for, as far as we know.
    old: u64,
    /// A mirror's first missing entry, as far as we know.
    next: u64,
}

impl Client {
    pub(super) const fn new(peer: Peer) -> Self {
        Self { peer, old: 0, next: 0 }
    }

    /// Gets the peer's cosignature on an offer.
    pub(super) fn cosign(&mut self, offer: &Offer) -> Result<Vec<Signature>, Failure> {
        let answer = self.add_checkpoint(offer)?;
        match self.peer.role {
            Role::Witness => self.signatures(offer, &answer),
            Role::Mirror => self.add_entries(offer),
        }
    }

    fn add_checkpoint(&mut self, offer: &Offer) -> Result<Vec<u8>, Failure> {
        for _ in 0..ATTEMPTS_MAX {
            let old = self.old.min(offer.head.size);
            let proof = offer.reader.consistency(old).map_err(unreadable)?;
            let request = AddCheckpoint { old, proof, checkpoint: offer.checkpoint.clone() };
            let Response { status, body } = self.post("add-checkpoint", &request.to_bytes())?;
            match status {
                200 => {
                    self.old = offer.head.size;
                    return Ok(body);
                }
                409 => {
                    let size = std::str::from_utf8(&body).ok().and_then(|text| decimal(text.trim_end_matches('\n')));
                    let size = size.ok_or_else(|| Failure::Why("a conflict without a size".to_owned()))?;
                    if size > offer.head.size {
                        return Err(Failure::SeenLarger(size));
                    }
                    if size == old {
                        return Err(Failure::Why(format!(
                            "it has seen another tree of {size} entries: the log forked"
                        )));
                    }
                    self.old = size;
                }
                _ => return Err(refused("add-checkpoint", status, &body)),
            }
        }
        Err(Failure::Why("add-checkpoint: conflict after conflict".to_owned()))
    }

    fn add_entries(&mut self, offer: &Offer) -> Result<Vec<Signature>, Failure> {
        let mut attempts = 0;
        loop {
            let start = self.next.min(offer.head.size);
            let body = AddEntries::build(&offer.head.origin, &offer.reader, start).map_err(unreadable)?;
            let Response { status, body } = self.post("add-entries", &body)?;
            match status {
                200 => {
                    self.next = offer.head.size;
                    return self.signatures(offer, &body);
                }
                202 | 409 => {
                    let standing = MirrorStanding::parse(&body).map_err(|error| Failure::Why(error.to_string()))?;
                    if standing.next > offer.head.size || standing.pending > offer.head.size {
                        return Err(Failure::SeenLarger(standing.next.max(standing.pending)));
                    }
                    // What goes forward may go on for ever; what does not is given up.
                    attempts = if standing.next > self.next { 0 } else { attempts + 1 };
                    self.next = standing.next;
                    if attempts > ATTEMPTS_MAX {
                        return Err(Failure::Why("add-entries: it does not go forward".to_owned()));
                    }
                }
                _ => return Err(refused("add-entries", status, &body)),
            }
        }
    }

    /// The signatures in an answer that the peer's own key made on this checkpoint.
    fn signatures(&self, offer: &Offer, body: &[u8]) -> Result<Vec<Signature>, Failure> {
        let lines = parse_signatures(body).map_err(|_| Failure::Why("its answer is no signature".to_owned()))?;
        let text = offer.checkpoint.text();
        let own: Vec<_> = lines.into_iter().filter(|line| self.peer.key.verify(text, line).is_some()).collect();
        if own.is_empty() { Err(Failure::Why("its signature does not verify".to_owned())) } else { Ok(own) }
    }

    fn post(&mut self, path: &str, body: &[u8]) -> Result<Response, Failure> {
        self.peer.transport.post(path, body).map_err(Failure::Why)
    }
}

fn unreadable(error: ReadError) -> Failure {
    Failure::Why(format!("our own log: {error}"))
}

fn refused(path: &str, status: u16, body: &[u8]) -> Failure {
    let why: String = String::from_utf8_lossy(body).trim().chars().filter(|c| !c.is_control()).take(200).collect();
    Failure::Why(format!("{path}: status {status}: {why}"))
}
