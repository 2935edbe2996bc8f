//! Finding what is personal in a piece of text.
//!
//! Each kind looks at whole runs of the letters it is made of and goes on behind them, so that no text takes more than
//! its length in time. At the edges of a piece stands a bracket or nothing; both end a word.

use super::{Keep, Personal, digits, inside};
use std::net::Ipv4Addr;
use std::ops::Range;

/// What a finder met.
enum Step {
    /// This is personal.
    Take(Personal, Range<usize>),
    /// This is not, and nothing else is in it.
    Leave(Range<usize>),
    /// Nothing before this place.
    On(usize),
}

/// Looks at a text from a place on; nothing at its end.
type Finder = fn(&str, usize) -> Option<Step>;

/// What comes first has the say over a place.
const FINDERS: [Finder; 7] = [protected, email, share, name, v6, v4, number];

/// Everything found in a piece, in order, none over another.
pub(super) fn all(text: &str, keep: &Keep) -> Vec<(Personal, Range<usize>)> {
    let mut taken = Taken { text, keep, found: Vec::new(), spoken: Vec::new() };
    FINDERS.into_iter().for_each(|finder| taken.each(finder));
    let mut found = taken.found;
    found.sort_unstable_by_key(|(_, range)| range.start);
    found
}

struct Taken<'a> {
    text: &'a str,
    keep: &'a Keep,
    found: Vec<(Personal, Range<usize>)>,
    /// Places that are spoken for, in order.
    spoken: Vec<Range<usize>>,
}

impl Taken<'_> {
    /// Looks for one kind in what is not spoken for yet.
    fn each(&mut self, finder: Finder) {
        let (mut spoken, mut from) = (Vec::new(), 0);
        let end = self.text.len()..self.text.len();
        for place in std::mem::take(&mut self.spoken).into_iter().chain(std::iter::once(end)) {
            self.within(from..place.start, finder, &mut spoken);
            from = place.end;
            if !place.is_empty() {
                spoken.push(place);
            }
        }
        self.spoken = spoken;
    }

    /// Behind what is spoken for, the text begins anew.
    fn within(&mut self, mut free: Range<usize>, finder: Finder, spoken: &mut Vec<Range<usize>>) {
        let mut at = 0;
        while let Some(step) = finder(&self.text[free.clone()], at) {
            let (what, range) = match step {
                Step::Take(what, range) => (Some(what), range),
                Step::Leave(range) => (None, range),
                Step::On(further) => {
                    at = further;
                    continue;
                }
            };
            let place = free.start + range.start..free.start + range.end;
            if let Some(what) = what.filter(|_| !self.keep.has(&self.text[place.clone()])) {
                self.found.push((what, place.clone()));
            }
            (free.start, at) = (place.end, 0);
            spoken.push(place);
        }
    }
}

/// The next whole run of bytes of a class, all of them ASCII.
fn run(text: &str, from: usize, class: impl Fn(u8) -> bool) -> Option<Range<usize>> {
    let bytes = text.as_bytes().get(from..)?;
    let start = from + bytes.iter().position(|byte| class(*byte))?;
    let length = text.as_bytes()[start..].iter().take_while(|byte| class(**byte)).count();
    Some(start..start + length)
}

/// A range without such bytes at its edges.
fn trimmed(text: &str, range: Range<usize>, edge: &[char]) -> Range<usize> {
    let run = &text[range.clone()];
    let start = range.start + run.len() - run.trim_start_matches(edge).len();
    start..start + run.trim_matches(edge).len()
}

/// Whether what stands before and behind a range is no part of a word.
fn is_alone(text: &str, range: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    !bytes[..range.start].last().is_some_and(|byte| is_word(*byte))
        && !bytes.get(range.end).is_some_and(|byte| is_word(*byte))
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Hashes and UUIDs have runs of digits in them that mean nothing.
fn protected(text: &str, from: usize) -> Option<Step> {
    let range = run(text, from, |byte| byte.is_ascii_hexdigit())?;
    let bytes = text.as_bytes();
    if (32..=128).contains(&range.len()) && is_alone(text, &range) {
        return Some(Step::Leave(range));
    }
    let uuid = range.start..range.start + 36;
    let fits = |(at, byte): (usize, &u8)| {
        if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() }
    };
    let is_uuid = range.len() == 8 && bytes.get(uuid.clone()).is_some_and(|of| of.iter().enumerate().all(fits));
    Some(if is_uuid && is_alone(text, &uuid) { Step::Leave(uuid) } else { Step::On(range.end) })
}

/// Bytes of the part before the `@` that are looked at; RFC 5321 allows 64.
const LOCAL_BYTES_MAX: usize = 256;

