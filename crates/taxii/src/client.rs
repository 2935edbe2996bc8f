//! A client of one TAXII 2.1 server: every resource of the standard, as a method.

use crate::address::Address;
use crate::fault::RequestError;
use crate::http::{Answer, Ask, Wire, text};
use crate::pace::backoff;
use crate::query;
use crate::secret::Credentials;
use crate::tls::Tls;
use crate::{Limits, Surroundings};
use noroshi_stix::Id;
use noroshi_stix::taxii::{
    ApiRoot, Collection, Collections, DATE_ADDED_FIRST, DATE_ADDED_LAST, Discovery, Endpoint, Filters, Manifest,
    Status, Versions,
};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use url::Url;

/// How a client is set up.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Who asks.
    pub credentials: Credentials,
    /// Whose certificates are believed, and which one is shown.
    pub tls: Tls,
    /// The server may be at a private, loopback or link-local address though its name does not show it.
    pub inside: bool,
    /// How much is taken, and how long it is waited for.
    pub limits: Limits,
}

/// A client of one server. Blocking.
#[derive(Clone)]
pub struct Client {
    wire: Arc<Wire>,
    limits: Arc<Limits>,
    surroundings: Arc<dyn Surroundings>,
}

/// Objects as a server gave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The envelope (section 3.7), byte for byte, unpacked.
    pub bytes: Vec<u8>,
    /// The date added of the first object, as the header has it.
    pub first: Option<String>,
    /// The date added of the last object, as the header has it.
    pub last: Option<String>,
}

/// Whether a request is made again when it fails in a way that may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// As often as the limits say.
    Yes,
    /// Only if the server turned it away before looking at it: asked twice, it may answer differently.
    IfTurnedAway,
}

impl Client {
    /// A client of the server at this address; whatever else it is asked for has to be of the same origin.
    pub fn new(home: &Address, setup: Setup, surroundings: Arc<dyn Surroundings>) -> Self {
        let wire = Wire::new(home, setup.credentials, &setup.tls, setup.inside, &setup.limits);
        Self { wire: Arc::new(wire), limits: Arc::new(setup.limits), surroundings }
    }

    /// Its limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn surroundings(&self) -> &dyn Surroundings {
        self.surroundings.as_ref()
    }

    /// What the server has (section 4.1).
    ///
    /// # Errors
    /// [`RequestError`], as of all the methods here.
    pub fn discovery(&self, at: &Address) -> Result<Discovery, RequestError> {
        self.get(at.url())
    }

    /// An API root (section 4.2).
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn api_root(&self, root: &Address) -> Result<ApiRoot, RequestError> {
        self.get(root.url())
    }

    /// Collections of an API root (section 5.1).
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn collections(&self, root: &Address) -> Result<Collections, RequestError> {
        self.get(root.below("collections").url())
    }

    /// A collection (section 5.2).
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn collection(&self, collection: &Address) -> Result<Collection, RequestError> {
        self.get(collection.url())
    }

    /// One page of objects (section 5.4). [`crate::pull`] fetches all of them.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn objects(&self, collection: &Address, filters: &Filters) -> Result<Given, RequestError> {
        self.objects_again(collection, filters, Again::Yes)
    }

    pub(crate) fn objects_again(
        &self,
        collection: &Address,
        filters: &Filters,
        again: Again,
    ) -> Result<Given, RequestError> {
        let url = query::with(&collection.below("objects"), filters, Endpoint::Objects);
        self.given(&url, again)
    }

    /// Versions of one object (section 5.6).
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn object(&self, collection: &Address, id: &Id, filters: &Filters) -> Result<Given, RequestError> {
        let at = collection.below("objects").below(id.as_str());
        self.given(&query::with(&at, filters, Endpoint::Object), Again::Yes)
    }

    /// Which objects there are (section 5.3).
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn manifest(&self, collection: &Address, filters: &Filters) -> Result<Manifest, RequestError> {
        self.get(&query::with(&collection.below("manifest"), filters, Endpoint::Manifest))
    }

    /// Which versions of an object there are (section 5.8).
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn versions(&self, collection: &Address, id: &Id, filters: &Filters) -> Result<Versions, RequestError> {
        let at = collection.below("objects").below(id.as_str()).below("versions");
        self.get(&query::with(&at, filters, Endpoint::Versions))
    }

    /// What became of objects that were added (section 4.3).
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn status(&self, root: &Address, id: &str) -> Result<Status, RequestError> {
        self.get(root.below("status").below(id).url())
    }

    /// Adds the objects of an envelope (section 5.5). [`crate::push`] adds many. A server takes the same object twice
    /// without harm, so this is tried again like the rest.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn add(&self, collection: &Address, envelope: &[u8]) -> Result<Status, RequestError> {
        let at = collection.below("objects");
        let ask = Ask { method: "POST", url: at.url(), body: Some(envelope) };
        body(ask, &self.ask(ask, Again::Yes)?)
    }

    /// Takes an object back (section 5.7).
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn delete(&self, collection: &Address, id: &Id, filters: &Filters) -> Result<(), RequestError> {
        let at = collection.below("objects").below(id.as_str());
        let url = query::with(&at, filters, Endpoint::Delete);
        self.ask(Ask { method: "DELETE", url: &url, body: None }, Again::Yes).map(drop)
    }

    fn get<T: DeserializeOwned>(&self, url: &Url) -> Result<T, RequestError> {
        let ask = Ask { method: "GET", url, body: None };
        body(ask, &self.ask(ask, Again::Yes)?)
    }

    fn given(&self, url: &Url, again: Again) -> Result<Given, RequestError> {
        let answer = self.ask(Ask { method: "GET", url, body: None }, again)?;
        let header = |name| text(&answer.headers, name).map(str::to_owned);
        let (first, last) = (header(DATE_ADDED_FIRST), header(DATE_ADDED_LAST));
        Ok(Given { bytes: answer.body, first, last })
    }

    /// Asks until there is an answer, no hope, or no try left.
    fn ask(&self, ask: Ask<'_>, again: Again) -> Result<Answer, RequestError> {
        self.wire.home().target(ask.url.as_str())?;
        let mut tried = 0;
        loop {
            let error = match self.wire.ask(ask, &self.limits, self.surroundings.as_ref()) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            tried += 1;
            let hope = error.may_pass() && (again == Again::Yes || error.was_turned_away());
            if !hope || tried >= self.limits.tries_max {
                return Err(error);
            }
            self.wait(tried, error)?;
        }
    }

    /// Waits as the server asks, or as is usual, whichever is longer.
    pub(crate) fn wait(&self, tried: u32, error: RequestError) -> Result<(), RequestError> {
        let own = backoff(tried, self.surroundings.random(), &self.limits);
        let RequestError::Refused { asked, status, again_after: Some(wanted), .. } = error else {
            self.surroundings.wait(own);
            return Ok(());
        };
        let (seconds, seconds_max) = (wanted.as_secs(), self.limits.retry_after_seconds_max);
        if seconds > seconds_max {
            return Err(RequestError::PutOff { asked, status, seconds, seconds_max });
        }
        self.surroundings.wait(own.max(wanted));
        Ok(())
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({})", self.wire.home())
    }
}

fn body<T: DeserializeOwned>(ask: Ask<'_>, answer: &Answer) -> Result<T, RequestError> {
    let why = |error: serde_json::Error| RequestError::Unreadable { asked: ask.asked(), why: error.to_string() };
    serde_json::from_slice(&answer.body).map_err(why)
}
