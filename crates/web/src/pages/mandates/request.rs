//! `/mandates/new`, `/mandates/{id}/version`, `/mandates/{id}/narrow`: terms are written, checked beside their fields,
//! and nothing typed is lost.

use super::dossier;
use super::terms::ports;
use crate::answer::{Answer, Fields};
use crate::fault::Fault;
use crate::messages::fill;
use crate::office::Deed;
use crate::pages::form::Choice;
use crate::pages::{Frame, confirm};
use crate::show::list;
use crate::state::{Shared, State};
use crate::visitor::Visit;
use crate::words::key;
use askama::Template;
use axum::extract::{Path, State as Part};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use noroshi_casework::Said;
use noroshi_casework::mandate::{Command, Request, RulePack, Selector, TermsFault};
use noroshi_casework::party::{Organisation, Person};
use noroshi_leaf::{Digest, Salt, Terms};
use noroshi_model::time::{DAY, HOUR};
use noroshi_model::{Clearance, Direction, LegalBasis, MandateId, Micros, OrgKind, PersonId, Purpose, Role};
use std::collections::BTreeSet;
use std::str::FromStr;

/// A field that takes a number.
pub(crate) struct NumberField {
    name: &'static str,
    label: String,
    hint: String,
    value: String,
}

/// What stands in the fields.
pub(crate) struct Values {
    id: String,
    title: String,
    necessity: String,
    bases: Vec<Choice>,
    carriers: Vec<Choice>,
    parties: Vec<Choice>,
    clearances: Vec<Choice>,
    directions: Vec<Choice>,
    purposes: Vec<Choice>,
    analysts: Vec<Choice>,
    from: String,
    until: String,
    ports: String,
    protocols: String,
    domestic: String,
    selectors: String,
    dns_names: bool,
    numbers: Vec<NumberField>,
}

#[derive(Template)]
#[template(path = "mandate_form.html")]
struct Page {
    f: Frame,
    lead: &'static str,
    action: String,
    full: bool,
    faults: Vec<(&'static str, String)>,
    basis_hint: String,
    v: Values,
}

/// Who can be chosen.
pub(crate) struct Choices {
    pub(crate) carriers: Vec<Organisation>,
    /// Who may be the party of an agreement (当事者).
    pub(crate) parties: Vec<Organisation>,
    pub(crate) analysts: Vec<Person>,
}

/// What the form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    New,
    Version(MandateId),
    Narrow(MandateId),
}

impl Kind {
    fn action(self) -> String {
        match self {
            Self::New => "/mandates/new".to_owned(),
            Self::Version(id) => format!("/mandates/{id}/version"),
            Self::Narrow(id) => format!("/mandates/{id}/narrow"),
        }
    }
}

const NUMBERS: [&str; 5] = ["hunts_max", "rows_max", "records_max", "selected_records_max", "retain_days_max"];

