//! The commission's office: everything it holds, and each thing it can be asked to do.
//!
//! One operation is one file below. All of them take the time as an argument, write what they say to disk before they
//! say it, and answer with a [`Problem`] when they refuse.

mod destroy;
mod inspect;
mod mandates;
mod release;
mod rerun;
mod shares;

pub use inspect::Opened;
pub use release::{RELEASE_INFO, Released, SealedShare};
pub use shares::SHARE_INFO;

use crate::ballot::Ballots;
use crate::inspect::Inspections;
use crate::keyring::Keyring;
use crate::own_log::{Deed, OwnLog};
use crate::problem::Problem;
use crate::records::{Records, RecordsError};
use crate::vault::Vault;
use crate::watch::Watch;
use noroshi_leaf::{Destruction, Roster, Signed};
use noroshi_ledger::disk::Folder;
use noroshi_ledger::mirror::MirrorOpenError;
use noroshi_ledger::witness::{Answer, Witness, WitnessFiles};
use noroshi_ledger::{OpenError, Policy, VerifyKey};
use noroshi_model::{BatchId, IntentId, Micros, time::SECOND};
use noroshi_verify::Trusted;
use rand_chacha::ChaCha20Rng;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What the office is told at its beginning.
#[derive(Debug, Clone)]
pub struct Mandatory {
    /// The hub's log.
    pub log: VerifyKey,
    /// Whose cosignatures a receipt needs.
    pub policy: Policy,
    /// The commission at the log's beginning.
    pub roster: Roster,
    /// Seconds an intent's line may be old when its keys are released.
    pub release_seconds_max: u32,
}

/// A release, kept before it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRecord {
    /// When.
    pub at: Micros,
    /// Of which batches.
    pub batches: BTreeSet<BatchId>,
    /// Against which intent.
    pub intent: IntentId,
    /// Counts up from 1 without a gap.
    pub number: u64,
}

/// The office.
pub struct Office {
    given: Mandatory,
    keys: Keyring,
    /// The mirrored log, and what follows from it.
    pub watch: Watch,
    witness: Witness<WitnessFiles>,
    log: OwnLog,
    vault: Vault,
    deposits: Records<BatchId>,
    deposited: BTreeSet<BatchId>,
    releases: Records<ReleaseRecord>,
    released: BTreeSet<IntentId>,
    certificates: Records<Signed<Destruction>>,
    destroyed: BTreeMap<BatchId, usize>,
    /// Requests and votes.
    pub ballots: Ballots,
    /// Inspections.
    pub inspections: Inspections,
    rng: ChaCha20Rng,
}

/// Why the office did not open.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// The mirror.
    #[error(transparent)]
    Mirror(#[from] MirrorOpenError),
    /// The own log.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// A file of records.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The system said no.
    #[error("`{path}`: {source}")]
    Io {
        /// The file or folder.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Office {
    /// Opens the office in its folder.
    ///
    /// # Errors
    /// [`OfficeError`], naming what cannot be read.
    pub fn open(folder: &Path, keys: Keyring, given: Mandatory, rng: ChaCha20Rng) -> Result<Self, OfficeError> {
        let io = |path: &Path| {
            let path = path.display().to_string();
            move |source| OfficeError::Io { path, source }
        };
        let records = folder.join("records");
        std::fs::create_dir_all(&records).map_err(io(&records))?;
        let trusted = Trusted { origin: given.log.name().to_owned(), roster: given.roster.clone() };
        let watch = Watch::open(&folder.join("mirror"), keys.mirror.clone(), given.log.clone(), trusted)?;
        let witnessed = folder.join("witness");
        let state = Folder::new(&witnessed).and_then(|disk| WitnessFiles::open(Arc::new(disk)));
        let witness = Witness::new(keys.witness.clone(), [given.log.clone()], state.map_err(io(&witnessed))?);
        let log = OwnLog::open(&folder.join("log"), keys.log.clone())?;
        let shares = folder.join("shares");
        let vault = Vault::open(&shares).map_err(io(&shares))?;
        let deposits: Records<BatchId> = Records::open(&records.join("deposits.jsonl"))?;
        let releases: Records<ReleaseRecord> = Records::open(&records.join("releases.jsonl"))?;
        let certificates: Records<Signed<Destruction>> = Records::open(&records.join("destructions.jsonl"))?;
        let mut destroyed = BTreeMap::new();
        for (at, certificate) in certificates.all().iter().enumerate() {
            destroyed.extend(certificate.statement.batches.iter().map(|batch| (*batch, at)));
        }
        Ok(Self {
            deposited: deposits.all().iter().copied().collect(),
            released: releases.all().iter().map(|release| release.intent).collect(),
            ballots: Ballots::new(
                Records::open(&records.join("requests.jsonl"))?,
                Records::open(&records.join("votes.jsonl"))?,
            ),
            inspections: Inspections::new(
                Records::open(&records.join("inspections.jsonl"))?,
                Records::open(&records.join("samples.jsonl"))?,
                Records::open(&records.join("canaries.jsonl"))?,
                Records::open(&records.join("reproductions.jsonl"))?,
            ),
            given,
            keys,
            watch,
            witness,
            log,
            vault,
            deposits,
            releases,
            certificates,
            destroyed,
            rng,
        })
    }

    /// The roster in force: as the mirrored log has it, or as it was given while there is no log yet.
    pub fn roster(&self) -> &Roster {
        self.watch.replay().roster().unwrap_or(&self.given.roster)
    }

    /// What others need to know of the keys.
    pub fn public_keys(&self) -> PublicKeys {
        PublicKeys {
            hpke: self.keys.recipient.public().to_hex(),
            log: self.keys.log.public().to_string(),
            mirror: self.keys.mirror.public().to_string(),
            roster: self.roster().clone(),
            witness: self.keys.witness.public().to_string(),
        }
    }

    /// `POST /witness/add-checkpoint`.
    pub fn witness_checkpoint(&mut self, body: &[u8], now: Micros) -> Answer {
        self.witness.add_checkpoint(body, u64::try_from(now.0 / SECOND).unwrap_or_default())
    }

    /// `POST /mirror/add-entries`; samples whose seed is known now are drawn.
    ///
    /// # Errors
    /// [`Problem`] when the mirror cannot be read back.
    pub fn mirror_entries(&mut self, body: &[u8], now: Micros) -> Result<Answer, Problem> {
        let answer = self.watch.add_entries(body, now).map_err(|error| Problem::own(&error))?;
        self.draw_samples()?;
        self.draw_batches(now)?;
        Ok(answer)
    }

    /// Releases so far.
    pub fn releases(&self) -> &[ReleaseRecord] {
        self.releases.all()
    }

    /// Certificates of destruction so far.
    pub fn certificates(&self) -> &[Signed<Destruction>] {
        self.certificates.all()
    }

    /// Lines of the own log.
    pub fn own_log_size(&self) -> u64 {
        self.log.size()
    }

    fn deed(&mut self, now: Micros, deed: Deed) -> Result<(), Problem> {
        self.log.write(now, deed).map(drop).map_err(|error| Problem::own(&error))
    }
}

/// `GET /keys`.
#[derive(Debug, Clone, Serialize)]
pub struct PublicKeys {
    /// What shares are sealed to, X25519 in hexadecimal.
    pub hpke: String,
    /// The own log's vkey.
    pub log: String,
    /// The mirror's vkey.
    pub mirror: String,
    /// The roster in force.
    pub roster: Roster,
    /// The witness's vkey.
    pub witness: String,
}
