//! What stories with a hub and a commission share: both programs, a clock, and the steps of a mandate's life.
#![allow(dead_code, reason = "each test uses a part of it")]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use noroshi_acts::testkit::*;
use noroshi_acts::{batches, hunts, mandates};
use noroshi_casework::mandate::Request;
use noroshi_clerk::{Commission, CommissionError, Duties};
use noroshi_commission::http::{DEMO_PASSPHRASE, Setup, router};
use noroshi_commission::keyring::{Keyring, Work, keep_commissioner};
use noroshi_commission::office::Mandatory;
use noroshi_leaf::{Answer, BatchOpened, BatchSealed, Digest, Leaf, Matter, Salt, Signer};
use noroshi_ledger::{LogKey, Policy};
use noroshi_model::Micros;
use noroshi_office::{Config, Hub, NotOpened, Sources};
use noroshi_seal::{DataKey, Recipient, RecipientKey, Share};
use noroshi_verify::{Lang, Replay};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

pub(crate) static CLOCK: AtomicI64 = AtomicI64::new(NOW.0);

pub(crate) fn now() -> Micros {
    Micros(CLOCK.load(Ordering::SeqCst))
}

/// Sets the clock of both programs back.
pub(crate) fn set_back(hours: i64) {
    CLOCK.store(at(hours).0, Ordering::SeqCst);
}

/// Sets the clock of both programs to some hours into the story.
pub(crate) fn set(hours: i64) {
    CLOCK.fetch_max(at(hours).0, Ordering::SeqCst);
}

pub(crate) fn random() -> [u8; 32] {
    static COUNT: AtomicU64 = AtomicU64::new(1 << 32);
    Digest::of(&COUNT.fetch_add(1, Ordering::Relaxed).to_le_bytes()).0
}

pub(crate) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

pub(crate) fn log_key() -> LogKey {
    LogKey::from_seed("hub.example.org/log", &[50; 32]).unwrap()
}

/// A commission's program on loopback; gives its address.
pub(crate) async fn commission(folder: &Path) -> String {
    let keys = folder.join("keys");
    let mut ring = Keyring::make(&keys, "commission.example.org", &mut rng(1)).unwrap();
    for n in 1..=5 {
        keep_commissioner(&keys, n, &[n; 32], DEMO_PASSPHRASE, Work::Light, &mut rng(n)).unwrap();
    }
    ring.seal = Signer::from_seed(&[99; 32]);
    let text = format!("log {}\nwitness mirror {}\nquorum mirror\n", log_key().public(), ring.mirror.public());
    let policy = Policy::parse(text.as_bytes()).unwrap();
    let log = log_key().public().clone();
    let given = Mandatory { log, policy, roster: roster(), release_seconds_max: 3_600 };
    let office = noroshi_commission::Office::open(folder, ring, given, rng(9)).unwrap();
    let (folder, clock) = (folder.to_owned(), Arc::new(now));
    let machine_tokens = Vec::new();
    let setup = Setup { office, clock, folder, demo: true, secure: false, machine_tokens, seed: [4; 32] };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router(setup)).await });
    format!("http://{address}")
}

/// A hub whose scribe is at work.
pub(crate) async fn hub(folder: &Path, commission: &str) -> Hub {
    let theirs = Commission::new(commission, None);
    let keys = blocking(move || theirs.keys()).await.unwrap();
    let keys = serde_json::json!({
        "mirror": keys.mirror, "witness": keys.witness, "hpke": keys.hpke, "roster": keys.roster,
    });
    std::fs::write(folder.join("commission-keys.json"), keys.to_string()).unwrap();
    std::fs::create_dir(folder.join("hub")).unwrap();
    noroshi_ledger::keys::write_key_file(&folder.join("hub/log.key"), &log_key().secret_text()).unwrap();
    let sample = include_str!("../../../../docs/samples/hub.toml");
    std::fs::write(folder.join("hub.toml"), sample.replace("http://127.0.0.1:4741", commission)).unwrap();
    let hub = reopened(folder).await.unwrap();
    let scribe = hub.scribe.clone();
    tokio::spawn(async move { scribe.run(std::future::pending()).await });
    hub
}

