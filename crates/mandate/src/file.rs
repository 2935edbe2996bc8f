//! The mandate file: TOML, version 1, validated with source positions.

mod fields;

use crate::limits;
use crate::place::PlaceTable;
use crate::scope::Scope;
use fields::MandateFile;
use ipnet::IpNet;
use noroshi_model::{Direction, LegalBasis, Micros, Place, Protocol, Purpose};
use serde::Serialize;
use std::ops::Range;
use std::path::{Path, PathBuf};

pub use fields::Deidentification;
pub use registry::CountryTable;

/// The version of the file format this program reads.
pub const VERSION: u32 = 1;

/// A span of time, half open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Term {
    /// First moment.
    pub from: Micros,
    /// First moment after.
    pub until: Micros,
}

/// Where addresses named by no list stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    /// Range tables (`first,last,…,country` CSV, plain or gzip), as absolute or relative paths.
    pub files: Vec<PathBuf>,
    /// The two-letter code that means domestic.
    pub country: String,
}

/// A validated mandate (取得・利用の承認又は当事者協定).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// What records and outputs call it.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// What it rests on.
    pub legal_basis: LegalBasis,
    /// Directions covered; never [`Direction::Domestic`].
    pub directions: Vec<Direction>,
    /// What the data may be used for.
    pub purposes: Vec<Purpose>,
    /// When it may be used.
    pub term: Term,
    /// Which traffic it covers, by start of flow.
    pub traffic: Option<Term>,
    /// The operators' own prefixes.
    pub domestic: Vec<IpNet>,
    /// Prefixes known to stand abroad.
    pub foreign: Vec<IpNet>,
    /// Place of addresses that no list and no registry names: `Foreign` or `Unknown`.
    pub elsewhere: Place,
    /// Registration tables, consulted after the lists.
    pub registry: Option<Registry>,
    /// Protocols in scope; empty covers all.
    pub protocols: Vec<Protocol>,
    /// Inclusive port ranges in scope; empty covers all.
    pub ports: Vec<(u16, u16)>,
    /// Whether DNS names may be read. Names can be content in law; off unless said.
    pub dns_names: bool,
    /// Records admitted at most in one run.
    pub records_max: u64,
    /// Records of selected servers kept at most in one run.
    pub selected_records_max: u64,
    /// Days selected records may be kept.
    pub selected_days_max: u32,
    /// How domestic addresses are written.
    pub deidentification: Deidentification,
    /// BLAKE3 of the file's bytes, hex.
    pub fingerprint: String,
}

/// What is wrong with a mandate file, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum MandateError {
    /// The file cannot be read.
    #[error("cannot read mandate `{path}`: {source}; write one with `noroshi mandate new --out {path}`")]
    Read {
        /// The path as given.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is larger than any mandate.
    #[error("mandate `{path}` has {bytes} bytes; a mandate has {max} at most", max = limits::MANDATE_BYTES_MAX)]
    TooLarge {
        /// The path as given.
        path: String,
        /// Its size.
        bytes: u64,
    },
    /// The text is not a mandate.
    #[error("{}", lines(.0))]
    Invalid(Vec<Fault>),
    /// A registration table cannot be used.
    #[error("registration table `{path}`{}: {reason}", line.map(|n| format!(", line {n}")).unwrap_or_default())]
    Registry {
        /// The table's path.
        path: String,
        /// 1-based line, where known.
        line: Option<usize>,
        /// What is wrong.
        reason: String,
    },
}

