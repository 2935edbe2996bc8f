//! Botnets: who is infected, which servers command them, when floods are ordered. One family of
//! methods a file.

pub(crate) mod alternating;
pub(crate) mod beacon;
pub(crate) mod bot;
pub(crate) mod controller;
pub(crate) mod exfiltrate;
pub(crate) mod flood;
pub(crate) mod iot;
pub(crate) mod irc;
pub(crate) mod overlay;
pub(crate) mod relayed;
pub(crate) mod tasked;

use crate::dice::Dice;
use crate::entity::{Entity, Habit, Me, somewhere_in};
use crate::lines::{Line, Role};
use crate::plan::{BotnetPlan, Method, Plan};
use crate::presence::Presence;
use crate::world::{NetKind, Site, World};
use bot::Bot;
use flood::Order;
use noroshi_model::Micros;

/// One infected domestic host.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) me: Me,
    pub(crate) since: Micros,
    pub(crate) presence: Presence,
    /// Which of the servers, or of the relays.
    pub(crate) server: usize,
}

/// One relay.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relay {
    pub(crate) site: Site,
    pub(crate) domestic: bool,
    /// Which of the servers it passes on to.
    pub(crate) upstream: usize,
}

/// One botnet, set up.
#[derive(Debug)]
pub(crate) struct Botnet {
    pub(crate) plan: BotnetPlan,
    pub(crate) servers: Vec<Site>,
    pub(crate) members: Vec<Member>,
    /// Bots abroad that reach domestic relays.
    pub(crate) abroad: Vec<Member>,
    pub(crate) relays: Vec<Relay>,
    /// Members of the overlay abroad, each with its port.
    pub(crate) peers: Vec<(Site, u16)>,
    pub(crate) controller: Option<Site>,
    pub(crate) orders: Vec<Order>,
}

/// Domestic hosts not infected yet, shuffled.
pub(crate) struct Pool<'a> {
    free: Vec<&'a Line>,
}

impl<'a> Pool<'a> {
    pub(crate) fn new(lines: &'a [Line], dice: &mut Dice) -> Self {
        let mut free: Vec<&Line> = lines.iter().filter(|l| l.role != Role::Machine).collect();
        // Fisher and Yates.
        for i in (1..free.len()).rev() {
            free.swap(i, dice.below(i as u64 + 1) as usize);
        }
        Self { free }
    }

    /// The next host; a home if `home`, while there are any.
    fn next(&mut self, home: bool) -> Option<&'a Line> {
        let fits = |line: &&Line| !home || line.role == Role::Home;
        let place = self.free.iter().rposition(fits)?;
        Some(self.free.swap_remove(place))
    }
}

impl Botnet {
    pub(crate) fn new(plan: &BotnetPlan, of: &Plan, world: &World, pool: &mut Pool<'_>, dice: &mut Dice) -> Self {
        let kind = |dice: &mut Dice| if dice.chance(0.8) { NetKind::Hosting } else { NetKind::Cloud };
        let servers: Vec<Site> = (0..plan.servers)
            .map(|_| {
                let kind = kind(dice);
                world.site(kind, 0.0, dice)
            })
            .collect();
        let mut made = Self {
            plan: plan.clone(),
            servers,
            members: Vec::new(),
            abroad: Vec::new(),
            relays: Vec::new(),
            peers: Vec::new(),
            controller: None,
            orders: Vec::new(),
        };
        made.set_up(of, world, pool, dice);
        made
    }

    fn set_up(&mut self, of: &Plan, world: &World, pool: &mut Pool<'_>, dice: &mut Dice) {
        if let Method::Relayed { relays, .. } = self.plan.method {
            self.hire_relays(relays, world, pool, dice);
            self.controller = Some(world.site(NetKind::Access, 0.0, dice));
        }
        let targets = if self.relays.is_empty() { self.servers.len() } else { self.relays.len() };
        for nth in 0..self.plan.clients {
            let device = matches!(self.plan.method, Method::Iot { .. });
            if let Some(line) = pool.next(device) {
                let presence = presence(line.role, device, dice);
                let me = Me { v4: line.v4, v6: None };
                self.members.push(Member { me, since: joined(of, dice), presence, server: nth as usize % targets });
            }
        }
        match self.plan.method {
            Method::Relayed { .. } => self.recruit_abroad(of, world, dice),
            Method::Overlay { .. } => {
                let port = self.plan.port;
                let count = 60 + 5 * self.plan.clients;
                self.peers = (0..count).map(|_| (world.site(NetKind::Access, 0.0, dice), port)).collect();
            }
            _ => {}
        }
        self.orders = (0..self.plan.floods).map(|_| Order::new(of, world, dice)).collect();
        self.orders.sort_by_key(|order| order.at);
    }

    /// Half of the relays are domestic home routers, half rented abroad.
    fn hire_relays(&mut self, relays: u32, world: &World, pool: &mut Pool<'_>, dice: &mut Dice) {
        for nth in 0..relays {
            let router = if nth % 2 == 0 { pool.next(true) } else { None };
            let site =
                router.map_or_else(|| world.site(NetKind::Hosting, 0.0, dice), |l| Site { v6: None, ..l.site() });
            let upstream = nth as usize / 2 % self.servers.len().max(1);
            self.relays.push(Relay { site, domestic: router.is_some(), upstream });
        }
    }

