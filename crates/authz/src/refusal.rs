//! Why not: a result like any other, shown to who asked and recorded.

use crate::catalogue::Rule;
use crate::entity::Fault;
use crate::permit::Decision;
use std::fmt;
use std::sync::Arc;

/// Why an act is not permitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub(crate) decision: Decision,
    pub(crate) why: Why,
}

/// The kinds of refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// These rules forbid it.
    Forbidden(Vec<Arc<Rule>>),
    /// No rule forbids it and none permits it; these could have.
    NothingPermits(Vec<Arc<Rule>>),
    /// People do this, or machines do, and the other kind asked.
    NotThisKindOfPrincipal,
    /// The facts could not be put as a question.
    Unfit(Fault),
    /// A rule could not be evaluated. Cedar would skip it, even one that forbids; here it is a refusal and an alarm.
    RulesFailed(Vec<String>),
}

impl Refusal {
    /// What to write down.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// Why.
    pub fn why(&self) -> &Why {
        &self.why
    }

    /// Whether somebody must look at the hub itself: its facts or its rules are broken.
    pub fn is_alarm(&self) -> bool {
        matches!(self.why, Why::RulesFailed(_) | Why::Unfit(Fault::Unfit(_)))
    }

    /// Whether a receipt and a fresh signature are all that is missing.
    pub(crate) fn missing(&self) -> Option<(bool, bool)> {
        let Why::Forbidden(rules) = &self.why else { return None };
        let has = |id: &str| rules.iter().any(|rule| rule.id == id);
        let (receipt, step_up) = (has(OFF_THE_RECORD), has(NOT_SIGNED_AFRESH));
        (usize::from(receipt) + usize::from(step_up) == rules.len()).then_some((receipt, step_up))
    }

    /// In English, for people.
    pub fn english(&self) -> String {
        match &self.why {
            Why::Forbidden(rules) => sentences(rules, |rule| &rule.en, " "),
            Why::NothingPermits(rules) => {
                format!("Nothing permits this to you. {}", sentences(rules, |rule| &rule.en, " "))
            }
            Why::NotThisKindOfPrincipal => "This act is not open to this kind of principal.".to_owned(),
            Why::Unfit(fault) => format!("The question could not be put: {fault}."),
            Why::RulesFailed(_) => "A rule could not be evaluated. This is refused, and an alarm.".to_owned(),
        }
    }

    /// In Japanese, for people.
    pub fn japanese(&self) -> String {
        match &self.why {
            Why::Forbidden(rules) => sentences(rules, |rule| &rule.ja, ""),
            Why::NothingPermits(rules) => {
                format!("この操作を許可する規則がありません。{}", sentences(rules, |rule| &rule.ja, ""))
            }
            Why::NotThisKindOfPrincipal => "この種類の主体には認められていない操作です。".to_owned(),
            Why::Unfit(fault) => format!("判定を行えませんでした({fault})。"),
            Why::RulesFailed(_) => "規則を評価できないため拒否し、警報を発します。".to_owned(),
        }
    }
}

/// The rule that asks for a receipt.
pub(crate) const OFF_THE_RECORD: &str = "off-the-record";
/// The rule that asks for a fresh signature.
pub(crate) const NOT_SIGNED_AFRESH: &str = "not-signed-afresh";

fn sentences(rules: &[Arc<Rule>], text: impl Fn(&Rule) -> &str, between: &str) -> String {
    rules.iter().map(|rule| text(rule)).collect::<Vec<_>>().join(between)
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` on {} is refused: {}", self.decision.act, self.decision.object, self.english())
    }
}

impl std::error::Error for Refusal {}
