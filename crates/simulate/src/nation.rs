//! A nation made from a plan: its hosts, its records, its truth.

use crate::botnet::{Botnet, Pool, relayed::UPSTREAM_PORT};
use crate::cast::furnish;
use crate::clock::Clock;
use crate::dice::Dice;
use crate::entity::{Entity, Me, Stage, somewhere_in};
use crate::exporter::Exporter;
use crate::innocent::scan::Scan;
use crate::innocent::transit::Transit;
use crate::lines::{self, Line};
use crate::market::Market;
use crate::merge::Merge;
use crate::papers;
use crate::plan::{Method, Plan, PlanError};
use crate::truth::{
    FamilyTruth, FloodTruth, InfectedTruth, PeerTruth, RelayTruth, ScannerTruth, ServerRole, ServerTruth, Truth,
};
use crate::world::{NetKind, World};
use noroshi_flow::FlowRecord;
use noroshi_mandate::place::from_bits;
use noroshi_model::Protocol;
use noroshi_model::time::{HOUR, SECOND};

/// Streams of randomness: the class in the upper bits, the number below.
const CLASS: u32 = 48;
const SETUP: u64 = 1 << CLASS;
const LINE: u64 = 2 << CLASS;
const SCANNER: u64 = 3 << CLASS;
const TRANSIT: u64 = 4 << CLASS;
const BOTNET: u64 = 5 << CLASS;

/// A simulated nation. Holds addresses and schedules, no records.
#[derive(Debug)]
pub struct Nation {
    plan: Plan,
    world: World,
    lines: Vec<Line>,
    market: Market,
    botnets: Vec<Botnet>,
    scanners: Vec<(u128, bool)>,
    truth: Truth,
}

impl Nation {
    /// Sets a nation up. Takes well under a second for the default plan.
    ///
    /// # Errors
    /// [`PlanError`] when a value of the plan is out of range.
    pub fn new(plan: &Plan) -> Result<Self, PlanError> {
        plan.check()?;
        let dice = |n: u64| Dice::new(plan.seed, SETUP | n);
        let world = World::new(&mut dice(0));
        let lines = lines::lines(plan.hosts, &mut dice(1));
        let market = Market::new(&world, &lines, &mut dice(2));
        let scanners = scanners(plan.hosts, &world, &mut dice(3));
        let mut pool = Pool::new(&lines, &mut dice(4));
        let botnets: Vec<Botnet> = (plan.botnets.iter().enumerate())
            .map(|(n, b)| Botnet::new(b, plan, &world, &mut pool, &mut dice(1_000 + n as u64)))
            .collect();
        let truth = truth(plan, &botnets, &scanners);
        Ok(Self { plan: plan.clone(), world, lines, market, botnets, scanners, truth })
    }

    /// Every record, in exact order of end time, the time at which an exporter would send it.
    ///
    /// The same plan yields the same records in the same order on every machine. Memory is bounded
    /// by the hosts and by the records of about one active timeout.
    pub fn records(&self) -> impl Iterator<Item = FlowRecord> + '_ {
        let stage = self.stage();
        let entities = self.entities(&stage);
        Merge::new(stage, entities)
    }

    /// The plan it was made from.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What is true about it.
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// A mandate that covers the nation: purposes `find-attack-servers` and `evaluate`, all three
    /// directions that can be covered, every prefix listed.
    pub fn mandate_toml(&self) -> String {
        papers::mandate_toml(&self.plan, &self.world, None)
    }

    /// The registration table of the world: `first,last,country`.
    pub fn registry_csv(&self) -> String {
        papers::registry_csv(&self.plan, &self.world)
    }

    /// The mandate with the registration table named beside it.
    pub fn mandate_with_registry(&self, file: &str) -> String {
        papers::mandate_toml(&self.plan, &self.world, Some(file))
    }

    fn stage(&self) -> Stage<'_> {
        let plan = &self.plan;
        Stage {
            world: &self.world,
            market: &self.market,
            lines: &self.lines,
            clock: Clock { ahead_us: i64::from(plan.utc_offset_h) * HOUR },
            exporter: Exporter::new(plan.sampling, plan.biflow, plan.active_timeout_s),
            until: plan.until(),
            // The rarer the records, the longer the way to the next, for the same memory.
            ahead_us: 60 * SECOND * i64::from(plan.sampling.min(20)),
            domestic_share: plan.domestic_share,
        }
    }

    fn entities(&self, stage: &Stage<'_>) -> Vec<Entity> {
        let plan = &self.plan;
        let mut all = Vec::with_capacity(self.lines.len() + 64);
        for (n, line) in self.lines.iter().enumerate() {
            all.push(furnish(line, plan.seed, LINE | n as u64, plan.start, stage));
        }
        for (n, &(v4, research)) in self.scanners.iter().enumerate() {
            let mut entity = Entity::new(plan.seed, SCANNER | n as u64, Me { v4, v6: None });
            let habit = Scan::new(research, &mut scanner_dice(plan.seed, n));
            let first = somewhere_in(plan.start, 3_600.0, entity.dice());
            entity.adopt(first, Box::new(habit));
            all.push(entity);
        }
        let mut transit = Entity::new(plan.seed, TRANSIT, Me { v4: 0, v6: None });
        let first = somewhere_in(plan.start, 10.0, transit.dice());
        transit.adopt(first, Box::new(Transit::new(f64::from(plan.hosts) * 0.6 + 20.0)));
        all.push(transit);
        self.infect(&mut all);
        all
    }

    /// Adds the bots: entities of their own, so that their hosts' other habits stay what they were.
    fn infect(&self, all: &mut Vec<Entity>) {
        for (n, botnet) in self.botnets.iter().enumerate() {
            botnet.entities(&self.plan, BOTNET | (n as u64) << 24, all);
        }
    }
}

