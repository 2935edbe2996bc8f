//! A complaint of the public (苦情): kept, committed to in the ledger, and handed to the commission.

use crate::said::Said;
use crate::topic::Topic;
use noroshi_model::Micros;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Characters of a contact at most.
pub const CONTACT_CHARS_MAX: usize = 320;

/// A complaint. Nothing is kept of whoever wrote it but what they wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complaint {
    /// When it arrived.
    pub at: Micros,
    /// How to answer, if an answer is wanted.
    pub contact: Option<String>,
    /// What was written.
    pub text: Said,
}

/// Why it was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing was written, or too much.
    #[error("write what happened, in at most {max} characters", max = crate::said::TEXT_CHARS_MAX)]
    Text,
    /// The contact is too long.
    #[error("a contact has at most {CONTACT_CHARS_MAX} characters")]
    Contact,
}

/// Takes a complaint at `at`.
///
/// # Errors
/// [`Refused`].
pub fn decide(text: Said, contact: Option<String>, at: Micros) -> Result<Complaint, Refused> {
    if !text.is_given() {
        return Err(Refused::Text);
    }
    if contact.as_ref().is_some_and(|contact| contact.chars().count() > CONTACT_CHARS_MAX) {
        return Err(Refused::Contact);
    }
    Ok(Complaint { at, contact, text })
}

/// Complaints, as the store keeps them: one event each.
#[derive(Debug)]
pub struct ComplaintTopic;

impl Topic for ComplaintTopic {
    const NAME: &'static str = "complaint";
    type Id = Uuid;
    type State = Complaint;
    type Event = Complaint;

    fn apply(state: Option<Complaint>, event: &Complaint) -> Option<Complaint> {
        state.or_else(|| Some(event.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{NOW, said};

    #[test]
    fn a_complaint_needs_words_and_nothing_else() {
        assert!(decide(said("my line was slow"), None, NOW).is_ok());
        assert_eq!(decide(said(" "), None, NOW), Err(Refused::Text));
        let fits = "x".repeat(CONTACT_CHARS_MAX);
        assert!(decide(said("a"), Some(fits.clone()), NOW).is_ok());
        assert_eq!(decide(said("a"), Some(fits + "x"), NOW), Err(Refused::Contact));
    }
}
