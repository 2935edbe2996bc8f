//! What was typed into the form of a mandate, read: terms, and beside each field what could not be read.

use super::terms::ports;
use crate::answer::Fields;
use crate::messages::fill;
use crate::pages::Frame;
use crate::words::key;
use noroshi_casework::mandate::{RulePack, Selector, TermsFault};
use noroshi_leaf::Terms;
use noroshi_model::time::HOUR;
use noroshi_model::{Clearance, Direction, LegalBasis, Micros, PersonId, Purpose};
use std::collections::BTreeSet;
use std::str::FromStr;

/// What was typed, read; what could not be read, with its field.
pub(super) struct Typed {
    pub(super) terms: Terms,
    pub(super) selectors: Vec<Selector>,
    pub(super) faults: Vec<(&'static str, String)>,
}

struct Reader<'a> {
    f: &'a Frame,
    fields: &'a Fields,
    faults: Vec<(&'static str, String)>,
}

impl Reader<'_> {
    fn bad(&mut self, name: &'static str, value: &str) {
        let label = self.f.language.field(name);
        let text = fill(self.f.m.form_not_read, &[("field", &label), ("value", value)]);
        self.faults.push((name, text));
    }

    fn number<T: FromStr + Default>(&mut self, name: &'static str) -> T {
        let digits: String = self.fields.get(name).chars().filter(|c| !matches!(c, ',' | '_' | ' ')).collect();
        digits.parse().unwrap_or_else(|_| {
            self.bad(name, &digits);
            T::default()
        })
    }

    /// Every word of a text, read one by one.
    fn words<T: FromStr + Ord>(&mut self, name: &'static str) -> BTreeSet<T> {
        let mut found = BTreeSet::new();
        for word in
            self.fields.get(name).split([',', '、', ' ', '\n', '\r', '\t', '　']).filter(|word| !word.is_empty())
        {
            match word.parse() {
                Ok(value) => {
                    found.insert(value);
                }
                Err(_) => self.bad(name, word),
            }
        }
        found
    }

    /// A day in the hub's zone, as the moment it begins.
    fn day(&mut self, name: &'static str) -> Micros {
        let text = self.fields.get(name);
        match Micros::parse(text) {
            Ok(midnight) => Micros(midnight.0 - i64::from(self.f.offset_hours) * HOUR),
            Err(_) => {
                self.bad(name, text);
                Micros(0)
            }
        }
    }

    fn ports(&mut self) -> BTreeSet<(u16, u16)> {
        let mut found = BTreeSet::new();
        for range in self.words::<String>("ports") {
            let (low, high) = range.split_once('-').unwrap_or((&range, &range));
            match (low.parse(), high.parse()) {
                (Ok(low), Ok(high)) => {
                    found.insert((low, high));
                }
                _ => self.bad("ports", &range),
            }
        }
        found
    }
}

/// A server as people write it: `198.51.100.7`, `198.51.100.7:443`, `2001:db8::1`, `[2001:db8::1]:443`.
pub(crate) fn server(text: &str) -> Option<Selector> {
    if let Ok(address) = text.parse() {
        return Some(Selector { address, port: None });
    }
    let at: std::net::SocketAddr = text.parse().ok()?;
    Some(Selector { address: at.ip(), port: Some(at.port()) })
}

