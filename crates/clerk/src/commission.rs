//! The commission's routes, as `docs/commission.md` describes them. Blocking: call it off the runtime's threads.

use noroshi_casework::Said;
use noroshi_casework::mandate::{Decision, Mandate, Selector};
use noroshi_leaf::{Answer, Destruction, Matter, Salt, Signed, Terms};
use noroshi_ledger::peers::{Response, Transport};
use noroshi_model::{BatchId, IntentId, MandateId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long one request may take.
const LIMIT: Duration = Duration::from_secs(20);
/// Bytes of one answer at most.
const ANSWER_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Why the commission's program did not do it.
#[derive(Debug, thiserror::Error)]
pub enum CommissionError {
    /// It cannot be reached.
    #[error("the commission's program at {url} cannot be reached: {why}")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        why: String,
    },
    /// It said no.
    #[error("the commission's program refused ({status} {code}): {detail}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its code, for example `destroy.held`.
        code: String,
        /// In words.
        detail: String,
    },
    /// Its answer cannot be read.
    #[error("the commission's program gave an answer that cannot be read: {0}")]
    Answer(serde_json::Error),
}

/// The commission's program, from the hub's side.
#[derive(Clone)]
pub struct Commission {
    agent: ureq::Agent,
    url: String,
    token: Option<String>,
}

impl std::fmt::Debug for Commission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Commission({})", self.url)
    }
}

#[derive(Serialize)]
struct RequestDocument<'a> {
    mandate: MandateId,
    version: u32,
    title: &'a str,
    necessity: &'a Said,
    terms: &'a Terms,
    selectors: &'a [Selector],
    selectors_salt: Salt,
    answer: Option<AnswerDocument<'a>>,
    objection: Option<&'a Said>,
}

#[derive(Serialize)]
struct AnswerDocument<'a> {
    answer: Answer,
    load_cap_records_per_second: Option<u64>,
    reason: &'a Said,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    detail: String,
}

/// What a key release gives: a share for each batch, sealed to the key that was sent.
#[derive(Debug, Deserialize)]
pub struct Released {
    /// The shares.
    pub shares: Vec<ReleasedShare>,
}

/// One released share.
#[derive(Debug, Deserialize)]
pub struct ReleasedShare {
    /// Of which batch.
    pub batch: BatchId,
    /// The envelope, base64.
    pub share: String,
}

/// A batch whose selection the commission wants to make again.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct AskedAgain {
    /// Which batch.
    pub batch: BatchId,
    /// The number it is asked under.
    pub number: u64,
}

/// The input of a selection as it lies, and what opens it.
pub struct Input {
    /// Against which intent the commission released its half of the key.
    pub intent: IntentId,
    /// The key of the input, sealed to the commission, base64.
    pub key: String,
    /// The encrypted input.
    pub ciphertext: Vec<u8>,
}

/// Public keys of the commission's program.
#[derive(Debug, Clone, Deserialize)]
pub struct Keys {
    /// The mirror's vkey.
    pub mirror: String,
    /// The witness's vkey.
    pub witness: String,
    /// HPKE public key, hexadecimal.
    pub hpke: String,
    /// Who votes, and the seal.
    pub roster: noroshi_leaf::Roster,
}

