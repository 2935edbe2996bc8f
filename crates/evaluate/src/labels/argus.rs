//! The `Label` column of Argus CSVs, as the CTU-13 captures have it (García et al. 2014, §4).

use super::open::LabelFile;
use super::{FlowId, Label, Labels};
use crate::error::EvaluateError;
use noroshi_ingest::text::address::address;
use noroshi_ingest::text::columns::Columns;
use noroshi_ingest::text::number::port;
use noroshi_ingest::text::time::time;
use noroshi_model::Protocol;

const NEEDED: [&str; 8] = ["StartTime", "Proto", "SrcAddr", "Sport", "Dir", "DstAddr", "Dport", "Label"];
const CONTENT: [&str; 4] = ["srcUdata", "dstUdata", "suser", "duser"];

pub(super) fn read(mut file: LabelFile, labels: &mut Labels) -> Result<(), EvaluateError> {
    let header = file.next()?.map(<[u8]>::to_vec).unwrap_or_default();
    let columns = Columns::from_header(&header, b',', &NEEDED, &CONTENT);
    if let Some(missing) = (0..NEEDED.len()).find(|&slot| slot != 4 && !columns.has(slot)) {
        return Err(file.fault(&format!("the header names no column `{}`", NEEDED[missing])));
    }
    let name = file.name.clone();
    while let Some(line) = file.next()? {
        let picked = columns.pick(line).map(|field| field.unwrap_or_default().trim_ascii());
        let Some(label) = label(picked[7]) else { continue };
        // A line the record parser calls damaged has no record that the label could be of.
        if let Some((id, server)) = flow(&picked) {
            labels.label(&name, id, label)?;
            if label == Label::Command {
                labels.servers.entry(server).or_insert(None);
            }
        }
    }
    Ok(())
}

/// `flow=From-Botnet-V47-TCP-CC73-Not-Encrypted`, `flow=From-Normal-V47-Jist`, `flow=Background`.
///
/// Only `From-…` flows speak of the host that began them, but a flow `To-Botnet` is part of the
/// infection too; the paper's "To-Normal" and "To-Background" flows count as background.
pub(super) fn label(text: &[u8]) -> Option<Label> {
    let has = |word: &[u8]| text.windows(word.len()).any(|window| window == word);
    if has(b"Botnet") {
        return Some(if has(b"-CC") { Label::Command } else { Label::Malicious });
    }
    let known = has(b"Normal") && !has(b"To-Normal") && !has(b"Background");
    known.then_some(Label::Normal)
}

/// The flow, and the end that would be the server.
fn flow(picked: &[&[u8]; 8]) -> Option<(FlowId, (u128, u16))> {
    let protocol = Protocol::parse(std::str::from_utf8(picked[1]).ok()?)?.0;
    let src = (address(picked[2])?, port(picked[3])?);
    let dst = (address(picked[5])?, port(picked[6])?);
    // `<-`: the right-hand address began.
    let back = picked[4].starts_with(b"<") && !picked[4].ends_with(b">");
    let id = FlowId::new(src, dst, protocol, time(picked[0])?);
    Some((id, if back { src } else { dst }))
}
