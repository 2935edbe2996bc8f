//! The protocol: each capture by itself, each sampling with its seeds, and always the null run.
//!
//! There is one set of thresholds and no switch to tune one here. Predictions called online come
//! from runs over growing prefixes that saw nothing after the end of the frame they speak of.

use crate::activity::{Activity, Class, FRAME_US, Roll};
use crate::capture::{Recording, Viewed};
use crate::error::EvaluateError;
use crate::false_positives::false_positives;
use crate::flags::{FLAG_FROM, Flags, Touches, is_command};
use crate::fm1::{Track, fm1, fm1_interval};
use crate::labels::Labels;
use crate::limits::VARIANTS_MAX;
use crate::ranking::ranking;
use crate::result::{CaptureResult, Evaluation, FrameScore, NullRun, SamplingResult, SeedResult};
use crate::summary::summary;
use crate::view::View;
use noroshi_detect::engine::EngineOptions;
use noroshi_detect::run::{Quiet, Run, RunOptions, run};
use noroshi_flow::{BroadLimits, PseudonymKey};
use noroshi_ingest::{Inputs, NoProgress};
use noroshi_mandate::{Evaluate, Permit};
use noroshi_model::Micros;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A capture and what is known of it.
#[derive(Debug)]
pub struct LabelledCapture {
    /// What it is called in results.
    pub name: String,
    /// The records.
    pub inputs: Inputs,
    /// The truth.
    pub labels: Labels,
}

/// How much work an evaluation does. None of it changes what is found.
#[derive(Debug, Clone)]
pub struct EvaluateOptions {
    /// One in how many packets.
    pub samplings: Vec<u32>,
    /// Of the thinning; at 1:1 only the first is used.
    pub seeds: Vec<u64>,
    /// Frames from one online run to the next; 1 runs at the end of every frame.
    pub frame_step: u32,
    /// Bootstrap resamples.
    pub bootstrap: usize,
    /// The key of the pseudonyms.
    pub key: PseudonymKey,
    /// Where runs keep their selected records; emptied by the caller.
    pub folder: PathBuf,
    /// Limits of the aggregates.
    pub broad: BroadLimits,
    /// Limits of the engine.
    pub engine: EngineOptions,
}

impl EvaluateOptions {
    /// The protocol's samplings 1:1, 1:10, 1:100 and 1:1000 with three seeds, every frame.
    pub fn new(key: PseudonymKey, folder: PathBuf) -> Self {
        Self {
            samplings: vec![1, 10, 100, 1_000],
            seeds: vec![1, 2, 3],
            frame_step: 1,
            bootstrap: 1_000,
            key,
            folder,
            broad: BroadLimits::default(),
            engine: EngineOptions::default(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), EvaluateError> {
        let fits = |n: usize| n > 0 && n <= VARIANTS_MAX;
        if !fits(self.samplings.len()) || !fits(self.seeds.len()) {
            return Err(EvaluateError::Options("give between 1 and 64 samplings, and as many seeds"));
        }
        if self.samplings.contains(&0) || self.frame_step == 0 {
            return Err(EvaluateError::Options("a sampling and the frame step are at least 1"));
        }
        Ok(())
    }
}

/// Watches an evaluation.
pub trait Watch {
    /// A run begins: which capture, what of it, and how many runs are done out of how many.
    fn run(&self, _capture: &str, _view: View, _done: usize, _of: usize) {}
}

impl Watch for Quiet {}

/// Evaluates captures, each by itself.
///
/// # Errors
/// [`EvaluateError`] when the options make no sense, a capture cannot be read or a run fails.
pub fn evaluate(
    permit: &Permit<'_, Evaluate>,
    captures: &[LabelledCapture],
    options: &EvaluateOptions,
    progress: &dyn Watch,
) -> Result<Evaluation, EvaluateError> {
    options.check()?;
    let captures = captures.iter().map(|capture| one(permit, capture, options, progress));
    Ok(Evaluation {
        format: 1,
        frame_s: (FRAME_US / 1_000_000) as u32,
        frame_step: options.frame_step,
        captures: captures.collect::<Result<_, _>>()?,
    })
}

fn one(
    permit: &Permit<'_, Evaluate>,
    capture: &LabelledCapture,
    options: &EvaluateOptions,
    progress: &dyn Watch,
) -> Result<CaptureResult, EvaluateError> {
    let recording = Recording::read(permit, &capture.inputs, &NoProgress)?;
    let mut roll = Roll::new(&capture.labels, &options.key);
    recording.play(&mut roll)?;
    let activity = roll.finish(&capture.name)?;
    let mut bench = Bench { permit, capture, options, progress, recording, activity, done: 0, of: 0 };
    bench.of = bench.runs();
    let null_run = bench.null()?;
    let samplings = options.samplings.iter().map(|&sampling| bench.sampling(sampling));
    let samplings = samplings.collect::<Result<Vec<_>, _>>()?;
    let activity = &bench.activity;
    let mut balance = bench.recording.balance.clone();
    // Every admitted record fed the frames and was forgotten.
    balance.aggregated_only = balance.admitted();
    Ok(CaptureResult {
        name: capture.name.clone(),
        botnet_hosts: activity.count(Class::Botnet),
        normal_hosts: activity.count(Class::Normal),
        background_hosts: activity.count(Class::Background),
        command_servers: activity.servers.len() as u64,
        first_command: activity.servers.values().min().copied(),
        frames: activity.frames.len() as u64,
        days: activity.days(),
        records: activity.records,
        malicious_records: activity.malicious,
        balance,
        null_run,
        samplings,
    })
}

/// One capture being measured.
struct Bench<'a> {
    permit: &'a Permit<'a, Evaluate>,
    capture: &'a LabelledCapture,
    options: &'a EvaluateOptions,
    progress: &'a dyn Watch,
    recording: Recording<'a>,
    activity: Activity,
    done: usize,
    of: usize,
}

/// What the runs over prefixes said.
#[derive(Default)]
struct Online {
    /// For each frame, everything flagged by its end.
    flags: BTreeMap<i64, Flags>,
    detected: Option<Micros>,
}

impl Bench<'_> {
    /// Runs to come.
    fn runs(&self) -> usize {
        let thinned = |&s: &u32| if s == 1 { 1 } else { self.options.seeds.len() };
        let each = self.ends().len() + 1;
        1 + self.options.samplings.iter().map(thinned).sum::<usize>() * each
    }