/// The page.
pub(crate) fn render(
    f: Frame,
    kind: Kind,
    (fields, choices, rules): (&Fields, &Choices, &RulePack),
    faults: Vec<(&'static str, String)>,
) -> Result<String, askama::Error> {
    let (lead, full) = match kind {
        Kind::New => (f.m.form_lead, true),
        Kind::Version(_) => (f.m.form_lead_version, true),
        Kind::Narrow(_) => (f.m.form_lead_narrow, false),
    };
    let basis = |basis| format!("{} {} {}", f.language.basis(basis), rules.basis(basis).term_days_max, f.m.days);
    let bases: Vec<_> = LegalBasis::ALL.into_iter().map(basis).collect();
    let basis_hint = fill(f.m.form_basis_hint, &[("terms", &list(f.language, &bases)), ("pack", &rules.id())]);
    Page { lead, action: kind.action(), full, faults, basis_hint, v: values(&f, fields, choices, rules), f }.render()
}

fn values(f: &Frame, fields: &Fields, choices: &Choices, rules: &RulePack) -> Values {
    let text = |name: &str| fields.get(name).to_owned();
    let has = |name: &'static str, word: &str| fields.all(name).any(|value| value == word);
    let number = |name: &'static str| NumberField {
        name,
        label: f.language.field(name),
        hint: if name == "retain_days_max" {
            fill(f.m.form_retain_hint, &[("days", &rules.retention.retain_days_max.to_string())])
        } else {
            String::new()
        },
        value: text(name),
    };
    let collectable = Direction::ALL.into_iter().filter(|direction| *direction != Direction::Domestic);
    let one =
        |id: String, label: &str, name: &'static str| Choice { on: has(name, &id), word: id, label: label.to_owned() };
    Values {
        id: text("id"),
        title: text("title"),
        necessity: text("necessity"),
        bases: LegalBasis::ALL
            .map(|b| Choice::new(b.word(), f.language.basis(b), has("legal_basis", b.word())))
            .to_vec(),
        carriers: choices
            .carriers
            .iter()
            .map(|org| one(org.id.to_string(), f.language.pick(&org.name_ja, &org.name_en), "carrier"))
            .collect(),
        parties: choices
            .parties
            .iter()
            .map(|org| one(org.id.to_string(), f.language.pick(&org.name_ja, &org.name_en), "party"))
            .collect(),
        clearances: Clearance::ALL
            .map(|level| Choice::new(key(&level), f.language.clearance(level), has("clearance", &key(&level))))
            .to_vec(),
        directions: collectable
            .map(|d| Choice::new(d.word(), f.language.direction(d), has("direction", d.word())))
            .collect(),
        purposes: Purpose::ALL.map(|p| Choice::new(p.word(), f.language.purpose(p), has("purpose", p.word()))).to_vec(),
        analysts: choices.analysts.iter().map(|p| one(p.id.to_string(), &p.display_name, "analyst")).collect(),
        from: text("from"),
        until: text("until"),
        ports: text("ports"),
        protocols: text("protocols"),
        domestic: text("domestic"),
        selectors: text("selectors"),
        dns_names: has("dns_names", "yes"),
        numbers: NUMBERS.map(number).into_iter().collect(),
    }
}

