//! What holds whatever a server does.

use crate::pull::{ALL, Puller};
use crate::server::{Reply, Request, Server};
use crate::shelf::{Added, Paging, Shelf, envelope, instants};
use noroshi_taxii::pull::{Misbehaviour, PullError};
use proptest::prelude::*;

fn shelves() -> impl Strategy<Value = (Added, Paging, usize)> {
    let counts = prop::collection::vec(1usize..12, 1..12);
    (counts, prop::sample::select(ALL.to_vec()), 12usize..30)
        .prop_map(|(counts, paging, page)| (instants(&counts), paging, page))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever the server's way of paging, wherever connections break and runs end: every object once.
    #[test]
    fn nothing_is_lost_and_nothing_doubled(
        (added, paging, page) in shelves(),
        breaks in prop::collection::vec((0u64..40, 0usize..600), 0..8),
        pages_max in 1u64..6,
    ) {
        let count = added.len();
        let shelf = Shelf::new(added, paging, page);
        let server = Server::new(move |request: &Request| {
            let reply = shelf.answer(request);
            match breaks.iter().find(|(number, _)| *number == request.number) {
                Some((_, most)) => Reply::Cut(Box::new(reply), *most),
                None => reply,
            }
        });
        let mut puller = Puller::of(&server);
        puller.limits.pages_max = pages_max;
        let ended = (0..200).find_map(|_| match puller.run() {
            Ok(pulled) => Some(pulled),
            Err(PullError::Misbehaves { what: Misbehaviour::TooManyPages { .. }, .. } | PullError::Request(_)) => None,
            Err(other) => panic!("{other}"),
        });
        prop_assert!(ended.is_some());
        let mut numbers = puller.numbers();
        numbers.sort_unstable();
        prop_assert_eq!(numbers, (0..count).collect::<Vec<_>>());
    }

    /// Whatever a server answers, and in whatever order, a pull comes to an end, and so does the next one.
    #[test]
    fn a_pull_ends_whatever_it_is_answered(
        answers in prop::collection::vec((prop::collection::vec((0i64..4, 0usize..6), 0..4), any::<bool>(), 0u8..5, 0u8..9), 1..12),
    ) {
        let server = Server::new(move |request: &Request| {
            let (page, more, next, how) = &answers[request.number as usize % answers.len()];
            let next = match next {
                0 => None,
                1 => Some("same".to_owned()),
                2 => Some(request.number.to_string()),
                next => Some(next.to_string()),
            };
            let reply = envelope(page, *more, next.as_deref());
            match how {
                0 => Reply::Silence,
                1 => Reply::Cut(Box::new(reply), 150),
                2 => Reply::json(404, "{}"),
                3 => Reply::json(503, "{}"),
                _ => reply,
            }
        });
        let mut puller = Puller::of(&server);
        puller.limits.pages_max = 20;
        for _ in 0..3 {
            let before = server.asked().len();
            puller.run().ok();
            prop_assert!(server.asked().len() - before < 300);
            let mut numbers = puller.numbers();
            numbers.sort_unstable();
            let count = numbers.len();
            numbers.dedup();
            prop_assert_eq!(numbers.len(), count);
        }
    }
}
