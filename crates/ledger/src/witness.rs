//! A witness (C2SP tlog-witness): cosigns a checkpoint only if it continues what it cosigned before.
//!
//! A pure state machine: whoever speaks HTTP hands it the body of `POST <prefix>/add-checkpoint` and sends back its
//! [`Answer`].

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use crate::disk::{Disk, Lock, Placer};
use crate::head::{Hash, Head};
use crate::keys::{CosignerKey, VerifyKey};
use crate::note::{Note, signature_lines};
use crate::proof::check_consistency;

mod request;

pub use request::{AddCheckpoint, BadRequest};

/// What to answer over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status code.
    pub status: u16,
    /// `Content-Type` of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(status: u16, why: &str) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body: format!("{why}\n").into_bytes() }
    }

    pub(crate) fn signatures(signatures: &[signed_note::Signature]) -> Self {
        Self { status: 200, content_type: "text/plain; charset=utf-8", body: signature_lines(signatures) }
    }

    /// "409 Conflict" with the size last cosigned.
    fn conflict(size: u64) -> Self {
        Self { status: 409, content_type: "text/x.tlog.size", body: format!("{size}\n").into_bytes() }
    }
}

/// What a witness must not forget: per log, the last checkpoint it cosigned.
pub trait WitnessState: Send {
    /// The last head cosigned for this origin.
    ///
    /// # Errors
    /// What the system says.
    fn latest(&self, origin: &str) -> io::Result<Option<Head>>;

    /// Replaces it. Durable when this returns.
    ///
    /// # Errors
    /// What the system says. The witness then answers with an error and cosigns nothing.
    fn keep(&mut self, head: &Head, checkpoint: &Note) -> io::Result<()>;
}

/// A witness of some logs.
pub struct Witness<S> {
    key: CosignerKey,
    logs: HashMap<String, Vec<VerifyKey>>,
    state: S,
}

impl<S: WitnessState> Witness<S> {
    /// A witness that cosigns for these logs. A log may have several keys; their name is its origin.
    pub fn new(key: CosignerKey, logs: impl IntoIterator<Item = VerifyKey>, state: S) -> Self {
        let mut by_origin: HashMap<String, Vec<VerifyKey>> = HashMap::new();
        for log in logs {
            by_origin.entry(log.name().to_owned()).or_default().push(log);
        }
        Self { key, logs: by_origin, state }
    }

    /// The public key of the witness.
    #[must_use]
    pub const fn public(&self) -> &VerifyKey {
        self.key.public()
    }

    /// Answers `POST <prefix>/add-checkpoint`. `now_s` is the time of the cosignature, in seconds since the epoch. That
    /// it takes `&mut self` is what makes "check and persist" one step, as the specification demands.
    pub fn add_checkpoint(&mut self, body: &[u8], now_s: u64) -> Answer {
        match self.judged(body) {
            Err(answer) => answer,
            Ok((head, note)) => match self.state.keep(&head, &note) {
                Ok(()) => Answer::signatures(&[self.key.cosign(note.text(), now_s)]),
                Err(_) => Answer::text(500, "the state could not be kept; nothing was cosigned"),
            },
        }
    }

    fn judged(&self, body: &[u8]) -> Result<(Head, Note), Answer> {
        let request = AddCheckpoint::parse(body).map_err(|error| Answer::text(400, &error.to_string()))?;
        let head = known_log(&request, |origin| self.logs.get(origin).map(Vec::as_slice))?;
        let latest = self.state.latest(&head.origin);
        let latest = latest.map_err(|_| Answer::text(500, "the state cannot be read; nothing was cosigned"))?;
        continues(&request, &head, latest.map_or((0, tlog_tiles::EMPTY_HASH), |head| (head.size, head.root)))?;
        Ok((head, request.checkpoint))
    }
}

/// Whether a log we know signed the checkpoint.
pub(crate) fn known_log<'a>(
    request: &AddCheckpoint,
    keys_of: impl Fn(&str) -> Option<&'a [VerifyKey]>,
) -> Result<Head, Answer> {
    let head = Head::of(&request.checkpoint).map_err(|error| Answer::text(400, &error.to_string()))?;
    let keys = keys_of(&head.origin).ok_or_else(|| Answer::text(404, "unknown origin"))?;
    if !keys.iter().any(|key| request.checkpoint.signed_by(key).is_some()) {
        return Err(Answer::text(403, "no signature of a key known for this origin"));
    }
    Ok(head)
}

/// Whether the checkpoint continues the tree seen before.
pub(crate) fn continues(request: &AddCheckpoint, head: &Head, latest: (u64, Hash)) -> Result<(), Answer> {
    if request.old > head.size {
        return Err(Answer::text(400, "the old size is larger than the checkpoint's"));
    }
    if request.old != latest.0 || (request.old == head.size && latest.1 != head.root) {
        return Err(Answer::conflict(latest.0));
    }
    check_consistency(latest, (head.size, head.root), &request.proof)
        .map_err(|error| Answer::text(422, &error.to_string()))
}

/// The state of a witness in files, one folder for each log.
pub struct WitnessFiles {
    disk: Arc<dyn Disk>,
    placer: Placer,
    _lock: Lock,
}

impl WitnessFiles {
    /// The state kept on this disk, which this process alone may write.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::WouldBlock`] when another process has it.
    pub fn open(disk: Arc<dyn Disk>) -> io::Result<Self> {
        let lock = disk.lock()?;
        let mut placer = Placer::new(Arc::clone(&disk));
        placer.clear_waiting()?;
        Ok(Self { disk, placer, _lock: lock })
    }
}

impl WitnessState for WitnessFiles {
    fn latest(&self, origin: &str) -> io::Result<Option<Head>> {
        let Some(bytes) = self.disk.read(&latest_path(origin))? else { return Ok(None) };
        let head = Note::parse(&bytes).ok().and_then(|note| Head::of(&note).ok());
        head.map(Some).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the kept checkpoint is damaged"))
    }

    fn keep(&mut self, head: &Head, checkpoint: &Note) -> io::Result<()> {
        self.placer.put(&latest_path(&head.origin), &checkpoint.to_bytes())
    }
}

fn latest_path(origin: &str) -> String {
    format!("{}/checkpoint", origin_hash(origin))
}

/// SHA-256 of an origin in lower-case hexadecimal: what a mirror serves the log under (tlog-mirror, "Introduction").
#[must_use]
pub fn origin_hash(origin: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(origin.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
