//! A hub that keeps the rules, and a commission's program beside it, joined by its routes alone.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail loudly")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use noroshi_commission::Office;
use noroshi_commission::http::{DEMO_PASSPHRASE, Setup, router};
use noroshi_commission::keyring::{Keyring, Work, keep_commissioner};
use noroshi_commission::office::Mandatory;
use noroshi_leaf::{Body as Says, Signer};
use noroshi_ledger::disk::Memory;
use noroshi_ledger::mirror::AddEntries;
use noroshi_ledger::note::parse_signatures;
use noroshi_ledger::witness::AddCheckpoint;
use noroshi_ledger::{Log, LogKey, Note, Policy, Receipt};
use noroshi_model::{Micros, time::SECOND};
use noroshi_verify::sample::{self, Sample};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tower::ServiceExt as _;

pub struct Scene {
    pub sample: Sample,
    pub router: Router,
    pub hpke: [u8; 32],
    pub seal: noroshi_leaf::PublicKey,
    pub now: Arc<AtomicI64>,
    log: Log,
    policy: Policy,
    sent: u64,
    note: Option<Note>,
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn is(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.json()["code"].as_str()), (status, Some(code)), "{}", self.text());
    }
}

pub fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

fn key() -> LogKey {
    LogKey::from_seed(sample::ORIGIN, &[50; 32]).unwrap()
}

fn keyring(folder: &Path) -> Keyring {
    let keys = folder.join("keys");
    let mut ring = match Keyring::read(&keys) {
        Ok(ring) => ring,
        Err(_) => {
            let ring = Keyring::make(&keys, "commission.example.org", &mut rng(1)).unwrap();
            for number in 1..=5 {
                keep_commissioner(&keys, number, &[number; 32], DEMO_PASSPHRASE, Work::Light, &mut rng(number))
                    .unwrap();
            }
            ring
        }
    };
    ring.seal = Signer::from_seed(&[99; 32]);
    ring
}

impl Scene {
    pub fn open(folder: &Path) -> Self {
        let ring = keyring(folder);
        let (hpke, seal) = (ring.recipient.public().to_bytes(), ring.seal.public());
        let text = format!("log {}\nwitness m {}\nquorum m\n", key().public(), ring.mirror.public());
        let policy = Policy::parse(text.as_bytes()).unwrap();
        let given = Mandatory {
            log: key().public().clone(),
            policy: policy.clone(),
            roster: sample::roster(),
            release_seconds_max: 60,
        };
        let office = Office::open(folder, ring, given, rng(9)).unwrap();
        let now = Arc::new(AtomicI64::new(sample::BEGIN.0));
        let clock = Arc::clone(&now);
        let setup = Setup {
            office,
            clock: Arc::new(move || Micros(clock.load(Ordering::SeqCst))),
            folder: folder.to_owned(),
            demo: true,
            secure: false,
            machine_tokens: Vec::new(),
            seed: [4; 32],
        };
        let mut log = Log::open(Arc::new(Memory::default()), key()).unwrap();
        let start = log.signed().clone();
        log.confirm(&start, &Policy::log_alone(key().public().clone())).unwrap();
        let sample = Sample::begun();
        Self { sample, router: router(setup), hpke, seal, now, log, policy, sent: 0, note: None }
    }

    /// The same commission, started again over the same folder.
    pub fn restarted(self, folder: &Path) -> Self {
        let Self { sample, now, log, policy, sent, note, router, .. } = self;
        drop(router);
        let fresh = Self::open(folder);
        fresh.now.store(now.load(Ordering::SeqCst), Ordering::SeqCst);
        Self { sample, log, policy, sent, note, ..fresh }
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, body: to_bytes(response.into_body(), 64 << 20).await.unwrap().to_vec() }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.send(Request::post(path).body(body.into()).unwrap()).await
    }

    pub async fn post_json(&self, path: &str, body: &serde_json::Value) -> Reply {
        self.post(path, body.to_string()).await
    }

    /// Mirrors what the hub wrote; the commission's clock is the hub's from here.
    pub async fn mirror(&mut self) {
        let fresh: Vec<_> = self.sample.lines[usize::try_from(self.sent).unwrap()..].to_vec();
        let bytes: Vec<_> = fresh.iter().map(|leaf| leaf.to_bytes().unwrap()).collect();
        self.log.append_batch(&bytes).unwrap();
        let mut note = self.log.checkpoint().unwrap().clone();
        let reader = self.log.reader();
        self.now.store(self.sample.at.0, Ordering::SeqCst);
        let proof = reader.consistency(self.sent).unwrap();
        let request = AddCheckpoint { old: self.sent, proof, checkpoint: note.clone() };
        let reply = self.post("/mirror/add-checkpoint", request.to_bytes()).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let reply =
            self.post("/mirror/add-entries", AddEntries::build(sample::ORIGIN, &reader, self.sent).unwrap()).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        parse_signatures(&reply.body).unwrap().into_iter().for_each(|line| note.add(line));
        self.policy.check(&note).unwrap();
        self.sent = self.log.size();
        self.note = Some(note);
    }

    /// The receipt and bytes of the line the hub wrote `back` lines ago.
    pub fn receipt(&self, back: u64) -> (String, String) {
        let index = self.sent - 1 - back;
        let proof = self.log.reader().inclusion(index).unwrap();
        let receipt = Receipt { index, proof, checkpoint: self.note.clone().unwrap(), extra: None };
        let leaf = &self.sample.lines[usize::try_from(index).unwrap()];
        (receipt.to_text(), String::from_utf8(leaf.to_bytes().unwrap()).unwrap())
    }

    /// Changes the line the hub wrote last.
    pub fn last(&mut self) -> &mut Says {
        &mut self.sample.lines.last_mut().unwrap().body
    }

    pub fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds * SECOND, Ordering::SeqCst);
    }

    /// Signs in as a commissioner: the cookie, and the token its forms carry.
    pub async fn sign_in(&self, number: u8) -> (String, String) {
        let reply = self.form("/board/sign-in", "", &format!("number={number}")).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let page = self.page("/board", &cookie).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let page = page.text();
        let (_, rest) = page.split_once("name=\"form\" value=\"").unwrap();
        (cookie, rest[..64].to_owned())
    }

    pub async fn page(&self, path: &str, cookie: &str) -> Reply {
        let request = Request::get(path).header(header::COOKIE, format!("{cookie}; lang=en"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn form(&self, path: &str, cookie: &str, form: &str) -> Reply {
        let request = Request::post(path)
            .header(header::COOKIE, format!("{cookie}; lang=en"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }
}
