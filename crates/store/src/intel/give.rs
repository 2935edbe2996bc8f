//! Giving objects to a collection: all that are good, with one line of the ledger; each that is not has its reason.

use super::index::Index;
use super::label::Numbering;
use super::{IN_MAX, places};
use crate::db::{Db, Tx};
use crate::error::{StoreError, at_most};
use crate::leaf::LeafEntry;
use crate::limits::{INTEL_DEFINITIONS_MAX, INTEL_LABELS_MAX, INTEL_OBJECTS_MAX};
use noroshi_model::{CollectionId, Handling, Micros, OrgId};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet};

/// An object to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewObject {
    /// Its identifier.
    pub stix_id: String,
    /// Its type.
    pub kind: String,
    /// `2.1` or `2.0`.
    pub spec_version: String,
    /// Its version in microseconds and as written; `None` for what has none.
    pub version: Option<(i64, String)>,
    /// Whether it was taken back by who made it.
    pub revoked: bool,
    /// Ids of its markings.
    pub markings: BTreeSet<String>,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// As it came.
    pub body: Vec<u8>,
    /// What it means, where it is a marking definition that is not known by its id.
    pub defines: Option<Handling>,
    /// By what it is found.
    pub index: Index,
}

/// What is given.
#[derive(Debug, Clone)]
pub struct Giving<'g> {
    /// To which collection.
    pub collection: CollectionId,
    /// By which organisation.
    pub producer: OrgId,
    /// The labels that are open to whoever gives: of what they cannot see they learn nothing.
    pub open: &'g BTreeSet<i64>,
    /// The objects.
    pub objects: &'g [NewObject],
    /// When.
    pub at: Micros,
}

/// What became of an object that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its identifier.
    pub stix_id: String,
    /// Its version as written, or when it was added.
    pub version: String,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// Whether it was there already.
    pub repeated: bool,
}

/// Why an object was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The same version of it says something else.
    #[error("this version of it was given before and says something else; give a new version, with a later `modified`")]
    Contradicts,
    /// Somebody else gave it.
    #[error("another organisation gave this object; only that one gives new versions of it or puts it elsewhere")]
    NotYours,
    /// The organisation has used too many sets of markings, or defined too many.
    #[error(
        "your organisation uses {INTEL_LABELS_MAX} different sets of markings, or {INTEL_DEFINITIONS_MAX} definitions, already; mark it with one of them"
    )]
    TooManyMarkings,
}

/// What became of each object, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// Each object: taken, or why not.
    pub each: Vec<Result<Taken, NotTaken>>,
}

/// An object that is there.
#[derive(Debug, Clone)]
struct Known {
    added: i64,
    producer: OrgId,
    version: i64,
    label: i64,
    digest: Vec<u8>,
    here: bool,
}

/// What is to be done with one object.
enum Step {
    Repeat,
    /// It is in the database, and not in this collection.
    Place(i64),
    /// Under this label.
    New(i64),
}

type KnownRow = (String, i64, String, i64, i64, Vec<u8>, Option<i64>);

impl Db {
    /// Gives objects to a collection. `leaf` makes the line of what is new; where nothing is, there is no line.
    ///
    /// # Errors
    /// Too many at once, or what the database says: then nothing was taken.
    pub async fn give_intel(
        &self,
        giving: &Giving<'_>,
        leaf: &(dyn Fn(&[Taken]) -> Result<LeafEntry, StoreError> + Send + Sync),
    ) -> Result<Given, StoreError> {
        at_most("objects given at once", giving.objects.len(), INTEL_OBJECTS_MAX)?;
        giving.objects.iter().try_for_each(|object| object.index.fits())?;
        self.run_tx("intel::give", |tx| Box::pin(async move { tx.give(giving, leaf).await })).await
    }
}

