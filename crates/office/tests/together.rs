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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_commission_stops_stops_and_old_votes_stop_nothing_again() {
    let (there, here) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let address = commission(there.path()).await;
    let hub = hub(here.path(), &address).await;
    let overseer = hub.commission().unwrap().clone();
    let duties =
        Duties::new(hub.acts.clone(), hub.scribe.clone(), Some(overseer.clone()), hub.centre, Arc::new(random));
    requested_and_granted(&hub, &duties, &overseer).await;
    written(&hub).await;
    let standing = async |hour| {
        set(hour);
        duties.round(now()).await.unwrap();
        written(&hub).await;
        hub.acts.db.load::<MandateTopic>(MANDATE).await.unwrap().unwrap().0.standing
    };
    assert!(matches!(standing(2).await, Standing::Live(_)), "nobody has voted");
    voted(&address, "suspend").await;
    assert!(matches!(standing(3).await, Standing::Suspended { .. }));
    assert!(matches!(standing(4).await, Standing::Suspended { .. }));
    voted(&address, "resume").await;
    assert!(matches!(standing(5).await, Standing::Live(_)));
    let size = *hub.scribe.grown().borrow();
    assert!(matches!(standing(6).await, Standing::Live(_)), "the commission still offers its votes to suspend");
    assert_eq!(*hub.scribe.grown().borrow(), size, "and nothing is refused over and over");
    // Votes to resume from before it was suspended for another reason do not lift that.
    mandates::suspend(&hub.acts, &signed(officer(), 6), MANDATE, said("we look into it"), vec![]).await.unwrap();
    assert!(matches!(standing(7).await, Standing::Suspended { .. }));
    voted(&address, "resume").await;
    assert!(matches!(standing(8).await, Standing::Live(_)), "votes of this round do");
    voted(&address, "suspend").await;
    assert!(matches!(standing(9).await, Standing::Suspended { .. }), "and the commission can stop it once more");
    voted(&address, "revoke").await;
    // The next round of the same duties disposes of a mandate under which nothing was kept.
    assert!(matches!(standing(10).await, Standing::Disposed { .. }));
    assert_eq!(found(&hub).await, Vec::<String>::new());
}
