//! Bytes to [`Json`] in one pass, without recursion.

use super::{Json, Kind, Node, Value, escape};
use crate::fault::excerpt;
use crate::{Code, Limits};

/// Why bytes are not a JSON document we take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonFault {
    pub(crate) code: Code,
    pub(crate) what: String,
    /// Names and positions that lead to the place.
    pub(crate) path: String,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Await {
    Value,
    FirstElement,
    FirstName,
    Name,
    /// A comma or the end of what is open.
    After,
}

/// Parses one document.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Json, JsonFault> {
    if bytes.len() > limits.object_bytes_max || u32::try_from(bytes.len()).is_err() {
        return Err(JsonFault {
            code: Code::TooMuch,
            what: format!("is {} bytes long, of {} at most", bytes.len(), limits.object_bytes_max),
            path: String::new(),
        });
    }
    let source = std::str::from_utf8(bytes).map_err(|fault| JsonFault {
        code: Code::NotJson,
        what: format!("is not UTF-8 at byte {}", fault.valid_up_to()),
        path: String::new(),
    })?;
    let json = Json { text: String::with_capacity(bytes.len()), nodes: Vec::with_capacity(bytes.len() / 16 + 4) };
    let mut parser = Parser { source, at: 0, json, open: Vec::new(), limits };
    match parser.run() {
        Ok(()) => Ok(parser.json),
        Err((code, what)) => Err(JsonFault { code, what, path: parser.path() }),
    }
}

struct Parser<'a> {
    source: &'a str,
    at: usize,
    json: Json,
    /// Nodes of the containers that are open.
    open: Vec<u32>,
    limits: &'a Limits,
}

type Outcome<T> = Result<T, (Code, String)>;

fn too_much(what: &str, max: usize) -> (Code, String) {
    (Code::TooMuch, format!("has more than {max} {what}"))
}

