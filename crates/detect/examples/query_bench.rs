//! The queries of the benchmark on the lake's layout, one process each as a user would ask them.
//!
//! `query_bench make INPUT.ipfix MANDATE OUT.parquet` writes one-way records, source as `client`
//! and destination as `server`, so that another program can be asked the same of the same flows;
//! `query_bench run FILE.parquet filter|top-src|top-dst|group3 SOURCE-NET` answers on one partition.
#![allow(clippy::print_stdout, reason = "a benchmark program")]

use datafusion::arrow::array::{ArrayRef, FixedSizeBinaryBuilder, RecordBatch, TimestampMicrosecondArray};
use datafusion::arrow::array::{UInt8Array, UInt16Array, UInt32Array, UInt64Array};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::parquet::arrow::ArrowWriter;
use noroshi_detect::engine::{Engine, EngineOptions};
use noroshi_flow::{FlowColumns, FlowSink, Intake, SinkError, lake};
use noroshi_ingest::{Inputs, NoProgress, OpenOptions};
use noroshi_mandate::place::to_bits;
use noroshi_mandate::{Analyze, Mandate, authorise};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// As in the program `noroshi`.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["make", input, mandate, out] => make(input, mandate, out.as_ref()),
        ["run", file, query, net] => run(file.as_ref(), query, net),
        _ => Err("usage: query_bench make INPUT MANDATE OUT | run FILE QUERY SOURCE-NET".into()),
    }
}

/// Writes what it is handed; gathers as many rows a batch as the lake does.
struct Writer(ArrowWriter<File>, FlowColumns);

impl Writer {
    fn flush(&mut self) -> Result<(), Failure> {
        self.0.write(&to_batch(&self.1)?)?;
        self.1.clear();
        Ok(())
    }
}

impl FlowSink for Writer {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        batch.records().for_each(|record| self.1.push(&record));
        if self.1.len() < 65_536 {
            return Ok(());
        }
        self.flush().map_err(|source| SinkError { what: "cannot write the benchmark's file".into(), source })
    }
}

fn make(input: &str, mandate: &str, out: &Path) -> Result<(), Failure> {
    let mandate = Mandate::parse(&std::fs::read_to_string(mandate)?, mandate)?;
    let permit = authorise::<Analyze>(&mandate, mandate.term.from)?;
    let mut intake = Intake::new(&permit)?;
    let file = ArrowWriter::try_new(File::create(out)?, lake::schema(), Some(lake::layout()?))?;
    let mut writer = Writer(file, FlowColumns::default());
    Inputs::open(&[input.into()], &OpenOptions::default())?.read(&mut intake, &mut writer, &NoProgress)?;
    writer.flush()?;
    writer.0.close()?;
    println!("records {}\nbytes {}", intake.balance().received, std::fs::metadata(out)?.len());
    Ok(())
}

fn to_batch(flows: &FlowColumns) -> Result<RecordBatch, Failure> {
    let time = |us: &[i64]| -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from_iter_values(us.iter().copied()).with_timezone("UTC"))
    };
    let address = |bits: &[u128]| -> Result<ArrayRef, Failure> {
        let mut builder = FixedSizeBinaryBuilder::with_capacity(bits.len(), 16);
        bits.iter().try_for_each(|value| builder.append_value(value.to_be_bytes()))?;
        Ok(Arc::new(builder.finish()))
    };
    let small = |values: Vec<u8>| -> ArrayRef { Arc::new(UInt8Array::from(values)) };
    let port = |values: &[u16]| -> ArrayRef { Arc::new(UInt16Array::from(values.to_vec())) };
    let count = |values: &[u64]| -> ArrayRef { Arc::new(UInt64Array::from(values.to_vec())) };
    let columns = vec![
        time(&flows.start_us),
        time(&flows.end_us),
        address(&flows.src)?,
        address(&flows.dst)?,
        port(&flows.sport),
        port(&flows.dport),
        small(flows.protocol.clone()),
        small(vec![0; flows.len()]),
        small(flows.outcome.iter().map(|outcome| *outcome as u8).collect()),
        small(flows.tcp_flags.clone()),
        count(&flows.packets),
        count(&flows.bytes),
        count(&flows.rev_packets),
        count(&flows.rev_bytes),
        Arc::new(UInt32Array::from(flows.sampling.clone())),
    ];
    Ok(RecordBatch::try_new(lake::schema(), columns)?)
}

fn run(file: &Path, query: &str, net: &str) -> Result<(), Failure> {
    let engine = Engine::local(EngineOptions { partitions: 1, ..EngineOptions::default() })?;
    engine.register_parquet("f", file)?;
    let answer = engine.sql(&sql(query, net)?)?;
    println!("{}", pretty_format_batches(&answer)?);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
    println!("peak_mib {:.0}", peak.unwrap_or(0.0) / 1024.0);
    Ok(())
}

fn sql(query: &str, net: &str) -> Result<String, Failure> {
    let (address, bits) = net.split_once('/').ok_or("a network is ADDRESS/BITS")?;
    let first = to_bits(address.parse()?);
    let last = first | (u128::MAX >> (96 + bits.parse::<u32>()?.min(31)));
    let edge = |value: u128| format!("arrow_cast(X'{value:032x}', 'FixedSizeBinary(16)')");
    Ok(match query {
        "filter" => format!(
            "select count(*) as flows, sum(packets_out) as packets, sum(bytes_out) as bytes from f \
             where protocol = 6 and server_port = 25 and packets_out > 3 and client between {} and {}",
            edge(first),
            edge(last)
        ),
        "top-src" => "select client, count(*) as flows from f group by client order by flows desc limit 10".into(),
        "top-dst" => "select server, sum(bytes_out) as bytes from f where protocol = 6 \
                      group by server order by bytes desc limit 10"
            .into(),
        "group3" => "select client, server, server_port, sum(packets_out) as packets, sum(bytes_out) as bytes, \
                     count(*) as flows from f group by client, server, server_port order by bytes desc limit 10"
            .into(),
        _ => return Err("a query is filter, top-src, top-dst or group3".into()),
    })
}
