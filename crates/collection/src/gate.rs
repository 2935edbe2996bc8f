//! From granted terms to what the gate of the decoder asks.

use ipnet::IpNet;
use noroshi_casework::mandate::Granted;
use noroshi_mandate::Mandate;
use noroshi_mandate::file::{Deidentification, Registry, Term};
use noroshi_model::{MandateId, Place, Protocol};
use std::path::PathBuf;

/// How places are found beyond the operators' own prefixes, which the terms name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// Prefixes known to stand abroad.
    pub foreign: Vec<IpNet>,
    /// Registration tables (`first,last,…,country` CSV); without one, an address the terms do not name is unknown,
    /// and its records are dropped.
    pub files: Vec<PathBuf>,
    /// The two-letter code that means domestic.
    pub country: String,
}

/// What is left of a mandate's two volumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    /// Records that may still be received.
    pub(crate) records: u64,
    /// Records that may still be kept.
    pub(crate) selected: u64,
}

/// The gate's mandate of some granted terms. Traffic outside the term does not pass it, whenever it comes.
pub fn gate(id: MandateId, title: &str, granted: &Granted, places: &Places) -> Mandate {
    let terms = &granted.terms;
    let term = Term { from: terms.from, until: terms.until };
    let registry =
        (!places.files.is_empty()).then(|| Registry { files: places.files.clone(), country: places.country.clone() });
    Mandate {
        id: id.to_string(),
        title: title.to_owned(),
        legal_basis: terms.legal_basis,
        directions: terms.directions.iter().copied().collect(),
        purposes: terms.purposes.iter().copied().collect(),
        term,
        traffic: Some(term),
        domestic: terms.domestic.iter().copied().collect(),
        foreign: places.foreign.clone(),
        elsewhere: Place::Unknown,
        registry,
        protocols: terms.protocols.iter().map(|&number| Protocol(number)).collect(),
        ports: terms.ports.iter().copied().collect(),
        dns_names: terms.dns_names,
        records_max: terms.records_max,
        selected_records_max: terms.selected_records_max,
        selected_days_max: terms.retain_days_max,
        deidentification: Deidentification::PrefixPreserving,
        fingerprint: terms.digest().to_string(),
    }
}

/// The same with what is left of its volumes.
pub(crate) fn within(mandate: Mandate, left: Left) -> Mandate {
    Mandate { records_max: left.records, selected_records_max: left.selected, ..mandate }
}
