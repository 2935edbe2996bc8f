//! A batch: what one source gave under one mandate for a while, under one data key, until its key is destroyed.
//!
//! ```text
//! Open ──▶ Sealed ──▶ Disposed
//! ```
//!
//! The key is split between operator and commission (spine, key release): neither reads alone, and when
//! the commission destroys its share nobody does, whatever backups exist (選別後通信情報の消去).

#[cfg(test)]
pub(crate) mod tests;

use crate::mandate::{End, Mandate, Standing};
use crate::topic::Topic;
use noroshi_leaf::{BatchOpened, BatchSealed, Destruction, Digest, DisposalReason, Disposed, PublicKey, Signed};
use noroshi_model::{BatchId, MandateId, Micros, time::DAY};
use serde::{Deserialize, Serialize};

/// Where a batch stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchStanding {
    /// Records are still coming.
    Open,
    /// Complete.
    Sealed(BatchSealed),
    /// Its key is gone.
    Disposed {
        /// When the commission destroyed its share.
        at: Micros,
        /// What it had held.
        sealed: BatchSealed,
    },
}

/// A batch of kept records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// What was registered when it began.
    pub opened: BatchOpened,
    /// When it began.
    pub at: Micros,
    /// Days it may be kept, by the terms in force then.
    pub retain_days_max: u32,
    /// Where it stands.
    pub standing: BatchStanding,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin one under a live mandate; `previous` is the last number of this mandate and source.
    Open {
        /// What is registered.
        opened: BatchOpened,
        /// The number of the batch before, 0 for none.
        previous: u64,
    },
    /// It is complete.
    Seal(BatchSealed),
    /// The commission destroyed its share.
    Dispose(Disposed),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It began.
    Opened {
        /// When.
        at: Micros,
        /// What was registered.
        opened: BatchOpened,
        /// Days it may be kept.
        retain_days_max: u32,
    },
    /// It is complete.
    Sealed(BatchSealed),
    /// Its key is gone.
    Disposed(Box<Disposed>),
}

/// Why a step was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The mandate is not in force now, or in another version.
    #[error("version {0} of the mandate is not in force now")]
    NotLive(u32),
    /// A number was left out.
    #[error("batch number {number} does not follow {previous}")]
    Number {
        /// The number given.
        number: u64,
        /// The number before.
        previous: u64,
    },
    /// There is one already, or none, or it is at another stage.
    #[error("there is no such batch, or it is not {0}")]
    Stage(&'static str),
    /// Received is not out of mandate + aggregated only + selected.
    #[error("the balance does not add up: {received} received")]
    Balance {
        /// Records received.
        received: u64,
    },
    /// More was kept than the terms allow.
    #[error("{kept} records were kept; the terms allow {max}")]
    TooMany {
        /// Records kept.
        kept: u64,
        /// Records allowed.
        max: u64,
    },
    /// The certificate does not hold.
    #[error("the certificate of destruction {0}")]
    Certificate(&'static str),
}

impl Refused {
    /// Name of the rule that refused, for the record. Never changes.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NotLive(_) => "batch.not_live",
            Self::Number { .. } => "batch.number",
            Self::Stage(_) => "batch.stage",
            Self::Balance { .. } => "batch.balance",
            Self::TooMany { .. } => "batch.too_many",
            Self::Certificate(_) => "batch.certificate",
        }
    }
}

impl Batch {
    /// Which mandate it belongs to.
    pub fn mandate(&self) -> MandateId {
        self.opened.mandate
    }

    /// When its key must be gone at the latest, and why: its retention, or the end of its mandate.
    pub fn due(&self, mandate: &Mandate) -> Option<(Micros, DisposalReason)> {
        let BatchStanding::Sealed(sealed) = &self.standing else {
            return None;
        };
        let days = i64::from(self.retain_days_max).saturating_mul(DAY);
        let retention = (Micros(sealed.until.0.saturating_add(days)), DisposalReason::RetentionEnded);
        let ended = match &mandate.standing {
            Standing::Over { at, end: End::Expired, .. } => Some((*at, DisposalReason::MandateExpired)),
            Standing::Over { at, end: End::Revoked, .. } => Some((*at, DisposalReason::MandateRevoked)),
            _ => None,
        };
        Some(ended.map_or(retention, |ended| if ended.0 < retention.0 { ended } else { retention }))
    }
}

