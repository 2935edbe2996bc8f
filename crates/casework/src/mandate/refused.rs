//! Why a step was refused: the rule and what to do.

use super::rules::TermsFault;
use noroshi_leaf::vote::TallyError;
use noroshi_model::Micros;

/// Why a step was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such mandate.
    #[error("there is no such mandate")]
    NoSuchMandate,
    /// Where it stands does not allow it.
    #[error("a mandate that is {0} cannot be changed so")]
    Standing(&'static str),
    /// Another version is waiting already.
    #[error("version {0} is waiting for a decision already; decide it or withdraw it first")]
    Waiting(u32),
    /// Nothing is waiting.
    #[error("no version is waiting for a decision")]
    NothingWaiting,
    /// It is not this organisation's to say.
    #[error("only {0} can do this")]
    NotYours(&'static str),
    /// A text is missing or too long.
    #[error("`{0}` must be given, and not longer than {max} characters", max = crate::said::TEXT_CHARS_MAX)]
    Text(&'static str),
    /// The rules have something against the terms.
    #[error("{}", lines(.0))]
    Terms(Vec<TermsFault>),
    /// The selectors are not those the terms commit to, or too many, or domestic.
    #[error("selectors: {0}")]
    Selectors(&'static str),
    /// The terms would widen.
    #[error("these terms widen {}; ask for a new version, which the commission decides", .0.join(", "))]
    Widens(Vec<&'static str>),
    /// The carrier has not answered, or cannot.
    #[error("the carrier {0}")]
    Carrier(&'static str),
    /// The votes cannot be counted.
    #[error("the votes cannot be counted: {0}")]
    Votes(#[from] TallyError),
    /// The votes are not about this version of this mandate and these conditions.
    #[error("the votes are about another mandate, version, terms or conditions")]
    OtherThing,
    /// The votes are of another round.
    #[error("these votes are of round {voted}, and it was suspended or resumed {now} times since: vote again")]
    OtherRound {
        /// Which.
        voted: u32,
        /// The round it is in.
        now: u32,
    },
    /// A vote's written reasons are missing or are not those it commits to.
    #[error("each vote needs its written reasons, as it commits to them")]
    Reasons,
    /// Too few votes.
    #[error("{0} votes for it are not a quorum")]
    NoQuorum(usize),
    /// The term is not over.
    #[error("its term runs until {0}")]
    NotOver(Micros),
    /// Nothing would change.
    #[error("nothing would change")]
    NoChange,
}

fn lines(faults: &[TermsFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Refused {
    /// Name of the rule that refused, for the record. Never changes.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NoSuchMandate => "mandate.no_such_mandate",
            Self::Standing(_) => "mandate.standing",
            Self::Waiting(_) => "mandate.waiting",
            Self::NothingWaiting => "mandate.nothing_waiting",
            Self::NotYours(_) => "mandate.not_yours",
            Self::Text(_) => "mandate.text",
            Self::Terms(_) => "mandate.terms",
            Self::Selectors(_) => "mandate.selectors",
            Self::Widens(_) => "mandate.widens",
            Self::Carrier(_) => "mandate.carrier",
            Self::Votes(_) => "mandate.votes",
            Self::OtherThing => "mandate.other_thing",
            Self::OtherRound { .. } => "mandate.other_round",
            Self::Reasons => "mandate.reasons",
            Self::NoQuorum(_) => "mandate.no_quorum",
            Self::NotOver(_) => "mandate.not_over",
            Self::NoChange => "mandate.no_change",
        }
    }
}
