//! Public captures, run once and printed. Quality is not asserted here: `docs/evaluation.md` tells it.

use super::{captures, key, mandate, now};
use crate::{EvaluateOptions, Evaluation, LabelledCapture, Labels, evaluate, text_table};
use noroshi_detect::run::Quiet;
use noroshi_ingest::{Inputs, OpenOptions};
use noroshi_mandate::{Evaluate, authorise};

/// Evaluates one capture; `samplings` few, so that a test ends.
fn once(name: &str, domestic: &str, records: &str, labels: Option<&str>, c2: &[&str]) -> Option<Evaluation> {
    let folder = captures()?;
    let mut known = Labels::default();
    if let Some(labels) = labels {
        known.read(&folder.join(labels)).unwrap();
    }
    c2.iter().for_each(|server| known.command_server(server.parse().unwrap()));
    let inputs = Inputs::open(&[folder.join(records)], &OpenOptions::default()).unwrap();
    let work = tempfile::tempdir().unwrap();
    let list = |variable: &str, otherwise: &str| {
        let text = std::env::var(variable).unwrap_or_else(|_| otherwise.to_owned());
        text.split(',').map(|n| n.parse().unwrap()).collect::<Vec<u32>>()
    };
    let options = EvaluateOptions {
        samplings: list("EVALUATE_SAMPLINGS", "1"),
        seeds: list("EVALUATE_SEEDS", "1").into_iter().map(u64::from).collect(),
        frame_step: list("EVALUATE_STEP", "1000")[0],
        bootstrap: 200,
        ..EvaluateOptions::new(key(), work.path().to_owned())
    };
    let mandate = mandate(domestic);
    let permit = authorise::<Evaluate>(&mandate, now()).unwrap();
    let capture = LabelledCapture { name: name.to_owned(), inputs, labels: known };
    let evaluation = evaluate(&permit, &[capture], &options, &Quiet).unwrap();
    println!("{}", text_table(&evaluation));
    println!("{}", serde_json::to_string_pretty(&evaluation).unwrap());
    for sampling in &evaluation.captures[0].samplings {
        assert!(sampling.runs.iter().all(|run| run.adds_up));
    }
    Some(evaluation)
}

const LAB: &str = r#""192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12""#;

#[test]
fn ctu13_scenario_6() {
    let file = "ctu13/capture20110816.binetflow.zst";
    let Some(evaluation) = once("CTU-13 scenario 6", r#""147.32.0.0/16""#, file, Some(file), &[]) else { return };
    let capture = &evaluation.captures[0];
    assert_eq!(capture.botnet_hosts, 1);
    assert!(capture.normal_hosts > 0 && capture.background_hosts > 100 && capture.command_servers > 0);
    assert!(capture.null_run.removed > 4_000);
}

#[test]
fn comfoo() {
    once("comfoo", LAB, "zeek/comfoo/conn.log.gz", None, &["68.183.138.51:80"]);
}

#[test]
fn taidoor() {
    once("taidoor", LAB, "zeek/taidoor/conn.log.gz", None, &["104.248.234.238:80"]);
}

#[test]
fn benign() {
    let file = "zeek/benign-2023-02-20/conn.log.labeled.gz";
    let Some(evaluation) = once("benign-2023-02-20", LAB, file, Some(file), &[]) else { return };
    assert_eq!(evaluation.captures[0].botnet_hosts, 0);
}

#[test]
fn njrat() {
    let file = "zeek/001-zeek-scenario-malicious/labeled-conn.log.gz";
    once("001 NjRAT", LAB, file, Some(file), &[]);
}
