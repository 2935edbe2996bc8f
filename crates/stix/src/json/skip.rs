//! Walking over JSON without reading it: where a value ends, and what the top level says.
//!
//! Brackets are counted, not matched: what lies between the braces of one object is judged when that object is read,
//! so that a broken object does not lose the others.

use std::borrow::Cow;

/// A position in bytes that are taken to be JSON.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Skip<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Skip<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The next byte that is not white space, left where it is.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    /// Takes one byte if it is the next.
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    /// Walks over one value and gives its bytes; nothing where there is none.
    pub(crate) fn value(&mut self) -> Option<&'a [u8]> {
        let first = self.peek()?;
        let start = self.at;
        match first {
            b'"' => self.string()?,
            b'{' | b'[' => self.container()?,
            b',' | b':' | b'}' | b']' => return None,
            _ => {
                let ends = |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']' | b'"' | b' ' | b'\n' | b'\r' | b'\t');
                self.at += self.bytes[start..].iter().position(ends).unwrap_or(self.bytes.len() - start);
            }
        }
        Some(&self.bytes[start..self.at])
    }

    fn string(&mut self) -> Option<()> {
        let mut at = self.at + 1;
        loop {
            at += memchr::memchr2(b'"', b'\\', self.bytes.get(at..)?)?;
            if self.bytes[at] == b'"' {
                self.at = at + 1;
                return Some(());
            }
            at += 2;
        }
    }

    fn container(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            match self.bytes.get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// The name of the next member, the position left behind its colon.
    pub(crate) fn name(&mut self) -> Option<Cow<'a, str>> {
        if self.peek() != Some(b'"') {
            return None;
        }
        let name = text(self.value()?)?;
        self.take(b':').then_some(name)
    }
}

/// What a text in quotes says.
pub(crate) fn text(written: &[u8]) -> Option<Cow<'_, str>> {
    let raw = written.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if raw.contains(&b'\\') {
        serde_json::from_slice(written).ok().map(Cow::Owned)
    } else {
        std::str::from_utf8(raw).ok().map(Cow::Borrowed)
    }
}

/// What a property of the top level says, of an object that may be broken further on.
pub(crate) fn top_level_text<'a>(bytes: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    let mut skip = Skip::new(bytes);
    if !skip.take(b'{') {
        return None;
    }
    loop {
        let own = skip.name()?;
        let value = skip.value()?;
        if own == name {
            return text(value);
        }
        if !skip.take(b',') {
            return None;
        }
    }
}
