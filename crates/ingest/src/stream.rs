//! Bytes with a look ahead, and lines out of them, without holding more than one line.

use crate::limits::LINE_BYTES_MAX;
use std::io::{self, BufRead, Read};

const FIRST_BYTES: usize = 64 << 10;

/// A reader that can be looked into before it is read, as bytes or as lines.
pub(crate) struct Stream<'a> {
    inner: Box<dyn Read + 'a>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// What stopped the source: `Some(None)` its end, `Some(Some(..))` an error not yet reported.
    stopped: Option<Option<io::Error>>,
    /// Lines handed out.
    pub(crate) line: u64,
    /// Bytes taken from the source.
    pub(crate) bytes: u64,
}

/// One line without its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'b> {
    Text(&'b [u8]),
    /// Longer than [`LINE_BYTES_MAX`]: skipped, never held.
    TooLong,
}

impl<'a> Stream<'a> {
    pub(crate) fn new(inner: Box<dyn Read + 'a>) -> Self {
        Self { inner, buffer: vec![0; FIRST_BYTES], start: 0, end: 0, stopped: None, line: 0, bytes: 0 }
    }

    /// Up to `bytes` bytes ahead; fewer only where the source ends or fails before.
    pub(crate) fn look(&mut self, bytes: usize) -> &[u8] {
        while self.end - self.start < bytes && self.fill() {}
        &self.buffer[self.start..self.end.min(self.start + bytes)]
    }

    /// Reads more behind what is held. `false` when the source has stopped.
    fn fill(&mut self) -> bool {
        if self.stopped.is_some() {
            return false;
        }
        if self.start > 0 && self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.inner.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.stopped = Some(None),
                Ok(read) => {
                    self.end += read;
                    self.bytes += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => self.stopped = Some(Some(error)),
            }
            return self.stopped.is_none();
        }
    }

    /// Whether the source was stopped by an error that is not yet reported.
    pub(crate) fn failed(&self) -> bool {
        matches!(self.stopped, Some(Some(_)))
    }

    /// The error that stopped the source, once.
    fn failure(&mut self) -> io::Result<()> {
        match self.stopped.as_mut().and_then(Option::take) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// The next line. After an error what is left of a line is not handed out: it was cut.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut scanned = 0;
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.buffer[self.start + scanned..self.end]) {
                let (from, to) = (self.start, self.start + scanned + at);
                self.start = to + 1;
                return Ok(Some(self.text(from, to)));
            }
            scanned = self.end - self.start;
            if scanned > LINE_BYTES_MAX {
                return self.skip_line().map(|()| Some(Line::TooLong));
            }
            if !self.fill() {
                if let Err(error) = self.failure() {
                    self.start = self.end;
                    return Err(error);
                }
                let (from, to) = (self.start, self.end);
                self.start = to;
                return Ok((from < to).then(|| self.text(from, to)));
            }
        }
    }

    fn text(&mut self, from: usize, to: usize) -> Line<'_> {
        self.line += 1;
        let line = &self.buffer[from..to];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > LINE_BYTES_MAX { Line::TooLong } else { Line::Text(line) }
    }

    /// Forgets everything up to the end of the line or of the source.
    fn skip_line(&mut self) -> io::Result<()> {
        self.line += 1;
        loop {
            (self.start, self.end) = (0, 0);
            if !self.fill() {
                return self.failure();
            }
            if let Some(at) = memchr::memchr(b'\n', &self.buffer[..self.end]) {
                self.start = at + 1;
                return Ok(());
            }
        }
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut held = self.fill_buf()?;
        let read = held.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Stream<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if !self.fill() {
                self.failure()?;
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: Vec<u8>) -> Vec<Option<Vec<u8>>> {
        let mut stream = Stream::new(Box::new(io::Cursor::new(text)));
        let mut all = Vec::new();
        while let Some(line) = stream.next_line().unwrap() {
            all.push(match line {
                Line::Text(text) => Some(text.to_vec()),
                Line::TooLong => None,
            });
        }
        all
    }

    #[test]
    fn lines_end_with_lf_crlf_or_the_input() {
        let expected = ["a", "b", "", "c"].map(|t| Some(t.as_bytes().to_vec()));
        assert_eq!(lines(b"a\nb\r\n\nc".to_vec()), expected);
        assert!(lines(Vec::new()).is_empty());
    }

    #[test]
    fn a_line_at_the_limit_is_read_and_one_past_it_is_skipped() {
        for (length, kept) in [(LINE_BYTES_MAX, true), (LINE_BYTES_MAX + 1, false), (5 * LINE_BYTES_MAX, false)] {
            let mut text = vec![b'x'; length];
            text.extend_from_slice(b"\nnext\n");
            let all = lines(text);
            assert_eq!(all[0].is_some(), kept, "{length}");
            assert_eq!(all[1..], [Some(b"next".to_vec())]);
        }
    }

    #[test]
    fn a_line_without_end_is_never_held() {
        let endless = io::repeat(b'x').take(64 << 20);
        let mut stream = Stream::new(Box::new(endless));
        assert_eq!(stream.next_line().unwrap(), Some(Line::TooLong));
        assert!(stream.buffer.len() <= 4 * LINE_BYTES_MAX);
    }

    #[test]
    fn the_line_cut_by_an_error_is_not_handed_out() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        }
        let mut stream = Stream::new(Box::new(io::Cursor::new(b"whole\ncu".to_vec()).chain(Broken)));
        assert_eq!(stream.look(64), b"whole\ncu");
        assert_eq!(stream.next_line().unwrap(), Some(Line::Text(b"whole")));
        assert!(stream.next_line().is_err());
        assert_eq!(stream.next_line().unwrap(), None);
    }
}
