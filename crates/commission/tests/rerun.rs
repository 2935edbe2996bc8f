//! "Run this hour again": the hub hands over what a selection followed from, and it is made again here.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod scene;

use axum::body::Body as Content;
use axum::http::Request;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use noroshi_commission::inspect::{draw, seed_for};
use noroshi_commission::office::SHARE_INFO;
use noroshi_leaf::{BatchSealed, Body, Commitment, Digest, GovernedAct, Salt};
use noroshi_ledger::Hash;
use noroshi_model::{BatchId, IntentId, MandateId};
use noroshi_seal::{DataKey, Recipient, RecipientKey, encrypt};
use noroshi_select::pulse::Pulse;
use noroshi_select::selector::exactly;
use noroshi_select::server::{ServerContext, Usual};
use noroshi_select::{Before, Figures, Hour, Input, Rules, Selected};
use noroshi_verify::sample::terms;
use scene::{Reply, Scene, rng};
use serde_json::json;

/// A server abroad that one client calls every minute.
fn beating(number: u128) -> Figures {
    Figures {
        id: (0xffff_c633_6400 + number, 8_443, 6),
        server: ServerContext { clients: 1, regular_clients: 1, crowd: 1, siblings: 1, ..ServerContext::default() },
        pulse: Some(Pulse {
            contacts: 90,
            beats: 90,
            period_s: 60.0,
            spread: 0.3,
            pair_spread: f64::INFINITY,
            span_s: 5_400.0,
            coverage: 1.0,
            same_out: 1.0,
            same_in: 1.0,
            bytes: 400.0,
            answered: 1.0,
            ..Pulse::default()
        }),
        pooled: None,
    }
}

/// What the selection of a batch followed from: five servers in one hour.
fn honest(batch: BatchId, mandate: MandateId, before: Option<Before>) -> Input {
    let hour = Hour::new(3_600, Usual { hosts: 100, sampling: 1, ..Usual::default() }, (1..6).map(beating).collect());
    let earlier = before.as_ref().map(|before| before.selected.clone()).unwrap_or_default();
    let selected = Selected::beginning(&[], earlier).with(hour.choose());
    Input {
        batch,
        mandate,
        version: 1,
        rules: Rules::own(),
        named: vec![],
        before,
        hours: vec![(hour, selected.fingerprint())],
        selected,
        salt: [6; 32],
    }
}

/// A batch whose line commits to an input, and what the hub has of it.
struct Kept {
    batch: BatchId,
    key: DataKey,
    ciphertext: Vec<u8>,
}

async fn kept(scene: &mut Scene, mandate: MandateId, input: impl FnOnce(BatchId) -> Input) -> Kept {
    let key = DataKey::fresh(&mut rng(20));
    let (_, commission) = key.split(&mut rng(21));
    let batch = scene.sample.batch(mandate, "192.0.2.1");
    let Body::BatchOpened(opened) = scene.last() else { unreachable!() };
    (opened.key, opened.commission_share) = (Digest(key.digest()), Digest(commission.digest()));
    scene.mirror().await;
    let to = RecipientKey::from_bytes(&scene.hpke).unwrap();
    let share = to.seal(SHARE_INFO, batch.0.as_bytes(), commission.bytes(), &mut rng(22)).unwrap();
    let deposit = json!({"batch": batch, "share": BASE64_STANDARD.encode(share)});
    assert_eq!(scene.post_json("/shares", &deposit).await.status, 200);
    let (input, key, mut ciphertext) = (input(batch), key.derived("noroshi/selection-input/v1"), Vec::new());
    encrypt(&key, batch.0.as_bytes(), &mut rng(23), &input.to_bytes().unwrap()[..], &mut ciphertext).unwrap();
    scene.sample.sealed(batch);
    let Body::BatchSealed(sealed) = scene.last() else { unreachable!() };
    sealed.input = BatchSealed::input_digest(&key.digest(), &Digest::of(&ciphertext));
    sealed.selection = Commitment::to(input.selected.fingerprint().as_bytes(), &Salt(Digest(input.salt)));
    scene.mirror().await;
    Kept { batch, key, ciphertext }
}

