//! The objects to push.

use super::circle::{Circle, Markings};
use crate::Limits;
use crate::key::ObjectKey;
use noroshi_stix::envelope::{self, EnvelopeFault};
use noroshi_stix::{Fault, Id, Received, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::ops::Range;

/// Objects that are good, each version of each once, in their order.
#[derive(Debug)]
pub struct Input {
    objects: Vec<Object>,
    refused: Vec<Fault>,
    withheld: Vec<Withheld>,
    repeated: usize,
    digest: String,
}

/// An object that stays here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Which object.
    pub id: Id,
    /// The marking that keeps it.
    pub marking: Id,
}

#[derive(Debug)]
struct Object {
    bytes: Vec<u8>,
    id: Id,
    version: Option<Timestamp>,
}

/// Why nothing of an input is pushed.
#[derive(Debug, thiserror::Error)]
pub enum InputFault {
    /// Neither lines of objects nor an envelope.
    #[error("it is neither a bundle, nor an envelope, nor one object a line: {0}")]
    Envelope(#[from] EnvelopeFault),
    /// More lines than allowed.
    #[error("it has more than {lines_max} lines; push it in parts")]
    TooMany {
        /// How many there may be.
        lines_max: usize,
    },
}

impl Input {
    /// Reads a bundle, an envelope, or a file with one object a line. Objects the strict reader refuses, and objects
    /// whose markings do not let them go to such a circle, are set aside.
    ///
    /// # Errors
    /// [`InputFault`] where it is none of these.
    pub fn read(bytes: &[u8], circle: Circle, limits: &Limits) -> Result<Self, InputFault> {
        let mut hash = Sha256::new().chain_update([circle as u8]);
        let mut input =
            Self { objects: Vec::new(), refused: Vec::new(), withheld: Vec::new(), repeated: 0, digest: String::new() };
        let pieces = pieces(bytes, limits)?;
        // A definition may stand behind what it marks.
        let definitions = pieces.iter().filter(|piece| contains(piece, b"marking-definition"));
        let markings = Markings::of(definitions.filter_map(|piece| Received::read(piece, &limits.stix).ok()));
        let mut keys = HashSet::new();
        for piece in pieces {
            hash.update((piece.len() as u64).to_be_bytes());
            hash.update(piece);
            match Received::read(piece, &limits.stix) {
                Ok(object) => input.add(&object, circle, &markings, &mut keys),
                Err(fault) => input.refused.push(fault),
            }
        }
        input.digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(input)
    }

    fn add(&mut self, object: &Received, circle: Circle, markings: &Markings, keys: &mut HashSet<ObjectKey>) {
        let id = object.id().clone();
        if let Some(marking) = markings.keeping(object, circle) {
            self.withheld.push(Withheld { id, marking });
        } else if keys.insert(ObjectKey::of(object)) {
            self.objects.push(Object { id, version: object.version(), bytes: object.bytes().to_vec() });
        } else {
            self.repeated += 1;
        }
    }

    /// How many objects there are to push.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// What the strict reader refused; that is not sent.
    pub fn refused(&self) -> &[Fault] {
        &self.refused
    }

    /// What its markings keep here.
    pub fn withheld(&self) -> &[Withheld] {
        &self.withheld
    }

    /// How many stood there more than once; these are sent once.
    pub fn repeated(&self) -> usize {
        self.repeated
    }

    /// SHA-256 over all of it, hexadecimal.
    pub(super) fn digest(&self) -> &str {
        &self.digest
    }

    pub(super) fn envelope(&self, range: Range<usize>) -> Vec<u8> {
        envelope::write(self.objects[range].iter().map(|object| object.bytes.as_slice()), false, None)
    }

    pub(super) fn size_bytes(&self, at: usize) -> usize {
        self.objects[at].bytes.len()
    }

    /// Identifier and version of an object.
    pub(super) fn named(&self, at: usize) -> (&Id, Option<Timestamp>) {
        (&self.objects[at].id, self.objects[at].version)
    }
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

/// The objects of a bundle, an envelope, or a file with one object a line, as they stand there and unread.
///
/// # Errors
/// [`InputFault`] where it is none of these.
pub fn pieces<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Vec<&'a [u8]>, InputFault> {
    if !is_lines(bytes) {
        // A file may be longer than an envelope that is sent.
        let whole = noroshi_stix::Limits {
            envelope_bytes_max: usize::MAX,
            objects_max: limits.lines_max,
            ..limits.stix.clone()
        };
        return Ok(envelope::split(bytes, &whole)?.into_iter().map(|item| item.bytes).collect());
    }
    let mut pieces = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        if pieces.len() >= limits.lines_max {
            return Err(InputFault::TooMany { lines_max: limits.lines_max });
        }
        pieces.push(line);
    }
    Ok(pieces)
}

/// Whether the first line is an object of its own: it has an `id`, and is no bundle.
fn is_lines(bytes: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Head {
        #[serde(rename = "type")]
        kind: String,
        #[expect(dead_code, reason = "that it is there tells an object")]
        id: String,
    }
    let line = bytes.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    line.and_then(|line| serde_json::from_slice::<Head>(line).ok()).is_some_and(|head| head.kind != "bundle")
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = r#"{"type":"x-thing","id":"x-thing--28bb3599-77cd-5a82-a950-b5bc3caf07c4","x_value":1}"#;
    const B: &str = r#"{"type":"x-thing","id":"x-thing--28bb3599-77cd-5a82-a950-b5bc3caf07c5","x_value":2}"#;

    fn input(text: &str) -> Input {
        Input::read(text.as_bytes(), Circle::Partners, &Limits::default()).unwrap()
    }

    #[test]
    fn bundles_envelopes_and_lines() {
        let bundle =
            format!(r#"{{"type":"bundle","id":"bundle--28bb3599-77cd-5a82-a950-b5bc3caf07c4","objects":[{A},{B}]}}"#);
        for text in [bundle, format!("{{\"objects\":[{A},\n{B}]}}"), format!("{A}\n{B}\n"), format!("\n{A}\r\n\n{B}")] {
            let input = input(&text);
            assert_eq!((input.len(), input.refused().len(), input.repeated()), (2, 0, 0), "{text}");
            assert_eq!(input.envelope(0..2), format!(r#"{{"more":false,"objects":[{A},{B}]}}"#).into_bytes());
        }
        assert_eq!(input(A).len(), 1);
        assert!(input("{}").is_empty());
        assert!(Input::read(b"Dear editor,", Circle::Partners, &Limits::default()).is_err());
    }

    #[test]
    fn what_is_bad_or_repeated_is_set_aside() {
        let input = input(&format!("{A}\n{{\"type\":\"tool\"}}\n{A}\nnothing\n{B}\n"));
        assert_eq!((input.len(), input.refused().len(), input.repeated()), (2, 2, 1));
        let other = Input::read(format!("{A}\n{B}\n").as_bytes(), Circle::Partners, &Limits::default()).unwrap();
        assert_ne!(input.digest(), other.digest());
    }

    #[test]
    fn lines_have_a_limit() {
        let limits = Limits { lines_max: 2, ..Limits::default() };
        assert!(Input::read(format!("{A}\n{B}\n").as_bytes(), Circle::Partners, &limits).is_ok());
        assert!(matches!(
            Input::read(format!("{A}\n{B}\n{A}").as_bytes(), Circle::Partners, &limits),
            Err(InputFault::TooMany { lines_max: 2 })
        ));
    }
}
