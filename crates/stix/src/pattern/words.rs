//! Cutting a pattern into words (section 9.1, and the grammar published with it).

use super::tree::Constant;
use super::value::{from_base64, from_hex};

/// A word of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    /// A name; whether it holds a hyphen.
    Name(String, bool),
    Keyword(&'static str),
    /// A mark such as `[` or `>=`; `==` and `<>` in their other spelling.
    Mark(&'static str),
    Constant(Constant),
    End,
}

const KEYWORDS: [&str; 18] = [
    "AND",
    "OR",
    "NOT",
    "FOLLOWEDBY",
    "LIKE",
    "MATCHES",
    "ISSUPERSET",
    "ISSUBSET",
    "EXISTS",
    "IN",
    "START",
    "STOP",
    "SECONDS",
    "WITHIN",
    "REPEATS",
    "TIMES",
    "true",
    "false",
];

/// Longer marks first.
const MARKS: [(&str, &str); 18] = [
    ("==", "="),
    ("!=", "!="),
    ("<>", "!="),
    ("<=", "<="),
    (">=", ">="),
    ("=", "="),
    ("<", "<"),
    (">", ">"),
    ("[", "["),
    ("]", "]"),
    ("(", "("),
    (")", ")"),
    (":", ":"),
    (".", "."),
    (",", ","),
    ("*", "*"),
    ("-", "-"),
    ("+", "+"),
];

pub(super) fn is_keyword(text: &str) -> bool {
    KEYWORDS.contains(&text)
}

/// The word at the beginning of `text`, which does not begin with white space, and its length.
pub(super) fn word(text: &str) -> Result<(Word, usize), String> {
    let bytes = text.as_bytes();
    let constant = |constant, length| Ok((Word::Constant(constant), length));
    match bytes {
        [] => Ok((Word::End, 0)),
        [b'\'', ..] => string(text).and_then(|(said, length)| constant(Constant::Text(said), length)),
        [b'h', b'\'', ..] => {
            let (inner, length) = quoted(text)?;
            from_hex(inner).ok_or("`h'…'` holds hexadecimal, two digits a byte")?;
            constant(Constant::Hex(inner.to_owned()), length)
        }
        [b'b', b'\'', ..] => {
            let (inner, length) = quoted(text)?;
            from_base64(inner).ok_or("`b'…'` holds base64")?;
            constant(Constant::Base64(inner.to_owned()), length)
        }
        [b't', b'\'', ..] => {
            let (inner, length) = quoted(text)?;
            crate::Timestamp::parse(inner).map_err(|fault| fault.to_string())?;
            constant(Constant::Time(inner.to_owned()), length)
        }
        [b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => Ok(name(text)),
        _ => match number(text)? {
            Some((number, length)) => constant(number, length),
            None => {
                let mark = MARKS.iter().find(|(written, _)| text.starts_with(written));
                mark.map(|(written, mark)| (Word::Mark(mark), written.len()))
                    .ok_or_else(|| "this character has no meaning here".to_owned())
            }
        },
    }
}

fn name(text: &str) -> (Word, usize) {
    let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
    let name = &text[..length];
    let word = match name {
        "true" => Word::Constant(Constant::Flag(true)),
        "false" => Word::Constant(Constant::Flag(false)),
        _ => match KEYWORDS.iter().find(|keyword| **keyword == name) {
            Some(keyword) => Word::Keyword(keyword),
            None => Word::Name(name.to_owned(), name.contains('-')),
        },
    };
    (word, length)
}

/// What stands between the quotes after one letter.
fn quoted(text: &str) -> Result<(&str, usize), String> {
    let inner = &text[2..];
    let end = inner.find('\'').ok_or("the closing quote is missing")?;
    Ok((&inner[..end], end + 3))
}

/// A text in quotes, in which only quote and backslash are escaped.
fn string(text: &str) -> Result<(String, usize), String> {
    let mut said = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' => return Ok((said, at + 1)),
            '\\' => match characters.next() {
                Some((_, escaped @ ('\'' | '\\'))) => said.push(escaped),
                _ => return Err("a backslash stands before `'` or another backslash only".to_owned()),
            },
            _ => said.push(character),
        }
    }
    Err("the closing quote is missing".to_owned())
}

/// A number with an optional sign: `0`, `-12`, `.5`, `+3.25`.
fn number(text: &str) -> Result<Option<(Constant, usize)>, String> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = usize::from(text.starts_with(['-', '+']));
    let whole = digits(&text[sign..]);
    let rest = &text[sign + whole..];
    let fraction = rest.strip_prefix('.').map_or(0, digits);
    if fraction > 0 {
        let length = sign + whole + 1 + fraction;
        let number: f64 = text[..length].parse().map_err(|_| "this is not a number".to_owned())?;
        let finite = number.is_finite().then_some((Constant::Float(number), length));
        return finite.map(Some).ok_or_else(|| "this number is too large".to_owned());
    }
    if whole == 0 {
        return Ok(None);
    }
    // A zero is a number of its own; what follows it is another word, and an error.
    let length = sign + if text[sign..].starts_with('0') { 1 } else { whole };
    let number = text[..length].parse().map_err(|_| "this number is too large".to_owned())?;
    Ok(Some((Constant::Integer(number), length)))
}

/// Bytes of white space and comments at the beginning.
pub(super) fn space(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let white = rest.len() - rest.trim_start_matches(is_white).len();
        let comment = if rest.starts_with("/*") {
            rest.find("*/").map_or(0, |end| end + 2)
        } else if rest.starts_with("//") {
            rest.find(['\r', '\n']).unwrap_or(rest.len())
        } else {
            0
        };
        if white + comment == 0 {
            return at;
        }
        at += if white > 0 { white } else { comment };
    }
}

fn is_white(character: char) -> bool {
    matches!(
        character,
        '\t'..='\r' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}'
            | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}
