//! The figures of one hour, and the choice made from them: whoever has the figures can make it again.

use crate::limits::{CANDIDATES_MAX, FIGURES_MAX};
use crate::pooled::{self, ServerFeatures};
use crate::pulse::Pulse;
use crate::selector::{Selector, exactly};
use crate::server::{ServerContext, ServerId, Usual};
use crate::weigh;
use serde::{Deserialize, Serialize};

/// Coarse log odds from which a server is looked at: generous, for coarse figures are rounded.
const LOOK_FROM: f64 = -8.0;

/// The rules a choice is made by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Name and version of the weights. A change of any weight is another version.
    pub weights: String,
    /// Log odds from which a server is chosen.
    pub look_from: f64,
    /// Servers chosen at most.
    pub candidates_max: u32,
}

impl Rules {
    /// Those of this program.
    pub fn own() -> Self {
        Self { weights: "noroshi-select/1".to_owned(), look_from: LOOK_FROM, candidates_max: CANDIDATES_MAX as u32 }
    }
}

/// What is known of one server: of its clients, only how many they are and how the clearest one of them beats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Which server.
    pub id: ServerId,
    /// What surrounds it.
    pub server: ServerContext,
    /// The coarse pulse that weighs most, where one beats often or holds long enough.
    pub pulse: Option<Pulse>,
    /// Its clients together, where they are enough, and how many servers on its port say as much.
    pub pooled: Option<(ServerFeatures, u64)>,
}

impl Figures {
    /// The strongest evidence, log odds rounded to six digits, and the rule it comes from.
    pub fn strongest(&self, usual: &Usual) -> (f64, &'static str) {
        let beats = self.pulse.as_ref().map(|pulse| {
            let scales = weigh::pair(pulse, 0.0, &self.id, &self.server, usual);
            (weigh::round(scales.log_odds), "beacon: coarse pulse in broad aggregates")
        });
        let together = self.pooled.as_ref().map(|(row, crowd)| {
            let server = ServerContext { crowd: *crowd, ..self.server.clone() };
            (weigh::round(pooled::weigh(row, &server, usual).log_odds), "c2-server: pooled over clients")
        });
        match (beats, together) {
            (Some(one), Some(two)) if two.0 > one.0 => two,
            (Some(one), _) => one,
            (None, Some(two)) => two,
            (None, None) => (f64::NEG_INFINITY, "nothing"),
        }
    }
}

/// Everything one choice follows from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hour {
    /// Start of the last flow that was counted, µs since 1970.
    pub until_us: i64,
    /// What is usual.
    pub usual: Usual,
    /// Servers, by id, each once.
    pub figures: Vec<Figures>,
    /// Servers that weighed less than all of these and are left out.
    pub left_out: u64,
    /// Log odds of the strongest of them; −∞ for none.
    pub left_out_max: f64,
}

impl Hour {
    /// From the servers that may be chosen, the first [`FIGURES_MAX`] by their evidence.
    pub fn new(until_us: i64, mut usual: Usual, servers: Vec<Figures>) -> Self {
        let mut ranked = ranked(servers, &usual);
        let rest = ranked.split_off(ranked.len().min(FIGURES_MAX));
        let mut figures: Vec<Figures> = ranked.into_iter().map(|(_, _, figures)| figures).collect();
        figures.sort_by_key(|figures| figures.id);
        usual.ports.retain(|port, _| figures.iter().any(|figures| (figures.id.1, figures.id.2) == *port));
        let left_out_max = rest.first().map_or(f64::NEG_INFINITY, |(log_odds, ..)| *log_odds);
        Self { until_us, usual, figures, left_out: rest.len() as u64, left_out_max }
    }

    /// Chooses: the strongest evidence first, at most so many, none that weighs too little.
    pub fn choose(&self) -> Vec<Selector> {
        let mut ranked = ranked(self.figures.iter().collect(), &self.usual);
        ranked.retain(|(log_odds, ..)| *log_odds >= LOOK_FROM);
        ranked.truncate(CANDIDATES_MAX);
        let selector = |(_, rule, figures): (f64, &str, &Figures)| {
            let (server, port, protocol) = figures.id;
            exactly(server, port, protocol, rule)
        };
        ranked.into_iter().map(selector).collect()
    }

    /// Whether it says of what it leaves out only what can be: nothing while there is room, nothing that weighs more
    /// than what it shows.
    pub fn left_out_fits(&self) -> bool {
        if self.left_out == 0 {
            return true;
        }
        let least = self.figures.iter().map(|figures| figures.strongest(&self.usual).0).fold(f64::INFINITY, f64::min);
        self.figures.len() == FIGURES_MAX && self.left_out_max <= least
    }
}

/// Servers with their evidence and its rule, the strongest first; what weighs the same stands by id.
fn ranked<F: std::borrow::Borrow<Figures>>(servers: Vec<F>, usual: &Usual) -> Vec<(f64, &'static str, F)> {
    let weighed = |figures: F| {
        let (log_odds, rule) = figures.borrow().strongest(usual);
        (log_odds, rule, figures)
    };
    let mut all: Vec<_> = servers.into_iter().map(weighed).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.borrow().id.cmp(&b.2.borrow().id)));
    all
}
