//! One request and its answer, within limits.
//!
//! Redirects are followed by hand, within the origin; bodies are counted as they come and again as they are unpacked;
//! there is no proxy, as behind one nobody can say which machine was reached.

use crate::address::Address;
use crate::fault::{RequestError, Said, advice, said};
use crate::pace::retry_after;
use crate::reach::{Inside, Reach};
use crate::secret::Credentials;
use crate::tls::Tls;
use crate::{Limits, Surroundings};
use flate2::read::MultiGzDecoder;
use noroshi_stix::taxii::media;
use std::io::Read;
use std::time::Duration;
use ureq::http::{HeaderMap, Method, Request, Response, header};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body};
use url::Url;

/// The network, as one server's client sees it.
pub(crate) struct Wire {
    agent: Agent,
    home: Address,
    credentials: Credentials,
}

/// What is asked.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) method: &'static str,
    pub(crate) url: &'a Url,
    pub(crate) body: Option<&'a [u8]>,
}

/// What came back, unpacked: always a success of TAXII 2.1.
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Ask<'_> {
    /// For messages.
    pub(crate) fn asked(&self) -> String {
        format!("{} {}", self.method, said(self.url.as_str()))
    }
}

impl Wire {
    pub(crate) fn new(home: &Address, credentials: Credentials, tls: &Tls, inside: bool, limits: &Limits) -> Self {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("noroshi/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls.config())
            .timeout_resolve(seconds(limits.connect_seconds_max))
            .timeout_connect(seconds(limits.connect_seconds_max))
            .timeout_per_read(seconds(limits.silence_seconds_max))
            .timeout_per_write(seconds(limits.silence_seconds_max))
            .timeout_global(seconds(limits.exchange_seconds_max))
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::new(), Reach::from(home, inside));
        Self { agent, home: home.clone(), credentials }
    }

    pub(crate) fn home(&self) -> &Address {
        &self.home
    }

    /// Asks once, redirects included.
    pub(crate) fn ask(
        &self,
        ask: Ask<'_>,
        limits: &Limits,
        surroundings: &dyn Surroundings,
    ) -> Result<Answer, RequestError> {
        let mut url = ask.url.clone();
        for _ in 0..=limits.redirects_max {
            let at = Ask { url: &url, ..ask };
            let mut response = self.send(at)?;
            let status = response.status().as_u16();
            if (300..400).contains(&status) {
                url = self.redirected(at, status, response.headers())?;
                continue;
            }
            let body = read(&mut response, limits).map_err(|fault| fault.at(at))?;
            return accept(at, response, body, surroundings);
        }
        Err(RequestError::Redirected {
            asked: ask.asked(),
            why: format!("there were more than {} in a row", limits.redirects_max),
        })
    }

    fn send(&self, ask: Ask<'_>) -> Result<Response<Body>, RequestError> {
        let unreachable = |error: ureq::Error| unreachable(ask, error);
        let method =
            Method::from_bytes(ask.method.as_bytes()).map_err(|error| unreachable(ureq::Error::Http(error.into())))?;
        let mut request = Request::builder()
            .method(method)
            .uri(ask.url.as_str())
            .header(header::ACCEPT, media::TAXII)
            .header(header::ACCEPT_ENCODING, "gzip");
        if let Some(own) = self.credentials.header() {
            request = request.header(header::AUTHORIZATION, own.as_str());
        }
        match ask.body {
            Some(body) => {
                let request = request.header(header::CONTENT_TYPE, media::TAXII).body(body);
                self.agent.run(request.map_err(|error| unreachable(error.into()))?)
            }
            None => self.agent.run(request.body(()).map_err(|error| unreachable(error.into()))?),
        }
        .map_err(unreachable)
    }

