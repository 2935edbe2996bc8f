//! The parts a hub puts together to serve pages: no clock, randomness or environment is read here.

use crate::ceremony::Waiting;
use crate::exchange::Exchange;
use crate::limits::ISSUERS_MAX;
use crate::log::PublicLog;
use crate::office::Office;
use crate::passkey::{NotUsable, Passkeys};
use noroshi_authz::Authz;
use noroshi_casework::mandate::RulePack;
use noroshi_model::{Micros, PersonId};
use noroshi_store::Db;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::Semaphore;
use url::Url;
use uuid::Uuid;

/// The clock and the dice of the hub, as functions.
#[derive(Clone, Copy)]
pub struct Sources {
    /// The one guarded clock.
    pub now: fn() -> Micros,
    /// 32 bytes of the system's good randomness.
    pub random: fn() -> [u8; 32],
}

/// An identity provider (OpenID Connect) that people may sign in with.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// A word for the URL, for example `agency`: lower-case letters, digits and dashes.
    pub slug: String,
    /// What people see.
    pub name: String,
    /// Its issuer, exactly.
    pub issuer: Url,
    /// Our client id there.
    pub client_id: String,
    /// Our secret there, for a confidential client.
    pub client_secret: Option<String>,
}

/// What is configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where browsers find the hub, without a path: `https://hub.example.org`. Passkeys belong to its host.
    pub origin: Url,
    /// Name of the hub in Japanese.
    pub name_ja: String,
    /// Name of the hub in English.
    pub name_en: String,
    /// Identity providers, none for passkeys alone.
    pub issuers: Vec<Issuer>,
    /// Hours that times are shown east of Greenwich: 9 in Japan.
    pub utc_offset_hours: i8,
}

/// A role that the demonstration offers with one click.
#[derive(Debug, Clone)]
pub struct DemoRole {
    /// A word for the form.
    pub slug: String,
    /// Whose account it is.
    pub person: PersonId,
}

/// One-click roles. Only a loopback address makes one: see [`DemoAccess::on`].
#[derive(Debug, Clone)]
pub struct DemoAccess {
    roles: Vec<DemoRole>,
}

/// Why there is no one-click sign-in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("one-click roles are for loopback alone, and `{0}` is not a loopback address; use 127.0.0.1")]
pub struct NotLoopback(pub SocketAddr);

impl DemoAccess {
    /// One-click roles for a hub that listens on `listens`.
    ///
    /// # Errors
    /// [`NotLoopback`] for any address that others can reach.
    pub fn on(listens: SocketAddr, roles: Vec<DemoRole>) -> Result<Self, NotLoopback> {
        if listens.ip().is_loopback() { Ok(Self { roles }) } else { Err(NotLoopback(listens)) }
    }

    pub(crate) fn roles(&self) -> &[DemoRole] {
        &self.roles
    }
}

/// Everything [`crate::router`] needs.
#[derive(Clone)]
pub struct Parts {
    /// The database: accounts, sessions, evidence.
    pub store: Db,
    /// The policies.
    pub authz: Arc<Authz>,
    /// Governed things.
    pub office: Arc<dyn Office>,
    /// Shared intelligence.
    pub exchange: Arc<dyn Exchange>,
    /// The public half of the ledger.
    pub log: Arc<dyn PublicLog>,
    /// The rule pack requests are measured against.
    pub rules: RulePack,
    /// Clock and dice.
    pub sources: Sources,
    /// What is configured.
    pub config: Config,
    /// One-click roles; `None` everywhere but in a demonstration on loopback.
    pub demo: Option<DemoAccess>,
}

/// Why pages cannot be served with these parts.
#[derive(Debug, thiserror::Error)]
pub enum BadConfig {
    /// The origin is not one.
    #[error("`{0}` is not an origin; write scheme and host, for example `https://hub.example.org`")]
    Origin(Url),
    /// Plain HTTP beyond loopback.
    #[error("`{0}` is plain HTTP; browsers sign in with passkeys only over HTTPS, or on `http://localhost`")]
    Insecure(Url),
    /// Passkeys do not work with this origin.
    #[error(transparent)]
    Passkeys(#[from] NotUsable),
    /// Too many identity providers, or a word that is not one.
    #[error("at most {ISSUERS_MAX} identity providers, each with a word of its own of a-z, 0-9 and -; see `{0}`")]
    Issuers(String),
}

/// The parts, checked and shared.
#[derive(Clone)]
pub struct State(Arc<Shared>);

/// What [`State`] shares between requests. Its fields are this crate's own.
pub struct Shared {
    pub(crate) parts: Parts,
    pub(crate) passkeys: Passkeys,
    pub(crate) waiting: Waiting,
    pub(crate) requests: Semaphore,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) secure: bool,
}

impl std::ops::Deref for State {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl State {
    /// Checks the parts and puts them together.
    ///
    /// # Errors
    /// [`BadConfig`], with what to write instead.
    pub fn new(parts: Parts) -> Result<Self, BadConfig> {
        let origin = &parts.config.origin;
        let bare = origin.path() == "/" && origin.query().is_none() && origin.fragment().is_none();
        let Some(host) = origin.host_str().filter(|_| bare) else { return Err(BadConfig::Origin(origin.clone())) };
        let secure = origin.scheme() == "https";
        if !secure && host != "localhost" {
            return Err(BadConfig::Insecure(origin.clone()));
        }
        check_issuers(&parts.config.issuers)?;
        let passkeys = Passkeys::new(origin, &parts.config.name_en)?;
        Ok(Self(Arc::new(Shared {
            parts,
            passkeys,
            waiting: Waiting::default(),
            requests: Semaphore::new(crate::limits::REQUESTS_MAX),
            streams: Arc::new(Semaphore::new(crate::limits::STREAMS_MAX)),
            secure,
        })))
    }
}

fn check_issuers(issuers: &[Issuer]) -> Result<(), BadConfig> {
    let is_word = |slug: &str| {
        (1..=32).contains(&slug.len())
            && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    for (at, issuer) in issuers.iter().enumerate() {
        let twice = issuers.iter().take(at).any(|other| other.slug == issuer.slug);
        if at >= ISSUERS_MAX || twice || !is_word(&issuer.slug) {
            return Err(BadConfig::Issuers(issuer.slug.clone()));
        }
    }
    Ok(())
}

impl Shared {
    pub(crate) fn now(&self) -> Micros {
        (self.parts.sources.now)()
    }

    pub(crate) fn random(&self) -> [u8; 32] {
        (self.parts.sources.random)()
    }

    /// A time-ordered id (UUID version 7, RFC 9562) from the hub's clock and dice.
    pub(crate) fn id(&self) -> Uuid {
        let random = self.random();
        let mut ten = [0; 10];
        ten.copy_from_slice(&random[..10]);
        let millis = u64::try_from(self.now().0 / 1_000).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &ten).into_uuid()
    }

    /// Name of the session cookie: over HTTPS one that no subdomain and no plain page can set.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.secure { "__Host-session" } else { "session" }
    }
}
