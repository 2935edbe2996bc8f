//! Patterns: comparisons that must all hold.

use super::part::as_reference;
use crate::to_stix::Mode;
use std::borrow::Cow;
use std::fmt::Write;

/// One comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) path: Cow<'static, str>,
    pub(crate) says: Literal,
}

/// What a path is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    Text(String),
    Integer(i64),
    Flag(bool),
}

impl Term {
    pub(crate) fn text(path: impl Into<Cow<'static, str>>, says: impl Into<String>) -> Self {
        Self { path: path.into(), says: Literal::Text(says.into()) }
    }
}

/// The pattern of comparisons that must all hold. Texts are escaped, so that no value can break out of its quotes.
///
/// The reference quotes numbers and flags; a text never equals a number (STIX 2.1, section 9.6), so we do not. Nor
/// does one property say two things at once: where two values stand for it, one of them is enough.
pub(crate) fn all(terms: &[Term], mode: Mode) -> String {
    let mut pattern = String::with_capacity(64 * terms.len());
    for (at, alternatives) in alternatives(terms, mode).iter().enumerate() {
        pattern.push_str(if at == 0 { "[" } else { " AND " });
        match alternatives.as_slice() {
            [one] => both(&mut pattern, one, mode),
            several => {
                pattern.push('(');
                for (at, one) in several.iter().enumerate() {
                    pattern.push_str(if at == 0 { "" } else { " OR " });
                    let brackets = one.len() > 1;
                    pattern.push_str(if brackets { "(" } else { "" });
                    both(&mut pattern, one, mode);
                    pattern.push_str(if brackets { ")" } else { "" });
                }
                pattern.push(')');
            }
        }
    }
    pattern.push(']');
    pattern
}

/// Comparisons of one value: of its type and itself, or of itself alone.
type Unit<'a> = &'a [Term];

/// The values of each property, in the order of their first; in [`Mode::Reference`] each for itself.
fn alternatives(terms: &[Term], mode: Mode) -> Vec<Vec<Unit<'_>>> {
    let mut all: Vec<Vec<Unit<'_>>> = Vec::with_capacity(terms.len());
    let mut rest = terms;
    while let Some(first) = rest.first() {
        let (unit, after) = rest.split_at(if first.path.ends_with("_ref.type") { 2.min(rest.len()) } else { 1 });
        rest = after;
        let path = |unit: Unit<'_>| unit.last().map(|term| term.path.clone()).unwrap_or_default();
        let own = path(unit);
        // Any element of a list may be this one, and another one that one.
        let single = mode == Mode::Lossless && !own.contains("[*]");
        match all.iter_mut().find(|others| single && others.first().is_some_and(|other| path(other) == own)) {
            Some(others) => others.push(unit),
            None => all.push(vec![unit]),
        }
    }
    all
}

fn both(pattern: &mut String, unit: Unit<'_>, mode: Mode) {
    for (at, term) in unit.iter().enumerate() {
        pattern.push_str(if at == 0 { "" } else { " AND " });
        one(pattern, term, mode);
    }
}

fn one(pattern: &mut String, term: &Term, mode: Mode) {
    let path = match &term.path {
        Cow::Borrowed(path) if mode == Mode::Reference => as_reference(path),
        path => path.as_ref(),
    };
    pattern.push_str(path);
    pattern.push_str(" = ");
    match (&term.says, mode) {
        (Literal::Text(text), Mode::Reference) if path.starts_with("windows-registry-key:values") => {
            quote(pattern, &text.replace('%', "\\%"));
        }
        (Literal::Text(text), _) => quote(pattern, text),
        (Literal::Integer(number), Mode::Lossless) => drop(write!(pattern, "{number}")),
        (Literal::Integer(number), Mode::Reference) => drop(write!(pattern, "'{number}'")),
        (Literal::Flag(flag), Mode::Lossless) => drop(write!(pattern, "{flag}")),
        (Literal::Flag(flag), Mode::Reference) => pattern.push_str(if *flag { "'True'" } else { "'False'" }),
    }
}

/// A string literal; backslash and quote are escaped (STIX 2.1, section 9.3).
fn quote(pattern: &mut String, text: &str) {
    pattern.push('\'');
    for character in text.chars() {
        if matches!(character, '\\' | '\'') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('\'');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(all: &[(&'static str, &str)]) -> Vec<Term> {
        all.iter().map(|(path, says)| Term::text(*path, *says)).collect()
    }

    #[test]
    fn one_property_does_not_say_two_things_at_once() {
        let file = terms(&[("file:hashes.MD5", "a"), ("file:name", "b"), ("file:name", "c")]);
        assert_eq!(all(&file, Mode::Lossless), "[file:hashes.MD5 = 'a' AND (file:name = 'b' OR file:name = 'c')]");
        let traffic = terms(&[
            ("network-traffic:dst_ref.type", "ipv4-addr"),
            ("network-traffic:dst_ref.value", "192.0.2.1"),
            ("network-traffic:dst_ref.type", "domain-name"),
            ("network-traffic:dst_ref.value", "h.example.org"),
        ]);
        assert_eq!(
            all(&traffic, Mode::Lossless),
            "[((network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1') OR \
             (network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'h.example.org'))]"
        );
        let mail = terms(&[("email-message:to_refs[*].value", "a"), ("email-message:to_refs[*].value", "b")]);
        assert!(all(&mail, Mode::Lossless).contains(" AND "));
        assert_eq!(all(&file, Mode::Reference), "[file:hashes.MD5 = 'a' AND file:name = 'b' AND file:name = 'c']");
    }

    #[test]
    fn no_value_breaks_out_of_its_quotes() {
        let hostile = terms(&[("url:value", "x' OR url:value LIKE '%\\")]);
        assert_eq!(all(&hostile, Mode::Lossless), "[url:value = 'x\\' OR url:value LIKE \\'%\\\\']");
    }
}
