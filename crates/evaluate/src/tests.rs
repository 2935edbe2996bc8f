//! The whole protocol, on made-up captures; and on public ones where they are at hand.

mod real;

use crate::activity::{Activity, Class, Roll};
use crate::capture::{Recording, Viewed};
use crate::flags::Flags;
use crate::labels::Labels;
use crate::view::View;
use crate::{EvaluateOptions, LabelledCapture, evaluate, markdown_rows, text_table};
use noroshi_detect::run::Quiet;
use noroshi_flow::{FlowColumns, FlowRecord, FlowSink, PseudonymKey, Pseudonyms, SinkError, Source};
use noroshi_ingest::{Inputs, NoProgress, OpenOptions};
use noroshi_mandate::place::to_bits;
use noroshi_mandate::{Evaluate, Mandate, authorise};
use noroshi_model::Micros;
use std::fmt::Write;
use std::path::PathBuf;

/// A mandate over some prefixes.
pub(crate) fn mandate(domestic: &str) -> Mandate {
    let text = format!(
        r#"
version = 1
id = "evaluation"
title = "Labelled captures, published by their owners"
legal_basis = "party-agreement"
directions = ["out-foreign", "foreign-in"]
purposes = ["evaluate"]
[term]
from = 2026-01-01
until = 2036-01-01
[place]
domestic = [{domestic}]
foreign = ["198.51.100.0/24", "203.0.113.0/24"]
elsewhere = "foreign"
"#
    );
    Mandate::parse(&text, "evaluation.toml").unwrap()
}

pub(crate) fn now() -> Micros {
    Micros::parse("2026-06-01").unwrap()
}

fn key() -> PseudonymKey {
    PseudonymKey::derive(b"a secret of this test", "fingerprint")
}

/// One bot that calls every 30 s, and four people who read pages; an hour.
fn made_up() -> String {
    let mut text =
        "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label\n"
            .to_owned();
    for n in 0..120 {
        let (minute, second) = (n / 2, n % 2 * 30);
        let _ = writeln!(
            text,
            "2026/01/02 10:{minute:02}:{second:02}.000000,1.0,tcp,192.0.2.5,{},   ->,203.0.113.9,5678,FSPA_FSPA,0,0,14,4975,585,flow=From-Botnet-V47-TCP-CC73",
            2_000 + n
        );
        let who = n % 4;
        let label = if who < 2 { "From-Normal-V47-Jist" } else { "Background" };
        let _ = writeln!(
            text,
            "2026/01/02 10:{minute:02}:{:02}.500000,1.0,tcp,192.0.2.{},{},   ->,198.51.100.{},443,FSPA_FSPA,0,0,{},{},985,flow={label}",
            (n * 17) % 60,
            20 + who,
            3_000 + n,
            n % 50,
            20 + n % 9,
            9_000 + n * n % 977
        );
    }
    text
}

struct Bed {
    folder: tempfile::TempDir,
    inputs: Inputs,
    labels: Labels,
}

fn bed() -> Bed {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made-up.binetflow");
    std::fs::write(&path, made_up()).unwrap();
    let mut labels = Labels::default();
    labels.read(&path).unwrap();
    let inputs = Inputs::open(&[path], &OpenOptions::default()).unwrap();
    Bed { folder, inputs, labels }
}

/// Keeps everything it is given.
#[derive(Default)]
struct Keep(Vec<FlowRecord>);

impl FlowSink for Keep {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        assert_eq!(batch.direction.len(), batch.len());
        self.0.extend(batch.records());
        Ok(())
    }
}

/// What a view shows of the made-up capture.
fn shown(view: View) -> Vec<FlowRecord> {
    let (bed, mandate) = (bed(), mandate("\"192.0.2.0/24\""));
    let permit = authorise::<Evaluate>(&mandate, now()).unwrap();
    let recording = Recording::read(&permit, &bed.inputs, &NoProgress).unwrap();
    let mut keep = Keep::default();
    let balance = Viewed { recording: &recording, labels: &bed.labels, view }.pass(&mut keep).unwrap();
    assert_eq!(balance.admitted(), keep.0.len() as u64);
    keep.0
}

#[test]
fn a_prefix_sees_no_future_and_thins_like_the_whole() {
    let until = Micros::parse("2026-01-02T10:20:00Z").unwrap();
    let all = shown(View::ALL);
    let prefix = shown(View { until: Some(until), ..View::ALL });
    assert_eq!(all.len(), 240);
    assert!(prefix.iter().all(|r| r.end < until));
    assert_eq!(prefix.len(), all.iter().filter(|r| r.end < until).count());
    let thin = View { sampling: 10, seed: 4, ..View::ALL };
    let (whole, part) = (shown(thin), shown(View { until: Some(until), ..thin }));
    assert!(!part.is_empty() && part.len() < whole.len());
    assert_eq!(part[..], whole[..part.len()]);
}

#[test]
fn a_record_that_ends_at_the_cut_is_future() {
    let at = shown(View::ALL)[0].end;
    assert!(!shown(View { until: Some(at), ..View::ALL }).iter().any(|r| r.end >= at));
    assert!(shown(View { until: Some(Micros(at.0 + 1)), ..View::ALL }).iter().any(|r| r.end == at));
}

