//! Whose certificate is believed, and which one is shown.

use crate::server::{Reply, read};
use crate::world::{World, address, client_in};
use noroshi_taxii::{RequestError, Setup, Tls};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Certificate and key (PEM) for a name.
fn issued(authority: &Issuer, name: &str) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    (params.signed_by(&key, authority).unwrap().pem(), key.serialize_pem())
}

/// A server that wants a certificate of the authority, and answers discovery. Gives its address.
fn served(authority: &Issuer, name: &str) -> String {
    let (certificate, key) = issued(authority, name);
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider)).build().unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
        )
        .unwrap();
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            if read(&mut stream).is_some() {
                stream.write_all(&Reply::json(200, r#"{"title":"Example"}"#).bytes()).ok();
                stream.conn.send_close_notify();
                stream.flush().ok();
            }
        }
    });
    format!("https://localhost:{port}/taxii2/")
}

#[test]
fn both_sides_show_a_certificate_of_an_authority_the_other_believes() {
    let (ours, strangers) = (authority(), authority());
    let (certificate, key) = issued(&ours, "client.example.org");
    let home = served(&ours, "localhost");
    let world = Arc::new(World::default());
    let ask = |home: &str, tls: Tls| {
        client_in(home, Setup { tls, ..Setup::default() }, &world).discovery(&address(home)).map(|found| found.title)
    };
    let believing = |authority: &Issuer| Tls::default().believing(authority.pem().as_bytes()).unwrap();
    let showing = |tls: Tls| tls.showing(certificate.as_bytes(), key.as_bytes()).unwrap();
    assert_eq!(ask(&home, showing(believing(&ours))).unwrap(), "Example");

    let never =
        |error: RequestError| assert!(matches!(error, RequestError::Unreachable { may_pass: false, .. }), "{error}");
    never(ask(&home, showing(believing(&strangers))).unwrap_err());
    never(ask(&home, Tls::default()).unwrap_err());
    never(ask(&served(&ours, "other.example.org"), showing(believing(&ours))).unwrap_err());
    assert!(world.waits.lock().unwrap().is_empty(), "a wrong certificate does not get better by waiting");
    // Whether the server says why, or only hangs up, is its own matter.
    assert!(ask(&home, believing(&ours)).is_err());
}

#[test]
fn what_is_no_certificate_is_said_and_a_key_is_never_shown() {
    let (certificate, key) = issued(&authority(), "client.example.org");
    let said = |tls: Result<Tls, noroshi_taxii::tls::CertificateFault>| tls.unwrap_err().to_string();
    assert_eq!(said(Tls::default().believing(b"")), "there is no certificate in it");
    assert_eq!(said(Tls::default().believing(key.as_bytes())), "there is no certificate in it");
    assert_eq!(said(Tls::default().showing(certificate.as_bytes(), b"x")), "there is no private key in it");
    assert!(said(Tls::default().believing(b"-----BEGIN CERTIFICATE-----\n")).contains("PEM"));
    let tls = Tls::default().showing(certificate.as_bytes(), key.as_bytes()).unwrap();
    assert_eq!(format!("{tls:?}"), "Tls { authorities: None, own: true }");
}
