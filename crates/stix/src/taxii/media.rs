//! Media types and their negotiation (section 1.6.8.1; RFC 9110, section 12.5.1).

/// What TAXII 2.1 messages are.
pub const TAXII: &str = "application/taxii+json;version=2.1";
/// What STIX 2.1 objects are.
pub const STIX_2_1: &str = "application/stix+json;version=2.1";
/// What STIX 2.0 objects are.
pub const STIX_2_0: &str = "application/stix+json;version=2.0";

/// The version of TAXII spoken here.
const VERSION: &str = "2.1";

/// No media type the client accepts can be answered: HTTP 406.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("none of the media types accepted can be sent; accept `{TAXII}`")]
pub struct NotAcceptable;

/// The body is of no media type that can be read: HTTP 415.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the media type of the body is not taken; send `{TAXII}`")]
pub struct Unsupported;

/// Decides on an `Accept` header; several are joined by commas first. A client that names no version, or sends no
/// header, is answered with the newest version.
///
/// # Errors
/// [`NotAcceptable`].
pub fn accept(header: Option<&str>) -> Result<&'static str, NotAcceptable> {
    let Some(header) = header else { return Ok(TAXII) };
    // The most specific range decides, also where it refuses: `*/*, application/taxii+json;q=0` wants no TAXII.
    let decided = split(header, ',').filter_map(range).filter_map(|range| Some((fit(&range)?, range.quality)));
    let decided = decided.max_by_key(|&(fit, quality)| (fit, quality));
    match decided {
        Some((_, quality)) if quality > 0 => Ok(TAXII),
        _ => Err(NotAcceptable),
    }
}

/// Decides on the `Content-Type` of a body.
///
/// # Errors
/// [`Unsupported`].
pub fn content_type(header: Option<&str>) -> Result<(), Unsupported> {
    let range = header.and_then(range).ok_or(Unsupported)?;
    let utf_8 = range.charset.as_deref().is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8"));
    match fit(&range) {
        Some(Fit::Taxii | Fit::Version) if utf_8 => Ok(()),
        _ => Err(Unsupported),
    }
}

/// How closely a range describes what we send, loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Anything,
    Application,
    Taxii,
    Version,
}

/// One media type or range.
struct Range {
    kind: String,
    version: Option<String>,
    charset: Option<String>,
    /// Thousandths.
    quality: u16,
}

fn fit(range: &Range) -> Option<Fit> {
    match (range.kind.as_str(), range.version.as_deref()) {
        ("*/*", _) => Some(Fit::Anything),
        ("application/*", _) => Some(Fit::Application),
        ("application/taxii+json", None) => Some(Fit::Taxii),
        ("application/taxii+json", Some(VERSION)) => Some(Fit::Version),
        _ => None,
    }
}

/// Reads `type/subtype;name=value`; nothing where it is none.
fn range(text: &str) -> Option<Range> {
    let mut parts = split(text, ';');
    let kind = parts.next()?.trim().to_ascii_lowercase();
    let mut range = Range { kind, version: None, charset: None, quality: 1_000 };
    for part in parts {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        let (name, value) = part.split_once('=')?;
        let value = unquoted(value.trim());
        match name.trim().to_ascii_lowercase().as_str() {
            "version" => range.version = Some(value),
            "charset" => range.charset = Some(value),
            "q" => range.quality = quality(&value)?,
            _ => {}
        }
    }
    Some(range)
}

/// `0` to `1` with at most three digits behind the point, in thousandths.
fn quality(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit()) && fraction.len() <= 3;
    let fraction: u16 = format!("{fraction:0<3}").parse().ok().filter(|_| digits)?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1_000),
        _ => None,
    }
}

fn unquoted(value: &str) -> String {
    match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(inner) => inner.replace('\\', ""),
        None => value.to_owned(),
    }
}

/// Splits at a character outside of quotes.
fn split(text: &str, at: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character| {
        let inside = quoted;
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        character == at && !inside
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_send_is_answered() {
        for header in [
            "application/taxii+json;version=2.1",
            "application/taxii+json",
            "Application/TAXII+json ; Version = \"2.1\"",
            "text/html, application/taxii+json; version=2.1; q=0.1",
            "application/taxii+json;version=2.0, application/taxii+json;version=2.1",
            "application/taxii+json;version=2.1;charset=utf-8",
            "*/*",
            "application/*;q=0.001",
            "text/html;x=\"a,b;c\", */*;q=0.5",
            ", ,application/taxii+json",
        ] {
            assert_eq!(accept(Some(header)), Ok(TAXII), "{header}");
        }
        assert_eq!(accept(None), Ok(TAXII));
    }

    #[test]
    fn what_cannot_be_sent_is_not() {
        for header in [
            "",
            "text/html",
            "application/json",
            "application/stix+json;version=2.1",
            "application/taxii+json;version=2.0",
            "application/taxii+json;version=2.2",
            "application/taxii+json;q=0",
            "*/*, application/taxii+json;version=2.1;q=0",
            "application/*;q=0.000, text/html",
            "application/taxii+json;q=2",
            "application/taxii+json;version",
        ] {
            assert_eq!(accept(Some(header)), Err(NotAcceptable), "{header}");
        }
    }

    #[test]
    fn what_is_taken() {
        for header in
            ["application/taxii+json;version=2.1", "APPLICATION/taxii+json", "application/taxii+json; charset=UTF-8"]
        {
            assert_eq!(content_type(Some(header)), Ok(()), "{header}");
        }
        for header in [
            "application/json",
            "*/*",
            "application/taxii+json;version=2.0",
            "application/taxii+json;charset=utf-16",
            "",
        ] {
            assert_eq!(content_type(Some(header)), Err(Unsupported), "{header}");
        }
        assert_eq!(content_type(None), Err(Unsupported));
    }
}