/// Ports belong to the scanner for good, so they have a stream of their own.
fn scanner_dice(seed: u64, n: usize) -> Dice {
    Dice::new(seed, SETUP | 100_000 | n as u64)
}

fn scanners(hosts: u32, world: &World, dice: &mut Dice) -> Vec<(u128, bool)> {
    let (research, noise) = (4 + hosts as usize / 4_000, 10 + hosts as usize / 400);
    let mut all = Vec::with_capacity(research + noise);
    for n in 0..research + noise {
        let kind = if n < research { NetKind::Research } else { NetKind::Hosting };
        all.push((world.site(kind, 0.0, dice).v4, n < research));
    }
    all
}

fn truth(plan: &Plan, botnets: &[Botnet], scanners: &[(u128, bool)]) -> Truth {
    let mut truth = Truth {
        seed: plan.seed,
        start: plan.start,
        until: plan.until(),
        sampling: plan.sampling,
        families: Vec::new(),
        servers: Vec::new(),
        infected: Vec::new(),
        relays: Vec::new(),
        peers: Vec::new(),
        floods: Vec::new(),
        scanners: Vec::new(),
    };
    for (n, &(v4, research)) in scanners.iter().enumerate() {
        let mut ports = Scan::new(research, &mut scanner_dice(plan.seed, n)).ports().to_vec();
        ports.sort_unstable();
        ports.dedup();
        truth.scanners.push(ScannerTruth { address: from_bits(v4), ports, research });
    }
    botnets.iter().for_each(|botnet| tell(botnet, plan, &mut truth));
    truth
}

/// Adds one botnet.
fn tell(botnet: &Botnet, plan: &Plan, truth: &mut Truth) {
    let family = || botnet.plan.id.clone();
    let method = botnet.plan.method;
    truth.families.push(FamilyTruth {
        id: family(),
        method,
        period_s: method.periods().first().copied().unwrap_or(0.0),
        jitter: method.jitter(),
        clients: botnet.members.len() as u32,
    });
    tell_servers(botnet, plan, truth);
    for member in &botnet.members {
        let server = match method {
            Method::Overlay { .. } => None,
            Method::Relayed { .. } => botnet.relays.get(member.server).map(|r| from_bits(r.site.v4)),
            _ => botnet.servers.get(member.server).map(|s| from_bits(s.v4)),
        };
        truth.infected.push(InfectedTruth {
            family: family(),
            address: from_bits(member.me.v4),
            server,
            since: member.since,
            always_on: member.presence.always(),
        });
        if matches!(method, Method::Overlay { .. }) {
            truth.peers.push(PeerTruth { family: family(), address: from_bits(member.me.v4), domestic: true });
        }
    }
    for (site, _) in &botnet.peers {
        truth.peers.push(PeerTruth { family: family(), address: from_bits(site.v4), domestic: false });
    }
    for relay in &botnet.relays {
        let upstream = botnet.servers.get(relay.upstream).map_or(relay.site.v4, |s| s.v4);
        truth.relays.push(RelayTruth {
            family: family(),
            address: from_bits(relay.site.v4),
            port: botnet.plan.port,
            domestic: relay.domestic,
            upstream: from_bits(upstream),
        });
    }
    for order in &botnet.orders {
        let (target, port) = (from_bits(order.target.v4), order.port);
        truth.floods.push(FloodTruth { family: family(), target, port, at: order.at, seconds: order.seconds });
    }
}

fn tell_servers(botnet: &Botnet, plan: &Plan, truth: &mut Truth) {
    let relayed = !botnet.relays.is_empty();
    let overlay = matches!(botnet.plan.method, Method::Overlay { .. });
    for (n, site) in botnet.servers.iter().enumerate().filter(|_| !overlay) {
        let clients = match relayed {
            true => botnet.relays.iter().filter(|r| r.upstream == n).count(),
            false => botnet.members.iter().filter(|m| m.server == n).count(),
        };
        let of = botnet.members.iter().chain(&botnet.abroad);
        let first = of.filter(|m| relayed || m.server == n).map(|m| m.since).min();
        truth.servers.push(ServerTruth {
            family: botnet.plan.id.clone(),
            address: from_bits(site.v4),
            port: if relayed { UPSTREAM_PORT } else { botnet.plan.port },
            protocol: Protocol::TCP,
            role: if relayed { ServerRole::Upstream } else { ServerRole::Command },
            clients: clients as u32,
            first: first.unwrap_or(plan.start),
            last: plan.until(),
        });
    }
    if let Some(site) = botnet.controller {
        truth.servers.push(ServerTruth {
            family: botnet.plan.id.clone(),
            address: from_bits(site.v4),
            port: crate::botnet::controller::ADMIN_PORT,
            protocol: Protocol::TCP,
            role: ServerRole::Controller,
            clients: botnet.servers.len() as u32,
            first: plan.start,
            last: plan.until(),
        });
    }
}

#[cfg(test)]
mod tests;
