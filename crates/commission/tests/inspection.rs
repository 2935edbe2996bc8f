//! Samples, canaries, findings, the report; and what every route refuses.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod scene;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use noroshi_commission::inspect::{draw, seed};
use noroshi_commission::limits;
use noroshi_commission::text::Text;
use noroshi_leaf::body::{Inspection, InspectionStep};
use noroshi_leaf::{Body, Commitment, Digest, GovernedAct, Salt};
use noroshi_ledger::Hash;
use noroshi_model::Micros;
use noroshi_verify::sample::{LINE, by, terms};
use scene::Scene;
use serde_json::json;

#[tokio::test]
async fn a_sample_is_drawn_by_a_tree_nobody_knew() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path());
    let mandate = scene.sample.granted(terms(10));
    let (salt, payload) = (Salt(Digest::of(b"salt")), b"servers of 192.0.2.1".to_vec());
    for _ in 0..20 {
        let scope = Commitment::to(&payload, &salt);
        let intent = scene.sample.intent_on(mandate, GovernedAct::Detect, &[], scope);
        scene.sample.done(intent, 1);
    }
    scene.mirror().await;
    let (cookie, form) = scene.sign_in(1).await;
    let announce = |count: u64| format!("form={form}&count={count}");
    assert_eq!(scene.form("/board/samples", &cookie, &announce(limits::SAMPLE_MAX + 1)).await.status, 422);
    assert_eq!(scene.form("/board/samples", &cookie, &announce(4)).await.status, 303);
    assert_eq!(scene.get("/samples/1").await.json()["seed"], json!(null));
    scene.sample.wait(30);
    scene.mirror().await;
    let sample = scene.get("/samples/1").await.json();
    // Anybody draws the same from the public files.
    let path = format!("/mirror/{}/checkpoint", noroshi_ledger::witness::origin_hash("sample.example.org/log"));
    let checkpoint = scene.get(&path).await.text();
    let root = Hash::parse_hash(checkpoint.lines().nth(2).unwrap()).unwrap();
    let is_intent = |line: &noroshi_leaf::Leaf| matches!(line.body, Body::Intent(_));
    let candidates: Vec<u64> =
        (0..).zip(&scene.sample.lines).filter(|(_, line)| is_intent(line)).map(|(index, _)| index).collect();
    let expected = draw(&seed(1, &root), &candidates, 4);
    assert_eq!(sample["indexes"], json!(expected));
    let show = |payload: &[u8], count| {
        let shown = expected.iter().take(count);
        let each = shown.map(|i| json!({"index": i, "salt": salt, "payload": BASE64_STANDARD.encode(payload)}));
        json!(each.collect::<Vec<_>>())
    };
    let reply = scene.post_json("/samples/1", &show(&payload, 4)).await.json();
    assert_eq!(reply, json!({"missing": [], "wrong": []}));
    let reply = scene.post_json("/samples/1", &show(b"something else", 3)).await.json();
    assert_eq!(reply, json!({"missing": [expected[3]], "wrong": expected[..3]}));
}

