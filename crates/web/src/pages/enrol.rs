//! `/enrol/{secret}` and `/account/passkeys/new`: a passkey is made, by a one-time link or by a session.

use super::Frame;
use super::sign_in::begin_session;
use crate::answer::{Answer, Fields, page, see_other};
use crate::ceremony::Ceremony;
use crate::fault::Fault;
use crate::messages::fill;
use crate::passkey::{Registering, Right};
use crate::record;
use crate::state::{Shared, State};
use crate::visitor::Visit;
use askama::Template;
use axum::extract::{Path, State as Part};
use noroshi_casework::party::{Person, Standing};
use noroshi_leaf::body::CredentialKind;
use noroshi_store::account::passkey::Passkey as Kept;
use noroshi_store::account::secret::Secret;

#[derive(Template)]
#[template(path = "enrol.html")]
struct Page {
    f: Frame,
    lead: String,
    action: &'static str,
    options: String,
    ceremony: String,
}

/// The page.
pub(crate) fn render(
    f: Frame,
    lead: String,
    action: &'static str,
    (options, ceremony): (String, String),
) -> Result<String, askama::Error> {
    Page { f: f.with_passkey(), lead, action, options, ceremony }.render()
}

/// `GET /enrol/{secret}`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(secret): Path<String>) -> Answer {
    let hash = Secret::parse(&secret).ok_or_else(Fault::not_valid)?.hash();
    let person = hub.parts.store.enrolment(hash, visit.at).await?;
    let m = visit.language.messages();
    let lead = fill(m.enrol_lead, &[("name", &person.display_name)]);
    let waits = begin(&hub, &visit, person, &[], Right::Link(hash))?;
    page(render(Frame::new(&hub, &visit, m.enrol_title), lead, "/enrol", waits)?)
}

/// `GET /account/passkeys/new`
pub(crate) async fn another(Part(hub): Part<State>, visit: Visit) -> Answer {
    let person = visit.signed_in().ok_or_else(Fault::sign_in_first)?.person.clone();
    let registered = hub.parts.store.passkeys(person.id).await?;
    let m = visit.language.messages();
    let waits = begin(&hub, &visit, person, &registered, Right::Session)?;
    page(render(Frame::new(&hub, &visit, m.passkey_add), m.passkey_add_lead.to_owned(), "/account/passkeys", waits)?)
}

fn begin(
    hub: &Shared,
    visit: &Visit,
    person: Person,
    registered: &[Kept],
    right: Right,
) -> Result<(String, String), Fault> {
    let (options, state) = hub.passkeys.register(&person, registered)?;
    let key = hex::encode(hub.random());
    hub.waiting.put(key.clone(), Ceremony::Register(Box::new(Registering { person, right, state })), visit.at);
    Ok((options.to_string(), key))
}

/// `POST /enrol` and `POST /account/passkeys`
pub(crate) async fn finish(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let Some(Ceremony::Register(waits)) = hub.waiting.take(fields.get("ceremony"), visit.at) else {
        return Err(Fault::ceremony_over());
    };
    let Registering { person, right, state } = *waits;
    let label: String = fields.get("label").chars().take(100).collect();
    let passkey = hub.passkeys.registered(fields.get("answer"), &state, &label)?;
    let said = record::credential(&person, CredentialKind::Passkey, true, &passkey.credential_id);
    let leaf = record::entry(&hub, record::actor_of(&person), visit.at, said)?;
    match right {
        Right::Link(hash) => {
            let person = hub.parts.store.accept_enrolment(hash, &passkey, visit.at, &leaf).await?.value;
            debug_assert_eq!(person.standing, Standing::Active);
            begin_session(&hub, &person, visit.at, "/home").await
        }
        Right::Session => {
            let same = visit.signed_in().is_some_and(|signed_in| signed_in.person.id == person.id);
            if !same {
                return Err(Fault::ceremony_over());
            }
            hub.parts.store.add_passkey(person.id, &passkey, visit.at, &leaf).await?;
            Ok(see_other("/account"))
        }
    }
}
