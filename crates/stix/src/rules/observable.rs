//! Cyber-observable objects (section 6): what goes over networks, and files. [`super::host`] has the others.
//!
//! A reference to an `_addr` may be to any of the address types; where the standard fixes the types, so does the table.

use super::extension as ext;
use super::{COUNT, Class, INTEGER, Property, Record, Rule, Shape, To, Type, may, must, record};

const ADDRESSES: To = To::Kinds(&["ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"]);
const ARTIFACTS: To = To::Kinds(&["artifact"]);
const FILES_OR_DIRECTORIES: To = To::Kinds(&["file", "directory"]);
const EMAIL_ADDRS: To = To::Kinds(&["email-addr"]);
pub(super) const USER_ACCOUNTS: To = To::Kinds(&["user-account"]);
pub(super) const TRAFFIC: To = To::Kinds(&["network-traffic"]);
const AUTONOMOUS_SYSTEMS: To = To::Kinds(&["autonomous-system"]);
const PORT: Shape = Shape::Integer(0, 65_535);

pub(super) const fn observable(
    name: &'static str,
    contributing: &'static [&'static str],
    properties: &'static [Property],
    rules: &'static [Rule],
) -> Type {
    Type { name, class: Class::Observable, record: record(properties, rules), extensions: &[], contributing }
}

pub(super) const fn extended(of: Type, extensions: &'static [(&'static str, &'static Record)]) -> Type {
    let Type { name, class, record, contributing, .. } = of;
    Type { name, class, record, extensions, contributing }
}

/// 6.1.
pub(super) static ARTIFACT: Type = observable(
    "artifact",
    &["hashes", "payload_bin"],
    &[
        may("mime_type", Shape::Text),
        may("payload_bin", Shape::Base64),
        may("url", Shape::Text),
        may("hashes", Shape::Hashes),
        may("encryption_algorithm", Shape::Closed(&["AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated"])),
        may("decryption_key", Shape::Text),
    ],
    &[
        Rule::AnyOf(&["payload_bin", "url"]),
        Rule::NotBoth("payload_bin", "url"),
        Rule::Needs("url", &["hashes"]),
        Rule::Needs("decryption_key", &["encryption_algorithm"]),
    ],
);

/// 6.2.
pub(super) static AUTONOMOUS_SYSTEM: Type = observable(
    "autonomous-system",
    &["number"],
    &[must("number", INTEGER), may("name", Shape::Text), may("rir", Shape::Text)],
    &[],
);

/// 6.3.
pub(super) static DIRECTORY: Type = observable(
    "directory",
    &["path"],
    &[
        must("path", Shape::Text),
        may("path_enc", Shape::Text),
        may("ctime", Shape::Time),
        may("mtime", Shape::Time),
        may("atime", Shape::Time),
        may("contains_refs", Shape::Refs(FILES_OR_DIRECTORIES)),
    ],
    &[],
);

/// 6.4.
pub(super) static DOMAIN_NAME: Type = observable(
    "domain-name",
    &["value"],
    &[
        must("value", Shape::Text),
        may("resolves_to_refs", Shape::Refs(To::Kinds(&["ipv4-addr", "ipv6-addr", "domain-name"]))),
    ],
    &[],
);

/// 6.5.
pub(super) static EMAIL_ADDR: Type = observable(
    "email-addr",
    &["value"],
    &[must("value", Shape::Text), may("display_name", Shape::Text), may("belongs_to_ref", Shape::Ref(USER_ACCOUNTS))],
    &[],
);

/// 6.6.
pub(super) static EMAIL_MESSAGE: Type = observable(
    "email-message",
    &["from_ref", "subject", "body"],
    &[
        must("is_multipart", Shape::Flag),
        may("date", Shape::Time),
        may("content_type", Shape::Text),
        may("from_ref", Shape::Ref(EMAIL_ADDRS)),
        may("sender_ref", Shape::Ref(EMAIL_ADDRS)),
        may("to_refs", Shape::Refs(EMAIL_ADDRS)),
        may("cc_refs", Shape::Refs(EMAIL_ADDRS)),
        may("bcc_refs", Shape::Refs(EMAIL_ADDRS)),
        may("message_id", Shape::Text),
        may("subject", Shape::Text),
        may("received_lines", Shape::Texts),
        may("additional_header_fields", Shape::Dictionary),
        may("body", Shape::Text),
        may("body_multipart", Shape::Records(&MIME_PART)),
        may("raw_email_ref", Shape::Ref(ARTIFACTS)),
    ],
    &[Rule::Unless("is_multipart", true, "body"), Rule::Unless("is_multipart", false, "body_multipart")],
);

