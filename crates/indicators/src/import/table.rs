//! Tables: a header that names the columns, or none; one or more values a record.

use super::collect::{Collector, Observed};
use super::columns::{Column, names_any};
use super::list::too_long;
use crate::limits::{COLUMNS_MAX, LINE_BYTES_MAX};
use crate::object::Said;
use crate::text::excerpt;
use csv::StringRecord;
use noroshi_stix::common::ExternalReference;
use std::net::SocketAddr;

pub(super) fn read(text: &str, into: &mut Collector<'_>) {
    let header = header(text).filter(|header| names_any(header));
    let columns: Option<Vec<_>> = header.map(|names| names.iter().map(|name| Column::named(name)).collect());
    let mut first = true;
    records(text, into, |line, record, into| {
        // The header is a comment in some lists, and the first record in others.
        let is_header = std::mem::take(&mut first) && columns.is_some() && names_any(&owned(record));
        if !is_header {
            take(line, record, columns.as_deref(), into);
        }
    });
}

/// Gives every record that is no comment, with its line.
pub(super) fn records<'a>(
    text: &str,
    into: &mut Collector<'a>,
    mut each: impl FnMut(u64, &StringRecord, &mut Collector<'a>),
) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return,
            Ok(true) => {}
            // The text is UTF-8 and columns may differ in number: nothing else can go wrong.
            Err(fault) => return into.fault(reader.position().line(), format!("the table cannot be read: {fault}")),
        }
        let line = record.position().map_or(1, |position| begins(text, position));
        if record.as_slice().len() > LINE_BYTES_MAX {
            into.fault(line, format!("{}, and see that every quote is closed", too_long(record.as_slice().len())));
        } else if record.len() > COLUMNS_MAX {
            into.fault(
                line,
                format!("the record has {} columns, more than {COLUMNS_MAX}; leave some out", record.len()),
            );
        } else if record.iter().any(|cell| !cell.trim().is_empty()) {
            each(line, &record, into);
        }
    }
}

/// The line of a record. The position is that behind the record before it: comments and empty lines come between.
fn begins(text: &str, position: &csv::Position) -> u64 {
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let between = |line: &&str| line.trim().is_empty() || line.starts_with('#');
    position.line() + text.get(at..).unwrap_or_default().lines().take_while(between).count() as u64
}

fn owned(record: &StringRecord) -> Vec<String> {
    record.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// The cells of the first line that names columns: the last comment before the records, or the first record.
pub(super) fn header(text: &str) -> Option<Vec<String>> {
    let delimiter = delimiter(text);
    let cells = |line: &str| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line.as_bytes());
        reader.records().next()?.ok().map(|record| owned(&record))
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty() && line.len() <= LINE_BYTES_MAX);
    let mut comment = None;
    for line in lines.take(1_000) {
        let Some(words) = line.trim_start().strip_prefix('#') else {
            let first = cells(line)?;
            let of_comment: Option<Vec<String>> = comment.and_then(|words: &str| cells(words.trim()));
            return of_comment.filter(|names| names.len() == first.len() && names_any(names)).or(Some(first));
        };
        comment = Some(words);
    }
    None
}

/// The separator that stands most often in the first record.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let first = first.unwrap_or_default().as_bytes();
    let count = |mark: u8| first.iter().filter(|byte| **byte == mark).count();
    // Of equals the first in this order counts.
    let best = [b',', b'\t', b';', b'|'].into_iter().rev().max_by_key(|mark| count(*mark));
    best.unwrap_or(b',')
}

