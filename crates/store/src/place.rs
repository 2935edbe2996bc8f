//! Where the database is: a file or a server, by the scheme of a URL.

use crate::error::StoreError;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Which database speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// One file, one writer, many readers.
    Sqlite,
    /// A server.
    Postgres,
}

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Place {
    /// Reads `sqlite:path`, `sqlite://path`, `postgres://…` or `postgresql://…`.
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
        match scheme {
            "sqlite" => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                let path = path.split_once('?').map_or(path, |(path, _)| path);
                if path.is_empty() || path == ":memory:" {
                    return Err(StoreError::InMemory);
                }
                Ok(Self::Sqlite(PathBuf::from(path)))
            }
            "postgres" | "postgresql" => Ok(Self::Postgres(url.to_owned())),
            _ => Err(StoreError::UnknownScheme { scheme: scheme.to_owned() }),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The URL as the driver wants it.
    pub(crate) fn driver_url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}?mode=rwc", percent(path)),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// For messages: without user and password.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("`{}`", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
                format!("`postgres://{}`", rest.rsplit_once('@').map_or(rest, |(_, host)| host))
            }
        }
    }
}

/// A path as part of a URL; a relative one stays relative.
fn percent(path: &Path) -> String {
    let mut out = String::new();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(*byte)),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_and_an_unknown_one_gets_a_sentence() {
        assert_eq!(Place::parse("sqlite:hub.db").unwrap(), Place::Sqlite("hub.db".into()));
        assert_eq!(Place::parse("sqlite:///var/lib/hub.db").unwrap(), Place::Sqlite("/var/lib/hub.db".into()));
        assert_eq!(Place::parse("postgres://db.example.org/hub").unwrap().dialect(), Dialect::Postgres);
        for url in ["mysql://db.example.org/hub", "hub.db", ""] {
            let message = Place::parse(url).unwrap_err().to_string();
            assert!(message.contains("is not a database this program speaks"), "{message}");
        }
        assert!(matches!(Place::parse("sqlite::memory:"), Err(StoreError::InMemory)));
    }

    #[test]
    fn a_message_never_shows_a_password() {
        let place = Place::parse("postgres://hub:secret@db.example.org/hub?sslmode=require").unwrap();
        assert_eq!(place.shown(), "`postgres://db.example.org/hub`");
    }

    #[test]
    fn an_odd_path_survives_the_url() {
        assert_eq!(Place::Sqlite("/a b/狼?.db".into()).driver_url(), "sqlite:///a%20b/%E7%8B%BC%3F.db?mode=rwc");
    }
}
