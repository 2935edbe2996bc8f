//! Why a request did not give what was asked for: what was asked, what the server said, what to do.

use crate::address::AddressFault;
use noroshi_stix::taxii::ErrorMessage;
use std::fmt;
use std::time::Duration;

/// Characters of a stranger's text that are shown.
const SAID_CHARACTERS_MAX: usize = 300;

/// Why one request failed, after all tries that made sense.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// No answer, or half of one.
    #[error("`{asked}` had no answer: {why}")]
    Unreachable {
        /// Method and address.
        asked: String,
        /// Why.
        why: String,
        /// Whether it may pass by itself.
        may_pass: bool,
    },
    /// The name leads inside.
    #[error("`{asked}` was not sent: {why}")]
    Inside {
        /// Method and address.
        asked: String,
        /// What was found.
        why: String,
    },
    /// The server leads elsewhere.
    #[error("`{asked}` was redirected, which is not followed: {why}")]
    Redirected {
        /// Method and address.
        asked: String,
        /// Why it is not followed.
        why: String,
    },
    /// The server said no.
    #[error("`{asked}` was refused with {status}{said}; {advice}")]
    Refused {
        /// Method and address.
        asked: String,
        /// HTTP status.
        status: u16,
        /// What the server said.
        said: Said,
        /// What to do.
        advice: &'static str,
        /// When it asks to come again.
        again_after: Option<Duration>,
    },
    /// It asks for more patience than there is.
    #[error(
        "`{asked}` was put off with {status} for {seconds} seconds, of {seconds_max} that are waited at most; come again then"
    )]
    PutOff {
        /// Method and address.
        asked: String,
        /// HTTP status.
        status: u16,
        /// For how long.
        seconds: u64,
        /// How long is waited.
        seconds_max: u64,
    },
    /// Not TAXII 2.1.
    #[error("`{asked}` was answered as `{media}`, which is not TAXII 2.1; is that the address of a TAXII server?")]
    NotTaxii {
        /// Method and address.
        asked: String,
        /// The media type of the answer.
        media: String,
    },
    /// More than is taken.
    #[error(
        "the answer to `{asked}` has more than {bytes_max} bytes {how}; ask for fewer objects at once, or allow more"
    )]
    TooLong {
        /// Method and address.
        asked: String,
        /// How many are taken.
        bytes_max: u64,
        /// As they come, or unpacked.
        how: &'static str,
    },
    /// Packed in a way, or an answer, that cannot be read.
    #[error("the answer to `{asked}` cannot be read: {why}")]
    Unreadable {
        /// Method and address.
        asked: String,
        /// Why.
        why: String,
    },
    /// An address of another origin.
    #[error(transparent)]
    Address(#[from] AddressFault),
}

/// What a server said of itself, made fit to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said(String);

impl Said {
    /// From the body of an answer: the message of the standard (section 3.6.1) if it is one, its beginning if not.
    pub(crate) fn of(body: &[u8]) -> Self {
        let Ok(message) = serde_json::from_slice::<ErrorMessage>(body) else {
            let text = String::from_utf8_lossy(&body[..body.len().min(4 * SAID_CHARACTERS_MAX)]);
            return Self(said(text.trim()));
        };
        let mut text = message.title;
        for more in [message.description, message.error_code, message.error_id].into_iter().flatten() {
            if !more.is_empty() && !text.contains(&more) {
                text = format!("{text}: {more}");
            }
        }
        Self(said(&text))
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, ", saying `{}`", self.0) }
    }
}

impl RequestError {
    /// The HTTP status, where the server gave one that means no.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } | Self::PutOff { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the same request may do better a little later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { may_pass, .. } => *may_pass,
            Self::Refused { status, .. } => matches!(status, 408 | 425 | 429 | 500 | 502..=504),
            _ => false,
        }
    }

    /// Whether the server certainly did nothing: it turned the request away before looking at it.
    pub(crate) fn was_turned_away(&self) -> bool {
        matches!(self, Self::Refused { status: 429 | 503, .. } | Self::PutOff { .. })
    }
}

/// What to do about a status.
pub(crate) const fn advice(status: u16) -> &'static str {
    match status {
        400 => "the server did not understand the request: look at the filters",
        401 => "give user and password, a token or a certificate, or check the one given",
        403 => "this account may not do that: ask whoever runs the server",
        404 => "there is no such thing, or this account does not see it: check the address",
        406 | 415 => "the server does not speak TAXII 2.1",
        413 => "the server takes less at once",
        422 => "the server read it and does not take it",
        429 => "the server is asked too often",
        500..=599 => "the server is in trouble: try again later, or tell whoever runs it",
        _ => "that is no answer TAXII 2.1 has",
    }
}

/// A stranger's text as it may be shown: its beginning, control characters written out.
pub(crate) fn said(text: &str) -> String {
    let mut shown: String = text.chars().take(SAID_CHARACTERS_MAX).flat_map(char::escape_debug).collect();
    // `escape_debug` is for quoted texts; quotes are no harm here.
    shown = shown.replace("\\\"", "\"").replace("\\'", "'");
    if text.chars().nth(SAID_CHARACTERS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_quoted_and_does_not_write_on_the_terminal() {
        let body = br#"{"title":"No","description":"\u001b[2J wiped","error_code":"x.1","http_status":"403"}"#;
        assert_eq!(Said::of(body).to_string(), ", saying `No: \\u{1b}[2J wiped: x.1`");
        assert_eq!(Said::of(b"").to_string(), "");
        assert_eq!(Said::of(b"<html>\n\"no\"</html>").to_string(), ", saying `<html>\\n\"no\"</html>`");
        assert_eq!(Said::of(&b"a".repeat(5_000)).to_string().chars().filter(|c| *c == 'a').count(), 301);
        assert!(Said::of(&b"\xff".repeat(5_000)).to_string().ends_with("…`"));
    }
}
