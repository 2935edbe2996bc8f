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
/// The reference quotes numbers and flags; a text never equals a number (STIX 2.1, section 9.6), so we do not.
pub(crate) fn all(terms: &[Term], mode: Mode) -> String {
    let mut pattern = String::with_capacity(64 * terms.len());
    for (at, term) in terms.iter().enumerate() {
        pattern.push_str(if at == 0 { "[" } else { " AND " });
        let path = match &term.path {
            Cow::Borrowed(path) if mode == Mode::Reference => as_reference(path),
            path => path.as_ref(),
        };
        pattern.push_str(path);
        pattern.push_str(" = ");
        match (&term.says, mode) {
            (Literal::Text(text), Mode::Reference) if path.starts_with("windows-registry-key:values") => {
                quote(&mut pattern, &text.replace('%', "\\%"));
            }
            (Literal::Text(text), _) => quote(&mut pattern, text),
            (Literal::Integer(number), Mode::Lossless) => drop(write!(pattern, "{number}")),
            (Literal::Integer(number), Mode::Reference) => drop(write!(pattern, "'{number}'")),
            (Literal::Flag(flag), Mode::Lossless) => drop(write!(pattern, "{flag}")),
            (Literal::Flag(flag), Mode::Reference) => pattern.push_str(if *flag { "'True'" } else { "'False'" }),
        }
    }
    pattern.push(']');
    pattern
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
