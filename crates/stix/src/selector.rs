//! Selectors: which part of an object a granular marking is about (section 7.2.3.1).
//!
//! Names joined by dots; a list's element is `[0]`, `[1]`, … as a step of its own: `external_references.[0].url`.

use crate::json::{Kind, Value};

/// The value a selector selects; nothing where it is malformed or selects nothing.
pub(crate) fn resolve<'a>(root: Value<'a>, selector: &str) -> Option<Value<'a>> {
    selector.split('.').try_fold(root, |value, step| match index(step) {
        Some(index) if value.kind() == Kind::Array => value.elements().nth(index),
        Some(_) => None,
        None => value.get(step),
    })
}

/// The number of a step in brackets.
pub(crate) fn index(step: &str) -> Option<usize> {
    let digits = step.strip_prefix('[')?.strip_suffix(']')?;
    let plain = digits == "0" || !digits.starts_with('0');
    (plain && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}
