//! `GET /mandates`

use crate::answer::{Answer, page};
use crate::fault::Fault;
use crate::office::Summary;
use crate::pages::Frame;
use crate::show::count;
use crate::state::State;
use crate::visitor::Visit;
use askama::Template;
use axum::extract::State as Part;
use noroshi_model::{MandateId, Micros, Role};

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
    may_request: bool,
}

/// The page.
pub(crate) fn render(f: Frame, summaries: &[Summary], may_request: bool, now: Micros) -> Result<String, askama::Error> {
    let rows = summaries.iter().map(|summary| row(&f, summary, now)).collect();
    Page { rows, may_request, f }.render()
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
    let may_request = visit.signed_in().is_some_and(|who| who.person.acts_as(Role::LineOfficer));
    let frame = Frame::new(&hub, &visit, visit.language.messages().mandates_title);
    page(render(frame, &summaries, may_request, visit.at)?)
}
