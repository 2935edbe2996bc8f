//! Nothing that touches data is permitted but with the receipt of its own intent, from the log that is believed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use noroshi_acts::testkit::*;
use noroshi_acts::{Acts, NotDone, batches, detections, hunts, mandates, openings, reproductions};
use noroshi_leaf::{Body, Matter};
use noroshi_store::on_both;
use uuid::Uuid;

async fn kept(acts: &Acts) -> batches::Begun {
    granted(acts).await;
    let begun = batches::begin(acts, &by(machine(), 2), opened(1), 0, scope()).await.unwrap();
    batches::seal(acts, &by(machine(), 3), balance(), begun.intent).await.unwrap();
    begun
}

/// The line of the last intent that was written.
async fn last_intent(acts: &Acts) -> Uuid {
    let told = lines(acts).await;
    told.iter().rev().find(|leaf| matches!(leaf.body, Body::Intent(_))).unwrap().id
}

on_both! {
    async fn a_receipt_that_is_none_or_of_another_line_or_of_another_log_proves_nothing(store) {
        let acts = acts(store.db.clone());
        let collected = kept(&acts).await;
        let asked = hunts::ask(&acts, &by(analyst(), 4), HUNT, MANDATE, question()).await.unwrap();
        let own = receipt_from(&acts, asked.intent_line, 50).await;
        assert!(acts.proven(asked.intent_line, &own).await.is_ok());
        let mut bent = own.clone();
        let near_the_end = bent.len() - 20;
        bent[near_the_end] ^= 1;
        let others = [
            ("none", b"receipt".to_vec()),
            ("of another line", receipt_from(&acts, collected.intent_line, 50).await),
            ("of another log", receipt_from(&acts, asked.intent_line, 51).await),
            ("with a bit changed", bent),
        ];
        for (what, receipt) in others {
            let proven = acts.proven(asked.intent_line, &receipt).await;
            assert!(matches!(proven, Err(NotDone::NoReceipt(_))), "a receipt {what}: {proven:?}");
        }
        let requested = lines(&acts).await[0].id;
        let line = acts.proven(requested, &receipt_from(&acts, requested, 50).await).await;
        assert!(matches!(line, Err(NotDone::NotFound(_))), "a line that is no intent");
    }

    async fn a_receipt_permits_the_act_that_its_intent_names_and_no_other(store) {
        let acts = acts(store.db.clone());
        granted(&acts).await;
        let begun = batches::begin(&acts, &by(machine(), 2), opened(1), 0, scope()).await.unwrap();
        let to_collect = proven(&acts, begun.intent_line).await;
        let under = batches::permit(&acts, &by(machine(), 2), &begun, &to_collect).await.unwrap();
        assert_eq!(under.permit(&acts, &by(machine(), 2)).unwrap().resource().id, BATCH);
        batches::seal(&acts, &by(machine(), 3), balance(), begun.intent).await.unwrap();

        let asked = hunts::ask(&acts, &by(analyst(), 4), HUNT, MANDATE, question()).await.unwrap();
        let to_hunt = proven(&acts, asked.intent_line).await;
        let detected = detections::begin(&acts, &by(detector(), 4), BATCH).await.unwrap();
        let to_detect = proven(&acts, detected.intent_line).await;
        let again = reproductions::begin(&acts, &by(detector(), 4), BATCH, 1).await.unwrap();
        let to_reproduce = proven(&acts, again.intent_line).await;

        let read = hunts::permit(&acts, &by(analyst(), 4), HUNT, &to_hunt).await;
        assert_eq!(read.unwrap().1.permits(&acts, &by(analyst(), 4)).unwrap().len(), 1);
        let looked = detections::permit(&acts, &by(detector(), 4), detected.intent, &to_detect).await;
        assert_eq!(looked.unwrap().permit(&acts, &by(detector(), 4)).unwrap().resource().id, BATCH);
        assert!(reproductions::permit(&acts, &by(detector(), 4), &again, &to_reproduce).await.is_ok());

        for other in [&to_collect, &to_detect, &to_reproduce] {
            let read = hunts::permit(&acts, &by(analyst(), 4), HUNT, other).await;
            assert!(matches!(read, Err(NotDone::NoReceipt(_))), "{other:?}");
        }
        for other in [&to_collect, &to_hunt, &to_reproduce] {
            let looked = detections::permit(&acts, &by(detector(), 4), detected.intent, other).await;
            assert!(matches!(looked, Err(NotDone::NoReceipt(_))), "{other:?}");
        }
        for other in [&to_collect, &to_hunt, &to_detect] {
            let given = reproductions::permit(&acts, &by(detector(), 4), &again, other).await;
            assert!(matches!(given, Err(NotDone::NoReceipt(_))), "{other:?}");
        }
        let collected = batches::permit(&acts, &by(machine(), 4), &begun, &to_hunt).await;
        assert!(matches!(collected, Err(NotDone::NoReceipt(_))));
    }

    async fn what_was_permitted_when_the_intent_was_written_is_asked_again_with_the_receipt(store) {
        let acts = acts(store.db.clone());
        kept(&acts).await;
        let asked = hunts::ask(&acts, &by(analyst(), 4), HUNT, MANDATE, question()).await.unwrap();
        let to_hunt = proven(&acts, asked.intent_line).await;
        let late = hunts::permit(&acts, &by(analyst(), 6), HUNT, &to_hunt).await;
        assert!(matches!(late, Err(NotDone::Rule { rule: "intent.late", .. })), "past the deadline: {late:?}");
        let somebody = hunts::permit(&acts, &by(officer(), 4), HUNT, &to_hunt).await;
        assert!(matches!(somebody, Err(NotDone::Refused(_))), "another person: {somebody:?}");
        let stop = votes(Matter::Suspend, &[1, 2, 3], 1);
        mandates::suspend(&acts, &by(liaison(), 4), MANDATE, said("too much"), stop).await.unwrap();
        let before = lines(&acts).await.len();
        let suspended = hunts::permit(&acts, &by(analyst(), 4), HUNT, &to_hunt).await;
        assert!(matches!(suspended, Err(NotDone::Refused(_))), "suspended meanwhile: {suspended:?}");
        let told = lines(&acts).await;
        assert_eq!(told.len(), before + 1);
        assert!(matches!(told[before].body, Body::Refused(_)), "and that is on the record");
    }

    async fn a_pseudonym_is_turned_back_with_the_receipt_of_its_opening(store) {
        let acts = acts(store.db.clone());
        kept(&acts).await;
        let name = "203.0.113.9".parse().unwrap();
        openings::ask(&acts, &by(analyst(), 4), OPENING, MANDATE, BATCH, name, said("warn them")).await.unwrap();
        openings::approve(&acts, &signed(legal(), 5), OPENING, said("necessary")).await.unwrap();
        let begun = openings::open(&acts, &signed(analyst(), 6), OPENING).await.unwrap();
        assert_eq!(begun.intent_line, last_intent(&acts).await);
        let to_open = proven(&acts, begun.intent_line).await;
        let under = openings::permit(&acts, &signed(analyst(), 6), OPENING, &to_open).await.unwrap();
        assert_eq!(under.permit(&acts, &signed(analyst(), 6)).unwrap().resource().batch, BATCH);
        let unsigned = openings::permit(&acts, &by(analyst(), 6), OPENING, &to_open).await;
        assert!(matches!(unsigned, Err(NotDone::Refused(_))), "without the signature: {unsigned:?}");
        let approver = openings::permit(&acts, &signed(legal(), 6), OPENING, &to_open).await;
        assert!(matches!(approver, Err(NotDone::Refused(_))), "by who approved: {approver:?}");
    }
}
