//! What a marking definition says (section 7.2.1).
//!
//! Whoever cannot tell what a marking asks must not guess: everything not understood in full is [`Marking::Unknown`],
//! and that means nobody outside the producer.

use super::{EXTENSION, Restriction, Tlp, restriction};
use crate::json::{Kind, Value};
use crate::{Id, Received};

/// What a marking asks of its readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marking {
    /// The Traffic Light Protocol; TLP 1 is read as what TLP 2.0 made of it.
    Tlp(Tlp),
    /// A text, such as a copyright. It limits use, not reading.
    Statement(String),
    /// Our own: countries, clearance, purpose. All of it must hold.
    Restriction(Restriction),
    /// Not understood, or contradictory: nobody but the producer may see what it marks.
    Unknown,
}

impl Marking {
    /// What an identifier alone says: the published ones of TLP.
    pub fn with_id(id: &Id) -> Option<Self> {
        Tlp::with_id(id).map(Self::Tlp)
    }

    /// What a marking definition says.
    pub fn of(definition: &Received) -> Self {
        if definition.kind() != "marking-definition" {
            return Self::Unknown;
        }
        let said = said(definition.root()).unwrap_or(Self::Unknown);
        // Someone who sends TLP:RED under the identifier of TLP:CLEAR must not reach a wider circle by either.
        match Self::with_id(definition.id()) {
            Some(known) if known != said => Self::Unknown,
            _ => said,
        }
    }
}

fn said(root: Value<'_>) -> Option<Marking> {
    let definition = root.get("definition");
    let kind = root.get_text("definition_type");
    let extensions = root.get("extensions").filter(|extensions| extensions.members().next().is_some());
    let statement = match kind.as_deref() {
        None => None,
        Some("tlp") if extensions.is_none() => return Tlp::named(&definition?.get_text("tlp")?).map(Marking::Tlp),
        Some("statement") => Some(definition?.get_text("statement")?.into_owned()),
        Some(_) => return None,
    };
    match (extensions, statement) {
        (None, statement) => statement.map(Marking::Statement),
        (Some(extensions), None) if extensions.members().count() == 1 && extensions.get(EXTENSION).is_some() => {
            tlp_2(extensions.get(EXTENSION)?)
        }
        (Some(extensions), _) => restriction::read(extensions).map(Marking::Restriction),
    }
}

/// The five words of the extension, in lower case.
fn tlp_2(extension: Value<'_>) -> Option<Marking> {
    let known = |(name, _): (Value<'_>, Value<'_>)| name.says("extension_type") || name.says("tlp_2_0");
    let word = extension.get("tlp_2_0").filter(|word| word.kind() == Kind::Text)?.text()?;
    let tlp = Tlp::named(&word).filter(|tlp| tlp.name()["TLP:".len()..].to_ascii_lowercase() == word)?;
    extension.members().all(known).then_some(Marking::Tlp(tlp))
}
