//! One request: credentials, media types, errors, redirects, bombs, patience.

use crate::server::{Reply, Request, Server, TAXII};
use crate::world::{World, address, client, client_in};
use flate2::Compression;
use flate2::write::GzEncoder;
use noroshi_taxii::{Credentials, Limits, RequestError, Secret, Setup};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

const DISCOVERY: &str = r#"{"title":"Example","api_roots":["/api/"]}"#;

fn ask(server: &Server, limits: Limits) -> Result<String, RequestError> {
    client(&server.address("taxii2/"), limits).discovery(&address(&server.address("taxii2/"))).map(|found| found.title)
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn who_asks_and_for_what_stands_in_the_headers() {
    let server = Server::new(|request: &Request| {
        assert_eq!(request.header("accept"), Some(TAXII));
        match (request.method.as_str(), request.header("authorization")) {
            ("GET", Some("Basic dTpw")) => Reply::json(200, DISCOVERY),
            ("POST", Some("Bearer word")) => {
                assert_eq!((request.header("content-type"), request.body.as_slice()), (Some(TAXII), &b"{}"[..]));
                let status = r#"{"id":"s","status":"complete","total_count":0,"success_count":0,"failure_count":0,"pending_count":0}"#;
                Reply::json(202, status)
            }
            ("DELETE", None) => Reply::Answer { status: 200, headers: Vec::new(), body: Vec::new() },
            _ => Reply::json(401, r#"{"title":"Who are you?"}"#),
        }
    });
    let home = server.address("taxii2/");
    let with = |credentials| client_in(&home, Setup { credentials, ..Setup::default() }, &Arc::new(World::default()));
    let secret = |text: &str| Secret::new(text.to_owned()).unwrap();
    let basic = with(Credentials::Basic { user: "u".to_owned(), password: secret("p") });
    assert_eq!(basic.discovery(&address(&home)).unwrap().title, "Example");
    with(Credentials::Bearer(secret("word"))).add(&address(&home), b"{}").unwrap();
    let id = noroshi_stix::Id::parse("tool--00000000-0000-4000-8000-000000000001").unwrap();
    with(Credentials::None).delete(&address(&home), &id, &Default::default()).unwrap();
    let error = with(Credentials::Bearer(secret("wrong"))).discovery(&address(&home)).unwrap_err();
    let said = error.to_string();
    for part in ["401", "Who are you?", "/taxii2/", "give user and password"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.contains("wrong"), "{said}");
}

#[test]
fn what_is_not_taxii_is_not_taken() {
    for (media, good) in [
        (TAXII, true),
        ("application/taxii+json", true),
        ("application/taxii+json; version=2.1; charset=utf-8", true),
        ("application/taxii+json;version=2.0", false),
        ("application/json", false),
        ("text/html", false),
    ] {
        let server = Server::new(move |_: &Request| Reply::json(200, DISCOVERY).with("content-type", media));
        let answer = ask(&server, Limits::default());
        assert_eq!(answer.is_ok(), good, "{media}");
        if let Err(error) = answer {
            assert!(matches!(error, RequestError::NotTaxii { .. }), "{error}");
        }
    }
}

#[test]
fn a_redirect_stays_within_its_origin() {
    let other = Server::new(|_: &Request| Reply::json(200, DISCOVERY));
    let elsewhere = other.address("taxii2/");
    let server = Server::new(move |request: &Request| match request.path.as_str() {
        "/taxii2/" => Reply::json(301, "").with("location", "/moved/?a=b"),
        "/moved/" => Reply::json(200, DISCOVERY),
        "/elsewhere/" => Reply::json(302, "").with("location", &elsewhere),
        "/metadata/" => Reply::json(302, "").with("location", "http://169.254.169.254/latest/"),
        "/posted/objects/" => Reply::json(302, "").with("location", "/moved/"),
        "/nowhere/" => Reply::json(302, ""),
        path => Reply::json(307, "").with("location", path),
    });
    let client = client(&server.address("taxii2/"), Limits::default());
    let at = |path: &str| client.discovery(&address(&server.address(path)));
    assert_eq!(at("taxii2/").unwrap().title, "Example");
    for path in ["elsewhere/", "metadata/", "nowhere/", "round/"] {
        let error = at(path).unwrap_err();
        assert!(matches!(error, RequestError::Redirected { .. }), "{path}: {error}");
    }
    let posted = client.add(&address(&server.address("posted/")), b"{}").unwrap_err();
    assert!(matches!(posted, RequestError::Redirected { .. }), "{posted}");
    assert_eq!(other.asked(), Vec::<String>::new());
    let error = client.discovery(&address(&other.address("taxii2/"))).unwrap_err();
    assert!(matches!(error, RequestError::Address(_)), "{error}");
}

#[test]
fn redirects_have_a_limit() {
    let server = Server::new(|request: &Request| {
        let hops: u64 = request.parameter("hops").map_or(0, |hops| hops.parse().unwrap());
        if hops < 3 {
            Reply::json(302, "").with("location", format!("/?hops={}", hops + 1))
        } else {
            Reply::json(200, DISCOVERY)
        }
    });
    let with = |redirects_max| ask(&server, Limits { redirects_max, ..Limits::default() });
    assert!(with(3).is_ok());
    assert!(matches!(with(2), Err(RequestError::Redirected { .. })));
}

#[test]
fn a_bomb_does_not_go_off() {
    let bomb = packed(&vec![b' '; 100 << 20]);
    assert!(bomb.len() < 200_000);
    let server = Server::new(move |_: &Request| Reply::json(200, bomb.clone()).with("content-encoding", "gzip"));
    let error = ask(&server, Limits::default()).unwrap_err();
    assert!(matches!(error, RequestError::TooLong { how: "when unpacked", .. }), "{error}");

    let endless = Server::new(|_: &Request| Reply::json(200, vec![b' '; 2_000]).with("content-length", u64::MAX));
    let error = ask(&endless, Limits { answer_bytes_max: 1_000, ..Limits::default() }).unwrap_err();
    assert!(matches!(error, RequestError::TooLong { how: "as it comes", .. }), "{error}");
}

#[test]
fn an_answer_may_be_as_long_as_its_limit() {
    let length = DISCOVERY.len() as u64;
    let server = Server::new(|request: &Request| match request.header("accept-encoding") {
        Some("gzip") => Reply::json(200, packed(DISCOVERY.as_bytes())).with("content-encoding", "gzip"),
        _ => Reply::json(500, ""),
    });
    let with = |unpacked_bytes_max| ask(&server, Limits { unpacked_bytes_max, ..Limits::default() });
    assert!(with(length).is_ok());
    assert!(matches!(with(length - 1), Err(RequestError::TooLong { .. })));
    let plain = Server::new(|_: &Request| Reply::json(200, DISCOVERY));
    let with = |answer_bytes_max| ask(&plain, Limits { answer_bytes_max, ..Limits::default() });
    assert!(with(length).is_ok());
    assert!(matches!(with(length - 1), Err(RequestError::TooLong { .. })));
    let odd = Server::new(|_: &Request| Reply::json(200, DISCOVERY).with("content-encoding", "br"));
    assert!(matches!(ask(&odd, Limits::default()), Err(RequestError::Unreadable { .. })));
}

#[test]
fn a_server_in_trouble_is_asked_again_when_it_says() {
    let server = Server::new(|request: &Request| match request.number {
        0 => Reply::Silence,
        1 => Reply::Cut(Box::new(Reply::json(200, DISCOVERY)), 130),
        2 => Reply::json(503, r#"{"title":"Busy"}"#).with("retry-after", 120),
        3 => Reply::json(429, "").with("retry-after", "Thu, 01 Jan 1970 00:10:00 GMT"),
        _ => Reply::json(200, DISCOVERY),
    });
    let world = Arc::new(World::default());
    let client = client_in(&server.address("taxii2/"), Setup::default(), &world);
    assert_eq!(client.discovery(&address(&server.address("taxii2/"))).unwrap().title, "Example");
    let waits: Vec<_> = world.waits.lock().unwrap().iter().map(Duration::as_secs).collect();
    assert_eq!(waits, [1, 2, 120, 600 - 123]);
}

#[test]
fn patience_ends() {
    let world = Arc::new(World::default());
    let busy = Server::new(|_: &Request| Reply::json(503, r#"{"title":"Busy"}"#));
    let limits = Limits { tries_max: 3, ..Limits::default() };
    let error = client_in(&busy.address(""), Setup { limits, ..Setup::default() }, &world)
        .discovery(&address(&busy.address("")))
        .unwrap_err();
    assert!(error.to_string().contains("503, saying `Busy`"), "{error}");
    assert_eq!((busy.asked().len(), world.waits.lock().unwrap().len()), (3, 2));

    let later = |seconds: u64| {
        let server = Server::new(move |request: &Request| match request.number {
            0 => Reply::json(503, "").with("retry-after", seconds),
            _ => Reply::json(200, DISCOVERY),
        });
        ask(&server, Limits::default())
    };
    assert!(later(3_600).is_ok());
    assert!(matches!(later(3_601), Err(RequestError::PutOff { seconds: 3_601, .. })));

    let no = Server::new(|_: &Request| Reply::json(403, r#"{"title":"No","description":"not yours"}"#));
    assert!(ask(&no, Limits::default()).unwrap_err().to_string().contains("No: not yours"));
    assert_eq!(no.asked().len(), 1, "a no is a no");
}

#[test]
fn a_server_that_falls_silent_is_left() {
    let server = Server::new(|request: &Request| {
        if request.number == 0 {
            // Longer than a client waits in this test, shorter than anybody notices.
            std::thread::sleep(Duration::from_millis(2_500));
        }
        Reply::json(200, DISCOVERY)
    });
    let limits = Limits { silence_seconds_max: 1, tries_max: 1, ..Limits::default() };
    let error = ask(&server, limits.clone()).unwrap_err();
    assert!(matches!(error, RequestError::Unreachable { may_pass: true, .. }), "{error}");
    assert!(ask(&server, limits).is_ok());
}

#[test]
fn a_server_that_is_not_who_it_says_is_not_talked_to() {
    let plain = Server::new(|_: &Request| Reply::json(200, DISCOVERY));
    let https = plain.address("").replace("http:", "https:");
    let error = client(&https, Limits { tries_max: 1, ..Limits::default() }).discovery(&address(&https)).unwrap_err();
    assert!(matches!(error, RequestError::Unreachable { .. }), "{error}");
}
