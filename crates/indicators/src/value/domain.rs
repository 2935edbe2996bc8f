//! Domain names in the one form that resolvers compare.

use crate::limits::DOMAIN_BYTES_MAX;

/// Endings of files that are no top-level domains. `com`, `zip`, `sh`, `py`, `pl` and `mov` are both, and are taken.
const FILE_ENDINGS: [&str; 36] = [
    "7z", "apk", "asp", "aspx", "bat", "bin", "cmd", "conf", "csv", "dat", "dll", "doc", "docm", "docx", "elf", "exe",
    "gif", "html", "ini", "iso", "jar", "jpg", "js", "json", "lnk", "log", "msi", "pdf", "php", "png", "ps1", "sys",
    "tmp", "txt", "vbs", "xlsx",
];

/// Whether a text reads like the name of a file. A dot at its end says that it is a domain after all.
pub(super) fn is_file_name(text: &str) -> bool {
    let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    !text.contains('/') && ending.is_some_and(|ending| FILE_ENDINGS.contains(&ending.as_str()))
}

/// A name of two labels at least, in lower case, other scripts as A-labels (RFC 5890), without the dot at its end.
/// Underscores are taken: names of services have them (RFC 8552).
pub(super) fn domain(text: &str) -> Option<String> {
    let name = host_name(text)?;
    let top = name.rsplit_once('.')?.1;
    // All digits would be an address that is none.
    (!top.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

/// As [`domain`], of one label also.
pub(crate) fn host_name(text: &str) -> Option<String> {
    let text = text.strip_prefix("*.").unwrap_or(text);
    let text = text.strip_suffix('.').unwrap_or(text);
    // Nothing that long becomes shorter.
    if text.len() > 4 * DOMAIN_BYTES_MAX {
        return None;
    }
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte));
    let name = match plain && !text.contains("xn--") {
        true => text.to_owned(),
        false => idna::domain_to_ascii(text).ok()?,
    };
    (name.len() <= DOMAIN_BYTES_MAX && name.split('.').all(is_label)).then_some(name)
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
}
