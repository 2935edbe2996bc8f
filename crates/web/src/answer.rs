//! Answers that operations give: pages, redirections, downloads, forms read back.

use crate::fault::Fault;
use crate::limits::BODY_BYTES_MAX;
use crate::state::State;
use crate::visitor::{Via, Visit};
use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// What an operation gives.
pub(crate) type Answer = Result<Response, Fault>;

/// A page.
pub(crate) fn page(html: String) -> Answer {
    Ok(Html(html).into_response())
}

/// Go there with GET.
pub(crate) fn see_other(to: &str) -> Response {
    let mut answer = StatusCode::SEE_OTHER.into_response();
    // A path we made or checked always fits a header; one that does not leads home.
    let value = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    answer.headers_mut().insert(header::LOCATION, value);
    answer
}

/// A file to keep.
pub(crate) fn download(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// A path of our own to come back to; anything else is home.
pub(crate) fn own_path(text: Option<&str>) -> &str {
    text.filter(|path| path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']))
        .unwrap_or("/home")
}

impl FromRequestParts<State> for Visit {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Fault::failed(&"a request was not admitted"))
    }
}

/// The fields of a form that was sent from a page of ours, in the order they were sent.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field, without white space around it; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// Fields as a page of ours fills them in.
    pub(crate) fn from_pairs(pairs: Vec<(&str, String)>) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// The same without one field.
    pub(crate) fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(key, _)| key != name).cloned().collect())
    }

    #[cfg(test)]
    pub(crate) fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }
}

impl FromRequest<State> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, hub: &State) -> Result<Self, Fault> {
        let visit = request.extensions().get::<Visit>().cloned();
        let fields = Self(read(request, hub).await?);
        let wanted = visit.as_ref().and_then(Visit::signed_in).map(|signed_in| &signed_in.via);
        match wanted {
            Some(Via::Session { form_token, .. }) if fields.get("form_token") != form_token => Err(Fault::stale_form()),
            _ => Ok(fields),
        }
    }
}

async fn read(request: Request, hub: &State) -> Result<Vec<(String, String)>, Fault> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        let mut parts = Multipart::from_request(request, hub).await.map_err(|_| Fault::malformed())?;
        let mut fields = Vec::new();
        while let Some(part) = parts.next_field().await.map_err(|_| Fault::too_large())? {
            let name = part.name().unwrap_or_default().to_owned();
            fields.push((name, part.text().await.map_err(|_| Fault::too_large())?));
        }
        return Ok(fields);
    }
    let bytes = axum::body::to_bytes(request.into_body(), BODY_BYTES_MAX).await.map_err(|_| Fault::too_large())?;
    Ok(url::form_urlencoded::parse(&bytes).into_owned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_come_back_to() {
        assert_eq!(own_path(Some("/mandates?x=1")), "/mandates?x=1");
        for other in [None, Some("//example.org"), Some("https://example.org"), Some("/\\example.org"), Some("")] {
            assert_eq!(own_path(other), "/home");
        }
    }

    #[test]
    fn fields_keep_their_order_and_repeat() {
        let fields = Fields::of(&[("a", " 1 "), ("b", "2"), ("a", "3")]);
        assert_eq!((fields.get("a"), fields.get("c")), ("1", ""));
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "3"]);
    }
}
