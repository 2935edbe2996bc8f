//! Bots behind relays (operational relay boxes): bot → relay → tier 2. The relay passes on what it
//! gets within milliseconds, so both legs carry the same payload.

use super::bot::{Bot, sleep};
use super::{Relay, bot};
use crate::dice::Dice;
use crate::entity::{Habit, Scene};
use crate::talk::{Course, TCP, Talk, Volume};
use crate::world::Site;
use noroshi_model::Micros;

/// One bot, and what its relay does for it.
pub(crate) struct Relayed {
    bot: Bot,
    period_s: f64,
    jitter: f64,
    relay: usize,
    servers: Vec<Site>,
    relays: Vec<Relay>,
}

impl Relayed {
    pub(crate) fn new(bot: Bot, period_s: f64, jitter: f64, relay: usize, servers: &[Site], relays: &[Relay]) -> Self {
        Self { bot, period_s, jitter, relay, servers: servers.to_vec(), relays: relays.to_vec() }
    }

    /// Another relay of the same kind now and then, so that no relay is worth watching for long.
    fn move_on(&mut self, dice: &mut Dice) {
        let domestic = self.relays.get(self.relay).is_some_and(|r| r.domestic);
        let alike: Vec<usize> = (0..self.relays.len()).filter(|&r| self.relays[r].domestic == domestic).collect();
        self.relay = dice.pick(&alike).copied().unwrap_or(self.relay);
    }
}

impl Habit for Relayed {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if let Some(wait) = self.bot.away(scene) {
            return wait;
        }
        if scene.dice.chance(self.period_s / 43_200.0) {
            self.move_on(scene.dice);
        }
        let Some(&relay) = self.relays.get(self.relay) else {
            return sleep(self.period_s, self.jitter, scene);
        };
        let upstream = self.servers.get(relay.upstream).copied().unwrap_or(bot::NOWHERE);
        let large = scene.dice.chance(0.04);
        let up = if large { scene.dice.pareto(2e4, 1.1, 5e7) as u64 } else { 380 + scene.dice.range(0, 60) };
        let down = if large { 1_200 } else { 260 };
        let volume = Volume::tls(up, down);
        let duration_us = Talk::duration(relay.site.rtt_us + upstream.rtt_us, up, 1e6);
        scene.lasting(&relay.site, self.bot.port, 0, duration_us, volume, Course::Whole);
        let delay = scene.dice.between_us(0.004, 0.06) + relay.site.rtt_us;
        // The tunnel of the relay adds a header per packet and ends a moment later.
        let onward = Volume {
            up_bytes: volume.up_bytes + 12 * volume.up_packets,
            down_bytes: volume.down_bytes + 12 * volume.down_packets,
            ..volume
        };
        let cport = scene.port();
        let talk = Talk {
            start: Micros(scene.now.0 + delay),
            duration_us,
            client: relay.site.v4,
            server: upstream.v4,
            cport,
            sport: UPSTREAM_PORT,
            protocol: TCP,
            course: Course::Whole,
            volume: onward,
        };
        scene.talk(talk);
        sleep(self.period_s, self.jitter, scene)
    }
}

/// The port at which tier 2 takes what relays bring.
pub(crate) const UPSTREAM_PORT: u16 = 4_433;
