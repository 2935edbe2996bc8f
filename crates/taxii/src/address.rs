//! Where a server is, and that nothing leads away from it.
//!
//! An address is what the operator wrote down. Whatever a server answers (a redirect, an API root in its discovery) may
//! lead within the same origin, and nowhere else: credentials go to the one who was meant.

use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};

/// Bytes of an address at most.
const BYTES_MAX: usize = 4_096;

/// The address of a TAXII resource: `https`, no credentials, no query, a slash at its end.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

/// Why a text is no address, or not one to go to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// Not a URL.
    #[error("`{text}` is not an address ({why}); write it like `https://taxii.example.org/taxii2/`")]
    Unreadable {
        /// The text.
        text: String,
        /// Why.
        why: String,
    },
    /// Not `https`.
    #[error(
        "`{text}` is not https, without which passwords and objects are anybody's to read; only a server on this machine may be reached by http"
    )]
    Plain {
        /// The text.
        text: String,
    },
    /// A user or password in it.
    #[error("the address has a user or password in it, which would end in logs; give them on their own")]
    Credentials,
    /// It leads elsewhere.
    #[error("`{to}` is not of the origin `{origin}`; if that is where the server is now, give that address")]
    Elsewhere {
        /// Where it leads.
        to: String,
        /// Where it had to stay.
        origin: String,
    },
}

impl Address {
    /// Reads an address; query and fragment are dropped, a missing slash at the end is added.
    ///
    /// # Errors
    /// [`AddressFault`].
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let unreadable = |why: &str| AddressFault::Unreadable { text: crate::fault::said(text), why: why.to_owned() };
        if text.len() > BYTES_MAX {
            return Err(unreadable("too long"));
        }
        let mut url = Url::parse(text.trim()).map_err(|error| unreadable(&error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressFault::Credentials);
        }
        url.set_query(None);
        url.set_fragment(None);
        let plain = AddressFault::Plain { text: crate::fault::said(text) };
        let Some(host) = url.host() else { return Err(unreadable("it names no server")) };
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(&host) => {}
            "http" => return Err(plain),
            _ => return Err(unreadable("neither https nor http")),
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self(url))
    }

    /// The resource of this name below it, slash included; the name is one segment and is encoded.
    pub fn below(&self, name: &str) -> Self {
        let mut url = self.0.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(name).push("");
        }
        Self(url)
    }

    /// The resource this one lies in; itself at the root.
    pub fn above(&self) -> Self {
        let mut url = self.0.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().pop().push("");
        }
        Self(url)
    }

    /// What a server's answer points at, relative to this address.
    ///
    /// # Errors
    /// [`AddressFault::Elsewhere`] where it leaves the origin; [`AddressFault::Unreadable`] where it is none.
    pub fn follow(&self, to: &str) -> Result<Self, AddressFault> {
        let url = self.target(to)?;
        Self::parse(url.as_str())
    }

    /// As [`Self::follow`], with query, for redirects.
    pub(crate) fn target(&self, to: &str) -> Result<Url, AddressFault> {
        let unreadable =
            |error: url::ParseError| AddressFault::Unreadable { text: crate::fault::said(to), why: error.to_string() };
        let url = self.0.join(to).map_err(unreadable)?;
        if url.origin() != self.0.origin() || !url.username().is_empty() || url.password().is_some() {
            return Err(AddressFault::Elsewhere {
                to: crate::fault::said(url.as_str()),
                origin: self.0.origin().ascii_serialization(),
            });
        }
        Ok(url)
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// The address itself where its server is named by one, and `localhost` as what it stands for.
    pub(crate) fn literal(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Ipv4(ip) => Some(ip.into()),
            Host::Ipv6(ip) => Some(ip.into()),
            Host::Domain(name) => is_localhost(name).then_some(std::net::Ipv4Addr::LOCALHOST.into()),
        }
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => is_localhost(name),
    }
}

/// A name that means this machine everywhere (RFC 6761, section 6.3).
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn an_address_ends_with_a_slash() {
        assert_eq!(address("https://taxii.example.org/api?x#y").as_str(), "https://taxii.example.org/api/");
        let collection = address("https://taxii.example.org/api").below("collections").below("a/b?");
        assert_eq!(collection.as_str(), "https://taxii.example.org/api/collections/a%2Fb%3F/");
        assert_eq!(collection.above().above(), address("https://taxii.example.org/api/"));
        assert_eq!(address("https://taxii.example.org/").above(), address("https://taxii.example.org/"));
    }

    #[test]
    fn what_is_no_address() {
        for text in ["", "taxii.example.org", "ftp://taxii.example.org/", "https://", "file:///etc/passwd"] {
            assert!(matches!(Address::parse(text), Err(AddressFault::Unreadable { .. })), "{text}");
        }
        for text in ["http://taxii.example.org/", "http://192.0.2.1/", "http://localhost.example.org/"] {
            assert!(matches!(Address::parse(text), Err(AddressFault::Plain { .. })), "{text}");
        }
        for text in ["http://localhost:5000/a/", "http://127.0.0.1/", "http://[::1]:1/"] {
            address(text);
        }
        let fault = Address::parse("https://user:word@taxii.example.org/").unwrap_err();
        assert!(!fault.to_string().contains("word@"), "{fault}");
        assert!(Address::parse(&format!("https://taxii.example.org/{}", "a".repeat(BYTES_MAX))).is_err());
    }

    #[test]
    fn nothing_leads_away() {
        let here = address("https://taxii.example.org/taxii2/");
        assert_eq!(here.follow("/api/").unwrap(), address("https://taxii.example.org/api/"));
        assert_eq!(
            here.follow("https://taxii.example.org:443/api").unwrap(),
            address("https://taxii.example.org/api/")
        );
        for to in [
            "https://other.example.org/",
            "//other.example.org/",
            "http://taxii.example.org/",
            "https://taxii.example.org:8443/",
            "https://user@taxii.example.org/",
            "https://taxii.example.org@other.example.org/",
            "\\\\other.example.org/",
            "file:///etc/passwd",
        ] {
            assert!(matches!(here.follow(to), Err(AddressFault::Elsewhere { .. })), "{to}");
        }
    }
}
