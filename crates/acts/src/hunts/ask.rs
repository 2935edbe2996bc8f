//! Ask: the question is decided and its intent written, before anything is read.

use super::load;
use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::{ActKind, act};
use noroshi_casework::batch::Batch;
use noroshi_casework::hunt::{self, Command, Event, Hunt, HuntTopic, Question};
use noroshi_casework::mandate::Mandate;
use noroshi_leaf::{Actor, Body, Commitment, GovernedAct, Intent};
use noroshi_model::{BatchId, HuntId, IntentId, MandateId};
use noroshi_store::{Record, Version};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A hunt that was asked, and waits for the receipt of its intent.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The hunt.
    pub hunt: Hunt,
    /// The line of its intent: with its receipt [`super::permit`] gives a permit.
    pub intent_line: Uuid,
}

/// Asks a question under a mandate, as a hunt of a fresh id. Its budget is counted here.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn ask(
    acts: &Acts,
    asking: &Asking<'_>,
    id: HuntId,
    mandate: MandateId,
    question: Question,
) -> Result<Asked, NotDone> {
    let (state, batches) = load(acts, mandate, &question).await?;
    let asked_before = acts.db.count_of::<HuntTopic>(&mandate.to_string()).await?;
    let (event, policies) = match decided(acts, asking, &state, &batches, question, asked_before) {
        Ok(decided) => decided,
        Err(why) => return acts.refuse(asking, ActKind::Hunt, Some(mandate), why).await,
    };
    let Some(hunt) = hunt::apply(None, &event) else {
        return Err(NotDone::NotFound("hunt"));
    };
    let leaf = asking.line(Body::Intent(Box::new(intent(acts, asking, &hunt, policies)?)))?;
    let intent_line = leaf.id;
    let record = Record::of::<HuntTopic>(id, Version::NEW, asking.at, &[event], leaf)?;
    acts.db.record("acts::hunt::ask", &record).await?;
    Ok(Asked { hunt, intent_line })
}

fn decided(
    acts: &Acts,
    asking: &Asking<'_>,
    mandate: &Mandate,
    batches: &BTreeMap<BatchId, Batch>,
    question: Question,
    asked_before: u64,
) -> Result<(Event, BTreeSet<String>), NotDone> {
    let (intent, mut policies) = (IntentId(asking.id()), BTreeSet::new());
    // All but the receipt must hold now; the receipt is asked for again before anything is read.
    let circumstances = asking.circumstances().for_purpose(question.reason_code.purpose()).within_budget();
    for batch in batches.values() {
        let dataset =
            facts::dataset(batch, mandate, &question.directions).ok_or(NotDone::NotFound("mandate in force"))?;
        let foreseen = acts.authz.foreseen::<act::Hunt>(asking.principal, &dataset, &circumstances, intent);
        policies.extend(foreseen.map_err(NotDone::Refused)?);
    }
    let Actor::Person { person, .. } = asking.actor() else {
        return Err(NotDone::rule("hunt.not_named", &"only a person hunts"));
    };
    let command = Command::Ask { by: person, intent, question, asked_before };
    hunt::decide(None, &command, mandate, batches, asking.at)
        .map(|event| (event, policies))
        .map_err(|refused| NotDone::rule(refused.rule(), &refused))
}

fn intent(acts: &Acts, asking: &Asking<'_>, hunt: &Hunt, policies: BTreeSet<String>) -> Result<Intent, NotDone> {
    let question = serde_json::to_vec(&hunt.question).map_err(noroshi_leaf::LeafError::Malformed)?;
    Ok(Intent {
        act: GovernedAct::Hunt,
        batches: hunt.question.batches.clone(),
        build: acts.build,
        deadline: acts.look_deadline(asking.at),
        directions: hunt.question.directions.clone(),
        evidence: asking.evidence,
        intent: hunt.intent,
        mandate: hunt.mandate,
        policies,
        policy_set: acts.policy_set(),
        purpose: hunt.question.reason_code.purpose(),
        scope: Commitment::to(&question, &hunt.question.reason.salt),
        version: hunt.version,
    })
}
