//! The first start: the national centre, and one administrator who enrols by a one-time link.
//!
//! There is no default administrator and no password. Whoever holds the link that the program prints
//! registers a passkey with it, once, within an hour. This is the one place that makes an account without
//! asking the policies: nobody exists yet whom they could ask about.

use noroshi_casework::party::{Command, Organisation};
use noroshi_leaf::body::{Organisation as OrganisationLine, Person as PersonLine};
use noroshi_leaf::{Actor, Body, Commitment, Digest, Leaf, LeafError, Salt};
use noroshi_model::time::HOUR;
use noroshi_model::{Clearance, Country, Micros, OrgId, OrgKind, PersonId, Role};
use noroshi_store::account::AccountError;
use noroshi_store::account::enrolment::NewEnrolment;
use noroshi_store::account::person::{Asker, Change};
use noroshi_store::account::secret::Secret;
use noroshi_store::{Db, LeafEntry, StoreError};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How long the link is good.
pub const LINK_HOURS: i64 = 1;

/// Why nobody could be invited.
#[derive(Debug, thiserror::Error)]
pub enum NotFounded {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An account or organisation.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// There are people already.
    #[error("this hub has people already; a demonstration begins with an empty folder")]
    NotFirst,
    /// The rules of accounts refused.
    #[error("the first account was refused: {0}")]
    Refused(noroshi_casework::party::Refused),
    /// The demonstration's collection was not opened.
    #[error(transparent)]
    Collection(#[from] Box<noroshi_acts::NotDone>),
    /// A line is too large.
    #[error(transparent)]
    Leaf(#[from] LeafError),
}

/// The first organisation and account, and the secret of its link.
#[derive(Debug)]
pub struct Founded {
    /// The national centre.
    pub centre: OrgId,
    /// The administrator.
    pub administrator: PersonId,
    /// The last part of the link `…/enrol/{secret}`.
    pub secret: Secret,
}

/// Makes the first organisation and invites its administrator, if nobody has an account yet.
///
/// # Errors
/// [`NotFounded`].
pub async fn found(
    db: &Db,
    name_ja: &str,
    name_en: &str,
    now: Micros,
    random: &(dyn Fn() -> [u8; 32] + Send + Sync),
) -> Result<Option<Founded>, NotFounded> {
    if !db.has_no_people().await? {
        return Ok(None);
    }
    let id = || id(now, random());
    let organisation = Organisation {
        id: OrgId(id()),
        kind: OrgKind::NationalCentre,
        country: Country::JAPAN,
        name_ja: name_ja.to_owned(),
        name_en: name_en.to_owned(),
        sector: None,
        flags: BTreeSet::new(),
    };
    let centre = match centre(db).await? {
        Some(centre) => centre,
        None => {
            let name = Commitment::to(name_en.as_bytes(), &Salt(Digest(random())));
            let line = OrganisationLine {
                country: None,
                flags: BTreeSet::new(),
                kind: OrgKind::NationalCentre,
                name,
                org: organisation.id,
            };
            db.add_organisation(&organisation, now, &entry(id(), now, Body::Organisation(line))?).await?;
            organisation.id
        }
    };
    let (administrator, secret) = (PersonId(id()), Secret::from_random(random()));
    let roles = BTreeSet::from([Role::Administrator]);
    let invited = PersonLine {
        active: false,
        clearance: Clearance::None,
        clearance_until: None,
        compartments: None,
        org: centre,
        person: administrator,
        roles: roles.clone(),
    };
    let leaf = entry(id(), now, Body::Person(invited))?;
    let change = Change {
        asker: Asker::FirstStart,
        org: centre,
        person: administrator,
        command: Command::Invite { person: administrator, display_name: "管理者 Administrator".to_owned(), roles },
        enrolment: Some(NewEnrolment { hash: secret.hash(), expires_at: Micros(now.0 + LINK_HOURS * HOUR) }),
    };
    db.change_person(&change, now, &|_| leaf.clone()).await?.map_err(NotFounded::Refused)?;
    Ok(Some(Founded { centre, administrator, secret }))
}

/// The national centre of this hub, if it is registered.
///
/// # Errors
/// What the database says.
pub async fn centre(db: &Db) -> Result<Option<OrgId>, StoreError> {
    let organisations = db.organisations(None, 1_000).await?;
    Ok(organisations.into_iter().find(|kept| kept.value.kind == OrgKind::NationalCentre).map(|kept| kept.value.id))
}

fn entry(id: Uuid, at: Micros, body: Body) -> Result<LeafEntry, LeafError> {
    LeafEntry::try_from(&Leaf::new(id, at, Actor::Hub, body))
}

/// An id ordered by time (UUID version 7).
pub(crate) fn id(at: Micros, random: [u8; 32]) -> Uuid {
    let mut ten = [0; 10];
    ten.copy_from_slice(random.first_chunk::<10>().unwrap_or(&[0; 10]));
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(at.0 / 1_000).unwrap_or_default(), &ten).into_uuid()
}
