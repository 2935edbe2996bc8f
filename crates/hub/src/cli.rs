//! The words of the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Find the servers that command attacks in flow exports: under a mandate, on the record.
///
/// Start with `noroshi demo`: it simulates a nation, streams it as IPFIX over UDP, and shows what
/// is found. Then `noroshi mandate new` writes the mandate without which nothing is read, and
/// `noroshi analyze --mandate FILE INPUT...` looks at your own exports.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some input was damaged, 4 refused by mandate."
)]
pub(crate) struct Cli {
    /// Say nothing on standard error but errors.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find command servers in recorded flow exports, captures and flow logs.
    Analyze(AnalyzeArgs),
    /// Receive NetFlow, IPFIX and sFlow over UDP, and find command servers as they come.
    Collect(CollectArgs),
    /// Start a hub and a commission, stream a simulated nation through them under a mandate, show what was found
    /// against the truth, and leave the pages open.
    Demo(DemoArgs),
    /// Make a simulated nation: flow records, truth, mandate and registration table.
    Simulate(SimulateArgs),
    /// Measure how well detection works on labelled captures.
    Evaluate(EvaluateArgs),
    /// Write a mandate, or say what one permits.
    Mandate(MandateArgs),
    /// Run the hub: pages, ledger, and the clerk who speaks with the commission.
    Serve(ServeArgs),
    /// Say what is wrong with a hub and what to do, without changing anything.
    Doctor(DoctorArgs),
    /// Take intelligence from TAXII servers of others, and give to them.
    Taxii(noroshi_taxii::command::TaxiiArgs),
    /// Read indicator lists and rules of others, and write block lists, sensor rules and zones.
    Indicators(crate::indicators::IndicatorsArgs),
    /// Convert between MISP and STIX, and write a feed that a stock MISP pulls.
    Misp(crate::misp::MispArgs),
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Write the manual pages into a folder.
    Man {
        /// Folder to write into.
        #[arg(long, default_value = ".")]
        out: PathBuf,
    },
}

/// What is written, and where.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Outputs")]
pub(crate) struct OutputArgs {
    /// Print findings as JSON lines instead of a table, most severe first.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the balance of all records as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) balance: Option<PathBuf>,
    /// Write the findings as CSV.
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Write the findings as a STIX 2.1 bundle.
    #[arg(long, value_name = "FILE")]
    pub(crate) stix: Option<PathBuf>,
    /// Write the report as one HTML file that needs no network.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Language of table and report.
    #[arg(long, value_enum, default_value_t = Lang::from_environment())]
    pub(crate) lang: Lang,
}

/// Language of what people read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// 日本語
    Ja,
    /// English
    #[default]
    En,
}

impl Lang {
    /// Japanese where the environment's messages are, English elsewhere.
    fn from_environment() -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok());
        if locale.is_some_and(|l| l.starts_with("ja")) { Self::Ja } else { Self::En }
    }

    /// For the report.
    pub(crate) const fn language(self) -> noroshi_report::Language {
        match self {
            Self::Ja => noroshi_report::Language::Ja,
            Self::En => noroshi_report::Language::En,
        }
    }
}

/// Secrets, randomness and memory.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Run")]
pub(crate) struct RunArgs {
    /// File with the secret that domestic addresses are pseudonymised under. Without it, or --seed, every run has a secret of its own.
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    pub(crate) key_file: Option<PathBuf>,
    /// Derive the secret from a number, for runs that must repeat byte for byte. Not secret.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Keep the lake of selected records in this folder; otherwise it is removed at the end.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) lake: Option<PathBuf>,
    /// Pairs of client and server held in memory at most (about 200 bytes each, 900 with a pulse).
    #[arg(long, default_value_t = 2_000_000, value_name = "COUNT")]
    pub(crate) pairs_max: usize,
    /// Memory for queries, MiB; beyond it they spill to disk.
    #[arg(long, default_value_t = 2_048, value_name = "MIB")]
    pub(crate) query_memory: usize,
}