/// What was typed, read; what could not be read, with its field.
struct Typed {
    terms: Terms,
    selectors: Vec<Selector>,
    faults: Vec<(&'static str, String)>,
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
fn typed(f: &Frame, fields: &Fields, rules: &RulePack, base: Option<&Terms>) -> Typed {
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
        legal_basis: base.map_or(legal_basis.unwrap_or(LegalBasis::PartyAgreement), |base| base.legal_basis),
        party: base.map_or_else(|| fields.get("party").parse().ok(), |base| base.party),
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
fn terms_fault(f: &Frame, fault: &TermsFault) -> (&'static str, String) {
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

/// A form that was filled in before, as its fields.
fn fields_of(f: &Frame, terms: &Terms, title: &str, necessity: &str) -> Fields {
    let day = |at: Micros| f.time(at).chars().take(10).collect::<String>();
    let mut pairs = vec![
        ("title", title.to_owned()),
        ("necessity", necessity.to_owned()),
        ("legal_basis", terms.legal_basis.word().to_owned()),
        ("carrier", terms.carrier.to_string()),
        ("party", terms.party.map(|party| party.to_string()).unwrap_or_default()),
        ("clearance", key(&terms.clearance)),
        ("from", day(terms.from)),
        ("until", day(terms.until)),
        ("ports", list_plain(terms.ports.iter().map(|range| ports(*range)))),
        ("protocols", list_plain(terms.protocols.iter().map(ToString::to_string))),
        ("domestic", terms.domestic.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        ("hunts_max", terms.hunts_max.to_string()),
        ("rows_max", terms.rows_max.to_string()),
        ("records_max", terms.records_max.to_string()),
        ("selected_records_max", terms.selected_records_max.to_string()),
        ("retain_days_max", terms.retain_days_max.to_string()),
    ];
    pairs.extend(terms.directions.iter().map(|direction| ("direction", direction.word().to_owned())));
    pairs.extend(terms.purposes.iter().map(|purpose| ("purpose", purpose.word().to_owned())));
    pairs.extend(terms.analysts.iter().map(|person| ("analyst", person.to_string())));
    if terms.dns_names {
        pairs.push(("dns_names", "yes".to_owned()));
    }
    Fields::from_pairs(pairs)
}

fn list_plain(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}

/// A form nobody has touched: a careful beginning, four weeks from tomorrow.
fn fresh(f: &Frame, id: MandateId, now: Micros) -> Fields {
    let day = |days: i64| f.time(Micros(now.0 + days * DAY)).chars().take(10).collect::<String>();
    Fields::from_pairs(vec![
        ("id", id.to_string()),
        ("from", day(1)),
        ("until", day(29)),
        ("purpose", Purpose::FindAttackServers.word().to_owned()),
        ("hunts_max", "20".to_owned()),
        ("rows_max", "1000".to_owned()),
        ("records_max", "1000000000".to_owned()),
        ("selected_records_max", "1000000".to_owned()),
        ("retain_days_max", "30".to_owned()),
    ])
}

async fn choices(hub: &Shared, visit: &Visit) -> Result<Choices, Fault> {
    let me = visit.signed_in().ok_or_else(Fault::sign_in_first)?;
    // The form names the centre's analysts, which nobody outside needs to know.
    if !me.person.acts_as(Role::LineOfficer) {
        return Err(Fault::not_found());
    }
    let organisations = hub.parts.store.organisations(None, 1_000).await?.into_iter().map(|kept| kept.value);
    let (mut carriers, mut parties, mut centre) = (Vec::new(), Vec::new(), None);
    for organisation in organisations {
        match organisation.kind {
            OrgKind::Carrier => carriers.push(organisation),
            OrgKind::NationalCentre => centre = Some(organisation.id),
            OrgKind::Operator => parties.push(organisation),
            _ => {}
        }
    }
    let people = match centre {
        Some(centre) => hub.parts.store.people(centre, None, 1_000).await?,
        None => Vec::new(),
    };
    let analysts = people.into_iter().map(|kept| kept.value).filter(|person| person.acts_as(Role::Analyst)).collect();
    Ok(Choices { carriers, parties, analysts })
}

fn title_of(visit: &Visit, kind: Kind) -> &'static str {
    let m = visit.language.messages();
    match kind {
        Kind::New => m.mandate_request,
        Kind::Version(_) => m.version_request,
        Kind::Narrow(_) => m.narrow,
    }
}

fn form(
    hub: &Shared,
    visit: &Visit,
    kind: Kind,
    (fields, choices): (&Fields, &Choices),
    faults: Vec<(&'static str, String)>,
) -> Answer {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = Frame::new(hub, visit, title_of(visit, kind));
    let html = render(frame, kind, (fields, choices, &hub.parts.rules), faults)?;
    Ok((status, Html(html)).into_response())
}

/// `GET /mandates/new`
pub(crate) async fn new_form(Part(hub): Part<State>, visit: Visit) -> Answer {
    let choices = choices(&hub, &visit).await?;
    let frame = Frame::new(&hub, &visit, "");
    let fields = fresh(&frame, MandateId(hub.id()), visit.at);
    form(&hub, &visit, Kind::New, (&fields, &choices), Vec::new())
}

/// `GET /mandates/{id}/version`
pub(crate) async fn version_form(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>) -> Answer {
    again(&hub, &visit, Kind::Version(id), id).await
}

/// `GET /mandates/{id}/narrow`
pub(crate) async fn narrow_form(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>) -> Answer {
    again(&hub, &visit, Kind::Narrow(id), id).await
}

async fn again(hub: &Shared, visit: &Visit, kind: Kind, id: MandateId) -> Answer {
    let choices = choices(hub, visit).await?;
    let (_, dossier) = dossier(hub, visit, id).await?;
    let granted = dossier.mandate.granted().ok_or_else(Fault::conflict)?;
    let frame = Frame::new(hub, visit, "");
    let fields = fields_of(&frame, &granted.terms, &dossier.mandate.title, "");
    form(hub, visit, kind, (&fields, &choices), Vec::new())
}

/// `POST /mandates/new`
pub(crate) async fn request(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let id = fields.get("id").parse().map_err(|_| Fault::malformed())?;
    ask(&hub, &visit, Kind::New, id, &fields, None).await
}

/// `POST /mandates/{id}/version`
pub(crate) async fn version(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>, fields: Fields) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    let before = dossier.mandate.granted().map(|granted| granted.terms.clone());
    ask(&hub, &visit, Kind::Version(id), id, &fields, before.as_ref()).await
}

async fn ask(
    hub: &Shared,
    visit: &Visit,
    kind: Kind,
    id: MandateId,
    fields: &Fields,
    before: Option<&Terms>,
) -> Answer {
    let choices = choices(hub, visit).await?;
    let frame = Frame::new(hub, visit, "");
    let Typed { mut terms, selectors, mut faults } = typed(&frame, fields, &hub.parts.rules, None);
    let said = Said::new(fields.get("necessity"), Salt(Digest(hub.random())));
    for (name, empty) in [("title", fields.get("title").is_empty()), ("necessity", !said.is_given())] {
        if empty {
            faults.push((name, fill(frame.m.terms_empty, &[("field", &frame.language.field(name))])));
        }
    }
    let unread = faults.len();
    faults.extend(hub.parts.rules.check(&terms, visit.at).iter().map(|fault| terms_fault(&frame, fault)));
    // A field that could not be read is said once, not again for the value that stands in for it.
    let (read, checked) = faults.split_at(unread);
    let fresh: Vec<_> =
        checked.iter().filter(|(name, _)| !read.iter().any(|(other, _)| other == name)).cloned().collect();
    let faults: Vec<_> = read.iter().cloned().chain(fresh).collect();
    if !faults.is_empty() {
        return form(hub, visit, kind, (fields, &choices), faults);
    }
    let mut request = Request {
        necessity: said,
        selectors,
        selectors_salt: Salt(Digest(hub.random())),
        terms: terms.clone(),
        title: fields.get("title").to_owned(),
    };
    terms.selectors = request.commitment();
    request.terms = terms;
    let widens = before.map(|before| wider(&frame, &request.terms, before)).filter(|text| !text.is_empty());
    let next = (format!("/mandates/{id}"), "/mandates");
    let deed = Deed::Mandate { id, command: Box::new(Command::Request(Box::new(request))) };
    confirm::ask(hub, visit, deed, next, widens).await
}

fn wider(f: &Frame, terms: &Terms, before: &Terms) -> String {
    let fields: Vec<_> = terms.widens(before).into_iter().map(|field| f.language.field(field)).collect();
    if fields.is_empty() { String::new() } else { fill(f.m.confirm_widens, &[("fields", &list(f.language, &fields))]) }
}

/// `POST /mandates/{id}/narrow`
pub(crate) async fn narrow(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>, fields: Fields) -> Answer {
    let choices = choices(&hub, &visit).await?;
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    let before = dossier.mandate.granted().map(|granted| granted.terms.clone()).ok_or_else(Fault::conflict)?;
    let frame = Frame::new(&hub, &visit, "");
    let Typed { mut terms, mut faults, .. } = typed(&frame, &fields, &hub.parts.rules, Some(&before));
    // Days are whole on the form; an untouched day is the moment that was granted.
    let day = |at: Micros| frame.time(at).chars().take(10).collect::<String>();
    if fields.get("from") == day(before.from) {
        terms.from = before.from;
    }
    if fields.get("until") == day(before.until) {
        terms.until = before.until;
    }
    for field in terms.widens(&before) {
        faults.push((field, fill(frame.m.narrow_widens, &[("field", &frame.language.field(field))])));
    }
    if !faults.is_empty() {
        return form(&hub, &visit, Kind::Narrow(id), (&fields, &choices), faults);
    }
    debug_assert_eq!(key(&terms.legal_basis), terms.legal_basis.word());
    let next = (format!("/mandates/{id}"), "/mandates");
    let deed = Deed::Mandate { id, command: Box::new(Command::Narrow(Box::new(terms))) };
    confirm::ask(&hub, &visit, deed, next, None).await
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
