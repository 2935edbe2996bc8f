//! `/findings`: what the detectors said, with everything needed to doubt it.

use super::Frame;
use crate::answer::{Answer, page};
use crate::fault::Fault;
use crate::messages::{fill, look_up};
use crate::office::Found;
use crate::show::count;
use crate::state::State;
use crate::visitor::Visit;
use crate::words::key;
use askama::Template;
use axum::extract::{Path, State as Part};
use noroshi_model::{MandateId, Severity};

struct Row {
    id: String,
    class: String,
    severity: String,
    server: String,
    detector: String,
    mandate: String,
    clients: String,
    first: String,
}

#[derive(Template)]
#[template(path = "findings.html")]
struct ListPage {
    f: Frame,
    /// Medium and above, then the rest, which is folded away.
    parts: [Vec<Row>; 2],
    quiet: String,
}

#[derive(Template)]
#[template(path = "finding.html")]
struct Page {
    f: Frame,
    mandate: MandateId,
    title: String,
    server: String,
    class: String,
    severity: String,
    facts: Vec<(&'static str, String)>,
    evidence: Vec<(String, String, String)>,
    clients: Vec<String>,
}

fn row(f: &Frame, found: &Found) -> Row {
    let finding = &found.finding;
    let class = key(&finding.severity);
    Row {
        id: finding.id.clone(),
        severity: look_up(f.m.severity_of, &class).to_owned(),
        class,
        server: format!("{} {}/{}", finding.server, finding.port, key(&finding.protocol)),
        detector: look_up(f.m.detector_of, finding.detector.word()).to_owned(),
        mandate: found.title.clone(),
        clients: count(finding.clients),
        first: f.time(finding.first_seen),
    }
}

/// The list.
pub(crate) fn render_list(f: Frame, found: &[Found]) -> Result<String, askama::Error> {
    let of = |loud: bool| {
        let wanted = found.iter().filter(|found| (found.finding.severity >= Severity::Medium) == loud);
        wanted.map(|found| row(&f, found)).collect::<Vec<_>>()
    };
    let parts = [of(true), of(false)];
    let quiet = fill(f.m.findings_quiet, &[("count", &count(parts[1].len() as u64))]);
    ListPage { parts, quiet, f }.render()
}

/// One finding.
pub(crate) fn render(f: Frame, found: &Found) -> Result<String, askama::Error> {
    let finding = &found.finding;
    let shown = row(&f, found);
    let innocent: Vec<_> = finding.innocent.iter().map(|why| look_up(f.m.innocent_of, &key(why)).to_owned()).collect();
    let rate = finding.false_positives.as_ref().map_or_else(
        || f.m.not_measured.to_owned(),
        |rate| format!("{} ({})", rate.per_million_host_days, rate.measured_in),
    );
    let facts = vec![
        (f.m.detector, shown.detector),
        (f.m.confidence, format!("{} %", finding.confidence.percent())),
        (f.m.directions, f.language.direction(finding.direction).to_owned()),
        (f.m.country, finding.country.clone().unwrap_or_else(|| "–".to_owned())),
        (f.m.clients, shown.clients),
        (f.m.first_seen, shown.first),
        (f.m.last_seen, f.time(finding.last_seen)),
        (f.m.score, format!("{:.2}", finding.score)),
        (f.m.innocent, if innocent.is_empty() { "–".to_owned() } else { crate::show::list(f.language, &innocent) }),
        (f.m.false_positives, rate),
    ];
    let evidence = finding
        .evidence
        .iter()
        .map(|one| {
            let name = look_up(f.m.measured_of, &one.name).to_owned();
            (name, format!("{:.3} {}", one.value, one.unit).trim().to_owned(), format!("{:+.2}", one.weight))
        })
        .collect();
    let clients = finding.client_list.iter().map(|client| client.pseudonym.to_string()).collect();
    Page {
        mandate: found.mandate,
        title: found.title.clone(),
        server: shown.server,
        class: shown.class,
        severity: shown.severity,
        facts,
        evidence,
        clients,
        f,
    }
    .render()
}

/// `GET /findings`
pub(crate) async fn list(Part(hub): Part<State>, visit: Visit) -> Answer {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let found = hub.parts.office.findings(&asker).await?;
    page(render_list(Frame::new(&hub, &visit, visit.language.messages().findings_title), &found)?)
}

/// `GET /findings/{id}`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(id): Path<String>) -> Answer {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let all = hub.parts.office.findings(&asker).await?;
    let found = all.iter().find(|found| found.finding.id == id).ok_or_else(Fault::not_found)?;
    page(render(Frame::new(&hub, &visit, found.finding.server.to_string()), found)?)
}
