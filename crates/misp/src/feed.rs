//! The feed: a folder with `manifest.json`, `hashes.csv` and one `UUID.json` for each event.
//!
//! A MISP pulls the manifest and takes the events whose `timestamp` is newer than what it holds. [`changed`] makes
//! the same decision, so that a second pull takes only what changed. A fault in one entry does not lose the rest.

use crate::limits::MANIFEST_EVENTS_MAX;
use crate::strict::{self, StrictError};
use md5::{Digest, Md5};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

mod write;

pub use write::{Feed, WriteError, write};

#[cfg(test)]
mod tests;

/// One event as the manifest tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Last change of the event, seconds since 1970.
    pub timestamp: u64,
    /// When it was last published, seconds since 1970; 0 where the feed does not say.
    pub publish_timestamp: u64,
    /// Everything the manifest says of it, as it came: `info`, `Orgc`, `Tag`, `date` and what else there is.
    pub fields: Map<String, Value>,
}

/// `manifest.json`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifest {
    /// The events by their identifiers.
    pub events: BTreeMap<Uuid, Entry>,
}

/// An entry that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("manifest entry `{key}`: {what}")]
pub struct EntryFault {
    /// The key as it stands in the manifest.
    pub key: String,
    /// What is wrong with it.
    pub what: String,
}

/// Why a manifest was not read at all.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not JSON, or past a limit.
    #[error(transparent)]
    Strict(#[from] StrictError),
    /// JSON, but no object.
    #[error("the manifest is no JSON object of events by UUID")]
    NotAnObject,
    /// More events than the limit.
    #[error("the manifest names {events} events, more than {MANIFEST_EVENTS_MAX}: split the feed")]
    TooMany {
        /// How many it names.
        events: usize,
    },
}

impl Manifest {
    /// Reads `manifest.json`: what can be taken, and the entries that cannot.
    pub fn read(bytes: &[u8]) -> Result<(Self, Vec<EntryFault>), ManifestError> {
        let Value::Object(entries) = strict::read(bytes)? else { return Err(ManifestError::NotAnObject) };
        if entries.len() > MANIFEST_EVENTS_MAX {
            return Err(ManifestError::TooMany { events: entries.len() });
        }
        let mut manifest = Self::default();
        let mut faults = Vec::new();
        for (key, value) in entries {
            match entry(&key, value) {
                // Two spellings of one UUID are two keys to JSON and one event to us.
                Ok((uuid, _)) if manifest.events.contains_key(&uuid) => {
                    faults.push(EntryFault { key, what: "the event stands twice, in two spellings".to_owned() });
                }
                Ok((uuid, entry)) => {
                    manifest.events.insert(uuid, entry);
                }
                Err(what) => faults.push(EntryFault { key, what }),
            }
        }
        Ok((manifest, faults))
    }

    /// Writes `manifest.json`, events in the order of their identifiers.
    pub fn write(&self) -> String {
        let entries = self.events.iter().map(|(uuid, entry)| (uuid.to_string(), Value::from(entry.fields.clone())));
        Value::from(entries.collect::<Map<_, _>>()).to_string()
    }
}

fn entry(key: &str, value: Value) -> Result<(Uuid, Entry), String> {
    let uuid = Uuid::try_parse(key).map_err(|error| format!("the key is no UUID: {error}"))?;
    let Value::Object(fields) = value else { return Err("the entry is no JSON object".to_owned()) };
    let timestamp = seconds(&fields, "timestamp")?.ok_or("`timestamp` is missing")?;
    let publish_timestamp = seconds(&fields, "publish_timestamp")?.unwrap_or(0);
    Ok((uuid, Entry { timestamp, publish_timestamp, fields }))
}

/// MISP writes times as numbers and as texts.
fn seconds(fields: &Map<String, Value>, name: &str) -> Result<Option<u64>, String> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) if number.is_u64() => Ok(number.as_u64()),
        Some(Value::String(text)) if text.parse::<u64>().is_ok() => Ok(text.parse().ok()),
        Some(other) => Err(format!("`{name}` is `{other}`, not whole seconds since 1970")),
    }
}

/// What a second pull has to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Events to fetch: new ones, and those changed or published since.
    pub fetch: Vec<Uuid>,
    /// Events the feed no longer names. It does not say why, so what is held is kept.
    pub gone: Vec<Uuid>,
}

/// Compares the manifest of the last pull with the present one. An event that went back in time is not fetched: an
/// older copy must not replace a newer one.
pub fn changed(before: &Manifest, now: &Manifest) -> Changed {
    let newer = |uuid: &Uuid, entry: &Entry| {
        before.events.get(uuid).is_none_or(|held| {
            entry.timestamp > held.timestamp
                || (entry.timestamp == held.timestamp && entry.publish_timestamp > held.publish_timestamp)
        })
    };
    Changed {
        fetch: now.events.iter().filter(|(uuid, entry)| newer(uuid, entry)).map(|(uuid, _)| *uuid).collect(),
        gone: before.events.keys().filter(|uuid| !now.events.contains_key(uuid)).copied().collect(),
    }
}

/// The lines of `hashes.csv` for one attribute of an event: `MD5,EVENT`, without line ends. A value of two parts
/// (`ip-dst|port`, `malware-sample`) has a line for each part. MD5 is the format's choice; it protects nothing.
pub fn hash_lines(event: Uuid, kind: &str, value: &str) -> Vec<String> {
    let line = |part: &str| {
        let digest: String = Md5::digest(part.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{digest},{event}")
    };
    if kind.contains('|') || kind == "malware-sample" {
        value.split('|').map(line).collect()
    } else {
        vec![line(value)]
    }
}