impl Commission {
    /// By its address, for example `http://127.0.0.1:4741`, and the token it gave this hub.
    pub fn new(url: impl Into<String>, token: Option<String>) -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(LIMIT)).http_status_as_error(false).build();
        Self { agent: config.into(), url: url.into().trim_end_matches('/').to_owned(), token }
    }

    /// Its public keys.
    ///
    /// # Errors
    /// [`CommissionError`].
    pub fn keys(&self) -> Result<Keys, CommissionError> {
        read(&self.get("/keys")?.1)
    }

    /// Hands over the version of a mandate that waits, with what the carrier said.
    ///
    /// # Errors
    /// [`CommissionError`]; `request.not_in_log` may pass.
    pub fn request(&self, mandate: &Mandate) -> Result<(), CommissionError> {
        let Some(pending) = &mandate.pending else {
            return Ok(());
        };
        let answer = pending.answer.as_ref().map(|answer| AnswerDocument {
            answer: answer.answer,
            load_cap_records_per_second: answer.load_cap_records_per_second,
            reason: &answer.reason,
        });
        let document = RequestDocument {
            mandate: mandate.id,
            version: pending.version,
            title: &pending.request.title,
            necessity: &pending.request.necessity,
            terms: &pending.request.terms,
            selectors: &pending.request.selectors,
            selectors_salt: pending.request.selectors_salt,
            answer,
            objection: pending.objection.as_ref(),
        };
        self.post_json("/requests", &document).map(drop)
    }

    /// The decision on a matter of a version, once there is one. That it was decided does not say how: it may be
    /// that so many are against it that it cannot carry.
    ///
    /// # Errors
    /// [`CommissionError`].
    pub fn decision(
        &self,
        mandate: MandateId,
        version: u32,
        matter: Matter,
    ) -> Result<Option<Decision>, CommissionError> {
        let behind = match matter {
            Matter::Grant => "",
            Matter::Suspend => "/suspend",
            Matter::Resume => "/resume",
            Matter::Revoke => "/revoke",
            // Who sits on the commission is not a question about a mandate.
            Matter::Replace => return Ok(None),
        };
        let (status, body) = self.get(&format!("/decisions/{mandate}/{version}{behind}"))?;
        match status {
            200 => read(&body).map(Some),
            202 | 404 => Ok(None),
            _ => Err(refused(status, &body)),
        }
    }

    /// Deposits the commission's share of a data key, sealed to it.
    ///
    /// # Errors
    /// [`CommissionError`]; `share.unknown_batch` may pass.
    pub fn deposit(&self, batch: BatchId, share: &str) -> Result<(), CommissionError> {
        self.post_json("/shares", &serde_json::json!({ "batch": batch, "share": share })).map(drop)
    }

    /// Asks for the shares of the batches an intent names, against its receipt.
    ///
    /// # Errors
    /// [`CommissionError`]; `release.not_mirrored` may pass.
    pub fn release(&self, receipt: &str, leaf: &str, public_key: &str) -> Result<Released, CommissionError> {
        let body = serde_json::json!({ "receipt": receipt, "leaf": leaf, "public_key": public_key });
        read(&self.post_json("/key-release", &body)?)
    }

    /// Has the shares of batches destroyed, for good.
    ///
    /// # Errors
    /// [`CommissionError`]; `destroy.held` while a finding keeps a batch.
    pub fn destroy(&self, mandate: MandateId, batches: &[BatchId]) -> Result<Signed<Destruction>, CommissionError> {
        read(&self.post_json("/destroy", &serde_json::json!({ "mandate": mandate, "batches": batches }))?)
    }

    /// What the commission wants to be run again.
    ///
    /// # Errors
    /// [`CommissionError`].
    pub fn asked_again(&self) -> Result<Vec<AskedAgain>, CommissionError> {
        let (status, body) = self.get("/reproductions")?;
        if status == 200 { read(&body) } else { Err(refused(status, &body)) }
    }

    /// Hands over the input of a selection, for the commission to make it again.
    ///
    /// # Errors
    /// [`CommissionError`]; `reproduction.not_mirrored` may pass.
    pub fn run_again(&self, number: u64, input: &Input) -> Result<(), CommissionError> {
        let url = format!("{}/reproductions/{number}", self.url);
        let mut request = self.agent.post(&url).header("content-type", "application/octet-stream");
        request = request.header("noroshi-intent", input.intent.to_string()).header("noroshi-key", &input.key);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let (status, body) = self.answer(&url, request.send(input.ciphertext.as_slice()))?;
        if status == 200 { Ok(()) } else { Err(refused(status, &body)) }
    }

    /// How the log reaches the commission's mirror (`mirror`) or witness (`witness`).
    pub fn transport(&self, role: &'static str) -> impl Transport + use<> {
        let commission = self.clone();
        move |path: &str, body: &[u8]| -> Result<Response, String> {
            let (status, body) =
                commission.post(&format!("/{role}/{path}"), "text/plain", body).map_err(|error| error.to_string())?;
            Ok(Response { status, body })
        }
    }

    fn get(&self, path: &str) -> Result<(u16, Vec<u8>), CommissionError> {
        let url = format!("{}{path}", self.url);
        let mut request = self.agent.get(&url);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.answer(&url, request.call())
    }

    fn post(&self, path: &str, kind: &str, body: &[u8]) -> Result<(u16, Vec<u8>), CommissionError> {
        let url = format!("{}{path}", self.url);
        let mut request = self.agent.post(&url).header("content-type", kind);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.answer(&url, request.send(body))
    }

    fn post_json(&self, path: &str, body: &impl Serialize) -> Result<Vec<u8>, CommissionError> {
        let body = serde_json::to_vec(body).map_err(CommissionError::Answer)?;
        let (status, answer) = self.post(path, "application/json", &body)?;
        if status == 200 { Ok(answer) } else { Err(refused(status, &answer)) }
    }

    fn answer(
        &self,
        url: &str,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<(u16, Vec<u8>), CommissionError> {
        let unreachable =
            |error: ureq::Error| CommissionError::Unreachable { url: url.to_owned(), why: error.to_string() };
        let mut answer = answer.map_err(unreachable)?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().map_err(unreachable)?;
        Ok((status, body))
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, CommissionError> {
    serde_json::from_slice(body).map_err(CommissionError::Answer)
}

fn refused(status: u16, body: &[u8]) -> CommissionError {
    let problem: Option<Problem> = serde_json::from_slice(body).ok();
    let (code, detail) = problem.map_or_else(Default::default, |problem| (problem.code, problem.detail));
    CommissionError::Refused { status, code, detail }
}

impl CommissionError {
    /// Whether the same request may succeed a little later: it cannot be reached, or its mirror is behind.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { code, status, .. } => {
                *status >= 500
                    || matches!(
                        code.as_str(),
                        "request.not_in_log"
                            | "share.unknown_batch"
                            | "release.not_mirrored"
                            | "reproduction.not_mirrored"
                    )
            }
            Self::Answer(_) => false,
        }
    }
}
