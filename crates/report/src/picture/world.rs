//! Where in the world servers are registered: outlines and names of countries, and the map.
//!
//! `assets/world.tsv` is made by `assets/world.mjs` from Natural Earth (public domain) and CLDR names; its README
//! says how. It shows who registered an address, never where a machine stands.

use super::svg::{Anchor, Svg};
use crate::language::Language;
use crate::numbers::count;
use noroshi_model::Severity;
use std::collections::BTreeMap;

static WORLD: &str = include_str!("../../assets/world.tsv");

/// Servers registered in one country.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Registered {
    pub(crate) servers: u64,
    pub(crate) worst: Severity,
}

struct Country {
    code: &'static str,
    en: &'static str,
    ja: &'static str,
    centre: (f64, f64),
    outline: &'static str,
}

fn countries() -> impl Iterator<Item = Country> {
    WORLD.lines().skip(1).filter_map(|line| {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        let (code, en, ja) = (next()?, next()?, next()?);
        let centre = (next()?.parse().ok()?, next()?.parse().ok()?);
        Some(Country { code, en, ja, centre, outline: next()? })
    })
}

/// The name of a country by its code of two letters.
pub(crate) fn country_name(language: Language, code: &str) -> Option<&'static str> {
    let country = countries().find(|country| !country.code.is_empty() && country.code == code)?;
    Some(match language {
        Language::Ja => country.ja,
        Language::En => country.en,
    })
}

/// The map with a badge on every country of the list.
pub(crate) fn world(language: Language, name: &str, registered: &BTreeMap<String, Registered>) -> String {
    let mut svg = Svg::new(1_000.0, 470.0);
    let is_plain = |country: &Country| !registered.contains_key(country.code);
    let land: String = countries().filter(is_plain).map(|country| country.outline).collect();
    svg.path("land", &land, "");
    let named: Vec<_> = countries().filter_map(|country| Some((registered.get(country.code)?, country))).collect();
    let hint = |country: &Country, servers| {
        let name = if language == Language::Ja { country.ja } else { country.en };
        format!("{name}: {}", count(servers))
    };
    for (here, country) in &named {
        if !country.outline.is_empty() {
            svg.path(tint(here.worst), country.outline, &hint(country, here.servers));
        }
    }
    for (here, country) in &named {
        let radius = 9.0 + 2.0 * (here.servers as f64).ln();
        svg.circle(badge(here.worst), country.centre, radius.min(18.0), &hint(country, here.servers));
        let below = (country.centre.0, country.centre.1 + 4.5);
        svg.text("badge-text", Anchor::Middle, below, count(here.servers));
    }
    let list: Vec<_> = named.iter().map(|(here, country)| hint(country, here.servers)).collect();
    svg.finish(name, &list.join(", "))
}

const fn tint(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "tint critical",
        Severity::High => "tint high",
        Severity::Medium => "tint medium",
        Severity::Low => "tint low",
        Severity::Info => "tint info",
    }
}

const fn badge(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "badge critical",
        Severity::High => "badge high",
        Severity::Medium => "badge medium",
        Severity::Low => "badge low",
        Severity::Info => "badge info",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_asset_is_whole_and_small() {
        assert!(WORLD.len() < 60_000);
        assert_eq!(countries().count(), WORLD.lines().count() - 1);
        let drawn = |c: char| c.is_ascii_digit() || matches!(c, 'M' | 'l' | 'z' | ' ' | '-');
        assert!(countries().all(|country| country.outline.chars().all(drawn)));
    }

    #[test]
    fn small_countries_have_a_place_too() {
        assert_eq!(country_name(Language::En, "SG"), Some("Singapore"));
        assert_eq!(country_name(Language::Ja, "NL"), Some("オランダ"));
        assert_eq!(country_name(Language::En, ""), None);
    }
}
