//! Who a list comes from and what holds for all of it.

use noroshi_stix::{Id, Timestamp, Tlp};

/// A source of indicators. Everything made of its inputs carries what stands here, unless a line says more.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its name. It is part of every identifier: change it, and the same line becomes another indicator.
    pub name: String,
    /// The identity that made the list.
    pub created_by: Option<Id>,
    /// Who may see it.
    pub markings: Vec<Id>,
    /// `created` and `modified` of the objects.
    pub at: Timestamp,
    /// From when on they hold.
    pub valid_from: Timestamp,
    /// Until when they hold. Addresses are reused: a list without an end should get one.
    pub valid_until: Option<Timestamp>,
    /// How sure, 0 to 100.
    pub confidence: Option<u8>,
    /// What they point at (vocabulary `indicator-type-ov`).
    pub indicator_types: Vec<String>,
    /// Free labels.
    pub labels: Vec<String>,
}

impl Source {
    /// A source of which no more is known: everything holds from `at` on, nobody outside may see it (TLP:AMBER+STRICT).
    pub fn new(name: &str, at: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            created_by: None,
            markings: vec![Tlp::AmberStrict.id()],
            at,
            valid_from: at,
            valid_until: None,
            confidence: None,
            indicator_types: vec!["malicious-activity".to_owned()],
            labels: Vec::new(),
        }
    }
}
