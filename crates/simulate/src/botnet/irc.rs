//! A long connection with a PING now and then (RFC 1459 §4.6.2), and orders that come over it.

use super::bot::Bot;
use super::flood::{Order, join, next_order};
use crate::entity::{Habit, Scene};
use crate::talk::{Course, TCP, Talk, Volume};
use noroshi_model::time::SECOND;

/// One bot's connection.
pub(crate) struct Irc {
    bot: Bot,
    keepalive_s: f64,
    orders: Vec<Order>,
    /// Source port of the connection; 0 when there is none.
    cport: u16,
}

impl Irc {
    pub(crate) fn new(bot: Bot, keepalive_s: f64, orders: Vec<Order>) -> Self {
        Self { bot, keepalive_s, orders, cport: 0 }
    }

    fn say(&self, scene: &mut Scene<'_>, course: Course, volume: Volume) {
        let (client, server) = scene.ends(&self.bot.site);
        let (cport, sport) = (self.cport, self.bot.port);
        let duration_us = if course == Course::Whole { 3 * SECOND } else { self.bot.site.rtt_us };
        let (start, protocol) = (scene.now, TCP);
        scene.talk(Talk { start, duration_us, client, server, cport, sport, protocol, course, volume });
    }
}

impl Habit for Irc {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.bot.away(scene) {
            self.cport = 0;
            return wait;
        }
        if let Some(order) = self.orders.iter().find(|o| o.at == scene.now).copied() {
            self.say(scene, Course::Middle, Volume::piece(0, 140));
            join(&order, scene);
        } else if self.cport == 0 || scene.dice.chance(0.002) {
            // A new connection: name, channel, and the list of who is there.
            self.cport = scene.port();
            self.say(scene, Course::Whole, Volume::tcp(180, 2_800));
        } else {
            self.say(scene, Course::Middle, Volume::piece(24, 26));
        }
        let wait =
            ((self.keepalive_s + scene.dice.between(-1.0, 1.0) * 0.02 * self.keepalive_s) * SECOND as f64) as i64;
        next_order(&self.orders, scene.now).map_or(wait, |left| wait.min(left))
    }
}
