//! How long a kept lake may lie: written beside it, and carried out when its folder is used again.

use crate::tell;
use anyhow::Context;
use noroshi_detect::run::Run;
use noroshi_mandate::Mandate;
use noroshi_model::Micros;
use noroshi_model::time::DAY;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Name of the note beside the lake.
const NOTE: &str = "retention.json";

/// What must be known about a lake to dispose of it.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    mandate: String,
    mandate_fingerprint: String,
    selection_version: u64,
    selection_fingerprint: String,
    records: u64,
    keep_until: Micros,
}

/// Where the server features of a kept lake are.
pub(crate) fn features(folder: &Path) -> PathBuf {
    folder.join("features")
}

/// Removes a lake whose time is over, and the hours of servers whose time is; refuses a lake of
/// another mandate, which must not be mixed.
pub(crate) fn dispose(folder: &Path, mandate: &Mandate, now: Micros) -> anyhow::Result<()> {
    let days = i64::from(mandate.selected_days_max);
    let forgotten = noroshi_flow::features::forget_hours(&features(folder), now.0.saturating_sub(days * DAY))?;
    if forgotten > 0 {
        tell(&format!("disposed of the server features of {forgotten} hours that began more than {days} days ago"));
    }
    let path = folder.join(NOTE);
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(()) };
    let note: Note =
        serde_json::from_str(&text).with_context(|| format!("`{}` is not a note of retention", path.display()))?;
    let lake = folder.join("lake.parquet");
    if !lake.exists() {
        // Disposed of by hand: the note has nothing left to say.
        return std::fs::remove_file(&path).with_context(|| format!("cannot remove `{}`", path.display()));
    }
    if now >= note.keep_until {
        std::fs::remove_file(&lake).with_context(|| format!("cannot dispose of `{}`", lake.display()))?;
        std::fs::remove_file(&path).with_context(|| format!("cannot remove `{}`", path.display()))?;
        tell(&format!(
            "disposed of {} records kept until {} under mandate `{}`",
            note.records, note.keep_until, note.mandate
        ));
        return Ok(());
    }
    anyhow::ensure!(
        note.mandate_fingerprint == mandate.fingerprint,
        "`{}` holds a lake of mandate `{}` until {}; choose another folder",
        folder.display(),
        note.mandate,
        note.keep_until
    );
    Ok(())
}

/// Writes the note.
pub(crate) fn note(folder: &Path, mandate: &Mandate, run: &Run, now: Micros) -> anyhow::Result<()> {
    let note = Note {
        mandate: mandate.id.clone(),
        mandate_fingerprint: mandate.fingerprint.clone(),
        selection_version: run.selection.version(),
        selection_fingerprint: run.selection.fingerprint(),
        records: run.balance.selected,
        keep_until: Micros(now.0 + i64::from(mandate.selected_days_max) * DAY),
    };
    let json = serde_json::to_vec_pretty(&note).context("cannot write the note of retention")?;
    Ok(noroshi_report::write_atomically(&folder.join(NOTE), &json)?)
}
