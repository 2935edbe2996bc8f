//! The leaves that tell of accounts: who got or lost which key, who was invited, who signed in.

use crate::fault::Fault;
use crate::state::Shared;
use crate::visitor::Visit;
use noroshi_authz::{Act, Circumstances};
use noroshi_casework::party::{HeldClearance, Organisation, Person, Standing};
use noroshi_leaf::body::{self, Body, CredentialKind};
use noroshi_leaf::{Actor, Commitment, Digest, Leaf, Salt};
use noroshi_model::{Clearance, Country, Micros, OrgId};
use noroshi_store::account::oidc::OidcLink;
use noroshi_store::account::person::Ended;
use noroshi_store::leaf::LeafEntry;

/// A leaf ready for the store.
pub(crate) fn entry(hub: &Shared, actor: Actor, at: Micros, body: Body) -> Result<LeafEntry, Fault> {
    let id = hub.id();
    let bytes = Leaf::new(id, at, actor, body).to_bytes().map_err(|error| Fault::failed(&error))?;
    Ok(LeafEntry { id, bytes })
}

/// The actor that a person is.
pub(crate) fn actor_of(person: &Person) -> Actor {
    Actor::Person { org: person.org, person: person.id }
}

/// A key was added to an account, or taken from it. `identifies` is hashed, never written.
pub(crate) fn credential(person: &Person, kind: CredentialKind, added: bool, identifies: &[u8]) -> Body {
    let fingerprint = Digest::of(identifies);
    Body::Credential(body::Credential { added, fingerprint, kind, org: person.org, person: Some(person.id) })
}

/// A machine's certificate was registered or revoked, by the hash of its public key.
pub(crate) fn certificate(org: OrgId, added: bool, fingerprint: &[u8; 32]) -> Body {
    let fingerprint = Digest::of(fingerprint);
    Body::Credential(body::Credential { added, fingerprint, kind: CredentialKind::Certificate, org, person: None })
}

/// A key ended with a change of its account.
pub(crate) fn ended(person: &Person, ended: &Ended) -> Body {
    match ended {
        Ended::Passkey(id) => credential(person, CredentialKind::Passkey, false, id),
        Ended::OpenId(link) => credential(person, CredentialKind::OpenId, false, open_id(link).as_bytes()),
    }
}

/// What a link to an identity provider is known by.
pub(crate) fn open_id(link: &OidcLink) -> String {
    format!("{}\n{}", link.issuer, link.subject)
}

/// An organisation as it stands. The salt belongs with the name; here it is the hub's own dice.
pub(crate) fn organisation(hub: &Shared, organisation: &Organisation) -> Body {
    let salt = Salt(Digest(hub.random()));
    let name = Commitment::to(format!("{}\n{}", organisation.name_ja, organisation.name_en).as_bytes(), &salt);
    Body::Organisation(body::Organisation {
        country: (organisation.country != Country::JAPAN).then_some(organisation.country),
        flags: organisation.flags.clone(),
        kind: organisation.kind,
        name,
        org: organisation.id,
    })
}

/// A person as they stand after a change.
pub(crate) fn person(hub: &Shared, person: &Person) -> Body {
    Body::Person(body::Person {
        active: person.standing == Standing::Active,
        clearance: person.clearance.as_ref().map_or(Clearance::None, |held| held.level),
        clearance_until: person.clearance.as_ref().map(|held| held.until),
        compartments: person.clearance.as_ref().and_then(|held| compartments(hub, held)),
        org: person.org,
        person: person.id,
        roles: person.roles.clone(),
    })
}

/// Names of compartments may say what somebody works on: a commitment to them, and none where there are none.
fn compartments(hub: &Shared, held: &HeldClearance) -> Option<Commitment> {
    let words: Vec<&str> = held.compartments.iter().map(noroshi_model::Compartment::as_str).collect();
    let salt = Salt(Digest(hub.random()));
    (!words.is_empty()).then(|| Commitment::to(words.join("\n").as_bytes(), &salt))
}

/// Asks the policies for an act on accounts or organisations. A refusal stands in the ledger before it is told.
pub(crate) async fn permitted<A: Act>(
    hub: &Shared,
    visit: &Visit,
    resource: &A::Resource,
    circumstances: &Circumstances,
) -> Result<(), Fault> {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let actor = visit.actor().ok_or_else(Fault::sign_in_first)?;
    let permit = hub.parts.authz.authorise::<A>(&asker.principal, resource, circumstances).map(drop);
    let Err(refusal) = permit else { return Ok(()) };
    let rules = refusal.decision().rules.iter().cloned().collect();
    let said = Body::Refused(body::Refused { act: A::KIND.word().to_owned(), mandate: None, rules });
    hub.parts.store.record_line(visit.at, &entry(hub, actor, visit.at, said)?).await?;
    Err(refusal.into())
}

/// A refusal.
pub(crate) fn refused(act: &str, rule: &str) -> Body {
    let rules = std::iter::once(rule.to_owned()).collect();
    Body::Refused(body::Refused { act: act.to_owned(), mandate: None, rules })
}
