//! `/people/{id}`: one account: roles, clearance, standing. Every change is signed afresh.

use super::Frame;
use super::confirm;
use super::form::Choice;
use super::organisations::{clearance, decide, enrolment, enrolment_link, me, role_choices};
use crate::answer::{Answer, Fields, page};
use crate::fault::Fault;
use crate::office::Deed;
use crate::record;
use crate::state::{Shared, State};
use crate::visitor::{Visit, as_authz};
use crate::words::key;
use askama::Template;
use axum::extract::{Path, State as Part};
use noroshi_authz::{Circumstances, act, resource::PersonChange};
use noroshi_casework::party::{Command, Event, HeldClearance, Organisation, Person, Standing, apply};
use noroshi_leaf::body::CredentialKind;
use noroshi_model::{Clearance, Micros, OrgId, PersonId, Rank, Role};
use noroshi_store::account::person::{Asker, Change, Told};
use noroshi_store::account::secret::Secret;

#[derive(Template)]
#[template(path = "person.html")]
struct Page {
    f: Frame,
    id: PersonId,
    name: String,
    facts: Vec<(&'static str, String)>,
    may_change: bool,
    roles: Vec<Choice>,
    levels: Vec<Choice>,
    compartments: String,
    active: bool,
    suspended: bool,
    /// Whether a fresh enrolment link can be made: for somebody invited or active.
    enrols: bool,
    fault: Option<String>,
}

/// The page.
pub(crate) fn render(
    f: Frame,
    person: &Person,
    organisation: &Organisation,
    may_change: bool,
    fault: Option<String>,
) -> Result<String, askama::Error> {
    let facts = vec![
        (f.m.organisation, f.language.pick(&organisation.name_ja, &organisation.name_en).to_owned()),
        (f.m.standing, f.language.person_standing(person.standing)),
        (f.m.roles, f.language.roles(&person.roles)),
        (f.m.clearance, clearance(&f, person)),
        (f.m.id, person.id.to_string()),
    ];
    let held = person.clearance.as_ref().map_or(Clearance::None, |held| held.level);
    let levels =
        Clearance::ALL.map(|level| Choice::new(key(&level), f.language.clearance(level), level == held)).to_vec();
    Page {
        id: person.id,
        name: person.display_name.clone(),
        facts,
        may_change,
        roles: role_choices(&f, organisation.kind, &person.roles),
        levels,
        compartments: compartments(person),
        active: person.standing == Standing::Active,
        suspended: person.standing == Standing::Suspended,
        enrols: matches!(person.standing, Standing::Invited | Standing::Active),
        fault,
        f,
    }
    .render()
}

/// The compartments held, a space between.
fn compartments(person: &Person) -> String {
    let held = person.clearance.iter().flat_map(|held| &held.compartments);
    held.map(noroshi_model::Compartment::as_str).collect::<Vec<_>>().join(" ")
}

/// `GET /people/{id}`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(id): Path<PersonId>) -> Answer {
    let (person, organisation) = read(&hub, &visit, id).await?;
    let me = &me(&visit)?.person;
    let keeper = me.acts_as(Role::OrgAdministrator) && me.org == person.org;
    let may_change = me.id != id && (keeper || me.acts_as(Role::Administrator) || me.acts_as(Role::LegalOfficer));
    let frame = Frame::new(&hub, &visit, person.display_name.clone());
    page(render(frame, &person, &organisation, may_change, None)?)
}

/// An account that the visitor may read; another one is not there.
async fn read(hub: &Shared, visit: &Visit, id: PersonId) -> Result<(Person, Organisation), Fault> {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let person = hub.parts.store.person(id).await?.ok_or_else(Fault::not_found)?.value;
    let organisation = hub.parts.store.organisation(person.org).await?.ok_or_else(Fault::not_found)?.value;
    let account = as_authz(&person, &organisation, visit.at);
    let circumstances = Circumstances::at(visit.at);
    let permit = hub.parts.authz.authorise::<act::ReadPerson>(&asker.principal, &account, &circumstances);
    let allowed = permit.is_ok();
    drop(permit);
    if allowed { Ok((person, organisation)) } else { Err(Fault::not_found()) }
}

