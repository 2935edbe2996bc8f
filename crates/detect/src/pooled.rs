//! Evidence pooled over the clients and hours of a server: what is left when sampling has taken
//! the timing of every single pair (Disclosure, Bilge et al., ACSAC 2012; order-free features).

use crate::context::{Context, ServerContext, ServerId, crowd};
use crate::engine::{Engine, EngineError};
use crate::weigh::Assessment;
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, UInt8Type, UInt16Type};
use noroshi_flow::{Broad, features};
use noroshi_select::pooled::{own, weigh};
use std::collections::BTreeMap;

pub use noroshi_select::pooled::ServerFeatures;

/// Clients a server needs to be judged by its clients together.
pub const CLIENTS_MIN: f64 = 3.0;
/// Packets looked at that a server needs.
const PACKETS_MIN: f64 = 30.0;
const SQL: &str = "
WITH hours AS (
  SELECT server, port, protocol, hour, contacts, packets_seen, packets, bytes_out, bytes_in, unanswered,
         clients, client_networks, CAST(floor(date_part('hour', hour) / 6) AS INT) AS quarter
  FROM features)
SELECT server, port, protocol,
  CAST(count(*) AS DOUBLE) AS hours,
  CAST((CAST(max(hour) AS BIGINT) - CAST(min(hour) AS BIGINT)) / 3600000000 + 1 AS DOUBLE) AS hours_span,
  CAST(sum(contacts) AS DOUBLE) AS contacts,
  CAST(sum(packets_seen) AS DOUBLE) AS packets_seen,
  CAST(sum(packets) AS DOUBLE) AS packets,
  CAST(sum(bytes_out) AS DOUBLE) AS bytes_out,
  CAST(sum(bytes_in) AS DOUBLE) AS bytes_in,
  CAST(distinct_merge(clients) AS DOUBLE) AS clients,
  CAST(distinct_merge(client_networks) AS DOUBLE) AS networks,
  sum(CAST(contacts AS DOUBLE) * CAST(contacts AS DOUBLE)) AS squares,
  CAST(sum(CASE WHEN quarter = 0 THEN contacts ELSE 0 END) AS DOUBLE) AS q0,
  CAST(sum(CASE WHEN quarter = 1 THEN contacts ELSE 0 END) AS DOUBLE) AS q1,
  CAST(sum(CASE WHEN quarter = 2 THEN contacts ELSE 0 END) AS DOUBLE) AS q2,
  CAST(sum(CASE WHEN quarter = 3 THEN contacts ELSE 0 END) AS DOUBLE) AS q3,
  CAST(sum(unanswered) AS DOUBLE) AS unanswered
FROM hours
GROUP BY server, port, protocol
HAVING sum(packets_seen) >= 30
ORDER BY server, port, protocol";

/// Pools the server features of a run, through the engine.
///
/// # Errors
/// [`EngineError`] when the query fails.
pub fn features(engine: &Engine, broad: &Broad) -> Result<Vec<ServerFeatures>, EngineError> {
    let rows = broad.servers.sorted();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let batch = features::to_batch(&rows).map_err(|error| EngineError::Start(std::io::Error::other(error)))?;
    engine.register_batch("features", batch)?;
    let batches = engine.sql(SQL)?;
    Ok(batches.iter().flat_map(read).filter(|f| f.packets_seen >= PACKETS_MIN && f.clients >= CLIENTS_MIN).collect())
}

fn read(batch: &RecordBatch) -> Vec<ServerFeatures> {
    // The engine may widen or narrow numbers; what is read here is always f64.
    let number = |index: usize| cast(batch.column(index), &DataType::Float64).ok();
    let columns: Vec<_> = (3..batch.num_columns()).map(number).collect();
    let value = |index: usize, row: usize| {
        columns.get(index - 3).and_then(Option::as_ref).map_or(0.0, |c| c.as_primitive::<Float64Type>().value(row))
    };
    let servers = batch.column(0).as_fixed_size_binary();
    let (ports, protocols) =
        (batch.column(1).as_primitive::<UInt16Type>(), batch.column(2).as_primitive::<UInt8Type>());
    (0..batch.num_rows())
        .map(|row| {
            let (contacts, span) = (value(5, row), value(4, row).max(1.0));
            let mean = contacts / span;
            let variance = (value(12, row) / span - mean * mean).max(0.0);
            let quarters = [13, 14, 15, 16].map(|q| value(q, row));
            let busiest = quarters.iter().copied().fold(0.0, f64::max);
            let quietest = quarters.iter().copied().fold(f64::INFINITY, f64::min);
            ServerFeatures {
                id: (
                    u128::from_be_bytes(servers.value(row).try_into().unwrap_or_default()),
                    ports.value(row),
                    protocols.value(row),
                ),
                hours: value(3, row),
                hours_span: span,
                contacts,
                packets_seen: value(6, row),
                packets: value(7, row),
                bytes: (value(8, row), value(9, row)),
                clients: value(10, row),
                networks: value(11, row),
                fano: if mean > 0.0 { variance / mean } else { 0.0 },
                flatness: if busiest > 0.0 { quietest / busiest } else { 0.0 },
                unanswered: value(17, row) / contacts.max(1.0),
            }
        })
        .collect()
}

/// What every server says by itself, for the look-alikes of each: servers on the same port that say as much.
fn said(features: &[ServerFeatures], context: &Context) -> BTreeMap<(u16, u8), Vec<f64>> {
    let mut ports: BTreeMap<(u16, u8), Vec<f64>> = BTreeMap::new();
    for row in features {
        let alone = own(row, &context.server(&row.id), &context.usual).log_odds;
        ports.entry((row.id.1, row.id.2)).or_default().push(alone);
    }
    ports.values_mut().for_each(|said| said.sort_by(f64::total_cmp));
    ports
}

/// How many servers on its port say as much by themselves as each one does, itself included.
pub(crate) fn crowds(features: &[ServerFeatures], context: &Context) -> BTreeMap<ServerId, u64> {
    let ports = said(features, context);
    let one = |row: &ServerFeatures| {
        let same = ports.get(&(row.id.1, row.id.2)).map_or(&[][..], Vec::as_slice);
        (row.id, crowd(same, own(row, &context.server(&row.id), &context.usual).log_odds))
    };
    features.iter().map(one).collect()
}

/// Weighs every server among its like.
pub fn all(features: &[ServerFeatures], context: &Context) -> BTreeMap<ServerId, Assessment> {
    let crowds = crowds(features, context);
    let one = |row: &ServerFeatures| {
        let crowd = crowds.get(&row.id).copied().unwrap_or(1);
        (row.id, weigh(row, &ServerContext { crowd, ..context.server(&row.id) }, &context.usual))
    };
    features.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
