//! A mandate from request to disposal through the one write path, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use noroshi_acts::testkit::*;
use noroshi_acts::{Acts, NotDone, batches, hunts, mandates, openings};
use noroshi_casework::batch::{BatchStanding, BatchTopic};
use noroshi_casework::hunt::HuntStanding;
use noroshi_casework::mandate::{MandateTopic, Request, Standing};
use noroshi_leaf::{
    AbortReason, Answer, BatchOpened, Body, Commitment, Digest, Leaf, MandateEvent, Matter, Salt, Terms,
};
use noroshi_model::MandateState;
use noroshi_store::on_both;
use std::collections::BTreeSet;

on_both! {
    async fn a_mandate_goes_from_request_to_disposal(store) {
        let acts = acts(store.db.clone());
        let live = granted(&acts).await;
        assert_eq!(noroshi_acts::facts::mandate(&live).unwrap().state, MandateState::Approved);

        let begun = batches::begin(&acts, &by(machine(), 2), opened(1), 0, scope()).await.unwrap();
        batches::seal(&acts, &by(machine(), 3), balance(), begun.intent).await.unwrap();

        let id = HUNT;
        let asked = hunts::ask(&acts, &by(analyst(), 4), id, MANDATE, question()).await.unwrap();
        let proven = proven(&acts, asked.intent_line).await;
        let (hunt, under) = hunts::permit(&acts, &by(analyst(), 5), id, &proven).await.unwrap();
        assert_eq!(under.permits(&acts, &by(analyst(), 5)).unwrap().len(), 1);
        let closed = hunts::close(&acts, &by(analyst(), 6), id, 3, Digest::of(b"rows")).await.unwrap();
        assert!(matches!(closed.standing, HuntStanding::Done { rows: 3, .. }));
        assert_eq!(closed.intent, hunt.intent);

        let asking = signed(officer(), 7);
        let over = mandates::revoke(&acts, &asking, MANDATE, said("no longer needed"), vec![]).await.unwrap();
        assert!(matches!(over.standing, Standing::Over { .. }));
        batches::dispose(&acts, &by(machine(), 8), BATCH, disposed()).await.unwrap();
        let (batch, _) = acts.db.load::<BatchTopic>(BATCH).await.unwrap().unwrap();
        assert!(matches!(batch.standing, BatchStanding::Disposed { .. }));
        let gone = mandates::dispose(&acts, &by(machine(), 9), MANDATE, &[BATCH]).await.unwrap();
        assert!(matches!(gone.standing, Standing::Disposed { batches: 1, .. }));

        let told = lines(&acts).await;
        let story = [
            "requested", "answered", "decided", "batch_opened", "intent", "batch_sealed", "done",
            "intent", "done", "revoked", "disposed", "mandate_disposed",
        ];
        assert_eq!(told.iter().map(word).collect::<Vec<_>>(), story);
        let named = told.iter().filter_map(|leaf| match &leaf.body {
            Body::Intent(intent) => Some(intent.policies.iter().cloned().collect::<Vec<_>>()),
            _ => None,
        });
        assert_eq!(named.collect::<Vec<_>>(), [["collect"], ["hunt"]], "the rules that the policies gave");
        assert!(told.windows(2).all(|pair| pair[0].at <= pair[1].at));
    }

    async fn what_is_refused_is_on_the_record_and_changes_nothing(store) {
        let acts = acts(store.db.clone());
        granted(&acts).await;
        let before = lines(&acts).await.len();
        let stranger = hunts::ask(&acts, &by(officer(), 4), HUNT, MANDATE, question()).await;
        assert!(stranger.is_err());
        let unsigned = mandates::revoke(&acts, &by(officer(), 5), MANDATE, said("enough"), vec![]).await;
        assert!(matches!(unsigned, Err(NotDone::Refused(_))), "a grave act needs a fresh signature");
        let wider = Terms { hunts_max: 99, ..terms() };
        assert!(mandates::narrow(&acts, &signed(officer(), 6), MANDATE, wider).await.is_err());
        let nothing = mandates::decide(&acts, &by(liaison(), 7), MANDATE, decision(&[1, 2], 1)).await;
        assert!(matches!(nothing, Err(NotDone::Rule { rule: "mandate.nothing_waiting", .. })));
        let after = lines(&acts).await;
        assert_eq!(after.len(), before + 4);
        assert!(after[before..].iter().all(|leaf| matches!(leaf.body, Body::Refused(_))));
        let (mandate, _) = acts.db.load::<MandateTopic>(MANDATE).await.unwrap().unwrap();
        assert!(mandate.live_at(at(8)).is_some());
    }

    async fn a_collector_without_its_mandate_or_outside_its_term_begins_nothing(store) {
        let acts = acts(store.db.clone());
        let early = batches::begin(&acts, &by(machine(), 1), opened(1), 0, scope()).await;
        assert!(matches!(early, Err(NotDone::NotFound("mandate"))));
        granted(&acts).await;
        assert!(batches::begin(&acts, &by(unbound_machine(), 2), opened(1), 0, scope()).await.is_err());
        let late = batches::begin(&acts, &by(machine(), 24 * 91), opened(1), 0, scope()).await;
        assert!(matches!(late, Err(NotDone::Rule { rule: "batch.not_live", .. })));
        let stop = votes(Matter::Suspend, &[1, 2, 3], 1);
        mandates::suspend(&acts, &by(liaison(), 3), MANDATE, said("too much"), stop).await.unwrap();
        let stopped = batches::begin(&acts, &by(machine(), 4), opened(1), 0, scope()).await;
        assert!(matches!(stopped, Err(NotDone::Rule { rule: "batch.not_live", .. })));
        mandates::resume(&acts, &by(liaison(), 5), MANDATE, votes(Matter::Resume, &[3, 4, 5], 1)).await.unwrap();
        assert!(batches::begin(&acts, &by(machine(), 6), opened(1), 0, scope()).await.is_ok());
    }

    async fn what_is_more_than_the_carrier_carries_suspends_the_mandate(store) {
        let acts = acts(store.db.clone());
        granted(&acts).await;
        let none = mandates::overloaded(&acts, &by(machine(), 2), MANDATE, 1_000_000).await;
        assert!(matches!(none, Err(NotDone::Rule { rule: "mandate.within_its_cap", .. })), "no cap was set: {none:?}");

        capped(&acts).await;
        let at_it = mandates::overloaded(&acts, &by(machine(), 4), MANDATE, 5_000).await;
        assert!(matches!(at_it, Err(NotDone::Rule { rule: "mandate.within_its_cap", .. })), "{at_it:?}");
        let over = mandates::overloaded(&acts, &by(machine(), 4), MANDATE, 5_001).await.unwrap();
        let Standing::Suspended { reason, .. } = over.standing else { panic!("not suspended") };
        assert!(reason.text.contains("5001 records a second came"), "{}", reason.text);
        let more = batches::begin(&acts, &by(machine(), 5), BatchOpened { version: 2, ..opened(1) }, 0, scope()).await;
        assert!(matches!(more, Err(NotDone::Rule { rule: "batch.not_live", .. })));
        let alone = mandates::resume(&acts, &by(officer(), 5), MANDATE, vec![]).await;
        assert!(alone.is_err(), "only the commission lets it go on");
    }

    async fn a_collection_that_is_given_up_leaves_no_key_without_an_end(store) {
        let acts = acts(store.db.clone());
        granted(&acts).await;
        let begun = batches::begin(&acts, &by(machine(), 2), opened(1), 0, scope()).await.unwrap();
        let named = BTreeSet::from([BATCH]);
        batches::abandon(&acts, &by(machine(), 3), &named, begun.intent, AbortReason::Restarted).await.unwrap();
        let (batch, _) = acts.db.load::<BatchTopic>(BATCH).await.unwrap().unwrap();
        let (mandate, _) = acts.db.load::<MandateTopic>(MANDATE).await.unwrap().unwrap();
        assert!(batch.due(&mandate).is_some(), "its key is destroyed when its time is over");
        let told: Vec<_> = lines(&acts).await.iter().rev().take(2).map(|leaf| leaf.body.word()).collect();
        assert_eq!(told, ["abort", "batch_sealed"]);
    }

    async fn a_pseudonym_is_opened_by_two_people_and_two_signatures(store) {
        let acts = acts(store.db.clone());
        granted(&acts).await;
        let begun = batches::begin(&acts, &by(machine(), 2), opened(1), 0, scope()).await.unwrap();
        batches::seal(&acts, &by(machine(), 3), balance(), begun.intent).await.unwrap();
        let name = "203.0.113.9".parse().unwrap();
        let id = OPENING;
        openings::ask(&acts, &by(analyst(), 4), id, MANDATE, BATCH, name, said("warn them")).await.unwrap();
        assert!(openings::approve(&acts, &signed(analyst(), 5), id, said("fine")).await.is_err());
        assert!(openings::open(&acts, &signed(analyst(), 5), id).await.is_err(), "not approved yet");
        openings::approve(&acts, &signed(legal(), 6), id, said("necessary")).await.unwrap();
        assert!(openings::open(&acts, &by(analyst(), 7), id).await.is_err(), "not signed");
        let begun = openings::open(&acts, &signed(analyst(), 8), id).await.unwrap();
        let address = "192.0.2.7".parse().unwrap();
        openings::close(&acts, &by(analyst(), 8), id, address).await.unwrap();
        let told = lines(&acts).await.into_iter().rev().find_map(|leaf| match leaf.body {
            Body::Done(done) => Some(done),
            _ => None,
        });
        let expected = Commitment::to(b"192.0.2.7", &begun.opening.reason.salt).0;
        assert!(told.is_some_and(|done| done.digest == expected && done.intent == begun.intent && done.rows == 1));
        let intents = lines(&acts).await.into_iter().filter(|leaf| matches!(leaf.body, Body::Intent(_))).count();
        assert_eq!(intents, 2);
    }
}

