//! The beginning of a log, and the beat that makes silence visible.

use super::{Findings, Line, Replay};
use crate::violation::Kind;
use noroshi_leaf::body::{Genesis, Heartbeat};
use noroshi_model::Micros;

/// The last sign of life.
#[derive(Debug, Default)]
pub(super) struct Heart {
    last: Option<Micros>,
    number: Option<u64>,
    /// The fewest and the most intents that were open since the last heartbeat.
    open: (u64, u64),
}

impl Heart {
    /// The log begins: the first heartbeat is due from here.
    pub(super) fn start(&mut self, line: Line) {
        self.last = Some(line.at);
    }

    /// So many intents are open now.
    pub(super) fn open(&mut self, count: usize) {
        let count = count as u64;
        self.open = (self.open.0.min(count), self.open.1.max(count));
    }

    /// Names a silence that lasts at `at`; `index` is the last line before it.
    pub(super) fn silent(&self, at: Micros, max: i64, index: u64, findings: &mut Findings) {
        if let Some(last) = self.last
            && at.0.saturating_sub(last.0) > max
        {
            findings.add(Kind::HeartbeatMissing, index, format!("{last} – {at}"));
        }
    }
}

impl Replay {
    pub(super) fn genesis(&mut self, line: Line, genesis: Box<Genesis>) {
        if self.promises.is_some() {
            self.findings.add(Kind::GenesisTwice, line.index, "");
            return;
        }
        if let Some(trusted) = &self.trusted
            && (trusted.origin != genesis.origin || trusted.roster != genesis.roster)
        {
            let found = format!("`{}`, {}", genesis.origin, genesis.roster.digest());
            self.findings.add(Kind::GenesisOther, line.index, found);
        }
        // Whatever the log says of itself, votes are counted by the roster that was given.
        let roster = self.trusted.as_ref().map_or(&genesis.roster, |trusted| &trusted.roster);
        self.roster = Some(roster.clone());
        self.promises = Some(genesis);
    }

    pub(super) fn heartbeat(&mut self, line: Line, beat: &Heartbeat) {
        self.heart.silent(line.at, self.heartbeat_max(), line.index, &mut self.findings);
        if let Some(before) = self.heart.number
            && beat.number != before.saturating_add(1)
        {
            self.findings.add(Kind::HeartbeatNumber, line.index, format!("{before} → {}", beat.number));
        }
        if beat.number > 1 && self.heart.number.is_none() {
            self.findings.add(Kind::HeartbeatNumber, line.index, format!("0 → {}", beat.number));
        }
        // Counted when it was written: at some line since the heartbeat before.
        let (low, high) = self.heart.open;
        if beat.open_intents < low || beat.open_intents > high {
            let found = format!("{}, not {low} – {high}", beat.open_intents);
            self.findings.add(Kind::HeartbeatCount, line.index, found);
        }
        let open = self.intents.open_count() as u64;
        self.heart.open = (open, open);
        self.heart.last = Some(self.heart.last.map_or(line.at, |last| last.max(line.at)));
        self.heart.number = Some(beat.number);
    }
}
