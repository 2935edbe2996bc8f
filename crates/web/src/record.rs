//! The leaves that tell of accounts: who got or lost which key, who was invited, who signed in.

use crate::fault::Fault;
use crate::state::Shared;
use noroshi_casework::party::{Organisation, Person, Standing};
use noroshi_leaf::body::{self, Body, CredentialKind};
use noroshi_leaf::{Actor, Commitment, Digest, Leaf, Salt};
use noroshi_model::{Clearance, Micros};
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

/// An organisation as it stands. The salt belongs with the name; here it is the hub's own dice.
pub(crate) fn organisation(hub: &Shared, organisation: &Organisation) -> Body {
    let salt = Salt(Digest(hub.random()));
    let name = Commitment::to(format!("{}\n{}", organisation.name_ja, organisation.name_en).as_bytes(), &salt);
    Body::Organisation(body::Organisation {
        flags: organisation.flags.clone(),
        kind: organisation.kind,
        name,
        org: organisation.id,
    })
}

/// A person as they stand after a change.
pub(crate) fn person(person: &Person) -> Body {
    Body::Person(body::Person {
        active: person.standing == Standing::Active,
        clearance: person.clearance.as_ref().map_or(Clearance::None, |held| held.level),
        clearance_until: person.clearance.as_ref().map(|held| held.until),
        org: person.org,
        person: person.id,
        roles: person.roles.clone(),
    })
}

/// A refusal.
pub(crate) fn refused(act: &str, rule: &str) -> Body {
    let rules = std::iter::once(rule.to_owned()).collect();
    Body::Refused(body::Refused { act: act.to_owned(), mandate: None, rules })
}