#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// The mandate (required). `noroshi mandate new` writes one.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) mandate: Option<PathBuf>,
    /// Files, folders, or `-` for standard input: IPFIX, NetFlow v5/v9, sFlow, pcap, Zeek conn and dns, Argus CSV, Suricata EVE; plain, .gz, .zst or tar.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) outputs: OutputArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CollectArgs {
    /// The mandate (required).
    #[arg(long, short, value_name = "FILE")]
    pub(crate) mandate: Option<PathBuf>,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:4739")]
    pub(crate) listen: SocketAddr,
    /// Sockets that share the address; exporters are spread over them.
    #[arg(long, default_value_t = 1, value_name = "COUNT")]
    pub(crate) receivers: usize,
    /// Receive buffer of each socket, MiB.
    #[arg(long, default_value_t = 64, value_name = "MIB")]
    pub(crate) buffer: usize,
    /// Stop after so many seconds; otherwise at Ctrl-C.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) seconds: Option<u64>,
    /// Stop after so many records.
    #[arg(long, value_name = "COUNT")]
    pub(crate) records: Option<u64>,
    #[command(flatten)]
    pub(crate) outputs: OutputArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Seed of the simulated nation.
    #[arg(long, default_value_t = 1)]
    pub(crate) nation: u64,
    /// Where the report and the other outputs go.
    #[arg(long, default_value = "noroshi-demo", value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// End when the report is written, instead of serving the pages until Ctrl-C.
    #[arg(long)]
    pub(crate) exit: bool,
    /// Print findings as JSON lines instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
    /// Language of table and report.
    #[arg(long, value_enum, default_value_t = Lang::from_environment())]
    pub(crate) lang: Lang,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// Seed: same seed and plan, same records.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Folder for flows.ipfix, truth.json, mandate.toml and registry.csv.
    #[arg(long, value_name = "FOLDER", required_unless_present = "udp")]
    pub(crate) out: Option<PathBuf>,
    /// Send the records as IPFIX over UDP to this address instead.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "out")]
    pub(crate) udp: Option<SocketAddr>,
    /// Records a second over UDP; 0 as fast as they come.
    #[arg(long, default_value_t = 20_000)]
    pub(crate) rate: u64,
    /// Records sent over UDP at most.
    #[arg(long, value_name = "COUNT")]
    pub(crate) records: Option<u64>,
    /// Which nation to start from.
    #[arg(long, value_enum, default_value_t = Nation::Demo)]
    pub(crate) nation: Nation,
    /// Days.
    #[arg(long)]
    pub(crate) days: Option<u32>,
    /// Active domestic hosts.
    #[arg(long)]
    pub(crate) hosts: Option<u32>,
    /// Exporters look at one packet in this many.
    #[arg(long)]
    pub(crate) sampling: Option<u32>,
    /// One record for both directions instead of one each way.
    #[arg(long)]
    pub(crate) biflow: bool,
    /// Leave out every botnet: what is found then is false.
    #[arg(long)]
    pub(crate) null: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Nation {
    /// One day, 360 hosts, unsampled: one to three million records.
    Demo,
    /// Three days, 20,000 hosts, one packet in 1,000.
    Full,
}

#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// The mandate (required); its purposes must name `evaluate`.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) mandate: Option<PathBuf>,
    /// Labelled captures, one each: CTU-13 binetflow, Zeek conn.log.labeled, or a folder that `noroshi simulate` made.
    #[arg(required = true, value_name = "CAPTURE")]
    pub(crate) captures: Vec<PathBuf>,
    /// A command server in captures without labels, as ADDRESS:PORT; may be repeated.
    #[arg(long = "c2", value_name = "ADDRESS:PORT")]
    pub(crate) c2: Vec<SocketAddr>,
    /// Sampling rates to thin the captures to.
    #[arg(long, value_delimiter = ',', default_value = "1,10,100,1000")]
    pub(crate) sampling: Vec<u32>,
    /// Seeds of each thinning.
    #[arg(long, default_value_t = 3)]
    pub(crate) seeds: u64,
    /// Five-minute frames between the runs that measure time to detect; 1 runs at the end of each.
    #[arg(long, default_value_t = 1, value_name = "FRAMES")]
    pub(crate) frame_step: u32,
    /// Take the calls to the server named by `--c2` out of this capture, lay them out with other periods
    /// and jitters, and look for them in each of the captures, which are then backgrounds.
    #[arg(long, value_name = "CAPTURE", requires = "c2")]
    pub(crate) inject: Option<PathBuf>,
    /// Factors of the period of the injected calls.
    #[arg(long, value_delimiter = ',', default_value = "0.5,1,4,20", value_name = "FACTORS")]
    pub(crate) inject_periods: Vec<f64>,
    /// Jitters of the injected calls, shares of the period to either side.
    #[arg(long, value_delimiter = ',', default_value = "0,0.2,0.5", value_name = "SHARES")]
    pub(crate) inject_jitters: Vec<f64>,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The configuration; `docs/samples/hub.toml` is one to start from.
    #[arg(long, short, default_value = "hub.toml", value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Only print the log's verifier key, which the commission is set up with; makes the key if need be.
    #[arg(long)]
    pub(crate) log_key: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// The configuration of the hub.
    #[arg(long, short, default_value = "hub.toml", value_name = "FILE")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct MandateArgs {
    #[command(subcommand)]
    pub(crate) command: MandateCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MandateCommand {
    /// Ask for what a mandate needs, and write it.
    New(NewMandateArgs),
    /// Say what a mandate permits, or what is wrong with it.
    Check {
        /// The mandate.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct NewMandateArgs {
    /// Where to write it; standard output if not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Its id: letters, digits, `-`, `_`, `.`.
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// One line for people.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// party-agreement, foreign-foreign, foreign-in or out-foreign.
    #[arg(long)]
    pub(crate) basis: Option<String>,
    /// The operators' own prefixes, comma separated.
    #[arg(long, value_delimiter = ',')]
    pub(crate) domestic: Vec<String>,
    /// What the data may be used for: find-attack-servers, warn-victims, evaluate; comma separated.
    #[arg(long = "purpose", value_delimiter = ',', default_value = "find-attack-servers")]
    pub(crate) purposes: Vec<String>,
    /// First day of the term, for example 2026-12-01.
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Day after the last of the term.
    #[arg(long)]
    pub(crate) until: Option<String>,
    /// Let the mandate cover DNS names.
    #[arg(long)]
    pub(crate) dns_names: bool,
}
