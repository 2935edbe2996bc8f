//! Defanged values made whole again. People break links so that nobody follows one by mistake.

use regex::{Captures, Regex};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Dots, at signs, colons and slashes in brackets or as words; `\.` as mail filters write it.
static MARKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?P<dot>\s?[\[({<]\s*(?:\.|dot|ドット)\s*[\])}>]\s?|\[\.|\.\]|\\\.)",
        r"|(?P<at>\s?[\[({<]\s*(?:@|at|アット)\s*[\])}>]\s?)",
        r"|(?P<scheme>[\[({<]\s*://\s*[\])}>])",
        r"|(?P<colon>[\[({<]\s*:\s*[\])}>])",
        r"|(?P<slash>[\[({<]\s*/\s*[\])}>])"
    ))
    .ok()
});

/// A scheme written so that it is no link.
static SCHEME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)^(?:h[tx]{2}p|meow)(s?):?//?").ok());

/// Times a text is made whole: what is taken out can leave a mark behind.
const ROUNDS: usize = 4;

/// The value as it was before somebody defanged it; what is not defanged stays as it is.
pub fn refang(text: &str) -> Cow<'_, str> {
    let trim = |character: char| matches!(character, '"' | '\'' | '`' | '<' | '>' | ',' | ';');
    let mut text = Cow::Borrowed(text.trim_matches(trim));
    for _ in 0..ROUNDS {
        let marked = text.bytes().any(|byte| matches!(byte, b'[' | b'(' | b'{' | b'<' | b'\\' | b']'));
        let Some(marks) = MARKS.as_ref().filter(|_| marked) else { break };
        let Cow::Owned(whole) = marks.replace_all(&text, mark) else { break };
        text = Cow::Owned(whole);
    }
    let starts = |start: &str| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    if starts("fxp://") {
        return Cow::Owned(format!("ftp://{}", text.get(6..).unwrap_or_default()));
    }
    let broken = ["hxxp", "hxtp", "htxp", "meow:", "meows:", "http//", "https//", "http:/", "https:/"];
    if starts("http://") || starts("https://") || !broken.into_iter().any(starts) {
        return text;
    }
    match SCHEME.as_ref() {
        Some(scheme) => Cow::Owned(scheme.replace(&text, "http${1}://").into_owned()),
        None => text,
    }
}

fn mark(found: &Captures<'_>) -> &'static str {
    match ["dot", "at", "scheme", "colon"].into_iter().find(|name| found.name(name).is_some()) {
        Some("dot") => ".",
        Some("at") => "@",
        Some("scheme") => "://",
        Some("colon") => ":",
        _ => "/",
    }
}
