//! One batch: where it is cut, and what a server's status says of it.

use super::input::Input;
use super::journal::{Failure, Settled};
use crate::Address;
use crate::client::Client;
use crate::fault::said;
use noroshi_stix::taxii::{Filters, Status, StatusDetails, Version};
use noroshi_stix::{Id, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Bytes of an envelope around its objects.
const AROUND_BYTES: usize = 32;
/// Objects looked up at once, so that addresses stay short.
const LOOK_UP_OBJECTS: usize = 40;

/// What came of a batch.
pub(super) enum Outcome {
    /// The server decided on each object.
    Settled(Settled),
    /// More than the server takes at once.
    TooMuch,
    /// The server refuses all for the sake of some.
    Blamed,
}

/// As many objects as go into one request, one at least.
pub(super) fn cut(input: &Input, from: usize, objects_max: usize, bytes_max: usize) -> Range<usize> {
    let (mut to, mut bytes) = (from, AROUND_BYTES);
    while to < input.len() && to - from < objects_max.max(1) {
        bytes += input.size_bytes(to) + 1;
        if bytes > bytes_max && to > from {
            break;
        }
        to += 1;
    }
    from..to
}

/// What does not fit into a request: one object is refused, several are sent in parts.
pub(super) fn too_long(input: &Input, range: &Range<usize>, bytes: usize, bytes_max: usize) -> Outcome {
    if range.len() > 1 {
        return Outcome::TooMuch;
    }
    refused(input, range, format!("not sent: {bytes} bytes, of which the server takes {bytes_max} at once"))
}

/// Nothing of a batch was taken, for one reason.
pub(super) fn refused(input: &Input, range: &Range<usize>, why: String) -> Outcome {
    let failure = |at| {
        let (id, version) = input.named(at);
        Failure { id: id.to_string(), version, message: Some(why.clone()) }
    };
    let failures = range.clone().map(failure).collect();
    Outcome::Settled(Settled { from: range.start, to: range.end, taken: 0, there: 0, failures, unnamed: 0 })
}

/// What a status says, no more than was sent.
pub(super) fn settled(range: &Range<usize>, status: &Status) -> Settled {
    let sent = range.len() as u64;
    let failed = status.failure_count.max(status.failures.len() as u64).min(sent);
    let failures: Vec<_> = status.failures.iter().take(range.len()).map(failure).collect();
    let unnamed = failed - failures.len() as u64;
    let taken = status.success_count.min(sent - failed);
    Settled { from: range.start, to: range.end, taken, there: 0, failures, unnamed }
}

fn failure(details: &StatusDetails) -> Failure {
    Failure { id: said(&details.id), version: Some(details.version), message: details.message.as_deref().map(said) }
}

/// Takes out of the failures what the server has all the same. Where it does not let itself be asked, they stay.
pub(super) fn look_up(
    client: &Client,
    collection: &Address,
    input: &Input,
    range: &Range<usize>,
    settled: &mut Settled,
) {
    let failed: BTreeSet<&str> = settled.failures.iter().map(|failure| failure.id.as_str()).collect();
    let sent: BTreeMap<&Id, Option<Timestamp>> =
        range.clone().map(|at| input.named(at)).filter(|(id, _)| failed.contains(id.as_str())).collect();
    let ids: Vec<&Id> = sent.keys().copied().collect();
    let mut there = BTreeSet::new();
    for ids in ids.chunks(LOOK_UP_OBJECTS) {
        let filters = Filters {
            ids: ids.iter().map(|id| (*id).clone()).collect(),
            versions: vec![Version::All],
            limit: Some(client.limits().page_objects_max),
            ..Filters::default()
        };
        let Ok(manifest) = client.manifest(collection, &filters) else { return };
        for record in manifest.objects {
            // Of an object without versions, that it is there is all there is to know.
            let version = sent.get(&record.id).copied().flatten().map(|_| record.version);
            there.insert((record.id.to_string(), version));
        }
    }
    let is_there = |failure: &Failure| {
        let unversioned = there.contains(&(failure.id.clone(), None));
        unversioned || failure.version.is_some() && there.contains(&(failure.id.clone(), failure.version))
    };
    let failures = settled.failures.len();
    settled.failures.retain(|failure| !is_there(failure));
    settled.there = (failures - settled.failures.len()) as u64;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::push::circle::Circle;

    fn input(sizes: &[usize]) -> Input {
        let line = |(n, size): (usize, &usize)| {
            let head = format!(r#"{{"type":"x-thing","id":"x-thing--28bb3599-77cd-5a82-a950-{n:012x}","x_v":""#);
            format!("{head}{}\"}}", "v".repeat(size.checked_sub(head.len() + 2).unwrap()))
        };
        let lines: Vec<_> = sizes.iter().enumerate().map(line).collect();
        Input::read(lines.join("\n").as_bytes(), Circle::Partners, &Limits::default()).unwrap()
    }

    #[test]
    fn a_batch_is_full_at_its_limits() {
        let input = input(&[100, 100, 100, 500, 100]);
        assert_eq!(cut(&input, 0, 2, 1_000), 0..2);
        assert_eq!(cut(&input, 0, 9, 32 + 303), 0..3);
        assert_eq!(cut(&input, 0, 9, 32 + 302), 0..2);
        assert_eq!(cut(&input, 3, 9, 200), 3..4, "one at least");
        assert_eq!(cut(&input, 4, 0, 200), 4..5);
        for range in [0..1, 0..3, 0..5] {
            let sum: usize = range.clone().map(|at| input.size_bytes(at) + 1).sum();
            assert!(input.envelope(range).len() <= AROUND_BYTES + sum);
        }
    }

    #[test]
    fn counts_are_never_more_than_was_sent() {
        let mut status = Status::new("s", Timestamp::from_micros(0));
        (status.success_count, status.failure_count) = (u64::MAX, 3);
        let settled = settled(&(5..10), &status);
        assert_eq!((settled.taken, settled.unnamed), (2, 3));
        status.failure_count = u64::MAX;
        let settled = super::settled(&(5..10), &status);
        assert_eq!((settled.taken, settled.unnamed), (0, 5));
    }
}
