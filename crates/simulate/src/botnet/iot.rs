//! Cameras and routers after Mirai: a keep-alive of a few bytes every minute on a port of its own
//! (Antonakakis et al., USENIX Security 2017), and a search for the next victim on the telnet ports.
//! Real ones knock faster than the default here, which keeps the nation's other traffic in view.

use super::bot::Bot;
use super::flood::{Order, join, next_order};
use crate::entity::{Habit, Scene};
use crate::talk::{Course, TCP, Talk, Volume};
use crate::world::NetKind;
use noroshi_model::time::SECOND;

/// One bot's connection to its server.
pub(crate) struct KeepAlive {
    bot: Bot,
    keepalive_s: f64,
    orders: Vec<Order>,
    cport: u16,
}

impl KeepAlive {
    pub(crate) fn new(bot: Bot, keepalive_s: f64, orders: Vec<Order>) -> Self {
        Self { bot, keepalive_s, orders, cport: 0 }
    }
}

impl Habit for KeepAlive {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let order = self.orders.iter().find(|o| o.at == scene.now).copied();
        let fresh = self.cport == 0 || scene.dice.chance(0.001);
        if fresh {
            self.cport = scene.port();
        }
        let volume = match (fresh, order.is_some()) {
            (true, _) => Volume::tcp(6, 0),
            (false, true) => Volume::piece(0, 38),
            (false, false) => Volume::piece(2, 2),
        };
        let (client, server) = scene.ends(&self.bot.site);
        let talk = Talk {
            start: scene.now,
            duration_us: 2 * self.bot.site.rtt_us,
            client,
            server,
            cport: self.cport,
            sport: self.bot.port,
            protocol: TCP,
            course: if fresh { Course::Whole } else { Course::Middle },
            volume,
        };
        scene.talk(talk);
        if let Some(order) = order {
            join(&order, scene);
        }
        let wait = ((self.keepalive_s * (1.0 + scene.dice.between(-0.02, 0.02))) * SECOND as f64) as i64;
        next_order(&self.orders, scene.now).map_or(wait, |left| wait.min(left))
    }
}

/// One bot's search.
pub(crate) struct Scan {
    per_hour: f64,
}

impl Scan {
    pub(crate) fn new(per_hour: f64) -> Self {
        Self { per_hour }
    }
}

impl Habit for Scan {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        let victim = scene.stage.world.site(NetKind::Access, 0.0, scene.dice);
        let port = if scene.dice.chance(0.9) { 23 } else { 2_323 };
        match scene.dice.below(100) {
            // Almost nobody is there.
            0..93 => scene.lasting(&victim, port, 0, 0, Volume::syns(1), Course::Silent),
            93..98 => scene.lasting(&victim, port, 0, victim.rtt_us, Volume::reset(), Course::Refused),
            _ => scene.tcp(&victim, port, 0, Volume::tcp(160, 420), 2_000.0),
        }
        scene.dice.exp_us(3_600.0 / self.per_hour)
    }
}
