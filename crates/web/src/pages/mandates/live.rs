//! `GET /mandates/{id}/live`: says when the ledger has grown, as server-sent events, to a page that waits.

use super::dossier;
use crate::answer::Answer;
use crate::fault::Fault;
use crate::state::State;
use crate::visitor::Visit;
use axum::extract::{Path, State as Part};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use noroshi_model::MandateId;
use std::convert::Infallible;
use std::time::Duration;

/// Events come at most this often: a busy ledger is one event.
const PAUSE: Duration = Duration::from_millis(700);

/// `GET /mandates/{id}/live`
pub(crate) async fn stream(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>) -> Answer {
    let _ = dossier(&hub, &visit, id).await?;
    let place = std::sync::Arc::clone(&hub.streams).try_acquire_owned().map_err(|_| Fault::too_many())?;
    let mut grown = hub.parts.office.grown();
    grown.mark_unchanged();
    let events = stream::unfold((grown, place), |(mut grown, place)| async move {
        grown.changed().await.ok()?;
        tokio::time::sleep(PAUSE).await;
        let size = *grown.borrow_and_update();
        let event = Event::default().event("grown").data(size.to_string());
        Some((Ok::<_, Infallible>(event), (grown, place)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))).into_response())
}
