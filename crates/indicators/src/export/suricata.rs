//! Data sets for Suricata 7 and the rules that use them (Suricata user guide, "Datasets" and "File keywords").
//!
//! Names are compared whole: a host below a listed domain is another name. A URL has no data set, as a sensor sees host
//! and path apart.

use super::blocks::spelled;
use super::{Indicator, Reason, Written, held};
use crate::limits::SURICATA_BLOCKS_MAX;
use crate::{Kind, Value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use noroshi_stix::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Blocks in one rule; Suricata limits the length of a line.
const BLOCKS_OF_RULE: usize = 100;

/// Writes `noroshi.rules` and the lists it names. Rules are numbered from `sid_first`; up to 1,000 numbers are used.
pub fn suricata(indicators: &[Indicator], at: Timestamp, sid_first: u32) -> Written {
    let mut written = Written::default();
    let held = held(indicators, at, &mut written.left_out);
    let rules = format!("# Noroshi: indicators that hold at {at}\n");
    let mut sheet = Sheet { held, written, rules, sid: sid_first };
    sheet.domains();
    sheet.addresses();
    sheet.blocks();
    sheet.files();
    for (value, indicator) in &sheet.held {
        if matches!(value.kind(), Kind::Url | Kind::Email | Kind::Sha512) {
            sheet.written.left_out.add(Reason::NoWord, &indicator.id, value.to_string());
        }
    }
    if sheet.sid > sid_first {
        sheet.written.file("noroshi.rules", sheet.rules);
    }
    sheet.written
}

/// Rules and lists as far as they are written.
struct Sheet<'a> {
    held: BTreeMap<&'a Value, &'a Indicator>,
    written: Written,
    rules: String,
    /// The number of the next rule.
    sid: u32,
}

impl<'a> Sheet<'a> {
    fn domains(&mut self) {
        let encoded = self.of(Kind::Domain).into_iter().map(|value| STANDARD.encode(value.to_string())).collect();
        if self.list("domain", encoded) {
            for (protocol, buffer) in [("dns", "dns.query"), ("tls", "tls.sni"), ("http", "http.host")] {
                self.rule(protocol, ANY, "domain", &format!("{buffer}; {}", set("domain", "string")));
            }
        }
    }

    fn addresses(&mut self) {
        for (kind, of_type) in [(Kind::Ipv4, "ipv4"), (Kind::Ipv6, "ip")] {
            let name = kind.as_str();
            if self.list(name, self.of(kind).into_iter().map(ToString::to_string).collect()) {
                self.rule("ip", ANY, "server", &format!("ip.dst; {}", set(name, of_type)));
                self.rule("ip", ANY, "server", &format!("ip.src; {}", set(name, of_type)));
            }
        }
    }

    /// Blocks stand in the rules themselves: data sets have none.
    fn blocks(&mut self) {
        let all = [self.of(Kind::BlockV4), self.of(Kind::BlockV6)].concat();
        let (taken, rest) = all.split_at(all.len().min(SURICATA_BLOCKS_MAX));
        for value in rest {
            if let Some(indicator) = self.held.get(*value) {
                self.written.left_out.add(Reason::TooLong, &indicator.id, value.to_string());
            }
        }
        let blocks: Vec<IpNet> = taken.iter().filter_map(|value| value.block()).collect();
        for blocks in IpNet::aggregate(&blocks).chunks(BLOCKS_OF_RULE) {
            let blocks: Vec<_> = blocks.iter().map(spelled).collect();
            self.rule("ip", &format!("any any <> [{}] any", blocks.join(",")), "block of servers", "");
        }
    }

    fn files(&mut self) {
        for (kind, keyword) in [(Kind::Md5, "filemd5"), (Kind::Sha1, "filesha1"), (Kind::Sha256, "filesha256")] {
            if self.list(kind.as_str(), self.of(kind).into_iter().map(ToString::to_string).collect()) {
                for protocol in ["http", "smtp", "ftp-data", "smb"] {
                    self.rule(protocol, ANY, "file", &format!("{keyword}:noroshi-{kind}.lst;"));
                }
            }
        }
    }

    fn of(&self, kind: Kind) -> Vec<&'a Value> {
        self.held.keys().copied().filter(|value| value.kind() == kind).collect()
    }

    /// A list of one value a line, where there is any.
    fn list(&mut self, name: &str, lines: Vec<String>) -> bool {
        if !lines.is_empty() {
            self.written.file(format!("noroshi-{name}.lst"), lines.join("\n") + "\n");
        }
        !lines.is_empty()
    }

    /// Only words of this file and addresses get into a rule.
    fn rule(&mut self, protocol: &str, direction: &str, what: &str, options: &str) {
        let options = if options.is_empty() { String::new() } else { format!("{options} ") };
        let _ = writeln!(
            self.rules,
            "alert {protocol} {direction} (msg:\"Noroshi: {what} of an indicator\"; {options}classtype:trojan-activity; sid:{}; rev:1;)",
            self.sid
        );
        self.sid = self.sid.saturating_add(1);
    }
}

/// From anybody to anybody.
const ANY: &str = "any any -> any any";

fn set(name: &str, of_type: &str) -> String {
    format!("dataset:isset,noroshi-{name},type {of_type},load noroshi-{name}.lst;")
}
