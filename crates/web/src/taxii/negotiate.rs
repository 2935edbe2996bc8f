//! Media types (section 1.6.8): what a client takes and what it sends.

use super::answer::error;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

/// Whether the client takes what we give; nothing said is anything.
pub(super) fn accepts(headers: &HeaderMap) -> Result<(), Box<Response>> {
    let mut said = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
    if said.peek().is_none() || said.flat_map(|line| line.split(',')).any(|range| fits(range, true)) {
        return Ok(());
    }
    let text = "this server answers in `application/taxii+json;version=2.1`; say so in `Accept`";
    Err(Box::new(error(StatusCode::NOT_ACCEPTABLE, "Not acceptable", text)))
}

/// Whether the client sends what we take.
pub(super) fn sends(headers: &HeaderMap) -> Result<(), Box<Response>> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if fits(said, false) {
        return Ok(());
    }
    let text = "send an envelope as `application/taxii+json;version=2.1`, and say so in `Content-Type`";
    Err(Box::new(error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type", text)))
}

/// One media range. Without a version it means the newest; with `q=0` it means not this one.
fn fits(range: &str, wild: bool) -> bool {
    let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
    let kind = parts.next().unwrap_or_default();
    let known = kind == "application/taxii+json" || wild && matches!(kind.as_str(), "*/*" | "application/*");
    let refused = |part: &String| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim().trim_matches('"');
        match name.trim() {
            "version" => value != "2.1",
            "q" => value.parse::<f32>().is_ok_and(|weight| weight <= 0.0),
            _ => false,
        }
    };
    known && !parts.any(|part| refused(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_they_are_written() {
        for good in [
            "application/taxii+json;version=2.1",
            "Application/TAXII+json; Version=\"2.1\"",
            "application/taxii+json",
            "*/*",
            "application/*;q=0.1",
        ] {
            assert!(fits(good, true), "{good}");
        }
        for bad in ["application/taxii+json;version=2.0", "application/json", "text/html", "*/*;q=0", ""] {
            assert!(!fits(bad, true), "{bad}");
        }
        assert!(!fits("*/*", false), "nobody sends anything");
    }

    #[test]
    fn one_range_of_several_is_enough_and_none_at_all_is_anything() {
        let mut headers = HeaderMap::new();
        assert!(accepts(&headers).is_ok());
        headers.insert(header::ACCEPT, "text/html, application/taxii+json".parse().unwrap());
        assert!(accepts(&headers).is_ok());
        headers.insert(header::ACCEPT, "text/html".parse().unwrap());
        assert_eq!(accepts(&headers).unwrap_err().status(), StatusCode::NOT_ACCEPTABLE);
        assert_eq!(sends(&HeaderMap::new()).unwrap_err().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}