/// The hub's part: an intent, the commission's half against its receipt, and then what lies there.
async fn handed_over(scene: &mut Scene, mandate: MandateId, kept: &Kept, number: u64, act: GovernedAct) -> Reply {
    let intent = scene.sample.intent(mandate, act, &[kept.batch]);
    scene.mirror().await;
    let receipt = scene.receipt(0);
    let to = Recipient::fresh(&mut rng(24));
    let ask = json!({"receipt": receipt.0, "leaf": receipt.1, "public_key": to.public().to_hex()});
    assert_eq!(scene.post_json("/key-release", &ask).await.status, 200);
    let reply = given(scene, kept, number, intent).await;
    scene.sample.done(intent, 1);
    scene.mirror().await;
    reply
}

async fn given(scene: &Scene, kept: &Kept, number: u64, intent: IntentId) -> Reply {
    let aad = [&kept.batch.0.as_bytes()[..], intent.0.as_bytes()].concat();
    let to = RecipientKey::from_bytes(&scene.hpke).unwrap();
    let key = kept.key.sealed_to(&to, "noroshi/rerun-key/v1", &aad, &mut rng(25)).unwrap();
    let request = Request::post(format!("/reproductions/{number}"))
        .header("noroshi-intent", intent.to_string())
        .header("noroshi-key", BASE64_STANDARD.encode(key));
    scene.send(request.body(Content::from(kept.ciphertext.clone())).unwrap()).await
}

async fn asked(scene: &Scene, batch: &str) {
    let (cookie, form) = scene.sign_in(1).await;
    let reply = scene.form("/board/reruns", &cookie, &format!("form={form}&batch={batch}")).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
}

async fn page(scene: &Scene) -> String {
    let (cookie, _) = scene.sign_in(1).await;
    scene.page("/board/reruns", &cookie).await.text()
}

/// Runs a batch with a changed input again: what the page says of it.
async fn said_of(change: impl FnOnce(&mut Input)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path());
    let mandate = scene.sample.granted(terms(10));
    let kept = kept(&mut scene, mandate, |batch| {
        let mut input = honest(batch, mandate, None);
        change(&mut input);
        input
    })
    .await;
    asked(&scene, &kept.batch.to_string()).await;
    let reply = handed_over(&mut scene, mandate, &kept, 1, GovernedAct::Reproduce).await;
    assert_eq!(reply.json(), json!({"equal": false, "number": 1}));
    let page = page(&scene).await;
    assert!(page.contains("DIFFERENT"), "{page}");
    page
}

#[tokio::test]
async fn an_honest_hour_is_reproduced_byte_for_byte_and_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path());
    let mandate = scene.sample.granted(terms(10));
    let first = kept(&mut scene, mandate, |batch| honest(batch, mandate, None)).await;
    let before = Before { batch: first.batch, salt: [6; 32], selected: honest(first.batch, mandate, None).selected };
    let second = kept(&mut scene, mandate, |batch| honest(batch, mandate, Some(before))).await;
    for (kept, number) in [(&first, 1), (&second, 2)] {
        asked(&scene, &kept.batch.to_string()).await;
        assert_eq!(scene.get("/reproductions").await.json(), json!([{"batch": kept.batch, "number": number}]));
        let reply = handed_over(&mut scene, mandate, kept, number, GovernedAct::Reproduce).await;
        assert_eq!(reply.json(), json!({"equal": true, "number": number}));
        assert_eq!(scene.get("/reproductions").await.json(), json!([]));
    }
    let reply = handed_over(&mut scene, mandate, &first, 1, GovernedAct::Reproduce).await;
    reply.is(409, "reproduction.done");
    let scene = scene.restarted(folder.path());
    let page = page(&scene).await;
    assert!(page.matches("equal byte for byte").count() == 2 && !page.contains("DIFFERENT"), "{page}");
}

#[tokio::test]
async fn a_changed_byte_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path());
    let mandate = scene.sample.granted(terms(10));
    let mut kept = kept(&mut scene, mandate, |batch| honest(batch, mandate, None)).await;
    let middle = kept.ciphertext.len() / 2;
    kept.ciphertext[middle] ^= 1;
    asked(&scene, &kept.batch.to_string()).await;
    let reply = handed_over(&mut scene, mandate, &kept, 1, GovernedAct::Reproduce).await;
    assert_eq!(reply.json()["equal"], false);
    let page = page(&scene).await;
    assert!(page.contains("not what the batch&#x27;s line commits to") || page.contains("line commits to"), "{page}");
}

