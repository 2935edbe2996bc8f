//! Pushing to servers that take, that take some, that fall over.

use crate::letterbox::Letterbox;
use crate::server::{Reply, Request, Server};
use crate::world::{World, address, client, client_in, tool};
use noroshi_taxii::push::PushError;
use noroshi_taxii::{Circle, Failure, Input, Limits, Push, Pushed, Setup};
use std::path::Path;
use std::sync::{Arc, Mutex};

pub(crate) fn tools(count: usize) -> Input {
    let lines: Vec<_> = (0..count).map(tool).collect();
    Input::read(lines.join("\n").as_bytes(), Circle::Partners, &Limits::default()).unwrap()
}

pub(crate) fn to(server: &Server) -> Push {
    Push { root: address(&server.address("api/")), collection: address(&server.address("api/collections/1/")) }
}

fn run(server: &Server, input: &Input, journal: &Path, limits: Limits) -> Result<(Pushed, Vec<Failure>), PushError> {
    let mut failures = Vec::new();
    let client = client(&server.address("api/"), limits);
    let pushed = to(server).run(&client, input, journal, &mut |failure| failures.push(failure.clone()))?;
    Ok((pushed, failures))
}

fn journal() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    (folder, path)
}

fn limits(batch_objects_max: usize) -> Limits {
    Limits { batch_objects_max, ..Limits::default() }
}

#[test]
fn everything_is_sent_once_and_told_again() {
    let (_folder, path) = journal();
    let collection = Letterbox { dislikes: "tool 13\"", looks: 3, ..Letterbox::new() };
    let server = collection.served();
    let (pushed, failures) = run(&server, &tools(25), &path, limits(10)).unwrap();
    assert_eq!(pushed, Pushed { taken: 24, failed: 1, ..Pushed::default() });
    assert_eq!(failures[0].message.as_deref(), Some("not\\u{1b}liked"));
    assert!(failures[0].id.ends_with("00000000000d"));
    let posts = |server: &Server| server.asked().iter().filter(|asked| asked.starts_with("POST")).count();
    assert_eq!(posts(&server), 3);
    let again = run(&server, &tools(25), &path, limits(10)).unwrap();
    assert_eq!((again, posts(&server)), ((pushed, failures), 3));
    let other = run(&server, &tools(26), &path, limits(10)).unwrap_err();
    assert!(other.to_string().contains("of other objects"), "{other}");
}

#[test]
fn what_may_have_been_sent_stands_in_the_journal_before_it_is() {
    let (_folder, path) = journal();
    let (collection, own) = (Letterbox::new(), path.clone());
    let served = collection.clone();
    let server = Server::new(move |request: &Request| {
        let journal = std::fs::read_to_string(&own).unwrap();
        if request.method == "POST" {
            let last = journal.lines().last().unwrap();
            assert!(last.starts_with("{\"sending\""), "{last}");
        }
        served.answer(request)
    });
    assert_eq!(run(&server, &tools(25), &path, limits(10)).unwrap().0.taken, 25);
}

#[test]
fn batches_are_as_long_as_the_server_says_or_does() {
    let said = Letterbox { says_bytes_max: 1_000, bytes_max: 1_000, ..Letterbox::new() };
    let (_folder, path) = journal();
    let (pushed, _) = run(&said.served(), &tools(25), &path, limits(10)).unwrap();
    assert_eq!((pushed.taken, said.got()), (25, 25));
    // One that takes less than it says is found out once, not for every batch.
    let less = Letterbox { bytes_max: 1_000, ..Letterbox::new() };
    let server = less.served();
    let (_folder, path) = journal();
    assert_eq!(run(&server, &tools(64), &path, limits(16)).unwrap().0.taken, 64);
    let posts = server.asked().iter().filter(|asked| asked.starts_with("POST")).count();
    assert!(posts <= 2 + 64 / 4, "{posts}");
    let narrow = Letterbox { says_bytes_max: 100, ..Letterbox::new() };
    let (_folder, path) = journal();
    let (pushed, failures) = run(&narrow.served(), &tools(2), &path, limits(10)).unwrap();
    assert_eq!((pushed.failed, narrow.got()), (2, 0));
    assert!(failures[0].message.as_ref().unwrap().contains("takes 100 at once"));
}

