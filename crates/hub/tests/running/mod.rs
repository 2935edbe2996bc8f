//! The demonstration, running as its user would run it.
#![allow(clippy::unwrap_used, reason = "a part of tests")]

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use noroshi_ledger::disk::Folder;
use noroshi_verify::Keys;
use noroshi_verify::bundle::judge;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A demonstration that runs until it is dropped.
pub(crate) struct Demo {
    child: Child,
    out: PathBuf,
    /// What it said on standard error until its pages were open.
    pub(crate) said: String,
}

impl Demo {
    /// Starts it and waits until its pages are open.
    pub(crate) fn start(out: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_noroshi"))
            .args(["demo", "--json", "--out"])
            .arg(out)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("Ctrl-C ends") {
            assert!(errors.read_line(&mut said).unwrap() > 0, "the demonstration ended early:\n{said}");
        }
        // Whatever it says later must find a reader.
        std::thread::spawn(move || std::io::copy(&mut errors, &mut std::io::sink()));
        Self { child, out: out.to_owned(), said }
    }

    /// The word after `before` in what it said.
    pub(crate) fn word(&self, before: &str) -> &str {
        let rest = self.said.split(before).nth(1).unwrap();
        rest.split([',', ' ', '\n', ':']).next().unwrap()
    }

    pub(crate) fn hub(&self) -> String {
        format!("http://localhost:{}", self.word("hub http://localhost:"))
    }

    /// Where the commission's pages are.
    #[allow(dead_code, reason = "not every test goes there")]
    pub(crate) fn board(&self) -> String {
        format!("http://127.0.0.1:{}/board", self.word("commission http://127.0.0.1:"))
    }

    /// Ends it as Ctrl-C does, and judges its log as a stranger would: nothing may be wrong with it. Gives its lines.
    pub(crate) fn judged(mut self) -> u64 {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), Signal::SIGTERM).unwrap();
        assert!(self.child.wait().unwrap().success());
        let keys = std::fs::read_to_string(self.out.join("spine/verify-keys.toml")).unwrap();
        let log = Folder::new(self.out.join("spine/hub/log")).unwrap();
        let (verdict, _) = judge(&log, &Keys::parse(&keys).unwrap(), None, 1).unwrap();
        assert_eq!(verdict.violations_count, 0, "{:?}", verdict.violations);
        verdict.lines
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
