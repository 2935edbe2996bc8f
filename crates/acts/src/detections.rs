//! The detectors run over a batch: the intent before, what was found after.

use crate::selecting::Over;
use crate::{Acts, Asking, NotDone, Proven, Under};
use noroshi_authz::{ActKind, act};
use noroshi_casework::Topic as _;
use noroshi_casework::detection::{self, Detection, DetectionTopic};
use noroshi_leaf::{Body, Digest, Done, GovernedAct, LeafError};
use noroshi_model::{BatchId, Finding, IntentId};
use noroshi_store::{Record, Version};
use uuid::Uuid;

/// A run that may begin once its intent has its receipt.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Its intent, which is also its id.
    pub intent: IntentId,
    /// The line of that intent.
    pub intent_line: Uuid,
}

/// Writes the intent to run the detectors over a batch.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn begin(acts: &Acts, asking: &Asking<'_>, batch: BatchId) -> Result<Begun, NotDone> {
    let (over, intent) = (Over::load(acts, batch).await?, IntentId(asking.id()));
    let decided = over.foreseen(acts, asking, intent).and_then(|policies| {
        let event = detection::begin(&over.batch, &over.mandate, asking.at);
        event.map(|event| (event, policies)).map_err(|refused| NotDone::rule(refused.rule(), &refused))
    });
    let (event, policies) = match decided {
        Ok(decided) => decided,
        Err(why) => return acts.refuse(asking, ActKind::RunDetectors, Some(over.mandate.id), why).await,
    };
    let told = over.intent(acts, asking, (GovernedAct::Detect, &batch.to_string()), (intent, policies));
    let leaf = asking.line(Body::Intent(Box::new(told)))?;
    let intent_line = leaf.id;
    let record = Record::of::<DetectionTopic>(intent, Version::NEW, asking.at, &[event], leaf)?;
    acts.db.record("acts::detection::begin", &record).await?;
    Ok(Begun { intent, intent_line })
}

/// Checks an open run again, now that its intent has its place in the ledger: what the detectors may look at.
///
/// # Errors
/// [`NotDone::NoReceipt`] with the receipt of another act; refusals are on the record.
pub async fn permit(
    acts: &Acts,
    asking: &Asking<'_>,
    intent: IntentId,
    proven: &Proven,
) -> Result<Under<act::RunDetectors>, NotDone> {
    let (detection, _) = acts.db.load::<DetectionTopic>(intent).await?.ok_or(NotDone::NotFound("detection"))?;
    if detection.findings.is_some() {
        return Err(NotDone::NotFound("open detection"));
    }
    let over = Over::load(acts, detection.batch).await?;
    over.under(acts, asking, (proven, intent, GovernedAct::Detect)).await
}

/// Records what was found.
///
/// # Errors
/// [`NotDone`].
pub async fn close(
    acts: &Acts,
    asking: &Asking<'_>,
    intent: IntentId,
    findings: Vec<Finding>,
) -> Result<Detection, NotDone> {
    let (detection, version) = acts.db.load::<DetectionTopic>(intent).await?.ok_or(NotDone::NotFound("detection"))?;
    if detection.findings.is_some() {
        return Err(NotDone::NotFound("open detection"));
    }
    let digest = Digest::of(&serde_json::to_vec(&findings).map_err(LeafError::Malformed)?);
    let rows = findings.len() as u64;
    let events = detection::close(findings).map_err(|refused| NotDone::rule(refused.rule(), &refused))?;
    let elapsed_micros = u64::try_from(asking.at.0.saturating_sub(detection.at.0)).unwrap_or_default();
    let leaf = asking.line(Body::Done(Done { digest, elapsed_micros, intent, rows }))?;
    let record = Record::of::<DetectionTopic>(intent, version, asking.at, &events, leaf)?;
    acts.db.record("acts::detection::close", &record).await?;
    let closed = events.iter().fold(Some(detection), DetectionTopic::apply);
    closed.ok_or(NotDone::NotFound("detection"))
}