    /// Frames after which an online run is made: every `frame_step`th, and the last.
    fn ends(&self) -> Vec<i64> {
        let frames = &self.activity.frames;
        let (Some((&first, _)), Some((&last, _))) = (frames.first_key_value(), frames.last_key_value()) else {
            return Vec::new();
        };
        let step = i64::from(self.options.frame_step);
        let due = |frame: &i64| (frame - first + 1) % step == 0 || *frame == last;
        (first..=last).filter(due).collect()
    }

    fn run(&mut self, view: View) -> Result<Run, EvaluateError> {
        self.progress.run(&self.capture.name, view, self.done, self.of);
        self.done += 1;
        let mut source = Viewed { recording: &self.recording, labels: &self.capture.labels, view };
        let options = RunOptions {
            broad: self.options.broad,
            engine: self.options.engine,
            key: self.options.key.clone(),
            folder: self.options.folder.clone(),
            features: None,
        };
        Ok(run(self.permit, &mut source, &options, &Quiet)?)
    }

    fn null(&mut self) -> Result<NullRun, EvaluateError> {
        let run = self.run(View { null: true, ..View::ALL })?;
        let none = self.activity.without_malice();
        Ok(NullRun {
            removed: self.activity.records.saturating_sub(run.balance.admitted()),
            false_positives: false_positives(&run.findings, &none, self.options.bootstrap),
        })
    }

    fn sampling(&mut self, sampling: u32) -> Result<SamplingResult, EvaluateError> {
        let seeds = if sampling == 1 { &self.options.seeds[..1] } else { &self.options.seeds[..] };
        let runs = seeds.iter().map(|&seed| self.seed(sampling, seed)).collect::<Result<Vec<_>, _>>()?;
        let summary = summary(&runs, self.options.bootstrap);
        Ok(SamplingResult { sampling, runs, summary })
    }

    fn seed(&mut self, sampling: u32, seed: u64) -> Result<SeedResult, EvaluateError> {
        let view = View { sampling, seed, ..View::ALL };
        let whole = self.run(view)?;
        let online = self.online(view)?;
        let flags = Flags::of(&whole.findings);
        let mut touches = Touches::new(&flags, &self.options.key);
        self.recording.play(&mut touches)?;
        let first = self.activity.servers.values().min().copied();
        Ok(SeedResult {
            seed,
            online: self.score(|frame, host| {
                online.flags.range(..=frame).next_back().is_some_and(|(_, flags)| flags.hosts.contains_key(&host))
            }),
            retrospective: self.score(|frame, host| touches.seen.contains(&(frame, host))),
            ranking: ranking(&whole.findings, &self.activity),
            time_to_detect_s: online.detected.zip(first).map(|(at, first)| at.seconds() - first.seconds()),
            false_positives: false_positives(&whole.findings, &self.activity, self.options.bootstrap),
            findings_flagging: whole.findings.iter().filter(|f| f.severity >= FLAG_FROM).count() as u64,
            adds_up: whole.balance.adds_up(),
        })
    }

    /// Runs over growing prefixes. What was flagged once stays flagged: the alarm was raised.
    fn online(&mut self, view: View) -> Result<Online, EvaluateError> {
        let mut online = Online::default();
        let mut raised = Flags::default();
        for frame in self.ends() {
            let until = Micros((frame + 1) * FRAME_US);
            let run = self.run(View { until: Some(until), ..view })?;
            raised.merge(&Flags::of(&run.findings));
            online.flags.insert(frame, raised.clone());
            let hit = run.findings.iter().any(|f| f.severity >= FLAG_FROM && is_command(f, &self.activity));
            if hit && online.detected.is_none() {
                online.detected = Some(until);
            }
        }
        Ok(online)
    }

    fn score(&self, predicted: impl Fn(i64, u128) -> bool) -> FrameScore {
        let mut tracks: BTreeMap<(Class, u128), Vec<(u32, bool)>> = BTreeMap::new();
        let first = self.activity.frames.keys().next().copied().unwrap_or(0);
        for (&frame, hosts) in &self.activity.frames {
            for (&host, &class) in hosts {
                let number = u32::try_from(frame - first).unwrap_or(u32::MAX);
                // A bot before its infection, or between its labelled flows, is no innocent.
                if class == Class::Botnet || !self.activity.is_bot(host) {
                    tracks.entry((class, host)).or_default().push((number, predicted(frame, host)));
                }
            }
        }
        let of = |class: Class| -> Vec<Track> {
            let range = tracks.range((class, 0)..=(class, u128::MAX));
            range.map(|(_, frames)| Track { frames: frames.clone() }).collect()
        };
        let flagged = |tracks: &[Track]| tracks.iter().filter(|t| t.frames.iter().any(|f| f.1)).count() as u64;
        let (bots, normal) = (of(Class::Botnet), of(Class::Normal));
        FrameScore {
            fm1: fm1(&bots, &normal),
            fm1_over_hosts: fm1_interval(&bots, &normal, self.options.bootstrap, 1),
            normal_flagged: flagged(&normal),
            background_flagged: flagged(&of(Class::Background)),
        }
    }
}
