//! The log's side of the witness and mirror protocols, over any transport.
//!
//! Each peer has a thread of its own, so that a slow one delays nobody: a checkpoint goes out as soon as the policy is
//! satisfied, and a peer that was busy gets the newest checkpoint next.

use std::fmt;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::keys::VerifyKey;
use crate::note::Signature;
use crate::offer::{Collected, Offer, Witnesses};
use crate::policy::Policy;

mod protocol;

/// An HTTP answer, as far as the protocols look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
}

impl From<crate::witness::Answer> for Response {
    fn from(answer: crate::witness::Answer) -> Self {
        Self { status: answer.status, body: answer.body }
    }
}

/// How to reach one peer: `POST <its prefix>/<path>`.
pub trait Transport: Send {
    /// Sends one request and waits for the answer, no longer than the transport's own time limit.
    ///
    /// # Errors
    /// One sentence saying why there is no answer.
    fn post(&mut self, path: &str, body: &[u8]) -> Result<Response, String>;
}

impl<F: FnMut(&str, &[u8]) -> Result<Response, String> + Send> Transport for F {
    fn post(&mut self, path: &str, body: &[u8]) -> Result<Response, String> {
        self(path, body)
    }
}

/// What a peer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Knows that the log did not fork (tlog-witness).
    Witness,
    /// Has every entry (tlog-mirror).
    Mirror,
}

/// A witness or mirror to ask.
pub struct Peer {
    /// What failures call it.
    pub name: String,
    /// Its public key: signatures of others in its answers are ignored.
    pub key: VerifyKey,
    /// What it does.
    pub role: Role,
    /// How to reach it.
    pub transport: Box<dyn Transport>,
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

/// Why a peer did not cosign.
enum Failure {
    /// It has seen a larger tree.
    SeenLarger(u64),
    /// Anything else.
    Why(String),
}

/// A peer's answer to the offer with this number.
struct Told {
    number: u64,
    name: String,
    result: Result<Vec<Signature>, Failure>,
}

/// The newest offer for a peer's thread; `None` inside when it shall end.
#[derive(Default)]
struct Slot {
    next: Mutex<(Option<(u64, Offer)>, bool)>,
    changed: Condvar,
}

/// Witnesses and mirrors, each asked by a thread of its own.
pub struct Peers {
    slots: Vec<Arc<Slot>>,
    told: Receiver<Told>,
    number: u64,
}

impl fmt::Debug for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peers").field("peers", &self.slots.len()).finish_non_exhaustive()
    }
}

impl Peers {
    /// Starts a thread for each peer. They end when this is dropped and their transport has returned.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(peers: Vec<Peer>) -> std::io::Result<Self> {
        let (tell, told) = mpsc::channel();
        let mut slots = Vec::new();
        for peer in peers {
            let (slot, tell) = (Arc::new(Slot::default()), tell.clone());
            slots.push(Arc::clone(&slot));
            std::thread::Builder::new()
                .name(format!("ledger-peer-{}", peer.name))
                .spawn(move || serve(peer, &slot, &tell))?;
        }
        Ok(Self { slots, told, number: 0 })
    }
}

/// A peer's thread.
fn serve(peer: Peer, slot: &Slot, tell: &Sender<Told>) {
    let name = peer.name.clone();
    let mut client = protocol::Client::new(peer);
    loop {
        let idle = |next: &mut (Option<(u64, Offer)>, bool)| next.0.is_none() && !next.1;
        let next = slot.next.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = slot.changed.wait_while(next, idle).unwrap_or_else(PoisonError::into_inner);
        let Some((number, offer)) = next.0.take().filter(|_| !next.1) else { return };
        drop(next);
        let result = client.cosign(&offer);
        if tell.send(Told { number, name: name.clone(), result }).is_err() {
            return;
        }
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        for slot in &self.slots {
            slot.next.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
            slot.changed.notify_all();
        }
    }
}

impl Witnesses for Peers {
    fn collect(&mut self, offer: &Offer, policy: &Policy, limit: Duration) -> Collected {
        let until = Instant::now() + limit;
        self.number += 1;
        for slot in &self.slots {
            slot.next.lock().unwrap_or_else(PoisonError::into_inner).0 = Some((self.number, offer.clone()));
            slot.changed.notify_all();
        }
        let mut collected = Collected { checkpoint: offer.checkpoint.clone(), seen_larger: None, failures: Vec::new() };
        let mut waiting = self.slots.len();
        while waiting > 0 && policy.check(&collected.checkpoint).is_err() {
            match self.told.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(told) if told.number == self.number => {
                    waiting -= 1;
                    collected.take(told);
                }
                // An answer to an older checkpoint; only that somebody has seen more still matters.
                Ok(Told { result: Err(Failure::SeenLarger(size)), .. }) if size > offer.head.size => {
                    collected.seen_larger = collected.seen_larger.max(Some(size));
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => {
                    collected.failures.push(format!("{waiting} did not answer within {} ms", limit.as_millis()));
                    break;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        collected
    }
}

impl Collected {
    fn take(&mut self, told: Told) {
        match told.result {
            Ok(signatures) => signatures.into_iter().for_each(|signature| self.checkpoint.add(signature)),
            Err(Failure::SeenLarger(size)) => {
                self.seen_larger = self.seen_larger.max(Some(size));
                self.failures.push(format!("{}: it has seen a tree of {size} entries", told.name));
            }
            Err(Failure::Why(why)) => self.failures.push(format!("{}: {why}", told.name)),
        }
    }
}

#[cfg(test)]
mod tests;
