//! Who does what: the habits that each kind of line takes up.

use crate::clock::Rhythm;
use crate::entity::{Entity, Habit, Me, Stage, somewhere_in};
use crate::innocent::backup::Backup;
use crate::innocent::call::Call;
use crate::innocent::chat::Chat;
use crate::innocent::check::Check;
use crate::innocent::dns::Resolve;
use crate::innocent::exchange::Exchange;
use crate::innocent::feed::Feed;
use crate::innocent::game::Game;
use crate::innocent::mail::MailPoll;
use crate::innocent::monitor::{Agent, Uptime};
use crate::innocent::push::Push;
use crate::innocent::share::Share;
use crate::innocent::stream::Watch;
use crate::innocent::telemetry::Telemetry;
use crate::innocent::time::TimePoll;
use crate::innocent::update::UpdateCheck;
use crate::innocent::visitors::{Partner, Visitors};
use crate::innocent::vpn::Tunnel;
use crate::innocent::web::Browse;
use crate::lines::{Line, Role};
use crate::presence::Presence;
use noroshi_model::Micros;

/// A line being furnished.
struct Casting<'a> {
    stage: &'a Stage<'a>,
    entity: Entity,
    start: Micros,
}

/// The host behind a line, ready to live.
pub(crate) fn furnish(line: &Line, seed: u64, stream: u64, start: Micros, stage: &Stage<'_>) -> Entity {
    let entity = Entity::new(seed, stream, Me { v4: line.v4, v6: line.v6 });
    let mut cast = Casting { stage, entity, start };
    match line.role {
        Role::Home => cast.home(),
        Role::Mobile => cast.phone(1.3),
        Role::Office => cast.office(1.0),
        Role::Organisation => cast.organisation(),
        Role::Server => cast.server(),
        Role::Machine => cast.machine(),
    }
    cast.entity
}