impl Parser<'_> {
    fn run(&mut self) -> Outcome<()> {
        let mut awaited = Await::Value;
        loop {
            awaited = self.token(awaited)?;
            if awaited == Await::After && self.open.is_empty() {
                break;
            }
        }
        self.space();
        if self.at < self.source.len() { Err(self.unexpected("the end")) } else { Ok(()) }
    }

    fn space(&mut self) {
        let bytes = self.source.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
    }

    fn token(&mut self, awaited: Await) -> Outcome<Await> {
        self.space();
        let byte = self.source.as_bytes().get(self.at).copied().unwrap_or(0);
        match (awaited, byte) {
            (Await::After, b',') => {
                self.copy(1);
                Ok(if self.innermost() == Kind::Object { Await::Name } else { Await::Value })
            }
            (Await::After, b'}') | (Await::FirstName, b'}') if self.innermost() == Kind::Object => self.close(),
            (Await::After, b']') | (Await::FirstElement, b']') if self.innermost() == Kind::Array => self.close(),
            (Await::FirstName | Await::Name, b'"') => self.name(),
            (Await::Value | Await::FirstElement, _) => self.value(byte),
            (Await::After, _) => Err(self.unexpected("a comma or the end of what is open")),
            (Await::FirstName | Await::Name, _) => Err(self.unexpected("the name of a property")),
        }
    }

    fn unexpected(&self, wanted: &str) -> (Code, String) {
        let found = match self.source[self.at..].chars().next() {
            Some(character) => format!("`{}`", character.escape_debug()),
            None => "the end".to_owned(),
        };
        (Code::NotJson, format!("is not JSON at byte {}: found {found}, expected {wanted}", self.at))
    }

    fn innermost(&self) -> Kind {
        self.open.last().map_or(Kind::Null, |&at| self.json.nodes[at as usize].kind)
    }

    /// Takes `length` bytes over into the text.
    fn copy(&mut self, length: usize) {
        self.json.text.push_str(&self.source[self.at..self.at + length]);
        self.at += length;
    }

    #[expect(clippy::cast_possible_truncation, reason = "the text is no longer than the document, which fits u32")]
    fn here(&self) -> u32 {
        self.json.text.len() as u32
    }

    #[expect(clippy::cast_possible_truncation, reason = "there are no more nodes than bytes, which fit u32")]
    fn push(&mut self, kind: Kind, start: u32, end: u32, escaped: bool) -> Outcome<()> {
        if self.json.nodes.len() >= self.limits.nodes_max {
            return Err(too_much("values and names", self.limits.nodes_max));
        }
        let next = self.json.nodes.len() as u32 + 1;
        self.json.nodes.push(Node { start, end, next, kind, escaped });
        Ok(())
    }

    fn value(&mut self, byte: u8) -> Outcome<Await> {
        match byte {
            b'{' => self.open(Kind::Object, Await::FirstName),
            b'[' => self.open(Kind::Array, Await::FirstElement),
            b'"' => self.string(Kind::Text, self.limits.text_bytes_max, "bytes in one text").map(|()| Await::After),
            b't' => self.word("true", Kind::True),
            b'f' => self.word("false", Kind::False),
            b'n' => self.word("null", Kind::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn open(&mut self, kind: Kind, awaited: Await) -> Outcome<Await> {
        if self.open.len() >= self.limits.depth_max {
            return Err(too_much("levels", self.limits.depth_max));
        }
        let (start, node) = (self.here(), self.json.nodes.len());
        self.push(kind, start, start, false)?;
        self.open.push(u32::try_from(node).unwrap_or(u32::MAX));
        self.copy(1);
        Ok(awaited)
    }

    #[expect(clippy::cast_possible_truncation, reason = "there are no more nodes than bytes, which fit u32")]
    fn close(&mut self) -> Outcome<Await> {
        self.copy(1);
        if let Some(&at) = self.open.last() {
            let (end, next) = (self.here(), self.json.nodes.len() as u32);
            let node = &mut self.json.nodes[at as usize];
            (node.end, node.next) = (end, next);
            if node.kind == Kind::Object {
                self.names_differ(at as usize)?;
            }
        }
        self.open.pop();
        Ok(Await::After)
    }

    /// No name stands twice: readers disagree on which of the two counts, so one of them would be off the record.
    fn names_differ(&self, at: usize) -> Outcome<()> {
        /// Up to here comparing each with each is faster than sorting.
        const PAIRS_MAX: usize = 40;
        let members = Value { json: &self.json, at }.members();
        let twice = |name: &str| (Code::DuplicateName, format!("has `{}` twice", excerpt(name)));
        let escaped = members.clone().any(|(name, _)| name.node().escaped);
        let count = members.clone().take(self.limits.properties_max.saturating_add(1)).count();
        if count > self.limits.properties_max {
            return Err(too_much("properties", self.limits.properties_max));
        }
        if count <= PAIRS_MAX && !escaped {
            let mut names = [""; PAIRS_MAX];
            for (index, (name, _)) in members.enumerate() {
                let name = name.raw();
                if names[..index].contains(&name) {
                    return Err(twice(name));
                }
                names[index] = name;
            }
            return Ok(());
        }
        let mut names: Vec<_> = members.filter_map(|(name, _)| name.text()).collect();
        names.sort_unstable();
        names.windows(2).find(|pair| pair[0] == pair[1]).map_or(Ok(()), |pair| Err(twice(&pair[0])))
    }

    fn name(&mut self) -> Outcome<Await> {
        self.string(Kind::Name, self.limits.name_bytes_max, "bytes in the name of a property")?;
        self.space();
        if self.source.as_bytes().get(self.at) != Some(&b':') {
            return Err(self.unexpected("a colon"));
        }
        self.copy(1);
        Ok(Await::Value)
    }

    /// A text or name; `at` is on its opening quote.
    fn string(&mut self, kind: Kind, max: usize, what: &str) -> Outcome<()> {
        let bytes = self.source.as_bytes();
        let (first, mut at, mut escaped) = (self.at + 1, self.at + 1, false);
        loop {
            at += plain_length(&bytes[at..]);
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += self.escape_length(at)?;
                }
                _ => {
                    self.at = at;
                    return Err(self.unexpected("the end of a text, without control characters"));
                }
            }
        }
        if at - first > max {
            return Err(too_much(what, max));
        }
        let start = self.here() + 1;
        self.copy(at + 1 - self.at);
        self.push(kind, start, self.here() - 1, escaped)
    }

    fn escape_length(&self, at: usize) -> Outcome<usize> {
        match escape(&self.source.as_bytes()[at..]) {
            Some(('\0', _)) => Err((Code::BadCharacter, format!("has the character NUL at byte {at}; leave it out"))),
            Some((_, length)) => Ok(length),
            None => Err((
                Code::BadCharacter,
                format!("has an escape at byte {at} that is none, or is half of a surrogate pair"),
            )),
        }
    }

    fn word(&mut self, word: &str, kind: Kind) -> Outcome<Await> {
        if !self.source[self.at..].starts_with(word) {
            return Err(self.unexpected("a value"));
        }
        let start = self.here();
        self.copy(word.len());
        self.push(kind, start, self.here(), false)?;
        Ok(Await::After)
    }

    fn number(&mut self) -> Outcome<Await> {
        let bytes = &self.source.as_bytes()[self.at..];
        let length = bytes.iter().take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count();
        if length > self.limits.number_bytes_max {
            return Err(too_much("bytes in one number", self.limits.number_bytes_max));
        }
        let text = &self.source[self.at..self.at + length];
        if !is_number(text.as_bytes()) {
            return Err(self.unexpected("a number"));
        }
        // What overflows a double becomes infinite for one reader and wrong for the next.
        if length > 15 && !text.parse::<f64>().is_ok_and(f64::is_finite) {
            return Err((Code::BadValue, format!("has a number at byte {} that is too large", self.at)));
        }
        if length <= 15 && text.contains(['e', 'E']) && !text.parse::<f64>().is_ok_and(f64::is_finite) {
            return Err((Code::BadValue, format!("has a number at byte {} that is too large", self.at)));
        }
        let start = self.here();
        self.copy(length);
        self.push(Kind::Number, start, self.here(), false)?;
        Ok(Await::After)
    }

    /// Where the parser stands, as a selector.
    fn path(&self) -> String {
        let value = |at: u32| Value { json: &self.json, at: at as usize };
        let mut steps: Vec<String> = Vec::new();
        for pair in self.open.windows(2) {
            let (holder, held) = (value(pair[0]), pair[1]);
            if holder.kind() == Kind::Object {
                steps.extend(value(held - 1).text().map(|name| excerpt(&name)));
            } else {
                let mut at = pair[0] + 1;
                let index = std::iter::from_fn(|| (at < held).then(|| at = self.json.nodes[at as usize].next)).count();
                steps.push(format!("[{index}]"));
            }
        }
        if let Some(last) = self.json.nodes.last().filter(|last| last.kind == Kind::Name) {
            steps.extend(value(last.next - 1).text().map(|name| excerpt(&name)));
        }
        steps.join(".")
    }
}

/// How many bytes at the beginning are neither quote, backslash nor control character.
fn plain_length(bytes: &[u8]) -> usize {
    let length = memchr::memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
    // Without an early end the compiler makes this sixteen bytes a step; control characters are rare.
    let control = bytes[..length].iter().fold(false, |found, &byte| found | (byte < 0x20));
    if control { bytes.iter().position(|&byte| byte < 0x20).unwrap_or(length) } else { length }
}

/// The grammar of RFC 8259, section 6.
fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(text);
    if whole == 0 || (whole > 1 && text[0] == b'0') {
        return false;
    }
    let mut rest = &text[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) else {
        return rest.is_empty();
    };
    let exponent = exponent.strip_prefix(b"-").or_else(|| exponent.strip_prefix(b"+")).unwrap_or(exponent);
    !exponent.is_empty() && digits(exponent) == exponent.len()
}
