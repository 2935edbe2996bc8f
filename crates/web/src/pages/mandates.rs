//! `/mandates`: from request to disposal.
//!
//! [`list`], [`request`] (new ones and new versions, and narrowing), [`one`] (the five-lane board), [`card`] (the
//! carrier's), [`decision`] (what the commission signed elsewhere), [`stop`] (suspend, resume, revoke), [`live`].

pub(crate) mod card;
pub(crate) mod choices;
pub(crate) mod decision;
pub(crate) mod list;
pub(crate) mod live;
pub(crate) mod one;
pub(crate) mod request;
pub(crate) mod stop;
mod terms;
pub(crate) mod typed;

use crate::fault::Fault;
use crate::office::{Asker, Dossier};
use crate::state::Shared;
use crate::visitor::Visit;
use noroshi_model::MandateId;

/// Who asks, and the dossier they may see.
pub(crate) async fn dossier(hub: &Shared, visit: &Visit, id: MandateId) -> Result<(Asker, Dossier), Fault> {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let dossier = hub.parts.office.dossier(&asker, id).await?;
    Ok((asker, dossier))
}
