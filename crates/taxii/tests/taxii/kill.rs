//! A process that pulls or pushes is killed, at every step and at any moment, and started again: every object is there
//! once. The process is this test's own program, told by its environment to be the one that pulls.

use crate::letterbox::Letterbox;
use crate::pull::Puller;
use crate::push::tools;
use crate::shelf::{Paging, Shelf, instants};
use crate::world::{address, client, numbers};
use noroshi_taxii::{Failure, JsonLines, Limits, Page, Pull, Push, Sink};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const HOME: &str = "NOROSHI_TAXII_CHILD_HOME";
const FOLDER: &str = "NOROSHI_TAXII_CHILD_FOLDER";
const PUSHES: &str = "NOROSHI_TAXII_CHILD_PUSHES";
const DIES: &str = "NOROSHI_TAXII_CHILD_DIES";

/// Takes pages, and dies at one of them.
struct Mortal {
    lines: JsonLines,
    path: PathBuf,
    /// How, and at which page of this run.
    dies: Option<(String, u64)>,
}

impl Sink for Mortal {
    fn take(&mut self, page: &Page<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        if let Some((_, pages)) = &mut self.dies {
            *pages -= 1;
        }
        let dies = self.dies.as_ref().filter(|(_, pages)| *pages == 0).map(|(how, _)| how.as_str());
        match dies {
            Some("before") => std::process::abort(),
            Some("torn") => {
                // As if the system had written part of the page when the power went.
                let mut file = std::fs::File::options().append(true).open(&self.path).unwrap();
                let new = page.objects.iter().filter(|object| !self.lines.has(&object.key));
                let texts: Vec<_> = new.map(|object| object.read.as_ref().unwrap().text()).collect();
                let written = texts.join("\n");
                write!(file, "{}", &written[..written.len() * 2 / 3]).unwrap();
                std::process::abort();
            }
            _ => {}
        }
        self.lines.take(page)?;
        if dies == Some("after") {
            std::process::abort();
        }
        Ok(())
    }
}

/// Not a test of its own: what runs in the process that is killed.
#[test]
fn child() {
    let Ok(home) = std::env::var(HOME) else { return };
    let folder = PathBuf::from(std::env::var(FOLDER).unwrap());
    if std::env::var_os(PUSHES).is_some() {
        pushes(&home, &folder);
        return std::fs::write(folder.join("done"), "").unwrap();
    }
    let path = folder.join("objects.jsonl");
    let dies = std::env::var(DIES).ok().and_then(|dies| {
        let (how, pages) = dies.split_once(':')?;
        Some((how.to_owned(), pages.parse().ok()?))
    });
    let mut sink = Mortal { lines: JsonLines::open(&path, &Limits::default()).unwrap(), path, dies };
    let mut pull = Pull::of(address(&home));
    (pull.filters.limit, pull.overlap_micros) = (Some(5), 0);
    pull.run(&client(&home, Limits::default()), &folder.join("state.json"), &mut sink).unwrap();
    std::fs::write(folder.join("done"), "").unwrap();
}

/// As [`child`], pushing.
fn pushes(home: &str, folder: &Path) {
    let push = Push { root: address(home), collection: address(home).below("collections").below("1") };
    let limits = Limits { batch_objects_max: 5, ..Limits::default() };
    let failed = |failure: &Failure| panic!("{failure:?}");
    let pushed = push.run(&client(home, limits), &tools(PUSHED), &folder.join("journal"), &mut { failed }).unwrap();
    assert_eq!(pushed.taken + pushed.there, PUSHED as u64);
}

const PUSHED: usize = 1_000;

fn start(home: &str, folder: &Path, dies: Option<&str>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "kill::child", "--nocapture", "--test-threads=1"]);
    command.env(HOME, home).env(FOLDER, folder).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(dies) = dies {
        command.env(DIES, dies);
    }
    command.spawn().unwrap()
}

