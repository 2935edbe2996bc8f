//! `noroshi-commission`: the overseer's program. The only place here that reads the clock and the system's randomness.

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand, ValueEnum};
use noroshi_commission::http::{Clock, DEMO_PASSPHRASE, Setup, router};
use noroshi_commission::keyring::{COMMISSIONERS, Keyring, Work, make_commissioner, roster};
use noroshi_commission::messages::{EN, JA};
use noroshi_commission::report::Report;
use noroshi_commission::{Config, Office, limits};
use noroshi_leaf::Roster;
use noroshi_ledger::VerifyKey;
use noroshi_model::{BatchId, Micros};
use rand::TryRng as _;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// Oversee a hub: mirror its log, judge every line, hold one half of every key, vote, inspect, report.
#[derive(Parser)]
#[command(name = "noroshi-commission", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the commission's keys in a new folder and print what others need of them.
    Init {
        /// The folder.
        #[arg(long)]
        folder: PathBuf,
        /// The commission's name in its keys, for example `commission.example.org`.
        #[arg(long)]
        name: String,
        /// Keys for a demonstration: their passphrase is known to everybody.
        #[arg(long)]
        demo: bool,
        /// The vkey of the hub's log: `commission.toml` is then written as well.
        #[arg(long, value_name = "VKEY")]
        log: Option<String>,
        /// Where the configuration will listen.
        #[arg(long, default_value = "127.0.0.1:8480")]
        listen: std::net::SocketAddr,
    },
    /// Serve the routes and the board's pages.
    Serve {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
    },
    /// Write the yearly report to the Diet as Markdown, from the mirrored log. The server must not be running.
    Report {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
        /// The year.
        #[arg(long)]
        year: i32,
        /// The language.
        #[arg(long, value_enum, default_value = "ja")]
        lang: Tongue,
    },
    /// Inspect. The server must not be running; its pages do the same.
    Inspect {
        #[command(subcommand)]
        what: Inspect,
    },
}

#[derive(Subcommand)]
enum Inspect {
    /// Judge the mirrored log and name every violation; exit code 1 when there is one.
    Check {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
        /// The language.
        #[arg(long, value_enum, default_value = "ja")]
        lang: Tongue,
    },
    /// Announce a sample; it is drawn when the next tree is mirrored.
    Sample {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
        /// Lines to draw.
        #[arg(long)]
        count: u64,
    },
    /// Ask for the selection of a batch to be made again; it is, once the server runs and the hub hands over what it
    /// followed from. Without `--batch` one is drawn when the next tree is mirrored.
    Rerun {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
        /// Which batch.
        #[arg(long)]
        batch: Option<BatchId>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Tongue {
    En,
    Ja,
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "noroshi-commission: {error:#}"));
            ExitCode::from(2)
        }
    }
}

fn run() -> anyhow::Result<ExitCode> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter()).init();
    match Arguments::parse().command {
        Command::Inspect { what: Inspect::Check { config, lang } } => return check(&config, lang),
        Command::Init { folder, name, demo, log, listen } => {
            let log = log.map(|text| VerifyKey::parse(&text)).transpose()?;
            let said = init(&folder, &name, demo)?;
            if let Some(log) = log {
                configure(&folder, &log, listen, demo, &said)?;
            }
            say(&said.to_string())?;
        }
        Command::Serve { config } => serve_until_stopped(&config)?,
        Command::Report { config, year, lang } => report(&config, year, lang)?,
        Command::Inspect { what: Inspect::Sample { config, count } } => {
            let number = open(&config)?.1.announce(count, now())?;
            say(&format!("sample {number} is announced; it is drawn when the next tree is mirrored"))?;
        }
        Command::Inspect { what: Inspect::Rerun { config, batch } } => {
            let mut office = open(&config)?.1;
            let (number, then) = match batch {
                Some(batch) => (office.ask_again(batch, now())?, "run when the hub hands it over"),
                None => (office.announce_again(now())?, "drawn when the next tree is mirrored"),
            };
            say(&format!("run {number} is asked for; it is {then}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn filter() -> tracing_subscriber::EnvFilter {
    tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into())
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{text}")?)
}

#[expect(clippy::disallowed_methods, reason = "the program's wiring: everything below takes the time as an argument")]
fn now() -> Micros {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

fn seed() -> anyhow::Result<[u8; 32]> {
    let mut seed = [0; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut seed).context("the system gives no random bytes")?;
    Ok(seed)
}

/// What others need to know of the keys just made.
struct Made {
    roster: Roster,
    mirror: String,
    witness: String,
    hpke: String,
    log: String,
}

fn init(folder: &Path, name: &str, demo: bool) -> anyhow::Result<Made> {
    let mut rng = ChaCha20Rng::from_seed(seed()?);
    let keys = folder.join("keys");
    let ring = Keyring::make(&keys, name, &mut rng)?;
    let mut commissioners = Vec::new();
    for number in 1..=COMMISSIONERS {
        let passphrase = if demo { Zeroizing::new(DEMO_PASSPHRASE.to_owned()) } else { ask(number)? };
        let work = if demo { Work::Light } else { Work::Full };
        commissioners.push(make_commissioner(&keys, number, &passphrase, work, &mut rng)?);
    }
    Ok(Made {
        roster: roster(commissioners, ring.seal.public()),
        mirror: ring.mirror.public().to_string(),
        witness: ring.witness.public().to_string(),
        hpke: ring.recipient.public().to_hex(),
        log: ring.log.public().to_string(),
    })
}

impl Made {
    fn roster_table(&self) -> String {
        let listed: Vec<_> = self.roster.commissioners.iter().map(|key| format!("  \"{key}\",")).collect();
        let (quorum, seal) = (self.roster.quorum, self.roster.seal);
        format!("[roster]\ncommissioners = [\n{}\n]\nquorum = {quorum}\nseal = \"{seal}\"\n", listed.join("\n"))
    }
}

impl std::fmt::Display for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "# For the hub's genesis line and the verifier's keys file:\n{}", self.roster_table())?;
        writeln!(
            f,
            "# For the policy (C2SP tlog-policy), after its `log` line:\n# witness commission {}",
            self.mirror
        )?;
        writeln!(f, "# or, for a witness alone:\n# witness commission-witness {}\n", self.witness)?;
        writeln!(f, "# What shares are sealed to (X25519):\n# {}", self.hpke)?;
        write!(f, "# The commission's own log:\n# {}", self.log)
    }
}

