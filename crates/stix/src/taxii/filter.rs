//! The query of a request: filters and paging (sections 3.4, 3.5).
//!
//! A filter that is not understood must not be passed over: the client would take everything for what it asked for.

use crate::fault::excerpt;
use crate::{Id, Limits, SpecVersion, Timestamp};
use std::borrow::Cow;

/// What of a collection is asked for. Where a list is empty, nothing is filtered by it, except that an empty
/// `versions` means the last one, as the standard has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// Only what was added after this time.
    pub added_after: Option<Timestamp>,
    /// So many objects at most; a server may give fewer.
    pub limit: Option<u64>,
    /// Where the answer before ended, opaque.
    pub next: Option<String>,
    /// Only these objects.
    pub ids: Vec<Id>,
    /// Only objects of these types.
    pub types: Vec<String>,
    /// Only these versions.
    pub versions: Vec<Version>,
    /// Only objects of these versions of the standard.
    pub spec_versions: Vec<SpecVersion>,
}

/// Which version of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The oldest.
    First,
    /// The newest.
    Last,
    /// All.
    All,
    /// The one of this time.
    At(Timestamp),
}

/// What is asked; each takes other parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// `GET …/objects/` (section 5.4).
    Objects,
    /// `GET …/objects/{id}/` (section 5.6).
    Object,
    /// `DELETE …/objects/{id}/` (section 5.7).
    Delete,
    /// `GET …/objects/{id}/versions/` (section 5.8).
    Versions,
    /// `GET …/manifest/` (section 5.3).
    Manifest,
    /// Whatever takes no parameters.
    Other,
}

/// Why a query is refused: HTTP 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterFault {
    /// Longer than allowed.
    #[error("the query is {bytes} bytes long, of {bytes_max} at most")]
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        bytes_max: usize,
    },
    /// Percent signs that are no encoding, or no UTF-8.
    #[error("the query is not encoded rightly at `{near}`")]
    Encoding {
        /// What stands there.
        near: String,
    },
    /// A parameter this request does not take.
    #[error("`{name}` is not a parameter of this request, which takes {takes}")]
    Unknown {
        /// Its name.
        name: String,
        /// Those it takes.
        takes: String,
    },
    /// A parameter given twice.
    #[error("`{name}` is given twice; separate several values by commas")]
    Twice {
        /// Its name.
        name: &'static str,
    },
    /// A value that is none for its parameter.
    #[error("`{name}`: `{value}` is not {wanted}")]
    Value {
        /// The parameter.
        name: &'static str,
        /// The value.
        value: String,
        /// What would be right.
        wanted: &'static str,
    },
    /// More values than allowed.
    #[error("`{name}` has more than {values_max} values")]
    TooMany {
        /// The parameter.
        name: &'static str,
        /// How many it may have.
        values_max: usize,
    },
}

impl Endpoint {
    /// The parameters it takes.
    const fn takes(self) -> &'static [&'static str] {
        match self {
            Self::Objects | Self::Manifest => {
                &["added_after", "limit", "next", "match[id]", "match[type]", "match[version]", "match[spec_version]"]
            }
            Self::Object => &["added_after", "limit", "next", "match[version]", "match[spec_version]"],
            Self::Versions => &["added_after", "limit", "next", "match[spec_version]"],
            Self::Delete => &["match[version]", "match[spec_version]"],
            Self::Other => &[],
        }
    }
}

impl Filters {
    /// Reads the query of a request, without its question mark.
    ///
    /// # Errors
    /// [`FilterFault`] that names the parameter and the value.
    pub fn parse(query: &str, endpoint: Endpoint, limits: &Limits) -> Result<Self, FilterFault> {
        if query.len() > limits.query_bytes_max {
            return Err(FilterFault::TooLong { bytes: query.len(), bytes_max: limits.query_bytes_max });
        }
        let (mut filters, mut seen) = (Self::default(), Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            let Some(&name) = endpoint.takes().iter().find(|own| **own == name) else {
                return Err(unknown(&name, endpoint));
            };
            if seen.contains(&name) {
                return Err(FilterFault::Twice { name });
            }
            seen.push(name);
            filters.take(name, &value, limits)?;
        }
        Ok(filters)
    }

    fn take(&mut self, name: &'static str, value: &str, limits: &Limits) -> Result<(), FilterFault> {
        let wrong = |wanted| FilterFault::Value { name, value: excerpt(value), wanted };
        match name {
            "added_after" => self.added_after = Some(Timestamp::parse(value).map_err(|_| wrong(TIME))?),
            "limit" => self.limit = Some(limit(value).ok_or_else(|| wrong("a whole number, 1 at least"))?),
            "next" if value.is_empty() => return Err(wrong("what an answer before gave as `next`")),
            "next" => self.next = Some(value.to_owned()),
            "match[id]" => self.ids = list(name, value, limits, "an identifier", |id| Id::parse(id).ok())?,
            "match[type]" => {
                let kind = |kind: &str| crate::id::is_kind(kind.as_bytes()).then(|| kind.to_owned());
                self.types = list(name, value, limits, "an object type", kind)?;
            }
            "match[version]" => {
                self.versions = list(name, value, limits, "`first`, `last`, `all` or a timestamp", version)?;
            }
            _ => self.spec_versions = list(name, value, limits, "`2.0` or `2.1`", spec_version)?,
        }
        Ok(())
    }
}

const TIME: &str = "a timestamp like `2026-01-01T00:00:00.000Z`";

fn unknown(name: &str, endpoint: Endpoint) -> FilterFault {
    let takes = match endpoint.takes() {
        [] => "none".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    };
    FilterFault::Unknown { name: excerpt(name), takes }
}

/// Values separated by commas, all of them good.
fn list<T>(
    name: &'static str,
    text: &str,
    limits: &Limits,
    wanted: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, FilterFault> {
    let mut values = Vec::new();
    for value in text.split(',').map(str::trim) {
        if values.len() >= limits.filter_values_max {
            return Err(FilterFault::TooMany { name, values_max: limits.filter_values_max });
        }
        values.push(read(value).ok_or_else(|| FilterFault::Value { name, value: excerpt(value), wanted })?);
    }
    Ok(values)
}

fn version(text: &str) -> Option<Version> {
    match text {
        "first" => Some(Version::First),
        "last" => Some(Version::Last),
        "all" => Some(Version::All),
        _ => Timestamp::parse(text).ok().map(Version::At),
    }
}

fn spec_version(text: &str) -> Option<SpecVersion> {
    [SpecVersion::V2_0, SpecVersion::V2_1].into_iter().find(|version| version.as_str() == text)
}

/// More than fits is as good as the most.
fn limit(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX)).filter(|limit| *limit > 0)
}

/// Percent-encoding and `+` for a space, as forms have it.
fn decoded(text: &str) -> Result<Cow<'_, str>, FilterFault> {
    if !text.contains(['%', '+']) {
        return Ok(Cow::Borrowed(text));
    }
    let fault = || FilterFault::Encoding { near: excerpt(text) };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, after) = rest.split_first_chunk::<2>().ok_or_else(fault)?;
                let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                bytes.push(digit(digits[0]).ok_or_else(fault)? * 16 + digit(digits[1]).ok_or_else(fault)?);
                rest = after;
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| fault())
}

#[cfg(test)]
mod tests;
