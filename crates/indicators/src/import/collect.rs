//! What an input has given so far.

use super::{Format, Imported, Made, Source};
use crate::fault::Faults;
use crate::limits::{OBJECTS_MAX, RULE_BYTES_MAX, RULES_BYTES_MAX};
use crate::object::{Language, Said, make};
use crate::value::{NotAValue, Value};
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use noroshi_stix::observable::End;
use noroshi_stix::{Id, Pattern};
use std::net::SocketAddr;

pub(super) struct Collector<'a> {
    source: &'a Source,
    imported: Imported,
    seen: HashSet<Id, FixedState>,
    objects_max: usize,
    /// Bytes of rules that may still come.
    bytes_left: usize,
}

impl<'a> Collector<'a> {
    pub(super) fn new(source: &'a Source, format: Format, encoding: &'static str) -> Self {
        let imported =
            Imported { format, encoding, objects: Vec::new(), repeated: 0, passed_over: 0, faults: Faults::default() };
        Self { source, imported, seen: HashSet::default(), objects_max: OBJECTS_MAX, bytes_left: RULES_BYTES_MAX }
    }

    pub(super) fn finish(self) -> Imported {
        self.imported
    }

    pub(super) fn format(&self) -> Format {
        self.imported.format
    }

    pub(super) fn fault(&mut self, line: u64, what: impl Into<String>) {
        self.imported.faults.add(line, what);
    }

    pub(super) fn pass_over(&mut self) {
        self.imported.passed_over += 1;
    }

    /// A value; its name says what it is, with the name of what it belongs to before it.
    pub(super) fn value(&mut self, line: u64, asked: &Observed, said: Said) {
        let name = match said.name.is_empty() {
            true => asked.to_string(),
            false => format!("{}: {asked}", said.name),
        };
        self.add(line, Language::Stix, asked.pattern().as_str().to_owned(), Said { name, ..said });
    }

    /// Whether no more rules are taken, which is told.
    pub(super) fn is_full(&mut self, line: u64) -> bool {
        let full = self.bytes_left == 0;
        if full {
            self.fault(line, format!("the rules of the input have more than {RULES_BYTES_MAX} bytes; split it"));
        }
        full
    }

    /// A rule, as it is written.
    pub(super) fn rule(&mut self, line: u64, language: Language, rule: String, said: Said) {
        if rule.len() > RULE_BYTES_MAX {
            return self
                .fault(line, format!("the rule has {} bytes, more than {RULE_BYTES_MAX}; split it", rule.len()));
        }
        if rule.contains('\0') {
            return self.fault(line, "the rule has a zero byte in it, which no object may have; write it as an escape");
        }
        if self.is_full(line) {
            return;
        }
        let Some(left) = self.bytes_left.checked_sub(rule.len()) else {
            self.bytes_left = 0;
            _ = self.is_full(line);
            return;
        };
        self.bytes_left = left;
        self.add(line, language, rule, said);
    }

    fn add(&mut self, line: u64, language: Language, pattern: String, said: Said) {
        let object = match make(self.source, language, pattern, said) {
            Ok(object) => object,
            Err(what) => return self.fault(line, what),
        };
        if self.seen.contains(&object.id) {
            self.imported.repeated += 1;
        } else if self.imported.objects.len() >= self.objects_max {
            self.fault(line, format!("the input has more than {} indicators; split it", self.objects_max));
        } else {
            self.seen.insert(object.id.clone());
            self.imported.objects.push(Made { line, object });
        }
    }
}

/// What a list names: a value, or traffic to one port of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Observed {
    Value(Value),
    Endpoint(SocketAddr),
}

impl Observed {
    pub(super) fn parse(text: &str) -> Result<Self, NotAValue> {
        Value::parse(text).map(Self::Value).or_else(|fault| match crate::value::refang(text.trim()).parse() {
            Ok(endpoint) => Ok(Self::Endpoint(endpoint)),
            Err(_) => Err(fault),
        })
    }

    fn pattern(&self) -> Pattern {
        match self {
            Self::Value(value) => value.pattern(),
            Self::Endpoint(to) => Pattern::traffic(to.ip(), End::Destination, Some(to.port()), None),
        }
    }
}

impl std::fmt::Display for Observed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{} {value}", value.kind()),
            Self::Endpoint(to) => write!(f, "endpoint {to}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_stix::Timestamp;

    #[test]
    fn objects_at_the_limit_and_one_past_it() {
        let source = Source::new("x", Timestamp::from_micros(0));
        let mut into = Collector { objects_max: 2, ..Collector::new(&source, Format::List, "UTF-8") };
        for (line, text) in ["192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3"].into_iter().enumerate() {
            into.value(line as u64 + 1, &Observed::parse(text).unwrap(), Said::default());
        }
        let imported = into.finish();
        assert_eq!((imported.objects.len(), imported.repeated, imported.faults.count), (2, 1, 1));
        assert_eq!(imported.faults.kept[0].to_string(), "line 4: the input has more than 2 indicators; split it");
    }

    #[test]
    fn bytes_of_all_rules_at_the_limit_and_one_past_it() {
        let source = Source::new("x", Timestamp::from_micros(0));
        let mut into = Collector { bytes_left: 8, ..Collector::new(&source, Format::Yara, "UTF-8") };
        into.rule(1, Language::Yara, "aaaa".to_owned(), Said::default());
        into.rule(2, Language::Yara, "bbbb".to_owned(), Said::default());
        into.rule(3, Language::Yara, "c".to_owned(), Said::default());
        let imported = into.finish();
        assert_eq!((imported.objects.len(), imported.faults.count), (2, 1));
        assert!(imported.faults.kept[0].what.contains("split it"));
    }

    #[test]
    fn rules_at_the_limit_and_one_past_it() {
        let source = Source::new("x", Timestamp::from_micros(0));
        let mut into = Collector::new(&source, Format::Yara, "UTF-8");
        into.rule(1, Language::Yara, "r".repeat(RULE_BYTES_MAX), Said::default());
        into.rule(2, Language::Yara, "r".repeat(RULE_BYTES_MAX + 1), Said::default());
        into.rule(3, Language::Yara, "r\0".to_owned(), Said::default());
        let imported = into.finish();
        assert_eq!((imported.objects.len(), imported.faults.count), (1, 2));
    }
}