fn email(text: &str, from: usize) -> Option<Step> {
    let bytes = text.as_bytes();
    let at = from + bytes.get(from..)?.iter().position(|byte| *byte == b'@')?;
    let is_local = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._%+'-".contains(byte);
    let start = at - bytes[..at].iter().rev().take(LOCAL_BYTES_MAX).take_while(is_local).count();
    let host = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte)).count();
    let range = start..at + 1 + text[at + 1..at + 1 + host].trim_end_matches(['.', '-']).len();
    let host = text.get(at + 1..range.end).unwrap_or_default();
    if start == at || !host.contains('.') || host.starts_with(['.', '-']) || host.contains("..") {
        return Some(Step::On(at + 1));
    }
    let office = inside::is_office(&text[start..at]) && !inside::is_internal(host);
    Some(if office { Step::Leave(range) } else { Step::Take(Personal::Email, range) })
}

/// The server of `\\server\share`, where it is not one that everybody knows.
fn share(text: &str, from: usize) -> Option<Step> {
    let at = from + text.get(from..)?.find(r"\\")? + 2;
    let length = text.as_bytes()[at..].iter().take_while(|byte| is_word(**byte) || b"$.-".contains(byte)).count();
    let name = &text[at..at + length];
    let ended = text[at + length..].starts_with('\\') && !name.is_empty();
    let own = !name.contains('.') || inside::is_internal(name) || inside::is_private(name);
    Some(if ended && own { Step::Take(Personal::InternalHost, at..at + length) } else { Step::On(at + length) })
}

fn name(text: &str, from: usize) -> Option<Step> {
    let whole = run(text, from, |byte| is_word(byte) || byte == b'.' || byte == b'-')?;
    let range = trimmed(text, whole.clone(), &['.', '-']);
    let own = inside::is_internal(&text[range.clone()]);
    Some(if own { Step::Take(Personal::InternalHost, range) } else { Step::On(whole.end) })
}

/// Letters of the longest IPv6 address.
const V6_BYTES_MAX: usize = 45;

/// What stands before an address with a colon between (`src:fe80::1`) may look like a part of it.
fn v6(text: &str, from: usize) -> Option<Step> {
    let whole = run(text, from, |byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.')?;
    let end = whole.start + text[whole.clone()].trim_end_matches('.').len();
    let colon = text[..end].ends_with(':') && !text[..end].ends_with("::");
    let end = if colon { end - 1 } else { end };
    let nearest = end.saturating_sub(V6_BYTES_MAX).max(whole.start);
    let begins = |start: &usize| *start == whole.start || text.as_bytes()[*start - 1] == b':';
    let mut ranges = (nearest..end).filter(begins).map(|start| start..end);
    let own = |range: &Range<usize>| {
        text[range.clone()].contains(':') && is_alone(text, range) && inside::is_private(&text[range.clone()])
    };
    Some(ranges.find(own).map_or(Step::On(whole.end), |range| Step::Take(Personal::PrivateAddress, range)))
}

/// Four numbers with dots are an address or a version, and no telephone number.
fn v4(text: &str, from: usize) -> Option<Step> {
    let whole = run(text, from, |byte| byte.is_ascii_digit() || byte == b'.')?;
    let range = trimmed(text, whole.clone(), &['.']);
    let address = &text[range.clone()];
    if address.parse::<Ipv4Addr>().is_err() || !is_alone(text, &range) {
        return Some(Step::On(whole.end));
    }
    Some(if inside::is_private(address) { Step::Take(Personal::PrivateAddress, range) } else { Step::Leave(range) })
}

/// Digits of the longest number that means something.
const DIGITS_MAX: usize = 19;
/// Signs between two digits of a number.
const SIGNS_MAX: usize = 2;

/// The first number of a run of digits and signs that means something; of its endings the last that does.
fn number(text: &str, from: usize) -> Option<Step> {
    let whole = run(text, from, |byte| byte.is_ascii_digit() || b" ().+-".contains(&byte))?;
    let bytes = text.as_bytes();
    let begins = |at: &usize| bytes[*at].is_ascii_digit() && !bytes[..*at].last().is_some_and(|byte| is_word(*byte));
    for first in whole.clone().filter(begins) {
        let signs =
            bytes[whole.start..first].iter().rev().take(SIGNS_MAX).take_while(|sign| b"+(".contains(sign)).count();
        let found = endings(bytes, first, whole.end).into_iter().rev().find_map(|end| {
            let range = first - signs..end;
            digits::meaning(&text[range.clone()]).map(|what| (what, range))
        });
        if let Some((what, range)) = found {
            return Some(Step::Take(what, range));
        }
    }
    Some(Step::On(whole.end))
}

/// Places behind digits at which a number that begins at `first` can end.
fn endings(bytes: &[u8], first: usize, end: usize) -> Vec<usize> {
    let (mut found, mut digits, mut signs) = (Vec::new(), 0, 0);
    for at in first..end {
        if bytes[at].is_ascii_digit() {
            (digits, signs) = (digits + 1, 0);
            if digits >= 8 && !bytes.get(at + 1).is_some_and(|byte| is_word(*byte)) {
                found.push(at + 1);
            }
        } else {
            signs += 1;
        }
        if digits > DIGITS_MAX || signs > SIGNS_MAX {
            break;
        }
    }
    found
}
