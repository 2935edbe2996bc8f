//! Writing the folder: manifest, hashes and one file for each event.
//!
//! Same events, same bytes: a mirror that compares files sees only what changed.

use super::{Entry, Manifest, hash_lines};
use crate::event::Event;
use crate::fields::Fields;
use crate::limits::MANIFEST_EVENTS_MAX;
use serde_json::Value;
use std::collections::BTreeMap;

/// The files of a feed by name; the caller puts them where a web server finds them, `manifest.json` last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// `manifest.json`.
    pub manifest: String,
    /// `hashes.csv`.
    pub hashes: String,
    /// `UUID.json` and its content.
    pub events: BTreeMap<String, String>,
}

/// Why a feed was not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// An event without a time: nobody could tell whether it changed.
    #[error("event `{uuid}` has no `timestamp`: set it to the time of its last change")]
    Timeless {
        /// Which.
        uuid: String,
    },
    /// Two events with one UUID.
    #[error("event `{uuid}` stands twice: write its newest state alone")]
    Twice {
        /// Which.
        uuid: String,
    },
    /// More events than a manifest may name.
    #[error("{events} events are more than {MANIFEST_EVENTS_MAX}: split the feed")]
    TooMany {
        /// How many there are.
        events: usize,
    },
}

/// The fields of an event a manifest repeats.
const REPEATED: [&str; 5] = ["info", "date", "analysis", "threat_level_id", "Orgc"];

/// Writes a feed of events. A feed has no gates: who may read the folder reads all of it, so the caller chooses events
/// that may go there, by their [`distribution`](Event::distribution) and marking.
///
/// # Errors
/// [`WriteError`], and then nothing is written.
pub fn write(events: &[Event]) -> Result<Feed, WriteError> {
    if events.len() > MANIFEST_EVENTS_MAX {
        return Err(WriteError::TooMany { events: events.len() });
    }
    let mut manifest = Manifest::default();
    let mut files = BTreeMap::new();
    let mut hashes = BTreeMap::new();
    for event in events {
        if manifest.events.insert(event.uuid(), entry(event)?).is_some() {
            return Err(WriteError::Twice { uuid: event.uuid().to_string() });
        }
        files.insert(format!("{}.json", event.uuid()), event.write() + "\n");
        hashes.insert(event.uuid(), hash_file(event));
    }
    Ok(Feed { manifest: manifest.write(), hashes: hashes.into_values().collect(), events: files })
}

fn entry(event: &Event) -> Result<Entry, WriteError> {
    let timestamp = event.timestamp().ok_or_else(|| WriteError::Timeless { uuid: event.uuid().to_string() })?;
    let publish_timestamp = event.published_at().unwrap_or(0);
    let mut fields = Fields::new();
    for name in REPEATED {
        if let Some(value) = event.field(name) {
            fields.insert(name.to_owned(), value.clone());
        }
    }
    let tags: Vec<Value> = event.tags.iter().map(crate::Tag::to_value).collect();
    fields.insert("Tag".to_owned(), tags.into());
    fields.insert("timestamp".to_owned(), timestamp.to_string().into());
    if publish_timestamp > 0 {
        fields.insert("publish_timestamp".to_owned(), publish_timestamp.to_string().into());
    }
    Ok(Entry { timestamp, publish_timestamp, fields })
}

/// The lines of one event: every value that was not taken back, in the order of the event, each line once.
fn hash_file(event: &Event) -> String {
    let of_objects = event.objects.iter().filter(|object| !object.deleted()).flat_map(|object| &object.attributes);
    let mut seen = std::collections::HashSet::new();
    let mut lines = String::new();
    for attribute in event.attributes.iter().chain(of_objects).filter(|attribute| !attribute.deleted()) {
        for line in hash_lines(event.uuid(), attribute.kind(), &attribute.value()) {
            if seen.insert(line.clone()) {
                lines.push_str(&line);
                lines.push('\n');
            }
        }
    }
    lines
}
