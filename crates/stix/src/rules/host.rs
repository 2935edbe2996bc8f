//! Cyber-observable objects of hosts: processes, software, accounts, registry, certificates (sections 6.13 to 6.18).

use super::extension as ext;
use super::observable::{TRAFFIC, USER_ACCOUNTS, extended, observable};
use super::{COUNT, INTEGER, Record, Rule, Shape, To, Type, may, must, record};

const FILES: To = To::Kinds(&["file"]);
const PROCESSES: To = To::Kinds(&["process"]);

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
