//! The public complains: kept, and its commitment written, so that none is lost unseen.

use crate::{Acts, Asking, NotDone};
use noroshi_casework::Said;
use noroshi_casework::complaint::{self, ComplaintTopic};
use noroshi_leaf::body::Complaint as Line;
use noroshi_leaf::{Actor, Body};
use noroshi_store::{Record, Version};

/// Keeps a complaint. Anybody may; nobody is asked who they are.
///
/// # Errors
/// [`NotDone::Rule`] when nothing or too much was written.
pub async fn complain(acts: &Acts, asking: &Asking<'_>, text: Said, contact: Option<String>) -> Result<(), NotDone> {
    let line = Line { text: text.commitment() };
    let complaint =
        complaint::decide(text, contact, asking.at).map_err(|refused| NotDone::rule("complaint.text", &refused))?;
    let leaf = asking.line_by(Actor::Hub, Body::Complaint(line))?;
    let id = asking.id();
    acts.db
        .record("acts::complaint", &Record::of::<ComplaintTopic>(id, Version::NEW, asking.at, &[complaint], leaf)?)
        .await?;
    Ok(())
}
