//! What people use: groups of servers by kind of service, each with its popularity.

use crate::dice::{Dice, Zipf};
use crate::lines::{Line, Role};
use crate::world::{NetKind, Site, World};

/// Servers of one kind of service, the most popular first.
#[derive(Debug)]
pub(crate) struct Group {
    sites: Vec<Site>,
    zipf: Zipf,
}

impl Group {
    fn new(sites: Vec<Site>, s: f64) -> Self {
        let zipf = Zipf::new(sites.len(), s);
        Self { sites, zipf }
    }

    /// One server, by popularity.
    pub(crate) fn draw(&self, dice: &mut Dice) -> Site {
        let rank = self.zipf.draw(dice);
        self.sites.get(rank).copied().unwrap_or(NOWHERE)
    }

    /// One server, all alike.
    pub(crate) fn any(&self, dice: &mut Dice) -> Site {
        dice.pick(&self.sites).copied().unwrap_or(NOWHERE)
    }

    /// A server by number, round and round.
    pub(crate) fn nth(&self, n: usize) -> Site {
        self.sites.get(n % self.sites.len().max(1)).copied().unwrap_or(NOWHERE)
    }

    pub(crate) fn len(&self) -> usize {
        self.sites.len()
    }
}

/// Stands in where a group is empty; inside a listed foreign range.
const NOWHERE: Site = Site { v4: 0xffff_f000_0001, v6: None, rtt_us: 100_000 };

/// Every kind of service the innocent use.
#[derive(Debug)]
pub(crate) struct Market {
    pub(crate) web: Group,
    pub(crate) advertising: Group,
    pub(crate) mail_large: Group,
    /// Mail servers of small firms, rented abroad: a handful of clients each.
    pub(crate) mail_small: Group,
    pub(crate) time: Group,
    pub(crate) update: Group,
    pub(crate) telemetry: Group,
    /// One server of one maker of appliances each: few clients that call like clockwork.
    pub(crate) vendor: Group,
    pub(crate) push: Group,
    pub(crate) chat: Group,
    pub(crate) game: Group,
    pub(crate) vpn: Group,
    pub(crate) feed: Group,
    pub(crate) resolver: Group,
    pub(crate) video: Group,
    pub(crate) backup: Group,
    pub(crate) saas: Group,
    pub(crate) call: Group,
    pub(crate) check: Group,
    /// Self-hosted things abroad: a private cloud, a home of a relative, a small forum.
    pub(crate) private: Group,
    /// External monitors that poll domestic servers.
    pub(crate) monitor: Group,
    /// Mail exchangers abroad.
    pub(crate) exchanger: Group,
    /// Domestic servers.
    pub(crate) local: Group,
}

impl Market {
    pub(crate) fn new(world: &World, lines: &[Line], dice: &mut Dice) -> Self {
        use NetKind::{Cdn, Cloud, Hosting, Platform};
        let hosts = lines.len();
        let mut group = |kinds: &[NetKind], count: usize, v6: f64, s: f64| {
            let sites = (0..count.max(1)).map(|i| world.site(kinds[i % kinds.len()], v6, dice)).collect();
            Group::new(sites, s)
        };
        let local = lines.iter().filter(|l| l.role == Role::Server).map(Line::site).collect();
        Self {
            web: group(&[Cdn, Cloud, Cdn, Hosting], 1_500 + hosts / 4, 0.45, 0.8),
            advertising: group(&[Cdn, Cloud, Platform], 260, 0.6, 0.9),
            mail_large: group(&[Platform, Platform, Cloud], 24, 0.5, 0.9),
            mail_small: group(&[Hosting], 12 + hosts / 60, 0.15, 0.6),
            time: group(&[Platform, Hosting, Hosting, Cloud], 140, 0.3, 1.1),
            update: group(&[Cdn, Platform], 90, 0.6, 0.8),
            telemetry: group(&[Cloud, Platform], 120, 0.3, 0.8),
            vendor: group(&[Cloud, Hosting, Hosting], 12 + hosts / 120, 0.05, 0.7),
            push: group(&[Platform], 96, 0.6, 0.3),
            chat: group(&[Platform, Cloud], 70, 0.4, 0.8),
            game: group(&[Cloud, Hosting], 120, 0.05, 0.8),
            vpn: group(&[Hosting, Cloud], 40 + hosts / 300, 0.1, 0.7),
            feed: group(&[Cdn, Hosting, Cloud], 160, 0.3, 0.8),
            resolver: group(&[Platform, Cdn], 8, 1.0, 1.0),
            video: group(&[Cdn, Platform], 160, 0.7, 0.4),
            backup: group(&[Cloud], 60, 0.3, 0.6),
            saas: group(&[Cloud], 140, 0.3, 0.8),
            call: group(&[Cloud, Platform], 90, 0.3, 0.4),
            check: group(&[Platform], 6, 0.8, 0.6),
            private: group(&[Hosting, Hosting, Cloud], 20 + hosts / 50, 0.15, 0.2),
            monitor: group(&[Cloud, Hosting], 48, 0.2, 0.4),
            exchanger: group(&[Hosting, Cloud, Platform], 300 + hosts / 100, 0.2, 0.9),
            local: Group::new(local, 0.9),
        }
    }
}
