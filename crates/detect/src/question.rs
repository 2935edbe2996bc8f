//! A hunt's question, asked of a lake: who was in contact with some servers, how often, how much.

use crate::engine::{Engine, EngineError};
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Int64Type, UInt8Type, UInt16Type, UInt64Type};
use noroshi_mandate::place::{from_bits, to_bits};
use noroshi_model::{Direction, Micros, Protocol};
use serde::Serialize;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Which servers, and on which port; empty asks for all that were selected.
    pub servers: Vec<(IpAddr, Option<u16>)>,
    /// In which directions.
    pub directions: BTreeSet<Direction>,
    /// Rows answered at most: the pairs with the most flows.
    pub rows_max: u64,
}

/// One pair of client and server, summed over a lake. The domestic end is a pseudonym.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PairRow {
    /// Which end was called.
    pub server: IpAddr,
    /// On which port.
    pub port: u16,
    /// By which protocol.
    pub protocol: Protocol,
    /// Which end called.
    pub client: IpAddr,
    /// Where the flows ran, seen from the client.
    pub direction: Direction,
    /// Flow records.
    pub flows: u64,
    /// Bytes from the client.
    pub bytes_out: u64,
    /// Bytes to the client.
    pub bytes_in: u64,
    /// Start of the first record.
    pub first: Micros,
    /// End of the last record.
    pub last: Micros,
}

/// Asks the lake that lies at `lake`; the pairs with the most flows first, then by address: same lake, same rows.
///
/// # Errors
/// [`EngineError`] when the lake cannot be read.
pub fn ask(engine: &Engine, lake: &Path, question: &Question) -> Result<Vec<PairRow>, EngineError> {
    engine.register_parquet("lake", lake)?;
    let batches = engine.sql(&sql(question))?;
    Ok(batches.iter().flat_map(rows).collect())
}

fn sql(question: &Question) -> String {
    let directions: Vec<_> = question.directions.iter().map(|&d| (d as u8).to_string()).collect();
    let mut filter = format!("direction IN ({})", directions.join(", "));
    let servers: Vec<_> = question.servers.iter().map(|&(address, port)| condition(address, port)).collect();
    if !servers.is_empty() {
        filter.push_str(&format!(" AND ({})", servers.join(" OR ")));
    }
    format!(
        "SELECT server, server_port, protocol, client, direction, CAST(COUNT(*) AS BIGINT UNSIGNED) AS flows, \
         SUM(bytes_out) AS bytes_out, SUM(bytes_in) AS bytes_in, \
         CAST(MIN(start) AS BIGINT) AS first, CAST(MAX(\"end\") AS BIGINT) AS last \
         FROM lake WHERE {filter} GROUP BY server, server_port, protocol, client, direction \
         ORDER BY flows DESC, server, server_port, protocol, client, direction LIMIT {}",
        question.rows_max
    )
}

/// A server abroad is the called end of 内外 and the calling end of 外内.
fn condition(address: IpAddr, port: Option<u16>) -> String {
    let end = format!("arrow_cast(X'{:032x}', 'FixedSizeBinary(16)')", to_bits(address));
    match port {
        Some(port) => format!("(server = {end} AND server_port = {port})"),
        None => format!("server = {end} OR client = {end}"),
    }
}

fn rows(batch: &RecordBatch) -> impl Iterator<Item = PairRow> + '_ {
    let address = |index: usize, row: usize| {
        let bytes = batch.column(index).as_fixed_size_binary().value(row);
        from_bits(u128::from_be_bytes(bytes.try_into().unwrap_or_default()))
    };
    let small = |index: usize, row: usize| batch.column(index).as_primitive::<UInt8Type>().value(row);
    let count = |index: usize, row: usize| batch.column(index).as_primitive::<UInt64Type>().value(row);
    let time = |index: usize, row: usize| Micros(batch.column(index).as_primitive::<Int64Type>().value(row));
    (0..batch.num_rows()).map(move |row| PairRow {
        server: address(0, row),
        port: batch.column(1).as_primitive::<UInt16Type>().value(row),
        protocol: Protocol(small(2, row)),
        client: address(3, row),
        // A lake has no domestic record: what is no other direction cannot come.
        direction: Direction::ALL.into_iter().find(|&d| d as u8 == small(4, row)).unwrap_or(Direction::Domestic),
        flows: count(5, row),
        bytes_out: count(6, row),
        bytes_in: count(7, row),
        first: time(8, row),
        last: time(9, row),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::EngineOptions;
    use noroshi_flow::{FlowColumns, FlowRecord, FlowSink, Lake, PseudonymKey, Pseudonyms, SelectionSet, selection};

    fn bits(text: &str) -> u128 {
        to_bits(text.parse().unwrap())
    }

    /// Three calls of one client, one of another, to one server; one call to a second server.
    fn lake(folder: &Path) -> std::path::PathBuf {
        let mut columns = FlowColumns::default();
        let calls = [("192.0.2.1", "203.0.113.5"); 3].into_iter();
        for (src, dst) in calls.chain([("192.0.2.2", "203.0.113.5"), ("192.0.2.2", "203.0.113.6")]) {
            columns.push(&FlowRecord {
                src: bits(src),
                dst: bits(dst),
                sport: 50_000,
                dport: 443,
                protocol: 6,
                packets: 2,
                bytes: 100,
                outcome: noroshi_flow::Outcome::Answered,
                ..FlowRecord::default()
            });
            columns.direction.push(Direction::OutForeign);
        }
        let servers = ["203.0.113.5", "203.0.113.6"].map(|s| selection::exactly(bits(s), 443, 6, "test"));
        let set = SelectionSet::default().next(servers.to_vec());
        let pseudonyms = Pseudonyms::new(&PseudonymKey::derive(b"k", "m"));
        let mut lake = Lake::create(&folder.join("lake.parquet"), set, pseudonyms, 100).unwrap();
        lake.flows(&columns).unwrap();
        lake.finish().unwrap().path
    }

    fn asked(servers: &[(&str, Option<u16>)], rows_max: u64) -> Vec<PairRow> {
        let folder = tempfile::tempdir().unwrap();
        let servers = servers.iter().map(|&(address, port)| (address.parse().unwrap(), port)).collect();
        let question = Question { servers, directions: BTreeSet::from([Direction::OutForeign]), rows_max };
        let engine = Engine::local(EngineOptions::default()).unwrap();
        ask(&engine, &lake(folder.path()), &question).unwrap()
    }

    #[test]
    fn pairs_are_summed_the_busiest_first_and_clients_stay_pseudonyms() {
        let rows = asked(&[("203.0.113.5", Some(443))], 10);
        assert_eq!(rows.iter().map(|row| (row.flows, row.bytes_out)).collect::<Vec<_>>(), [(3, 300), (1, 100)]);
        assert!(rows.iter().all(|row| row.server == "203.0.113.5".parse::<IpAddr>().unwrap()));
        assert!(rows.iter().all(|row| row.client != "192.0.2.1".parse::<IpAddr>().unwrap()));
    }

    #[test]
    fn no_server_asks_for_all_another_port_for_none_and_the_cap_holds() {
        assert_eq!(asked(&[], 10).len(), 3);
        assert_eq!(asked(&[("203.0.113.5", Some(80))], 10), []);
        assert_eq!(asked(&[("203.0.113.6", None)], 10).len(), 1);
        assert_eq!(asked(&[], 2).len(), 2);
    }
}
