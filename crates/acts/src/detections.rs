//! The detectors run over a batch: the intent before, what was found after.

use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::{ActKind, act};
use noroshi_casework::Topic as _;
use noroshi_casework::batch::BatchTopic;
use noroshi_casework::detection::{self, Detection, DetectionTopic};
use noroshi_casework::mandate::{Mandate, MandateTopic};
use noroshi_leaf::{Body, Digest, Done, GovernedAct, Intent, LeafError};
use noroshi_model::{BatchId, Finding, IntentId, Purpose};
use noroshi_store::{Record, Version};
use std::collections::BTreeSet;
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
    let (batch, _) = acts.db.load::<BatchTopic>(batch).await?.ok_or(NotDone::NotFound("batch"))?;
    let (mandate, _) = acts.db.load::<MandateTopic>(batch.mandate()).await?.ok_or(NotDone::NotFound("mandate"))?;
    let directions = mandate.granted().map(|granted| granted.terms.directions.clone()).unwrap_or_default();
    let intent = IntentId(asking.id());
    let permitted = facts::dataset(&batch, &mandate, &directions)
        .ok_or(NotDone::NotFound("mandate in force"))
        .and_then(|dataset| {
            let circumstances = asking.circumstances().for_purpose(Purpose::FindAttackServers);
            let foreseen = acts.authz.foreseen::<act::RunDetectors>(asking.principal, &dataset, &circumstances, intent);
            foreseen.map_err(NotDone::Refused)
        });
    let decided = permitted.and_then(|policies| {
        let event = detection::begin(&batch, &mandate, asking.at);
        event.map(|event| (event, policies)).map_err(|refused| NotDone::rule(refused.rule(), &refused))
    });
    let (event, policies) = match decided {
        Ok(decided) => decided,
        Err(why) => return acts.refuse(asking, ActKind::RunDetectors, Some(mandate.id), why).await,
    };
    let leaf =
        asking.line(Body::Intent(Box::new(intends(acts, asking, &mandate, batch.opened.batch, (intent, policies)))))?;
    let intent_line = leaf.id;
    let record = Record::of::<DetectionTopic>(intent, Version::NEW, asking.at, &[event], leaf)?;
    acts.db.record("acts::detection::begin", &record).await?;
    Ok(Begun { intent, intent_line })
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

fn intends(
    acts: &Acts,
    asking: &Asking<'_>,
    mandate: &Mandate,
    batch: BatchId,
    (intent, policies): (IntentId, Vec<String>),
) -> Intent {
    let granted = mandate.granted();
    Intent {
        act: GovernedAct::Detect,
        batches: BTreeSet::from([batch]),
        build: acts.build,
        deadline: acts.look_deadline(asking.at),
        directions: granted.map(|granted| granted.terms.directions.clone()).unwrap_or_default(),
        evidence: None,
        intent,
        mandate: mandate.id,
        policies: policies.into_iter().collect(),
        policy_set: acts.policy_set(),
        purpose: Purpose::FindAttackServers,
        scope: noroshi_leaf::Commitment::to(batch.to_string().as_bytes(), &asking.salt()),
        version: granted.map_or(0, |granted| granted.version),
    }
}
