//! `/organisations`: who takes part, and inviting people. [`change`] the card of one, [`machines`] their certificates.

pub(crate) mod change;
pub(crate) mod machines;

use super::Frame;
use super::form::Choice;
use crate::answer::{Answer, Fields, page, see_other};
use crate::fault::Fault;
use crate::limits::ENROLMENT_DAYS_MAX;
use crate::record;
use crate::show;
use crate::state::{Shared, State};
use crate::visitor::{SignedIn, Visit};
use crate::words::key;
use askama::Template;
use axum::extract::{Path, State as Part};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use noroshi_authz::{Circumstances, act, resource};
use noroshi_casework::party::{Command, Event, Organisation, Person, Sector, Standing};
use noroshi_model::time::DAY;
use noroshi_model::{Country, Micros, OrgId, OrgKind, PersonId, Rank, Role};
use noroshi_store::account::enrolment::NewEnrolment;
use noroshi_store::account::person::{Asker, Change, Told};
use noroshi_store::account::secret::Secret;
use std::collections::BTreeSet;

/// The table of sectors that codes are read from (重要インフラ分野、2026 年 10 月 1 日).
pub(crate) const SECTOR_TABLE: &str = "2026-10-01";

struct OrgRow {
    id: OrgId,
    name: String,
    kind: &'static str,
    sector: String,
    flags: String,
}

#[derive(Template)]
#[template(path = "organisations.html")]
struct ListPage {
    f: Frame,
    orgs: Vec<OrgRow>,
    may_register: bool,
}

struct PersonRow {
    id: PersonId,
    name: String,
    roles: String,
    clearance: String,
    standing: String,
    class: &'static str,
    open: bool,
}

#[derive(Template)]
#[template(path = "organisation.html")]
struct OnePage {
    f: Frame,
    id: OrgId,
    name: String,
    facts: Vec<(&'static str, String)>,
    people: Vec<PersonRow>,
    may_invite: bool,
    may_change: bool,
    roles: Vec<Choice>,
    invited_name: String,
    link: Option<String>,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "organisation_new.html")]
struct NewPage {
    f: Frame,
    kinds: Vec<Choice>,
    name_ja: String,
    name_en: String,
    sector: String,
    country: String,
    fault: Option<String>,
}

fn row(f: &Frame, organisation: &Organisation) -> OrgRow {
    let flags: Vec<_> = organisation.flags.iter().map(|flag| f.language.org_flag(*flag)).collect();
    OrgRow {
        id: organisation.id,
        name: f.language.pick(&organisation.name_ja, &organisation.name_en).to_owned(),
        kind: f.language.org_kind(organisation.kind),
        sector: organisation.sector.as_ref().map_or_else(|| "–".to_owned(), |sector| sector.code.clone()),
        flags: if flags.is_empty() { "–".to_owned() } else { show::list(f.language, &flags) },
    }
}

/// The list.
pub(crate) fn render_list(
    f: Frame,
    organisations: &[Organisation],
    may_register: bool,
) -> Result<String, askama::Error> {
    let orgs = organisations.iter().map(|organisation| row(&f, organisation)).collect();
    ListPage { orgs, may_register, f }.render()
}

/// The form for a new one.
pub(crate) fn render_new(f: Frame, fields: &Fields, fault: Option<String>) -> Result<String, askama::Error> {
    let founding = |kind: &OrgKind| matches!(kind, OrgKind::NationalCentre | OrgKind::Commission);
    let kinds = OrgKind::ALL.into_iter().filter(|kind| !founding(kind));
    let kinds =
        kinds.map(|kind| Choice::new(kind.word(), f.language.org_kind(kind), fields.get("kind") == kind.word()));
    let text = |name| fields.get(name).to_owned();
    NewPage {
        kinds: kinds.collect(),
        name_ja: text("name_ja"),
        name_en: text("name_en"),
        sector: text("sector"),
        country: country(fields).unwrap_or(Country::JAPAN).to_string(),
        fault,
        f,
    }
    .render()
}

