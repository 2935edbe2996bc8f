//! Templates of what is seen: files, hosts, traffic, accounts.

use super::{Class, Role, Template, role, time};
use crate::to_stix::part::{At, Form, Of, Part, at, custom, fixed, formed, hash, other, others, text, within};
use crate::types::{
    AS_NUMBER, ATTACHMENT, BODY, DOMAIN, FILENAME, FROM, FROM_HOST, FROM_PORT, HTTP_METHOD, MESSAGE_ID, RECIPIENT,
    REGISTRY_DATA, REGISTRY_KEY, REPLY_TO, RESOLVES_TO, SENDER, SUBJECT, TO, TO_NAME, TO_PORT, URL, USER_AGENT,
    X_MAILER, X509_MD5, X509_SHA1, X509_SHA256,
};

const fn observed(name: &'static str, main: &'static str, roles: &'static [Role]) -> Template {
    Template { name, main, class: Class::Observed, roles }
}

const MAILBOX: Of = Of::Kind("email-addr");

pub(super) static FILE: Template = observed(
    "file",
    "file",
    &[
        role("md5", "md5", hash("file:hashes.MD5", "MD5")),
        role("sha1", "sha1", hash("file:hashes.'SHA-1'", "SHA-1")),
        role("sha224", "sha224", hash("file:hashes.'SHA-224'", "SHA224")),
        role("sha256", "sha256", hash("file:hashes.'SHA-256'", "SHA-256")),
        role("sha384", "sha384", hash("file:hashes.'SHA-384'", "SHA384")),
        role("sha512", "sha512", hash("file:hashes.'SHA-512'", "SHA-512")),
        role("sha3-256", "sha3-256", hash("file:hashes.'SHA3-256'", "SHA3-256")),
        role("sha3-512", "sha3-512", hash("file:hashes.'SHA3-512'", "SHA3-512")),
        role("ssdeep", "ssdeep", hash("file:hashes.SSDEEP", "SSDEEP")),
        role("tlsh", "tlsh", hash("file:hashes.TLSH", "TLSH")),
        role("filename", "filename", FILENAME),
        role("file-encoding", "text", text("file:name_enc", "name_enc")),
        role("size-in-bytes", "size-in-bytes", formed("file:size", "size", Form::Number)),
        role("mime-type", "mime-type", text("file:mime_type", "mime_type")),
        role("mimetype", "mime-type", custom()),
        role("access-time", "datetime", time("atime")),
        role("creation-time", "datetime", time("ctime")),
        role("modification-time", "datetime", time("mtime")),
        role("path", "text", other("file:parent_directory_ref.path", "parent_directory_ref", DIRECTORIES, "path")),
    ],
);

const DIRECTORIES: Of = Of::Kind("directory");

pub(super) static LNK: Template = observed(
    "lnk",
    "file",
    &[
        role("md5", "md5", hash("file:hashes.MD5", "MD5")),
        role("sha1", "sha1", hash("file:hashes.'SHA-1'", "SHA-1")),
        role("sha256", "sha256", hash("file:hashes.'SHA-256'", "SHA-256")),
        role("sha512", "sha512", hash("file:hashes.'SHA-512'", "SHA-512")),
        role("ssdeep", "ssdeep", hash("file:hashes.SSDEEP", "SSDEEP")),
        role("tlsh", "tlsh", hash("file:hashes.TLSH", "TLSH")),
        role("filename", "filename", FILENAME),
        role("size-in-bytes", "size-in-bytes", formed("file:size", "size", Form::Number)),
        role("lnk-access-time", "datetime", time("atime")),
        role("lnk-creation-time", "datetime", time("ctime")),
        role("lnk-modification-time", "datetime", time("mtime")),
    ],
);

pub(super) static DOMAIN_IP: Template = observed(
    "domain-ip",
    "domain-name",
    &[
        role("domain", "domain", DOMAIN),
        role("hostname", "hostname", custom()),
        role("port", "port", custom()),
        role("first-seen", "datetime", custom()),
        role("last-seen", "datetime", custom()),
        role("registration-date", "datetime", custom()),
        role("ip", "ip-dst", RESOLVES_TO),
    ],
);

pub(super) static IP_PORT: Template = observed(
    "ip-port",
    "network-traffic",
    &[
        role("ip-src", "ip-src", FROM),
        role("ip-dst", "ip-dst", TO),
        role("ip", "ip-dst", TO),
        role("domain", "domain", TO_NAME),
        role("hostname", "hostname", TO_NAME),
        role("src-port", "port", FROM_PORT),
        role("dst-port", "port", TO_PORT),
        role("protocol", "text", at("network-traffic:protocols[*]", At::Protocol)),
        role("first-seen", "datetime", time("start")),
        role("last-seen", "datetime", time("end")),
    ],
);

