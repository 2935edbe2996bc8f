//! Every type of attribute: its usual category, whether it usually is for detection, and where it stands in STIX.
//!
//! One row a type. The types and their defaults are those MISP ships (`describeTypes`, PyPI `pymisp` 2.5.34); the
//! places in STIX follow the reference converter (PyPI `misp-stix` 2026.10.12).

use crate::to_stix::part::{At, Form, Of, Part, at, fixed, formed, hash, other, others, text, within};

/// One type of attribute.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) category: &'static str,
    pub(crate) to_ids: bool,
    pub(crate) shape: Shape,
}

/// What an attribute of a type becomes.
#[derive(Debug)]
pub(crate) enum Shape {
    /// There is no counterpart: `x-misp-attribute`.
    Kept,
    /// An observable of this type, with a part for each piece of the value; and a pattern, where it is for detection.
    Observed(&'static str, &'static [Part]),
    /// A pattern, where it is for detection; kept otherwise.
    Pattern(Part),
    /// An indicator in the language of the type.
    Rule,
    /// A domain object of this type.
    Domain(&'static str, &'static [Part]),
}

use Shape::{Domain, Kept, Observed, Pattern, Rule};

/// The type of a name; nothing for one nobody knows, which is kept.
pub(crate) fn of(name: &str) -> Option<&'static Kind> {
    // The table is sorted in a test.
    TYPES.binary_search_by(|known| known.name.cmp(name)).ok().map(|at| &TYPES[at])
}

const fn kind(name: &'static str, category: &'static str, to_ids: bool, shape: Shape) -> Kind {
    Kind { name, category, to_ids, shape }
}

const fn kept(name: &'static str, category: &'static str, to_ids: bool) -> Kind {
    kind(name, category, to_ids, Kept)
}

const HOST: Of = Of::Kind("domain-name");
const MAILBOX: Of = Of::Kind("email-addr");
pub(crate) const FILENAME: Part = text("file:name", "name");
pub(crate) const FROM: Part = other("network-traffic:src_ref.value", "src_ref", Of::Address, "value");
pub(crate) const TO: Part = other("network-traffic:dst_ref.value", "dst_ref", Of::Address, "value");
pub(crate) const FROM_HOST: Part = other("network-traffic:src_ref.value", "src_ref", HOST, "value");
pub(crate) const TO_NAME: Part = other("network-traffic:dst_ref.value", "dst_ref", HOST, "value");
const TO_HOST: Part = other("domain-name:value", "dst_ref", HOST, "value");
pub(crate) const FROM_PORT: Part = formed("network-traffic:src_port", "src_port", Form::Number);
pub(crate) const TO_PORT: Part = formed("network-traffic:dst_port", "dst_port", Form::Number);
pub(crate) const DOMAIN: Part = text("domain-name:value", "value");
pub(crate) const RESOLVES_TO: Part =
    others("domain-name:resolves_to_refs[*].value", "resolves_to_refs", Of::Address, "value");
pub(crate) const URL: Part = text("url:value", "value");
pub(crate) const SENDER: Part = other("email-message:from_ref.value", "from_ref", MAILBOX, "value");
pub(crate) const RECIPIENT: Part = others("email-message:to_refs[*].value", "to_refs", MAILBOX, "value");
pub(crate) const SUBJECT: Part = text("email-message:subject", "subject");
pub(crate) const BODY: Part = text("email-message:body", "body");
pub(crate) const MESSAGE_ID: Part = text("email-message:message_id", "message_id");
pub(crate) const REPLY_TO: Part =
    within("email-message:additional_header_fields.'Reply-To'", &["additional_header_fields", "Reply-To"]);
pub(crate) const X_MAILER: Part =
    within("email-message:additional_header_fields.'X-Mailer'", &["additional_header_fields", "X-Mailer"]);