impl Casting<'_> {
    fn chance(&mut self, p: f64) -> bool {
        self.entity.dice().chance(p)
    }

    fn count(&mut self, low: u64, high: u64) -> u64 {
        self.entity.dice().range(low, high)
    }

    /// Takes up a habit at a random moment of its first `period_s`.
    fn take(&mut self, period_s: f64, habit: impl Habit + 'static) {
        let first = somewhere_in(self.start, period_s, self.entity.dice());
        self.entity.adopt(first, Box::new(habit));
    }

    fn telemetry(&mut self, presence: Presence) {
        let habit = Telemetry::cloud(self.stage.market, presence, self.entity.dice());
        self.take(900.0, habit);
    }

    fn vendor(&mut self) {
        let habit = Telemetry::vendor(self.stage.market, self.entity.dice());
        self.take(1_800.0, habit);
    }

    fn mail(&mut self, presence: Presence) {
        let habit = MailPoll::new(self.stage.market, presence, self.entity.dice());
        self.take(900.0, habit);
    }

    fn update(&mut self, presence: Presence) {
        let habit = UpdateCheck::new(self.stage.market, presence, self.entity.dice());
        self.take(43_200.0, habit);
    }

    fn feed(&mut self, presence: Presence) {
        let habit = Feed::new(self.stage.market, presence, self.entity.dice());
        self.take(1_800.0, habit);
    }

    fn clock(&mut self) {
        let habit = TimePoll::new(self.stage.market, self.entity.dice());
        self.take(1_024.0, habit);
    }

    fn check(&mut self, presence: Presence) {
        let habit = Check::new(self.stage.market, presence, self.entity.dice());
        self.take(300.0, habit);
    }

    fn push(&mut self) {
        let habit = Push::new(self.stage.market, self.entity.dice());
        self.take(900.0, habit);
    }

    fn chat(&mut self, rhythm: Rhythm) {
        let habit = Chat::new(self.stage.market, rhythm, self.entity.dice());
        self.take(3_600.0, habit);
    }

    fn resolve(&mut self, per_hour: f64, rhythm: Rhythm) {
        let habit = Resolve::new(self.stage.market, per_hour, rhythm, self.entity.dice());
        self.take(600.0, habit);
    }

    fn backup(&mut self, median_bytes: f64) {
        let habit = Backup::new(self.stage.market, median_bytes, self.entity.dice());
        let midnight = self.stage.clock.midnight(self.start).0;
        let mut first = Backup::first(midnight, self.entity.dice());
        if first < self.start.0 {
            first += noroshi_model::time::DAY;
        }
        self.entity.adopt(Micros(first), Box::new(habit));
    }

    fn tunnel(&mut self, rhythm: Rhythm) {
        let habit = Tunnel::new(self.stage.market, rhythm, self.entity.dice());
        self.take(1_800.0, habit);
    }

    fn agent(&mut self) {
        let habit = Agent::new(self.stage.market, self.entity.dice());
        self.take(60.0, habit);
    }

    fn home(&mut self) {
        self.phone(0.8);
        if self.chance(0.65) {
            let presence = Presence::home(self.entity.dice());
            self.computer(presence, 0.5);
            if self.chance(0.12) {
                self.tunnel(Rhythm::Office);
            }
        }
        if self.chance(0.5) {
            self.take(3_600.0, Watch::new(0.2));
            self.telemetry(Presence::ALWAYS);
        }
        for _ in 0..self.count(0, 2) {
            self.vendor();
        }
        self.clock();
        if self.chance(0.18) {
            let habit = Game::new(self.stage.market, self.entity.dice());
            self.take(3_600.0, habit);
        }
        if self.chance(0.03) {
            let port = self.count(6_881, 51_413) as u16;
            self.take(3_600.0, Share::new(port));
        }
        if self.chance(0.25) {
            self.resolve(6.0, Rhythm::Home);
        }
        if self.chance(0.08) {
            self.backup(5e7);
        }
    }

    fn phone(&mut self, sessions_per_hour: f64) {
        self.push();
        self.chat(Rhythm::Home);
        self.take(3_600.0, Browse::new(sessions_per_hour * 0.5, Rhythm::Home));
        self.update(Presence::ALWAYS);
        if self.chance(0.5) {
            self.feed(Presence::ALWAYS);
        }
        if self.chance(0.4) {
            self.mail(Presence::ALWAYS);
        }
        if self.chance(0.3) {
            self.take(3_600.0, Call::new(0.02, Rhythm::Home));
        }
    }

    fn computer(&mut self, presence: Presence, sessions_per_hour: f64) {
        self.take(3_600.0, Browse::new(sessions_per_hour, Rhythm::Home));
        self.telemetry(presence);
        self.update(presence);
        self.update(presence);
        if self.chance(0.4) {
            self.check(presence);
        }
        if self.chance(0.5) {
            self.mail(presence);
        }
        if self.chance(0.25) {
            self.feed(presence);
        }
    }

    fn office(&mut self, size: f64) {
        for _ in 0..self.count(2, 4) {
            let presence = Presence::office(self.entity.dice());
            self.mail(presence);
            self.telemetry(presence);
            self.update(presence);
        }
        self.take(3_600.0, Browse::new(7.0 * size, Rhythm::Office));
        self.take(3_600.0, Call::new(0.35 * size, Rhythm::Office));
        self.chat(Rhythm::Office);
        self.clock();
        self.update(Presence::ALWAYS);
        if self.chance(0.3) {
            self.tunnel(Rhythm::Office);
        }
        if self.chance(0.35) {
            self.agent();
        }
        if self.chance(0.3) {
            self.backup(2e8);
        }
        if self.chance(0.25) {
            self.resolve(40.0, Rhythm::Office);
        }
        if self.chance(0.35) {
            self.vendor();
        }
        if self.chance(0.1) {
            self.take(3_600.0, Exchange::new(4.0));
        }
    }

    /// A hospital: an office with machines that report around the clock.
    fn organisation(&mut self) {
        self.office(3.0);
        for _ in 0..self.count(3, 8) {
            self.vendor();
        }
        self.agent();
        self.agent();
        self.clock();
        self.check(Presence::ALWAYS);
        self.backup(2e9);
        self.take(3_600.0, Exchange::new(20.0));
        self.take(3_600.0, Browse::new(2.0, Rhythm::Flat));
    }

    fn server(&mut self) {
        let visitors = Visitors::new(self.entity.dice());
        self.take(3_600.0, visitors);
        if self.chance(0.5) {
            let uptime = Uptime::new(self.stage.market, self.entity.dice());
            self.take(60.0, uptime);
        }
        if self.chance(0.35) {
            self.agent();
        }
        if self.chance(0.3) {
            let from = self.stage.market.private.any(self.entity.dice());
            let partner = Partner::new(from, self.entity.dice());
            self.take(600.0, partner);
        }
        self.clock();
        self.update(Presence::ALWAYS);
        if self.chance(0.3) {
            self.backup(3e8);
        }
        if self.chance(0.25) {
            self.take(3_600.0, Exchange::new(12.0));
        }
        if self.chance(0.3) {
            self.resolve(30.0, Rhythm::Flat);
        }
    }

    fn machine(&mut self) {
        self.vendor();
        self.clock();
        if self.chance(0.2) {
            self.telemetry(Presence::ALWAYS);
        }
    }
}
