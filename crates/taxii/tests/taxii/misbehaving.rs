//! Servers that do not do what the standard says: found, said, and left.

use crate::pull::Puller;
use crate::server::{Reply, Request, Server};
use crate::shelf::envelope;
use crate::world::tool;
use noroshi_taxii::pull::Misbehaviour;

#[test]
fn a_server_that_goes_round_is_left() {
    // Ignores `next`; gives a `next` that leads to the beginning; goes round by threes.
    for cycle in [1, 2, 3] {
        let server = Server::new(move |request: &Request| {
            let at = request.number as i64 % cycle;
            envelope(&[(5, at as usize)], true, Some(&request.number.to_string()))
        });
        let puller = Puller::of(&server);
        assert_eq!(puller.ends_with(), Misbehaviour::Repeats);
        assert_eq!((server.asked().len() as i64, puller.numbers().len() as i64), (cycle + 1, cycle));
    }
}

#[test]
fn empty_pages_have_an_end() {
    let server = |empty: u64| {
        Server::new(move |request: &Request| {
            if request.number < empty {
                envelope(&[], true, Some(&request.number.to_string()))
            } else {
                envelope(&[(5, 1)], false, None)
            }
        })
    };
    let puller = Puller::of(&server(8));
    assert_eq!(puller.run().unwrap().objects, 1);
    assert_eq!(Puller::of(&server(9)).ends_with(), Misbehaviour::Empty { pages: 9 });
    let nowhere = Server::new(|_: &Request| envelope(&[], true, None));
    assert_eq!(Puller::of(&nowhere).ends_with(), Misbehaviour::NoWayOn);
    let undated = Server::new(|_: &Request| Reply::json(200, format!("{{\"more\":true,\"objects\":[{}]}}", tool(1))));
    assert_eq!(Puller::of(&undated).ends_with(), Misbehaviour::NoWayOn);
}

#[test]
fn dates_that_go_backwards_are_said() {
    let within = Server::new(|_: &Request| envelope(&[(5, 1), (4, 2)], false, None));
    assert!(matches!(Puller::of(&within).ends_with(), Misbehaviour::Backwards { .. }));
    let between = Server::new(|request: &Request| match request.number {
        0 => envelope(&[(5, 1), (9, 2)], true, Some("a")),
        _ => envelope(&[(8, 3)], false, None),
    });
    let puller = Puller::of(&between);
    assert!(matches!(puller.ends_with(), Misbehaviour::Backwards { .. }));
    assert_eq!(puller.numbers(), [1, 2]);
}

#[test]
fn a_server_that_ignores_added_after_is_said() {
    let day = 86_400_000_000;
    let server = Server::new(move |request: &Request| match request.number {
        0 => envelope(&[(day, 1), (2 * day, 2)], false, None),
        _ => envelope(&[(day, 1), (2 * day, 2), (3 * day, 3)], false, None),
    });
    let puller = Puller::of(&server);
    puller.run().unwrap();
    assert!(matches!(puller.ends_with(), Misbehaviour::IgnoresAddedAfter { .. }));
    // One that keeps whole seconds only is none of these.
    let coarse = Server::new(move |_: &Request| envelope(&[(day, 1), (day + 700_000, 2)], false, None));
    let puller = Puller::of(&coarse);
    puller.run().unwrap();
    assert_eq!(puller.run().unwrap().known, 2);
}

#[test]
fn what_is_no_page_is_said() {
    let page =
        |body: &'static str| Puller::of(&Server::new(move |_: &Request| Reply::json(200, body))).run().unwrap_err();
    for (body, part) in [
        ("", "not JSON"),
        ("{\"objects\":[{}", "not JSON"),
        ("[]", "not an object"),
        ("{\"more\":1}", "`more` must be"),
        ("{\"type\":\"bundle\",\"id\":\"bundle--00000000-0000-4000-8000-000000000001\"}", "TAXII 2.0"),
    ] {
        let error = page(body).to_string();
        assert!(error.contains(part) && error.contains("page 1 of `http://127.0.0.1"), "{body}: {error}");
    }
    let dated =
        Server::new(|_: &Request| envelope(&[(5, 1)], false, None).with("x-taxii-date-added-last", "yesterday"));
    assert!(matches!(Puller::of(&dated).ends_with(), Misbehaviour::BadDate { .. }));
    let long = |bytes: usize| {
        let next = "n".repeat(bytes);
        Puller::of(&Server::new(move |request: &Request| match request.number {
            0 => envelope(&[(5, 1)], true, Some(&next)),
            _ => envelope(&[(5, 2)], false, None),
        }))
    };
    assert_eq!(long(8 << 10).run().unwrap().objects, 2);
    assert!(matches!(long((8 << 10) + 1).ends_with(), Misbehaviour::LongNext { .. }));
}
