//! YAML as far as Sigma needs it: documents with their place in the text, within limits. Aliases are refused, as a few
//! of them can stand for more than any machine holds.

use crate::limits::{YAML_DEPTH_MAX, YAML_VALUES_MAX};
use saphyr_parser::{Event, Parser, ScanError, StrInput};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A value of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yaml<'a> {
    Scalar(Cow<'a, str>),
    List(Vec<Yaml<'a>>),
    /// Keys that are no scalars are left out.
    Map(Vec<(Cow<'a, str>, Yaml<'a>)>),
}

impl Yaml<'_> {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(pairs) => pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, where it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The texts of a list, or the one text.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Scalar(text) => vec![text],
            Self::List(items) => items.iter().filter_map(Self::text).collect(),
            Self::Map(_) => Vec::new(),
        }
    }
}

/// Reads the one document of a text.
///
/// # Errors
/// The line, from 1, and what is wrong.
pub(super) fn read(text: &str) -> Result<Yaml<'_>, (u64, String)> {
    let mut reader = Reader { parser: Parser::new_from_str(text), values: 0 };
    loop {
        match reader.next()? {
            (Event::StreamStart | Event::DocumentStart(_), _) => {}
            (Event::StreamEnd | Event::DocumentEnd, line) => return Err((line, "the document is empty".to_owned())),
            (event, line) => return reader.value(event, line, 0),
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    values: usize,
}

type Outcome<T> = Result<T, (u64, String)>;

impl<'a> Reader<'a> {
    fn next(&mut self) -> Outcome<(Event<'a>, u64)> {
        let wrong = |fault: ScanError| (fault.marker().line() as u64, format!("no YAML: {}; mend it", fault.info()));
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, span.start.line() as u64)),
            Some(Err(fault)) => Err(wrong(fault)),
            None => Ok((Event::StreamEnd, 0)),
        }
    }

    /// The value that an event begins. Depth is limited, so recursion is.
    fn value(&mut self, event: Event<'a>, line: u64, depth: usize) -> Outcome<Yaml<'a>> {
        self.values += 1;
        if self.values > YAML_VALUES_MAX {
            return Err((line, format!("more than {YAML_VALUES_MAX} values in one rule; split it")));
        }
        if depth >= YAML_DEPTH_MAX && !matches!(event, Event::Scalar(..)) {
            return Err((line, format!("more than {YAML_DEPTH_MAX} levels in one rule; flatten it")));
        }
        match event {
            Event::Scalar(text, ..) => Ok(Yaml::Scalar(text)),
            Event::SequenceStart(..) => self.list(depth),
            Event::MappingStart(..) => self.map(depth),
            Event::Alias(_) => Err((line, "an alias (`*`) stands for another value; write the value out".to_owned())),
            _ => Err((line, "a value is missing".to_owned())),
        }
    }

    fn list(&mut self, depth: usize) -> Outcome<Yaml<'a>> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Yaml::List(items)),
                (event, line) => items.push(self.value(event, line, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Outcome<Yaml<'a>> {
        let (mut pairs, mut keys) = (Vec::new(), BTreeSet::new());
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Yaml::Map(pairs)),
                (event, line) => (self.value(event, line, depth + 1)?, line),
            };
            let (event, line) = self.next()?;
            let value = self.value(event, line, depth + 1)?;
            if let (Yaml::Scalar(key), line) = key {
                if !keys.insert(key.clone()) {
                    return Err((line, format!("key `{}` stands twice; leave one", crate::text::excerpt(&key))));
                }
                pairs.push((key, value));
            }
        }
    }
}