    fn recruit_abroad(&mut self, of: &Plan, world: &World, dice: &mut Dice) {
        let domestic: Vec<usize> = (0..self.relays.len()).filter(|&r| self.relays[r].domestic).collect();
        for nth in 0..self.plan.clients as usize / 2 {
            let site = world.site(NetKind::Access, 0.0, dice);
            if let Some(&server) = domestic.get(nth % domestic.len().max(1)) {
                let me = Me { v4: site.v4, v6: None };
                self.abroad.push(Member { me, since: joined(of, dice), presence: Presence::ALWAYS, server });
            }
        }
    }

    /// The bots, and the controller, as entities. `stream` numbers them.
    pub(crate) fn entities(&self, of: &Plan, stream: u64, out: &mut Vec<Entity>) {
        for (nth, member) in self.members.iter().chain(&self.abroad).enumerate() {
            let mut entity = Entity::new(of.seed, stream | nth as u64, member.me);
            for (spread_s, habit) in self.habits(member, of, entity.dice()) {
                let first = somewhere_in(member.since, spread_s, entity.dice());
                entity.adopt(first, habit);
            }
            out.push(entity);
        }
        if let Some(site) = self.controller {
            let mut entity = Entity::new(of.seed, stream | 0xff_ffff, Me { v4: site.v4, v6: None });
            let first = somewhere_in(of.start, 14_400.0, entity.dice());
            entity.adopt(first, Box::new(controller::Controller::new(&self.servers, &self.relays)));
            out.push(entity);
        }
    }

    fn habits(&self, member: &Member, of: &Plan, dice: &mut Dice) -> Vec<(f64, Box<dyn Habit>)> {
        let bot = Bot {
            site: self.servers.get(member.server % self.servers.len().max(1)).copied().unwrap_or(bot::NOWHERE),
            port: self.plan.port,
            presence: member.presence,
        };
        let method = self.plan.method;
        let period_s = method.periods().iter().copied().fold(0.0, f64::max);
        let jitter = method.jitter();
        let orders = self.orders.clone();
        let main: Box<dyn Habit> = match method {
            Method::Beacon { .. } => Box::new(beacon::Beacon::new(bot, period_s, jitter)),
            Method::Tasked { tasks_per_day, .. } => Box::new(tasked::Tasked::new(bot, period_s, jitter, tasks_per_day)),
            Method::Irc { .. } => Box::new(irc::Irc::new(bot, period_s, orders)),
            Method::Alternating { first_s, second_s, .. } => {
                Box::new(alternating::Alternating::new(bot, [first_s, second_s], jitter))
            }
            Method::Iot { .. } => Box::new(iot::KeepAlive::new(bot, period_s, orders)),
            Method::Overlay { peers, .. } => {
                Box::new(overlay::Overlay::new(bot, period_s, &self.neighbours(member, peers, dice)))
            }
            Method::Relayed { .. } => {
                Box::new(relayed::Relayed::new(bot, period_s, jitter, member.server, &self.servers, &self.relays))
            }
        };
        let mut habits = vec![(period_s, main)];
        if let Method::Iot { scans_per_hour, .. } = method
            && scans_per_hour > 0.0
        {
            habits.push((600.0, Box::new(iot::Scan::new(scans_per_hour))));
        }
        if self.plan.exfiltrate_mb > 0 {
            let bytes = u64::from(self.plan.exfiltrate_mb) * 1_000_000;
            habits.push((86_400.0, Box::new(exfiltrate::Exfiltrate::new(bot, bytes, of.days))));
        }
        habits
    }

    /// Peers of one member: mostly abroad, some at home.
    fn neighbours(&self, member: &Member, count: u32, dice: &mut Dice) -> Vec<(Site, u16)> {
        let home: Vec<Site> = self
            .members
            .iter()
            .filter(|other| other.me.v4 != member.me.v4)
            .map(|other| Site { v4: other.me.v4, v6: None, rtt_us: 12_000 })
            .collect();
        (0..count)
            .filter_map(|_| {
                if dice.chance(0.15) {
                    return dice.pick(&home).map(|&site| (site, self.plan.port));
                }
                dice.pick(&self.peers).copied()
            })
            .collect()
    }
}

/// Most were infected before the beginning; the rest join over the first six tenths.
fn joined(of: &Plan, dice: &mut Dice) -> Micros {
    if dice.chance(0.7) {
        return of.start;
    }
    Micros(of.start.0 + ((of.until().0 - of.start.0) as f64 * 0.6 * dice.unit()) as i64)
}

fn presence(role: Role, device: bool, dice: &mut Dice) -> Presence {
    if device || dice.chance(0.4) {
        return Presence::ALWAYS;
    }
    match role {
        Role::Office => Presence::office(dice),
        Role::Home => Presence::home(dice),
        _ => Presence::ALWAYS,
    }
}