/// What the page of one organisation shows.
pub(crate) struct OrgView<'a> {
    pub(crate) organisation: &'a Organisation,
    pub(crate) people: &'a [Person],
    /// Whether single accounts may be opened.
    pub(crate) open: bool,
    pub(crate) may_invite: bool,
    pub(crate) may_change: bool,
    pub(crate) chosen: &'a BTreeSet<Role>,
    pub(crate) invited_name: &'a str,
    pub(crate) link: Option<String>,
    pub(crate) fault: Option<String>,
}

/// One organisation.
pub(crate) fn render_one(f: Frame, view: OrgView<'_>) -> Result<String, askama::Error> {
    let organisation = view.organisation;
    let shown = row(&f, organisation);
    let facts = vec![
        (f.m.org_kind, shown.kind.to_owned()),
        (f.m.org_sector, shown.sector),
        (f.m.org_flags, shown.flags),
        (f.m.org_other_name, f.language.pick(&organisation.name_en, &organisation.name_ja).to_owned()),
    ];
    let people = view.people.iter().map(|person| PersonRow {
        id: person.id,
        name: person.display_name.clone(),
        roles: f.language.roles(&person.roles),
        clearance: clearance(&f, person),
        standing: f.language.person_standing(person.standing),
        class: standing_class(person.standing),
        open: view.open,
    });
    let roles = role_choices(&f, organisation.kind, view.chosen);
    OnePage {
        id: organisation.id,
        name: shown.name,
        facts,
        people: people.collect(),
        may_invite: view.may_invite,
        may_change: view.may_change,
        roles,
        invited_name: view.invited_name.to_owned(),
        link: view.link,
        fault: view.fault,
        f,
    }
    .render()
}

pub(crate) fn role_choices(f: &Frame, kind: OrgKind, chosen: &BTreeSet<Role>) -> Vec<Choice> {
    let roles = Role::ALL.into_iter().filter(|role| role.exists_at(kind));
    roles.map(|role| Choice::new(role.word(), f.language.role(role), chosen.contains(&role))).collect()
}

pub(crate) fn clearance(f: &Frame, person: &Person) -> String {
    match &person.clearance {
        None => "–".to_owned(),
        Some(held) => format!("{} ({} {})", f.language.clearance(held.level), f.m.until, f.time(held.until)),
    }
}

/// The country a form names: Japan where it names none.
pub(crate) fn country(fields: &Fields) -> Option<Country> {
    match fields.get("country") {
        "" => Some(Country::JAPAN),
        word => word.parse().ok(),
    }
}

pub(crate) const fn standing_class(standing: Standing) -> &'static str {
    match standing {
        Standing::Invited => "waits",
        Standing::Active => "live",
        Standing::Suspended => "stopped",
        Standing::Left => "none",
    }
}

pub(crate) fn me(visit: &Visit) -> Result<&SignedIn, Fault> {
    visit.signed_in().ok_or_else(Fault::sign_in_first)
}

/// Organisations whose card is open to the visitor.
pub(crate) async fn readable(hub: &Shared, visit: &Visit) -> Result<Vec<Organisation>, Fault> {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let circumstances = Circumstances::at(visit.at);
    let organisations = hub.parts.store.organisations(None, 1_000).await?;
    let may_read = |org: &Organisation| {
        let card = resource::Org { id: org.id, kind: org.kind };
        hub.parts.authz.authorise::<act::ReadOrg>(&asker.principal, &card, &circumstances).is_ok()
    };
    Ok(organisations.into_iter().map(|kept| kept.value).filter(may_read).collect())
}

/// `GET /organisations`
pub(crate) async fn list(Part(hub): Part<State>, visit: Visit) -> Answer {
    let me = me(&visit)?;
    let open = readable(&hub, &visit).await?;
    let may_register = me.person.acts_as(Role::Administrator);
    page(render_list(Frame::new(&hub, &visit, visit.language.messages().orgs_title), &open, may_register)?)
}

