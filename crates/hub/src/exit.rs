//! Exit codes, documented in `docs/exit-codes.md` and in the manual page.

use noroshi_mandate::{MandateError, Refusal};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Failed: nothing was promised.
    Failed = 1,
    // 2 is clap's: the command line makes no sense.
    /// Done, but part of the input was damaged or lost on the way; the counts say how much.
    Damaged = 3,
    /// Refused: no mandate, a mandate that is wrong, or one that does not permit this.
    Refused = 4,
}

impl Exit {
    /// The code for an error.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        let refused = error
            .chain()
            .any(|cause| cause.downcast_ref::<Refusal>().is_some() || cause.downcast_ref::<MandateError>().is_some());
        if refused { Self::Refused } else { Self::Failed }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