/// The same mandate in a version the carrier carries up to 5,000 records a second for.
async fn capped(acts: &Acts) {
    let asked = Request {
        necessity: said("no lighter means works"),
        selectors: vec![],
        selectors_salt: Salt(Digest::of(b"selectors")),
        terms: terms(),
        title: "Carrier North".into(),
    };
    mandates::request(acts, &signed(officer(), 3), MANDATE, asked).await.unwrap();
    let (asking, cap) = (by(liaison(), 3), Some(5_000));
    mandates::answer(acts, &asking, MANDATE, Answer::Partly, cap, said("so much")).await.unwrap();
    mandates::decide(acts, &by(liaison(), 3), MANDATE, decision(&[1, 2, 3], 2)).await.unwrap();
}

/// The word of a line, for the order of a story.
fn word(leaf: &Leaf) -> &'static str {
    match &leaf.body {
        Body::Mandate(line) => match line.event {
            MandateEvent::Requested { .. } => "requested",
            MandateEvent::Answered { answer: Answer::Feasible, .. } => "answered",
            MandateEvent::Decided { .. } => "decided",
            MandateEvent::Revoked { .. } => "revoked",
            MandateEvent::Disposed { .. } => "mandate_disposed",
            _ => "mandate",
        },
        Body::Intent(_) => "intent",
        Body::Done(_) => "done",
        Body::BatchOpened(_) => "batch_opened",
        Body::BatchSealed(_) => "batch_sealed",
        Body::Disposed(_) => "disposed",
        _ => "other",
    }
}
