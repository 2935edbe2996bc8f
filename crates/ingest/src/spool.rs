//! Standard input, kept in an unlinked temporary file so that it can be read twice.

use crate::error::IngestError;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::FileExt;

/// Standard input as zstd level 1. The file has no name: it is gone when the process is.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    /// Compressed bytes.
    pub(crate) bytes: u64,
}

impl Spool {
    /// Reads `source` to its end.
    pub(crate) fn fill(name: &str, source: &mut dyn Read, bytes_max: u64) -> Result<Self, IngestError> {
        let fail = |source| IngestError::Spool { name: name.to_owned(), source };
        let file = tempfile::tempfile().map_err(fail)?;
        let full = || IngestError::SpoolFull { name: name.to_owned(), max: bytes_max };
        let limited = Limited { file, left: bytes_max, full: false };
        let mut encoder = zstd::stream::write::Encoder::new(limited, 1).map_err(fail)?;
        if let Err(source) = io::copy(source, &mut encoder) {
            return Err(if encoder.get_ref().full { full() } else { fail(source) });
        }
        let mut limited = match encoder.try_finish() {
            Ok(limited) => limited,
            Err((encoder, source)) => return Err(if encoder.get_ref().full { full() } else { fail(source) }),
        };
        let bytes = limited.file.stream_position().map_err(fail)?;
        Ok(Self { file: limited.file, bytes })
    }

    /// The compressed bytes from the start; several readers do not disturb each other.
    pub(crate) fn reader(&self) -> SpoolReader<'_> {
        SpoolReader { file: &self.file, at: 0 }
    }
}

#[derive(Debug)]
struct Limited {
    file: File,
    left: u64,
    full: bool,
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.left {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let written = self.file.write(bytes)?;
        self.left -= written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Reads a spool at its own position.
#[derive(Debug)]
pub(crate) struct SpoolReader<'a> {
    file: &'a File,
    at: u64,
}

impl Read for SpoolReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(into, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_spooled_is_read_twice() {
        let text = b"one\ntwo\n".repeat(10_000);
        let spool = Spool::fill("-", &mut text.as_slice(), 1 << 20).unwrap();
        for _ in 0..2 {
            assert_eq!(zstd::decode_all(spool.reader()).unwrap(), text);
        }
        assert!(spool.bytes < 1_000);
    }

    #[test]
    fn the_limit_holds_one_past_it() {
        let text = b"abcdefgh";
        let exact = Spool::fill("-", &mut text.as_slice(), 1 << 20).unwrap().bytes;
        assert!(Spool::fill("-", &mut text.as_slice(), exact).is_ok());
        let error = Spool::fill("-", &mut text.as_slice(), exact - 1).unwrap_err();
        assert!(matches!(error, IngestError::SpoolFull { .. }), "{error}");
    }
}
