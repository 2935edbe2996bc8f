//! The `label` and `detailedlabel` columns of labelled Zeek `conn` logs (Stratosphere's netflowlabeler).

use super::open::LabelFile;
use super::{FlowId, Label, Labels};
use crate::error::EvaluateError;
use noroshi_ingest::text::address::address;
use noroshi_ingest::text::columns::Columns;
use noroshi_ingest::text::number::port;
use noroshi_ingest::text::time::time;
use noroshi_model::Protocol;

const NEEDED: [&str; 8] = ["ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "label", "detailedlabel"];
const LABEL: usize = 6;

pub(super) fn read(mut file: LabelFile, labels: &mut Labels) -> Result<(), EvaluateError> {
    let name = file.name.clone();
    let mut header = None;
    while let Some(line) = file.next()? {
        if let Some(fields) = line.strip_prefix(b"#fields\t") {
            header = Some(columns(fields));
            if !header.as_ref().is_some_and(|columns| columns.has(LABEL) && columns.has(5)) {
                return Err(file.fault("the header names no columns `label` and `proto`"));
            }
        }
        if line.starts_with(b"#") || line.is_empty() {
            continue;
        }
        let Some(columns) = &header else { return Err(file.fault("no `#fields` before the first line")) };
        let picked = columns.pick(line).map(Option::unwrap_or_default);
        let Some(label) = label(picked[LABEL], picked[7]) else { continue };
        if let Some((id, server)) = flow(&picked) {
            labels.label(&name, id, label)?;
            if label == Label::Command {
                labels.servers.entry(server).or_insert(None);
            }
        }
    }
    Ok(())
}

/// Some publications separate the last three columns by blanks instead of tabs: then the header's
/// last field is `tunnel_parents   label   detailedlabel`, and the whole of it is taken as labels.
fn columns(fields: &[u8]) -> Columns<8> {
    let last = fields.rsplit(|&b| b == b'\t').next().unwrap_or_default();
    if last.starts_with(b"tunnel_parents ") {
        let kept = &fields[..fields.len() - last.len()];
        return Columns::from_header(&[kept, b"label"].concat(), b'\t', &NEEDED, &[]);
    }
    Columns::from_header(fields, b'\t', &NEEDED, &[])
}

pub(super) fn label(label: &[u8], detailed: &[u8]) -> Option<Label> {
    let lower = [label, b" ", detailed].concat().to_ascii_lowercase();
    let words = || lower.split(|b| !b.is_ascii_alphanumeric() && *b != b'&').filter(|word| !word.is_empty());
    if words().any(|word| word == b"malicious" || word == b"botnet") {
        let command = words().any(|word| word == b"c&c" || numbered(word, b"cc") || numbered(word, b"c2"));
        return Some(if command { Label::Command } else { Label::Malicious });
    }
    words().any(|word| word == b"benign" || word == b"normal").then_some(Label::Normal)
}

/// `cc`, `cc73`: the word, perhaps with a number.
fn numbered(word: &[u8], stem: &[u8]) -> bool {
    word.strip_prefix(stem).is_some_and(|rest| rest.iter().all(u8::is_ascii_digit))
}

fn flow(picked: &[&[u8]; 8]) -> Option<(FlowId, (u128, u16))> {
    let protocol = Protocol::parse(std::str::from_utf8(picked[5]).ok()?)?.0;
    let orig = (address(picked[1])?, port(picked[2])?);
    let resp = (address(picked[3])?, port(picked[4])?);
    Some((FlowId::new(orig, resp, protocol, time(picked[0])?), resp))
}
