//! From typed facts to Cedar's entities, without a text that came from outside ever naming a type.

use crate::act::ActKind;
use cedar_policy::{Context, EntityId, EntityTypeName, EntityUid, RestrictedExpression};
use noroshi_model::{
    DataClass, Direction, LegalBasis, MachineId, MandateId, MandateState, MeasureKind, MeasureState, OpeningState,
    OrgId, OrgKind, PersonId, Purpose, Role, Tlp,
};
use std::str::FromStr;

pub(crate) use cedar_policy::Entity;

/// Why a question could not even be put. Always a refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A set is larger than its limit.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// The facts do not fit the schema, or Cedar could not take them.
    #[error("the facts do not fit the schema: {0}")]
    Unfit(String),
}

/// A set is larger than its limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{what}` has {count} entries, at most {max}; a decision reads all of them")]
pub struct TooMany {
    /// Which set.
    pub what: &'static str,
    /// How many it has.
    pub count: usize,
    /// How many it may have.
    pub max: usize,
}

impl TooMany {
    pub(crate) fn check(what: &'static str, count: usize, max: usize) -> Result<(), Self> {
        if count <= max { Ok(()) } else { Err(Self { what, count, max }) }
    }
}

/// The attributes of one entity, being collected. Each is named once, in one place of the source.
pub(crate) struct Attributes(Vec<(String, RestrictedExpression)>);

/// What an attribute can refer to: an entity, or a word that was made into an expression beforehand.
pub(crate) trait Refers {
    fn expression(self) -> RestrictedExpression;
}

impl Refers for EntityUid {
    fn expression(self) -> RestrictedExpression {
        RestrictedExpression::new_entity_uid(self)
    }
}

impl Refers for RestrictedExpression {
    fn expression(self) -> RestrictedExpression {
        self
    }
}

impl Attributes {
    pub(crate) fn new(count: usize) -> Self {
        Self(Vec::with_capacity(count))
    }

    fn put(&mut self, name: &str, value: RestrictedExpression) {
        self.0.push((name.to_owned(), value));
    }

    pub(crate) fn bool(&mut self, name: &str, value: bool) {
        self.put(name, RestrictedExpression::new_bool(value));
    }

    pub(crate) fn long(&mut self, name: &str, value: i64) {
        self.put(name, RestrictedExpression::new_long(value));
    }

    pub(crate) fn text(&mut self, name: &str, value: String) {
        self.put(name, RestrictedExpression::new_string(value));
    }

    pub(crate) fn texts(&mut self, name: &str, values: impl Iterator<Item = String>) {
        self.put(name, RestrictedExpression::new_set(values.map(RestrictedExpression::new_string)));
    }

    pub(crate) fn entity(&mut self, name: &str, value: impl Refers) {
        self.put(name, value.expression());
    }

    /// Left out when there is none: policies ask `has` first.
    pub(crate) fn optional(&mut self, name: &str, value: Option<impl Refers>) {
        if let Some(value) = value {
            self.entity(name, value);
        }
    }

    pub(crate) fn set(&mut self, name: &str, values: impl Iterator<Item = impl Refers>) {
        self.put(name, RestrictedExpression::new_set(values.map(Refers::expression)));
    }

    pub(crate) fn build(self, uid: EntityUid) -> Result<Entity, Fault> {
        Entity::new_with_tags(uid, self.0, [], []).map_err(|error| Fault::Unfit(error.to_string()))
    }

    pub(crate) fn context(self) -> Result<Context, Fault> {
        Context::from_pairs(self.0).map_err(|error| Fault::Unfit(error.to_string()))
    }
}

