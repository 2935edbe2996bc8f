//! One pass: every input through its layers and its parser into the intake.

use crate::argus::ArgusReader;
use crate::binary::Binary;
use crate::error::IngestError;
use crate::format::{Format, Recognised, recognise};
use crate::inputs::Item;
use crate::layer::{Meter, Raw, bomb, peel};
use crate::limits::{LINE_BYTES_MAX, SNIFF_BYTES};
use crate::options::OpenOptions;
use crate::progress::Progress;
use crate::report::{InputReport, InputSummary};
use crate::stream::{Line, Stream};
use crate::suricata::EveReader;
use crate::text::{Entry, LogReader};
use crate::zeek::{ZeekJsonReader, ZeekTsvReader};
use noroshi_flow::damage::{DamageNote, OffsetUnit};
use noroshi_flow::{FlowSink, Intake};
use noroshi_model::Micros;
use std::io::{self, Read};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What one pass carries along.
pub(crate) struct Pass<'a> {
    pub(crate) intake: &'a mut Intake,
    pub(crate) sink: &'a mut dyn FlowSink,
    progress: &'a dyn Progress,
    options: &'a OpenOptions,
    pub(crate) report: InputReport,
    pub(crate) binary: Option<Binary>,
    /// When the input at hand was last written.
    pub(crate) modified: Micros,
    dns: bool,
}

impl<'a> Pass<'a> {
    pub(crate) fn new(
        intake: &'a mut Intake,
        sink: &'a mut dyn FlowSink,
        progress: &'a dyn Progress,
        options: &'a OpenOptions,
    ) -> Self {
        let dns = intake.scope().dns_names();
        Self { intake, sink, progress, options, report: InputReport::default(), binary: None, modified: Micros(0), dns }
    }

