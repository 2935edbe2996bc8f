//! `GET /mandates`

use super::choices::{asks_for_terms, title};
use crate::answer::{Answer, page};
use crate::fault::Fault;
use crate::office::Summary;
use crate::pages::Frame;
use crate::show::count;
use crate::state::State;
use crate::visitor::Visit;
use askama::Template;
use axum::extract::State as Part;
use noroshi_model::{MandateId, Micros};

struct Row {
    id: MandateId,
    title: String,
    stands: &'static str,
    class: &'static str,
    basis: &'static str,
    term: String,
    waits: &'static str,
    hunts: String,
    findings: String,
}

#[derive(Template)]
#[template(path = "mandates.html")]
struct Page {
    f: Frame,
    rows: Vec<Row>,
    /// What the way to the form is called, for whom there is one.
    request: Option<&'static str>,
}

/// The page.
pub(crate) fn render(
    f: Frame,
    summaries: &[Summary],
    request: Option<&'static str>,
    now: Micros,
) -> Result<String, askama::Error> {
    let rows = summaries.iter().map(|summary| row(&f, summary, now)).collect();
    Page { rows, request, f }.render()
}

fn row(f: &Frame, summary: &Summary, now: Micros) -> Row {
    let mandate = &summary.mandate;
    let (stands, class) = f.language.stands(mandate, now);
    let pending = mandate.pending.as_ref();
    let terms =
        pending.map(|pending| &pending.request.terms).or_else(|| mandate.granted().map(|granted| &granted.terms));
    Row {
        id: mandate.id,
        title: mandate.title.clone(),
        stands,
        class,
        basis: terms.map_or("–", |terms| f.language.basis(terms.legal_basis)),
        term: terms.map_or_else(String::new, |terms| format!("{} – {}", f.time(terms.from), f.time(terms.until))),
        waits: match pending {
            None => "–",
            Some(pending) if pending.answer.is_none() => f.m.waits_carrier,
            Some(_) => f.m.waits_commission,
        },
        hunts: count(summary.hunts),
        findings: count(summary.findings),
    }
}

/// `GET /mandates`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit) -> Answer {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let summaries = hub.parts.office.mandates(&asker).await?;
    let who = visit.signed_in().ok_or_else(Fault::sign_in_first)?;
    let (person, organisation) = (&who.person, &who.organisation);
    let request = asks_for_terms(person, organisation).then(|| title(visit.language, person, organisation));
    let frame = Frame::new(&hub, &visit, visit.language.messages().mandates_title);
    page(render(frame, &summaries, request, visit.at)?)
}
