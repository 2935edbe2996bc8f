//! The papers of a simulated nation: its mandate and the registration table.

use crate::lines::OPERATORS;
use crate::plan::Plan;
use crate::world::World;
use noroshi_model::Micros;
use noroshi_model::time::DAY;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Prefixes of the world as a mandate lists them: special-purpose ranges must be named.
const FOREIGN: [&str; 3] = ["198.18.0.0/15", "240.0.0.0/4", "2001:db8:8000::/33"];

/// The mandate, with the registration table named if there is one.
pub(crate) fn mandate_toml(plan: &Plan, world: &World, registry: Option<&str>) -> String {
    debug_assert!(!world.nets.is_empty());
    let quoted = |text: &str| format!("    \"{text}\",\n");
    let domestic: String = OPERATORS
        .iter()
        .map(|operator| {
            let lines: String = operator.prefixes().iter().map(|p| quoted(p)).collect();
            format!("    # operator {}\n{lines}", operator.name)
        })
        .collect();
    let foreign: String = FOREIGN.iter().map(|p| quoted(p)).collect();
    let registry =
        registry.map(|file| format!("registry = [\"{file}\"]\ncountry = \"{}\"\n", plan.country)).unwrap_or_default();
    let (from, until) = (plan.start, Micros(plan.until().0 + DAY));
    format!(
        "# A mandate for a simulated nation (seed {seed}). No person is behind any address.\n\
         version = 1\n\
         id = \"simulated-{seed}\"\n\
         title = \"Measure detection on a simulated nation\"\n\
         legal_basis = \"party-agreement\"\n\
         directions = [\"out-foreign\", \"foreign-in\", \"foreign-foreign\"]\n\
         purposes = [\"find-attack-servers\", \"evaluate\"]\n\n\
         [term]\nfrom = 2020-01-01\nuntil = 2100-01-01\n\n\
         [traffic]\nfrom = \"{from}\"\nuntil = \"{until}\"\n\n\
         [place]\ndomestic = [\n{domestic}]\nforeign = [\n{foreign}]\nelsewhere = \"unknown\"\n{registry}",
        seed = plan.seed,
    )
}

/// The registration table: one line a network, IPv4 and IPv6, and the nation's own.
pub(crate) fn registry_csv(plan: &Plan, world: &World) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let mut v4 = |first: u32, last: u32, country: &str| {
        let _ = writeln!(text, "{},{},{country}", Ipv4Addr::from(first), Ipv4Addr::from(last));
    };
    v4(0x0a00_0000, 0x0aff_ffff, &plan.country);
    for net in &world.nets {
        v4(net.v4, net.v4 | 0xffff, net.country);
    }
    let own = 0x2001_0db8_0001u128 << 80;
    let mut v6 = |first: u128, last: u128, country: &str| {
        let _ = writeln!(text, "{},{},{country}", Ipv6Addr::from(first), Ipv6Addr::from(last));
    };
    v6(own, own + ((OPERATORS.len() as u128) << 80) - 1, &plan.country);
    for net in &world.nets {
        v6(net.v6, net.v6 | ((1 << 80) - 1), net.country);
    }
    text
}
