//! Evidence pooled over the clients and hours of a server: what is left when sampling has taken
//! the timing of every single pair (Disclosure, Bilge et al., ACSAC 2012; order-free features).

use crate::context::{Context, ServerContext, ServerId};
use crate::engine::{Engine, EngineError};
use crate::weigh::{Assessment, surroundings};
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, UInt8Type, UInt16Type};
use noroshi_flow::{Broad, features};

/// Clients a server needs to be judged by its clients together.
pub const CLIENTS_MIN: f64 = 3.0;
/// Packets looked at that a server needs.
const PACKETS_MIN: f64 = 30.0;
/// Log odds of a server before anything is known.
const PRIOR: f64 = -7.5;

/// One server, pooled over its hours.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerFeatures {
    /// Address, port, protocol.
    pub id: ServerId,
    /// Hours with a contact.
    pub hours: f64,
    /// Hours from the first to the last, both included.
    pub hours_span: f64,
    /// Records.
    pub contacts: f64,
    /// Packets looked at.
    pub packets_seen: f64,
    /// Packets, scaled.
    pub packets: f64,
    /// Bytes from and to clients, scaled.
    pub bytes: (f64, f64),
    /// Distinct clients.
    pub clients: f64,
    /// Distinct networks of clients.
    pub networks: f64,
    /// Variance of hourly records over their mean, over the hours of the span: 1 by chance, large for people.
    pub fano: f64,
    /// Quietest quarter of the day over the busiest, records per hour; 1 is flat.
    pub flatness: f64,
    /// Share of records without an answer.
    pub unanswered: f64,
}

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

/// Weighs a server by its clients together.
pub fn weigh(row: &ServerFeatures, server: &ServerContext, context: &Context) -> Assessment {
    let mut scales = Assessment::from_prior(PRIOR);
    let whole_day = (row.hours_span - 18.0).clamp(0.0, 6.0) / 6.0;
    let enough = (row.contacts / 100.0).min(1.0);
    // People leave a night of one fifth of the day; machines do not know what time it is.
    scales.add(
        "day-night-flatness",
        row.flatness,
        "ratio",
        3.0 * ((row.flatness - 0.4) / 0.5).clamp(-0.5, 1.0) * whole_day * enough,
    );
    let coverage = (row.hours / row.hours_span).min(1.0);
    scales.add("active-hours", row.hours, "h", (1.0 + row.hours).ln() * coverage * enough);
    let packet_bytes = (row.bytes.0 + row.bytes.1) / row.packets.max(1.0);
    let small = match packet_bytes {
        b if b < 160.0 => 1.0,
        b if b < 320.0 => 0.5,
        b if b < 640.0 => 0.0,
        _ => -1.0,
    };
    scales.add("small-exchanges", packet_bytes, "bytes", small);
    scales.add("client-evenness", evenness(server), "ratio", 1.5 * evenness_weight(server));
    scales.add("unanswered-share", row.unanswered, "ratio", -2.5 * row.unanswered.clamp(0.0, 1.0));
    scales.note("fano-factor", row.fano, "ratio");
    scales.note("clients", row.clients, "count");
    scales.note("sampling", f64::from(context.sampling), "ratio");
    surroundings(&mut scales, &row.id, server, context);
    scales
}

/// Variance of contacts per client over what chance gives around their mean (index of dispersion).
fn evenness(server: &ServerContext) -> f64 {
    let clients = server.clients.max(1) as f64;
    let mean = server.contacts.0 / clients;
    let variance = (server.contacts.1 / clients - mean * mean).max(0.0);
    if mean > 0.0 { variance / mean } else { 0.0 }
}

/// 1 where clients of one program call equally often, −1 where some are far keener than others.
fn evenness_weight(server: &ServerContext) -> f64 {
    if server.clients < 5 {
        return 0.0;
    }
    let mean = server.contacts.0 / server.clients as f64;
    // Relative spread beyond chance: sqrt(variance − mean) / mean; 0 for one program, above 1 for people.
    let excess = ((evenness(server) - 1.0).max(0.0) / mean.max(1e-9)).sqrt();
    (1.0 - 2.0 * excess).clamp(-1.0, 1.0) * (server.contacts.0 / 100.0).min(1.0)
}