    /// Reads one input to its end.
    pub(crate) fn item(&mut self, item: &Item, reader: Box<dyn Read + '_>) -> Result<(), IngestError> {
        self.modified = item.modified;
        let meter = Meter::new(self.options);
        let raw = Box::new(Raw { inner: reader, meter: meter.clone(), progress: self.progress });
        let raw = if item.is_spooled() { spooled(raw) } else { Ok(raw as Box<dyn Read + '_>) };
        let stream = raw.and_then(|raw| peel(Stream::new(raw), &meter));
        let mut stream = match stream {
            Ok(stream) => stream,
            Err(error) => {
                self.unreadable(&item.name, &error.to_string());
                return Ok(());
            }
        };
        if crate::archive::is_tar(stream.look(crate::archive::HEADER_BYTES)) {
            return crate::archive::read(self, &item.name, stream, &meter);
        }
        self.stream(&item.name, stream, item.explicit)
    }

    /// Reads what is left after compression and archives are peeled off.
    pub(crate) fn stream(&mut self, name: &str, mut stream: Stream<'_>, explicit: bool) -> Result<(), IngestError> {
        let mut summary = InputSummary { name: name.to_owned(), ..InputSummary::default() };
        match recognise(stream.look(SNIFF_BYTES)) {
            Recognised::Read(format) => {
                self.progress.input(name, format);
                summary.format = Some(format);
                self.format(format, &mut stream, &mut summary)?;
            }
            Recognised::PassOver(_) if stream.bytes == 0 && stream.failed() => {
                // Nothing at all came out of a damaged file: its damage is what to show.
                self.lines(&mut stream, &mut EveReader::default(), &mut summary)?;
            }
            Recognised::PassOver(reason) => summary.note = Some(reason),
            Recognised::Unknown(found) if explicit => {
                return Err(IngestError::UnknownFormat { name: name.to_owned(), found: found.to_owned() });
            }
            Recognised::Unknown(found) => summary.note = Some(found.to_owned()),
        }
        summary.bytes = stream.bytes;
        self.report.add(summary);
        Ok(())
    }

    fn format(
        &mut self,
        format: Format,
        stream: &mut Stream<'_>,
        summary: &mut InputSummary,
    ) -> Result<(), IngestError> {
        match format {
            Format::ZeekTsv => self.lines(stream, &mut ZeekTsvReader::default(), summary),
            Format::ZeekJson => self.lines(stream, &mut ZeekJsonReader, summary),
            Format::Argus => self.lines(stream, &mut ArgusReader::default(), summary),
            Format::SuricataEve => {
                self.lines(stream, &mut EveReader { netflow: self.options.suricata_netflow }, summary)
            }
            binary => crate::binary::read(self, binary, self.modified, stream, summary),
        }
    }

    fn lines<R: LogReader>(
        &mut self,
        stream: &mut Stream<'_>,
        log: &mut R,
        summary: &mut InputSummary,
    ) -> Result<(), IngestError> {
        loop {
            let number = stream.line + 1;
            let line = match stream.next_line() {
                Ok(Some(Line::Text(line))) => line,
                Ok(Some(Line::TooLong)) => {
                    let reason = || format!("the line is longer than {LINE_BYTES_MAX} bytes");
                    self.damage("long line", summary, number, OffsetUnit::Line, reason);
                    continue;
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    self.cut(&error, summary, number, OffsetUnit::Line);
                    return Ok(());
                }
            };
            // A byte order mark, which some editors put first.
            let line = line.strip_prefix(BYTE_ORDER_MARK).filter(|_| number == 1).unwrap_or(line);
            match log.entry(line, self.dns) {
                Ok(entry) => self.entry(entry, summary)?,
                Err(fault) => {
                    self.damage(fault.kind.word(), summary, number, OffsetUnit::Line, || fault.to_string());
                }
            }
        }
    }

    #[inline]
    fn entry(&mut self, entry: Entry, summary: &mut InputSummary) -> Result<(), IngestError> {
        match entry {
            Entry::Flow(record) => {
                summary.records += 1;
                self.intake.offer(&record);
                if self.intake.is_full() {
                    self.intake.drain(self.sink)?;
                }
            }
            Entry::NotIp(record) => {
                summary.records += 1;
                summary.not_ip += 1;
                self.intake.offer_not_ip(&record.key());
            }
            Entry::Dns(query) if self.intake.covers_dns(&query) => {
                summary.dns += 1;
                self.sink.dns(&query)?;
            }
            Entry::Dns(_) | Entry::Skipped => summary.skipped += 1,
            Entry::Directive => {}
        }
        Ok(())
    }

    /// Counts damage at one place of an input.
    pub(crate) fn damage(
        &mut self,
        kind: &'static str,
        summary: &InputSummary,
        offset: u64,
        unit: OffsetUnit,
        reason: impl FnOnce() -> String,
    ) {
        let input = || summary.name.clone();
        self.report.damage.record(kind, || DamageNote { input: input(), offset, unit, reason: reason() });
    }

    /// Counts the end of an input that ends before it should: what was read so far is used.
    pub(crate) fn cut(&mut self, error: &io::Error, summary: &mut InputSummary, offset: u64, unit: OffsetUnit) {
        let (kind, reason) = match bomb(error) {
            Some(bomb) => ("decompression limit", bomb.to_string()),
            None if error.kind() == io::ErrorKind::UnexpectedEof => {
                ("cut off", format!("the input is cut off ({error})"))
            }
            None => ("unreadable", format!("cannot be read on: {error}")),
        };
        summary.note = Some(format!("not read to its end: {reason}"));
        self.damage(kind, summary, offset, unit, || reason);
    }

    /// Counts an input that cannot be read at all.
    pub(crate) fn unreadable(&mut self, name: &str, reason: &str) {
        let summary = InputSummary {
            name: name.to_owned(),
            note: Some(format!("cannot be read: {reason}")),
            ..InputSummary::default()
        };
        self.damage("unreadable", &summary, 0, OffsetUnit::Byte, || format!("cannot be read: {reason}"));
        self.report.add(summary);
    }

    /// Hands on what is still waiting and gives the report.
    pub(crate) fn finish(mut self) -> Result<InputReport, IngestError> {
        self.intake.drain(self.sink)?;
        self.report.export = self.binary.as_ref().map(Binary::counts);
        Ok(self.report)
    }
}

/// Takes off our own compression of standard input.
fn spooled<'r>(raw: Box<dyn Read + 'r>) -> io::Result<Box<dyn Read + 'r>> {
    Ok(Box::new(zstd::stream::read::Decoder::new(raw)?))
}
