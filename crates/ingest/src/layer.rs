//! Compression, peeled off by content, with limits against bombs.

use crate::limits::{LAYERS_MAX, RATIO_GRACE_BYTES, ZSTD_WINDOW_LOG_MAX};
use crate::options::OpenOptions;
use crate::progress::Progress;
use crate::stream::Stream;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// What one file has cost so far; shared by every layer over it.
#[derive(Debug, Clone)]
pub(crate) struct Meter {
    compressed: Rc<Cell<u64>>,
    bytes_max: u64,
    ratio_max: u64,
}

/// Why decompression was stopped. Carried inside an [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Bomb {
    #[error("decompresses to more than {max} bytes, the limit for one input; the rest was not read")]
    Total { max: u64 },
    #[error(
        "decompresses to more than {max} times its size, the limit against decompression bombs; the rest was not read"
    )]
    Ratio { max: u64 },
}

impl Meter {
    pub(crate) fn new(options: &OpenOptions) -> Self {
        Self { compressed: Rc::default(), bytes_max: options.decompressed_bytes_max, ratio_max: options.ratio_max }
    }

    fn check(&self, decoded: u64) -> Result<(), Bomb> {
        if decoded > self.bytes_max {
            return Err(Bomb::Total { max: self.bytes_max });
        }
        let allowed = self.compressed.get().saturating_mul(self.ratio_max).max(RATIO_GRACE_BYTES);
        if decoded > allowed { Err(Bomb::Ratio { max: self.ratio_max }) } else { Ok(()) }
    }
}

/// Counts what comes from the disk.
pub(crate) struct Raw<'a, R> {
    pub(crate) inner: R,
    pub(crate) meter: Meter,
    pub(crate) progress: &'a dyn Progress,
}

impl<R: Read> Read for Raw<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.meter.compressed.set(self.meter.compressed.get() + read as u64);
        self.progress.advanced(read as u64);
        Ok(read)
    }
}

/// Counts what comes out of a decoder and stops a bomb.
struct Guard<R> {
    inner: R,
    meter: Meter,
    decoded: u64,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.decoded += read as u64;
        self.meter.check(self.decoded).map_err(io::Error::other)?;
        Ok(read)
    }
}

/// Peels up to [`LAYERS_MAX`] layers of gzip and zstd. Their names, outermost first, come with it.
pub(crate) fn peel<'a>(mut stream: Stream<'a>, meter: &Meter) -> io::Result<Stream<'a>> {
    for _ in 0..LAYERS_MAX {
        let decoder: Box<dyn Read + 'a> = match stream.look(4) {
            [0x1f, 0x8b, 8, ..] => Box::new(flate2::bufread::MultiGzDecoder::new(stream)),
            head if is_zstd(head) => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(stream)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Box::new(decoder)
            }
            _ => return Ok(stream),
        };
        stream = Stream::new(Box::new(Guard { inner: decoder, meter: meter.clone(), decoded: 0 }));
    }
    Ok(stream)
}

/// A zstd frame (RFC 8878 §3.1.1) or a skippable one (§3.1.2), which some writers put first.
fn is_zstd(head: &[u8]) -> bool {
    matches!(head, [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18])
}

/// Whether the stream is still compressed.
pub(crate) fn is_compressed(head: &[u8]) -> bool {
    matches!(head, [0x1f, 0x8b, 8, ..]) || is_zstd(head.get(..4).unwrap_or_default())
}

/// The limit that stopped a stream, when it was one.
pub(crate) fn bomb(error: &io::Error) -> Option<&Bomb> {
    error.get_ref()?.downcast_ref()
}

#[cfg(test)]
mod tests;
