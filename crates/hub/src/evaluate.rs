//! `noroshi evaluate`: labelled captures in, the honest protocol out.

use crate::cli::EvaluateArgs;
use crate::exit::Exit;
use crate::mandate;
use crate::progress::Bar;
use anyhow::Context;

use noroshi_evaluate::view::View;
use noroshi_evaluate::{EvaluateOptions, InjectOptions, LabelledCapture, Labels, Watch};
use noroshi_flow::PseudonymKey;
use noroshi_ingest::{Inputs, OpenOptions};
use noroshi_mandate::{Evaluate, Permit, authorise};
use noroshi_model::Micros;
use std::io::Write;
use std::path::Path;

pub(crate) fn run(args: &EvaluateArgs, quiet: bool, now: Micros) -> anyhow::Result<Exit> {
    let mandate = mandate::read(args.mandate.as_deref())?;
    let permit = authorise::<Evaluate>(&mandate, now)?;
    if let Some(trace) = &args.inject {
        return inject(args, trace, &permit);
    }
    let captures: Vec<LabelledCapture> =
        args.captures.iter().map(|path| capture(path, args)).collect::<anyhow::Result<_>>()?;
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let options = options(args, &mandate.fingerprint, folder.path());
    let watch = Watching(Bar::new(quiet));
    let evaluation = noroshi_evaluate::evaluate(&permit, &captures, &options, &watch)?;
    watch.0.done();
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &evaluation).context("cannot write to standard output")?;
        writeln!(out)?;
    } else {
        write!(out, "{}", noroshi_evaluate::text_table(&evaluation))?;
    }
    Ok(Exit::Done)
}

fn options(args: &EvaluateArgs, fingerprint: &str, folder: &Path) -> EvaluateOptions {
    // Pseudonyms of an evaluation never leave it, so their key need not be secret, only the same each time.
    let key = PseudonymKey::derive(b"evaluation", fingerprint);
    EvaluateOptions {
        samplings: args.sampling.clone(),
        seeds: (1..=args.seeds.max(1)).collect(),
        frame_step: args.frame_step,
        ..EvaluateOptions::new(key, folder.to_owned())
    }
}

/// The calls of one capture, laid out anew among each of the backgrounds.
fn inject(args: &EvaluateArgs, trace: &Path, permit: &Permit<'_, Evaluate>) -> anyhow::Result<Exit> {
    let Some(&server) = args.c2.first() else {
        anyhow::bail!("`--inject` needs the server to take, as `--c2 ADDRESS:PORT`")
    };
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let base = options(args, &permit.mandate().fingerprint, folder.path());
    let (factors, jitters) = (args.inject_periods.clone(), args.inject_jitters.clone());
    let options = InjectOptions { server, factors, jitters, base };
    let calls = Inputs::open(&[trace.to_owned()], &OpenOptions::default())?;
    let mut out = std::io::stdout().lock();
    for path in &args.captures {
        let background = Inputs::open(std::slice::from_ref(path), &OpenOptions::default())?;
        let injections = noroshi_evaluate::inject(permit, &background, &calls, &options)?;
        if args.json {
            let object = serde_json::json!({ "background": path, "server": server, "injections": injections });
            writeln!(out, "{object}")?;
        } else {
            writeln!(out, "{server} among {}\n\n{}", path.display(), noroshi_evaluate::injection_table(&injections))?;
        }
    }
    Ok(Exit::Done)
}

/// A capture and its labels: a folder of `noroshi simulate` brings its truth, a log its own labels.
fn capture(path: &Path, args: &EvaluateArgs) -> anyhow::Result<LabelledCapture> {
    let mut labels = Labels::default();
    args.c2.iter().for_each(|&server| labels.command_server(server));
    let truth = path.join("truth.json");
    let input = if truth.is_file() {
        labels.read(&truth)?;
        path.join("flows.ipfix")
    } else {
        if args.c2.is_empty() {
            labels.read(path)?;
        }
        path.to_owned()
    };
    let inputs = Inputs::open(&[input], &OpenOptions::default())?;
    Ok(LabelledCapture { name: path.display().to_string(), inputs, labels })
}

/// Shows which run of which capture is under way.
struct Watching(Bar);

impl Watch for Watching {
    fn run(&self, capture: &str, view: View, done: usize, of: usize) {
        let null = if view.null { ", null run" } else { "" };
        self.0.count(format!("{capture} at 1:{}{null}", view.sampling), done as u64, of as u64);
    }
}
