//! The command line, from its words to its lines.

use crate::server::{Reply, Request, Server, TAXII};
use crate::shelf::{Paging, Shelf, instants};
use crate::world::{World, numbers, tool};
use clap::Parser;
use noroshi_taxii::command::{Done, Lines, TaxiiArgs, run};
use std::path::Path;
use std::sync::Arc;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    taxii: TaxiiArgs,
}

/// How it ended, what it wrote, what it told.
fn said(words: &[&str]) -> (Result<Done, String>, String, String) {
    let cli = Cli::try_parse_from([&["taxii"], words].concat()).unwrap_or_else(|error| panic!("{error}"));
    let (mut out, mut told) = (String::new(), String::new());
    let mut lines = Lines {
        out: &mut |line| out.push_str(&format!("{line}\n")),
        tell: &mut |line| told.push_str(&format!("{line}\n")),
    };
    let ended = run(&cli.taxii, Arc::new(World::default()), &mut lines).map_err(|error| error.to_string());
    (ended, out, told)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn collections_are_listed_and_what_is_elsewhere_is_said() {
    let server = Server::new(|request: &Request| match request.path.as_str() {
        "/taxii2/" => {
            Reply::json(200, r#"{"title":"Ex\u001bample","api_roots":["/api/","https://other.example.org/"]}"#)
        }
        _ => Reply::json(
            200,
            r#"{"collections":[{"id":"1","title":"One","can_read":true,"can_write":false},{"id":"2","title":"Two","can_read":true,"can_write":true}]}"#,
        ),
    });
    let (ended, out, told) = said(&["list", &server.address("taxii2/")]);
    assert_eq!(ended, Ok(Done::InPart));
    let api = server.address("api/collections/");
    assert_eq!(out, format!("{api}1/\tread\tOne\n{api}2/\tread, write\tTwo\n"));
    assert!(told.starts_with("Ex\\u{1b}ample\n`https://other.example.org/` is not of the origin"), "{told}");
}

#[test]
fn a_pull_and_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("objects.jsonl");
    let shelf = Shelf::new(instants(&[5; 10]), Paging::Moving, 20);
    let server = shelf.served();
    let pull = ["pull", &server.address("api/collections/1/"), "--out", text(&out), "--types", "tool,malware"];
    let (ended, _, told) = said(&pull);
    assert_eq!(ended, Ok(Done::Whole));
    assert!(told.starts_with("50 new, 50 in `"), "{told}");
    shelf.added.lock().unwrap().push((2_000_000_000, 50));
    let (_, _, told) = said(&pull);
    assert!(told.starts_with("1 new, 51 in `"), "{told}");
    assert_eq!(numbers(&out), (0..51).collect::<Vec<_>>());
    assert!(folder.path().join("objects.jsonl.state").exists());
    assert!(server.asked().iter().all(|asked| asked.contains("match[type]=tool,malware")));
    let (ended, ..) = said(&["pull", &server.address("c/"), "--out", text(&out), "--types", "Tool"]);
    assert_eq!(ended, Err("`Tool` is not a list of object types".to_owned()));
}

#[test]
fn a_push_with_a_token_says_what_stayed() {
    let folder = tempfile::tempdir().unwrap();
    let (input, token) = (folder.path().join("bundle.jsonl"), folder.path().join("token"));
    let red = tool(2).replace(
        "\"name\"",
        "\"object_marking_refs\":[\"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1\"],\"name\"",
    );
    std::fs::write(&input, format!("{}\n{red}\n{{\"type\":\"tool\",\"id\":\"x\"}}\n", tool(1))).unwrap();
    std::fs::write(&token, "word\n").unwrap();
    let server = Server::new(|request: &Request| {
        assert_eq!(request.header("authorization"), Some("Bearer word"));
        match request.method.as_str() {
            "GET" => Reply::json(200, format!(r#"{{"title":"t","versions":["{TAXII}"],"max_content_length":100000}}"#)),
            _ => {
                let objects =
                    noroshi_stix::envelope::split(&request.body, &noroshi_stix::Limits::default()).unwrap().len();
                Reply::json(
                    202,
                    format!(
                        r#"{{"id":"s","status":"complete","total_count":{objects},"success_count":{objects},"failure_count":0,"pending_count":0}}"#
                    ),
                )
            }
        }
    });
    let push = ["push", &server.address("api/collections/1/"), text(&input), "--token-file", text(&token)];
    let (ended, _, told) = said(&push);
    assert_eq!(ended, Ok(Done::InPart));
    assert!(told.contains("is marked `marking-definition--e828b379"), "{told}");
    assert!(
        told.contains("not sent: `x`")
            && told.ends_with("1 taken, 0 there already, 0 refused, 2 not sent, 0 repeated\n"),
        "{told}"
    );
    let (ended, ..) = said(&[&push[..], &["--own-server"]].concat());
    assert!(ended.unwrap_err().contains("give another file"));
    let journal = folder.path().join("own");
    let (_, _, told) = said(&[&push[..], &["--own-server", "--journal", text(&journal)]].concat());
    assert!(told.ends_with("2 taken, 0 there already, 0 refused, 1 not sent, 0 repeated\n"), "{told}");
    assert!(server.asked()[0].starts_with("GET /api/?"), "{:?}", server.asked());
}

#[test]
fn words_that_make_no_sense_are_refused() {
    for words in [
        &["pull", "https://taxii.example.org/"][..],
        &["pull", "https://taxii.example.org/", "--out", "o", "--limit", "0"],
        &["pull", "https://taxii.example.org/", "--out", "o", "--user", "u"],
        &[
            "pull",
            "https://taxii.example.org/",
            "--out",
            "o",
            "--user",
            "u",
            "--password-file",
            "p",
            "--token-file",
            "t",
        ],
        &["list", "https://taxii.example.org/", "--certificate", "c"],
    ] {
        assert!(Cli::try_parse_from([&["taxii"], words].concat()).is_err(), "{words:?}");
    }
    let (ended, ..) = said(&["list", "https://taxii.example.org/", "--token-file", "/nowhere/token"]);
    assert_eq!(ended, Err("`/nowhere/token` is not there".to_owned()));
    let (ended, ..) = said(&["list", "https://taxii.example.org/", "--user", "a:b", "--password-file", "/nowhere"]);
    assert_eq!(ended, Err("`a:b` is not a user name, which has no colon".to_owned()));
    let (ended, ..) = said(&["list", "http://taxii.example.org/"]);
    assert!(ended.unwrap_err().contains("not https"));
}