    /// Where a redirect leads, if it may be followed.
    fn redirected(&self, ask: Ask<'_>, status: u16, headers: &HeaderMap) -> Result<Url, RequestError> {
        let refused = |why: String| RequestError::Redirected { asked: ask.asked(), why };
        let Some(to) = text(headers, "location") else {
            return Err(refused(format!("{status} without saying where to")));
        };
        // Another status makes a GET of it, which would lose what is sent.
        if ask.body.is_some() && !matches!(status, 307 | 308) {
            return Err(refused(format!("{status} does not ask for the same to be sent to `{}`", said(to))));
        }
        let to = ask.url.join(to).map_err(|error| refused(error.to_string()))?;
        self.home.target(to.as_str()).map_err(|fault| refused(fault.to_string()))
    }
}

/// Lets a success of TAXII 2.1 pass.
fn accept(
    ask: Ask<'_>,
    response: Response<Body>,
    body: Vec<u8>,
    surroundings: &dyn Surroundings,
) -> Result<Answer, RequestError> {
    let (status, headers) = (response.status().as_u16(), response.headers());
    if !matches!(status, 200..=202) {
        return Err(RequestError::Refused {
            asked: ask.asked(),
            status,
            said: Said::of(&body),
            advice: advice(status),
            again_after: text(headers, "retry-after").and_then(|header| retry_after(header, surroundings.now())),
        });
    }
    let media = text(headers, "content-type");
    // An answer to DELETE has nothing to say (section 5.7), and what was taken back stays so whatever it says.
    if ask.method != "DELETE" && media::content_type(media).is_err() {
        return Err(RequestError::NotTaxii { asked: ask.asked(), media: said(media.unwrap_or("nothing")) });
    }
    Ok(Answer { headers: response.into_parts().0.headers, body })
}

/// A header as text; one that is none counts as absent.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

enum BodyFault {
    Read(std::io::Error),
    TooLong { bytes_max: u64, how: &'static str },
    Packed(String),
}

impl BodyFault {
    fn at(self, ask: Ask<'_>) -> RequestError {
        let asked = ask.asked();
        match self {
            Self::Read(error) => unreachable(ask, error.into()),
            Self::TooLong { bytes_max, how } => RequestError::TooLong { asked, bytes_max, how },
            Self::Packed(why) => RequestError::Unreadable { asked, why },
        }
    }
}

/// Reads a body whole, then unpacks it: each is counted.
fn read(response: &mut Response<Body>, limits: &Limits) -> Result<Vec<u8>, BodyFault> {
    let packing = text(response.headers(), "content-encoding").unwrap_or("identity").trim().to_ascii_lowercase();
    let came = whole(response.body_mut().as_reader(), limits.answer_bytes_max, "as it comes", BodyFault::Read)?;
    match packing.as_str() {
        "" | "identity" => Ok(came),
        _ if came.is_empty() => Ok(came),
        "gzip" | "x-gzip" => {
            let unpacking = MultiGzDecoder::new(came.as_slice());
            whole(unpacking, limits.unpacked_bytes_max, "when unpacked", |error| {
                BodyFault::Packed(format!("gzip: {error}"))
            })
        }
        other => Err(BodyFault::Packed(format!("it is packed as `{}`, which was not asked for", said(other)))),
    }
}

fn whole(
    from: impl Read,
    bytes_max: u64,
    how: &'static str,
    fault: impl FnOnce(std::io::Error) -> BodyFault,
) -> Result<Vec<u8>, BodyFault> {
    let mut bytes = Vec::new();
    let read = from.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes).map_err(fault)?;
    if read as u64 > bytes_max { Err(BodyFault::TooLong { bytes_max, how }) } else { Ok(bytes) }
}

fn unreachable(ask: Ask<'_>, error: ureq::Error) -> RequestError {
    let asked = ask.asked();
    if let ureq::Error::Other(why) = &error
        && why.is::<Inside>()
    {
        return RequestError::Inside { asked, why: why.to_string() };
    }
    let may_pass = match &error {
        ureq::Error::Io(error) => error.kind() != std::io::ErrorKind::InvalidData,
        ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Protocol(_)
        | ureq::Error::BodyStalled => true,
        _ => false,
    };
    RequestError::Unreachable { asked, why: error.to_string(), may_pass }
}
