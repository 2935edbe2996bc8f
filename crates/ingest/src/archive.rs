//! Tar archives: entries streamed one after the other, never unpacked to disk.
//!
//! Links, devices and folders are passed over. Long names of GNU and PAX headers are read within
//! a limit; other PAX headers are ignored.

use crate::error::IngestError;
use crate::layer::{Meter, peel};
use crate::limits::ENTRY_NAME_BYTES_MAX;
use crate::pass::Pass;
use crate::report::InputSummary;
use crate::stream::Stream;
use noroshi_flow::damage::OffsetUnit;
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use std::io::Read;
use tar::{Archive, EntryType};

/// Bytes of a tar header.
pub(crate) const HEADER_BYTES: usize = 512;

/// Whether a stream begins with a tar header (POSIX.1-1988 or GNU magic).
pub(crate) fn is_tar(head: &[u8]) -> bool {
    head.len() == HEADER_BYTES && head.get(257..262) == Some(b"ustar")
}

/// Reads every entry of an archive as an input of its own.
pub(crate) fn read(pass: &mut Pass<'_>, name: &str, stream: Stream<'_>, meter: &Meter) -> Result<(), IngestError> {
    let mut archive = Archive::new(stream);
    let mut broken = InputSummary { name: name.to_owned(), ..InputSummary::default() };
    let entries = match archive.entries() {
        Ok(entries) => entries.raw(true),
        Err(error) => {
            pass.cut(&error, &mut broken, 0, OffsetUnit::Byte);
            pass.report.add(broken);
            return Ok(());
        }
    };
    let mut long_name = None;
    for entry in entries {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                pass.cut(&error, &mut broken, 0, OffsetUnit::Byte);
                pass.report.add(broken);
                return Ok(());
            }
        };
        match entry.header().entry_type() {
            EntryType::GNULongName => long_name = Some(limited(&mut entry)),
            EntryType::XHeader => long_name = pax_path(&limited(&mut entry)).or(long_name),
            EntryType::Regular | EntryType::Continuous => {
                let own = entry.path_bytes().into_owned();
                pass.modified = modified(entry.header());
                let path = long_name.take().unwrap_or(own);
                let inner = format!("{name}/{}", shown(&path));
                match peel(Stream::new(Box::new(&mut entry)), meter) {
                    Ok(stream) => pass.stream(&inner, stream, false)?,
                    Err(error) => pass.unreadable(&inner, &error.to_string()),
                }
            }
            _ => long_name = None,
        }
    }
    Ok(())
}

fn modified(header: &tar::Header) -> Micros {
    let seconds = header.mtime().ok().and_then(|at| i64::try_from(at).ok()).unwrap_or(0);
    Micros(seconds.saturating_mul(SECOND))
}

fn limited(entry: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What cannot be read shows again, as damage, at the next entry.
    let _ = entry.take(ENTRY_NAME_BYTES_MAX).read_to_end(&mut bytes);
    bytes
}

/// The `path` record of a PAX header: `27 path=some/long/name\n` (POSIX.1-2001).
fn pax_path(records: &[u8]) -> Option<Vec<u8>> {
    let at = memchr::memmem::find(records, b" path=")? + 6;
    records.get(at..)?.split(|&b| b == b'\n').next().map(<[u8]>::to_vec)
}

/// A name for people: without what would move a terminal's cursor.
fn shown(path: &[u8]) -> String {
    let path = path.strip_prefix(b"./").unwrap_or(path);
    let text = String::from_utf8_lossy(path.split(|&b| b == 0).next().unwrap_or_default());
    text.chars().filter(|c| !c.is_control()).collect()
}
