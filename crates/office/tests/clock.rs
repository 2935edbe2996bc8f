//! The clock set back revives no mandate: neither after its term, nor after a revocation, nor after a disposal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod story;

use noroshi_acts::testkit::*;
use noroshi_acts::{batches, hunts, mandates};
use noroshi_casework::mandate::{MandateTopic, Standing};
use noroshi_clerk::{Commission, Duties};
use noroshi_office::{Hub, NotOpened};
use std::sync::Arc;
use story::*;

/// Hours of the term of the story's mandate.
const TERM: i64 = 90 * 24;
const LATE_HUNT: noroshi_model::HuntId = noroshi_model::HuntId(uuid::Uuid::from_u128(99));

async fn begun(folders: (&std::path::Path, &std::path::Path)) -> (Hub, Duties, Commission) {
    let hub = hub(folders.1, &commission(folders.0).await).await;
    let overseer = hub.commission().unwrap().clone();
    let duties =
        Duties::new(hub.acts.clone(), hub.scribe.clone(), Some(overseer.clone()), hub.centre, Arc::new(random));
    requested_and_granted(&hub, &duties, &overseer).await;
    collected(&hub, &overseer).await;
    (hub, duties, overseer)
}

/// With the clock at hour 3, when the mandate lived: neither collecting nor asking is possible, and the clerk's round
/// brings nothing back.
async fn nothing_lives_at_hour_three(hub: &Hub, duties: &Duties) {
    set_back(3);
    let (before, _) = hub.acts.db.load::<MandateTopic>(MANDATE).await.unwrap().unwrap();
    let asked = hunts::ask(&hub.acts, &by(analyst(), 3), LATE_HUNT, MANDATE, question()).await;
    assert!(asked.is_err(), "{:?}: {asked:?}", before.standing);
    let collected = batches::begin(&hub.acts, &by(machine(), 3), opened_as(73), 0, scope()).await;
    assert!(collected.is_err(), "{:?}", before.standing);
    duties.round(now()).await.unwrap();
    let (after, _) = hub.acts.db.load::<MandateTopic>(MANDATE).await.unwrap().unwrap();
    assert_eq!(after.standing, before.standing);
}

fn opened_as(batch: u128) -> noroshi_leaf::BatchOpened {
    noroshi_leaf::BatchOpened { batch: noroshi_model::BatchId(uuid::Uuid::from_u128(batch)), ..opened(1) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_set_back_revives_no_mandate() {
    // Revoked, then disposed.
    let (there, here) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (hub, duties, _) = begun((there.path(), here.path())).await;
    set(6);
    mandates::revoke(&hub.acts, &signed(officer(), 6), MANDATE, said("enough"), vec![]).await.unwrap();
    written(&hub).await;
    nothing_lives_at_hour_three(&hub, &duties).await;
    set(7);
    for _ in 0..2 {
        duties.round(now()).await.unwrap();
        written(&hub).await;
    }
    let (mandate, _) = hub.acts.db.load::<MandateTopic>(MANDATE).await.unwrap().unwrap();
    assert!(matches!(mandate.standing, Standing::Disposed { .. }), "{:?}", mandate.standing);
    nothing_lives_at_hour_three(&hub, &duties).await;

    // Past its term.
    set_back(0);
    let (there, here) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (hub, duties, _) = begun((there.path(), here.path())).await;
    set(TERM + 1);
    duties.beat(now()).await.unwrap();
    written(&hub).await;
    // The clerk has not been round yet: the line of the heartbeat alone keeps a hub from starting in the past.
    let restarted = tempfile::tempdir().unwrap();
    copied(here.path(), restarted.path());
    set_back(3);
    let refused = reopened(restarted.path()).await;
    assert!(matches!(refused, Err(NotOpened::ClockBehind { latest, .. }) if latest == at(TERM + 1)), "{refused:?}");
    set(TERM + 1);
    duties.round(now()).await.unwrap();
    written(&hub).await;
    nothing_lives_at_hour_three(&hub, &duties).await;
}
