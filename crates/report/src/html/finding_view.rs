//! What the page says about one finding.

use super::filled;
use crate::limits::{BEATS_MAX, CLIENTS_MAX, EVIDENCE_MAX};
use crate::messages::Messages;
use crate::numbers::{bytes, count, country_code, decimal, duration, measured, moment, moment_short, plain, score};
use crate::{explain, picture, words};
use noroshi_model::finding::{Client, Evidence};
use noroshi_model::{Detector, Finding};

/// One line of a list.
pub(super) struct CompactRow {
    pub(super) number: Option<usize>,
    pub(super) class: &'static str,
    pub(super) severity: &'static str,
    pub(super) detector: &'static str,
    pub(super) server: String,
    pub(super) domestic: bool,
    pub(super) country: String,
    pub(super) clients: String,
    pub(super) seen: String,
    pub(super) period: String,
    pub(super) score: String,
    pub(super) rita: String,
    pub(super) confidence: u8,
}

impl CompactRow {
    pub(super) fn of(m: &Messages, finding: &Finding, number: Option<usize>) -> Self {
        let none = || "–".to_owned();
        Self {
            number,
            class: finding.severity.word(),
            severity: words::severity(m, finding.severity),
            detector: words::detector(m, finding.detector).name,
            server: format!("{}/{}", explain::endpoint(finding), finding.protocol),
            domestic: finding.domestic,
            country: country_code(finding.country.as_deref()).unwrap_or_else(none),
            clients: count(finding.clients),
            seen: format!("{} – {}", moment_short(finding.first_seen), moment_short(finding.last_seen)),
            period: explain::period(finding).map_or_else(none, |seconds| duration(m, seconds)),
            score: score(finding.score),
            rita: finding.rita.map_or_else(none, |rita| score(rita.score)),
            confidence: finding.confidence.percent(),
        }
    }
}

/// One finding in full.
pub(super) struct FindingView {
    pub(super) number: usize,
    pub(super) head: CompactRow,
    pub(super) id: String,
    pub(super) counted: &'static str,
    pub(super) first_seen: String,
    pub(super) last_seen: String,
    pub(super) why: Vec<String>,
    pub(super) evidence: Vec<EvidenceRow>,
    pub(super) innocent: Vec<(&'static str, &'static str)>,
    pub(super) steps: Vec<String>,
    pub(super) false_positives: String,
    pub(super) rita: String,
    pub(super) pictures: Vec<PictureView>,
    pub(super) clients: Vec<ClientRow>,
    pub(super) cut_clients: Option<String>,
}

/// One measurement with its bar.
pub(super) struct EvidenceRow {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) weight: Option<String>,
    pub(super) class: &'static str,
    /// Length of the bar, per cent of its half of the scale.
    pub(super) length: String,
}

/// One picture with what it shows.
pub(super) struct PictureView {
    pub(super) title: String,
    pub(super) lead: &'static str,
    pub(super) svg: String,
    pub(super) note: Option<String>,
}

/// One client.
pub(super) struct ClientRow {
    pub(super) client: String,
    pub(super) flows: String,
    pub(super) bytes_out: String,
    pub(super) bytes_in: String,
    pub(super) first_seen: String,
    pub(super) last_seen: String,
}

impl FindingView {
    pub(super) fn of(m: &Messages, finding: &Finding, number: usize) -> Self {
        let all = finding.client_list.len();
        let values = [("shown", &*count(all.min(CLIENTS_MAX) as u64)), ("all", &*count(all as u64))];
        Self {
            number,
            head: CompactRow::of(m, finding, Some(number)),
            id: plain(&finding.id),
            counted: words::counted(m, finding.detector),
            first_seen: moment(finding.first_seen),
            last_seen: moment(finding.last_seen),
            why: explain::paragraph(m, finding),
            evidence: evidence(m, &finding.evidence),
            innocent: finding.innocent.iter().map(|&innocent| words::innocent(m, innocent)).collect(),
            steps: steps(m, finding),
            false_positives: false_positives(m, finding),
            rita: rita(m, finding),
            pictures: pictures(m, finding),
            clients: finding.client_list.iter().take(CLIENTS_MAX).map(client).collect(),
            cut_clients: (all > CLIENTS_MAX).then(|| filled(m.cut_clients, &values)),
        }
    }
}