fn is_done(folder: &Path) -> bool {
    folder.join("done").exists()
}

fn every_object_once(folder: &Path, count: usize) {
    let mut numbers = numbers(&folder.join("objects.jsonl"));
    numbers.sort_unstable();
    assert_eq!(numbers, (0..count).collect::<Vec<_>>());
}

#[test]
fn killed_at_every_step() {
    for paging in [Paging::Moving, Paging::Queue, Paging::Dates] {
        for how in ["before", "torn", "after"] {
            for page in 1..=2 {
                let home = Shelf::new(instants(&[3; 8]), paging, 5).served().address("c/");
                let folder = tempfile::tempdir().unwrap();
                // Dies at that page of each run, until so few are left that the run ends first.
                let dies = format!("{how}:{page}");
                let mut deaths = 0;
                while !is_done(folder.path()) && deaths < 30 {
                    let died = !start(&home, folder.path(), Some(&dies)).wait().unwrap().success();
                    deaths += u32::from(died);
                    if page == 1 && how != "after" && deaths > 2 {
                        break;
                    }
                }
                assert!(deaths > 0, "{paging:?} {dies}");
                if !is_done(folder.path()) {
                    assert!(start(&home, folder.path(), None).wait().unwrap().success(), "{paging:?} {dies}");
                }
                every_object_once(folder.path(), 24);
            }
        }
    }
}

#[test]
fn killed_at_any_moment() {
    for paging in [Paging::Moving, Paging::Queue] {
        let home = Shelf::new(instants(&[3; 400]), paging, 5).served().address("c/");
        let folder = tempfile::tempdir().unwrap();
        let (mut kills, mut length) = (0, 7u64);
        while !is_done(folder.path()) && kills < 40 {
            let mut child = start(&home, folder.path(), None);
            // Anything between nothing and a little more than a run takes to begin: no two the same.
            length = (length * 1_103_515_245 + 12_345) % 50_000;
            std::thread::sleep(Duration::from_micros(length));
            child.kill().unwrap();
            kills += u32::from(!child.wait().unwrap().success());
        }
        let so_far = std::fs::read_to_string(folder.path().join("objects.jsonl")).unwrap_or_default().lines().count();
        println!("{paging:?}: {kills} kills, {so_far} objects by then");
        if !is_done(folder.path()) {
            assert!(start(&home, folder.path(), None).wait().unwrap().success());
        }
        every_object_once(folder.path(), 1_200);
    }
}

#[test]
fn a_push_killed_at_any_moment() {
    let collection = Letterbox::slow_and_strict();
    let home = collection.served().address("api/");
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "kill::child", "--test-threads=1"]).env(HOME, &home).env(FOLDER, folder.path());
        command.env(PUSHES, "1").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let (mut kills, mut length) = (0, 11u64);
    while !is_done(folder.path()) && kills < 40 {
        let mut child = start();
        length = (length * 1_103_515_245 + 12_345) % 60_000;
        std::thread::sleep(Duration::from_micros(length));
        child.kill().unwrap();
        kills += u32::from(!child.wait().unwrap().success());
    }
    println!("{kills} kills, {} objects by then", collection.got());
    assert!(is_done(folder.path()) || start().wait().unwrap().success());
    assert_eq!(collection.got(), PUSHED);
}

#[test]
fn a_killed_pull_and_one_that_was_not_end_with_the_same() {
    let server = Shelf::new(instants(&[3; 12]), Paging::Moving, 5).served();
    let folder = tempfile::tempdir().unwrap();
    let home = server.address("api/collections/1/");
    start(&home, folder.path(), Some("after:2")).wait().unwrap();
    assert!(start(&home, folder.path(), None).wait().unwrap().success());
    let whole = Puller::of(&server);
    whole.run().unwrap();
    let text = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert_eq!(text(&folder.path().join("objects.jsonl")), text(&whole.file("objects.jsonl")));
}
