//! `/mandates/new`, `/mandates/{id}/version`, `/mandates/{id}/narrow`: terms are written, checked beside their fields,
//! and nothing typed is lost.

use super::choices::{self, Choices};
use super::dossier;
use super::terms::ports;
use super::typed::{Typed, terms_fault, typed};
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
use noroshi_casework::mandate::{Command, Request, RulePack};
use noroshi_leaf::{Digest, Salt, Terms};
use noroshi_model::time::DAY;
use noroshi_model::{Clearance, Direction, MandateId, Micros, Purpose};

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
    /// Name of the operator whose agreement it is; the form then asks for less.
    own: Option<String>,
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
        Kind::New if choices.own.is_some() => (f.m.form_lead_agreement, true),
        Kind::New => (f.m.form_lead, true),
        Kind::Version(_) => (f.m.form_lead_version, true),
        Kind::Narrow(_) => (f.m.form_lead_narrow, false),
    };
    let basis = |basis| format!("{} {} {}", f.language.basis(basis), rules.basis(basis).term_days_max, f.m.days);
    let bases: Vec<_> = choices.bases().map(basis).collect();
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
        bases: choices
            .bases()
            .map(|b| Choice::new(b.word(), f.language.basis(b), has("legal_basis", b.word())))
            .collect(),
        carriers: choices
            .carriers
            .iter()
            .map(|org| one(org.id.to_string(), f.language.pick(&org.name_ja, &org.name_en), "carrier"))
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
        own: choices.own.as_ref().map(|own| f.language.pick(&own.name_ja, &own.name_en).to_owned()),
        numbers: NUMBERS.map(number).into_iter().collect(),
    }
}

/// A form that was filled in before, as its fields.
fn fields_of(f: &Frame, terms: &Terms, title: &str, necessity: &str) -> Fields {
    let day = |at: Micros| f.time(at).chars().take(10).collect::<String>();
    let mut pairs = vec![
        ("title", title.to_owned()),
        ("necessity", necessity.to_owned()),
        ("legal_basis", terms.legal_basis.word().to_owned()),
        ("carrier", terms.carrier.to_string()),
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

fn title_of(visit: &Visit, kind: Kind) -> &'static str {
    let m = visit.language.messages();
    match kind {
        Kind::New => visit
            .signed_in()
            .map_or(m.mandate_request, |who| choices::title(visit.language, &who.person, &who.organisation)),
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
    let choices = Choices::read(&hub, &visit).await?;
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
    let choices = Choices::read(hub, visit).await?;
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
    let choices = Choices::read(hub, visit).await?;
    let frame = Frame::new(hub, visit, "");
    let Typed { mut terms, selectors, mut faults } = typed(&frame, fields, &hub.parts.rules, None);
    choices.settle(&mut terms, before);
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
    let choices = Choices::read(&hub, &visit).await?;
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    let before = dossier.mandate.granted().map(|granted| granted.terms.clone()).ok_or_else(Fault::conflict)?;
    let frame = Frame::new(&hub, &visit, "");
    let Typed { mut terms, mut faults, .. } = typed(&frame, &fields, &hub.parts.rules, Some(&before));
    choices.settle(&mut terms, Some(&before));
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
