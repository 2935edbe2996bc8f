//! One host in time: its habits take turns, its long conversations are exported piece by piece.

use crate::clock::{Clock, Rhythm};
use crate::dice::Dice;
use crate::exporter::Exporter;
use crate::market::Market;
use crate::talk::{Course, TCP, Talk, UDP, Volume};
use crate::world::{Site, World};
use noroshi_flow::FlowRecord;
use noroshi_model::Micros;
use noroshi_model::time::{HOUR, SECOND};
use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, VecDeque};

/// Something a host does again and again. Called at its time; says in how many microseconds it
/// wants to be called next.
pub(crate) trait Habit: Send {
    /// Does it once.
    fn act(&mut self, scene: &mut Scene<'_>) -> i64;
}

/// The addresses of the host that acts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Me {
    pub(crate) v4: u128,
    pub(crate) v6: Option<u128>,
}

/// What every habit may look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stage<'n> {
    pub(crate) world: &'n World,
    pub(crate) market: &'n Market,
    pub(crate) lines: &'n [crate::lines::Line],
    pub(crate) clock: Clock,
    pub(crate) exporter: Exporter,
    pub(crate) until: Micros,
    /// How far a host may run ahead of the others once it has something to say.
    pub(crate) ahead_us: i64,
    pub(crate) domestic_share: f64,
}

/// A habit's turn.
pub(crate) struct Scene<'a> {
    pub(crate) now: Micros,
    pub(crate) me: Me,
    pub(crate) stage: Stage<'a>,
    pub(crate) dice: &'a mut Dice,
    talks: &'a mut Vec<Talk>,
}

impl Scene<'_> {
    /// Both ends of a conversation with a server: over IPv6 where both have it.
    pub(crate) fn ends(&self, site: &Site) -> (u128, u128) {
        match (self.me.v6, site.v6) {
            (Some(mine), Some(theirs)) => (mine, theirs),
            _ => (self.me.v4, site.v4),
        }
    }

    /// A fresh source port (the range Linux uses).
    pub(crate) fn port(&mut self) -> u16 {
        self.dice.range(32_768, 60_999) as u16
    }

    /// How busy this rhythm is now.
    pub(crate) fn activity(&self, rhythm: Rhythm) -> f64 {
        self.stage.clock.activity(rhythm, self.now)
    }

    /// How long until the next of `per_hour` events on average, as busy as it is now. Looks at most
    /// an hour ahead, so that the night ends in time: then it says `None`, and to ask again.
    pub(crate) fn wait(&mut self, per_hour: f64, rhythm: Rhythm) -> Result<i64, i64> {
        let rate = per_hour * self.activity(rhythm);
        let wait = if rate > 0.0 { self.dice.exp_us(3_600.0 / rate) } else { HOUR };
        let left = HOUR - self.now.0.rem_euclid(HOUR);
        if wait < left { Ok(wait) } else { Err(left + self.dice.between_us(0.0, 1.0)) }
    }

    /// Says a conversation took place.
    pub(crate) fn talk(&mut self, talk: Talk) {
        debug_assert!(talk.start >= self.now, "a conversation cannot begin before it was thought of");
        self.talks.push(talk);
    }

    /// A whole TCP conversation that begins `after_us` from now and takes as long as its bytes do at
    /// `rate_bytes_s`.
    pub(crate) fn tcp(&mut self, site: &Site, port: u16, after_us: i64, volume: Volume, rate_bytes_s: f64) {
        let bytes = volume.up_bytes + volume.down_bytes;
        let duration_us = Talk::duration(site.rtt_us, bytes, rate_bytes_s);
        self.lasting(site, port, after_us, duration_us, volume, Course::Whole);
    }

    /// A TCP conversation of a given length.
    pub(crate) fn lasting(
        &mut self,
        site: &Site,
        port: u16,
        after_us: i64,
        duration_us: i64,
        volume: Volume,
        course: Course,
    ) {
        let cport = self.port();
        let (client, server) = self.ends(site);
        let start = Micros(self.now.0 + after_us);
        self.talk(Talk { start, duration_us, client, server, cport, sport: port, protocol: TCP, course, volume });
    }

    /// A UDP conversation of a given length.
    pub(crate) fn udp(&mut self, site: &Site, port: u16, after_us: i64, duration_us: i64, volume: Volume) {
        let cport = self.port();
        self.udp_from(cport, site, port, after_us, duration_us, volume);
    }

    /// The same from a source port of its own.
    pub(crate) fn udp_from(
        &mut self,
        cport: u16,
        site: &Site,
        port: u16,
        after_us: i64,
        duration_us: i64,
        volume: Volume,
    ) {
        let (client, server) = self.ends(site);
        let start = Micros(self.now.0 + after_us);
        let course = if volume.down_packets == 0 { Course::Silent } else { Course::Middle };
        self.talk(Talk { start, duration_us, client, server, cport, sport: port, protocol: UDP, course, volume });
    }
}

