//! A PostgreSQL server of our own, started from the installed programs.
//!
//! It listens on a socket in its folder, nowhere else, and lives as long as the run of tests: under
//! nextest, where each test is a process, as long as the runner; otherwise as long as this process. A
//! small shell watches for that end, stops the server and removes the folder, also after a kill.
//! PostgreSQL refuses to run as root, so root runs it as the user `postgres` or `nobody`.

use sqlx::Connection;
use std::fs::{self, File};
use std::os::unix::process::{CommandExt, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[error("no PostgreSQL: {0}; on Debian: apt-get install postgresql")]
pub struct Missing(String);

/// A running server.
#[derive(Debug, Clone)]
pub struct Postgres {
    folder: PathBuf,
}

impl Postgres {
    /// The server of this run of tests, started by whichever test comes first. It trusts the disk cache:
    /// quick, and fit for tests only.
    ///
    /// # Errors
    /// [`Missing`] when the programs are not installed or do not start.
    pub fn shared() -> Result<Self, Missing> {
        let (name, lives_with) = match std::env::var("NEXTEST_RUN_ID") {
            Ok(run) => (run, parent_id()),
            Err(_) => (format!("p{}", std::process::id()), std::process::id()),
        };
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
        Self::start(&format!("shared-{name}"), lives_with, false)
    }

    /// A server of this process alone that writes to the disk as in earnest: for measurements.
    ///
    /// # Errors
    /// [`Missing`] when the programs are not installed or do not start.
    pub fn durable() -> Result<Self, Missing> {
        let process = std::process::id();
        Self::start(&format!("durable-{process}"), process, true)
    }

    fn start(name: &str, lives_with: u32, durable: bool) -> Result<Self, Missing> {
        let programs = programs().ok_or_else(|| Missing("no `initdb` in PATH or /usr/lib/postgresql".to_owned()))?;
        let folder = std::env::temp_dir().join(format!("noroshi-pg-{name}"));
        let lock = File::create(folder.with_extension("lock")).map_err(|error| missing("cannot lock", &error))?;
        lock.lock().map_err(|error| missing("cannot lock", &error))?;
        if !folder.join("ready").exists() {
            initialise(&programs, &folder, durable)?;
            watch(&programs, &folder, lives_with)?;
            await_ready(&folder)?;
            File::create(folder.join("ready")).map_err(|error| missing("cannot write", &error))?;
        }
        Ok(Self { folder })
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.display())
    }

    /// Makes an empty database; gives its URL.
    ///
    /// # Panics
    /// When the server does not do it.
    pub async fn create_database(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(&self.url("postgres")).await.expect("the test server");
        let create = format!("CREATE DATABASE {name}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&mut connection).await.expect("a database");
        connection.close().await.expect("a closed connection");
        self.url(&name)
    }
}

fn missing(what: &str, error: &dyn std::fmt::Display) -> Missing {
    Missing(format!("{what}: {error}"))
}

/// The folder of `initdb`: in PATH, or the newest that Debian installed.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    debian.sort();
    folders.extend(debian.into_iter().rev());
    folders.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// As another user where this one is root.
fn command(program: &Path) -> Command {
    match unprivileged() {
        Some((user, _, _)) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", user, "--regid", user_group(user), "--clear-groups"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

fn user_group(user: &str) -> &str {
    if user == "nobody" { "nogroup" } else { user }
}

/// The user, with numbers, that runs the server in root's place.
fn unprivileged() -> Option<(&'static str, u32, u32)> {
    let number = |args: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(args).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    if number(&["-u"]) != Some(0) {
        return None;
    }
    ["postgres", "nobody"].into_iter().find_map(|user| Some((user, number(&["-u", user])?, number(&["-g", user])?)))
}

fn initialise(programs: &Path, folder: &Path, durable: bool) -> Result<(), Missing> {
    // What a run that was killed with its watcher left behind.
    let _ = fs::remove_dir_all(folder);
    fs::create_dir(folder).map_err(|error| missing("cannot make a folder", &error))?;
    if let Some((_, user, group)) = unprivileged() {
        std::os::unix::fs::chown(folder, Some(user), Some(group))
            .map_err(|error| missing("cannot hand over", &error))?;
    }
    let output = command(&programs.join("initdb"))
        .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(folder.join("data"))
        .current_dir("/")
        .output()
        .map_err(|error| missing("`initdb` does not start", &error))?;
    if !output.status.success() {
        return Err(Missing(format!("`initdb` failed: {}", String::from_utf8_lossy(&output.stderr))));
    }
    let settings = "listen_addresses = ''\nmax_connections = 300\nshared_buffers = 32MB\n";
    let quick = if durable { "" } else { "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n" };
    let file = folder.join("data/postgresql.conf");
    let text = fs::read_to_string(&file).map_err(|error| missing("cannot read the settings", &error))?;
    fs::write(&file, format!("{text}\n{settings}{quick}")).map_err(|error| missing("cannot write the settings", &error))
}

/// Starts the server under a shell that stops it and removes its folder when process `lives_with` is gone.
fn watch(programs: &Path, folder: &Path, lives_with: u32) -> Result<(), Missing> {
    let mut server = command(&programs.join("postgres"));
    server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    let words: Vec<String> = std::iter::once(server.get_program())
        .chain(server.get_args())
        .map(|word| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''")))
        .collect();
    let script = format!(
        "{} >'{log}' 2>&1 & server=$!; while kill -0 {lives_with} 2>/dev/null && kill -0 $server 2>/dev/null; \
         do sleep 0.3; done; kill -INT $server 2>/dev/null; wait $server; rm -rf '{folder}' '{folder}.lock'",
        words.join(" "),
        log = folder.join("log").display(),
        folder = folder.display(),
    );
    Command::new("sh")
        .args(["-c", &script])
        .process_group(0)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| missing("`sh` does not start", &error))?;
    Ok(())
}

fn await_ready(folder: &Path) -> Result<(), Missing> {
    for _ in 0..600 {
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        if log.contains("ready to accept connections") {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(Missing(format!("the server did not start: {log}")))
}
