//! What an input is, told by its content and never by its name.

use crate::limits::SNIFF_BYTES;
use memchr::memmem;
use serde::Serialize;
use std::fmt;

/// A format this crate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Zeek log with tab-separated columns: `conn`, `dns`.
    ZeekTsv,
    /// Zeek log, one JSON object a line.
    ZeekJson,
    /// Argus biflows as CSV (`ra -c ,`), as in the `.binetflow` files of public data sets.
    Argus,
    /// Suricata EVE, one JSON object a line.
    SuricataEve,
    /// IPFIX messages one after the other (RFC 5655, RFC 7011).
    Ipfix,
    /// NetFlow v5 datagrams one after the other.
    NetflowV5,
    /// NetFlow v9 datagrams one after the other.
    NetflowV9,
    /// sFlow v5 datagrams one after the other.
    Sflow,
    /// A packet capture: flow exports inside UDP, or packets to be made flows.
    Pcap,
}

impl Format {
    /// Every format, in the order they are listed to people.
    pub const ALL: [Self; 9] = [
        Self::Ipfix,
        Self::NetflowV5,
        Self::NetflowV9,
        Self::Sflow,
        Self::Pcap,
        Self::ZeekTsv,
        Self::ZeekJson,
        Self::Argus,
        Self::SuricataEve,
    ];

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ZeekTsv => "Zeek conn and dns logs (TSV)",
            Self::ZeekJson => "Zeek conn and dns logs (JSON)",
            Self::Argus => "Argus binetflow CSV",
            Self::SuricataEve => "Suricata EVE JSON",
            Self::Ipfix => "IPFIX",
            Self::NetflowV5 => "NetFlow v5",
            Self::NetflowV9 => "NetFlow v9",
            Self::Sflow => "sFlow v5",
            Self::Pcap => "pcap",
        }
    }

    /// Every format in one sentence.
    pub fn list() -> String {
        Self::ALL.map(Self::title).join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// What the first bytes of an input show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognised {
    /// A format that is read.
    Read(Format),
    /// Something known that holds no flows, or nothing at all: passed over wherever it stands.
    PassOver(String),
    /// Nothing that is understood; the text says what it looks like.
    Unknown(&'static str),
}

/// Recognises a format by the first bytes of an input, after decompression.
pub fn recognise(head: &[u8]) -> Recognised {
    let head = head.get(..SNIFF_BYTES).unwrap_or(head);
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if head.is_empty() {
        return Recognised::PassOver("empty".to_owned());
    }
    if let Some(format) = crate::binary::recognise(head) {
        return Recognised::Read(format);
    }
    let mut header = text.split(|&b| b == b'\n').take_while(|line| line.starts_with(b"#"));
    if header.any(|line| line.starts_with(b"#separator ") || line.starts_with(b"#fields")) {
        return zeek_tsv(text);
    }
    let first = text.split(|&b| b == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    if first.trim_ascii_start().starts_with(b"{") {
        return json(first);
    }
    if ["StartTime", "SrcAddr", "DstAddr", "Proto"].iter().all(|name| contains(first, name)) {
        return Recognised::Read(Format::Argus);
    }
    if crate::layer::is_compressed(head) {
        return Recognised::Unknown("compressed more than twice");
    }
    Recognised::Unknown(if head.contains(&0) { "in no binary format known" } else { "text in no format known" })
}

fn contains(line: &[u8], text: &str) -> bool {
    memmem::find(line, text.as_bytes()).is_some()
}

fn zeek_tsv(text: &[u8]) -> Recognised {
    let mut header = text.split(|&b| b == b'\n').take_while(|line| line.starts_with(b"#"));
    let path = header.find_map(|line| line.strip_prefix(b"#path"));
    let path = path.map_or("", |path| std::str::from_utf8(path.get(1..).unwrap_or_default()).unwrap_or("").trim());
    match path {
        "conn" | "dns" | "" => Recognised::Read(Format::ZeekTsv),
        other => Recognised::PassOver(format!("Zeek log `{}` holds no flow records", short(other))),
    }
}

/// A path comes from the file: it is shown cut, and never raw.
fn short(path: &str) -> String {
    path.chars().take(32).filter(|c| c.is_ascii_graphic()).collect()
}

fn json(line: &[u8]) -> Recognised {
    if contains(line, "\"event_type\"") {
        return Recognised::Read(Format::SuricataEve);
    }
    if !contains(line, "\"id.orig_h\"") {
        return Recognised::Unknown("JSON of another kind");
    }
    let kinds = ["\"conn_state\"", "\"trans_id\"", "\"qtype\"", "\"query\"", "\"_path\""];
    if kinds.iter().any(|kind| contains(line, kind)) {
        return Recognised::Read(Format::ZeekJson);
    }
    Recognised::PassOver("Zeek JSON log of another kind holds no flow records".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let cases: [(&[u8], Recognised); 10] = [
            (b"#path\tconn\n#fields\tts\n", Recognised::Read(Format::ZeekTsv)),
            (b"#separator \\x09\n#path\tconn\n#fields\tts\n", Recognised::Read(Format::ZeekTsv)),
            (b"#separator \\x09\n#path\tdns\n", Recognised::Read(Format::ZeekTsv)),
            (b"#fields\tts\tuid\n", Recognised::Read(Format::ZeekTsv)),
            (
                b"#separator \\x09\n#path\thttp\n",
                Recognised::PassOver("Zeek log `http` holds no flow records".to_owned()),
            ),
            (b"StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr\n", Recognised::Read(Format::Argus)),
            (b"\n{\"ts\":1,\"id.orig_h\":\"192.0.2.1\",\"conn_state\":\"SF\"}\n", Recognised::Read(Format::ZeekJson)),
            (b"{\"timestamp\":\"x\",\"event_type\":\"flow\"}", Recognised::Read(Format::SuricataEve)),
            (b"", Recognised::PassOver("empty".to_owned())),
            (b"# Read me\nhello", Recognised::Unknown("text in no format known")),
        ];
        for (head, expected) in cases {
            assert_eq!(recognise(head), expected, "{}", String::from_utf8_lossy(head));
        }
    }
}