/// Reads the form; `base` gives what the form for less does not ask again.
pub(super) fn typed(f: &Frame, fields: &Fields, rules: &RulePack, base: Option<&Terms>) -> Typed {
    let mut read = Reader { f, fields, faults: Vec::new() };
    let mut selectors = Vec::new();
    if base.is_none() {
        for word in read.words::<String>("selectors") {
            match server(&word) {
                Some(selector) => selectors.push(selector),
                None => read.bad("selectors", &word),
            }
        }
    }
    let chosen = |name| fields.all(name);
    let legal_basis = LegalBasis::ALL.into_iter().find(|basis| basis.word() == fields.get("legal_basis"));
    let carrier = match (base, fields.get("carrier").parse()) {
        (Some(base), _) => base.carrier,
        (None, Ok(carrier)) => carrier,
        (None, Err(_)) => {
            read.bad("carrier", fields.get("carrier"));
            noroshi_model::OrgId(uuid::Uuid::nil())
        }
    };
    let terms = Terms {
        analysts: chosen("analyst").filter_map(|id| id.parse::<PersonId>().ok()).collect(),
        carrier,
        clearance: base.map_or_else(
            || {
                Clearance::ALL
                    .into_iter()
                    .find(|level| key(level) == fields.get("clearance"))
                    .unwrap_or(Clearance::None)
            },
            |base| base.clearance,
        ),
        directions: Direction::ALL.into_iter().filter(|d| chosen("direction").any(|word| word == d.word())).collect(),
        dns_names: fields.get("dns_names") == "yes",
        domestic: base.map_or_else(|| read.words("domestic"), |base| base.domestic.clone()),
        from: read.day("from"),
        hunts_max: read.number("hunts_max"),
        legal_basis: base.map_or(legal_basis.unwrap_or(LegalBasis::OutForeign), |base| base.legal_basis),
        party: base.and_then(|base| base.party),
        ports: read.ports(),
        protocols: read.words("protocols"),
        purposes: Purpose::ALL.into_iter().filter(|p| chosen("purpose").any(|word| word == p.word())).collect(),
        records_max: read.number("records_max"),
        retain_days_max: read.number("retain_days_max"),
        rows_max: read.number("rows_max"),
        rule_pack: base.map_or_else(|| rules.id(), |base| base.rule_pack.clone()),
        selected_records_max: read.number("selected_records_max"),
        selectors: base.and_then(|base| base.selectors),
        until: read.day("until"),
    };
    Typed { terms, selectors, faults: read.faults }
}

/// The field a fault of the rules belongs to, and its words.
pub(super) fn terms_fault(f: &Frame, fault: &TermsFault) -> (&'static str, String) {
    let m = f.m;
    match fault {
        TermsFault::Term { days, days_max, pack, .. } => {
            let values = [("days", days.to_string()), ("max", days_max.to_string()), ("pack", pack.clone())];
            let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            ("until", fill(m.terms_term, &values))
        }
        TermsFault::Past(until) => ("until", fill(m.terms_past, &[("until", &f.time(*until))])),
        TermsFault::Direction { direction, basis } => {
            let values = [("direction", f.language.direction(*direction)), ("basis", f.language.basis(*basis))];
            ("directions", fill(m.terms_direction, &values))
        }
        TermsFault::Retention { days_max, .. } => {
            ("retain_days_max", fill(m.terms_retention, &[("max", &days_max.to_string())]))
        }
        TermsFault::Pack { pack, .. } => ("rule_pack", fill(m.terms_pack, &[("pack", pack)])),
        TermsFault::Empty(word) => (empty_field(word), fill(m.terms_empty, &[("field", &f.language.field(word))])),
        TermsFault::Ports(low, high) => ("ports", fill(m.terms_ports, &[("range", &ports((*low, *high)))])),
    }
}

const fn empty_field(word: &'static str) -> &'static str {
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn rules() -> RulePack {
        RulePack::parse(noroshi_casework::mandate::rules::JAPAN_2026_1).unwrap()
    }

    #[test]
    fn what_cannot_be_read_is_said_beside_its_field_in_the_readers_language() {
        let f = Frame::sample(Language::Ja, "");
        let fields = Fields::of(&[
            ("ports", "443, 8000-9000, http"),
            ("hunts_max", "many"),
            ("from", "soon"),
            ("until", "2026-12-01"),
        ]);
        let typed = typed(&f, &fields, &rules(), None);
        let named: BTreeSet<_> = typed.faults.iter().map(|(name, _)| *name).collect();
        assert!(["ports", "hunts_max", "from", "carrier"].iter().all(|name| named.contains(name)), "{named:?}");
        assert_eq!(typed.terms.ports, BTreeSet::from([(443, 443), (8_000, 9_000)]));
        assert!(typed.faults.iter().any(|(_, text)| text.contains("http")));
    }

    #[test]
    fn a_day_begins_at_midnight_in_the_hubs_zone() {
        let f = Frame::sample(Language::Ja, "");
        let fields = Fields::of(&[("from", "2026-12-01")]);
        let mut read = Reader { f: &f, fields: &fields, faults: Vec::new() };
        assert_eq!(read.day("from"), Micros::parse("2026-11-30T15:00:00Z").unwrap());
    }

    #[test]
    fn servers_are_read_as_people_write_them() {
        assert_eq!(server("198.51.100.7").unwrap().port, None);
        assert_eq!(server("[2001:db8::1]:443").unwrap().port, Some(443));
        assert!(server("example.org").is_none());
    }
}
