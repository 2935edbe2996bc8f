//! The client against a server of others: medallion, which OASIS published, with its memory back end.

use crate::world::{World, address, client_in, numbers, tool};
use noroshi_stix::Id;
use noroshi_stix::taxii::{Filters, Version};
use noroshi_taxii::{Circle, Client, Credentials, Input, JsonLines, Limits, Pull, Push, RequestError, Secret, Setup};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

const SERVER: &str = "medallion-3.0.0";
const READABLE: &str = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";
const CLOSED: &str = "52892447-4d7e-4f70-b94d-d7f22742ff63";

/// The interpreter that has the server; without it the test says so and passes, unless tools are required.
fn python() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    let found = cache.join("noroshi").join(SERVER).join("bin/python");
    if found.exists() {
        return Some(found);
    }
    let required = std::env::var("NOROSHI_TEST_TOOLS").is_ok_and(|tools| tools == "required");
    assert!(!required, "{SERVER} is missing, and NOROSHI_TEST_TOOLS=required");
    println!("skipped: {SERVER} is not installed; ./test installs it");
    None
}

/// A running server; ends with the test.
struct Medallion {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Medallion {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn collection(id: &str, open: bool) -> serde_json::Value {
    serde_json::json!({
        "id": id, "title": "Example", "can_read": open, "can_write": open,
        "media_types": ["application/stix+json;version=2.1"], "objects": [], "manifest": [],
    })
}

impl Medallion {
    fn start(python: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The port is free now; that another process takes it in between is unlikely, and would fail the test.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let data = serde_json::json!({
            "/discovery": {"title": "Example", "default": format!("http://127.0.0.1:{port}/api/"),
                "api_roots": [format!("http://127.0.0.1:{port}/api/"), "https://other.example.org/api/"]},
            "api": {
                "information": {"title": "Root", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 20_000},
                "status": [],
                "collections": [collection(READABLE, true), collection(CLOSED, false)],
            },
        });
        let data_path = folder.path().join("data.json");
        std::fs::write(&data_path, data.to_string()).unwrap();
        let config = serde_json::json!({
            "backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": data_path},
            "users": {"editor": "correct horse"},
            "taxii": {"max_page_size": 40},
        });
        let config_path = folder.path().join("config.json");
        std::fs::write(&config_path, config.to_string()).unwrap();
        let process = Command::new(python)
            .args(["-c", "from medallion.scripts.run import main; main()", "--port", &port.to_string()])
            .arg(&config_path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let medallion = Self { process, port, _folder: folder };
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return medallion;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{SERVER} does not listen");
    }

    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    fn client(&self, password: &str) -> Client {
        let password = Secret::new(password.to_owned()).unwrap();
        let credentials = Credentials::Basic { user: "editor".to_owned(), password };
        let limits = Limits { batch_objects_max: 30, tries_max: 2, ..Limits::default() };
        client_in(
            &self.address("taxii2/"),
            Setup { credentials, limits, ..Setup::default() },
            &Arc::new(World::default()),
        )
    }
}

fn tools(range: std::ops::Range<usize>) -> Input {
    let lines: Vec<_> = range.map(tool).collect();
    Input::read(lines.join("\n").as_bytes(), Circle::Partners, &Limits::default()).unwrap()
}

fn id(number: usize) -> Id {
    Id::parse(&format!("tool--00000000-0000-4000-8000-{number:012x}")).unwrap()
}

#[test]
fn every_resource_of_a_server_of_others() {
    let Some(python) = python() else { return };
    let server = Medallion::start(&python);
    let client = server.client("correct horse");
    let discovery = client.discovery(&address(&server.address("taxii2/"))).unwrap();
    assert_eq!(discovery.title, "Example");
    let home = address(&server.address("taxii2/"));
    let root = home.follow(discovery.default.as_deref().unwrap()).unwrap();
    assert!(home.follow(&discovery.api_roots[1]).is_err(), "a root elsewhere is not followed");
    assert_eq!(client.api_root(&root).unwrap().max_content_length, 20_000);
    let collections = client.collections(&root).unwrap().collections;
    assert_eq!(collections.iter().map(|own| own.can_read).collect::<Vec<_>>(), [true, false]);
    let at = root.below("collections").below(READABLE);
    assert_eq!(client.collection(&at).unwrap().id, READABLE);

    let refused = |error: RequestError| (error.status().unwrap(), error.to_string());
    let (status, said) = refused(server.client("wrong").discovery(&home).unwrap_err());
    assert!(status == 401 && !said.contains("wrong"), "{said}");
    let (status, said) =
        refused(client.objects(&root.below("collections").below(CLOSED), &Filters::default()).unwrap_err());
    assert!(status == 403 && said.contains("Forbidden to read"), "{said}");
    let (status, _) = refused(client.collection(&root.below("collections").below("nothing")).unwrap_err());
    assert_eq!(status, 404);

    let sent = client.add(&at, format!("{{\"objects\":[{},{}]}}", tool(1), tool(2)).as_bytes()).unwrap();
    assert_eq!((sent.success_count, sent.failure_count), (2, 0));
    assert_eq!(client.status(&root, &sent.id).unwrap(), sent);
    let newer = tool(1).replace("\"modified\":\"2026-01-01", "\"modified\":\"2026-01-02");
    client.add(&at, format!("{{\"objects\":[{newer}]}}").as_bytes()).unwrap();
    let limited = Filters { limit: Some(9), ..Filters::default() };
    assert_eq!(client.versions(&at, &id(1), &limited).unwrap().versions.len(), 2);
    let all = Filters { versions: vec![Version::All], ..limited.clone() };
    assert_eq!(client.manifest(&at, &all).unwrap().objects.len(), 3);
    let objects = |filters: &Filters| {
        let given = client.object(&at, &id(1), filters).unwrap();
        noroshi_stix::envelope::split(&given.bytes, &noroshi_stix::Limits::default()).unwrap().len()
    };
    assert_eq!((objects(&limited), objects(&all)), (1, 2));
    client.delete(&at, &id(2), &Filters::default()).unwrap();
    let one = Filters { ids: vec![id(2)], ..limited };
    assert!(client.manifest(&at, &one).unwrap().objects.is_empty());
}

#[test]
fn pushed_to_a_server_of_others_and_pulled_again() {
    let Some(python) = python() else { return };
    let server = Medallion::start(&python);
    let client = server.client("correct horse");
    let root = address(&server.address("api/"));
    let at = root.below("collections").below(READABLE);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let push = Push { root, collection: at.clone() };
    let mut failures = Vec::new();
    let mut run = |range, journal: &str| {
        push.run(&client, &tools(range), &file(journal), &mut |failure| failures.push(failure.clone())).unwrap()
    };
    assert_eq!(run(0..200, "first").taken, 200);
    // This server calls it a failure to be given what it has; its manifest says otherwise.
    let second = run(150..230, "second");
    assert_eq!((second.taken, second.there, second.failed), (30, 50, 0));
    assert_eq!(failures, Vec::new());

    let pull = || {
        let mut lines = JsonLines::open(&file("objects.jsonl"), &Limits::default()).unwrap();
        Pull::of(at.clone()).run(&client, &file("state.json"), &mut lines).unwrap()
    };
    let pulled = pull();
    assert_eq!((pulled.objects, pulled.refused, pulled.undated), (230, 0, false));
    client.add(&at, format!("{{\"objects\":[{}]}}", tool(230)).as_bytes()).unwrap();
    let pulled = pull();
    assert_eq!(pulled.objects, 1);
    let mut all = numbers(&file("objects.jsonl"));
    all.sort_unstable();
    assert_eq!(all, (0..231).collect::<Vec<_>>());
}