macro_rules! names {
    (open { $($open:ident = $open_type:literal,)* } words { $($word:ident: $word_enum:ty = $word_type:literal,)* } ids { $($id:ident($id_type:ty) of $of:ident,)* }) => {
        /// Names of entity types, parsed once, and of enumerated entities, as expressions made once.
        #[derive(Debug)]
        pub struct Names {
            action: EntityTypeName,
            $($open: EntityTypeName,)*
            $($word: Vec<RestrictedExpression>,)*
        }

        impl Names {
            pub(crate) fn new() -> Result<Self, Fault> {
                Ok(Self {
                    action: type_name("Action")?,
                    $($open: type_name($open_type)?,)*
                    $($word: enumerated($word_type, <$word_enum>::ALL.iter().map(|word| word.word()))?,)*
                })
            }

            $(
                pub(crate) fn $word(&self, value: $word_enum) -> RestrictedExpression {
                    #[expect(clippy::indexing_slicing, reason = "one entry for each variant, in the order of declaration")]
                    self.$word[value as usize].clone()
                }
            )*

            $(
                pub(crate) fn $id(&self, id: $id_type) -> EntityUid {
                    uid(&self.$of, id.0.hyphenated().encode_lower(&mut [0; UUID_CHARS]))
                }
            )*
        }
    };
}

names! {
    open {
        hub_type = "Hub", org_type = "Org", org_change_type = "OrgChange", person_type = "Person",
        machine_type = "Machine", invitation_type = "Invitation", person_change_type = "PersonChange",
        token_type = "Token", mandate_type = "Mandate", mandate_change_type = "MandateChange",
        dataset_type = "Dataset", finding_type = "Finding", opening_type = "Opening", report_type = "Report",
        measure_type = "Measure", sealed_type = "SealedEntry", collection_type = "Collection",
        intelligence_type = "Intelligence",
    }
    words {
        org_kind: OrgKind = "OrgKind", role: Role = "Role", direction: Direction = "Direction",
        class: DataClass = "DataClass", purpose: Purpose = "Purpose", basis: LegalBasis = "Basis",
        mandate_state: MandateState = "MandateState", opening_state: OpeningState = "OpeningState",
        measure_kind: MeasureKind = "MeasureKind", measure_state: MeasureState = "MeasureState", tlp: Tlp = "Tlp",
    }
    ids {
        org(OrgId) of org_type, org_change(OrgId) of org_change_type, person(PersonId) of person_type,
        invitation(PersonId) of invitation_type, person_change(PersonId) of person_change_type,
        machine(MachineId) of machine_type, mandate(MandateId) of mandate_type,
        mandate_change(MandateId) of mandate_change_type, token(noroshi_model::TokenId) of token_type,
        dataset(noroshi_model::BatchId) of dataset_type, opening(noroshi_model::OpeningId) of opening_type,
        report(noroshi_model::ReportId) of report_type, measure(noroshi_model::MeasureId) of measure_type,
        collection(noroshi_model::CollectionId) of collection_type,
    }
}

impl Names {
    pub(crate) fn action(&self, act: ActKind) -> EntityUid {
        uid(&self.action, act.word())
    }

    pub(crate) fn hub(&self) -> EntityUid {
        uid(&self.hub_type, "hub")
    }

    pub(crate) fn finding(&self, id: &str) -> EntityUid {
        uid(&self.finding_type, id)
    }

    pub(crate) fn intelligence(&self, label: i64) -> EntityUid {
        uid(&self.intelligence_type, &label.to_string())
    }

    pub(crate) fn sealed(&self, index: u64) -> EntityUid {
        uid(&self.sealed_type, &index.to_string())
    }
}

/// Characters of a UUID with its hyphens.
const UUID_CHARS: usize = 36;

fn type_name(short: &str) -> Result<EntityTypeName, Fault> {
    EntityTypeName::from_str(&format!("Hub::{short}")).map_err(|error| Fault::Unfit(error.to_string()))
}

fn enumerated(short: &str, words: impl Iterator<Item = &'static str>) -> Result<Vec<RestrictedExpression>, Fault> {
    let name = type_name(short)?;
    Ok(words.map(|word| uid(&name, word).expression()).collect())
}

fn uid(name: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(name.clone(), EntityId::new(id))
}