fn evidence(m: &Messages, evidence: &[Evidence]) -> Vec<EvidenceRow> {
    let shown = &evidence[..evidence.len().min(EVIDENCE_MAX)];
    let finite = |e: &Evidence| if e.weight.is_finite() { e.weight } else { 0.0 };
    // Bars of two findings can be compared: the scale is the same until a weight leaves it.
    let most = shown.iter().map(|e| finite(e).abs()).fold(4.6, f64::max);
    let row = |e: &Evidence| {
        let weight = finite(e);
        EvidenceRow {
            label: words::evidence(m, &e.name),
            value: measured(m, e),
            weight: (weight != 0.0).then(|| signed(weight)),
            class: if weight < 0.0 { "against" } else { "for" },
            length: format!("{:.1}", weight.abs() / most * 100.0),
        }
    };
    shown.iter().map(row).collect()
}

fn signed(weight: f64) -> String {
    let sign = if weight < 0.0 { "−" } else { "+" };
    format!("{sign}{:.1}", weight.abs())
}

fn steps(m: &Messages, finding: &Finding) -> Vec<String> {
    let mut steps = vec![filled(m.step_notice, &[("next", words::detector(m, finding.detector).next)])];
    if finding.domestic || !finding.client_list.is_empty() {
        steps.push(m.step_pseudonyms.to_owned());
    }
    if crate::stix::is_published(finding) {
        steps.push(m.step_share.to_owned());
    }
    if calls_home(finding) {
        steps.push(m.step_watch.to_owned());
    }
    steps.push(m.step_never.to_owned());
    steps
}

/// Whether the finding is about machines that keep calling somebody.
const fn calls_home(finding: &Finding) -> bool {
    matches!(finding.detector, Detector::C2Server | Detector::Beacon | Detector::PeerToPeer)
}

/// How often findings like this are wrong, in a sentence.
pub(crate) fn false_positives(m: &Messages, finding: &Finding) -> String {
    finding.false_positives.as_ref().map_or_else(
        || m.false_positives_unknown.to_owned(),
        |known| {
            let values = [("rate", &*decimal(known.per_million_host_days)), ("source", &*plain(&known.measured_in))];
            filled(m.false_positives_rate, &values)
        },
    )
}

fn rita(m: &Messages, finding: &Finding) -> String {
    let Some(rita) = finding.rita else { return m.rita_none.to_owned() };
    let values = [
        ("score", &*score(rita.score)),
        ("timestamp", &*score(rita.timestamp)),
        ("size", &*score(rita.size)),
        ("histogram", &*score(rita.histogram)),
        ("duration", &*score(rita.duration)),
        ("ours", &*score(finding.score)),
    ];
    filled(m.rita_beside, &values)
}

fn pictures(m: &Messages, finding: &Finding) -> Vec<PictureView> {
    let picture = |title: &str, lead, svg| PictureView { title: title.to_owned(), lead, svg, note: None };
    let mut pictures = Vec::new();
    if let Some(svg) = picture::beats::beats(m, finding) {
        let limit = [("limit", &*count(BEATS_MAX as u64))];
        let note = picture::beats::is_cut(finding).then(|| filled(m.cut_beats, &limit));
        pictures.push(PictureView { note, ..picture(m.beats, m.beats_lead, svg) });
    }
    if let Some((title, svg)) = picture::beats::close_up(m, finding) {
        pictures.push(picture(&title, "", svg));
    }
    if let Some(svg) = picture::periodogram::periodogram(m, finding) {
        pictures.push(picture(m.periodogram, m.periodogram_lead, svg));
    }
    let title = filled(m.clients_over_time, &[("counted", words::counted(m, finding.detector))]);
    if let Some(svg) = picture::clients::clients_over_time(m, finding, &title) {
        let lead = if calls_home(finding) { m.clients_over_time_lead } else { m.over_time_lead };
        pictures.push(picture(&title, lead, svg));
    }
    if let Some((svg, cut)) = picture::path::path(m, finding) {
        let note = (cut > 0).then(|| filled(m.cut_hops, &[("cut", &count(cut as u64))]));
        pictures.push(PictureView { note, ..picture(m.path, m.path_lead, svg) });
    }
    pictures
}

fn client(client: &Client) -> ClientRow {
    ClientRow {
        client: client.pseudonym.to_string(),
        flows: count(client.flows),
        bytes_out: bytes(client.bytes_out as f64),
        bytes_in: bytes(client.bytes_in as f64),
        first_seen: moment(client.first_seen),
        last_seen: moment(client.last_seen),
    }
}
