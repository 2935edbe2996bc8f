//! Whose certificates are believed, and which one is shown.

use std::fmt;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

/// The certificates of a client. By default it believes the authorities browsers believe, and shows none.
#[derive(Clone, Default)]
pub struct Tls {
    authorities: Option<Vec<Certificate<'static>>>,
    own: Option<ClientCert>,
}

/// Why certificates cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// Not PEM.
    #[error("not PEM: {why}")]
    Unreadable {
        /// Why.
        why: String,
    },
    /// PEM, but not what is wanted.
    #[error("there is no {wanted} in it")]
    Missing {
        /// What is wanted.
        wanted: &'static str,
    },
}

impl Tls {
    /// Believes these authorities (PEM) and no others.
    ///
    /// # Errors
    /// [`CertificateFault`].
    pub fn believing(mut self, authorities: &[u8]) -> Result<Self, CertificateFault> {
        self.authorities = Some(certificates(authorities)?);
        Ok(self)
    }

    /// Shows this certificate with its chain, and its key (PEM each).
    ///
    /// # Errors
    /// [`CertificateFault`].
    pub fn showing(mut self, chain: &[u8], key: &[u8]) -> Result<Self, CertificateFault> {
        let key = PrivateKey::from_pem(key).map_err(|_| CertificateFault::Missing { wanted: "private key" })?;
        self.own = Some(ClientCert::new_with_certs(&certificates(chain)?, key));
        Ok(self)
    }

    pub(crate) fn config(&self) -> TlsConfig {
        let roots = self.authorities.as_ref().map_or(RootCerts::WebPki, |own| RootCerts::new_with_certs(own));
        TlsConfig::builder().root_certs(roots).client_cert(self.own.clone()).build()
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, CertificateFault> {
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(CertificateFault::Unreadable { why: error.to_string() }),
        }
    }
    if certificates.is_empty() {
        return Err(CertificateFault::Missing { wanted: "certificate" });
    }
    Ok(certificates)
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authorities = self.authorities.as_ref().map(Vec::len);
        f.debug_struct("Tls").field("authorities", &authorities).field("own", &self.own.is_some()).finish()
    }
}
