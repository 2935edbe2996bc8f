//! The list of inputs: files, folders walked in sorted order, standard input kept once.

use crate::error::IngestError;
use crate::limits::{FOLDER_DEPTH_MAX, INPUTS_MAX};
use crate::options::OpenOptions;
use crate::pass::Pass;
use crate::progress::Progress;
use crate::report::InputReport;
use crate::spool::Spool;
use noroshi_flow::{FlowSink, Intake};
use noroshi_model::Micros;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

/// An expanded, ordered list of inputs, readable several times.
#[derive(Debug)]
pub struct Inputs {
    items: Vec<Item>,
    options: OpenOptions,
}

/// One input.
#[derive(Debug)]
pub(crate) struct Item {
    /// As the user named it, or found below a folder the user named.
    pub(crate) name: String,
    /// Named by the user itself, so that it must be understood.
    pub(crate) explicit: bool,
    source: Source,
    /// Bytes on disk.
    bytes: u64,
    /// When it was last written; the epoch when that is not known.
    pub(crate) modified: Micros,
}

#[derive(Debug)]
enum Source {
    File(PathBuf),
    Spool(Spool),
    /// Found in a folder and not readable as a file: why.
    Unreadable(String),
}

impl Inputs {
    /// Files, folders (walked in sorted order), `-` for standard input, which is read here, once,
    /// into an unlinked temporary file. Pipes named as files are kept the same way.
    ///
    /// # Errors
    /// [`IngestError`]: nothing named, something named that cannot be opened, too many files, no
    /// room for standard input.
    pub fn open(args: &[PathBuf], options: &OpenOptions) -> Result<Self, IngestError> {
        Self::open_with(args, options, &mut std::io::stdin())
    }

    /// As [`Inputs::open`], with `stdin` in place of standard input.
    ///
    /// # Errors
    /// As [`Inputs::open`].
    pub fn open_with(args: &[PathBuf], options: &OpenOptions, stdin: &mut dyn Read) -> Result<Self, IngestError> {
        if args.is_empty() {
            return Err(IngestError::NoInputs);
        }
        let mut inputs = Self { items: Vec::new(), options: options.clone() };
        for arg in args {
            if arg.as_os_str() == "-" {
                inputs.spool("-".to_owned(), stdin)?;
            } else {
                inputs.named(arg)?;
            }
        }
        Ok(inputs)
    }

    /// How many inputs there are; an archive counts as one.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none: every folder named was empty.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Bytes one pass reads from disk.
    pub fn bytes(&self) -> u64 {
        self.items.iter().map(|item| item.bytes).sum()
    }

    /// One pass over all inputs: offers every record to the intake, drains the intake into the
    /// sink when it is full and at the end.
    ///
    /// # Errors
    /// [`IngestError::UnknownFormat`] for a file the user named, [`IngestError::Open`] when one
    /// has gone since, [`IngestError::Sink`] from the sink. Damage is not an error.
    pub fn read(
        &self,
        intake: &mut Intake,
        sink: &mut dyn FlowSink,
        progress: &dyn Progress,
    ) -> Result<InputReport, IngestError> {
        progress.total(Some(self.bytes()));
        let mut pass = Pass::new(intake, sink, progress, &self.options);
        for item in &self.items {
            match item.reader() {
                Ok(reader) => pass.item(item, reader)?,
                Err(reason) if item.explicit => {
                    return Err(IngestError::Open { name: item.name.clone(), source: reason });
                }
                Err(reason) => pass.unreadable(&item.name, &reason.to_string()),
            }
        }
        pass.finish()
    }

    fn spool(&mut self, name: String, source: &mut dyn Read) -> Result<(), IngestError> {
        let spool = Spool::fill(&name, source, self.options.spool_bytes_max)?;
        let bytes = spool.bytes;
        self.push(Item { name, explicit: true, source: Source::Spool(spool), bytes, modified: Micros(0) })
    }

    fn push(&mut self, item: Item) -> Result<(), IngestError> {
        if self.items.len() >= INPUTS_MAX {
            return Err(IngestError::TooManyInputs { max: INPUTS_MAX });
        }
        self.items.push(item);
        Ok(())
    }

    fn named(&mut self, path: &Path) -> Result<(), IngestError> {
        let name = path.display().to_string();
        let fail = |source| IngestError::Open { name: name.clone(), source };
        let kind = std::fs::metadata(path).map_err(fail)?;
        if kind.is_dir() {
            return self.walk(path, 0);
        }
        let mut file = File::open(path).map_err(fail)?;
        if kind.is_file() {
            let source = Source::File(path.to_owned());
            return self.push(Item { name, explicit: true, source, bytes: kind.len(), modified: modified(&kind) });
        }
        self.spool(name, &mut file)
    }

    /// Links to folders are not followed, so that a walk ends.
    fn walk(&mut self, folder: &Path, depth: usize) -> Result<(), IngestError> {
        let fail = |source| IngestError::Open { name: folder.display().to_string(), source };
        if depth > FOLDER_DEPTH_MAX {
            return self.unreadable(folder, format!("more than {FOLDER_DEPTH_MAX} folders deep"));
        }
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if depth > 0 => return self.unreadable(folder, error.to_string()),
            Err(error) => return Err(fail(error)),
        };
        let mut paths = Vec::new();
        for entry in entries {
            if paths.len() >= INPUTS_MAX {
                return Err(IngestError::TooManyInputs { max: INPUTS_MAX });
            }
            paths.push(entry.map_err(fail)?.path());
        }
        paths.sort();
        paths.iter().try_for_each(|path| self.found(path, depth))
    }

    fn found(&mut self, path: &Path, depth: usize) -> Result<(), IngestError> {
        let link = path.is_symlink();
        match std::fs::metadata(path) {
            Ok(kind) if kind.is_dir() && link => self.unreadable(path, "a link to a folder".to_owned()),
            Ok(kind) if kind.is_dir() => self.walk(path, depth + 1),
            Ok(kind) if kind.is_file() => {
                let (name, source) = (path.display().to_string(), Source::File(path.to_owned()));
                self.push(Item { name, explicit: false, source, bytes: kind.len(), modified: modified(&kind) })
            }
            Ok(_) => self.unreadable(path, "neither file nor folder".to_owned()),
            Err(error) => self.unreadable(path, error.to_string()),
        }
    }

    fn unreadable(&mut self, path: &Path, reason: String) -> Result<(), IngestError> {
        let (name, source) = (path.display().to_string(), Source::Unreadable(reason));
        self.push(Item { name, explicit: false, source, bytes: 0, modified: Micros(0) })
    }
}

fn modified(file: &Metadata) -> Micros {
    let since = file.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    Micros(since.and_then(|since| i64::try_from(since.as_micros()).ok()).unwrap_or(0))
}

impl Item {
    fn reader(&self) -> std::io::Result<Box<dyn Read + '_>> {
        Ok(match &self.source {
            Source::File(path) => Box::new(File::open(path)?),
            Source::Spool(spool) => Box::new(spool.reader()),
            Source::Unreadable(reason) => return Err(std::io::Error::other(reason.clone())),
        })
    }

    /// Whether the bytes are our own compressed copy, one layer more than the user's.
    pub(crate) fn is_spooled(&self) -> bool {
        matches!(self.source, Source::Spool(_))
    }
}