/// 6.6.2.
static MIME_PART: Record = record(
    &[
        may("body", Shape::Text),
        may("body_raw_ref", Shape::Ref(To::Kinds(&["artifact", "file"]))),
        may("content_type", Shape::Text),
        may("content_disposition", Shape::Text),
    ],
    &[Rule::AnyOf(&["body", "body_raw_ref"])],
);

/// 6.7.
pub(super) static FILE: Type = extended(
    observable(
        "file",
        &["hashes", "name", "extensions", "parent_directory_ref"],
        &[
            may("hashes", Shape::Hashes),
            may("size", COUNT),
            may("name", Shape::Text),
            may("name_enc", Shape::Text),
            may("magic_number_hex", Shape::Hex),
            may("mime_type", Shape::Text),
            may("ctime", Shape::Time),
            may("mtime", Shape::Time),
            may("atime", Shape::Time),
            may("parent_directory_ref", Shape::Ref(To::Kinds(&["directory"]))),
            may("contains_refs", Shape::Refs(To::Observable)),
            may("content_ref", Shape::Ref(ARTIFACTS)),
        ],
        &[Rule::AnyOf(&["hashes", "name"])],
    ),
    &[
        ("archive-ext", &ext::ARCHIVE),
        ("ntfs-ext", &ext::NTFS),
        ("pdf-ext", &ext::PDF),
        ("raster-image-ext", &ext::RASTER_IMAGE),
        ("windows-pebinary-ext", &ext::WINDOWS_PEBINARY),
    ],
);

/// 6.8.
pub(super) static IPV4_ADDR: Type = observable(
    "ipv4-addr",
    &["value"],
    &[
        must("value", Shape::Ipv4),
        may("resolves_to_refs", Shape::Refs(To::Kinds(&["mac-addr"]))),
        may("belongs_to_refs", Shape::Refs(AUTONOMOUS_SYSTEMS)),
    ],
    &[],
);

/// 6.9.
pub(super) static IPV6_ADDR: Type = observable(
    "ipv6-addr",
    &["value"],
    &[
        must("value", Shape::Ipv6),
        may("resolves_to_refs", Shape::Refs(To::Kinds(&["mac-addr"]))),
        may("belongs_to_refs", Shape::Refs(AUTONOMOUS_SYSTEMS)),
    ],
    &[],
);

/// 6.10.
pub(super) static MAC_ADDR: Type = observable("mac-addr", &["value"], &[must("value", Shape::Mac)], &[]);

/// 6.11.
pub(super) static MUTEX: Type = observable("mutex", &["name"], &[must("name", Shape::Text)], &[]);

/// 6.12.
pub(super) static NETWORK_TRAFFIC: Type = extended(
    observable(
        "network-traffic",
        &["start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"],
        &[
            may("start", Shape::Time),
            may("end", Shape::Time),
            may("is_active", Shape::Flag),
            may("src_ref", Shape::Ref(ADDRESSES)),
            may("dst_ref", Shape::Ref(ADDRESSES)),
            may("src_port", PORT),
            may("dst_port", PORT),
            must("protocols", Shape::Texts),
            may("src_byte_count", COUNT),
            may("dst_byte_count", COUNT),
            may("src_packets", COUNT),
            may("dst_packets", COUNT),
            may("ipfix", Shape::Dictionary),
            may("src_payload_ref", Shape::Ref(ARTIFACTS)),
            may("dst_payload_ref", Shape::Ref(ARTIFACTS)),
            may("encapsulates_refs", Shape::Refs(TRAFFIC)),
            may("encapsulated_by_ref", Shape::Ref(TRAFFIC)),
        ],
        &[
            Rule::AnyOf(&["src_ref", "dst_ref"]),
            Rule::NotBefore("start", "end"),
            Rule::Unless("is_active", true, "end"),
        ],
    ),
    &[
        ("http-request-ext", &ext::HTTP_REQUEST),
        ("icmp-ext", &ext::ICMP),
        ("socket-ext", &ext::SOCKET),
        ("tcp-ext", &ext::TCP),
    ],
);

/// 6.15.
pub(super) static URL: Type = observable("url", &["value"], &[must("value", Shape::Text)], &[]);
