//! Why an evaluation stopped.

use noroshi_detect::run::RunError;
use noroshi_ingest::IngestError;
use noroshi_mandate::MandateError;

/// Why an evaluation stopped. Quality, however bad, is not an error.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// A label file cannot be read.
    #[error("cannot read labels from `{name}`: {source}")]
    Open {
        /// As the user named it.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// A label file holds no labels that are understood.
    #[error(
        "`{name}`, line {line}: {what}; labels are read from an Argus CSV with a `Label` column, a Zeek `conn` log with \
         `label` and `detailedlabel`, or a simulator's `truth.json`"
    )]
    NotLabels {
        /// As the user named it.
        name: String,
        /// Line, from 1; 0 where there are none.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// Something is larger than the limit.
    #[error("`{name}`: more than {max} {what}; split the capture")]
    TooMuch {
        /// The capture or file.
        name: String,
        /// Of what.
        what: &'static str,
        /// The limit.
        max: usize,
    },
    /// The options make no sense.
    #[error("evaluation options: {0}")]
    Options(&'static str),
    /// The mandate's places cannot be compiled.
    #[error(transparent)]
    Mandate(#[from] MandateError),
    /// The capture cannot be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// A run failed.
    #[error(transparent)]
    Run(#[from] RunError<IngestError>),
}
