//! What an indicator can be: an address, a block of them, a name, a URL, a mailbox, a hash.
//!
//! A [`Value`] is only made by reading a text, and none that was read has a space, a quote, a control character or a
//! line feed in it. Everything that writes values relies on that.

mod defang;
mod domain;
mod stix;

pub use defang::refang;
pub(crate) use domain::host_name;

use crate::limits::{BLOCK_V4_BITS_MIN, BLOCK_V6_BITS_MIN, EMAIL_BYTES_MAX, URL_BYTES_MAX};
use crate::text::excerpt;
use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;
use url::Url;

/// What kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A block of IPv4 addresses.
    BlockV4,
    /// A block of IPv6 addresses.
    BlockV6,
    /// A domain name.
    Domain,
    /// A URL.
    Url,
    /// An e-mail address.
    Email,
    /// An MD5 hash of a file.
    Md5,
    /// A SHA-1 hash of a file.
    Sha1,
    /// A SHA-256 hash of a file.
    Sha256,
    /// A SHA-512 hash of a file.
    Sha512,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Ipv4,
        Self::Ipv6,
        Self::BlockV4,
        Self::BlockV6,
        Self::Domain,
        Self::Url,
        Self::Email,
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
    ];

    /// As lists and file names have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::BlockV4 => "ipv4-block",
            Self::BlockV6 => "ipv6-block",
            Self::Domain => "domain",
            Self::Url => "url",
            Self::Email => "email",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value in its one spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(Held);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Held {
    Address(IpAddr),
    Block(IpNet),
    /// What kind, and its spelling.
    Text(Kind, String),
}

/// Why a text is no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAValue {
    /// Nothing it could be.
    #[error(
        "`{0}` is no address, block, domain, URL, e-mail address, MD5, SHA-1, SHA-256 or SHA-512; correct it, or put `#` before it"
    )]
    Unknown(String),
    /// A block too large to be one attacker's.
    #[error(
        "the block `{0}` is too large; name blocks of /{BLOCK_V4_BITS_MIN} (IPv6: /{BLOCK_V6_BITS_MIN}) or smaller"
    )]
    TooWide(String),
    /// The name of a file.
    #[error(
        "`{0}` looks like the name of a file, not of a host; name its hash, or write the domain with a dot at its end"
    )]
    FileName(String),
}

impl Value {
    /// Reads a value in any usual spelling, defanged ones among them (`hxxp://`, `[.]`, `(dot)`).
    ///
    /// # Errors
    /// [`NotAValue`], which says what to do.
    pub fn parse(text: &str) -> Result<Self, NotAValue> {
        let text = refang(text.trim());
        let unknown = || NotAValue::Unknown(excerpt(&text));
        if text.is_empty() || text.len() > URL_BYTES_MAX || text.chars().any(is_forbidden) {
            return Err(unknown());
        }
        if let Some(kind) = hash_kind(&text) {
            return Ok(Self(Held::Text(kind, text.to_ascii_lowercase())));
        }
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&text);
        if let Ok(address) = bare.parse() {
            return Ok(Self(Held::Address(address)));
        }
        if let Ok(block) = text.parse::<IpNet>() {
            return of_block(block).ok_or_else(|| NotAValue::TooWide(excerpt(&text)));
        }
        if text.contains("://") {
            return url(&text).ok_or_else(unknown);
        }
        if text.contains('@') {
            return email(&text).ok_or_else(unknown);
        }
        if domain::is_file_name(&text) {
            return Err(NotAValue::FileName(excerpt(&text)));
        }
        // A path without a scheme: lists of web pages are often written so.
        if let Some((host, path)) = text.split_once('/') {
            // An address and digits are a block that is none.
            let web = host.parse::<IpAddr>().is_ok() && !path.bytes().all(|byte| byte.is_ascii_digit());
            let named = domain::domain(host).is_some() || web;
            return if named { url(&format!("http://{text}")) } else { None }.ok_or_else(unknown);
        }
        domain::domain(&text).map(|name| Self(Held::Text(Kind::Domain, name))).ok_or_else(unknown)
    }

    /// An address.
    pub fn address(address: IpAddr) -> Self {
        Self(Held::Address(address))
    }

    /// What kind.
    pub fn kind(&self) -> Kind {
        match &self.0 {
            Held::Address(IpAddr::V4(_)) => Kind::Ipv4,
            Held::Address(IpAddr::V6(_)) => Kind::Ipv6,
            Held::Block(IpNet::V4(_)) => Kind::BlockV4,
            Held::Block(IpNet::V6(_)) => Kind::BlockV6,
            Held::Text(kind, _) => *kind,
        }
    }

    /// The address or block, where it is one; an address is a block of its own.
    pub fn block(&self) -> Option<IpNet> {
        match &self.0 {
            Held::Address(address) => Some(IpNet::from(*address)),
            Held::Block(block) => Some(*block),
            Held::Text(..) => None,
        }
    }

    /// The domain name, where it is one.
    pub fn domain(&self) -> Option<&str> {
        match &self.0 {
            Held::Text(Kind::Domain, name) => Some(name),
            _ => None,
        }
    }

    /// What stands behind the scheme of a URL or the `@` of a mailbox: a name or an address.
    pub fn host(&self) -> Option<String> {
        match &self.0 {
            Held::Text(Kind::Url, text) => Some(Url::parse(text).ok()?.host_str()?.to_owned()),
            Held::Text(Kind::Email, text) => Some(text.rsplit_once('@')?.1.to_owned()),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Held::Address(address) => address.fmt(f),
            Held::Block(block) => block.fmt(f),
            Held::Text(_, text) => f.write_str(text),
        }
    }
}

