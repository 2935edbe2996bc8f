//! A run of the detectors over one batch: the intent before, what was found after.

use crate::batch::{Batch, BatchStanding};
use crate::mandate::Mandate;
use crate::topic::Topic;
use noroshi_model::{BatchId, Finding, IntentId, MandateId, Micros, Purpose};
use serde::{Deserialize, Serialize};

/// Findings of one run.
pub const FINDINGS_MAX: usize = 1_000;
/// Bytes of findings, as JSON, that one event gathers; the next finding begins another. Findings carry the times of
/// their beats, a few hundred KiB at most.
pub const FOUND_BYTES: usize = 512 * 1024;

/// A run of the detectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detection {
    /// When it began.
    pub at: Micros,
    /// Over which batch.
    pub batch: BatchId,
    /// What was found, once it is done.
    pub findings: Option<Vec<Finding>>,
    /// Under which mandate.
    pub mandate: MandateId,
    /// Under which version of it.
    pub version: u32,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It began.
    Begun(Box<Detection>),
    /// Some of what it found; several follow each other at once where one would be too large to keep.
    Found(Vec<Finding>),
}

/// Why a step was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The mandate is not in force now, or does not name the purpose.
    #[error("the mandate is not in force now, or is not for finding attack servers")]
    NotLive,
    /// The batch is not of this mandate, or destroyed.
    #[error("the batch is not one of this mandate, or its key is destroyed")]
    Batch,
    /// More than any run finds.
    #[error("a run has at most {FINDINGS_MAX} findings, not {0}")]
    TooMany(usize),
}

impl Refused {
    /// Name of the rule that refused, for the record. Never changes.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NotLive => "detection.not_live",
            Self::Batch => "detection.batch",
            Self::TooMany(_) => "detection.too_many",
        }
    }
}

/// Whether a run may begin at `now`.
///
/// # Errors
/// [`Refused`].
pub fn begin(batch: &Batch, mandate: &Mandate, now: Micros) -> Result<Event, Refused> {
    let granted = mandate.live_at(now).filter(|g| g.terms.purposes.contains(&Purpose::FindAttackServers));
    let granted = granted.ok_or(Refused::NotLive)?;
    if batch.mandate() != mandate.id || matches!(batch.standing, BatchStanding::Disposed { .. }) {
        return Err(Refused::Batch);
    }
    Ok(Event::Begun(Box::new(Detection {
        at: now,
        batch: batch.opened.batch,
        findings: None,
        mandate: mandate.id,
        version: granted.version,
    })))
}

/// Whether its findings are taken: as events that are written together, at least one.
///
/// # Errors
/// [`Refused::TooMany`].
pub fn close(findings: Vec<Finding>) -> Result<Vec<Event>, Refused> {
    if findings.len() > FINDINGS_MAX {
        return Err(Refused::TooMany(findings.len()));
    }
    let (mut events, mut some, mut bytes) = (Vec::new(), Vec::new(), 0);
    for finding in findings {
        let size = serde_json::to_vec(&finding).map_or(0, |json| json.len());
        if bytes + size > FOUND_BYTES && !some.is_empty() {
            events.push(Event::Found(std::mem::take(&mut some)));
            bytes = 0;
        }
        bytes += size;
        some.push(finding);
    }
    if !some.is_empty() || events.is_empty() {
        events.push(Event::Found(some));
    }
    Ok(events)
}

/// Runs, as the store keeps them, by their intent.
#[derive(Debug)]
pub struct DetectionTopic;

impl Topic for DetectionTopic {
    const NAME: &'static str = "detection";
    type Id = IntentId;
    type State = Detection;
    type Event = Event;

    fn apply(state: Option<Detection>, event: &Event) -> Option<Detection> {
        match (state, event) {
            (_, Event::Begun(detection)) => Some((**detection).clone()),
            (Some(detection), Event::Found(some)) => {
                let mut findings = detection.findings.unwrap_or_default();
                findings.extend(some.iter().cloned());
                Some(Detection { findings: Some(findings), ..detection })
            }
            (None, Event::Found(_)) => None,
        }
    }

    fn subject(first: &Event) -> Option<String> {
        match first {
            Event::Begun(detection) => Some(detection.mandate.to_string()),
            Event::Found(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::tests::sealed;
    use crate::fixture::{BY_CARRIER, NOW, live, said, step};
    use crate::mandate::Command;

    #[test]
    fn detectors_run_under_a_live_mandate_and_find_once() {
        let begun = begin(&sealed(), &live(), NOW).unwrap();
        let running = DetectionTopic::apply(None, &begun);
        assert_eq!(running.as_ref().unwrap().findings, None);
        let [nothing] = close(vec![]).unwrap().try_into().unwrap();
        let done = DetectionTopic::apply(running, &nothing).unwrap();
        assert_eq!(done.findings, Some(vec![]));
        let stop = Command::Suspend { reason: said("stop"), votes: vec![] };
        let stopped = step(Some(&live()), BY_CARRIER, stop, NOW).unwrap();
        assert_eq!(begin(&sealed(), &stopped, NOW), Err(Refused::NotLive));
    }
}
