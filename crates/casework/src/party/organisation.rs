//! An organisation as it is registered, and what makes a registration wrong.

use super::limits::{NAME_CHARS_MAX, SECTOR_CHARS_MAX};
use noroshi_model::{Country, OrgFlag, OrgId, OrgKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A sector (分野) in the dated table it was read from: 15 until September 2026, 16 since.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sector {
    /// Code in the table, for example `electricity`.
    pub code: String,
    /// Version of the table, for example `2026-10-01`.
    pub table_version: String,
}

/// An organisation that takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Which.
    pub id: OrgId,
    /// What it is; never changes.
    pub kind: OrgKind,
    /// Where it is at home: what is released to some countries is measured by it.
    pub country: Country,
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// Its sector, where it has one.
    pub sector: Option<Sector>,
    /// Its standing under the law. Two lists overlap and differ, so it may have several.
    pub flags: BTreeSet<OrgFlag>,
}

/// What is wrong with an organisation as entered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadOrganisation {
    /// A name is missing or too long.
    #[error("the {language} name has {chars} characters; give 1 to {NAME_CHARS_MAX}")]
    Name {
        /// `Japanese` or `English`.
        language: &'static str,
        /// What was counted.
        chars: usize,
    },
    /// A sector code or table version is missing or too long.
    #[error("a sector is a code and the version of its table, each 1 to {SECTOR_CHARS_MAX} characters")]
    Sector,
    /// A standing under the law without a sector.
    #[error("an organisation with a standing under the law needs the sector it has it in")]
    FlagWithoutSector,
}

impl Organisation {
    /// Checks what was entered.
    ///
    /// # Errors
    /// [`BadOrganisation`] names the first fault.
    pub fn check(&self) -> Result<(), BadOrganisation> {
        for (language, name) in [("Japanese", &self.name_ja), ("English", &self.name_en)] {
            let chars = name.chars().count();
            if name.trim().is_empty() || chars > NAME_CHARS_MAX {
                return Err(BadOrganisation::Name { language, chars });
            }
        }
        if let Some(sector) = &self.sector {
            let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= SECTOR_CHARS_MAX;
            if !fits(&sector.code) || !fits(&sector.table_version) {
                return Err(BadOrganisation::Sector);
            }
        }
        if !self.flags.is_empty() && self.sector.is_none() {
            return Err(BadOrganisation::FlagWithoutSector);
        }
        Ok(())
    }
}
