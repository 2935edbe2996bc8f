//! `noroshi indicators`: lists and rules of others into STIX, and STIX into what sensors, resolvers and gateways load.

use crate::exit::Exit;
use crate::{objects, tell};
use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use noroshi_indicators::export::{self, LeftOut, Wanted, Written, Zone};
use noroshi_indicators::import::{self, Format, Source};
use noroshi_indicators::object;
use noroshi_indicators::warning::{Hit, Lists, WarningList};
use noroshi_model::Micros;
use noroshi_report::write_atomically;
use noroshi_stix::{Timestamp, Tlp};
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct IndicatorsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Read lists, Shadowserver reports, YARA, Sigma, Suricata and Snort rules into a STIX bundle on standard output.
    Import(ImportArgs),
    /// Write block lists, Suricata datasets, a Zeek intel file or a response policy zone from STIX objects.
    Export(ExportArgs),
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// Files to read.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Who the list comes from. The same line of the same source is always the same indicator.
    #[arg(long, value_name = "NAME")]
    source: String,
    /// Read it as this instead of recognising it: list, csv, shadowserver, yara, sigma, suricata, snort.
    #[arg(long, value_parser = format)]
    format: Option<Format>,
    /// Who may see it: clear, green, amber, amber+strict, red.
    #[arg(long, value_parser = tlp, default_value = "amber+strict")]
    tlp: Tlp,
    /// Days after which it holds no longer. Addresses are reused: a list without an end should get one.
    #[arg(long, value_name = "DAYS")]
    days: Option<u32>,
    /// How sure, 0 to 100.
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=100))]
    confidence: Option<u8>,
}

#[derive(Debug, Args)]
struct ExportArgs {
    /// Bundles, envelopes, or files with one object a line.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What to write.
    #[arg(long, value_enum)]
    form: Form,
    /// Folder to write into, made where there is none.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Name of the zone, for `rpz`.
    #[arg(long, default_value = "rpz.example.org", value_name = "NAME")]
    zone: String,
    /// First rule number, for `suricata`.
    #[arg(long, default_value_t = 4_200_000, value_name = "SID")]
    sid: u32,
    /// How sure an indicator must be at least.
    #[arg(long, value_name = "0-100")]
    confidence: Option<u8>,
    /// Also where an indicator means one port of an address: the export then hits more than was meant.
    #[arg(long)]
    any_port: bool,
    /// Also what a warning list flags. What one refuses is never written.
    #[arg(long)]
    flagged: bool,
    /// More warning lists, in MISP's format, beside our own.
    #[arg(long, value_name = "FILE")]
    warning_list: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// One text file for each kind of value; addresses joined into blocks.
    Blocklist,
    /// Datasets and the rules that use them.
    Suricata,
    /// A file for Zeek's intelligence framework.
    Zeek,
    /// A response policy zone for resolvers.
    Rpz,
}

fn format(text: &str) -> Result<Format, String> {
    let known = || Format::ALL.map(Format::as_str).join(", ");
    Format::named(text).ok_or_else(|| format!("`{text}` is none of {}", known()))
}

fn tlp(text: &str) -> Result<Tlp, String> {
    Tlp::named(text).ok_or_else(|| format!("`{text}` is none of clear, green, amber, amber+strict, red"))
}

pub(crate) fn run(args: &IndicatorsArgs, quiet: bool, now: Micros) -> anyhow::Result<Exit> {
    let at = Timestamp::from_micros(now.0);
    match &args.what {
        What::Import(args) => bring_in(args, quiet, now),
        What::Export(args) => write_out(args, quiet, at),
    }
}

