//! A nation as files: flow records, truth, mandate, registration table. Each file appears whole or
//! not at all.

use crate::nation::Nation;
use noroshi_model::Micros;
use noroshi_wire::{ExporterConfig, IpfixExporter};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Files [`write_folder`] makes, flow records first.
pub const FOLDER_FILES: [&str; 4] = ["flows.ipfix", "truth.json", "mandate.toml", "registry.csv"];

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Flow records.
    pub records: u64,
    /// Bytes of `flows.ipfix`.
    pub bytes: u64,
}

/// A file could not be written; nothing half-written is left under its name.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`: {source}; is there room, and may this user write there?", path.display())]
pub struct FolderError {
    path: PathBuf,
    source: io::Error,
}

/// Writes the nation into `out`, which is made if missing: `flows.ipfix` (a stream of IPFIX messages,
/// RFC 5655), `truth.json`, `mandate.toml`, `registry.csv`. Calls `progress` with the records written
/// so far and the simulated time reached, every few thousand records.
///
/// # Errors
/// [`FolderError`] for the first file that cannot be written. Files under way are removed.
pub fn write_folder(
    nation: &Nation,
    out: &Path,
    progress: &mut dyn FnMut(u64, Micros),
) -> Result<Written, FolderError> {
    fs::create_dir_all(out).map_err(|source| FolderError { path: out.to_owned(), source })?;
    let [flows, truth, mandate, registry] = FOLDER_FILES;
    whole(&out.join(registry), |file| file.write_all(nation.registry_csv().as_bytes()))?;
    whole(&out.join(mandate), |file| file.write_all(nation.mandate_with_registry(registry).as_bytes()))?;
    whole(&out.join(truth), |file| {
        serde_json::to_writer_pretty(&mut *file, nation.truth())?;
        file.write_all(b"\n")
    })?;
    whole(&out.join(flows), |file| write_flows(nation, file, progress))
}

/// Writes a file beside its place and moves it there when it is complete and on the disk.
fn whole<T>(path: &Path, fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>) -> Result<T, FolderError> {
    let fail = |source| FolderError { path: path.to_owned(), source };
    let mut name = path.file_name().map(std::ffi::OsStr::to_owned).unwrap_or_default();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let filled = File::create(&partial).and_then(|file| {
        let mut writer = BufWriter::with_capacity(1 << 20, file);
        let made = fill(&mut writer)?;
        writer.flush()?;
        writer.get_ref().sync_all()?;
        fs::rename(&partial, path)?;
        Ok(made)
    });
    filled.map_err(|source| {
        // Already failing: what matters is the first reason.
        let _ = fs::remove_file(&partial);
        fail(source)
    })
}

fn write_flows(nation: &Nation, file: &mut impl Write, progress: &mut dyn FnMut(u64, Micros)) -> io::Result<Written> {
    let mut exporter = IpfixExporter::new(ExporterConfig { templates_every: 0, ..config(nation) });
    let mut written = Written { records: 0, bytes: 0 };
    let mut failed = None;
    let mut at = nation.plan().start;
    let mut send = |message: &[u8], written: &mut Written| {
        if failed.is_none() {
            written.bytes += message.len() as u64;
            failed = file.write_all(message).err();
        }
        failed.is_some()
    };
    for record in nation.records() {
        at = record.end;
        let mut stop = false;
        exporter.push(&record, at, &mut |message| stop |= send(message, &mut written));
        if stop {
            break;
        }
        written.records += 1;
        if written.records.is_multiple_of(8_192) {
            progress(written.records, at);
        }
    }
    exporter.flush(at, &mut |message| {
        send(message, &mut written);
    });
    progress(written.records, at);
    failed.map_or(Ok(written), Err)
}

/// The exporter of this nation's routers.
pub(crate) fn config(nation: &Nation) -> ExporterConfig {
    let plan = nation.plan();
    ExporterConfig {
        domain: 1,
        sampling: plan.sampling,
        biflow: plan.biflow,
        microseconds: true,
        ..ExporterConfig::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Plan;

    fn small() -> Nation {
        Nation::new(&Plan { hosts: 60, sampling: 50, ..Plan::null() }).unwrap()
    }

    #[test]
    fn a_folder_holds_everything_and_the_same_twice() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let written = write_folder(&small(), one.path(), &mut |_, _| ()).unwrap();
        assert!(written.records > 1_000);
        write_folder(&small(), two.path(), &mut |_, _| ()).unwrap();
        for name in FOLDER_FILES {
            let read = |dir: &tempfile::TempDir| fs::read(dir.path().join(name)).unwrap();
            assert!(!read(&one).is_empty());
            assert!(read(&one) == read(&two), "{name} differs");
        }
        assert_eq!(fs::read_dir(one.path()).unwrap().count(), FOLDER_FILES.len());
        let flows = fs::read(one.path().join("flows.ipfix")).unwrap();
        assert_eq!(flows.len() as u64, written.bytes);
        assert_eq!(&flows[..2], [0, 10]);
        let mandate = noroshi_mandate::Mandate::read(&one.path().join("mandate.toml")).unwrap();
        mandate.compile().unwrap();
    }

    /// Takes a little, then is full.
    struct FullDisk(usize);

    impl Write for FullDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 < bytes.len() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0 -= bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_stops_the_writing() {
        let failed = write_flows(&small(), &mut FullDisk(20_000), &mut |_, _| ()).unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn a_file_that_fails_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("truth.json");
        let failed: Result<(), _> = whole(&path, |file| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(failed.unwrap_err().to_string().contains("truth.json"));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
