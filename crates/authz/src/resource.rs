//! What is asked about: one struct a kind, filled from the loaded row, never from the address of a request.
//!
//! A permit borrows it, so the object that was checked is the object that is used.

mod account;
mod collection;
mod dataset;
mod mandate;
mod measure;
mod opening;
mod org;
mod oversight;
mod report;

pub use account::{Invitation, PersonChange, Token};
pub use collection::{Audience, Collection, Intelligence};
pub use dataset::{Dataset, Finding};
pub use mandate::{MandateChange, MandateFacts};
pub use measure::Measure;
pub use opening::Opening;
pub use org::{Org, OrgChange};
pub use oversight::{Hub, SealedEntry};
pub use report::Report;

use crate::principal::Person;
pub(crate) use facts::Facts;

/// Something a decision can be about. Sealed.
pub trait Resource: Facts {}

mod facts {
    use crate::entity::{Entity, Fault, Names};
    use crate::permit::Object;

    /// How a kind becomes Cedar's entities.
    pub trait Facts {
        /// What to call it in records.
        fn object(&self) -> Object;
        /// The entity itself first, then what its attributes lead to.
        fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault>;
    }
}

macro_rules! resources {
    ($($name:ty),*) => { $(impl Resource for $name {})* };
}

resources!(
    Collection,
    Dataset,
    Finding,
    Hub,
    Intelligence,
    Invitation,
    MandateChange,
    MandateFacts,
    Measure,
    Opening,
    Org,
    OrgChange,
    Person,
    PersonChange,
    Report,
    SealedEntry,
    Token
);