/// Every value of a record, with what the record says beside.
fn take(line: u64, record: &StringRecord, columns: Option<&[Column]>, into: &mut Collector<'_>) {
    let column = |at: usize| columns.map_or(Column::Value, |columns| columns.get(at).copied().unwrap_or(Column::Other));
    let cells =
        || record.iter().enumerate().map(|(at, cell)| (column(at), cell.trim())).filter(|(_, cell)| !cell.is_empty());
    let said = match said(cells()) {
        Ok(said) => said,
        Err(what) => return into.fault(line, what),
    };
    let port = cells().find(|(column, _)| *column == Column::Port).and_then(|(_, cell)| cell.parse::<u16>().ok());
    let (mut found, mut faults) = (0, Vec::new());
    for (_, cell) in cells().filter(|(column, cell)| *column == Column::Value && !is_nothing(cell)) {
        match Observed::parse(cell) {
            Ok(observed) => {
                found += 1;
                into.value(line, &with_port(observed, port), said.clone());
            }
            Err(fault) => faults.push(fault),
        }
    }
    // Without a header any cell may be anything.
    let unnamed = columns.is_none() && found > 0;
    if !unnamed {
        faults
            .iter()
            .take(if columns.is_none() { 1 } else { faults.len() })
            .for_each(|fault| into.fault(line, fault.to_string()));
    }
    if found == 0 && faults.is_empty() {
        into.fault(
            line,
            "the record has no value in any column; name the column `indicator`, `ip`, `domain`, `url` or a hash",
        );
    }
}

/// How tables say that there is nothing.
fn is_nothing(cell: &str) -> bool {
    matches!(cell.to_ascii_lowercase().as_str(), "-" | "n/a" | "na" | "none" | "null" | "unknown" | "なし" | "－")
}

fn with_port(observed: Observed, port: Option<u16>) -> Observed {
    let address = match &observed {
        Observed::Value(value) => value.block().filter(|block| block.prefix_len() == block.max_prefix_len()),
        Observed::Endpoint(_) => None,
    };
    match (address, port) {
        (Some(block), Some(port @ 1..)) => Observed::Endpoint(SocketAddr::new(block.addr(), port)),
        _ => observed,
    }
}

fn said<'a>(cells: impl Iterator<Item = (Column, &'a str)>) -> Result<Said, String> {
    let mut said = Said::default();
    let time = |cell: &str| {
        let fault = || format!("`{}` is no time; write it like `2026-11-25T01:02:03Z` or `2026-11-25`", excerpt(cell));
        super::time::read(cell).ok_or_else(fault).map(Some)
    };
    for (column, cell) in cells {
        match column {
            Column::Name if said.name.is_empty() => cell.clone_into(&mut said.name),
            Column::Description => {
                said.description += if said.description.is_empty() { "" } else { "\n" };
                said.description += cell;
            }
            Column::Labels => said.labels.extend(cell.split([',', ';', '|']).map(|label| label.trim().to_owned())),
            Column::Confidence => said.confidence = Some(confidence(cell)?),
            Column::From if said.valid_from.is_none() && !is_nothing(cell) => said.valid_from = time(cell)?,
            Column::Until if !is_nothing(cell) => said.valid_until = time(cell)?,
            Column::Reference => said.references.extend(reference(cell)),
            _ => {}
        }
    }
    Ok(said)
}

/// 0 to 100, or a word (STIX 2.1, appendix A: low, medium and high).
fn confidence(cell: &str) -> Result<u8, String> {
    match cell.to_ascii_lowercase().trim_end_matches('%').trim() {
        "low" | "低" => Ok(15),
        "medium" | "med" | "moderate" | "中" => Ok(50),
        "high" | "高" => Ok(85),
        number => number.parse::<u8>().ok().filter(|percent| *percent <= 100).ok_or_else(|| {
            format!("the confidence `{}` is neither 0 to 100 nor `low`, `medium` or `high`", excerpt(cell))
        }),
    }
}

/// A page, where the text is one.
pub(super) fn reference(text: &str) -> Option<ExternalReference> {
    let url = url::Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let source_name = url.host_str()?.to_owned();
    Some(ExternalReference { source_name, description: None, url: Some(url.to_string()), external_id: None })
}
