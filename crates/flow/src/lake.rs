//! The lake: records of selected servers, in Parquet, domestic addresses pseudonymised.

use crate::columns::FlowColumns;
use crate::contact::{Contact, Turner};
use crate::intake::{FlowSink, SinkError};
use crate::pseudonym::Pseudonyms;
use crate::selection::SelectionSet;
use arrow::array::{
    ArrayRef, FixedSizeBinaryBuilder, RecordBatch, TimestampMicrosecondArray, UInt8Array, UInt16Array, UInt32Array,
    UInt64Array,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use noroshi_model::Direction;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Version of the layout below; in the file's metadata under `noroshi.lake`.
pub const LAKE_VERSION: &str = "1";
/// Bytes of a column's dictionary in a row group of a million rows: half a million addresses.
const DICTIONARY_BYTES_MAX: usize = 8 << 20;
/// Rows gathered before they are encoded.
const ROWS_PER_BATCH: usize = 65_536;

/// The columns of the lake. Addresses are 16 bytes, IPv4 mapped; domestic ones are pseudonyms.
pub fn schema() -> SchemaRef {
    let address = DataType::FixedSizeBinary(16);
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let field = |name: &str, kind: &DataType| Field::new(name, kind.clone(), false);
    Arc::new(Schema::new(vec![
        field("start", &time),
        field("end", &time),
        field("client", &address),
        field("server", &address),
        field("client_port", &DataType::UInt16),
        field("server_port", &DataType::UInt16),
        field("protocol", &DataType::UInt8),
        field("direction", &DataType::UInt8),
        field("outcome", &DataType::UInt8),
        field("tcp_flags", &DataType::UInt8),
        field("packets_out", &DataType::UInt64),
        field("bytes_out", &DataType::UInt64),
        field("packets_in", &DataType::UInt64),
        field("bytes_in", &DataType::UInt64),
        field("sampling", &DataType::UInt32),
    ]))
}

/// How the columns lie in a file. What queries look at is compressed for speed (LZ4), times and
/// the client's port, which hardly shrink and are seldom asked for, for size. Addresses recur:
/// a dictionary as large as a row group's addresses keeps them two bytes and a half each.
///
/// # Errors
/// [`parquet::errors::ParquetError`] when the compression level is unknown to the library.
pub fn layout() -> Result<WriterProperties, parquet::errors::ParquetError> {
    let small = Compression::ZSTD(ZstdLevel::try_new(3)?);
    let metadata = vec![parquet::file::metadata::KeyValue::new("noroshi.lake".into(), LAKE_VERSION.to_owned())];
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES_MAX)
        .set_key_value_metadata(Some(metadata))
        .set_created_by("noroshi".into());
    for column in ["start", "end", "client_port"] {
        builder = builder.set_column_compression(column.into(), small);
    }
    Ok(builder.build())
}

/// The second pass: keeps records of selected servers, counts the rest.
pub struct Lake {
    turner: Turner,
    selection: SelectionSet,
    pseudonyms: Pseudonyms,
    rows: Vec<Contact>,
    writer: Option<ArrowWriter<File>>,
    partial: PathBuf,
    path: PathBuf,
    selected_max: u64,
    /// Records kept.
    pub selected: u64,
    /// Records forgotten because no selector names their server, or the mandate's cap was reached.
    pub forgotten: u64,
}

impl std::fmt::Debug for Lake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lake({}, {} kept)", self.path.display(), self.selected)
    }
}

fn fail<E: std::error::Error + Send + Sync + 'static>(what: String) -> impl FnOnce(E) -> SinkError {
    move |source| SinkError { what, source: Box::new(source) }
}

impl Lake {
    /// A new file at `path`, written beside it and renamed at the end: a full disk leaves no half file.
    ///
    /// # Errors
    /// [`SinkError`] when the file cannot be made.
    pub fn create(
        path: &Path,
        selection: SelectionSet,
        pseudonyms: Pseudonyms,
        selected_max: u64,
    ) -> Result<Self, SinkError> {
        let partial = path.with_extension("parquet.partial");
        let what = || format!("cannot write the lake `{}`", partial.display());
        let file = File::create(&partial).map_err(fail(what()))?;
        let layout = layout().map_err(fail(what()))?;
        let writer = ArrowWriter::try_new(file, schema(), Some(layout)).map_err(fail(what()))?;
        Ok(Self {
            turner: Turner::default(),
            selection,
            pseudonyms,
            rows: Vec::new(),
            writer: Some(writer),
            partial,
            path: path.to_owned(),
            selected_max,
            selected: 0,
            forgotten: 0,
        })
    }

    /// Puts another selection in force from the next record on.
    pub fn select(&mut self, selection: SelectionSet) {
        self.selection = selection;
    }

