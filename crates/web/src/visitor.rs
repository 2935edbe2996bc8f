//! Who is visiting: nobody, a person by session or token, or a machine by its certificate.

use crate::language::Language;
use crate::office::Asker;
use crate::state::Shared;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noroshi_authz::{ActKind, Machine, Principal, Scope};
use noroshi_casework::party::{Organisation, Person, Standing};
use noroshi_leaf::{Actor, Digest};
use noroshi_model::{Clearance, MachineId, Micros, Rank};
use noroshi_store::StoreError;
use noroshi_store::account::certificate::Certificate;
use noroshi_store::account::secret::{Secret, SecretHash};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// A client certificate that the listener, or a proxy it trusts, has verified. Put into the request's extensions
/// by the hub; never read from a header here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedCertificate {
    /// SHA-256 of the subject public key info (RFC 7469, section 2.4).
    pub spki_sha256: [u8; 32],
}

/// How a person is here.
#[derive(Debug, Clone)]
pub(crate) enum Via {
    /// A session in a browser.
    Session {
        /// Hash of its cookie.
        hash: SecretHash,
        /// What its forms must carry.
        form_token: String,
    },
    /// An API token.
    Token(BTreeSet<ActKind>),
}

/// A person who is here.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    pub(crate) person: Person,
    pub(crate) organisation: Organisation,
    pub(crate) via: Via,
}

/// Who is visiting.
#[derive(Debug, Clone)]
pub(crate) enum Visitor {
    Nobody,
    Person(Box<SignedIn>),
    Machine(Box<(Organisation, Certificate)>),
}

/// One request: who, when, in which language, where.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) visitor: Visitor,
    pub(crate) language: Language,
    pub(crate) at: Micros,
    pub(crate) path: String,
    /// An API request is answered in JSON.
    pub(crate) json: bool,
}

impl Visit {
    /// The person, if there is one.
    pub(crate) fn signed_in(&self) -> Option<&SignedIn> {
        match &self.visitor {
            Visitor::Person(signed_in) => Some(signed_in),
            _ => None,
        }
    }

    /// What a form must carry; empty for somebody without a session.
    pub(crate) fn form_token(&self) -> &str {
        match self.signed_in().map(|signed_in| &signed_in.via) {
            Some(Via::Session { form_token, .. }) => form_token,
            _ => "",
        }
    }

    /// Who asks, for the office and the policies; `None` for nobody.
    pub(crate) fn asker(&self) -> Option<Asker> {
        let principal = match &self.visitor {
            Visitor::Nobody => return None,
            Visitor::Person(signed_in) => signed_in.principal(self.at),
            Visitor::Machine(machine) => principal_of_machine(&machine.0, &machine.1),
        };
        Some(Asker { principal, at: self.at })
    }

    /// Who acts, for the ledger.
    pub(crate) fn actor(&self) -> Option<Actor> {
        match &self.visitor {
            Visitor::Nobody => None,
            Visitor::Person(signed_in) => {
                Some(Actor::Person { org: signed_in.person.org, person: signed_in.person.id })
            }
            Visitor::Machine(machine) => {
                Some(Actor::Machine { fingerprint: Digest(machine.1.certificate.fingerprint), org: machine.0.id })
            }
        }
    }
}

impl SignedIn {
    fn principal(&self, now: Micros) -> Principal {
        let scope = match &self.via {
            Via::Session { .. } => Scope::Session,
            Via::Token(acts) => Scope::Token(acts.clone()),
        };
        Principal::Person { person: as_authz(&self.person, &self.organisation, now), scope }
    }
}

/// An account as the policies see it.
pub(crate) fn as_authz(person: &Person, organisation: &Organisation, now: Micros) -> noroshi_authz::Person {
    noroshi_authz::Person {
        id: person.id,
        org: person.org,
        org_kind: organisation.kind,
        roles: person.roles.clone(),
        rank: person.roles.iter().map(|role| role.rank()).max().unwrap_or(Rank::Member),
        clearance: person.clearance.as_ref().map_or(Clearance::None, |_| person.clearance_at(now)),
        country: organisation.country,
        clearance_until: person.clearance.as_ref().map_or(now, |held| held.until),
        compartments: person.clearance.as_ref().map(|held| held.compartments.clone()).unwrap_or_default(),
        active: person.standing == Standing::Active,
    }
}

fn principal_of_machine(organisation: &Organisation, certificate: &Certificate) -> Principal {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&certificate.certificate.fingerprint[..16]);
    Principal::Machine(Machine {
        id: MachineId(uuid::Builder::from_custom_bytes(bytes).into_uuid()),
        org: organisation.id,
        org_kind: organisation.kind,
        country: organisation.country,
        mandate: None,
        not_after: certificate.certificate.expires_at,
        active: certificate.revoked_at.is_none(),
        scopes: acts(&certificate.certificate.scopes),
    })
}

/// The acts that scopes name; a word that is no act opens nothing.
pub(crate) fn acts(scopes: &BTreeSet<String>) -> BTreeSet<ActKind> {
    scopes.iter().filter_map(|scope| serde_json::from_value(Value::String(scope.clone())).ok()).collect()
}

/// Finds out who is visiting.
pub(crate) async fn recognise(
    hub: &Shared,
    headers: &HeaderMap,
    certificate: Option<VerifiedCertificate>,
    now: Micros,
) -> Result<Visitor, StoreError> {
    if let Some(secret) = bearer(headers) {
        let Some(bearer) = hub.parts.store.token(secret.hash(), now).await? else { return Ok(Visitor::Nobody) };
        let via = Via::Token(acts(&bearer.token.scopes));
        let signed_in = SignedIn { person: bearer.person, organisation: bearer.organisation, via };
        return Ok(Visitor::Person(Box::new(signed_in)));
    }
    if let Some(secret) = cookie(headers, hub.cookie_name()).and_then(Secret::parse) {
        let hash = secret.hash();
        let Some(found) = hub.parts.store.session(hash, now).await? else { return Ok(Visitor::Nobody) };
        let via = Via::Session { hash, form_token: form_token(&secret) };
        let signed_in = SignedIn { person: found.person, organisation: found.organisation, via };
        return Ok(Visitor::Person(Box::new(signed_in)));
    }
    if let Some(certificate) = certificate {
        let found = hub.parts.store.certificate(&certificate.spki_sha256, now).await?;
        return Ok(found.map_or(Visitor::Nobody, |found| Visitor::Machine(Box::new(found))));
    }
    Ok(Visitor::Nobody)
}

/// What forms of a session carry: nobody can compute it who does not hold the cookie.
fn form_token(secret: &Secret) -> String {
    hex::encode(Sha256::new().chain_update("noroshi/form/v1\n").chain_update(secret.reveal()).finalize())
}

fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Secret::parse(token.trim());
    }
    // Clients of TAXII speak the Basic scheme (RFC 7617): the token is the password, whatever the name.
    let pair = STANDARD.decode(token.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    Secret::parse(String::from_utf8(pair).ok()?.split_once(':')?.1)
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}