fn bring_in(args: &ImportArgs, quiet: bool, now: Micros) -> anyhow::Result<Exit> {
    let until = |days: u32| Micros(now.0.saturating_add(i64::from(days) * noroshi_model::time::DAY));
    let source = Source {
        markings: vec![args.tlp.id()],
        valid_until: args.days.map(|days| Timestamp::from_micros(until(days).0)),
        confidence: args.confidence,
        ..Source::new(&args.source, Timestamp::from_micros(now.0))
    };
    let (mut all, mut faults) = (Vec::new(), 0);
    for path in &args.files {
        let shown = path.display().to_string();
        let bytes = std::fs::read(path).with_context(|| format!("cannot read `{shown}`"))?;
        let read = import::import(&bytes, &shown, args.format, &source).with_context(|| format!("`{shown}`"))?;
        faults += read.faults.count;
        for fault in &read.faults.kept {
            tell(&format!("{shown}: {fault}"));
        }
        if !quiet {
            let (taken, form) = (read.objects.len(), read.format.as_str());
            let (repeated, passed) = (read.repeated, read.passed_over);
            tell(&format!(
                "{shown}: {form}, {}: {taken} indicators, {repeated} repeated, {passed} passed over, {} not taken",
                read.encoding, read.faults.count
            ));
        }
        all.extend(read.objects.into_iter().map(|made| made.object));
    }
    let mut bundle = object::bundle(&all);
    bundle.push(b'\n');
    // A pipe that is closed early is not a failure.
    let _ = std::io::stdout().write_all(&bundle);
    Ok(if faults == 0 { Exit::Done } else { Exit::Damaged })
}

fn write_out(args: &ExportArgs, quiet: bool, at: Timestamp) -> anyhow::Result<Exit> {
    let lists = warning_lists(&args.warning_list)?;
    for age in lists.ages(at).filter(|age| age.stale) {
        let days = age.age_days.map_or("of unknown age".to_owned(), |days| format!("{days} days old"));
        tell(&format!("warning list `{}` is {days}: take a newer one", age.list.name));
    }
    let (objects, refused) = objects::read(&args.files)?;
    let wanted = Wanted { confidence_min: args.confidence, any_port: args.any_port, ..Wanted::at(at) };
    let chosen = export::choose(&objects, &wanted);
    let sifted = lists.sift(chosen.indicators, at);
    let mut indicators = sifted.clear;
    for (indicator, hits) in &sifted.refused {
        tell(&format!("not written: `{}` of {}: {}", indicator.value, indicator.id, named(hits)));
    }
    for (indicator, hits) in sifted.flagged {
        let word = if args.flagged { "written" } else { "not written" };
        tell(&format!("{word}: `{}` of {}: {}", indicator.value, indicator.id, named(&hits)));
        if args.flagged {
            indicators.push(indicator);
        }
    }
    let written = match args.form {
        Form::Blocklist => export::block_lists(&indicators, at),
        Form::Suricata => export::suricata(&indicators, at, args.sid),
        Form::Zeek => export::zeek(&indicators, at),
        Form::Rpz => export::rpz(&indicators, at, &Zone::new(&args.zone)?),
    };
    keep(&written, &args.out)?;
    if !quiet {
        tell(&format!("{} values from {} objects", indicators.len(), objects.len()));
        left_out(&chosen.left_out);
        left_out(&written.left_out);
    }
    Ok(if refused == 0 { Exit::Done } else { Exit::Damaged })
}

fn keep(written: &Written, out: &std::path::Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("cannot make `{}`", out.display()))?;
    for file in &written.files {
        write_atomically(&out.join(&file.name), &file.bytes)?;
    }
    Ok(())
}

fn left_out(left: &LeftOut) {
    for (reason, count) in &left.counts {
        tell(&format!("left out: {count} ({reason})"));
    }
    for one in &left.named {
        tell(&format!("  {}: {} {}", one.reason, one.id, one.what));
    }
}

fn named(hits: &[Hit<'_>]) -> String {
    let each: Vec<_> = hits.iter().map(|hit| format!("{} ({})", hit.list, hit.entry)).collect();
    each.join(", ")
}

/// Our own lists, and those a person brings.
fn warning_lists(more: &[PathBuf]) -> anyhow::Result<Lists> {
    let mut lists = WarningList::own()?;
    for path in more {
        let shown = path.display();
        let bytes = std::fs::read(path).with_context(|| format!("cannot read `{shown}`"))?;
        lists.push(WarningList::read(&bytes, &noroshi_indicators::warning::Terms::default())?);
    }
    Ok(Lists::new(lists)?)
}
