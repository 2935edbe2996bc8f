//! A collection that is written to, and what it dislikes.

use crate::server::{Reply, Request, Server};
use noroshi_stix::envelope;
use noroshi_stix::taxii::{Status, StatusDetails};
use noroshi_stix::{Received, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A collection that is written to.
#[derive(Clone, Default)]
pub(crate) struct Letterbox {
    /// How often each object was sent and read.
    pub(crate) got: Arc<Mutex<BTreeMap<String, u32>>>,
    /// Bytes it says it takes, and bytes it takes.
    pub(crate) says_bytes_max: u64,
    pub(crate) bytes_max: usize,
    /// Looks at a status before it is complete.
    pub(crate) looks: u32,
    pub(crate) waiting: Arc<Mutex<BTreeMap<String, (u32, Status)>>>,
    /// Names in objects that are refused one by one, and in objects for which the whole envelope is.
    pub(crate) dislikes: &'static str,
    pub(crate) hates: &'static str,
    /// What it has is a failure to give again.
    pub(crate) strict: bool,
}

impl Letterbox {
    pub(crate) fn new() -> Self {
        Self { says_bytes_max: 1 << 20, bytes_max: 1 << 20, dislikes: "\u{0}", hates: "\u{0}", ..Self::default() }
    }

    /// Decides later, and calls it a failure to be given what it has.
    pub(crate) fn slow_and_strict() -> Self {
        Self { strict: true, looks: 1, ..Self::new() }
    }

    pub(crate) fn answer(&self, request: &Request) -> Reply {
        match (request.method.as_str(), request.path.trim_matches('/').split('/').next_back().unwrap()) {
            ("GET", "api") => Reply::json(
                200,
                format!(
                    r#"{{"title":"t","versions":["{}"],"max_content_length":{}}}"#,
                    crate::server::TAXII,
                    self.says_bytes_max
                ),
            ),
            ("POST", "objects") => self.take(request),
            ("GET", "manifest") => {
                let ids: Vec<_> = request.parameter("match[id]").unwrap().split(',').collect();
                let got = self.got.lock().unwrap();
                let record = |id: &&str| {
                    let version = "2026-01-01T00:00:00.000Z";
                    serde_json::json!({"id": id, "date_added": version, "version": version})
                };
                let records: Vec<_> = ids.iter().filter(|id| got.contains_key(**id)).map(record).collect();
                Reply::json(200, serde_json::json!({"objects": records}).to_string())
            }
            ("GET", id) => {
                let mut waiting = self.waiting.lock().unwrap();
                let Some((looks, status)) = waiting.get_mut(id) else { return Reply::json(404, "{}") };
                *looks = looks.saturating_sub(1);
                let mut status = status.clone();
                if *looks > 0 {
                    status.status = noroshi_stix::taxii::StatusState::Pending;
                }
                Reply::json(200, serde_json::to_vec(&status).unwrap())
            }
            _ => Reply::json(405, "{}"),
        }
    }

    fn take(&self, request: &Request) -> Reply {
        if request.body.len() > self.bytes_max {
            return Reply::json(413, r#"{"title":"Too long"}"#);
        }
        let limits = noroshi_stix::Limits::default();
        let items = envelope::split(&request.body, &limits).unwrap();
        if String::from_utf8_lossy(&request.body).contains(self.hates) {
            return Reply::json(422, r#"{"title":"No","description":"one of these is hateful"}"#);
        }
        let mut status = Status::new(format!("s{}", request.number), Timestamp::from_micros(0));
        for item in items {
            let object = Received::read(item.bytes, &limits).unwrap();
            let id = object.id().to_string();
            let details = |message: Option<&str>| StatusDetails {
                id: id.clone(),
                version: object.version().unwrap(),
                message: message.map(str::to_owned),
            };
            let mut got = self.got.lock().unwrap();
            if object.text().contains(self.dislikes) {
                status.failure(details(Some("not\u{1b}liked")));
            } else if self.strict && got.contains_key(&id) {
                status.failure(details(None));
            } else {
                *got.entry(id.clone()).or_default() += 1;
                status.success(details(None));
            }
        }
        if self.looks > 0 {
            self.waiting.lock().unwrap().insert(status.id.clone(), (self.looks, status.clone()));
            status.status = noroshi_stix::taxii::StatusState::Pending;
        }
        Reply::json(202, serde_json::to_vec(&status).unwrap())
    }

    pub(crate) fn served(&self) -> Server {
        let own = self.clone();
        Server::new(move |request: &Request| own.answer(request))
    }

    pub(crate) fn got(&self) -> usize {
        self.got.lock().unwrap().len()
    }
}
