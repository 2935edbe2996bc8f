//! Addresses and names that mean something only inside a network.

use std::net::IpAddr;

/// Ends of names that are used inside networks (RFC 6762, RFC 8375, and usage that ICANN found in the root's queries).
const ENDS: [&str; 12] = [
    ".local",
    ".localdomain",
    ".internal",
    ".intranet",
    ".intra",
    ".lan",
    ".corp",
    ".home",
    ".private",
    ".workgroup",
    ".ad",
    ".home.arpa",
];

/// Whether a name ends as names inside networks do. `.ad` is Andorra, too: only names of three labels count there.
pub(super) fn is_internal(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    ENDS.iter().any(|end| {
        let host = name.strip_suffix(end).unwrap_or_default();
        !host.is_empty() && (*end != ".ad" || host.contains('.'))
    })
}

/// Whether an address is of a private network, a provider's inside, or one link. That of this host says nothing.
pub(super) fn is_private(text: &str) -> bool {
    match text.parse() {
        Ok(IpAddr::V4(address)) => {
            let [first, second, ..] = address.octets();
            address.is_private() || address.is_link_local() || (first == 100 && second & 0xc0 == 64)
        }
        Ok(IpAddr::V6(address)) => {
            let mapped = address.to_ipv4_mapped().is_some_and(|address| is_private(&address.to_string()));
            address.is_unique_local() || address.is_unicast_link_local() || mapped
        }
        Err(_) => false,
    }
}

/// Whether the part of a mailbox before the `@` is an office and nobody in person (RFC 2142, and usage).
pub(super) fn is_office(local: &str) -> bool {
    const OFFICES: [&str; 26] = [
        "abuse",
        "admin",
        "administrator",
        "cert",
        "contact",
        "csirt",
        "dmarc",
        "help",
        "helpdesk",
        "hostmaster",
        "info",
        "mailer-daemon",
        "no-reply",
        "noc",
        "noreply",
        "office",
        "postmaster",
        "press",
        "privacy",
        "psirt",
        "root",
        "sales",
        "security",
        "soc",
        "support",
        "webmaster",
    ];
    OFFICES.contains(&local.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_and_outside() {
        for (text, private) in [
            ("10.0.0.1", true),
            ("172.31.0.1", true),
            ("172.32.0.1", false),
            ("192.168.1.1", true),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("169.254.1.1", true),
            ("127.0.0.1", false),
            ("192.0.2.1", false),
            ("fd00::1", true),
            ("fe80::1", true),
            ("2001:db8::1", false),
            ("::ffff:10.0.0.1", true),
            ("::1", false),
            ("x", false),
        ] {
            assert_eq!(is_private(text), private, "{text}");
        }
        for (name, internal) in [
            ("pc1.local", true),
            ("PC1.Corp.Local.", true),
            ("a.home.arpa", true),
            ("local", false),
            (".local", false),
            ("dc.example.ad", true),
            ("example.ad", false),
            ("bad.example", false),
            ("localhost.example", false),
        ] {
            assert_eq!(is_internal(name), internal, "{name}");
        }
        assert!(is_office("Abuse") && !is_office("taro"));
    }
}