#[test]
fn an_envelope_refused_for_one_object_does_not_lose_the_others() {
    let collection = Letterbox { hates: "tool 7\"", ..Letterbox::new() };
    let server = collection.served();
    let (_folder, path) = journal();
    let (pushed, failures) = run(&server, &tools(100), &path, limits(50)).unwrap();
    assert_eq!((pushed.taken, pushed.failed, collection.got()), (99, 1, 99));
    assert!(failures[0].message.as_ref().unwrap().contains("one of these is hateful"), "{failures:?}");
    assert!(server.asked().len() < 30, "{}", server.asked().len());
    let all = Letterbox { hates: "tool", ..Letterbox::new() };
    let (_folder, path) = journal();
    let error = run(&all.served(), &tools(100), &path, Limits { refused_in_a_row_max: 3, ..limits(50) }).unwrap_err();
    assert!(matches!(error, PushError::RefusesAll { objects: 3, .. }), "{error}");
}

#[test]
fn a_lost_answer_is_no_failure() {
    for strict in [false, true] {
        let collection = Letterbox { strict, ..Letterbox::new() };
        let own = collection.clone();
        let server = Server::new(move |request: &Request| {
            let reply = own.answer(request);
            if request.number == 2 { Reply::Silence } else { reply }
        });
        let (_folder, path) = journal();
        let (pushed, failures) = run(&server, &tools(30), &path, limits(10)).unwrap();
        let there = if strict { 10 } else { 0 };
        assert_eq!((pushed.taken, pushed.there, failures.len(), collection.got()), (30 - there, there, 0, 30));
    }
}

#[test]
fn a_status_that_never_ends_is_left_for_another_run() {
    let collection = Letterbox { looks: 8, ..Letterbox::new() };
    let server = collection.served();
    let (_folder, path) = journal();
    let world = Arc::new(World::default());
    let setup = Setup { limits: Limits { polls_max: 5, ..limits(10) }, ..Setup::default() };
    let client = client_in(&server.address("api/"), setup, &world);
    let error = to(&server).run(&client, &tools(5), &path, &mut |_| {}).unwrap_err();
    assert!(matches!(error, PushError::Pending { polls: 5, .. }), "{error}");
    assert_eq!(world.waits.lock().unwrap().len(), 5);
    assert_eq!(to(&server).run(&client, &tools(5), &path, &mut |_| {}).unwrap().taken, 5);
    assert!(collection.got.lock().unwrap().values().all(|sent| *sent == 1), "looked on, not sent again");
}

#[test]
fn a_status_that_is_forgotten_has_its_batch_sent_again() {
    let collection = Letterbox { looks: 8, strict: true, ..Letterbox::new() };
    let server = collection.served();
    let (_folder, path) = journal();
    run(&server, &tools(5), &path, Limits { polls_max: 5, ..limits(10) }).unwrap_err();
    collection.waiting.lock().unwrap().clear();
    let (pushed, _) = run(&server, &tools(5), &path, limits(10)).unwrap();
    assert_eq!(pushed, Pushed { there: 5, ..Pushed::default() });
}

#[test]
fn counts_that_do_not_add_up_are_said() {
    let server = Server::new(|request: &Request| match request.method.as_str() {
        "GET" => Reply::json(200, r#"{"title":"t","versions":[],"max_content_length":100000}"#),
        _ => Reply::json(
            202,
            r#"{"id":"s","status":"complete","total_count":1,"success_count":1,"failure_count":1,"pending_count":0}"#,
        ),
    });
    let (_folder, path) = journal();
    let (pushed, _) = run(&server, &tools(5), &path, limits(10)).unwrap();
    assert_eq!(pushed, Pushed { taken: 1, failed: 1, unaccounted: 3, ..Pushed::default() });
}

#[test]
fn stopped_at_every_answer_and_run_again() {
    for stop in 0..14 {
        for strict in [false, true] {
            let collection = Letterbox { strict, looks: 1, ..Letterbox::new() };
            let (own, asked) = (collection.clone(), Arc::new(Mutex::new(0)));
            let server = Server::new(move |request: &Request| {
                let mut asked = asked.lock().unwrap();
                *asked += 1;
                // Does what it is asked and says nothing of it; the client, which tries once here, ends.
                let reply = own.answer(request);
                if *asked == stop { Reply::Silence } else { reply }
            });
            let (_folder, path) = journal();
            let limits = Limits { tries_max: 1, ..limits(10) };
            let input = tools(50);
            let ended = run(&server, &input, &path, limits.clone());
            assert_eq!(ended.is_err(), (1..=11).contains(&stop), "{stop}");
            let (pushed, failures) = run(&server, &input, &path, limits).unwrap();
            assert_eq!((pushed.taken + pushed.there, failures.len(), collection.got()), (50, 0, 50), "{stop}");
        }
    }
}