pub(super) static EMAIL: Template = observed(
    "email",
    "email-message",
    &[
        role("from", "email-src", SENDER),
        role("to", "email-dst", RECIPIENT),
        role("cc", "email-dst", others("email-message:cc_refs[*].value", "cc_refs", MAILBOX, "value")),
        role("bcc", "email-dst", others("email-message:bcc_refs[*].value", "bcc_refs", MAILBOX, "value")),
        role("message-id", "email-message-id", MESSAGE_ID),
        role("reply-to", "email-reply-to", REPLY_TO),
        role("send-date", "datetime", time("date")),
        role("subject", "email-subject", SUBJECT),
        role("x-mailer", "email-x-mailer", X_MAILER),
        role("email-body", "email-body", BODY),
        role("attachment", "email-attachment", ATTACHMENT),
    ],
);

pub(super) static URLS: Template = observed(
    "url",
    "url",
    &[
        role("url", "url", URL),
        role("domain", "domain", custom()),
        role("host", "hostname", custom()),
        role("ip", "ip-dst", custom()),
        role("port", "port", custom()),
    ],
);

pub(super) static CONNECTION: Template = observed(
    "network-connection",
    "network-traffic",
    &[
        role("ip-src", "ip-src", FROM),
        role("ip-dst", "ip-dst", TO),
        role("hostname-src", "hostname", FROM_HOST),
        role("hostname-dst", "hostname", TO_NAME),
        role("src-port", "port", FROM_PORT),
        role("dst-port", "port", TO_PORT),
        role("layer3-protocol", "text", at("network-traffic:protocols[*]", At::Protocol)),
        role("layer4-protocol", "text", at("network-traffic:protocols[*]", At::Protocol)),
        role("layer7-protocol", "text", at("network-traffic:protocols[*]", At::Protocol)),
        role("first-packet-seen", "datetime", time("start")),
    ],
);

pub(super) static NETFLOW: Template = observed(
    "netflow",
    "network-traffic",
    &[
        role("ip-src", "ip-src", FROM),
        role("ip-dst", "ip-dst", TO),
        role("src-port", "port", FROM_PORT),
        role("dst-port", "port", TO_PORT),
        role("byte-count", "counter", formed("network-traffic:src_byte_count", "src_byte_count", Form::Number)),
        role("packet-count", "counter", formed("network-traffic:src_packets", "src_packets", Form::Number)),
        role("protocol", "text", at("network-traffic:protocols[*]", At::Protocol)),
        role("first-packet-seen", "datetime", time("start")),
        role("last-packet-seen", "datetime", time("end")),
    ],
);

pub(super) static REGISTRY: Template = observed(
    "registry-key",
    "windows-registry-key",
    &[
        role("key", "regkey", REGISTRY_KEY),
        role("name", "text", at("windows-registry-key:values[*].name", At::Record("values", "name"))),
        role("data", "text", REGISTRY_DATA),
        role("data-type", "text", at("windows-registry-key:values[*].data_type", At::Record("values", "data_type"))),
        role("last-modified", "datetime", time("modified_time")),
        role("hive", "text", custom()),
    ],
);

pub(super) static PROCESS: Template = observed(
    "process",
    "process",
    &[
        role("pid", "text", formed("process:pid", "pid", Form::Number)),
        role("command-line", "text", text("process:command_line", "command_line")),
        role("current-directory", "text", text("process:cwd", "cwd")),
        role("creation-time", "datetime", time("created_time")),
        role("hidden", "boolean", formed("process:is_hidden", "is_hidden", Form::Flag)),
        role("parent-pid", "text", PARENT),
        role("image", "filename", other("process:image_ref.name", "image_ref", Of::Kind("file"), "name")),
        role("name", "text", custom()),
    ],
);

const PARENT: Part = Part {
    at: At::Other { link: "parent_ref", many: false, of: Of::Kind("process"), property: "pid" },
    form: Form::Number,
    path: "process:parent_ref.pid",
};

pub(super) static X509: Template = observed(
    "x509",
    "x509-certificate",
    &[
        role("x509-fingerprint-md5", "x509-fingerprint-md5", X509_MD5),
        role("x509-fingerprint-sha1", "x509-fingerprint-sha1", X509_SHA1),
        role("x509-fingerprint-sha256", "x509-fingerprint-sha256", X509_SHA256),
        role("issuer", "text", text("x509-certificate:issuer", "issuer")),
        role("subject", "text", text("x509-certificate:subject", "subject")),
        role("serial-number", "text", text("x509-certificate:serial_number", "serial_number")),
        role("version", "text", text("x509-certificate:version", "version")),
        role("signature_algorithm", "text", text("x509-certificate:signature_algorithm", "signature_algorithm")),
        role("self_signed", "boolean", formed("x509-certificate:is_self_signed", "is_self_signed", Form::Flag)),
        role("validity-not-before", "datetime", time("validity_not_before")),
        role("validity-not-after", "datetime", time("validity_not_after")),
    ],
);

pub(super) static ASN: Template = observed(
    "asn",
    "autonomous-system",
    &[
        role("asn", "AS", AS_NUMBER),
        role("description", "text", text("autonomous-system:name", "name")),
        role("subnet-announced", "ip-src", custom()),
    ],
);

pub(super) static MUTEX: Template = observed(
    "mutex",
    "mutex",
    &[
        role("name", "text", text("mutex:name", "name")),
        role("description", "text", custom()),
        role("operating-system", "text", custom()),
    ],
);

