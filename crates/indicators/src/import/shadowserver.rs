//! Reports of the Shadowserver Foundation: what a row means depends on the kind of report.
//!
//! Most reports name hosts of the reader's own network that stand open or are infected: to be warned, not to be
//! blocked. Hosts that only stand open make no indicator at all; infected ones make one of type `compromised`.

use super::collect::{Collector, Observed};
use super::table;
use crate::object::Said;
use crate::text::excerpt;
use csv::StringRecord;
use noroshi_stix::common::ExternalReference;

/// What the rows of a report are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// Infected machines that called a sinkhole.
    Infected,
    /// Machines that attacked a honeypot or a darknet sensor.
    Attackers,
    /// Servers and pages that serve malware or command it.
    Servers,
    /// Web sites that somebody broke into.
    BrokenInto,
    /// Hosts that stand open, or suffer.
    Exposed,
}

/// Kinds of reports by the beginning of their name, the longest first where one begins another.
const KINDS: [(&str, About); 17] = [
    ("event4_honeypot_ddos", About::Exposed),
    ("event6_honeypot_ddos", About::Exposed),
    ("event4_honeypot", About::Attackers),
    ("event6_honeypot", About::Attackers),
    ("event4_sinkhole", About::Infected),
    ("event6_sinkhole", About::Infected),
    ("event4_microsoft_sinkhole", About::Infected),
    ("event4_ddos_participant", About::Infected),
    ("event4", About::Exposed),
    ("event6", About::Exposed),
    ("blocklist", About::Attackers),
    ("malware_url", About::Servers),
    ("sandbox_url", About::Servers),
    ("sandbox_conn", About::Servers),
    ("scan_post_exploitation_framework", About::Servers),
    ("compromised_website", About::BrokenInto),
    ("scan", About::Exposed),
];

/// Whether the names of columns are those of a report.
pub(super) fn is_report(header: &[String]) -> bool {
    let has = |names: &[&str]| header.iter().any(|name| names.contains(&name.as_str()));
    has(&["timestamp"])
        && has(&["ip", "src_ip"])
        && has(&["asn", "src_asn"])
        && has(&["geo", "src_geo"])
        && has(&["naics", "src_naics", "sector", "src_sector", "severity", "tag", "infection"])
}

/// The kind of a report and its name, from the name of its file or, failing that, from its columns.
fn kind(name: &str, header: &[String]) -> (About, String) {
    let name = name.to_ascii_lowercase();
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let of_name = KINDS.iter().find_map(|(kind, about)| {
        let at = file
            .match_indices(kind)
            .map(|(at, _)| at)
            .find(|at| *at == 0 || !file.as_bytes()[at - 1].is_ascii_alphanumeric())?;
        let end = |character: char| !character.is_ascii_alphanumeric() && character != '_';
        Some((*about, file[at..].split(end).next().unwrap_or(kind).to_owned()))
    });
    let has = |column: &str| header.iter().any(|name| name == column);
    of_name.unwrap_or_else(|| match () {
        () if has("src_ip") && has("infection") && has("dst_ip") => (About::Infected, "event4_sinkhole".to_owned()),
        () if has("src_ip") && has("dst_ip") => (About::Attackers, "event4_honeypot".to_owned()),
        () if has("source") && has("reason") => (About::Attackers, "blocklist".to_owned()),
        () => (About::Exposed, "report of exposed hosts".to_owned()),
    })
}

pub(super) fn read(text: &str, name: &str, into: &mut Collector<'_>) {
    let Some(header) = table::header(text) else {
        return into.fault(1, "the report is empty; it needs a line that names its columns");
    };
    if !is_report(&header) {
        return into.fault(1, "the first line names no columns of a Shadowserver report; read it as a table instead");
    }
    let (about, kind) = kind(name, &header);
    let mut first = true;
    table::records(text, into, |line, record, into| {
        if std::mem::take(&mut first) {
            return;
        }
        if record.len() != header.len() {
            return into.fault(
                line,
                format!("the record has {} columns, the header {}; fetch the report again", record.len(), header.len()),
            );
        }
        match about {
            About::Exposed => into.pass_over(),
            about => Row { header: &header, record }.take(line, about, &kind, into),
        }
    });
}

struct Row<'a> {
    header: &'a [String],
    record: &'a StringRecord,
}

impl Row<'_> {
    fn cell(&self, names: &[&str]) -> Option<&str> {
        let of = |name: &&str| self.header.iter().position(|column| column == name);
        let cells = names.iter().filter_map(|name| self.record.get(of(name)?));
        cells.map(str::trim).find(|cell| !cell.is_empty())
    }

    fn take(&self, line: u64, about: About, kind: &str, into: &mut Collector<'_>) {
        let value = match about {
            About::Infected | About::Attackers => self.cell(&["src_ip", "ip"]),
            About::Servers => self.cell(&["url", "md5", "ip"]),
            About::BrokenInto => self.cell(&["url", "http_host", "hostname", "ip"]),
            About::Exposed => None,
        };
        let Some(value) = value else {
            return into.fault(line, "the record names no address or URL; fetch the report again");
        };
        let said = match self.said(about, kind) {
            Ok(said) => said,
            Err(what) => return into.fault(line, what),
        };
        match Observed::parse(value) {
            Ok(observed) => into.value(line, &observed, said),
            Err(fault) => into.fault(line, fault.to_string()),
        }
    }

    fn said(&self, about: About, kind: &str) -> Result<Said, String> {
        let infection = self.cell(&["infection", "family", "malware"]);
        let labels =
            [infection, self.cell(&["tag"]), Some(kind)].into_iter().flatten().flat_map(|text| text.split(';'));
        let valid_from = match self.cell(&["timestamp"]) {
            Some(text) => Some(
                super::time::read(text)
                    .ok_or_else(|| format!("`{}` is no time; fetch the report again", excerpt(text)))?,
            ),
            None => None,
        };
        let typed = match about {
            About::Infected | About::BrokenInto => "compromised",
            About::Attackers | About::Servers | About::Exposed => "malicious-activity",
        };
        let page = format!("https://www.shadowserver.org/what-we-do/network-reporting/{}/", kind.replace('_', "-"));
        Ok(Said {
            name: infection.unwrap_or_default().to_owned(),
            types: vec![typed.to_owned()],
            labels: labels.map(|label| label.trim().to_owned()).collect(),
            valid_from,
            references: vec![ExternalReference {
                source_name: "Shadowserver".to_owned(),
                description: None,
                url: page.is_ascii().then_some(page),
                external_id: Some(kind.to_owned()),
            }],
            ..Said::default()
        })
    }
}
