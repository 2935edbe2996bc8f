//! Findings and balance to where the user asked for them.

use crate::cli::{Lang, OutputArgs};
use crate::exit::Exit;
use crate::tell;
use anyhow::Context;
use noroshi_detect::run::Run;
use noroshi_flow::{Balance, Damage};
use noroshi_mandate::place::to_bits;
use noroshi_mandate::{CountryTable, Mandate};
use noroshi_model::Micros;
use noroshi_report::{RunContext, TruthSummary};
use std::io::{IsTerminal, Write};

/// What the outputs need to know beside the run.
pub(crate) struct Told<'a> {
    pub(crate) mandate: &'a Mandate,
    pub(crate) inputs: Vec<String>,
    pub(crate) damage: Damage,
    pub(crate) seed: Option<u64>,
    pub(crate) now: Micros,
    pub(crate) truth: Option<TruthSummary>,
}

/// The balance as it is written: what became of every record, and what the aggregates took.
#[derive(serde::Serialize)]
struct Balanced<'a> {
    #[serde(flatten)]
    balance: &'a Balance,
    memory: Memory,
}

/// Memory of the aggregates: what they held, and the bound that the configuration gives.
#[derive(serde::Serialize)]
struct Memory {
    tables_bytes: u64,
    tables_bytes_max: u64,
}

impl Memory {
    fn of(run: &Run) -> Self {
        Self { tables_bytes: run.tables.held_bytes, tables_bytes_max: run.tables.bound_bytes }
    }
}

/// Writes every output asked for, then tells on standard error what became of every record.
pub(crate) fn write(run: &mut Run, told: Told<'_>, args: &OutputArgs, quiet: bool) -> anyhow::Result<Exit> {
    if let Some(countries) = told.mandate.countries()? {
        place(run, &countries);
    }
    let context = context(run, told);
    let language = args.lang.language();
    if let Some(path) = &args.balance {
        let balance = Balanced { balance: &run.balance, memory: Memory::of(run) };
        let mut json = serde_json::to_vec_pretty(&balance).context("cannot write the balance")?;
        json.push(b'\n');
        noroshi_report::write_atomically(path, &json)?;
    }
    if let Some(path) = &args.csv {
        let mut csv = Vec::new();
        noroshi_report::write_csv(&mut csv, &run.findings).context("cannot write CSV")?;
        noroshi_report::write_atomically(path, &csv)?;
    }
    if let Some(path) = &args.stix {
        let bundle = noroshi_report::stix_bundle(&run.findings, &context);
        let json = serde_json::to_vec_pretty(&bundle).context("cannot write STIX")?;
        noroshi_report::write_atomically(path, &json)?;
    }
    if let Some(path) = &args.html {
        let html = noroshi_report::html(&run.findings, &context, language)?;
        noroshi_report::write_atomically(path, html.as_bytes())?;
    }
    print(run, &context, args.json, args.lang)?;
    if !quiet {
        summary(run, &context);
    }
    Ok(if context.damage.total() > 0 { Exit::Damaged } else { Exit::Done })
}

fn place(run: &mut Run, countries: &CountryTable) {
    for finding in run.findings.iter_mut().filter(|finding| !finding.domestic) {
        finding.country = countries.country(to_bits(finding.server));
    }
}

fn context(run: &Run, told: Told<'_>) -> RunContext {
    let seen = run.first_us <= run.last_us;
    RunContext {
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        mandate_id: told.mandate.id.clone(),
        mandate_title: told.mandate.title.clone(),
        mandate_fingerprint: told.mandate.fingerprint.clone(),
        inputs: told.inputs,
        traffic_from: seen.then_some(Micros(run.first_us)),
        traffic_until: seen.then_some(Micros(run.last_us)),
        // With a seed the same input must give the same bytes, so the traffic's own end stands for the clock.
        generated_at: if told.seed.is_some() && seen { Micros(run.last_us) } else { told.now },
        seed: told.seed.unwrap_or_default(),
        balance: run.balance.clone(),
        damage: told.damage,
        memory_peak_bytes: if told.seed.is_some() { None } else { memory_peak_bytes() },
        truth: told.truth,
    }
}

fn print(run: &Run, context: &RunContext, json: bool, lang: Lang) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let written = if json {
        noroshi_report::write_json_lines(&mut out, &run.findings)
    } else {
        let colour = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let width = width();
        out.write_all(noroshi_report::table(&run.findings, context, lang.language(), width, colour).as_bytes())
    };
    match written.and_then(|()| out.flush()) {
        // Whoever read our output had seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to standard output"),
    }
}

/// Columns of the terminal, or what COLUMNS says; 100 where nobody can tell.
fn width() -> u16 {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    said.or_else(|| terminal_size::terminal_size().map(|(columns, _)| columns.0)).unwrap_or(100)
}

fn summary(run: &Run, context: &RunContext) {
    let b = &run.balance;
    tell(&format!(
        "{} records received = {} out of mandate + {} aggregated only + {} of selected servers",
        b.received,
        b.out_of_mandate(),
        b.aggregated_only,
        b.selected
    ));
    for note in &context.damage.first {
        tell(&format!("damaged: {note}"));
    }
    let shown = context.damage.first.len() as u64;
    if context.damage.total() > shown {
        tell(&format!("damaged: {} more", context.damage.total() - shown));
    }
    if run.evicted > 0 {
        tell(&format!("{} entries were forgotten to stay within limits; raise --pairs-max to keep more", run.evicted));
    }
    tell(&format!(
        "aggregates held {} MiB; their limits allow {} MiB at most, whatever traffic comes",
        run.tables.held_bytes >> 20,
        run.tables.bound_bytes >> 20
    ));
    if let Some(bytes) = memory_peak_bytes() {
        tell(&format!("memory at most {} MiB", bytes >> 20));
    }
}

/// Most memory this process held.
pub(crate) fn memory_peak_bytes() -> Option<u64> {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF).ok()?;
    u64::try_from(usage.max_rss()).ok().map(|kib| kib << 10)
}