fn lines(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// One thing wrong in a mandate file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// File name as given.
    pub file: String,
    /// 1-based line.
    pub line: usize,
    /// 1-based column, in characters.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl Mandate {
    /// Reads and validates a mandate file. Registration tables are resolved beside it.
    ///
    /// # Errors
    /// [`MandateError`]: unreadable, too large, or a list of faults with their positions.
    pub fn read(path: &Path) -> Result<Self, MandateError> {
        let name = path.display().to_string();
        let fail = |source| MandateError::Read { path: name.clone(), source };
        let bytes = std::fs::metadata(path).map_err(fail)?.len();
        if bytes > limits::MANDATE_BYTES_MAX {
            return Err(MandateError::TooLarge { path: name, bytes });
        }
        let text = std::fs::read_to_string(path).map_err(fail)?;
        let mut mandate = Self::parse(&text, &name)?;
        if let (Some(registry), Some(folder)) = (&mut mandate.registry, path.parent()) {
            for file in &mut registry.files {
                *file = folder.join(&*file);
            }
        }
        Ok(mandate)
    }

    /// Validates the text of a mandate. `name` stands in messages.
    ///
    /// # Errors
    /// [`MandateError::Invalid`] with every fault found and its position.
    pub fn parse(text: &str, name: &str) -> Result<Self, MandateError> {
        let place = |span: Range<usize>, message: String| fault(name, text, span, message);
        let file: MandateFile = toml::from_str(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            MandateError::Invalid(vec![place(span, error.message().replace('\n', "; "))])
        })?;
        file.validate(text).map_err(|faults| {
            MandateError::Invalid(faults.into_iter().map(|(span, message)| place(span, message)).collect())
        })
    }

    /// Compiles the mandate for the hot path: reads its registration tables, builds the lookup.
    ///
    /// # Errors
    /// [`MandateError::Registry`] when a registration table is missing or damaged.
    pub fn compile(&self) -> Result<Scope, MandateError> {
        let mut builder = PlaceTable::builder();
        if let Some(registry) = &self.registry {
            registry::load(registry, &mut builder)?;
        }
        if self.registry.is_none() && self.elsewhere == Place::Foreign {
            builder.range(0, u128::MAX, Place::Foreign);
        }
        for net in special_purpose() {
            builder.prefix(net, Place::Unknown);
        }
        self.foreign.iter().for_each(|&net| builder.prefix(net, Place::Foreign));
        self.domestic.iter().for_each(|&net| builder.prefix(net, Place::Domestic));
        let mut directions = [false; 4];
        self.directions.iter().for_each(|&d| directions[d as usize] = true);
        let mut protocols = [self.protocols.is_empty(); 256];
        self.protocols.iter().for_each(|p| protocols[usize::from(p.0)] = true);
        Ok(Scope {
            places: builder.build(self.elsewhere),
            directions,
            protocols,
            ports: self.port_bits(),
            from: self.traffic.map_or(Micros(i64::MIN), |t| t.from),
            until: self.traffic.map_or(Micros(i64::MAX), |t| t.until),
            records_max: self.records_max,
            dns_names: self.dns_names,
        })
    }

    /// Where addresses are registered, if the mandate names tables.
    ///
    /// # Errors
    /// [`MandateError::Registry`] when a table is missing or damaged.
    pub fn countries(&self) -> Result<Option<CountryTable>, MandateError> {
        self.registry.as_ref().map(CountryTable::load).transpose()
    }

    fn port_bits(&self) -> Option<Vec<u64>> {
        if self.ports.is_empty() {
            return None;
        }
        let mut bits = vec![0u64; 1024];
        for &(first, last) in &self.ports {
            for port in first..=last {
                bits[usize::from(port >> 6)] |= 1 << (port & 63);
            }
        }
        Some(bits)
    }
}

pub(crate) mod registry;

/// Ranges that stand in no country (RFC 6890 and its registries): unknown unless a mandate lists them.
fn special_purpose() -> impl Iterator<Item = IpNet> {
    [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    ]
    .into_iter()
    .filter_map(|text| text.parse().ok())
}

/// The word a unit variant is written as in a mandate file.
pub(crate) fn word_of<T: Serialize>(value: &T) -> String {
    toml::Value::try_from(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn fault(file: &str, text: &str, span: Range<usize>, message: String) -> Fault {
    let before = text.get(..span.start.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
    Fault { file: file.to_owned(), line, column, message }
}

#[cfg(test)]
pub(crate) mod tests;
