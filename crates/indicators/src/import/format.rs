//! What an input is.

use super::{columns, shadowserver, table};
use regex::Regex;
use std::sync::LazyLock;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// One value a line.
    List,
    /// Comma, semicolon, tab or bar separated columns.
    Table,
    /// A report of the Shadowserver Foundation.
    Shadowserver,
    /// YARA rules.
    Yara,
    /// Sigma rules.
    Sigma,
    /// Suricata rules.
    Suricata,
    /// Snort rules.
    Snort,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] =
        [Self::List, Self::Table, Self::Shadowserver, Self::Yara, Self::Sigma, Self::Suricata, Self::Snort];

    /// As command lines name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Table => "csv",
            Self::Shadowserver => "shadowserver",
            Self::Yara => "yara",
            Self::Sigma => "sigma",
            Self::Suricata => "suricata",
            Self::Snort => "snort",
        }
    }

    /// The format with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// What an input most likely is, from what stands in it and, where that does not tell, from its name.
    pub fn guess(name: &str, text: &str) -> Self {
        let matches = |regex: &LazyLock<Option<Regex>>| regex.as_ref().is_some_and(|regex| regex.is_match(head(text)));
        let name = name.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&[".yar", ".yara"]) || matches(&YARA) {
            return Self::Yara;
        }
        if matches(&RULE) || ends(&[".rules"]) {
            return if name.contains("snort") { Self::Snort } else { Self::Suricata };
        }
        if matches(&SIGMA) || ends(&[".yml", ".yaml"]) {
            return Self::Sigma;
        }
        match table::header(text) {
            Some(header) if shadowserver::is_report(&header) => Self::Shadowserver,
            Some(header) if columns::names_any(&header) => Self::Table,
            _ if ends(&[".csv", ".tsv"]) => Self::Table,
            _ => Self::List,
        }
    }
}

static YARA: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*(?:(?:private|global)\s+)*rule\s+\w+\s*(?::[\w\s]*)?\{").ok());
static RULE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*#?\s*(?:alert|drop|reject\w*|pass|log|block|sdrop)\s.*\(.*\bsid\s*:").ok());
static SIGMA: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?ms)^(?:logsource:.*^detection:|detection:.*^logsource:)").ok());

/// As much of a text as is looked at.
fn head(text: &str) -> &str {
    const HEAD_BYTES: usize = 64 << 10;
    let end = (0..=HEAD_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}
