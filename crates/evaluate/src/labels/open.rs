//! Label files as lines, out of whatever compression.

use crate::error::EvaluateError;
use crate::limits::{LABEL_FILE_BYTES_MAX, LABEL_LINE_BYTES_MAX, TRUTH_BYTES_MAX};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// A label file, read line by line.
pub(super) struct LabelFile {
    pub(super) name: String,
    reader: BufReader<Box<dyn Read>>,
    line: Vec<u8>,
    /// The line last handed out, from 1.
    pub(super) number: u64,
    /// The first line was looked at and is to be handed out again.
    again: bool,
}

impl LabelFile {
    pub(super) fn open(path: &Path) -> Result<Self, EvaluateError> {
        let name = path.display().to_string();
        let reader = peel(path).map_err(|source| EvaluateError::Open { name: name.clone(), source })?;
        let reader: Box<dyn Read> = Box::new(reader.take(LABEL_FILE_BYTES_MAX));
        Ok(Self { name, reader: BufReader::with_capacity(1 << 18, reader), line: Vec::new(), number: 0, again: false })
    }

    /// Looks at the first line without consuming it.
    pub(super) fn first(&mut self) -> Result<&[u8], EvaluateError> {
        self.next()?;
        self.again = true;
        Ok(&self.line)
    }

    /// The next line without its end; `None` at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, EvaluateError> {
        if std::mem::take(&mut self.again) {
            return Ok((!self.line.is_empty()).then_some(&self.line[..]));
        }
        self.line.clear();
        let mut bounded = (&mut self.reader).take(LABEL_LINE_BYTES_MAX + 1);
        let read = bounded
            .read_until(b'\n', &mut self.line)
            .map_err(|source| EvaluateError::Open { name: self.name.clone(), source })?;
        self.number += 1;
        if read as u64 > LABEL_LINE_BYTES_MAX {
            return Err(self.fault("the line is too long"));
        }
        while self.line.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
            self.line.pop();
        }
        Ok((read > 0).then_some(&self.line[..]))
    }

    /// Everything, for a file that is one JSON object.
    pub(super) fn rest(mut self) -> Result<(String, Vec<u8>), EvaluateError> {
        let mut all = std::mem::take(&mut self.line);
        let mut bounded = self.reader.take(TRUTH_BYTES_MAX);
        bounded.read_to_end(&mut all).map_err(|source| EvaluateError::Open { name: self.name.clone(), source })?;
        Ok((self.name, all))
    }

    pub(super) fn fault(&self, what: &str) -> EvaluateError {
        EvaluateError::NotLabels { name: self.name.clone(), line: self.number, what: what.to_owned() }
    }
}

/// Gzip (RFC 1952) and zstd (RFC 8878) by their magic numbers.
fn peel(path: &Path) -> std::io::Result<Box<dyn Read>> {
    let mut file = BufReader::new(File::open(path)?);
    let magic = file.fill_buf()?.get(..4).map(<[u8]>::to_vec).unwrap_or_default();
    Ok(match magic.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(flate2::read::MultiGzDecoder::new(file)),
        [0x28, 0xb5, 0x2f, 0xfd] => Box::new(zstd::stream::read::Decoder::with_buffer(file)?),
        _ => Box::new(file),
    })
}
