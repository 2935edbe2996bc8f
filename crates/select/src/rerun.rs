//! The selection made again, and everything in which it differs from what was said.

use crate::hour::Rules;
use crate::input::Input;
use crate::selector::{Selected, Selector};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Something in which the run and what was said differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// Other weights, or another threshold.
    Rules {
        /// What the input says.
        said: Rules,
        /// What this program has.
        own: Rules,
    },
    /// After this choice the selection was said to be another one.
    Hour {
        /// Which, from 0.
        number: u32,
        /// Up to which moment of the traffic, µs since 1970.
        until_us: i64,
    },
    /// What one hour says of the servers it leaves out cannot be.
    LeftOut {
        /// Which hour, from 0.
        number: u32,
    },
    /// Selected, and nothing in the figures selects it.
    Added(Selector),
    /// The figures select it, and it was not.
    Dropped(Selector),
    /// Selected by another rule than was said.
    OtherRule {
        /// As it was said.
        said: Selector,
        /// As it was found.
        again: Selector,
    },
    /// The same servers in another version.
    Version {
        /// As it was said.
        said: u64,
        /// As it was found.
        again: u64,
    },
}

/// A selection made again.
#[derive(Debug, Clone, PartialEq)]
pub struct Rerun {
    /// What the figures select.
    pub selected: Selected,
    /// How many hours were run.
    pub hours: u32,
    /// In which it differs from what was said, in the order of the hours, then of the servers.
    pub differences: Vec<Difference>,
}

/// Makes the selection of a batch again from its figures. What it was said to be decides nothing.
pub fn rerun(input: &Input) -> Rerun {
    let mut differences = Vec::new();
    let own = Rules::own();
    if input.rules != own {
        differences.push(Difference::Rules { said: input.rules.clone(), own });
    }
    let before = input.before.as_ref().map(|before| before.selected.clone()).unwrap_or_default();
    let mut selected = Selected::beginning(&input.named, before);
    for ((hour, said), number) in input.hours.iter().zip(0..) {
        if !hour.left_out_fits() {
            differences.push(Difference::LeftOut { number });
        }
        selected = selected.with(hour.choose());
        if selected.fingerprint() != *said {
            differences.push(Difference::Hour { number, until_us: hour.until_us });
        }
    }
    differences.extend(compared(&input.selected, &selected));
    Rerun { selected, hours: u32::try_from(input.hours.len()).unwrap_or(u32::MAX), differences }
}

/// In what two selections differ.
fn compared(said: &Selected, again: &Selected) -> Vec<Difference> {
    let by_server = |selected: &Selected| -> BTreeMap<(IpAddr, Option<u16>, Option<u8>), Selector> {
        selected.selectors.iter().map(|one| ((one.server, one.port, one.protocol), one.clone())).collect()
    };
    let (theirs, ours) = (by_server(said), by_server(again));
    let mut differences = Vec::new();
    for (server, one) in &theirs {
        match ours.get(server) {
            None => differences.push(Difference::Added(one.clone())),
            Some(again) if again.rule != one.rule => {
                differences.push(Difference::OtherRule { said: one.clone(), again: again.clone() });
            }
            Some(_) => {}
        }
    }
    let dropped = ours.iter().filter(|(server, _)| !theirs.contains_key(server));
    differences.extend(dropped.map(|(_, one)| Difference::Dropped(one.clone())));
    if said.version != again.version {
        differences.push(Difference::Version { said: said.version, again: again.version });
    }
    differences
}

#[cfg(test)]
mod tests;
