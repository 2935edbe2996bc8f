//! From a request to the destruction of the last share, over the routes that a hub and a board use.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod scene;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use noroshi_commission::ballot::Decision;
use noroshi_commission::office::{RELEASE_INFO, SHARE_INFO};
use noroshi_commission::text::Text;
use noroshi_leaf::{
    Actor, Answer, Body, Destruction, Digest, DisposalReason, Disposed, GovernedAct, MandateEvent, Salt, Signed,
};
use noroshi_model::{BatchId, MandateId};
use noroshi_seal::{DataKey, Recipient, RecipientKey, Share, decrypt, encrypt};
use noroshi_verify::sample::{self, LINE, by, commitment, terms};
use scene::{Scene, rng};
use serde_json::json;

/// Asks for a mandate, in the log and at the commission, and lets three commissioners vote for it.
async fn granted(scene: &mut Scene) -> MandateId {
    let mandate = MandateId(sample::id(3, scene.sample.fresh()));
    let necessity = Text::written("no lighter means works", &mut rng(3));
    let requested = MandateEvent::Requested { necessity: necessity.commitment(), terms: terms(10) };
    scene.sample.mandate(mandate, 1, by(LINE), requested);
    let answered =
        MandateEvent::Answered { answer: Answer::Feasible, load_cap_records_per_second: None, reason: commitment(3) };
    scene.sample.mandate(mandate, 1, by(LINE), answered);
    let request = json!({
        "mandate": mandate, "version": 1, "title": "Command servers, spring", "necessity": necessity,
        "terms": terms(10), "selectors": [], "selectors_salt": Salt(Digest::of(b"")), "answer": null,
        "objection": null,
    });
    scene.post_json("/requests", &request).await.is(409, "request.not_in_log");
    scene.mirror().await;
    let mut other = request.clone();
    other["terms"]["rows_max"] = json!(9_999);
    scene.post_json("/requests", &other).await.is(422, "request.other_terms");
    let mut other = request.clone();
    other["necessity"]["text"] = json!("something else");
    scene.post_json("/requests", &other).await.is(422, "request.other_text");
    assert_eq!(scene.post_json("/requests", &request).await.status, 200);
    nobody_votes_before_the_carrier_spoke(scene, mandate).await;
    let mut answered = request.clone();
    answered["answer"] = json!({ "answer": "feasible", "reason": Text::written("we can", &mut rng(4)) });
    assert_eq!(scene.post_json("/requests", &answered).await.status, 200);
    voted(scene, mandate).await;
    let reply = scene.get(&format!("/decisions/{mandate}/1")).await;
    let decision: Decision = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(decision.conditions, ["only by day", "monthly report"]);
    scene.sample.mandate(mandate, 1, Actor::Hub, MandateEvent::Decided { votes: decision.votes });
    scene.sample.in_force(mandate, terms(10), 1);
    scene.mirror().await;
    mandate
}

async fn nobody_votes_before_the_carrier_spoke(scene: &Scene, mandate: MandateId) {
    let path = format!("/board/vote/{mandate}/1/grant");
    let (cookie, form) = scene.sign_in(1).await;
    let page = scene.page(&path, &cookie).await.text();
    assert!(page.contains("The vote opens when the carrier has answered"), "{page}");
    assert!(!page.contains("name=\"reasons\""), "there is nothing to fill in: {page}");
    let early = scene.form(&path, &cookie, &format!("form={form}&choice=for&conditions=&reasons=x")).await;
    assert_eq!(early.status, 409);
    assert!(early.text().contains("the carrier has not answered yet"));
}

async fn voted(scene: &Scene, mandate: MandateId) {
    let path = format!("/board/vote/{mandate}/1/grant");
    scene.get(&format!("/decisions/{mandate}/1")).await.is(404, "decision.unknown");
    for number in 1..=3 {
        let (cookie, form) = scene.sign_in(number).await;
        let page = scene.page(&path, &cookie).await.text();
        assert!(page.contains("no lighter means works") && page.contains("Command servers, spring"), "{page}");
        assert!(page.contains("Demonstration"), "every page says so");
        let fields = "choice=for&conditions=only+by+day%0D%0Amonthly+report&reasons=proportionate";
        assert_eq!(scene.form(&path, &cookie, &format!("form={}&{fields}", "0".repeat(64))).await.status, 403);
        assert_eq!(scene.form(&path, &cookie, &format!("form={form}&{fields}")).await.status, 303);
        assert_eq!(scene.form(&path, &cookie, &format!("form={form}&{fields}")).await.status, 409);
        if number < 3 {
            let open = scene.get(&format!("/decisions/{mandate}/1")).await;
            assert_eq!((open.status.as_u16(), open.json()), (202, json!({"votes": number})));
        }
    }
}

/// A batch with real shares: registered, mirrored, deposited.
async fn batch(scene: &mut Scene, mandate: MandateId) -> (BatchId, DataKey, Share) {
    let key = DataKey::fresh(&mut rng(20));
    let (operator, commission) = key.split(&mut rng(21));
    let batch = scene.sample.batch(mandate, "192.0.2.1");
    let Body::BatchOpened(opened) = scene.last() else { unreachable!() };
    opened.key = Digest(key.digest());
    opened.commission_share = Digest(commission.digest());
    let to = RecipientKey::from_bytes(&scene.hpke).unwrap();
    let sealed = |share: &Share, aad: &[u8]| {
        let sealed = to.seal(SHARE_INFO, aad, share.bytes(), &mut rng(22)).unwrap();
        json!({"batch": batch, "share": BASE64_STANDARD.encode(sealed)})
    };
    let good = sealed(&commission, batch.0.as_bytes());
    scene.post_json("/shares", &good).await.is(409, "share.unknown_batch");
    scene.mirror().await;
    scene.post_json("/shares", &sealed(&commission, &[0; 16])).await.is(422, "share.does_not_open");
    scene.post_json("/shares", &sealed(&operator, batch.0.as_bytes())).await.is(422, "share.other");
    for _ in 0..2 {
        assert_eq!(scene.post_json("/shares", &good).await.status, 200);
    }
    (batch, key, operator)
}

