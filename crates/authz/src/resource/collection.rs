//! Shared intelligence: the collections it is in, and what its markings say together.

use super::Facts;
use crate::entity::{Attributes, Entity, Fault, Names, TooMany};
use crate::limits::{AUDIENCE_MAX, COMPARTMENTS_MAX, COUNTRIES_MAX, NAMED_MAX};
use crate::permit::Object;
use noroshi_model::{CollectionId, Handling, OrgId};
use std::collections::BTreeSet;

/// Whom something is for, or who may do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Every organisation that takes part.
    Everyone,
    /// These.
    These(BTreeSet<OrgId>),
}

/// A collection of shared intelligence (TAXII 2.1, section 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Which.
    pub id: CollectionId,
    /// Who keeps it.
    pub keeper: OrgId,
    /// Who reads from it.
    pub readers: Audience,
    /// Who gives to it.
    pub givers: Audience,
    /// Whether it still takes and gives.
    pub open: bool,
}

/// What all objects have in common that one organisation gave under the same markings, in one collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intelligence {
    /// The number of this set of markings.
    pub label: i64,
    /// Who gave it.
    pub producer: OrgId,
    /// What the markings say together.
    pub handling: Handling,
    /// The readers of the collection it is read from.
    pub readers: Audience,
}

impl Audience {
    /// Whether an organisation belongs to it.
    pub fn has(&self, org: OrgId) -> bool {
        match self {
            Self::Everyone => true,
            Self::These(orgs) => orgs.contains(&org),
        }
    }

    /// As two attributes: whether it is everyone, and who else.
    fn write(&self, attributes: &mut Attributes, everyone: &str, these: &str, names: &Names) -> Result<(), Fault> {
        let none = BTreeSet::new();
        let (all, orgs) = match self {
            Self::Everyone => (true, &none),
            Self::These(orgs) => (false, orgs),
        };
        TooMany::check("audience", orgs.len(), AUDIENCE_MAX)?;
        attributes.bool(everyone, all);
        attributes.set(these, orgs.iter().map(|org| names.org(*org)));
        Ok(())
    }
}

impl Facts for Collection {
    fn object(&self) -> Object {
        Object::new("collection", self.id)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        let mut attributes = Attributes::new(6);
        attributes.entity("keeper", names.org(self.keeper));
        attributes.bool("open", self.open);
        self.readers.write(&mut attributes, "everyoneReads", "readers", names)?;
        self.givers.write(&mut attributes, "everyoneGives", "givers", names)?;
        Ok(vec![attributes.build(names.collection(self.id))?])
    }
}

impl Facts for Intelligence {
    fn object(&self) -> Object {
        Object::new("intelligence", self.label)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        let handling = &self.handling;
        let named = handling.people.iter().flatten();
        let countries = handling.countries.iter().flatten();
        TooMany::check("named", named.clone().count(), NAMED_MAX)?;
        TooMany::check("countries", countries.clone().count(), COUNTRIES_MAX)?;
        TooMany::check("compartments", handling.compartments.len(), COMPARTMENTS_MAX)?;
        let mut attributes = Attributes::new(13);
        attributes.entity("producer", names.org(self.producer));
        attributes.entity("tlp", names.tlp(handling.tlp()));
        attributes.bool("understood", handling.understood);
        attributes.bool("forNamedPeople", handling.people.is_some());
        attributes.set("named", named.map(|person| names.person(*person)));
        attributes.bool("everyCountry", handling.countries.is_none());
        attributes.texts("countries", countries.map(ToString::to_string));
        attributes.long("clearance", i64::from(handling.clearance.level()));
        attributes.texts("compartments", handling.compartments.iter().map(|word| word.as_str().to_owned()));
        attributes.bool("anyPurpose", handling.purposes.is_none());
        attributes.set("purposes", handling.purposes.iter().flatten().map(|purpose| names.purpose(*purpose)));
        self.readers.write(&mut attributes, "everyoneReads", "readers", names)?;
        Ok(vec![attributes.build(names.intelligence(self.label))?])
    }
}
