//! Server features on disk, one Parquet file an hour, so that a later run or a hunt can ask them.
//!
//! A file is named after its hour (`2026-01-01T05.parquet`, UTC), written beside itself and renamed.
//! An hour written again replaces what was there: late records belong to it, too.

use super::{FEATURES_VERSION, schema, to_batch};
use crate::broad::servers::{ServerHour, ServerHourKey, ServerHourTable};
use crate::intake::SinkError;
use noroshi_model::Micros;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::ops::RangeBounds;
use std::path::Path;

/// How an hour's file ends.
const SUFFIX: &str = ".parquet";

fn fail<E: std::error::Error + Send + Sync + 'static>(path: &Path) -> impl FnOnce(E) -> SinkError {
    let what = format!("cannot write server features `{}`", path.display());
    move |source| SinkError { what, source: Box::new(source) }
}

/// Writes the hours that begin within `starts_us`, each to its file in `folder`. Returns how many.
///
/// # Errors
/// [`SinkError`] with the file that cannot be written.
pub fn write_hours(
    folder: &Path,
    servers: &ServerHourTable,
    starts_us: impl RangeBounds<i64>,
) -> Result<usize, SinkError> {
    std::fs::create_dir_all(folder).map_err(fail(folder))?;
    let (rows, mut written) = (servers.sorted(), 0);
    for hour in rows.chunk_by(|(left, _), (right, _)| { left.hour_us } == { right.hour_us }) {
        if let Some(start_us) = hour.first().map(|(key, _)| key.hour_us).filter(|start_us| starts_us.contains(start_us))
        {
            write_hour(&folder.join(format!("{}{SUFFIX}", stem(start_us))), hour)?;
            written += 1;
        }
    }
    Ok(written)
}

/// Removes the hours that began before `before_us`. Returns how many.
///
/// # Errors
/// [`SinkError`] with the file that cannot be removed. A folder that is not there holds no hour.
pub fn forget_hours(folder: &Path, before_us: i64) -> Result<usize, SinkError> {
    let Ok(files) = std::fs::read_dir(folder) else { return Ok(0) };
    let mut removed = 0;
    for file in files {
        let path = file.map_err(fail(folder))?.path();
        if path.file_name().and_then(|name| start(name.to_str()?)).is_some_and(|start_us| start_us < before_us) {
            std::fs::remove_file(&path).map_err(fail(&path))?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Day and hour: what stands before the first colon of the time.
fn stem(start_us: i64) -> String {
    Micros(start_us).to_string().split(':').next().unwrap_or_default().to_owned()
}

fn start(name: &str) -> Option<i64> {
    Micros::parse(&format!("{}:00:00Z", name.strip_suffix(SUFFIX)?)).ok().map(|at| at.0)
}

fn write_hour(path: &Path, rows: &[(&ServerHourKey, &ServerHour)]) -> Result<(), SinkError> {
    let partial = path.with_extension("partial");
    let written = encode(&partial, rows).and_then(|()| std::fs::rename(&partial, path).map_err(fail(path)));
    if written.is_err() {
        // A full disk leaves no half file.
        let _ = std::fs::remove_file(&partial);
    }
    written
}

fn encode(path: &Path, rows: &[(&ServerHourKey, &ServerHour)]) -> Result<(), SinkError> {
    let file = File::create(path).map_err(fail(path))?;
    let layout = layout().map_err(fail(path))?;
    let mut writer = ArrowWriter::try_new(file, schema(), Some(layout)).map_err(fail(path))?;
    writer.write(&to_batch(rows)?).map_err(fail(path))?;
    writer.into_inner().map_err(fail(path))?.sync_all().map_err(fail(path))
}

fn layout() -> Result<WriterProperties, ParquetError> {
    let metadata = vec![KeyValue::new("noroshi.features".into(), FEATURES_VERSION.to_owned())];
    let builder = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?));
    Ok(builder.set_key_value_metadata(Some(metadata)).set_created_by("noroshi".into()).build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_model::time::HOUR;

    fn servers(hours: &[i64]) -> ServerHourTable {
        let mut table = ServerHourTable::new(100);
        for (server, hour) in hours.iter().enumerate() {
            let key = ServerHourKey { hour_us: hour * HOUR, server: server as u128, port: 443, protocol: 6 };
            table.entry(key).contacts = 1 + server as u64;
        }
        table
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn an_hour_is_a_file_and_the_same_again_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let table = servers(&[0, 1, 1, 2]);
        assert_eq!(write_hours(folder.path(), &table, ..2 * HOUR).unwrap(), 2);
        assert_eq!(names(folder.path()), ["1970-01-01T00.parquet", "1970-01-01T01.parquet"]);
        let file = folder.path().join("1970-01-01T01.parquet");
        let before = std::fs::read(&file).unwrap();
        assert_eq!(write_hours(folder.path(), &table, HOUR..).unwrap(), 2);
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }

    #[test]
    fn an_hour_goes_at_its_time_and_other_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        write_hours(folder.path(), &servers(&[0, 1, 2]), ..).unwrap();
        std::fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        assert_eq!(forget_hours(folder.path(), 2 * HOUR).unwrap(), 2);
        assert_eq!(names(folder.path()), ["1970-01-01T02.parquet", "notes.txt"]);
        assert_eq!(forget_hours(&folder.path().join("none"), i64::MAX).unwrap(), 0);
    }
}