    /// Keeps those contacts whose servers are selected, as [`FlowSink::flows`] does with what it
    /// turns into contacts itself.
    ///
    /// # Errors
    /// [`SinkError`] when they cannot be written.
    pub fn contacts(&mut self, contacts: &[Contact]) -> Result<(), SinkError> {
        for contact in contacts {
            if self.selected >= self.selected_max || !self.selection.selects(contact) {
                self.forgotten += 1;
                continue;
            }
            self.selected += 1;
            let mut kept = *contact;
            match kept.direction {
                Direction::OutForeign => kept.client = self.pseudonyms.of(kept.client),
                Direction::ForeignIn => kept.server = self.pseudonyms.of(kept.server),
                Direction::ForeignForeign | Direction::Domestic => {}
            }
            self.rows.push(kept);
            if self.rows.len() >= ROWS_PER_BATCH {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        let what = format!("cannot write the lake `{}`", self.partial.display());
        let batch = to_batch(&self.rows).map_err(fail(what.clone()))?;
        self.rows.clear();
        self.writer.as_mut().map_or(Ok(()), |w| w.write(&batch)).map_err(fail(what))
    }

    /// Writes what is left, makes it durable, and gives the file its name.
    ///
    /// # Errors
    /// [`SinkError`]; the unfinished file is removed.
    pub fn finish(mut self) -> Result<Kept, SinkError> {
        self.flush()?;
        let what = format!("cannot finish the lake `{}`", self.path.display());
        if let Some(writer) = self.writer.take() {
            let file = writer.into_inner().map_err(fail(what.clone()))?;
            file.sync_all().map_err(fail(what.clone()))?;
        }
        std::fs::rename(&self.partial, &self.path).map_err(fail(what))?;
        Ok(Kept { path: self.path.clone(), selected: self.selected, forgotten: self.forgotten })
    }
}

/// What the second pass kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The Parquet file.
    pub path: PathBuf,
    /// Records kept.
    pub selected: u64,
    /// Records forgotten.
    pub forgotten: u64,
}

impl Drop for Lake {
    fn drop(&mut self) {
        // After `finish` the name is gone; before it, nothing half-written may stay.
        let _ = std::fs::remove_file(&self.partial);
    }
}

impl FlowSink for Lake {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        for index in 0..batch.len() {
            let contact = self.turner.turn(batch, index);
            self.contacts(&[contact])?;
        }
        Ok(())
    }
}

fn to_batch(rows: &[Contact]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let time = |f: fn(&Contact) -> i64| -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from_iter_values(rows.iter().map(f)).with_timezone("UTC"))
    };
    let address = |f: fn(&Contact) -> u128| -> Result<ArrayRef, arrow::error::ArrowError> {
        let mut builder = FixedSizeBinaryBuilder::with_capacity(rows.len(), 16);
        rows.iter().try_for_each(|row| builder.append_value(f(row).to_be_bytes()))?;
        Ok(Arc::new(builder.finish()))
    };
    let small = |f: fn(&Contact) -> u8| -> ArrayRef { Arc::new(UInt8Array::from_iter_values(rows.iter().map(f))) };
    let port = |f: fn(&Contact) -> u16| -> ArrayRef { Arc::new(UInt16Array::from_iter_values(rows.iter().map(f))) };
    let count = |f: fn(&Contact) -> u64| -> ArrayRef { Arc::new(UInt64Array::from_iter_values(rows.iter().map(f))) };
    RecordBatch::try_new(
        schema(),
        vec![
            time(|c| c.start_us),
            time(|c| c.end_us),
            address(|c| c.client)?,
            address(|c| c.server)?,
            port(|c| c.client_port),
            port(|c| c.server_port),
            small(|c| c.protocol),
            small(|c| c.direction as u8),
            small(|c| c.outcome as u8),
            small(|c| c.tcp_flags),
            count(|c| c.packets_out),
            count(|c| c.bytes_out),
            count(|c| c.packets_in),
            count(|c| c.bytes_in),
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(|c| c.sampling))),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pseudonym::PseudonymKey;
    use crate::record::FlowRecord;
    use crate::selection::exactly;
    use noroshi_mandate::place::to_bits;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    fn batch() -> FlowColumns {
        let bits = |t: &str| to_bits(t.parse().unwrap());
        let mut columns = FlowColumns::default();
        for dst in ["203.0.113.5", "203.0.113.6"] {
            columns.push(&FlowRecord {
                src: bits("192.0.2.1"),
                dst: bits(dst),
                sport: 50_000,
                dport: 443,
                protocol: 6,
                packets: 2,
                bytes: 100,
                outcome: crate::Outcome::Answered,
                ..FlowRecord::default()
            });
            columns.direction.push(Direction::OutForeign);
        }
        columns
    }

    fn lake(folder: &Path, selected_max: u64) -> Lake {
        let server = to_bits("203.0.113.5".parse().unwrap());
        let selection = SelectionSet::default().next(vec![exactly(server, 443, 6, "test")]);
        let pseudonyms = Pseudonyms::new(&PseudonymKey::derive(b"k", "m"));
        Lake::create(&folder.join("lake.parquet"), selection, pseudonyms, selected_max).unwrap()
    }

    #[test]
    fn only_selected_servers_stay_and_clients_are_pseudonyms() {
        let folder = tempfile::tempdir().unwrap();
        let mut lake = lake(folder.path(), 10);
        lake.flows(&batch()).unwrap();
        let kept = lake.finish().unwrap();
        assert_eq!((kept.selected, kept.forgotten), (1, 1));
        let bytes = std::fs::read(&kept.path).unwrap();
        let clear = to_bits("192.0.2.1".parse().unwrap()).to_be_bytes();
        let reader =
            ParquetRecordBatchReaderBuilder::try_new(File::open(&kept.path).unwrap()).unwrap().build().unwrap();
        for rows in reader {
            let rows = rows.unwrap();
            assert_eq!(rows.num_rows(), 1);
            let clients = rows.column(2).as_any().downcast_ref::<arrow::array::FixedSizeBinaryArray>().unwrap();
            assert_ne!(clients.value(0), clear);
        }
        assert!(!bytes.windows(16).any(|w| w == clear));
    }

    #[test]
    fn the_mandates_cap_holds() {
        let folder = tempfile::tempdir().unwrap();
        let mut lake = lake(folder.path(), 1);
        lake.flows(&batch()).unwrap();
        lake.flows(&batch()).unwrap();
        let kept = lake.finish().unwrap();
        assert_eq!((kept.selected, kept.forgotten), (1, 3));
    }

    #[test]
    fn an_abandoned_lake_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(lake(folder.path(), 1));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
