//! Pulling from servers that are right, that are wrong, and that fall over.

use crate::server::{Reply, Request, Server};
use crate::shelf::{Paging, Shelf, instants};
use crate::world::{World, address, client, client_in, numbers, tool};
use noroshi_taxii::pull::{Misbehaviour, PullError};
use noroshi_taxii::{Filters, JsonLines, Limits, Page, Pull, Pulled, Setup, Sink};
use std::path::PathBuf;
use std::sync::Arc;

/// One who pulls into a file, run after run.
pub(crate) struct Puller {
    folder: tempfile::TempDir,
    pub(crate) limits: Limits,
    pub(crate) pull: Pull,
    home: String,
}

impl Puller {
    pub(crate) fn of(server: &Server) -> Self {
        let home = server.address("api/collections/1/");
        let pull = Pull { overlap_micros: 0, ..Pull::of(address(&home)) };
        Self { folder: tempfile::tempdir().unwrap(), limits: Limits::default(), pull, home }
    }

    fn limited(mut self, limit: u64) -> Self {
        self.pull.filters.limit = Some(limit);
        self
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn run(&self) -> Result<Pulled, PullError> {
        let mut lines = JsonLines::open(&self.file("objects.jsonl"), &self.limits).unwrap();
        self.pull.run(&client(&self.home, self.limits.clone()), &self.file("state.json"), &mut lines)
    }

    /// Runs into nothing, and gives what ended it.
    pub(crate) fn ends_with(&self) -> Misbehaviour {
        match self.run() {
            Err(PullError::Misbehaves { what, .. }) => what,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn numbers(&self) -> Vec<usize> {
        numbers(&self.file("objects.jsonl"))
    }
}

pub(crate) const ALL: [Paging; 3] = [Paging::Moving, Paging::Queue, Paging::Dates];

#[test]
fn everything_comes_once_and_later_only_what_is_new() {
    for paging in ALL {
        let shelf = Shelf::new(instants(&[1, 30, 1, 1, 40, 2]), paging, 50);
        let puller = Puller::of(&shelf.served());
        let pulled = puller.run().unwrap();
        assert_eq!((pulled.objects, pulled.restarts, pulled.undated), (75, 0, false), "{paging:?}");
        assert_eq!(puller.numbers(), (0..75).collect::<Vec<_>>(), "{paging:?}");
        let again = puller.run().unwrap();
        assert_eq!(
            (again.objects, again.known, again.pages),
            (0, 2, 1),
            "{paging:?}: only the last instant comes again"
        );
        // One more of the very same instant, and some later ones.
        let last = shelf.added.lock().unwrap().last().unwrap().0;
        shelf.added.lock().unwrap().extend([(last, 75), (last + 1, 76)]);
        assert_eq!(puller.run().unwrap().objects, 2, "{paging:?}");
        assert_eq!(puller.numbers(), (0..77).collect::<Vec<_>>(), "{paging:?}");
    }
}

#[test]
fn ten_thousand_of_one_instant() {
    for paging in [Paging::Moving, Paging::Queue] {
        let puller = Puller::of(&Shelf::new(instants(&[5, 10_000, 5]), paging, 700).served());
        assert_eq!(puller.run().unwrap().objects, 10_010);
        assert_eq!(puller.numbers(), (0..10_010).collect::<Vec<_>>());
    }
    // By dates alone: with larger pages where the server gives them, and with a sentence where it does not.
    let wide = Puller::of(&Shelf::new(instants(&[5, 10_000, 5]), Paging::Dates, 20_000).served()).limited(100);
    assert_eq!(wide.run().unwrap().objects, 10_010);
    let narrow_server = Shelf::new(instants(&[5, 10_000, 5]), Paging::Dates, 700).served();
    let narrow = Puller::of(&narrow_server);
    assert!(matches!(narrow.ends_with(), Misbehaviour::Crowded { objects: 700, .. }));
    assert!(narrow_server.asked().len() < 10, "{:?}", narrow_server.asked());
}

#[test]
fn what_comes_late_with_an_early_date_is_found_within_the_overlap() {
    let shelf = Shelf::new(instants(&[3, 3]), Paging::Moving, 10);
    let mut puller = Puller::of(&shelf.served());
    puller.pull.overlap_micros = 1_000;
    puller.run().unwrap();
    shelf.added.lock().unwrap().insert(3, (1_000_000_001, 6));
    let pulled = puller.run().unwrap();
    assert_eq!((pulled.objects, pulled.known), (1, 6));
}

#[test]
fn the_bytes_are_the_servers_and_each_object_is_judged() {
    struct Keep(Vec<u8>, Vec<bool>);
    impl Sink for Keep {
        fn take(&mut self, page: &Page<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            self.0 = page.bytes.to_vec();
            self.1 = page.objects.iter().map(|object| object.read.is_ok()).collect();
            Ok(())
        }
    }
    let body = format!("{{ \"objects\" : [ {} ,\n {{\"type\":\"tool\"}}, 7] , \"x_own\": 1.50 }}", tool(1));
    let sent = body.clone();
    let server = Server::new(move |_: &Request| Reply::json(200, sent.clone()));
    let puller = Puller::of(&server);
    let mut keep = Keep(Vec::new(), Vec::new());
    let client = client(&puller.home, Limits::default());
    let pulled = puller.pull.run(&client, &puller.file("state.json"), &mut keep).unwrap();
    assert_eq!((keep.0, keep.1), (body.into_bytes(), vec![true, false, false]));
    assert_eq!((pulled.objects, pulled.refused, pulled.undated), (1, 2, true));
}

#[test]
fn a_page_that_is_not_taken_comes_again() {
    struct Full(u64);
    impl Sink for Full {
        fn take(&mut self, page: &Page<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            if page.number == self.0 { Err("the disk is full".into()) } else { Ok(()) }
        }
    }
    let puller = Puller::of(&Shelf::new(instants(&[1; 30]), Paging::Moving, 10).served());
    let client = client(&puller.home, Limits::default());
    let error = puller.pull.run(&client, &puller.file("state.json"), &mut Full(2)).unwrap_err();
    assert_eq!(error.to_string(), "page 2 was not taken: the disk is full");
    assert_eq!(puller.run().unwrap().objects, 20);
}

#[test]
fn pages_have_a_limit_and_the_next_run_goes_on() {
    for paging in ALL {
        let mut puller = Puller::of(&Shelf::new(instants(&[1; 30]), paging, 10).served());
        puller.limits.pages_max = 2;
        assert_eq!(puller.ends_with(), Misbehaviour::TooManyPages { pages: 2 });
        let pulled = (0..9).find_map(|_| puller.run().ok());
        assert!(pulled.is_some() && puller.numbers() == (0..30).collect::<Vec<_>>(), "{paging:?}");
    }
}

#[test]
fn what_was_lost_on_the_way_from_a_queue_is_not_skipped() {
    let shelf = Shelf::new(instants(&[4; 30]), Paging::Queue, 10);
    let server = Server::new(move |request: &Request| {
        let reply = shelf.answer(request);
        if matches!(request.number, 3 | 7) { Reply::Cut(Box::new(reply), 300) } else { reply }
    });
    let puller = Puller::of(&server);
    let pulled = puller.run().unwrap();
    assert_eq!(puller.numbers(), (0..120).collect::<Vec<_>>());
    assert_eq!(pulled.restarts, 2);
}

/// A server that gives first pages only.
fn forgetful(counts: &[usize]) -> Server {
    let shelf = Shelf::new(instants(counts), Paging::Queue, 10);
    Server::new(move |request: &Request| match request.parameter("next") {
        Some(_) => Reply::Silence,
        None => shelf.answer(request),
    })
}

#[test]
fn a_server_that_never_gives_a_second_page_is_got_round_by_date_or_left() {
    let around = Puller::of(&forgetful(&[4; 30]));
    assert_eq!(around.run().unwrap().objects, 120);
    let server = forgetful(&[120]);
    let puller = Puller::of(&server);
    let mut lines = JsonLines::open(&puller.file("objects.jsonl"), &puller.limits).unwrap();
    let world = Arc::new(World::default());
    let client = client_in(&puller.home, Setup::default(), &world);
    let error = puller.pull.run(&client, &puller.file("state.json"), &mut lines).unwrap_err();
    assert!(matches!(error, PullError::Request(_)), "{error}");
    // The first page and its second, and both again for each restart.
    assert_eq!((server.asked().len(), world.waits.lock().unwrap().len()), (14, 6));
}

#[test]
fn an_expired_next_is_not_the_end() {
    let shelf = Shelf::new(instants(&[4; 30]), Paging::Moving, 10);
    let server = Server::new(move |request: &Request| match (request.number, request.parameter("next")) {
        (5, Some(_)) => Reply::json(404, r#"{"title":"that was long ago"}"#),
        _ => shelf.answer(request),
    });
    let mut puller = Puller::of(&server);
    puller.limits.pages_max = 5;
    puller.ends_with();
    puller.limits = Limits::default();
    assert_eq!(puller.run().unwrap().restarts, 1);
    assert_eq!(puller.numbers(), (0..120).collect::<Vec<_>>());
}

#[test]
fn filters_are_asked_for_on_every_page_and_have_a_state_of_their_own() {
    let server = Shelf::new(instants(&[4; 5]), Paging::Moving, 10).served();
    let mut puller = Puller::of(&server);
    puller.pull.filters = Filters { types: vec!["tool".to_owned()], ..Filters::default() };
    puller.run().unwrap();
    assert!(server.asked().iter().all(|asked| asked.contains("limit=1000") && asked.contains("match[type]=tool")));
    puller.pull.filters.types.clear();
    assert!(puller.run().unwrap_err().to_string().contains("give another file"));
}

#[test]
fn two_do_not_pull_into_one_state() {
    let puller = Puller::of(&Shelf::new(instants(&[1]), Paging::Moving, 10).served());
    let lock = std::fs::File::create(puller.file("state.json.lock")).unwrap();
    lock.lock().unwrap();
    assert!(puller.run().unwrap_err().to_string().contains("held by another"));
}