/// `GET /organisations/new`
pub(crate) async fn new_form(Part(hub): Part<State>, visit: Visit) -> Answer {
    if !me(&visit)?.person.acts_as(Role::Administrator) {
        return Err(Fault::not_found());
    }
    page(render_new(Frame::new(&hub, &visit, visit.language.messages().org_register), &Fields::default(), None)?)
}

/// `POST /organisations/new`
pub(crate) async fn register(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let actor = visit.actor().ok_or_else(Fault::sign_in_first)?;
    let kind = OrgKind::ALL.into_iter().find(|kind| kind.word() == fields.get("kind")).ok_or_else(Fault::malformed)?;
    let sector = fields.get("sector");
    let country = country(&fields).ok_or_else(Fault::malformed)?;
    let organisation = Organisation {
        id: OrgId(hub.id()),
        kind,
        country,
        name_ja: fields.get("name_ja").to_owned(),
        name_en: fields.get("name_en").to_owned(),
        sector: (!sector.is_empty())
            .then(|| Sector { code: sector.to_owned(), table_version: SECTOR_TABLE.to_owned() }),
        flags: BTreeSet::new(),
    };
    let card = resource::Org { id: organisation.id, kind };
    record::permitted::<act::RegisterOrg>(&hub, &visit, &card, &Circumstances::at(visit.at)).await?;
    if let Err(bad) = organisation.check() {
        let frame = Frame::new(&hub, &visit, visit.language.messages().org_register);
        let fault = visit.language.pick(frame.m.org_fault, &bad.to_string()).to_owned();
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(render_new(frame, &fields, Some(fault))?)).into_response());
    }
    let leaf = record::entry(&hub, actor, visit.at, record::organisation(&hub, &organisation))?;
    hub.parts.store.add_organisation(&organisation, visit.at, &leaf).await?;
    Ok(see_other(&format!("/organisations/{}", organisation.id)))
}

/// `GET /organisations/{id}`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(id): Path<OrgId>) -> Answer {
    view(&hub, &visit, id, &Fields::default(), None, None).await
}

async fn view(
    hub: &Shared,
    visit: &Visit,
    id: OrgId,
    fields: &Fields,
    link: Option<String>,
    fault: Option<String>,
) -> Answer {
    let me = me(visit)?;
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let organisation = hub.parts.store.organisation(id).await?.ok_or_else(Fault::not_found)?.value;
    {
        let card = resource::Org { id, kind: organisation.kind };
        let circumstances = Circumstances::at(visit.at);
        // Whoever may not read it does not learn that it exists.
        let permit = hub.parts.authz.authorise::<act::ReadOrg>(&asker.principal, &card, &circumstances);
        let _permit = permit.map_err(|_| Fault::not_found())?;
    }
    let keeper = me.person.acts_as(Role::OrgAdministrator) && me.person.org == id;
    let administrator = me.person.acts_as(Role::Administrator);
    let looks = keeper || administrator || me.person.acts_as(Role::LegalOfficer) || me.person.acts_as(Role::Inspector);
    let people = if looks { hub.parts.store.people(id, None, 1_000).await? } else { Vec::new() };
    let people: Vec<_> = people.into_iter().map(|kept| kept.value).collect();
    let chosen = chosen_roles(fields);
    let title = visit.language.pick(&organisation.name_ja, &organisation.name_en).to_owned();
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = OrgView {
        organisation: &organisation,
        people: &people,
        open: looks,
        may_invite: keeper || administrator,
        may_change: keeper || administrator,
        chosen: &chosen,
        invited_name: fields.get("display_name"),
        link,
        fault,
    };
    Ok((status, Html(render_one(Frame::new(hub, visit, title), shown)?)).into_response())
}

pub(crate) fn chosen_roles(fields: &Fields) -> BTreeSet<Role> {
    fields.all("role").filter_map(|word| Role::ALL.into_iter().find(|role| role.word() == word)).collect()
}

