//! Sampling rates an exporter announced for one domain.

use super::read::unsigned;
use super::template::FieldSpec;
use crate::element as e;
use crate::limits::SAMPLING_RATES_MAX;
use std::collections::HashMap;

/// Rates by what they apply to.
#[derive(Debug)]
pub(crate) struct Rates {
    /// For the whole domain, or the last announced.
    domain: u32,
    selectors: HashMap<u64, u32, foldhash::fast::FixedState>,
    interfaces: HashMap<u64, u32, foldhash::fast::FixedState>,
}

impl Default for Rates {
    fn default() -> Self {
        Self { domain: 1, selectors: HashMap::default(), interfaces: HashMap::default() }
    }
}

impl Rates {
    /// One rate for everything.
    pub(crate) fn of_domain(domain: u32) -> Self {
        Self { domain, ..Self::default() }
    }

    /// The rate of records that name no selector.
    pub(crate) fn domain(&self) -> u32 {
        self.domain
    }

    /// Selectors and interfaces kept.
    pub(crate) fn len(&self) -> usize {
        self.selectors.len() + self.interfaces.len()
    }

    pub(crate) fn by_selector(&self) -> bool {
        !self.selectors.is_empty()
    }

    pub(crate) fn by_interface(&self) -> bool {
        !self.interfaces.is_empty()
    }

    /// The rate of a sampler or selector; an id never announced has the domain's.
    pub(crate) fn of_selector(&self, id: u64) -> u32 {
        self.selectors.get(&id).copied().unwrap_or(self.domain)
    }

    /// The rate of an ingress interface.
    pub(crate) fn of_interface(&self, id: u64) -> u32 {
        self.interfaces.get(&id).copied().unwrap_or(self.domain)
    }

    /// Takes up what an options record announces. `false` when it announces no rate, or there
    /// are too many.
    ///
    /// `room` is how many more selectors and interfaces may be kept for all exporters together.
    pub(crate) fn announce(&mut self, announced: &Announced, room: usize) -> bool {
        let Some(rate) = announced.rate() else { return false };
        let scoped = match (announced.selector, announced.interface) {
            (Some(id), _) => Some((&mut self.selectors, id)),
            (None, Some(id)) => Some((&mut self.interfaces, id)),
            (None, None) => None,
        };
        if let Some((rates, id)) = scoped {
            if (rates.len() >= SAMPLING_RATES_MAX || room == 0) && !rates.contains_key(&id) {
                return false;
            }
            rates.insert(id, rate);
        }
        // Records that name no selector get the last rate announced; most exporters have one.
        if announced.interface.is_none() || announced.selector.is_some() {
            self.domain = rate;
        }
        true
    }
}

/// What one options record says of sampling and boot time.
#[derive(Debug, Default)]
pub(crate) struct Announced {
    selector: Option<u64>,
    interface: Option<u64>,
    interval: Option<u64>,
    packet_interval: Option<u64>,
    packet_space: Option<u64>,
    size: Option<u64>,
    population: Option<u64>,
    probability: Option<f64>,
    /// `systemInitTimeMilliseconds`.
    pub(crate) boot_ms: Option<u64>,
}

impl Announced {
    /// Takes one field of the record.
    pub(crate) fn field(&mut self, field: &FieldSpec, value: &[u8]) {
        let Some(id) = field.iana() else { return };
        let number = unsigned(value);
        match id {
            e::SAMPLER_ID | e::SELECTOR_ID => self.selector = number,
            e::INGRESS_INTERFACE => self.interface = number,
            e::SAMPLING_INTERVAL | e::SAMPLER_RANDOM_INTERVAL => self.interval = number,
            e::SAMPLING_PACKET_INTERVAL => self.packet_interval = number,
            e::SAMPLING_PACKET_SPACE => self.packet_space = number,
            e::SAMPLING_SIZE => self.size = number,
            e::SAMPLING_POPULATION => self.population = number,
            e::SAMPLING_PROBABILITY => {
                self.probability = <[u8; 8]>::try_from(value).ok().map(f64::from_be_bytes);
            }
            e::SYSTEM_INIT_TIME_MILLISECONDS => self.boot_ms = number,
            _ => {}
        }
    }

    /// One in how many packets (RFC 5476 §6.5.2); `None` when the record does not say.
    fn rate(&self) -> Option<u32> {
        let narrow = |rate: u64| u32::try_from(rate).unwrap_or(u32::MAX);
        if let Some(interval) = self.interval {
            return (interval > 0).then(|| narrow(interval));
        }
        let ratio = |taken: u64, of: u64| of.checked_add(taken / 2)?.checked_div(taken).map(|rate| rate.max(1));
        if let (Some(interval), Some(space)) = (self.packet_interval, self.packet_space) {
            return ratio(interval, interval.saturating_add(space)).map(narrow);
        }
        if let (Some(size), Some(population)) = (self.size, self.population) {
            return ratio(size, population).map(narrow);
        }
        let probability = self.probability.filter(|p| *p > 0.0 && *p <= 1.0)?;
        Some((1.0 / probability).round() as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::super::template::Registry;
    use super::*;

    fn announced(fields: &[(u16, &[u8])]) -> Announced {
        let mut announced = Announced::default();
        for (id, value) in fields {
            announced.field(&FieldSpec { registry: Registry::Iana, id: *id, bytes: value.len() as u16 }, value);
        }
        announced
    }

    #[test]
    fn each_way_to_say_one_in_a_hundred() {
        let p = 0.01f64.to_be_bytes();
        let ways: [&[(u16, &[u8])]; 5] = [
            &[(34, &[0, 0, 0, 100])],
            &[(48, &[1]), (49, &[2]), (50, &[0, 100])],
            &[(305, &[0, 0, 0, 2]), (306, &[0, 0, 0, 198])],
            &[(309, &[1]), (310, &[100])],
            &[(311, &p)],
        ];
        for way in ways {
            let mut rates = Rates::default();
            assert!(rates.announce(&announced(way), 9));
            assert_eq!(rates.domain(), 100, "{way:?}");
        }
        let mut rates = Rates::default();
        assert!(!rates.announce(&announced(&[(305, &[0]), (306, &[9])]), 9));
        assert!(!rates.announce(&announced(&[(34, &[0])]), 9));
    }

    #[test]
    fn selectors_and_interfaces_have_their_own() {
        let mut rates = Rates::default();
        rates.announce(&announced(&[(302, &[7]), (34, &[10])]), 9);
        rates.announce(&announced(&[(10, &[3]), (34, &[20])]), 9);
        assert_eq!((rates.of_selector(7), rates.of_interface(3)), (10, 20));
        assert_eq!((rates.of_selector(8), rates.of_interface(4)), (10, 10));
    }

    #[test]
    fn no_room_leaves_known_ids_alone() {
        let mut rates = Rates::default();
        assert!(rates.announce(&announced(&[(302, &[1]), (34, &[10])]), 1));
        assert!(!rates.announce(&announced(&[(302, &[2]), (34, &[10])]), 0));
        assert!(rates.announce(&announced(&[(302, &[1]), (34, &[20])]), 0));
        assert_eq!((rates.of_selector(1), rates.len()), (20, 1));
    }

    #[test]
    fn rates_at_the_limit_and_one_past() {
        let mut rates = Rates::default();
        for id in 0..=SAMPLING_RATES_MAX as u32 {
            let taken = rates.announce(&announced(&[(302, &id.to_be_bytes()), (34, &[10])]), 9);
            assert_eq!(taken, (id as usize) < SAMPLING_RATES_MAX);
        }
    }
}
