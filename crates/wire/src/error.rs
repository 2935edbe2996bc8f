//! What stops the reading of an input. Damage inside it does not: that is counted.

use noroshi_flow::SinkError;

/// Why an input could not be read on.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The stream gave an error.
    #[error("cannot read: {source}")]
    Read {
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The start of a capture is not what its first bytes promise.
    #[error("not a packet capture: {reason}; expected libpcap or pcapng")]
    Capture {
        /// What is wrong with it.
        reason: String,
    },
    /// What takes the records could not.
    #[error(transparent)]
    Sink(#[from] SinkError),
}