/// Opens the hub whose configuration lies in a folder.
pub(crate) async fn reopened(folder: &Path) -> Result<Hub, NotOpened> {
    let config = Config::read(&folder.join("hub.toml")).unwrap();
    Hub::open(config, Digest::of(b"program"), Sources { now, random }).await
}

pub(crate) async fn blocking<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(call).await.unwrap()
}

/// Waits until every line is in the log, under the commission's cosignature.
pub(crate) async fn written(hub: &Hub) {
    for _ in 0..1_500 {
        let carried = *hub.scribe.grown().borrow();
        if hub.acts.db.waiting_leaves().await.unwrap() == 0 && hub.acts.db.cursor().await.unwrap() == carried {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("lines still wait for the log: {:?}", hub.scribe.status());
}

/// The line of the log in which a text stands first.
pub(crate) async fn line_of(hub: &Hub, text: &str) -> Leaf {
    let size = *hub.scribe.grown().borrow();
    let entries = hub.scribe.log().reader().entries(0..size).unwrap();
    let entry = entries.iter().find(|entry| String::from_utf8_lossy(entry).contains(text)).unwrap();
    Leaf::from_bytes(entry).unwrap()
}

/// What an independent replay of the whole log finds, but for silence: this test's clock jumps by hours.
pub(crate) async fn found(hub: &Hub) -> Vec<String> {
    let size = *hub.scribe.grown().borrow();
    let mut replay = Replay::new(None);
    for (index, entry) in (0..).zip(hub.scribe.log().reader().entries(0..size).unwrap()) {
        replay.line(index, &entry);
    }
    let told = replay.found().iter().map(|violation| violation.sentence(Lang::En));
    told.filter(|sentence| !sentence.to_lowercase().contains("heartbeat")).collect()
}

pub(crate) async fn requested_and_granted(hub: &Hub, duties: &Duties, overseer: &Commission) {
    let acts = &hub.acts;
    enrolled(acts).await;
    let request = Request {
        necessity: said("no lighter means works"),
        selectors: vec![],
        selectors_salt: Salt(Digest::of(b"selectors")),
        terms: terms(),
        title: "Carrier North".into(),
    };
    mandates::request(acts, &signed(officer(), 0), MANDATE, request).await.unwrap();
    mandates::answer(acts, &by(liaison(), 0), MANDATE, Answer::Feasible, None, said("we can")).await.unwrap();
    written(hub).await;
    duties.round(now()).await.unwrap();
    let told = overseer.clone();
    assert!(
        blocking(move || told.decision(MANDATE, 1, Matter::Grant)).await.unwrap().is_none(),
        "nobody has voted yet"
    );
    set(1);
    mandates::decide(acts, &by(liaison(), 1), MANDATE, decision(&[1, 2, 3], 1)).await.unwrap();
}

/// Three commissioners vote for a matter on the first version, on the pages of their own program.
pub(crate) async fn voted(commission: &str, word: &'static str) {
    let (sign_in, board) = (format!("{commission}/board/sign-in"), format!("{commission}/board"));
    let path = format!("{commission}/board/vote/{MANDATE}/1/{word}");
    let cast = move || {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build().into();
        for number in ["1", "2", "3"] {
            let signed_in = agent.post(&sign_in).send_form([("number", number)]).unwrap();
            let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
            let page = agent.get(&board).header("cookie", &cookie).call().unwrap().body_mut().read_to_string().unwrap();
            let form = page.split("name=\"form\" value=\"").nth(1).unwrap()[..64].to_owned();
            let fields = [("form", form.as_str()), ("choice", "for"), ("conditions", ""), ("reasons", "it must be so")];
            let answer = agent.post(&path).header("cookie", &cookie).send_form(fields).unwrap();
            assert_eq!(answer.status().as_u16(), 303, "{word} {number}");
        }
    };
    blocking(cast).await;
}

/// A batch under a split key: gives the operator's half and the encrypted records.
pub(crate) async fn collected(hub: &Hub, overseer: &Commission) -> (Share, Vec<u8>) {
    let (acts, mut dice) = (&hub.acts, rng(7));
    let key = DataKey::fresh(&mut dice);
    let (own, theirs) = key.split(&mut dice);
    let opened = BatchOpened { commission_share: Digest(theirs.digest()), key: Digest(key.digest()), ..opened(1) };
    set(2);
    let begun = batches::begin(acts, &by(machine(), 2), opened, 0, scope()).await.unwrap();
    let receipt = hub.scribe.wait_receipt(begun.intent_line, Duration::from_secs(30)).await.unwrap();
    assert!(receipt.is_some(), "the intent to collect stands in the log before anything comes");
    written(hub).await;
    let told = overseer.clone();
    let hpke = blocking(move || told.keys()).await.unwrap().hpke;
    let to = RecipientKey::from_bytes(&hex::decode(hpke).unwrap()).unwrap();
    let sealed = to.seal("noroshi/share/v1", BATCH.0.as_bytes(), theirs.bytes(), &mut dice).unwrap();
    let (told, share) = (overseer.clone(), BASE64_STANDARD.encode(sealed));
    blocking(move || told.deposit(BATCH, &share)).await.unwrap();
    let mut cipher = Vec::new();
    noroshi_seal::encrypt(&key, BATCH.0.as_bytes(), &mut dice, &b"records"[..], &mut cipher).unwrap();
    set(3);
    let sealed = BatchSealed { ciphertext: Digest::of(&cipher), from: at(2), until: at(3), ..balance() };
    batches::seal(acts, &by(machine(), 3), sealed, begun.intent).await.unwrap();
    (own, cipher)
}

/// A hunt that gets the commission's half against its receipt, reads, and closes.
pub(crate) async fn hunted(hub: &Hub, overseer: &Commission, own: &Share, cipher: &[u8]) {
    let (acts, mut dice) = (&hub.acts, rng(8));
    set(4);
    let hunt = hunts::ask(acts, &by(analyst(), 4), HUNT, MANDATE, question()).await.unwrap().hunt;
    written(hub).await;
    let line = line_of(hub, &hunt.intent.to_string()).await;
    let receipt = hub.scribe.receipt(line.id).await.unwrap().unwrap();
    let proven = acts.proven(line.id, &receipt).await.unwrap();
    hunts::permit(acts, &by(analyst(), 4), HUNT, &proven).await.unwrap();
    let mine = Recipient::fresh(&mut dice);
    let receipt = String::from_utf8(receipt).unwrap();
    let (leaf, to) = (String::from_utf8(line.to_bytes().unwrap()).unwrap(), mine.public().to_hex());
    let (told, ask) = (overseer.clone(), (receipt, leaf, to));
    let again = ask.clone();
    let released = blocking(move || told.release(&ask.0, &ask.1, &ask.2)).await.unwrap();
    let share = BASE64_STANDARD.decode(&released.shares[0].share).unwrap();
    let aad = [hunt.intent.0.as_bytes().as_slice(), BATCH.0.as_bytes()].concat();
    let theirs = mine.open("noroshi/release/v1", &aad, &share).unwrap();
    let theirs = Share::from_bytes(theirs.as_slice().try_into().unwrap());
    let mut records = Vec::new();
    noroshi_seal::decrypt(&DataKey::joined(own, &theirs), BATCH.0.as_bytes(), cipher, &mut records).unwrap();
    assert_eq!(records, b"records");
    let told = overseer.clone();
    let twice = blocking(move || told.release(&again.0, &again.1, &again.2)).await.unwrap_err();
    assert!(matches!(twice, CommissionError::Refused { code, .. } if code == "release.used"), "once");
    set(5);
    hunts::close(acts, &by(analyst(), 5), HUNT, 1, Digest::of(&records)).await.unwrap();
}

/// Everything of a hub as it stands: what a backup takes while nothing is written.
pub(crate) fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &there);
        } else {
            std::fs::copy(entry.path(), there).unwrap();
        }
    }
}
