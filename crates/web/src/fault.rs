//! What can go wrong with a request, said once: as a page for people, as a problem (RFC 9457) for programs.

use crate::language::Language;
use crate::messages::Messages;
use crate::office::OfficeError;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use noroshi_authz::Refusal;
use noroshi_store::StoreError;
use noroshi_store::account::AccountError;
use serde_json::json;

/// The words of a fault.
#[derive(Clone)]
pub(crate) enum Say {
    /// A message of the catalogue.
    Message(fn(&Messages) -> &'static str),
    /// Words in both languages, from a rule.
    Both { ja: String, en: String },
}

/// Why a request is not answered as asked. Rendered by [`crate::serve`].
#[derive(Clone)]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    /// A word for programs; never changes.
    pub(crate) kind: &'static str,
    /// The rule that refused, where one did.
    pub(crate) rule: Option<String>,
    pub(crate) say: Say,
}

impl Fault {
    const fn new(status: StatusCode, kind: &'static str, message: fn(&Messages) -> &'static str) -> Self {
        Self { status, kind, rule: None, say: Say::Message(message) }
    }

    pub(crate) const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", |m| m.fault_not_found)
    }

    pub(crate) const fn sign_in_first() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign-in-first", |m| m.fault_sign_in_first)
    }

    pub(crate) const fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", |m| m.fault_method)
    }

    pub(crate) const fn elsewhere() -> Self {
        Self::new(StatusCode::FORBIDDEN, "sent-from-elsewhere", |m| m.fault_elsewhere)
    }

    pub(crate) const fn stale_form() -> Self {
        Self::new(StatusCode::FORBIDDEN, "stale-form", |m| m.fault_stale_form)
    }

    pub(crate) const fn malformed() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", |m| m.fault_malformed)
    }

    pub(crate) const fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", |m| m.fault_too_large)
    }

    pub(crate) const fn too_many() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", |m| m.fault_too_many)
    }

    pub(crate) const fn not_valid() -> Self {
        Self::new(StatusCode::FORBIDDEN, "not-valid", |m| m.fault_not_valid)
    }

    pub(crate) const fn needs_passkey() -> Self {
        Self::new(StatusCode::FORBIDDEN, "needs-passkey", |m| m.fault_needs_passkey)
    }

    pub(crate) const fn oidc() -> Self {
        Self::new(StatusCode::FORBIDDEN, "identity-provider", |m| m.fault_oidc)
    }

    pub(crate) const fn oidc_unknown() -> Self {
        Self::new(StatusCode::FORBIDDEN, "not-linked", |m| m.fault_oidc_unknown)
    }

    pub(crate) const fn ceremony_over() -> Self {
        Self::new(StatusCode::CONFLICT, "ceremony-over", |m| m.fault_ceremony_over)
    }

    pub(crate) const fn conflict() -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", |m| m.fault_conflict)
    }

    /// A rule refused.
    pub(crate) fn refused(rule: impl Into<String>, ja: impl Into<String>, en: impl Into<String>) -> Self {
        let say = Say::Both { ja: ja.into(), en: en.into() };
        Self { status: StatusCode::FORBIDDEN, kind: "refused", rule: Some(rule.into()), say }
    }

    /// Something failed here; the reason goes to the log, not to the page.
    pub(crate) fn failed(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", |m| m.fault_failed)
    }

    /// The sentence in one language.
    pub(crate) fn sentence(&self, language: Language) -> &str {
        match &self.say {
            Say::Message(message) => message(language.messages()),
            Say::Both { ja, en } => language.pick(ja, en),
        }
    }

    /// As a problem (RFC 9457).
    pub(crate) fn problem(&self, language: Language, request: &str) -> Response {
        let body = json!({
            "type": format!("urn:noroshi:problem:{}", self.kind),
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.sentence(language),
            "rule": self.rule,
            "instance": format!("urn:noroshi:request:{request}"),
        });
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::failed(&error)
    }
}

impl From<AccountError> for Fault {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Conflict { .. } => Self::conflict(),
            AccountError::NoOrganisation(_) | AccountError::NoPerson(_) => Self::not_found(),
            AccountError::Store(error) => Self::failed(&error),
            AccountError::Taken => Self::new(StatusCode::CONFLICT, "taken", |m| m.fault_taken),
            AccountError::BadOrganisation(_) | AccountError::Scope(_) | AccountError::Expired => Self::malformed(),
            _ => Self::not_valid(),
        }
    }
}

impl From<OfficeError> for Fault {
    fn from(error: OfficeError) -> Self {
        match error {
            OfficeError::NotFound => Self::not_found(),
            OfficeError::Refused { rule, ja, en } => Self::refused(rule, ja, en),
            OfficeError::Conflict => Self::conflict(),
            OfficeError::Failed(reason) => Self::failed(&reason),
        }
    }
}

impl From<Box<Refusal>> for Fault {
    fn from(refusal: Box<Refusal>) -> Self {
        let rule = refusal.decision().rules.first().cloned().unwrap_or_else(|| "nothing-permits".to_owned());
        Self::refused(rule, refusal.japanese(), refusal.english())
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        Self::failed(&error)
    }
}

impl From<crate::passkey::BadAnswer> for Fault {
    fn from(error: crate::passkey::BadAnswer) -> Self {
        tracing::info!(%error, "a passkey's answer was refused");
        Self::new(StatusCode::FORBIDDEN, "passkey-refused", |m| m.fault_passkey)
    }
}

impl From<crate::log::LogUnreadable> for Fault {
    fn from(error: crate::log::LogUnreadable) -> Self {
        Self::failed(&error)
    }
}