pub(crate) const RECEIVED: Part = at("email-message:received_lines[*]", At::Element("received_lines"));
pub(crate) const ATTACHMENT: Part = at("email-message:body_multipart[*].body_raw_ref.name", At::Attachment);
pub(crate) const REGISTRY_KEY: Part = text("windows-registry-key:key", "key");
pub(crate) const REGISTRY_DATA: Part = at("windows-registry-key:values[*].data", At::Record("values", "data"));
pub(crate) const AS_NUMBER: Part = formed("autonomous-system:number", "number", Form::AutonomousSystem);
const LOGIN: Part = text("user-account:account_login", "account_login");
pub(crate) const X509_MD5: Part = hash("x509-certificate:hashes.MD5", "MD5");
pub(crate) const X509_SHA1: Part = hash("x509-certificate:hashes.'SHA-1'", "SHA-1");
pub(crate) const X509_SHA256: Part = hash("x509-certificate:hashes.'SHA-256'", "SHA-256");
const FILE_SIZE: Part = formed("file:size", "size", Form::Number);
pub(crate) const USER_AGENT: Part = within(
    "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
    &["extensions", "http-request-ext", "request_header", "User-Agent"],
);
pub(crate) const HTTP_METHOD: Part = within(
    "network-traffic:extensions.'http-request-ext'.request_method",
    &["extensions", "http-request-ext", "request_method"],
);