#[tokio::test]
async fn findings_canaries_and_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path());
    let mandate = scene.sample.granted(terms(10));
    scene.sample.hour(mandate, &[], 20);
    scene.mirror().await;
    let (cookie, form) = scene.sign_in(2).await;

    let find = format!("form={form}&days=14&step=recommendation&text=keep+less");
    assert_eq!(scene.form("/board/findings", &cookie, &find).await.status, 303);
    let items = scene.get("/inspections").await.json();
    assert_eq!(items[0]["text"]["text"], "keep less");
    let text: Text = serde_json::from_value(items[0]["text"].clone()).unwrap();
    let answer = Text { salt: Salt(Digest::of(b"a")), text: "done".into() };
    let answer_json = serde_json::to_value(&answer).unwrap();
    scene.post_json("/inspections/1/answer", &answer_json).await.is(409, "inspection.not_in_log");
    let line =
        |step, text, due: Option<Micros>| Body::Inspection(Inspection { due, hunt: None, number: 1, step, text });
    let asked = line(InspectionStep::Recommendation, text.commitment(), Some(scene.sample.at));
    scene.sample.write(noroshi_leaf::Actor::Hub, asked);
    scene.sample.write(by(LINE), line(InspectionStep::Answer, answer.commitment(), None));
    scene.mirror().await;
    assert_eq!(scene.post_json("/inspections/1/answer", &answer_json).await.status, 200);
    scene.post_json("/inspections/1/answer", &answer_json).await.is(409, "inspection.answered");

    let there = scene.sample.lines.iter().find_map(|line| match &line.body {
        Body::Intent(intent) => Some(intent.scope),
        _ => None,
    });
    for scope in [there.unwrap(), Commitment(Digest::of(b"nowhere"))] {
        let plant = format!("form={form}&note=planted&scope={scope}&hours=1");
        assert_eq!(scene.form("/board/canaries", &cookie, &plant).await.status, 303);
    }
    scene.pass(2_000);
    let (cookie, _) = scene.sign_in(2).await;
    let page = scene.page("/board/samples", &cookie).await.text();
    assert!(page.contains("found at line") && page.contains("not yet due"), "{page}");

    let report = scene.page("/board/report/2026/markdown", &cookie).await.text();
    for row in ["| Acts: hunt | 20 |", "| Batches begun | 1 |", "| Refused: hunt | 1 |", "inspection-late"] {
        assert!(report.contains(row), "{row}\n{report}");
    }
    assert_eq!(scene.page("/board/report/2026", &cookie).await.status, 200);
    assert_eq!(scene.page("/board/report/123456", &cookie).await.status, 404);
    for path in ["/board", "/board/mirror", "/board/findings", "/board/samples", "/board/reruns"] {
        let page = scene.page(path, &cookie).await;
        assert_eq!(page.status, 200);
        assert!(page.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
        assert!(!page.text().contains("<script"), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_for_everybody_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path());
    scene.mirror().await;
    for path in ["/board", "/board/mirror", "/board/report/2026", "/board/findings"] {
        let reply = scene.get(path).await;
        assert_eq!((reply.status.as_u16(), &reply.headers["location"]), (303, &"/board/sign-in".parse().unwrap()));
    }
    assert_eq!(scene.form("/board/sign-in", "", "number=6").await.status, 403);
    let hash = noroshi_ledger::witness::origin_hash("sample.example.org/log");
    for path in ["/log/.state/checkpoint", "/log/..%2Fkeys%2Fseal.key", &format!("/mirror/{hash}/.state/pending")] {
        scene.get(path).await.is(404, "file.unknown");
    }
    scene.get(&format!("/mirror/{}/checkpoint", "0".repeat(64))).await.is(404, "file.origin");
    assert_eq!(scene.get("/log/checkpoint").await.status, 200);
    scene.post("/shares", "{").await.is(400, "body.malformed");
    scene.post("/shares", "{\"batch\":1}").await.is(400, "body.malformed");
    assert_eq!(scene.post("/shares", vec![b' '; limits::BODY_BYTES_MAX]).await.status, 400);
    assert_eq!(scene.post("/shares", vec![b' '; limits::BODY_BYTES_MAX + 1]).await.status, 413);
    assert_eq!(scene.post("/mirror/add-entries", vec![0; limits::BODY_BYTES_MAX + 1]).await.status, 404);
    assert_eq!(scene.post("/mirror/add-entries", vec![0; limits::ENTRIES_BYTES_MAX + 1]).await.status, 413);
    assert_eq!(scene.post("/witness/add-checkpoint", "x").await.status, 400);
    let keys = scene.get("/keys").await.json();
    assert!(keys["mirror"].as_str().unwrap().starts_with("commission.example.org/mirror+"));
    assert_eq!(scene.get("/nowhere").await.status, 404);
}
