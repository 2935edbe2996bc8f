//! Server features: the hours of servers as a table for the engine. They name servers, never clients.
//! [`write_hours`] keeps them, hour by hour, where the folder of a run is kept.

mod hours;

pub use hours::{forget_hours, write_hours};

use crate::broad::servers::{ServerHour, ServerHourKey};
use crate::intake::SinkError;
use arrow::array::{
    ArrayRef, BinaryArray, FixedSizeBinaryBuilder, RecordBatch, TimestampMicrosecondArray, UInt8Array, UInt16Array,
    UInt32Array, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use std::sync::Arc;

/// Version of the layout below.
pub const FEATURES_VERSION: &str = "1";

/// The columns of server features. `clients` and `client_networks` are [`crate::sketch::Distinct`] bytes:
/// they count clients and cannot be asked who they were.
pub fn schema() -> SchemaRef {
    let field = |name: &str, kind: DataType| Field::new(name, kind, false);
    Arc::new(Schema::new(vec![
        field("hour", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))),
        field("server", DataType::FixedSizeBinary(16)),
        field("port", DataType::UInt16),
        field("protocol", DataType::UInt8),
        field("contacts", DataType::UInt64),
        field("packets", DataType::UInt64),
        field("packets_seen", DataType::UInt64),
        field("bytes_out", DataType::UInt64),
        field("bytes_in", DataType::UInt64),
        field("unanswered", DataType::UInt64),
        field("sampling", DataType::UInt32),
        field("clients", DataType::Binary),
        field("client_networks", DataType::Binary),
    ]))
}

/// Rows of server features, in the order given.
///
/// # Errors
/// [`SinkError`] when the rows do not make a batch, which would be a fault of this program.
pub fn to_batch(rows: &[(&ServerHourKey, &ServerHour)]) -> Result<RecordBatch, SinkError> {
    build(rows).map_err(|source| SinkError { what: "cannot lay out server features".into(), source: Box::new(source) })
}

fn build(rows: &[(&ServerHourKey, &ServerHour)]) -> Result<RecordBatch, ArrowError> {
    let mut servers = FixedSizeBinaryBuilder::with_capacity(rows.len(), 16);
    rows.iter().try_for_each(|(key, _)| servers.append_value(key.server.to_be_bytes()))?;
    let count = |f: fn(&ServerHour) -> u64| -> ArrayRef {
        Arc::new(UInt64Array::from_iter_values(rows.iter().map(|(_, hour)| f(hour))))
    };
    let sketch = |f: fn(&ServerHour) -> &crate::sketch::Distinct| -> ArrayRef {
        Arc::new(BinaryArray::from_iter_values(rows.iter().map(|(_, hour)| f(hour).to_bytes())))
    };
    let hours = rows.iter().map(|(key, _)| key.hour_us);
    RecordBatch::try_new(
        schema(),
        vec![
            Arc::new(TimestampMicrosecondArray::from_iter_values(hours).with_timezone("UTC")),
            Arc::new(servers.finish()),
            Arc::new(UInt16Array::from_iter_values(rows.iter().map(|(key, _)| key.port))),
            Arc::new(UInt8Array::from_iter_values(rows.iter().map(|(key, _)| key.protocol))),
            count(|h| h.contacts),
            count(|h| h.packets),
            count(|h| h.packets_seen),
            count(|h| h.bytes_out),
            count(|h| h.bytes_in),
            count(|h| h.unanswered),
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(|(_, h)| h.sampling))),
            sketch(|h| &h.clients),
            sketch(|h| &h.client_networks),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_column_names_a_client() {
        let key = ServerHourKey { hour_us: 0, server: 7, port: 443, protocol: 6 };
        let batch = to_batch(&[(&key, &ServerHour::default())]).unwrap();
        assert_eq!(batch.num_rows(), 1);
        for field in schema().fields() {
            let addresses = matches!(field.data_type(), DataType::FixedSizeBinary(_));
            assert!(!addresses || field.name() == "server", "{}", field.name());
        }
    }
}
