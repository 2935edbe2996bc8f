//! Hub and commission, each with its own keys and folder, joined by HTTP alone: a mandate from request to
//! disposal, a key released against a receipt, and a log that an independent replay finds lawful.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod story;

use noroshi_acts::mandates;
use noroshi_acts::testkit::*;
use noroshi_casework::batch::{BatchStanding, BatchTopic};
use noroshi_casework::mandate::{MandateTopic, Standing};
use noroshi_clerk::Duties;
use std::sync::Arc;
use story::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mandate_lives_and_ends_between_two_programs_that_do_not_trust_each_other() {
    let (there, here) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let hub = hub(here.path(), &commission(there.path()).await).await;
    let link = hub.first_link.clone().unwrap();
    assert!(link.starts_with("http://localhost:4740/enrol/"), "{link}");
    let overseer = hub.commission().unwrap().clone();
    let duties =
        Duties::new(hub.acts.clone(), hub.scribe.clone(), Some(overseer.clone()), hub.centre, Arc::new(random));
    requested_and_granted(&hub, &duties, &overseer).await;
    let (own, cipher) = collected(&hub, &overseer).await;
    hunted(&hub, &overseer, &own, &cipher).await;

    set(6);
    let enough = said("no longer needed");
    mandates::revoke(&hub.acts, &signed(officer(), 6), MANDATE, enough, vec![]).await.unwrap();
    written(&hub).await;
    set(7);
    for _ in 0..2 {
        duties.round(now()).await.unwrap();
        written(&hub).await;
    }
    let (batch, _) = hub.acts.db.load::<BatchTopic>(BATCH).await.unwrap().unwrap();
    assert!(matches!(batch.standing, BatchStanding::Disposed { .. }));
    let (mandate, _) = hub.acts.db.load::<MandateTopic>(MANDATE).await.unwrap().unwrap();
    assert!(matches!(mandate.standing, Standing::Disposed { batches: 1, .. }));
    assert!(!there.path().join("shares").join(BATCH.to_string()).exists(), "the commission keeps nothing");
    assert_eq!(found(&hub).await, Vec::<String>::new());
}
