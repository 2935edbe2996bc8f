//! Why reading stopped. Damage inside an input is not an error: see [`noroshi_flow::Damage`].

use crate::format::Format;
use noroshi_flow::SinkError;

/// Why inputs could not be opened or read on.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// Nothing was named.
    #[error("no input; name files or folders, or `-` for standard input")]
    NoInputs,
    /// A named file or folder cannot be opened.
    #[error("cannot read `{name}`: {source}")]
    Open {
        /// As the user named it.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// Folders hold more files than one run reads.
    #[error("more than {max} input files; name fewer folders at once")]
    TooManyInputs {
        /// The limit.
        max: usize,
    },
    /// Standard input could not be kept for the second pass.
    #[error("cannot keep `{name}` in a temporary file: {source}; point TMPDIR at a disk with room, or name a file")]
    Spool {
        /// As the user named it.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// Standard input is larger than the temporary file may be.
    #[error(
        "`{name}` needs more than {max} bytes of temporary file even compressed; name a file instead, or raise the limit"
    )]
    SpoolFull {
        /// As the user named it.
        name: String,
        /// The limit.
        max: u64,
    },
    /// A file named by the user is in no format that is understood.
    #[error("`{name}` is {found}; understood are {}, each plain, gzip or zstd, also inside tar", Format::list())]
    UnknownFormat {
        /// As the user named it.
        name: String,
        /// What it looks like.
        found: String,
    },
    /// What takes the records could not.
    #[error(transparent)]
    Sink(#[from] SinkError),
}
