//! What went wrong, as others read it (RFC 9457): a status, a stable code, a sentence.

use serde::Serialize;

/// A refusal or failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// A code that never changes its meaning.
    pub code: &'static str,
    /// What was wrong and what to do.
    pub detail: String,
}

/// Its JSON.
#[derive(Serialize)]
struct Shape<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
}

impl Problem {
    /// A problem.
    pub fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into() }
    }

    /// Something here failed: the disk, most likely. The detail goes to the program's own log, not out.
    pub fn own(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed here");
        Self::new(500, "commission.failed", "the commission's program failed; nothing was done")
    }

    /// Its bytes as `application/problem+json`.
    pub fn to_json(&self) -> Vec<u8> {
        let title = match self.status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            409 => "Conflict",
            410 => "Gone",
            413 => "Content Too Large",
            422 => "Unprocessable Content",
            429 => "Too Many Requests",
            _ => "Internal Server Error",
        };
        let shape = Shape { kind: "about:blank", title, status: self.status, code: self.code, detail: &self.detail };
        serde_json::to_vec(&shape).unwrap_or_default()
    }
}
