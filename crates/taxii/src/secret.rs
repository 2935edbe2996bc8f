//! What proves who asks, and never shows.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use zeroize::Zeroizing;

/// A password or token. It is wiped from memory when dropped, and printing it says nothing.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// A text that cannot be a password or token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret is one line of printable ASCII, and not empty")]
pub struct NotASecret;

impl Secret {
    /// Of a text; one line end at its end, as editors leave it, is not part of it.
    ///
    /// # Errors
    /// [`NotASecret`] where it could not stand in a header.
    pub fn new(text: String) -> Result<Self, NotASecret> {
        let text = Zeroizing::new(text);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let fits = !line.is_empty() && line.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        fits.then(|| Self(Zeroizing::new(line.to_owned()))).ok_or(NotASecret)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// How a client says who it is (TAXII 2.1, section 1.6.9). A client certificate is part of [`crate::tls::Tls`].
#[derive(Debug, Clone, Default)]
pub enum Credentials {
    /// It does not, or by its certificate.
    #[default]
    None,
    /// User and password (RFC 7617).
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token (RFC 6750).
    Bearer(Secret),
}

impl Credentials {
    /// The value of the `Authorization` header.
    pub(crate) fn header(&self) -> Option<Zeroizing<String>> {
        match self {
            Self::None => None,
            Self::Basic { user, password } => {
                let pair = Zeroizing::new(format!("{user}:{}", *password.0));
                Some(Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes()))))
            }
            Self::Bearer(token) => Some(Zeroizing::new(format!("Bearer {}", *token.0))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_says_nothing() {
        let secret = Secret::new("correct horse\r\n".to_owned()).unwrap();
        let all = [Credentials::Bearer(secret.clone()), Credentials::Basic { user: "u".to_owned(), password: secret }];
        for credentials in &all {
            assert!(!format!("{credentials:?}").contains("horse"));
        }
        assert_eq!(all[0].header().unwrap().as_str(), "Bearer correct horse");
        assert_eq!(all[1].header().unwrap().as_str(), "Basic dTpjb3JyZWN0IGhvcnNl");
    }

    #[test]
    fn a_secret_cannot_end_its_header() {
        for text in ["", "\n", "a\nb: c", "a\r\n\r\n", "日本"] {
            assert_eq!(Secret::new(text.to_owned()).unwrap_err(), NotASecret, "{text:?}");
        }
    }
}