/// What no value has in it.
fn is_forbidden(character: char) -> bool {
    character.is_whitespace() || crate::text::is_control(character)
}

fn hash_kind(text: &str) -> Option<Kind> {
    let kind = match text.len() {
        32 => Kind::Md5,
        40 => Kind::Sha1,
        64 => Kind::Sha256,
        128 => Kind::Sha512,
        _ => return None,
    };
    text.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(kind)
}

/// A block in its one spelling; a block of one address is that address.
fn of_block(block: IpNet) -> Option<Value> {
    let (bits, bits_min) = match block {
        IpNet::V4(_) => (block.prefix_len(), BLOCK_V4_BITS_MIN),
        IpNet::V6(_) => (block.prefix_len(), BLOCK_V6_BITS_MIN),
    };
    if bits < bits_min {
        return None;
    }
    let one = bits == block.max_prefix_len();
    Some(Value(if one { Held::Address(block.addr()) } else { Held::Block(block.trunc()) }))
}

/// A URL with a host. It stays as it was written where that is plain, as others will compare it letter by letter;
/// quotes, brackets and other letters are percent-encoded.
fn url(text: &str) -> Option<Value> {
    let read = Url::parse(text).ok()?;
    let host = read.host_str()?;
    if host.is_empty()
        || !matches!(read.scheme(), "http" | "https" | "ftp" | "ftps" | "sftp" | "tftp" | "ws" | "wss" | "tcp" | "udp")
    {
        return None;
    }
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte));
    let spelled = if plain { text.to_owned() } else { read.to_string() };
    let safe: String = spelled.chars().map(escaped).collect();
    // What still looks defanged would be another URL when it is read again.
    (safe.len() <= URL_BYTES_MAX && refang(&safe) == safe).then_some(Value(Held::Text(Kind::Url, safe)))
}

/// What the URL standard leaves as it is and a line of a rule does not.
fn escaped(character: char) -> String {
    match character {
        '"' | '\'' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => format!("%{:02X}", u32::from(character)),
        other => other.to_string(),
    }
}

fn email(text: &str) -> Option<Value> {
    let (local, host) = text.rsplit_once('@')?;
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&*+-/=?^_.~".contains(&byte);
    // A dot stands between other letters (RFC 5322, section 3.2.3).
    let dotted = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    let good = !local.is_empty() && !dotted && local.len() <= 64 && local.bytes().all(atom);
    let spelled = format!("{local}@{}", domain::domain(host)?);
    (good && spelled.len() <= EMAIL_BYTES_MAX && refang(&spelled) == spelled)
        .then_some(Value(Held::Text(Kind::Email, spelled)))
}

#[cfg(test)]
pub(crate) mod tests;
