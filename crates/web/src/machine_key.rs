//! The public key of a machine, as people paste it: a certificate, a public key, or a hash of one.
//!
//! A machine is known by SHA-256 of its subject public key info (RFC 7469, section 2.4), which survives the renewal of
//! a certificate with the same key. No certificate authority is asked: who registers it answers for it.

use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use sha2::{Digest, Sha256};
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::FromDer;
use x509_parser::x509::SubjectPublicKeyInfo;

/// Bytes of what is pasted; a certificate with a long key and many names has some 10,000.
pub(crate) const PASTED_BYTES_MAX: usize = 32_768;

/// Why nothing is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadKey {
    /// Neither a certificate, a public key nor a hash.
    NotRead,
    /// A private key was pasted: whoever saw it can be that machine.
    Private,
    /// The certificate is over.
    Expired,
}

/// The hash a machine is known by.
pub(crate) fn fingerprint(pasted: &str, now: Micros) -> Result<[u8; 32], BadKey> {
    let text = pasted.trim();
    if text.contains("PRIVATE KEY") {
        return Err(BadKey::Private);
    }
    if text.len() > PASTED_BYTES_MAX {
        return Err(BadKey::NotRead);
    }
    if text.starts_with("-----BEGIN") { of_pem(text, now) } else { of_digits(text) }
}

fn of_pem(text: &str, now: Micros) -> Result<[u8; 32], BadKey> {
    let (_, pem) = parse_x509_pem(text.as_bytes()).map_err(|_| BadKey::NotRead)?;
    match pem.label.as_str() {
        "CERTIFICATE" => {
            let certificate = pem.parse_x509().map_err(|_| BadKey::NotRead)?;
            let ends = certificate.validity().not_after.timestamp().saturating_mul(SECOND);
            if ends <= now.0 {
                return Err(BadKey::Expired);
            }
            Ok(Sha256::digest(certificate.public_key().raw).into())
        }
        "PUBLIC KEY" => match SubjectPublicKeyInfo::from_der(&pem.contents) {
            Ok(([], key)) => Ok(Sha256::digest(key.raw).into()),
            _ => Err(BadKey::NotRead),
        },
        _ => Err(BadKey::NotRead),
    }
}

/// Sixty-four hexadecimal digits, as programs print them: with colons or white space between.
fn of_digits(text: &str) -> Result<[u8; 32], BadKey> {
    let digits: String = text.chars().filter(|c| *c != ':' && !c.is_whitespace()).collect();
    let bytes = hex::decode(digits).map_err(|_| BadKey::NotRead)?;
    bytes.try_into().map_err(|_| BadKey::NotRead)
}

#[cfg(test)]
mod tests;