/// `POST /organisations/{id}/invite`: the link is shown once, on the page that answers.
pub(crate) async fn invite(Part(hub): Part<State>, visit: Visit, Path(id): Path<OrgId>, fields: Fields) -> Answer {
    let me = me(&visit)?;
    let actor = visit.actor().ok_or_else(Fault::sign_in_first)?;
    let secret = Secret::from_random(hub.random());
    let person = PersonId(hub.id());
    let (roles, name) = (chosen_roles(&fields), fields.get("display_name").to_owned());
    may_invite(&hub, &visit, id, person, &roles).await?;
    let change = Change {
        asker: Asker::Person(me.person.id),
        org: id,
        person,
        command: Command::Invite { person, display_name: name, roles },
        enrolment: Some(enrolment(&secret, visit.at)),
    };
    // The leaf is made where the store decides, from what it decided.
    let invited = |told: Told<'_>| match told {
        Told::Change(Ok(Event::Invited(person))) => Some(record::person(&hub, person)),
        _ => None,
    };
    match decide(&hub, &visit, actor, change, &invited).await? {
        Ok(()) => {
            let link = enrolment_link(&hub, &secret);
            view(&hub, &visit, id, &Fields::default(), Some(link), None).await
        }
        Err(fault) => view(&hub, &visit, id, &fields, None, Some(fault)).await,
    }
}

/// The row of a one-time link.
pub(crate) fn enrolment(secret: &Secret, at: Micros) -> NewEnrolment {
    NewEnrolment { hash: secret.hash(), expires_at: Micros(at.0 + ENROLMENT_DAYS_MAX * DAY) }
}

/// The link itself, to be handed over.
pub(crate) fn enrolment_link(hub: &Shared, secret: &Secret) -> String {
    format!("{}/enrol/{}", hub.parts.config.origin.origin().ascii_serialization(), secret.reveal())
}

/// The policies on an invitation.
async fn may_invite(
    hub: &Shared,
    visit: &Visit,
    org: OrgId,
    person: PersonId,
    roles: &BTreeSet<Role>,
) -> Result<(), Fault> {
    let organisation = hub.parts.store.organisation(org).await?.ok_or_else(Fault::not_found)?.value;
    let first_of_org = hub.parts.store.people(org, None, 1).await?.is_empty();
    let invitation = resource::Invitation {
        person,
        org,
        org_kind: organisation.kind,
        roles: roles.clone(),
        rank: roles.iter().map(|role| role.rank()).max().unwrap_or(Rank::Member),
        first_of_org,
    };
    record::permitted::<act::InvitePerson>(hub, visit, &invitation, &Circumstances::at(visit.at)).await
}

/// Has the store decide a change of an account, with the leaf of what it decided; a refusal in words.
pub(crate) async fn decide(
    hub: &Shared,
    visit: &Visit,
    actor: noroshi_leaf::Actor,
    change: Change,
    body: &(dyn Fn(Told<'_>) -> Option<noroshi_leaf::Body> + Sync),
) -> Result<Result<(), String>, Fault> {
    let word = key(&change.command);
    let leaf = |told: Told<'_>| {
        let said = match told {
            Told::Change(Err(refused)) => Some(record::refused(&format!("person.{word}"), refused.rule())),
            told => body(told),
        };
        let said = said.unwrap_or_else(|| record::refused(&format!("person.{word}"), "party.unknown"));
        // An account's leaf is far below the limit; if it ever were not, the store refuses the empty one.
        record::entry(hub, actor, visit.at, said)
            .unwrap_or_else(|_| noroshi_store::leaf::LeafEntry { id: hub.id(), bytes: Vec::new() })
    };
    match hub.parts.store.change_person(&change, visit.at, &leaf).await? {
        Ok(_) => Ok(Ok(())),
        Err(refused) => {
            let ja = crate::messages::look_up(visit.language.messages().rule_of, refused.rule()).to_owned();
            Ok(Err(visit.language.pick(&ja, &refused.to_string()).to_owned()))
        }
    }
}
