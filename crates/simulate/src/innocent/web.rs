//! Web browsing: sessions of pages, pages of many connections, sizes and pauses with heavy tails.

use crate::clock::Rhythm;
use crate::entity::{Habit, Scene};
use crate::talk::{Course, Volume};
use crate::world::Site;
use noroshi_model::time::SECOND;

/// One line's browsing; several people on one line make it busier.
pub(crate) struct Browse {
    sessions_per_hour: f64,
    rhythm: Rhythm,
    pages: u64,
}

impl Browse {
    pub(crate) fn new(sessions_per_hour: f64, rhythm: Rhythm) -> Self {
        Self { sessions_per_hour, rhythm, pages: 0 }
    }

    /// A page: its own site, and others for fonts, scripts, pictures and advertisements.
    fn page(scene: &mut Scene<'_>) {
        let others = 2 + scene.dice.exp(3.0).min(16.0) as usize;
        for nth in 0..=others {
            let site = Self::choose(nth, scene);
            let after = if nth == 0 { 0 } else { scene.dice.between_us(0.1, 2.5) };
            // Sizes: a log-normal body with a Pareto tail of shape 1.1 (Crovella and Bestavros 1997).
            let down = match scene.dice.chance(0.06) {
                true => scene.dice.pareto(1e5, 1.1, 4e7),
                false => scene.dice.lognormal(9_000.0, 1.4).min(4e6),
            };
            let up = scene.dice.lognormal(1_100.0, 0.7).min(4e5) as u64;
            Self::connection(&site, after, up, down as u64, scene);
        }
    }

    fn choose(nth: usize, scene: &mut Scene<'_>) -> Site {
        let market = scene.stage.market;
        if scene.dice.chance(scene.stage.domestic_share) {
            market.local.draw(scene.dice)
        } else if nth == 0 || scene.dice.chance(0.45) {
            market.web.draw(scene.dice)
        } else {
            market.advertising.draw(scene.dice)
        }
    }

    fn connection(site: &Site, after: i64, up: u64, down: u64, scene: &mut Scene<'_>) {
        // Kept open for a while after the last byte (browsers: up to a few minutes, servers less).
        let kept = scene.dice.exp_us(9.0).min(115 * SECOND);
        let rate = scene.dice.lognormal(4e6, 0.8);
        if scene.dice.chance(0.3) && site.rtt_us < 60_000 {
            // HTTP/3: about as many bytes, as datagrams.
            let volume = Volume::datagrams(4 + down / 2_600 + up / 1_250, 130, 5 + down / 1_250, 1_180);
            scene.udp(site, 443, after, kept, Volume { up_bytes: volume.up_bytes + up, ..volume });
            return;
        }
        let volume = if scene.dice.chance(0.5) { Volume::tls(up, down) } else { Volume::resumed(up, down) };
        let busy = crate::talk::Talk::duration(site.rtt_us, down, rate);
        let failed = scene.dice.chance(0.004);
        if failed {
            scene.lasting(site, 443, after, 3 * SECOND, Volume::syns(2), Course::Silent);
        } else {
            scene.lasting(site, 443, after, busy + kept, volume, Course::Whole);
        }
    }
}

impl Habit for Browse {
    fn act(&mut self, scene: &mut Scene<'_>) -> i64 {
        if self.pages > 0 {
            self.pages -= 1;
            Self::page(scene);
            if self.pages > 0 {
                // Reading time: heavy tails (Barford and Crovella 1998, shape near 1.5).
                return (scene.dice.pareto(6.0, 1.3, 1_200.0) * SECOND as f64) as i64;
            }
        }
        match scene.wait(self.sessions_per_hour, self.rhythm) {
            Ok(wait) => {
                self.pages = 1 + scene.dice.pareto(1.0, 1.1, 40.0) as u64;
                wait
            }
            Err(later) => later,
        }
    }
}
