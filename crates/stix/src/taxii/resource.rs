//! Bodies of answers (sections 3.3 to 3.6, 4, 5).
//!
//! Absent properties are left out, as the standard has it; a client reads what other servers write with the same
//! types, and passes over what it does not know.

use crate::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a server has (section 4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// Its name.
    pub title: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whom to write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The API root for those who know of none; one of `api_roots`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Addresses of API roots.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub api_roots: Vec<String>,
}

/// A group of collections (section 4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiRoot {
    /// Its name.
    pub title: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Media types of the versions of TAXII it speaks.
    pub versions: Vec<String>,
    /// Bytes of a request body at most.
    pub max_content_length: u64,
}

/// Collections of an API root (section 5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collections {
    /// Those the asker may know of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collections: Vec<Collection>,
}

/// A collection (section 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// A UUID.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A name that may stand for the identifier in addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Whether the asker may read objects.
    pub can_read: bool,
    /// Whether the asker may add objects.
    pub can_write: bool,
    /// Media types of its objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media_types: Vec<String>,
}

/// Which objects there are (section 5.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Whether there is more; the standard has no `next` here, so clients go on after the last date added.
    #[serde(default)]
    pub more: bool,
    /// Where the rest begins, for clients that read it; a custom property of many servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// One version of one object each, by date added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<ManifestRecord>,
}

/// One version of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestRecord {
    /// Which object.
    pub id: Id,
    /// When it came into the collection.
    pub date_added: Timestamp,
    /// Which version.
    pub version: Timestamp,
    /// What it can be had as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// Versions of one object (section 5.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Whether there are more.
    #[serde(default)]
    pub more: bool,
    /// Where the rest begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The versions, by date added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<Timestamp>,
}

/// What became of objects that were sent (section 4.3).
///
/// The counts are those of the lists: they are kept by [`Status::success`], [`Status::failure`] and
/// [`Status::pending`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// A UUID.
    pub id: String,
    /// Whether all is decided.
    pub status: StatusState,
    /// When the request came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_timestamp: Option<Timestamp>,
    /// Objects in the request.
    pub total_count: u64,
    /// Objects taken.
    pub success_count: u64,
    /// Which were taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successes: Vec<StatusDetails>,
    /// Objects refused.
    pub failure_count: u64,
    /// Which were refused, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<StatusDetails>,
    /// Objects not decided on.
    pub pending_count: u64,
    /// Which are not decided on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pendings: Vec<StatusDetails>,
}

/// Whether a request is done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusState {
    /// All is decided.
    Complete,
    /// Some is not.
    Pending,
}

/// One object of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusDetails {
    /// Its identifier as sent; it need not be one, as that may be what is wrong.
    pub id: String,
    /// Its version.
    pub version: Timestamp,
    /// What is wrong, or odd.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Status {
    /// Of a request without objects so far.
    pub fn new(id: impl Into<String>, request_timestamp: Timestamp) -> Self {
        Self {
            id: id.into(),
            status: StatusState::Complete,
            request_timestamp: Some(request_timestamp),
            total_count: 0,
            success_count: 0,
            successes: Vec::new(),
            failure_count: 0,
            failures: Vec::new(),
            pending_count: 0,
            pendings: Vec::new(),
        }
    }

    /// One object was taken.
    pub fn success(&mut self, details: StatusDetails) {
        self.successes.push(details);
        self.count();
    }

    /// One object was refused.
    pub fn failure(&mut self, details: StatusDetails) {
        self.failures.push(details);
        self.count();
    }

    /// One object is not decided on.
    pub fn pending(&mut self, details: StatusDetails) {
        self.pendings.push(details);
        self.count();
    }

    fn count(&mut self) {
        self.success_count = self.successes.len() as u64;
        self.failure_count = self.failures.len() as u64;
        self.pending_count = self.pendings.len() as u64;
        self.total_count = self.success_count + self.failure_count + self.pending_count;
        self.status = if self.pending_count == 0 { StatusState::Complete } else { StatusState::Pending };
    }
}

/// What went wrong with a request (section 3.6.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorMessage {
    /// In a few words.
    pub title: String,
    /// In a sentence that says what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// This one occurrence, to be quoted to the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_id: Option<String>,
    /// A code that does not change with the wording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The HTTP status code, a text by the standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<String>,
    /// Where there is more about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_details: Option<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, serde_json::Value>,
}

impl ErrorMessage {
    /// Of an HTTP status code.
    pub fn new(http_status: u16, title: impl Into<String>, description: impl ToString) -> Self {
        Self {
            title: title.into(),
            description: Some(description.to_string()),
            http_status: Some(http_status.to_string()),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up() {
        let mut status = Status::new("2d086da7-4bdc-4f91-900e-d77486753710", Timestamp::from_micros(0));
        let details = |message: &str| StatusDetails {
            id: "indicator--x".to_owned(),
            version: Timestamp::from_micros(0),
            message: Some(message.to_owned()),
        };
        status.success(details("a"));
        status.failure(details("`id`: is not an identifier"));
        assert_eq!(status.status, StatusState::Complete);
        status.pending(details("c"));
        insta::assert_json_snapshot!(status);
    }

    #[test]
    fn absent_is_left_out_and_unknown_is_passed_over() {
        let text = r#"{"title":"t","api_roots":["https://example.org/a/"],"x_other":1}"#;
        let discovery: Discovery = serde_json::from_str(text).unwrap();
        assert_eq!(
            serde_json::to_string(&discovery).unwrap(),
            r#"{"title":"t","api_roots":["https://example.org/a/"]}"#
        );
        let empty: Manifest = serde_json::from_str("{}").unwrap();
        assert_eq!(empty, Manifest::default());
        let error = ErrorMessage::new(404, "Not found", "there is no such collection");
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#"{"title":"Not found","description":"there is no such collection","http_status":"404"}"#
        );
    }
}