/// Decides one step at `now`.
///
/// # Errors
/// [`Refused`], with the first rule that refused.
pub fn decide(
    state: Option<&Batch>,
    command: &Command,
    mandate: &Mandate,
    seal: PublicKey,
    now: Micros,
) -> Result<Event, Refused> {
    match (state, command) {
        (None, Command::Open { opened, previous }) => open(opened, *previous, mandate, now),
        (Some(batch), Command::Seal(sealed)) if batch.standing == BatchStanding::Open => {
            if sealed.batch != batch.opened.batch {
                return Err(Refused::Stage("this one"));
            }
            if !sealed.adds_up() {
                return Err(Refused::Balance { received: sealed.received });
            }
            let max = mandate.granted().map_or(0, |granted| granted.terms.selected_records_max);
            if sealed.selected > max {
                return Err(Refused::TooMany { kept: sealed.selected, max });
            }
            Ok(Event::Sealed(sealed.clone()))
        }
        (Some(batch), Command::Dispose(disposed)) if matches!(batch.standing, BatchStanding::Sealed(_)) => {
            certificate(batch, &disposed.certificate, seal)?;
            Ok(Event::Disposed(Box::new(disposed.clone())))
        }
        (Some(_), Command::Open { .. }) => Err(Refused::Stage("new")),
        (_, Command::Seal(_)) => Err(Refused::Stage("open")),
        (_, Command::Dispose(_)) => Err(Refused::Stage("sealed")),
    }
}

fn open(opened: &BatchOpened, previous: u64, mandate: &Mandate, now: Micros) -> Result<Event, Refused> {
    let granted =
        mandate.live_at(now).filter(|granted| granted.version == opened.version && mandate.id == opened.mandate);
    let granted = granted.ok_or(Refused::NotLive(opened.version))?;
    if opened.number != previous.saturating_add(1) {
        return Err(Refused::Number { number: opened.number, previous });
    }
    Ok(Event::Opened { at: now, opened: opened.clone(), retain_days_max: granted.terms.retain_days_max })
}

fn certificate(batch: &Batch, certificate: &Signed<Destruction>, seal: PublicKey) -> Result<(), Refused> {
    let said = &certificate.statement;
    if certificate.check().is_err() || certificate.by.key != seal {
        return Err(Refused::Certificate("is not signed by the commission's seal"));
    }
    if said.mandate != batch.opened.mandate || !said.batches.contains(&batch.opened.batch) {
        return Err(Refused::Certificate("does not name this batch"));
    }
    if !said.shares.contains(&batch.opened.commission_share) {
        return Err(Refused::Certificate("does not name the share registered for this batch"));
    }
    Ok(())
}

/// The state after `event`. Cannot fail.
pub fn apply(state: Option<Batch>, event: &Event) -> Option<Batch> {
    if let Event::Opened { at, opened, retain_days_max } = event {
        let standing = BatchStanding::Open;
        return Some(Batch { opened: opened.clone(), at: *at, retain_days_max: *retain_days_max, standing });
    }
    let mut batch = state?;
    batch.standing = match (batch.standing, event) {
        (BatchStanding::Open, Event::Sealed(sealed)) => BatchStanding::Sealed(sealed.clone()),
        (BatchStanding::Sealed(sealed), Event::Disposed(disposed)) => {
            BatchStanding::Disposed { at: disposed.certificate.statement.at, sealed }
        }
        (standing, _) => standing,
    };
    Some(batch)
}

/// SHA-256 over ids in order, one a line: what the last line of a mandate names.
pub fn list_digest(batches: &[BatchId]) -> Digest {
    let mut ids: Vec<_> = batches.iter().map(ToString::to_string).collect();
    ids.sort_unstable();
    Digest::of(ids.join("\n").as_bytes())
}

/// Batches, as the store keeps them.
#[derive(Debug)]
pub struct BatchTopic;

impl Topic for BatchTopic {
    const NAME: &'static str = "batch";
    type Id = BatchId;
    type State = Batch;
    type Event = Event;

    fn apply(state: Option<Batch>, event: &Event) -> Option<Batch> {
        apply(state, event)
    }

    fn subject(first: &Event) -> Option<String> {
        match first {
            Event::Opened { opened, .. } => Some(opened.mandate.to_string()),
            _ => None,
        }
    }
}