#[tokio::test]
async fn a_server_dropped_added_or_smuggled_in_from_before_is_found() {
    let page = said_of(|input| drop(input.selected.selectors.remove(2))).await;
    assert!(page.contains("dropped, though it is selected: 198.51.100.3 8443/6"), "{page}");
    let page = said_of(|input| input.selected.selectors.push(exactly(0xffff_cb00_7109, 443, 6, "beacon"))).await;
    assert!(page.contains("added, and nothing selects it: 203.0.113.9 443/6"), "{page}");
    let page = said_of(|input| {
        let smuggled = Selected::default().with(vec![exactly(0xffff_cb00_7109, 443, 6, "beacon")]);
        let before = Before { batch: BatchId(noroshi_verify::sample::id(4, 999)), salt: [1; 32], selected: smuggled };
        *input = honest(input.batch, input.mandate, Some(before));
    })
    .await;
    assert!(page.contains("not what the batch before ended with"), "{page}");
    let page = said_of(|input| {
        input.named = vec![("203.0.113.9".parse().unwrap(), Some(443))];
        input.selected = Selected::beginning(&input.named, Selected::default()).with(input.hours[0].0.choose());
        input.hours[0].1 = input.selected.fingerprint();
    })
    .await;
    assert!(page.contains("not those of the request"), "{page}");
}

#[tokio::test]
async fn another_threshold_and_a_selection_of_another_batch_are_found() {
    let page = said_of(|input| input.rules.look_from = -3.0).await;
    assert!(page.contains("another threshold or other weights"), "{page}");
    let page = said_of(|input| input.batch = BatchId(noroshi_verify::sample::id(4, 999))).await;
    assert!(page.contains("of another batch, mandate or version"), "{page}");
}

#[tokio::test]
async fn nothing_is_run_without_an_intent_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path());
    let mandate = scene.sample.granted(terms(10));
    let kept = kept(&mut scene, mandate, |batch| honest(batch, mandate, None)).await;
    asked(&scene, &kept.batch.to_string()).await;
    handed_over(&mut scene, mandate, &kept, 1, GovernedAct::Hunt).await.is(409, "reproduction.intent");
    handed_over(&mut scene, mandate, &kept, 7, GovernedAct::Reproduce).await.is(404, "reproduction.unknown");
    let unreleased = scene.sample.intent(mandate, GovernedAct::Reproduce, &[kept.batch]);
    scene.mirror().await;
    given(&scene, &kept, 1, unreleased).await.is(409, "reproduction.intent");
    let (cookie, form) = scene.sign_in(1).await;
    let nowhere = format!("form={form}&batch={}", BatchId(noroshi_verify::sample::id(4, 999)));
    assert_eq!(scene.form("/board/reruns", &cookie, &nowhere).await.status, 404);
}

#[tokio::test]
async fn a_draw_is_decided_by_a_tree_nobody_knew() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path());
    let mandate = scene.sample.granted(terms(10));
    for _ in 0..5 {
        kept(&mut scene, mandate, |batch| honest(batch, mandate, None)).await;
    }
    asked(&scene, "").await;
    assert_eq!(scene.get("/reproductions").await.json(), json!([]), "nobody knows yet");
    let sealed: Vec<(u64, BatchId)> = (0..)
        .zip(&scene.sample.lines)
        .filter_map(|(index, line)| match &line.body {
            Body::BatchSealed(sealed) => Some((index, sealed.batch)),
            _ => None,
        })
        .collect();
    scene.sample.wait(30);
    scene.mirror().await;
    let path = format!("/mirror/{}/checkpoint", noroshi_ledger::witness::origin_hash("sample.example.org/log"));
    let checkpoint = scene.get(&path).await.text();
    let root = Hash::parse_hash(checkpoint.lines().nth(2).unwrap()).unwrap();
    let lines: Vec<u64> = sealed.iter().map(|(line, _)| *line).collect();
    let drawn = draw(&seed_for("noroshi/rerun/v1", 1, &root), &lines, 1);
    let (_, batch) = sealed.iter().find(|(line, _)| drawn.contains(line)).unwrap();
    assert_eq!(scene.get("/reproductions").await.json(), json!([{"batch": batch, "number": 1}]));
}
