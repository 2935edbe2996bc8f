//! Plain lists: one value a line, comments, words behind the value.

use super::collect::{Collector, Observed};
use crate::limits::LINE_BYTES_MAX;
use crate::object::Said;

pub(super) fn read(text: &str, into: &mut Collector<'_>) {
    for (number, line) in (1..).zip(text.lines()) {
        if line.len() > LINE_BYTES_MAX {
            into.fault(number, too_long(line.len()));
            continue;
        }
        let (value, comment) = split(line);
        if !value.is_empty() {
            take(number, value, comment, into);
        }
    }
}

pub(super) fn too_long(bytes: usize) -> String {
    format!("the line has {bytes} bytes, more than {LINE_BYTES_MAX}; put one value on a line")
}

fn take(number: u64, value: &str, comment: &str, into: &mut Collector<'_>) {
    let described = |text: &str| Said { description: text.trim().to_owned(), ..Said::default() };
    let fault = match Observed::parse(value) {
        Ok(observed) => return into.value(number, &observed, described(comment)),
        Err(fault) => fault,
    };
    // A value, then words about it; or, in a hosts file, where a name is sent and then the name.
    let Some((first, rest)) = value.split_once(char::is_whitespace) else {
        return into.fault(number, fault.to_string());
    };
    let words = if comment.is_empty() { rest.to_owned() } else { format!("{} {comment}", rest.trim()) };
    let nowhere = matches!(first, "0.0.0.0" | "127.0.0.1" | "::" | "::1");
    match (nowhere, Observed::parse(first)) {
        (true, _) => match Observed::parse(rest.trim()) {
            Ok(observed) => into.value(number, &observed, described(comment)),
            Err(fault) => into.fault(number, fault.to_string()),
        },
        (false, Ok(observed)) => into.value(number, &observed, described(&words)),
        (false, Err(_)) => into.fault(number, fault.to_string()),
    }
}

/// The value and the comment of a line. `#` inside a URL begins no comment; `||name^` is how filters of browsers write
/// a name.
fn split(line: &str) -> (&str, &str) {
    let line = line.trim();
    if let Some(comment) = ["#", ";", "//", "!"].iter().find_map(|mark| line.strip_prefix(mark)) {
        return ("", comment);
    }
    let comment = [" #", "\t#", " //", "\t//", " ;", "\t;"].iter().filter_map(|mark| line.find(mark)).min();
    let (value, comment) = line.split_at(comment.unwrap_or(line.len()));
    let value = value.trim();
    let value = value.strip_prefix("||").map_or(value, |rest| rest.trim_end_matches('^'));
    (value, comment.trim_start_matches(|mark: char| mark.is_whitespace() || matches!(mark, '#' | '/' | ';')))
}