fn asked(receipt: &(String, String), to: &Recipient) -> serde_json::Value {
    json!({"receipt": receipt.0, "leaf": receipt.1, "public_key": to.public().to_hex()})
}

#[tokio::test]
async fn from_the_request_to_the_destroyed_share() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path());
    scene.mirror().await;
    let mandate = granted(&mut scene).await;
    let (batch, key, operator) = batch(&mut scene, mandate).await;
    let mut stored = Vec::new();
    encrypt(&key, batch.0.as_bytes(), &mut rng(23), &b"records"[..], &mut stored).unwrap();
    drop(key);

    // What the operator has alone opens nothing.
    let alone = DataKey::joined(&operator, &Share::from_bytes([0; 32]));
    assert!(decrypt(&alone, batch.0.as_bytes(), &stored[..], std::io::sink()).is_err());

    let intent = scene.sample.intent(mandate, GovernedAct::Hunt, &[batch]);
    scene.mirror().await;
    let to = Recipient::fresh(&mut rng(24));
    let receipt = scene.receipt(0);
    let mut forged = asked(&receipt, &to);
    forged["leaf"] = json!(receipt.1.replacen("hunt", "detect", 1));
    scene.post_json("/key-release", &forged).await.is(422, "release.receipt");
    scene.pass(61);
    scene.post_json("/key-release", &asked(&receipt, &to)).await.is(403, "release.stale");
    scene.pass(-61);
    let reply = scene.post_json("/key-release", &asked(&receipt, &to)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let released = reply.json();
    assert_eq!(released["number"], 1);
    let sealed = BASE64_STANDARD.decode(released["shares"][0]["share"].as_str().unwrap()).unwrap();
    let aad = [&intent.0.as_bytes()[..], batch.0.as_bytes()].concat();
    let share = to.open(RELEASE_INFO, &aad, &sealed).unwrap();
    let share = Share::from_bytes(share.as_slice().try_into().unwrap());
    let mut plain = Vec::new();
    decrypt(&DataKey::joined(&operator, &share), batch.0.as_bytes(), &stored[..], &mut plain).unwrap();
    assert_eq!(plain, b"records");

    // Once, also after a restart.
    let mut scene = scene.restarted(folder.path());
    scene.post_json("/key-release", &asked(&receipt, &to)).await.is(409, "release.used");
    scene.sample.done(intent, 1);
    scene.sample.sealed(batch);
    scene.mirror().await;
    scene.post_json("/key-release", &asked(&receipt, &to)).await.is(403, "release.closed");

    let order = json!({"mandate": mandate, "batches": [batch]});
    let other = json!({"mandate": MandateId(sample::id(3, 99)), "batches": [batch]});
    scene.post_json("/destroy", &other).await.is(422, "destroy.mandate");
    let reply = scene.post_json("/destroy", &order).await;
    let certificate: Signed<Destruction> = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(certificate.check().unwrap(), scene.seal);
    assert_eq!(scene.post_json("/destroy", &order).await.body, reply.body, "asked again: the same certificate");
    assert!(!folder.path().join("shares").join(batch.to_string()).exists());

    // Yesterday's backup of everything the operator has is of no use: no release gives the other half any more.
    scene.sample.intent(mandate, GovernedAct::Hunt, &[batch]);
    let unlawful = scene.sample.lines.len();
    scene.mirror().await;
    let after = scene.post_json("/key-release", &asked(&scene.receipt(0), &to)).await;
    after.is(410, "release.destroyed");
    let disposed = Disposed { certificate, reason: DisposalReason::Ordered };
    scene.sample.lines.truncate(unlawful);
    scene.sample.write(Actor::Hub, Body::Disposed(disposed));
    scene.mirror().await;
    let (cookie, _) = scene.sign_in(1).await;
    let page = scene.page("/board/mirror", &cookie).await.text();
    assert!(!page.contains("disposal-"), "{page}");
}

#[tokio::test]
async fn no_key_without_a_live_mandate() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path());
    let mandate = scene.sample.granted(terms(10));
    scene.mirror().await;
    let (batch, ..) = batch(&mut scene, mandate).await;
    let to = Recipient::fresh(&mut rng(24));
    scene.sample.suspended_for(mandate, 1);
    // The resumption is taken away again: the mandate stays suspended.
    scene.sample.lines.pop();
    scene.sample.intent(mandate, GovernedAct::Hunt, &[batch]);
    scene.mirror().await;
    scene.post_json("/key-release", &asked(&scene.receipt(0), &to)).await.is(403, "release.no_mandate");
    // A line that is no intent gives nothing either.
    scene.sample.wait(20);
    scene.mirror().await;
    scene.post_json("/key-release", &asked(&scene.receipt(0), &to)).await.is(422, "release.not_an_intent");
    let (cookie, _) = scene.sign_in(1).await;
    assert!(scene.page("/board/mirror", &cookie).await.text().contains("act-without-mandate"));
}