impl Tx<'_> {
    async fn give(
        &mut self,
        giving: &Giving<'_>,
        leaf: &(dyn Fn(&[Taken]) -> Result<LeafEntry, StoreError> + Send + Sync),
    ) -> Result<Given, StoreError> {
        let first = self.reserve(giving.at, giving.objects.len()).await?;
        let mut numbering = self.numbering(giving.producer).await?;
        let mut known = self.known(giving).await?;
        let mut given = Given::default();
        let mut fresh: Vec<(i64, &NewObject, Step)> = Vec::new();
        for (added, object) in (first..).zip(giving.objects) {
            let versions = known.entry(object.stix_id.as_str()).or_default();
            let step = match decide(giving, object, versions, &mut numbering) {
                Ok(step) => step,
                Err(why) => {
                    given.each.push(Err(why));
                    continue;
                }
            };
            let (version, written) = version(object, added);
            let repeated = matches!(step, Step::Repeat);
            let (stix_id, digest) = (object.stix_id.clone(), object.digest);
            given.each.push(Ok(Taken { stix_id, version: written, digest, repeated }));
            if !repeated {
                // Of one's own no label is asked.
                let (producer, label, digest) = (giving.producer, 0, digest.to_vec());
                versions.push(Known { added, producer, version, label, digest, here: true });
                fresh.push((added, object, step));
            }
        }
        let new: Vec<Taken> = given.each.iter().flatten().filter(|taken| !taken.repeated).cloned().collect();
        if new.is_empty() {
            return Ok(given);
        }
        let leaf = leaf(&new)?;
        self.queue_leaf(&leaf, giving.at).await?;
        self.add_labels(giving.producer, &numbering).await?;
        for (added, object, step) in &fresh {
            let stands = match step {
                Step::Place(stands) => *stands,
                Step::New(label) => {
                    self.insert_object(*added, giving.producer, object, *label, &leaf).await?;
                    *added
                }
                Step::Repeat => continue,
            };
            let several = known.get(object.stix_id.as_str()).is_some_and(|versions| versions.len() > 1);
            let version = version(object, stands).0;
            self.insert_entry(giving.collection, (*added, stands), &object.stix_id, version, several).await?;
        }
        Ok(given)
    }

    /// The first of `count` moments that nobody else has, after all that were given before.
    async fn reserve(&mut self, at: Micros, count: usize) -> Result<i64, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let text = "-- store::intel::give::reserve
            UPDATE intel_clock SET last_added = CASE WHEN last_added > $1 THEN last_added ELSE $1 END + $2
            WHERE one = 1 RETURNING last_added";
        let row: Option<(i64,)> = self.first(sqlx::query_as(text).bind(at.0).bind(count)).await?;
        let (last,) =
            row.ok_or_else(|| StoreError::Inconsistent { table: "intel_clock", what: "no row".to_owned() })?;
        Ok(last - count + 1)
    }

    /// What is there of the objects' ids, and whether this collection has it.
    async fn known<'g>(&mut self, giving: &Giving<'g>) -> Result<BTreeMap<&'g str, Vec<Known>>, StoreError> {
        let mut known: BTreeMap<&'g str, Vec<Known>> = BTreeMap::new();
        let ids: BTreeSet<&'g str> = giving.objects.iter().map(|object| object.stix_id.as_str()).collect();
        let ids: Vec<&'g str> = ids.into_iter().collect();
        for some in ids.chunks(IN_MAX) {
            let text = format!(
                "-- store::intel::give::known
                SELECT o.stix_id, o.added, o.producer, o.version, o.label, o.digest, e.added
                FROM intel_object o LEFT JOIN intel_entry e ON e.object = o.added AND e.collection = $1
                WHERE o.stix_id IN ({})",
                places(2, some.len())
            );
            let mut question = sqlx::query_as(AssertSqlSafe(text)).bind(giving.collection.to_string());
            for id in some {
                question = question.bind((*id).to_owned());
            }
            let rows: Vec<KnownRow> = self.all(question).await?;
            for (stix_id, added, producer, version, label, digest, here) in rows {
                let Some(id) = some.iter().find(|id| **id == stix_id) else { continue };
                let producer = crate::row::id("intel_object", &producer)?;
                known.entry(*id).or_default().push(Known {
                    added,
                    producer,
                    version,
                    label,
                    digest,
                    here: here.is_some(),
                });
            }
        }
        Ok(known)
    }

    async fn insert_object(
        &mut self,
        added: i64,
        producer: OrgId,
        object: &NewObject,
        label: i64,
        leaf: &LeafEntry,
    ) -> Result<(), StoreError> {
        let text = "-- store::intel::give::object
            INSERT INTO intel_object (added, stix_id, version, version_text, kind, spec_version, revoked, label,
                producer, digest, body, leaf_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let (version, written) = version(object, added);
        let insert = sqlx::query(text)
            .bind(added)
            .bind(object.stix_id.clone())
            .bind(version)
            .bind(written)
            .bind(object.kind.clone())
            .bind(object.spec_version.clone())
            .bind(i64::from(object.revoked))
            .bind(label)
            .bind(producer.to_string())
            .bind(object.digest.to_vec())
            .bind(object.body.clone())
            .bind(leaf.id.to_string());
        self.execute(insert).await?;
        self.write_index(added, &object.index).await?;
        match &object.defines {
            Some(handling) => self.define_marking(&object.stix_id, producer, handling).await,
            None => Ok(()),
        }
    }

    /// `several` says that there are other versions: then each may stand in the place of another.
    async fn insert_entry(
        &mut self,
        collection: CollectionId,
        (added, object): (i64, i64),
        stix_id: &str,
        version: i64,
        several: bool,
    ) -> Result<(), StoreError> {
        let text = "-- store::intel::give::entry
            INSERT INTO intel_entry (collection, added, object, stix_id, version, superseded)
            VALUES ($1, $2, $3, $4, $5, $6)";
        let insert = sqlx::query(text)
            .bind(collection.to_string())
            .bind(added)
            .bind(object)
            .bind(stix_id.to_owned())
            .bind(version)
            .bind(i64::from(several));
        self.execute(insert).await?;
        if several {
            let text = "-- store::intel::give::supersede
                UPDATE intel_entry SET superseded = 1 WHERE collection = $1 AND stix_id = $2";
            self.execute(sqlx::query(text).bind(collection.to_string()).bind(stix_id.to_owned())).await?;
        }
        Ok(())
    }
}

