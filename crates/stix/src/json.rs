//! A JSON value as a flat list of places in its own text.
//!
//! STIX objects must leave as they came: numbers and escapes as written, unknown properties in their order. So nothing
//! is turned into maps and strings; [`Json`] keeps the text, less the white space between tokens, and a list of nodes
//! that say where each value begins and ends. One pass builds both ([`parse`]); everything else walks the list.

mod parse;
pub(crate) mod skip;

pub(crate) use parse::parse;

use std::borrow::Cow;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    False,
    True,
    Number,
    Text,
    /// The name of a property; the node after it is its value.
    Name,
    Array,
    Object,
}

/// One value or name: `start..end` in the text (quotes of texts left out, brackets of containers included), and the
/// node after the last one inside it. 16 bytes, because there is one for every value that comes in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    start: u32,
    end: u32,
    next: u32,
    kind: Kind,
    escaped: bool,
}

/// A parsed document. Never empty: node 0 is the whole.
#[derive(Debug, Clone)]
pub(crate) struct Json {
    text: String,
    nodes: Vec<Node>,
}

impl Json {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn root(&self) -> Value<'_> {
        Value { json: self, at: 0 }
    }
}

/// One value of a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    json: &'a Json,
    at: usize,
}

impl<'a> Value<'a> {
    fn node(self) -> &'a Node {
        &self.json.nodes[self.at]
    }

    /// Where it stands in the list: equal for equal places, larger for later ones.
    pub(crate) fn place(self) -> usize {
        self.at
    }

    pub(crate) fn kind(self) -> Kind {
        self.node().kind
    }

    /// Its bytes in the text; quotes of a text left out.
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.node().start as usize..self.node().end as usize
    }

    /// As written; a text without its quotes.
    pub(crate) fn raw(self) -> &'a str {
        &self.json.text[self.range()]
    }

    /// As written, quotes included.
    pub(crate) fn written(self) -> &'a str {
        let range = self.range();
        match self.kind() {
            Kind::Text | Kind::Name => &self.json.text[range.start - 1..range.end + 1],
            _ => &self.json.text[range],
        }
    }

    /// What a text or name says, escapes read.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        match self.kind() {
            Kind::Text | Kind::Name if self.node().escaped => Some(Cow::Owned(unescape(self.raw()))),
            Kind::Text | Kind::Name => Some(Cow::Borrowed(self.raw())),
            _ => None,
        }
    }

    /// Whether a text or name says this.
    pub(crate) fn says(self, text: &str) -> bool {
        if self.node().escaped { self.text().is_some_and(|own| own == text) } else { self.raw() == text }
    }

    pub(crate) fn integer(self) -> Option<i64> {
        (self.kind() == Kind::Number).then(|| self.raw().parse().ok()).flatten()
    }

    pub(crate) fn float(self) -> Option<f64> {
        (self.kind() == Kind::Number).then(|| self.raw().parse().ok()).flatten()
    }

    /// Names and values of an object; nothing for anything else.
    pub(crate) fn members(self) -> Members<'a> {
        Members { json: self.json, at: self.at + 1, end: self.end_of(Kind::Object) }
    }

    /// Elements of a list; nothing for anything else.
    pub(crate) fn elements(self) -> Elements<'a> {
        Elements { json: self.json, at: self.at + 1, end: self.end_of(Kind::Array) }
    }

    fn end_of(self, kind: Kind) -> usize {
        if self.kind() == kind { self.node().next as usize } else { 0 }
    }

    pub(crate) fn get(self, name: &str) -> Option<Value<'a>> {
        self.members().find(|(own, _)| own.says(name)).map(|(_, value)| value)
    }

    /// What the text of a property says.
    pub(crate) fn get_text(self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).and_then(Value::text)
    }

    /// The place after the last one inside it.
    pub(crate) fn after(self) -> usize {
        self.node().next as usize
    }

    /// As a value of `serde_json`, for the few places that compute on it. Depth is limited by [`parse`].
    pub(crate) fn to_serde(self) -> serde_json::Value {
        serde_json::from_str(self.written()).unwrap_or(serde_json::Value::Null)
    }
}

/// See [`Value::members`].
#[derive(Debug, Clone)]
pub(crate) struct Members<'a> {
    json: &'a Json,
    at: usize,
    end: usize,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Value<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        (self.at < self.end).then(|| {
            let name = Value { json: self.json, at: self.at };
            let value = Value { json: self.json, at: self.at + 1 };
            self.at = value.after();
            (name, value)
        })
    }
}

/// See [`Value::elements`].
#[derive(Debug, Clone)]
pub(crate) struct Elements<'a> {
    json: &'a Json,
    at: usize,
    end: usize,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.at < self.end).then(|| {
            let value = Value { json: self.json, at: self.at };
            self.at = value.after();
            value
        })
    }
}

/// Reads the escapes of a text that [`parse`] has found well-formed.
fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        let (character, length) = escape(&rest.as_bytes()[at..]).unwrap_or((char::REPLACEMENT_CHARACTER, 2));
        text.push(character);
        rest = rest.get(at + length..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// The character an escape at the beginning of `bytes` stands for, and its length; nothing where it is none.
/// Half a surrogate pair is none.
fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    let plain = |character| Some((character, 2));
    match bytes.get(1)? {
        b'"' => plain('"'),
        b'\\' => plain('\\'),
        b'/' => plain('/'),
        b'b' => plain('\u{8}'),
        b'f' => plain('\u{c}'),
        b'n' => plain('\n'),
        b'r' => plain('\r'),
        b't' => plain('\t'),
        b'u' => {
            let unit = hex4(bytes.get(2..6)?)?;
            if !(0xd800..0xdc00).contains(&unit) {
                return char::from_u32(unit).map(|character| (character, 6));
            }
            let low = bytes.get(6..8).filter(|mark| mark == b"\\u").and_then(|_| hex4(bytes.get(8..12)?))?;
            let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
            char::from_u32(0x10000 + ((unit - 0xd800) << 10) + low).map(|character| (character, 12))
        }
        _ => None,
    }
}

fn hex4(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests;
