//! `conn_state` and `history` (Zeek's base/protocols/conn/main.zeek documents both).

use noroshi_flow::Outcome;

/// `conn_state`, as far as it decides the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ConnState {
    /// Attempt seen, no reply: `S0`, and those the originator gave up, `SH` and `RSTOS0`.
    Attempt,
    /// `REJ`.
    Rejected,
    /// Both sides, or the responder's alone (`SHR`, `RSTRH`), which answered someone.
    Answered,
    /// `OTH`, or not written: the counters tell.
    #[default]
    Other,
}

impl ConnState {
    pub(super) fn parse(text: &[u8]) -> Self {
        match text {
            b"S0" | b"SH" | b"RSTOS0" => Self::Attempt,
            b"REJ" => Self::Rejected,
            b"S1" | b"S2" | b"S3" | b"SF" | b"RSTO" | b"RSTR" | b"RSTRH" | b"SHR" => Self::Answered,
            _ => Self::Other,
        }
    }

    /// The outcome, with what the counters show of each side.
    pub(super) fn outcome(self, protocol: u8, ahead: bool, back: bool) -> Outcome {
        match self {
            Self::Rejected => Outcome::Rejected,
            Self::Attempt => Outcome::Unanswered,
            // Zeek's state of UDP only says which sides sent.
            Self::Answered if protocol == 17 && !back && ahead => Outcome::Unanswered,
            Self::Answered => Outcome::Answered,
            Self::Other if back => Outcome::Answered,
            // The middle of a connection, one side of it: the other may pass elsewhere.
            Self::Other if protocol == 6 => Outcome::OneWay,
            Self::Other => Outcome::Unanswered,
        }
    }
}

/// TCP flags behind a `history`, both directions together. A data segment counts as PSH and ACK.
pub(super) fn tcp_flags(history: &[u8]) -> u8 {
    history.iter().fold(0, |flags, letter| {
        flags
            | match letter.to_ascii_lowercase() {
                b's' => 2,
                b'h' => 2 | 16,
                b'a' => 16,
                b'd' => 8 | 16,
                b'f' => 1,
                b'r' => 4,
                _ => 0,
            }
    })
}