pub(super) static ACCOUNT: Template = observed(
    "user-account",
    "user-account",
    &[
        role("username", "text", text("user-account:account_login", "account_login")),
        role("user-id", "text", text("user-account:user_id", "user_id")),
        role("account-type", "text", text("user-account:account_type", "account_type")),
        role("display-name", "text", text("user-account:display_name", "display_name")),
        role("password", "text", text("user-account:credential", "credential")),
        role("can_escalate_privs", "boolean", formed("", "can_escalate_privs", Form::Flag)),
        role("disabled", "boolean", formed("", "is_disabled", Form::Flag)),
        role("is_service_account", "boolean", formed("", "is_service_account", Form::Flag)),
        role("privileged", "boolean", formed("", "is_privileged", Form::Flag)),
        role("created", "datetime", time("account_created")),
        role("expires", "datetime", time("account_expires")),
        role("first_login", "datetime", time("account_first_login")),
        role("last_login", "datetime", time("account_last_login")),
        role("password_last_changed", "datetime", time("credential_last_changed")),
        role("group-id", "text", UNIX_GROUP),
        role("home_dir", "text", within("user-account:extensions.'unix-account-ext'.home_dir", HOME)),
        role("shell", "text", within("user-account:extensions.'unix-account-ext'.shell", SHELL)),
    ],
);

const UNIX_GROUP: Part = Part {
    at: At::Within(&["extensions", "unix-account-ext", "gid"]),
    form: Form::Number,
    path: "user-account:extensions.'unix-account-ext'.gid",
};
const HOME: &[&str] = &["extensions", "unix-account-ext", "home_dir"];
const SHELL: &[&str] = &["extensions", "unix-account-ext", "shell"];

pub(super) static CREDENTIAL: Template = observed(
    "credential",
    "user-account",
    &[
        role("username", "text", text("user-account:user_id", "user_id")),
        role("password", "text", text("user-account:credential", "credential")),
        role("text", "text", custom()),
        role("type", "text", custom()),
    ],
);

pub(super) static HTTP_REQUEST: Template = observed(
    "http-request",
    "network-traffic",
    &[
        role("ip-src", "ip-src", FROM),
        role("ip-dst", "ip-dst", TO),
        role("host", "hostname", TO_NAME),
        role("method", "http-method", HTTP_METHOD),
        role("uri", "uri", REQUEST_VALUE),
        role("url", "url", REQUEST_VALUE),
        role("user-agent", "user-agent", USER_AGENT),
        role("cookie", "text", header("network-traffic:extensions.'http-request-ext'.request_header.Cookie", COOKIE)),
        role(
            "referer",
            "text",
            header("network-traffic:extensions.'http-request-ext'.request_header.Referer", REFERER),
        ),
    ],
);

const REQUEST_VALUE: Part = within(
    "network-traffic:extensions.'http-request-ext'.request_value",
    &["extensions", "http-request-ext", "request_value"],
);
const COOKIE: &[&str] = &["extensions", "http-request-ext", "request_header", "Cookie"];
const REFERER: &[&str] = &["extensions", "http-request-ext", "request_header", "Referer"];

const fn header(path: &'static str, keys: &'static [&'static str]) -> Part {
    within(path, keys)
}

pub(super) static DIRECTORY: Template = observed(
    "directory",
    "directory",
    &[
        role("path", "text", text("directory:path", "path")),
        role("path-encoding", "text", text("directory:path_enc", "path_enc")),
        role("access-time", "datetime", time("atime")),
        role("creation-time", "datetime", time("ctime")),
        role("modification-time", "datetime", time("mtime")),
    ],
);

pub(super) static CPE: Template = observed(
    "cpe-asset",
    "software",
    &[
        role("cpe", "cpe", text("software:cpe", "cpe")),
        role("product", "text", text("software:name", "name")),
        role("vendor", "text", text("software:vendor", "vendor")),
        role("version", "text", text("software:version", "version")),
        role("language", "text", at("software:languages[*]", At::Element("languages"))),
    ],
);

/// An account of a service: what it is called there, its number, its login, its name.
macro_rules! account {
    ($name:ident, $template:literal, $service:literal, $id:literal, $login:literal $(, $display:literal)?) => {
        pub(super) static $name: Template = observed(
            $template,
            "user-account",
            &[
                role("", "text", fixed("user-account:account_type", "account_type", $service)),
                role($id, "text", text("user-account:user_id", "user_id")),
                role($login, "text", text("user-account:account_login", "account_login")),
                $(role($display, "text", text("user-account:display_name", "display_name")),)?
            ],
        );
    };
}

account!(FACEBOOK, "facebook-account", "facebook", "account-id", "account-name");
account!(GITHUB, "github-user", "github", "id", "username", "user-fullname");
account!(GITLAB, "gitlab-user", "gitlab", "id", "username", "name");
account!(TELEGRAM, "telegram-account", "telegram", "id", "username");
account!(TWITTER, "twitter-account", "twitter", "id", "name", "displayed-name");
account!(REDDIT, "reddit-account", "reddit", "account-id", "account-name");
