//! Values in STIX patterns, both ways (STIX 2.1, section 9).

use super::{Held, Kind, NotAValue, Value};
use crate::text::excerpt;
use noroshi_stix::Pattern;
use noroshi_stix::pattern::Asked;

impl Value {
    /// The pattern that asks for it. A block asks for any address in it.
    pub fn pattern(&self) -> Pattern {
        let text = self.to_string();
        match self.kind() {
            Kind::Ipv4 => Pattern::equals("ipv4-addr:value", &text),
            Kind::Ipv6 => Pattern::equals("ipv6-addr:value", &text),
            Kind::BlockV4 => Pattern::within("ipv4-addr:value", &text),
            Kind::BlockV6 => Pattern::within("ipv6-addr:value", &text),
            Kind::Domain => Pattern::equals("domain-name:value", &text),
            Kind::Url => Pattern::equals("url:value", &text),
            Kind::Email => Pattern::equals("email-addr:value", &text),
            Kind::Md5 => Pattern::equals("file:hashes.MD5", &text),
            Kind::Sha1 => Pattern::equals("file:hashes.'SHA-1'", &text),
            Kind::Sha256 => Pattern::equals("file:hashes.'SHA-256'", &text),
            Kind::Sha512 => Pattern::equals("file:hashes.'SHA-512'", &text),
        }
    }

    /// The value that one alternative of a plain pattern asks for. The type of an address beside the address says
    /// nothing more; anything else beside a value makes it another question.
    ///
    /// # Errors
    /// What the alternative asks for that no value can say.
    pub fn asked(alternative: &[Asked]) -> Result<Self, String> {
        let is_type = |path: &str| matches!(path, "network-traffic:dst_ref.type" | "network-traffic:src_ref.type");
        let mut told = alternative.iter().filter(|asked| !is_type(&asked.named.path));
        let (Some(asked), None) = (told.next(), told.next()) else {
            let paths: Vec<_> = alternative.iter().map(|asked| asked.named.path.as_str()).collect();
            return Err(format!("asks for `{}` at once", excerpt(&paths.join("` and `"))));
        };
        let path = &asked.named.path;
        let kinds = kinds(path).ok_or_else(|| format!("asks for `{}`", excerpt(path)))?;
        written(&asked.named.value, kinds)
            .ok_or_else(|| format!("`{}` is no value of `{}`", excerpt(&asked.named.value), excerpt(path)))
    }
}

/// The kinds a property can hold.
fn kinds(path: &str) -> Option<&'static [Kind]> {
    use Kind::{BlockV4, BlockV6, Domain, Email, Ipv4, Ipv6, Md5, Sha1, Sha256, Sha512, Url};
    Some(match path {
        "ipv4-addr:value" => &[Ipv4, BlockV4],
        "ipv6-addr:value" => &[Ipv6, BlockV6],
        "network-traffic:dst_ref.value" | "network-traffic:src_ref.value" => &[Ipv4, Ipv6, BlockV4, BlockV6, Domain],
        "domain-name:value" => &[Domain],
        "url:value" => &[Url],
        "email-addr:value" | "email-message:from_ref.value" | "email-message:sender_ref.value" => &[Email],
        "file:hashes.MD5" => &[Md5],
        "file:hashes.'SHA-1'" | "file:hashes.SHA1" => &[Sha1],
        "file:hashes.'SHA-256'" | "file:hashes.SHA256" => &[Sha256],
        "file:hashes.'SHA-512'" | "file:hashes.SHA512" => &[Sha512],
        _ => return None,
    })
}

/// The value as it stands in the pattern. Nothing is made whole here: a pattern says what it means. A block whose
/// address has bits behind its prefix is none: it could mean the address or the block.
fn written(text: &str, kinds: &[Kind]) -> Option<Value> {
    if super::refang(text) != text || kinds.contains(&Kind::Domain) && text.starts_with("*.") {
        return None;
    }
    let value = match Value::parse(text) {
        Err(NotAValue::FileName(_)) if kinds.contains(&Kind::Domain) => Value::parse(&format!("{text}.")).ok()?,
        other => other.ok()?,
    };
    let ambiguous = matches!(&value.0, Held::Block(block) if !text.starts_with(&block.addr().to_string()) && block.addr().is_ipv4());
    (kinds.contains(&value.kind()) && !ambiguous).then_some(value)
}
