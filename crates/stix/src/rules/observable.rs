//! Cyber-observable objects (section 6).
//!
//! A reference to an `_addr` may be to any of the address types; where the standard fixes the types, so does the table.

use super::extension as ext;
use super::{COUNT, Class, INTEGER, Property, Record, Rule, Shape, To, Type, may, must, record};

const ADDRESSES: To = To::Kinds(&["ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"]);
const ARTIFACTS: To = To::Kinds(&["artifact"]);
const FILES: To = To::Kinds(&["file"]);
const FILES_OR_DIRECTORIES: To = To::Kinds(&["file", "directory"]);
const EMAIL_ADDRS: To = To::Kinds(&["email-addr"]);
const USER_ACCOUNTS: To = To::Kinds(&["user-account"]);
const TRAFFIC: To = To::Kinds(&["network-traffic"]);
const PROCESSES: To = To::Kinds(&["process"]);
const AUTONOMOUS_SYSTEMS: To = To::Kinds(&["autonomous-system"]);
const PORT: Shape = Shape::Integer(0, 65_535);

const fn observable(
    name: &'static str,
    contributing: &'static [&'static str],
    properties: &'static [Property],
    rules: &'static [Rule],
) -> Type {
    Type { name, class: Class::Observable, record: record(properties, rules), extensions: &[], contributing }
}

const fn extended(of: Type, extensions: &'static [(&'static str, &'static Record)]) -> Type {
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

/// 6.13. Its identifier is random: nothing in it is lasting.
pub(super) static PROCESS: Type = extended(
    observable(
        "process",
        &[],
        &[
            may("is_hidden", Shape::Flag),
            may("pid", INTEGER),
            may("created_time", Shape::Time),
            may("cwd", Shape::Text),
            may("command_line", Shape::Text),
            may("environment_variables", Shape::Dictionary),
            may("opened_connection_refs", Shape::Refs(TRAFFIC)),
            may("creator_user_ref", Shape::Ref(USER_ACCOUNTS)),
            may("image_ref", Shape::Ref(FILES)),
            may("parent_ref", Shape::Ref(PROCESSES)),
            may("child_refs", Shape::Refs(PROCESSES)),
        ],
        &[Rule::AnyOf(&[
            "extensions",
            "is_hidden",
            "pid",
            "created_time",
            "cwd",
            "command_line",
            "environment_variables",
            "opened_connection_refs",
            "creator_user_ref",
            "image_ref",
            "parent_ref",
            "child_refs",
        ])],
    ),
    &[("windows-process-ext", &ext::WINDOWS_PROCESS), ("windows-service-ext", &ext::WINDOWS_SERVICE)],
);

/// 6.14.
pub(super) static SOFTWARE: Type = observable(
    "software",
    &["name", "cpe", "swid", "vendor", "version"],
    &[
        must("name", Shape::Text),
        may("cpe", Shape::Text),
        may("swid", Shape::Text),
        may("languages", Shape::Texts),
        may("vendor", Shape::Text),
        may("version", Shape::Text),
    ],
    &[],
);

/// 6.15.
pub(super) static URL: Type = observable("url", &["value"], &[must("value", Shape::Text)], &[]);

/// 6.16. Type: `account-type-ov`.
pub(super) static USER_ACCOUNT: Type = extended(
    observable(
        "user-account",
        &["account_type", "user_id", "account_login"],
        &[
            may("user_id", Shape::Text),
            may("credential", Shape::Text),
            may("account_login", Shape::Text),
            may("account_type", Shape::Text),
            may("display_name", Shape::Text),
            may("is_service_account", Shape::Flag),
            may("is_privileged", Shape::Flag),
            may("can_escalate_privs", Shape::Flag),
            may("is_disabled", Shape::Flag),
            may("account_created", Shape::Time),
            may("account_expires", Shape::Time),
            may("credential_last_changed", Shape::Time),
            may("account_first_login", Shape::Time),
            may("account_last_login", Shape::Time),
        ],
        &[Rule::AnyOf(&[
            "extensions",
            "user_id",
            "credential",
            "account_login",
            "account_type",
            "display_name",
            "is_service_account",
            "is_privileged",
            "can_escalate_privs",
            "is_disabled",
            "account_created",
            "account_expires",
            "credential_last_changed",
            "account_first_login",
            "account_last_login",
        ])],
    ),
    &[("unix-account-ext", &ext::UNIX_ACCOUNT)],
);

/// 6.17.
pub(super) static WINDOWS_REGISTRY_KEY: Type = observable(
    "windows-registry-key",
    &["key", "values"],
    &[
        may("key", Shape::Text),
        may("values", Shape::Records(&REGISTRY_VALUE)),
        may("modified_time", Shape::Time),
        may("creator_user_ref", Shape::Ref(USER_ACCOUNTS)),
        may("number_of_subkeys", COUNT),
    ],
    &[Rule::AnyOf(&["key", "values", "modified_time", "creator_user_ref", "number_of_subkeys"])],
);

/// 6.17.2. Data type: `windows-registry-datatype-enum`.
static REGISTRY_VALUE: Record = record(
    &[
        may("name", Shape::Text),
        may("data", Shape::Text),
        may(
            "data_type",
            Shape::Closed(&[
                "REG_NONE",
                "REG_SZ",
                "REG_EXPAND_SZ",
                "REG_BINARY",
                "REG_DWORD",
                "REG_DWORD_BIG_ENDIAN",
                "REG_DWORD_LITTLE_ENDIAN",
                "REG_LINK",
                "REG_MULTI_SZ",
                "REG_RESOURCE_LIST",
                "REG_FULL_RESOURCE_DESCRIPTION",
                "REG_RESOURCE_REQUIREMENTS_LIST",
                "REG_QWORD",
                "REG_INVALID_TYPE",
            ]),
        ),
    ],
    &[Rule::AnyOf(&["name", "data", "data_type"])],
);

/// 6.18.
pub(super) static X509_CERTIFICATE: Type = observable(
    "x509-certificate",
    &["hashes", "serial_number"],
    &[
        may("is_self_signed", Shape::Flag),
        may("hashes", Shape::Hashes),
        may("version", Shape::Text),
        may("serial_number", Shape::Text),
        may("signature_algorithm", Shape::Text),
        may("issuer", Shape::Text),
        may("validity_not_before", Shape::Time),
        may("validity_not_after", Shape::Time),
        may("subject", Shape::Text),
        may("subject_public_key_algorithm", Shape::Text),
        may("subject_public_key_modulus", Shape::Text),
        may("subject_public_key_exponent", INTEGER),
        may("x509_v3_extensions", Shape::Record(&ext::X509_V3)),
    ],
    &[Rule::AnyOf(&[
        "is_self_signed",
        "hashes",
        "version",
        "serial_number",
        "signature_algorithm",
        "issuer",
        "validity_not_before",
        "validity_not_after",
        "subject",
        "subject_public_key_algorithm",
        "subject_public_key_modulus",
        "subject_public_key_exponent",
        "x509_v3_extensions",
    ])],
);
