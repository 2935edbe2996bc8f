//! A deed that waits for a fresh signature over exactly its object, kept as evidence before it is done.

use crate::fault::Fault;
use crate::office::{Deed, Written};
use crate::pages::organisations::machines;
use crate::pages::people;
use crate::passkey::base64url;
use crate::record;
use crate::state::Shared;
use crate::visitor::{Via, Visit};
use noroshi_leaf::Digest;
use noroshi_leaf::body::CredentialKind;
use noroshi_model::PersonId;
use noroshi_store::account::step_up::StepUp;
use serde_json::json;
use webauthn_rs::prelude::PasskeyAuthentication;

/// A deed that waits.
pub(crate) struct Unsigned {
    pub(crate) person: PersonId,
    pub(crate) deed: Deed,
    /// The canonical bytes whose SHA-256 is the challenge.
    pub(crate) object: Vec<u8>,
    /// `None` for a demonstration's one-click role, which has no passkey.
    pub(crate) state: Option<PasskeyAuthentication>,
    /// What will be done, in words.
    pub(crate) what: String,
    /// Where to go afterwards.
    pub(crate) next: String,
}

/// What to show the person who signs.
pub(crate) struct Shown {
    pub(crate) options: String,
    pub(crate) object: String,
    pub(crate) digest: String,
    pub(crate) waits: Unsigned,
}

/// Makes the object and the challenge.
pub(crate) async fn prepare(
    hub: &Shared,
    visit: &Visit,
    deed: Deed,
    what: String,
    next: String,
) -> Result<Shown, Fault> {
    let person = visit.signed_in().ok_or_else(Fault::sign_in_first)?.person.id;
    let passkeys = hub.parts.store.passkeys(person).await?;
    let demo = passkeys.is_empty() && is_demo_role(hub, person);
    if passkeys.is_empty() && !demo {
        return Err(Fault::needs_passkey());
    }
    let nonce = base64url(&hub.random());
    let object = deed.bytes_to_sign(person, visit.at, &nonce);
    let digest = Digest::of(&object);
    let (options, state) = match demo {
        true => (String::new(), None),
        false => hub.passkeys.sign_object(&passkeys, &digest.0).map(|(o, state)| (o.to_string(), Some(state)))?,
    };
    let shown = serde_json::to_string_pretty(&deed.object()).map_err(|error| Fault::failed(&error))?;
    let waits = Unsigned { person, deed, object, state, what, next };
    Ok(Shown { options, object: shown, digest: digest.to_string(), waits })
}

/// What became of a signed deed.
pub(crate) struct Outcome {
    pub(crate) written: Written,
    /// A one-time enrolment link: shown once, kept nowhere.
    pub(crate) link: Option<String>,
}

impl From<Written> for Outcome {
    fn from(written: Written) -> Self {
        Self { written, link: None }
    }
}

/// Checks the signature, keeps it with its object, and then has the deed done.
pub(crate) async fn sign_and_do(hub: &Shared, visit: &Visit, waits: &Unsigned, answer: &str) -> Result<Outcome, Fault> {
    let signed_in = visit.signed_in().ok_or_else(Fault::sign_in_first)?;
    let Via::Session { hash, .. } = &signed_in.via else { return Err(Fault::not_valid()) };
    if signed_in.person.id != waits.person {
        return Err(Fault::ceremony_over());
    }
    let passkeys = hub.parts.store.passkeys(waits.person).await?;
    let credential = match &waits.state {
        Some(state) => {
            let used = hub.passkeys.signed_object(answer, state, &passkeys)?;
            hub.parts.store.use_passkey(&used.credential_id, &used.body, used.sign_count, visit.at).await?;
            hex::encode(&used.credential_id)
        }
        None if is_demo_role(hub, waits.person) => "demonstration".to_owned(),
        None => return Err(Fault::not_valid()),
    };
    let object_digest = Digest::of(&waits.object);
    let kept = json!({
        "assertion": answer,
        "credential": credential,
        "object": String::from_utf8_lossy(&waits.object),
    });
    let assertion = crate::canonical::bytes(&kept);
    let evidence = Digest::of(&assertion);
    // The ledger has no word of its own for a kept signature; it is a token for one deed.
    let said = record::credential(&signed_in.person, CredentialKind::Token, true, &assertion);
    let leaf = record::entry(hub, record::actor_of(&signed_in.person), visit.at, said)?;
    let step_up = StepUp { id: hub.id(), person: waits.person, object_digest: object_digest.0, assertion };
    hub.parts.store.keep_step_up(*hash, &step_up, visit.at, &leaf).await?;
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    match &waits.deed {
        Deed::Person { org, person, command } => {
            let link = people::carry_out(hub, visit, *org, *person, command.clone()).await?;
            Ok(Outcome { written: Written::default(), link })
        }
        Deed::Machine(certificate) => {
            machines::carry_out(hub, visit, certificate).await?;
            Ok(Written::default().into())
        }
        deed => Ok(hub.parts.office.act(&asker, deed.clone(), Some(evidence)).await?.into()),
    }
}

/// Whether this is a one-click role of a demonstration on loopback.
fn is_demo_role(hub: &Shared, person: PersonId) -> bool {
    hub.parts.demo.iter().flat_map(|demo| demo.roles()).any(|role| role.person == person)
}
