//! Plain block lists: one file a kind, one value a line.

use super::{Indicator, Written, held};
use crate::Kind;
use ipnet::IpNet;
use noroshi_stix::Timestamp;
use std::fmt::Write as _;

/// Writes `ipv4.txt`, `ipv6.txt`, `domain.txt`, `url.txt`, `email.txt`, `md5.txt`, `sha1.txt`, `sha256.txt` and
/// `sha512.txt`, those that have anything to say. Blocks of addresses are joined where together they are exactly a
/// larger one, and what lies in another is left out: the lists say the same addresses in fewer lines.
pub fn block_lists(indicators: &[Indicator], at: Timestamp) -> Written {
    let mut written = Written::default();
    let held = held(indicators, at, &mut written.left_out);
    let families: [(&str, &[Kind]); 2] =
        [("ipv4", &[Kind::Ipv4, Kind::BlockV4]), ("ipv6", &[Kind::Ipv6, Kind::BlockV6])];
    for (name, kinds) in families {
        let blocks: Vec<IpNet> =
            held.keys().filter(|value| kinds.contains(&value.kind())).filter_map(|value| value.block()).collect();
        let lines = IpNet::aggregate(&blocks).into_iter().map(|block| spelled(&block)).collect();
        list(&mut written, name, blocks.len(), lines, at);
    }
    let others = [Kind::Domain, Kind::Url, Kind::Email, Kind::Md5, Kind::Sha1, Kind::Sha256, Kind::Sha512];
    for kind in others {
        let lines: Vec<_> =
            held.keys().filter(|value| value.kind() == kind).map(std::string::ToString::to_string).collect();
        list(&mut written, kind.as_str(), lines.len(), lines, at);
    }
    written
}

/// A block of one address is written as that address.
pub(super) fn spelled(block: &IpNet) -> String {
    match block.prefix_len() == block.max_prefix_len() {
        true => block.addr().to_string(),
        false => block.to_string(),
    }
}

fn list(written: &mut Written, name: &str, values: usize, lines: Vec<String>, at: Timestamp) {
    if lines.is_empty() {
        return;
    }
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# Noroshi block list: {name}\n# holds at {at}\n# values: {values}, lines: {}", lines.len());
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
    written.file(format!("{name}.txt"), text);
}