/// The version of an object, in microseconds and as written; of one that has none, when it was added.
fn version(object: &NewObject, added: i64) -> (i64, String) {
    object.version.clone().unwrap_or_else(|| (added, Micros(added).to_string()))
}

fn decide(
    giving: &Giving<'_>,
    object: &NewObject,
    versions: &[Known],
    numbering: &mut Numbering,
) -> Result<Step, NotTaken> {
    let same = |known: &&Known| known.digest == object.digest;
    let own = versions.iter().filter(|known| known.producer == giving.producer);
    let of_version = |known: &&Known| object.version.as_ref().is_none_or(|(micros, _)| known.version == *micros);
    if let Some(known) = own.clone().filter(same).find(of_version) {
        return Ok(if known.here { Step::Repeat } else { Step::Place(known.added) });
    }
    // What has no version has as many as there are texts of it; anybody may know an address.
    let mut new = || numbering.of(object).map(Step::New).ok_or(NotTaken::TooManyMarkings);
    if object.version.is_none() {
        return new();
    }
    if own.clone().any(|known| of_version(&known)) {
        return Err(NotTaken::Contradicts);
    }
    // A definition is given by everybody who marks with it: it counts for its own giver alone.
    let defines = object.kind == "marking-definition";
    let others = versions.iter().filter(|known| {
        let theirs = known.producer != giving.producer && giving.open.contains(&known.label);
        theirs && !(defines && same(known))
    });
    if others.clone().filter(same).filter(of_version).any(|known| known.here) {
        return Ok(Step::Repeat);
    }
    if others.count() > 0 && own.count() == 0 { Err(NotTaken::NotYours) } else { new() }
}