#[test]
fn a_null_run_sees_nothing_labelled_malicious() {
    let left = shown(View { null: true, ..View::ALL });
    assert_eq!(left.len(), 120);
    assert!(left.iter().all(|r| r.src != to_bits("192.0.2.5".parse().unwrap())));
}

#[test]
fn a_capture_one_record_too_large_to_hold_is_read_anew_and_is_the_same() {
    let (bed, mandate) = (bed(), mandate("\"192.0.2.0/24\""));
    let permit = authorise::<Evaluate>(&mandate, now()).unwrap();
    let view = View { sampling: 10, seed: 2, ..View::ALL };
    let seen = |records_max: usize| {
        let recording = Recording::read_holding(&permit, &bed.inputs, &NoProgress, records_max).unwrap();
        let mut keep = Keep::default();
        Viewed { recording: &recording, labels: &bed.labels, view }.pass(&mut keep).unwrap();
        (recording.is_held(), keep.0)
    };
    let (at, past) = (seen(240), seen(239));
    assert!(at.0 && !past.0);
    assert_eq!(at.1, past.1);
}

fn activity(bed: &Bed) -> Activity {
    let mandate = mandate("\"192.0.2.0/24\"");
    let permit = authorise::<Evaluate>(&mandate, now()).unwrap();
    let recording = Recording::read(&permit, &bed.inputs, &NoProgress).unwrap();
    let mut roll = Roll::new(&bed.labels, &key());
    recording.play(&mut roll).unwrap();
    roll.finish("made-up").unwrap()
}

#[test]
fn hosts_are_known_by_pseudonym_only() {
    let activity = activity(&bed());
    let counts = [Class::Botnet, Class::Normal, Class::Background].map(|class| activity.count(class));
    assert_eq!(counts, [1, 2, 2]);
    assert_eq!(activity.frames.len(), 12);
    let host: std::net::IpAddr = "192.0.2.5".parse().unwrap();
    assert!(!activity.is_bot(to_bits(host)));
    assert!(activity.is_bot(to_bits(Pseudonyms::new(&key()).of_ip(host))));
    let server = (to_bits("203.0.113.9".parse().unwrap()), 5678);
    assert_eq!(activity.servers.get(&server), Some(&Micros::parse("2026-01-02T10:00:00Z").unwrap()));
}

#[test]
fn flags_of_nothing_are_none() {
    assert!(Flags::of(&[]).hosts.is_empty());
}

fn options(bed: &Bed) -> EvaluateOptions {
    EvaluateOptions {
        samplings: vec![1, 10],
        seeds: vec![1],
        frame_step: 6,
        bootstrap: 50,
        ..EvaluateOptions::new(key(), bed.folder.path().to_owned())
    }
}

#[test]
fn the_protocol_runs_and_says_so_in_stable_names() {
    let bed = bed();
    let options = options(&bed);
    let mandate = mandate("\"192.0.2.0/24\"");
    let permit = authorise::<Evaluate>(&mandate, now()).unwrap();
    let captures = [LabelledCapture { name: "made-up".to_owned(), inputs: bed.inputs, labels: bed.labels }];
    let evaluation = evaluate(&permit, &captures, &options, &Quiet).unwrap();
    let json = serde_json::to_value(&evaluation).unwrap();
    let capture = &json["captures"][0];
    assert_eq!(capture["botnet_hosts"], 1);
    assert_eq!(capture["command_servers"], 1);
    assert_eq!(capture["null_run"]["removed"], 120);
    let run = &capture["samplings"][0]["runs"][0];
    assert_eq!(run["adds_up"], true);
    for name in ["online", "retrospective"] {
        assert!(run[name]["fm1"].is_number() && run[name]["background_flagged"].is_number(), "{run}");
    }
    assert_eq!(run["ranking"]["precision_at"].as_array().unwrap().len(), 4);
    assert!(text_table(&evaluation).contains("null run (120 malicious"));
    assert_eq!(markdown_rows(&evaluation).lines().count(), 4);
}

#[test]
fn options_have_limits() {
    let bed = bed();
    let mandate = mandate("\"192.0.2.0/24\"");
    let permit = authorise::<Evaluate>(&mandate, now()).unwrap();
    let refused = |change: &dyn Fn(&mut EvaluateOptions)| {
        let mut options = options(&bed);
        change(&mut options);
        evaluate(&permit, &[], &options, &Quiet).is_err()
    };
    assert!(!refused(&|o| o.seeds = vec![1; crate::limits::VARIANTS_MAX]));
    assert!(refused(&|o| o.seeds = vec![1; crate::limits::VARIANTS_MAX + 1]));
    assert!(refused(&|o| o.samplings = vec![0]));
    assert!(refused(&|o| o.frame_step = 0));
}

/// The folder of public captures; `None` where it is absent.
fn captures() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/flows");
    if !folder.is_dir() {
        eprintln!("skipped: no public captures beside the repository");
        return None;
    }
    Some(folder)
}