/// Writes a configuration that is complete: the hub's log, believed with the mirror's cosignature.
fn configure(
    folder: &Path,
    log: &VerifyKey,
    listen: std::net::SocketAddr,
    demo: bool,
    made: &Made,
) -> anyhow::Result<()> {
    let text = format!(
        "folder = \".\"\nlisten = \"{listen}\"\ndemo = {demo}\nlog = \"{log}\"\npolicy = \"\"\"\nlog {log}\n\
         witness commission {}\nquorum commission\n\"\"\"\nmachine_tokens = []\n\n{}",
        made.mirror,
        made.roster_table()
    );
    let path = folder.join("commission.toml");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .with_context(|| format!("cannot write `{}`", path.display()))?;
    file.write_all(text.as_bytes())?;
    Config::read(&path).map(drop).with_context(|| format!("`{}` is written; correct it", path.display()))
}

/// Asks a holder for a passphrase, on standard input: one line each, so that it can be piped as well.
fn ask(number: u8) -> anyhow::Result<Zeroizing<String>> {
    write!(std::io::stderr(), "Passphrase of commissioner {number}: ")?;
    let mut line = Zeroizing::new(String::new());
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        bail!("no passphrase for commissioner {number}");
    }
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn open(path: &Path) -> anyhow::Result<(Config, Office)> {
    let config = Config::read(path)?;
    let keys = Keyring::read(&config.folder.join("keys"))?;
    let given = config.given().map_err(anyhow::Error::msg)?;
    let office = Office::open(&config.folder, keys, given, ChaCha20Rng::from_seed(seed()?))?;
    Ok((config, office))
}

#[tokio::main]
async fn serve_until_stopped(path: &Path) -> anyhow::Result<()> {
    let (config, office) = open(path)?;
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    if config.demo {
        tracing::warn!("demonstration: one click signs in, keys are not secret");
    }
    tracing::info!(listen = %listener.local_addr()?, body_bytes_max = limits::BODY_BYTES_MAX, "the commission is open");
    let clock: Clock = Arc::new(now);
    let setup = Setup {
        office,
        clock,
        folder: config.folder,
        demo: config.demo,
        secure: config.behind_tls,
        machine_tokens: config.machine_tokens,
        seed: seed()?,
    };
    Ok(noroshi_commission::http::serve(listener, router(setup), limits::HEADER_TIME_MAX, stopped()).await?)
}

async fn stopped() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

fn report(path: &Path, year: i32, lang: Tongue) -> anyhow::Result<()> {
    let (_, office) = open(path)?;
    let released: Vec<_> = office.releases().iter().map(|release| release.at).collect();
    let report = Report::of(&office.watch, year, &released, now())?;
    say(&report.to_markdown(match lang {
        Tongue::En => &EN,
        Tongue::Ja => &JA,
    }))
}

fn check(path: &Path, lang: Tongue) -> anyhow::Result<ExitCode> {
    let (_, office) = open(path)?;
    let words = match lang {
        Tongue::En => &EN,
        Tongue::Ja => &JA,
    };
    let replay = office.watch.replay();
    let overdue = replay.overdue(now());
    for violation in replay.found().iter().chain(&overdue) {
        say(&format!("{:>9}  {:<24} {}", violation.index, violation.kind, violation.sentence(words.lang)))?;
    }
    let runs = office.inspections.reproductions().into_iter();
    let differ: Vec<_> = runs.filter(|one| one.run.as_ref().is_some_and(|(_, outcome)| !outcome.equal())).collect();
    for one in &differ {
        let batch = one.batch.map(|batch| batch.to_string()).unwrap_or_default();
        say(&format!("{:>9}  {:<24} {batch}: {}", one.number, "rerun-differs", words.different))?;
    }
    let count = replay.found_count() + overdue.len() as u64 + differ.len() as u64;
    say(&format!("{}: {count}", words.violations))?;
    Ok(if count > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