/// `POST /people/{id}/change`
pub(crate) async fn change(Part(hub): Part<State>, visit: Visit, Path(id): Path<PersonId>, fields: Fields) -> Answer {
    let (person, _) = read(&hub, &visit, id).await?;
    let command = command(&fields).ok_or_else(Fault::malformed)?;
    let back = format!("/people/{id}");
    let deed = Deed::Person { org: person.org, person: id, command };
    confirm::ask(&hub, &visit, deed, (back.clone(), &back), None).await
}

fn command(fields: &Fields) -> Option<Command> {
    let role = || Role::ALL.into_iter().find(|role| role.word() == fields.get("role"));
    Some(match fields.get("to") {
        "grant_role" => Command::GrantRole(role()?),
        "withdraw_role" => Command::WithdrawRole(role()?),
        "suspend" => Command::Suspend,
        "resume" => Command::Resume,
        "leave" => Command::Leave,
        "reenrol" => Command::Reenrol,
        "set_clearance" => {
            let level = Clearance::ALL.into_iter().find(|level| key(level) == fields.get("level"))?;
            if level == Clearance::None {
                return Some(Command::WithdrawClearance);
            }
            let until = Micros::parse(fields.get("until")).ok()?;
            let words = fields.get("compartments").split([' ', ',', '、', '　']).filter(|word| !word.is_empty());
            let compartments = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
            Command::SetClearance(HeldClearance { level, until, source: fields.get("source").to_owned(), compartments })
        }
        _ => return None,
    })
}

/// Authorises a signed change of an account, and has the store decide it. Gives the one-time link of a new enrolment
/// (パスキーの再登録): the old keys end in the same transaction, each with its line.
pub(crate) async fn carry_out(
    hub: &Shared,
    visit: &Visit,
    org: OrgId,
    id: PersonId,
    command: Command,
) -> Result<Option<String>, Fault> {
    let (before, organisation) = read(hub, visit, id).await?;
    authorise(hub, visit, &before, &organisation, &command).await?;
    let secret = matches!(command, Command::Reenrol).then(|| Secret::from_random(hub.random()));
    let enrolment = secret.as_ref().map(|secret| enrolment(secret, visit.at));
    let change = Change { asker: Asker::Person(me(visit)?.person.id), org, person: id, command, enrolment };
    let actor = visit.actor().ok_or_else(Fault::sign_in_first)?;
    let body = |told: Told<'_>| match told {
        Told::Change(Ok(Event::Reenrolled)) => secret
            .as_ref()
            .map(|secret| record::credential(&before, CredentialKind::EnrolmentLink, true, &secret.hash().0)),
        Told::Change(Ok(event)) => apply(Some(before.clone()), event).map(|person| record::person(hub, &person)),
        Told::Change(Err(_)) => None,
        Told::Ended(ended) => Some(record::ended(&before, ended)),
    };
    match decide(hub, visit, actor, change, &body).await? {
        Ok(()) => Ok(secret.map(|secret| enrolment_link(hub, &secret))),
        Err(words) => Err(Fault::refused("party", words.clone(), words)),
    }
}

/// The policies on the change: the account as it stands, and as it would be.
async fn authorise(
    hub: &Shared,
    visit: &Visit,
    before: &Person,
    organisation: &Organisation,
    command: &Command,
) -> Result<(), Fault> {
    let circumstances = Circumstances::at(visit.at).stepped_up();
    let mut change = PersonChange::of(as_authz(before, organisation, visit.at));
    match command {
        Command::GrantRole(role) => {
            change.roles_after.insert(*role);
        }
        Command::WithdrawRole(role) => {
            change.roles_after.remove(role);
        }
        Command::SetClearance(held) => change.clearance_after = held.level,
        Command::WithdrawClearance => change.clearance_after = Clearance::None,
        _ => {}
    }
    change.rank_after = change.roles_after.iter().map(|role| role.rank()).max().unwrap_or(Rank::Member);
    match command {
        Command::SetClearance(_) | Command::WithdrawClearance => {
            record::permitted::<act::SetClearance>(hub, visit, &change, &circumstances).await
        }
        _ => record::permitted::<act::ChangeMembership>(hub, visit, &change, &circumstances).await,
    }
}