/// A conversation exported up to piece `next`.
struct Live {
    talk: Talk,
    next: i64,
}

/// A host and everything it still has to do.
pub(crate) struct Entity {
    me: Me,
    dice: Dice,
    thin: Dice,
    habits: Vec<Box<dyn Habit>>,
    live: Vec<Live>,
    free: Vec<usize>,
    /// (when, what): habits first, then places in `live`.
    agenda: BinaryHeap<Reverse<(i64, usize)>>,
    ready: VecDeque<FlowRecord>,
    talks: Vec<Talk>,
}

/// Streams of sampling lie in the upper half, so that the traffic is the same at every rate.
const THINNING: u64 = 1 << 63;

impl Entity {
    pub(crate) fn new(seed: u64, stream: u64, me: Me) -> Self {
        Self {
            me,
            dice: Dice::new(seed, stream),
            thin: Dice::new(seed, stream | THINNING),
            habits: Vec::new(),
            live: Vec::new(),
            free: Vec::new(),
            agenda: BinaryHeap::new(),
            ready: VecDeque::new(),
            talks: Vec::new(),
        }
    }

    /// The entity's own randomness, for setting up its habits.
    pub(crate) fn dice(&mut self) -> &mut Dice {
        &mut self.dice
    }

    /// Takes up a habit, first done at `first`. All habits come before the first advance.
    pub(crate) fn adopt(&mut self, first: Micros, habit: Box<dyn Habit>) {
        self.agenda.push(Reverse((first.0, self.habits.len())));
        self.habits.push(habit);
    }

    /// Lives on until something was exported, and then a little longer: to stay with one host is
    /// cheaper than to come back to it. Its records are in [`Entity::take`]; no later call yields
    /// one that ends before the time returned. `None` when nothing more will come.
    pub(crate) fn advance(&mut self, stage: &Stage<'_>) -> Option<i64> {
        let mut first = None;
        while let Some(&Reverse((now, what))) = self.agenda.peek() {
            if now >= first.map_or(stage.until.0, |at: i64| stage.until.0.min(at + stage.ahead_us)) {
                break;
            }
            let next = match what.checked_sub(self.habits.len()) {
                None => Some(self.act(now, what, stage)),
                Some(place) => self.piece(place, stage),
            };
            // What was begun meanwhile lies later, so this is still the first of the agenda.
            if let Some(mut top) = self.agenda.peek_mut() {
                match next {
                    Some(at) => *top = Reverse((at, what)),
                    None => drop(PeekMut::pop(top)),
                }
            }
            if first.is_none() && !self.ready.is_empty() {
                first = Some(now);
            }
        }
        first
    }

    /// The records of the last advance.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = FlowRecord> + '_ {
        self.ready.drain(..)
    }

    /// Does a habit; says when it wants to be done next.
    fn act(&mut self, now: i64, what: usize, stage: &Stage<'_>) -> i64 {
        let mut talks = std::mem::take(&mut self.talks);
        let mut scene = Scene { now: Micros(now), me: self.me, stage: *stage, dice: &mut self.dice, talks: &mut talks };
        let again = self.habits[what].act(&mut scene).max(1);
        for talk in talks.drain(..) {
            if talk.start >= stage.until {
                continue;
            }
            stage.exporter.export(&talk, 0, &mut self.thin, &mut self.ready);
            if stage.exporter.pieces(&talk) > 1 {
                self.begin(talk, stage);
            }
        }
        self.talks = talks;
        now.saturating_add(again)
    }

    fn begin(&mut self, talk: Talk, stage: &Stage<'_>) {
        let live = Live { talk, next: 1 };
        let begins = stage.exporter.begins(&live.talk, 1);
        let place = match self.free.pop() {
            Some(place) => {
                self.live[place] = live;
                place
            }
            None => {
                self.live.push(live);
                self.live.len() - 1
            }
        };
        self.agenda.push(Reverse((begins, self.habits.len() + place)));
    }

    /// Exports the next piece of a conversation; says when the one after it begins.
    fn piece(&mut self, place: usize, stage: &Stage<'_>) -> Option<i64> {
        let live = &mut self.live[place];
        stage.exporter.export(&live.talk, live.next, &mut self.thin, &mut self.ready);
        live.next += 1;
        if live.next < stage.exporter.pieces(&live.talk) {
            return Some(stage.exporter.begins(&live.talk, live.next));
        }
        self.free.push(place);
        None
    }
}

/// A first time spread evenly over a period, so that hosts are not in step.
pub(crate) fn somewhere_in(start: Micros, period_s: f64, dice: &mut Dice) -> Micros {
    Micros(start.0 + (dice.unit() * period_s * SECOND as f64) as i64)
}