/// By name.
static TYPES: [Kind; 194] = [
    kind("AS", "Network activity", false, Observed("autonomous-system", &[AS_NUMBER])),
    kept("aba-rtn", "Financial fraud", true),
    kept("anonymised", "Other", false),
    kind("attachment", "External analysis", false, Observed("file", &[FILENAME])),
    kind(
        "authentihash",
        "Payload delivery",
        true,
        Observed("file", &[hash("file:hashes.AUTHENTIHASH", "AUTHENTIHASH")]),
    ),
    kept("azure-application-id", "Payload delivery", true),
    kept("bank-account-nr", "Financial fraud", true),
    kept("bic", "Financial fraud", true),
    kept("bin", "Financial fraud", true),
    kept("boolean", "Other", false),
    kept("bro", "Network activity", true),
    kept("btc", "Financial fraud", true),
    kept("campaign-id", "Attribution", false),
    kind("campaign-name", "Attribution", false, Domain("campaign", &[text("", "name")])),
    kept("cc-number", "Financial fraud", true),
    kind("cdhash", "Payload delivery", true, Observed("file", &[hash("file:hashes.CDHASH", "CDHASH")])),
    kept("chrome-extension-id", "Payload delivery", true),
    kept("comment", "Other", false),
    kept("community-id", "Network activity", true),
    kept("cookie", "Network activity", false),
    kept("cortex", "External analysis", false),
    kept("counter", "Other", false),
    kept("country-of-residence", "Person", false),
    kept("cpe", "External analysis", false),
    kept("dash", "Financial fraud", true),
    kept("date-of-birth", "Person", false),
    kept("datetime", "Other", false),
    kept("dkim", "Network activity", false),
    kept("dkim-signature", "Network activity", false),
    kept("dns-soa-email", "Attribution", false),
    kept("dom-hash", "Network activity", true),
    kind("domain", "Network activity", true, Observed("domain-name", &[DOMAIN])),
    kind("domain|ip", "Network activity", true, Observed("domain-name", &[DOMAIN, RESOLVES_TO])),
    kept("edge-extension-id", "Payload delivery", true),
    kind("email", "Social network", true, Observed("email-addr", &[text("email-addr:value", "value")])),
    kind("email-attachment", "Payload delivery", true, Observed("email-message", &[ATTACHMENT])),
    kind("email-body", "Payload delivery", false, Observed("email-message", &[BODY])),
    kind("email-dst", "Network activity", true, Observed("email-message", &[RECIPIENT])),
    kept("email-dst-display-name", "Payload delivery", false),
    kind("email-header", "Payload delivery", false, Observed("email-message", &[RECEIVED])),
    kind("email-message-id", "Payload delivery", false, Observed("email-message", &[MESSAGE_ID])),
    kept("email-mime-boundary", "Payload delivery", false),
    kind("email-reply-to", "Payload delivery", false, Observed("email-message", &[REPLY_TO])),
    kind("email-src", "Payload delivery", true, Observed("email-message", &[SENDER])),
    kept("email-src-display-name", "Payload delivery", false),
    kind("email-subject", "Payload delivery", false, Observed("email-message", &[SUBJECT])),
    kept("email-thread-index", "Payload delivery", false),
    kind("email-x-mailer", "Payload delivery", false, Observed("email-message", &[X_MAILER])),
    kept("eppn", "Network activity", true),
    kept("favicon-mmh3", "Network activity", true),
    kind("filename", "Payload delivery", true, Observed("file", &[FILENAME])),
    kept("filename-pattern", "Payload installation", true),
    kind(
        "filename|authentihash",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.AUTHENTIHASH", "AUTHENTIHASH")]),
    ),
    kind(
        "filename|impfuzzy",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.IMPFUZZY", "IMPFUZZY")]),
    ),
    kind(
        "filename|imphash",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.IMPHASH", "IMPHASH")]),
    ),
    kind("filename|md5", "Payload delivery", true, Observed("file", &[FILENAME, hash("file:hashes.MD5", "MD5")])),
    kind(
        "filename|pehash",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.PEHASH", "PEHASH")]),
    ),
    kind(
        "filename|sha1",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.'SHA-1'", "SHA-1")]),
    ),
    kind(
        "filename|sha224",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.'SHA-224'", "SHA224")]),
    ),
    kind(
        "filename|sha256",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.'SHA-256'", "SHA-256")]),
    ),
    kind(
        "filename|sha3-224",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.'SHA3-224'", "SHA3224")]),
    ),
    kind(
        "filename|sha3-256",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.'SHA3-256'", "SHA3-256")]),
    ),
    kind(
        "filename|sha3-384",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.'SHA3-384'", "SHA3384")]),
    ),
    kind(
        "filename|sha3-512",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.'SHA3-512'", "SHA3-512")]),
    ),
    kind(
        "filename|sha384",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.'SHA-384'", "SHA384")]),
    ),
    kind(
        "filename|sha512",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.'SHA-512'", "SHA-512")]),
    ),
    kind(
        "filename|sha512/224",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.'SHA-224'", "SHA224")]),
    ),
    kind(
        "filename|sha512/256",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.'SHA-256'", "SHA-256")]),
    ),
    kind(
        "filename|ssdeep",
        "Payload delivery",
        true,
        Observed("file", &[FILENAME, hash("file:hashes.SSDEEP", "SSDEEP")]),
    ),
    kind("filename|tlsh", "Payload delivery", true, Observed("file", &[FILENAME, hash("file:hashes.TLSH", "TLSH")])),
    kind("filename|vhash", "Payload delivery", true, Observed("file", &[FILENAME, hash("file:hashes.VHASH", "VHASH")])),
    kept("first-name", "Person", false),
    kept("float", "Other", false),
    kept("frequent-flyer-number", "Person", false),
    kept("full-name", "Person", false),
    kept("gender", "Person", false),
    kept("gene", "Artifacts dropped", false),
    kept("git-commit-id", "Internal reference", false),
    kept("github-organisation", "Social network", false),
    kept("github-repository", "Social network", false),
    kind(
        "github-username",
        "Social network",
        false,
        Observed("user-account", &[fixed("user-account:account_type", "account_type", "github"), LOGIN]),
    ),
    kept("hassh-md5", "Network activity", true),
    kept("hasshserver-md5", "Network activity", true),
    kept("hex", "Other", false),
    kind("hostname", "Network activity", true, Observed("domain-name", &[DOMAIN])),
    kind("hostname|port", "Network activity", true, Observed("network-traffic", &[TO_HOST, TO_PORT])),
    kind("http-method", "Network activity", false, Pattern(HTTP_METHOD)),
    kept("iban", "Financial fraud", true),
    kept("identity-card-number", "Person", false),
    kind("impfuzzy", "Payload delivery", true, Observed("file", &[hash("file:hashes.IMPFUZZY", "IMPFUZZY")])),
    kind("imphash", "Payload delivery", true, Observed("file", &[hash("file:hashes.IMPHASH", "IMPHASH")])),
    kept("integer", "Other", false),
    kind("ip-dst", "Network activity", true, Observed("network-traffic", &[TO])),
    kind("ip-dst|port", "Network activity", true, Observed("network-traffic", &[TO, TO_PORT])),
    kind("ip-src", "Network activity", true, Observed("network-traffic", &[FROM])),
    kind("ip-src|port", "Network activity", true, Observed("network-traffic", &[FROM, FROM_PORT])),
    kept("issue-date-of-the-visa", "Person", false),
    kept("ja3-fingerprint-md5", "Network activity", true),
    kept("jabber-id", "Social network", false),
    kept("jarm-fingerprint", "Network activity", true),
    kept("kusto-query", "Artifacts dropped", false),
    kept("last-name", "Person", false),
    kind("link", "External analysis", false, Observed("url", &[URL])),
    kind("mac-address", "Network activity", false, Observed("mac-addr", &[text("mac-addr:value", "value")])),
    kept("mac-eui-64", "Network activity", false),
    kind("malware-sample", "Payload delivery", true, Observed("file", &[FILENAME, hash("file:hashes.MD5", "MD5")])),
    kept("malware-type", "Payload delivery", false),
    kind("md5", "Payload delivery", true, Observed("file", &[hash("file:hashes.MD5", "MD5")])),
    kept("middle-name", "Person", false),
    kept("mime-type", "Artifacts dropped", false),
    kept("mobile-application-id", "Payload delivery", true),
    kind("mutex", "Artifacts dropped", true, Observed("mutex", &[text("mutex:name", "name")])),
    kept("named pipe", "Artifacts dropped", false),
    kept("nationality", "Person", false),
    kept("onion-address", "Network activity", true),
    kept("other", "Other", false),
    kept("passenger-name-record-locator-number", "Person", false),
    kept("passport-country", "Person", false),
    kept("passport-expiration", "Person", false),
    kept("passport-number", "Person", false),
    kept("pattern-in-file", "Payload installation", true),
    kept("pattern-in-memory", "Payload installation", true),
    kept("pattern-in-traffic", "Network activity", true),
    kept("payment-details", "Person", false),
    kept("pdb", "Artifacts dropped", false),
    kind("pehash", "Payload delivery", true, Observed("file", &[hash("file:hashes.PEHASH", "PEHASH")])),
    kept("pgp-private-key", "Person", false),
    kept("pgp-public-key", "Person", false),
    kept("phone-number", "Person", false),
    kept("place-of-birth", "Person", false),
    kept("place-port-of-clearance", "Person", false),
    kept("place-port-of-onward-foreign-destination", "Person", false),
    kept("place-port-of-original-embarkation", "Person", false),
    kind("port", "Network activity", false, Pattern(TO_PORT)),
    kept("primary-residence", "Person", false),
    kept("process-state", "Artifacts dropped", false),
    kept("prtn", "Financial fraud", true),
    kept("redress-number", "Person", false),
    kind("regkey", "Persistence mechanism", true, Observed("windows-registry-key", &[REGISTRY_KEY])),
    kind(
        "regkey|value",
        "Persistence mechanism",
        true,
        Observed("windows-registry-key", &[REGISTRY_KEY, REGISTRY_DATA]),
    ),
    kind("sha1", "Payload delivery", true, Observed("file", &[hash("file:hashes.'SHA-1'", "SHA-1")])),
    kind("sha224", "Payload delivery", true, Observed("file", &[hash("file:hashes.'SHA-224'", "SHA224")])),
    kind("sha256", "Payload delivery", true, Observed("file", &[hash("file:hashes.'SHA-256'", "SHA-256")])),
    kind("sha3-224", "Payload delivery", true, Observed("file", &[hash("file:hashes.'SHA3-224'", "SHA3224")])),
    kind("sha3-256", "Payload delivery", true, Observed("file", &[hash("file:hashes.'SHA3-256'", "SHA3-256")])),
    kind("sha3-384", "Payload delivery", true, Observed("file", &[hash("file:hashes.'SHA3-384'", "SHA3384")])),
    kind("sha3-512", "Payload delivery", true, Observed("file", &[hash("file:hashes.'SHA3-512'", "SHA3-512")])),
    kind("sha384", "Payload delivery", true, Observed("file", &[hash("file:hashes.'SHA-384'", "SHA384")])),
    kind("sha512", "Payload delivery", true, Observed("file", &[hash("file:hashes.'SHA-512'", "SHA-512")])),
    kind("sha512/224", "Payload delivery", true, Observed("file", &[hash("file:hashes.'SHA-224'", "SHA224")])),
    kind("sha512/256", "Payload delivery", true, Observed("file", &[hash("file:hashes.'SHA-256'", "SHA-256")])),
    kind("sigma", "Payload installation", true, Rule),
    kind("size-in-bytes", "Other", false, Pattern(FILE_SIZE)),
    kind("snort", "Network activity", true, Rule),
    kept("special-service-request", "Person", false),
    kind("ssdeep", "Payload delivery", true, Observed("file", &[hash("file:hashes.SSDEEP", "SSDEEP")])),
    kept("ssh-fingerprint", "Network activity", false),
    kept("stix2-pattern", "Payload installation", true),
    kind("suricata", "Network activity", true, Rule),
    kept("target-email", "Targeting data", false),
    kept("target-external", "Targeting data", false),
    kept("target-location", "Targeting data", false),
    kept("target-machine", "Targeting data", false),
    kept("target-org", "Targeting data", false),
    kept("target-user", "Targeting data", false),
    kind("telfhash", "Payload delivery", true, Observed("file", &[hash("file:hashes.TELFHASH", "TELFHASH")])),
    kept("text", "Other", false),
    kept("threat-actor", "Attribution", false),
    kind("tlsh", "Payload delivery", true, Observed("file", &[hash("file:hashes.TLSH", "TLSH")])),
    kept("travel-details", "Person", false),
    kept("twitter-id", "Social network", false),
    kind("uri", "Network activity", true, Observed("url", &[URL])),
    kind("url", "Network activity", true, Observed("url", &[URL])),
    kind("user-agent", "Network activity", false, Pattern(USER_AGENT)),
    kept("uuid", "Other", false),
    kind("vhash", "Payload delivery", true, Observed("file", &[hash("file:hashes.VHASH", "VHASH")])),
    kept("visa-number", "Person", false),
    kind("vulnerability", "External analysis", false, Domain("vulnerability", &[at("", At::NameAndExternal("cve"))])),
    kept("weakness", "External analysis", false),
    kept("whois-creation-date", "Attribution", false),
    kept("whois-registrant-email", "Attribution", false),
    kept("whois-registrant-name", "Attribution", false),
    kept("whois-registrant-org", "Attribution", false),
    kept("whois-registrant-phone", "Attribution", false),
    kept("whois-registrar", "Attribution", false),
    kept("windows-scheduled-task", "Artifacts dropped", false),
    kept("windows-service-displayname", "Artifacts dropped", false),
    kept("windows-service-name", "Artifacts dropped", false),
    kind("x509-fingerprint-md5", "Network activity", true, Observed("x509-certificate", &[X509_MD5])),
    kind("x509-fingerprint-sha1", "Network activity", true, Observed("x509-certificate", &[X509_SHA1])),
    kind("x509-fingerprint-sha256", "Network activity", true, Observed("x509-certificate", &[X509_SHA256])),
    kept("xmr", "Financial fraud", true),
    kind("yara", "Payload installation", true, Rule),
    kept("zeek", "Network activity", true),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_every_type_is_found() {
        assert!(TYPES.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert_eq!(of("ip-dst|port").map(|kind| kind.category), Some("Network activity"));
        assert!(of("no such type").is_none());
    }
}
