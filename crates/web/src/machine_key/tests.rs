//! A certificate, its public key and the hash of it are one machine.

use super::*;
use crate::testkit::NOON;

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBSjCB/aADAgECAhRtzpCWEd6zwVibYbjxvvJc1H2gUjAFBgMrZXAwGjEYMBYG
A1UEAwwPbm9ydGgtMS5leGFtcGxlMCAXDTI2MTEyNTA0NTg1NFoYDzIxMjYxMTAx
MDQ1ODU0WjAaMRgwFgYDVQQDDA9ub3J0aC0xLmV4YW1wbGUwKjAFBgMrZXADIQAx
NBfgMQkdU6IOGQwgBhJpahenPgT2WAj3BdADQ19srqNTMFEwHQYDVR0OBBYEFIng
xDDzmR4cWR9s0rlo8rpHtLhwMB8GA1UdIwQYMBaAFIngxDDzmR4cWR9s0rlo8rpH
tLhwMA8GA1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EAPMKhXpyuAxOk3FFwtk41P5WM
DmRXkOwYOmdut4MRRjCBm8M2YqE4iuxoNgrNZCv8Q5pAig3bkOTFXW6upBjWDg==
-----END CERTIFICATE-----";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAMTQX4DEJHVOiDhkMIAYSaWoXpz4E9lgI9wXQA0NfbK4=
-----END PUBLIC KEY-----";
/// As `openssl pkey -pubin -outform der | sha256sum` prints it.
const HASH: &str = "c4ca705b141d8b26134134578d1008c6972ded6045fa47330db1cbe7c8c1c1b5";

fn read(pasted: &str) -> Result<String, BadKey> {
    fingerprint(pasted, NOON).map(hex::encode)
}

#[test]
fn certificate_public_key_and_hash_are_the_same_machine() {
    let colons = HASH.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).to_uppercase());
    let colons = colons.collect::<Vec<_>>().join(":");
    for pasted in [CERTIFICATE, PUBLIC, HASH, &colons, &format!("  {CERTIFICATE}\n\n")] {
        assert_eq!(read(pasted).unwrap(), HASH, "{pasted}");
    }
}

#[test]
fn what_is_over_private_or_something_else_is_not_taken() {
    let after = Micros::parse("2126-11-01T04:58:54Z").unwrap();
    assert_eq!(fingerprint(CERTIFICATE, after), Err(BadKey::Expired));
    assert!(fingerprint(CERTIFICATE, Micros(after.0 - 1)).is_ok());
    let private = CERTIFICATE.replace("CERTIFICATE", "PRIVATE KEY");
    let both = format!("{CERTIFICATE}\n{private}");
    for pasted in [private.as_str(), &both, &private.replace("PRIVATE", "ENCRYPTED PRIVATE")] {
        assert_eq!(read(pasted), Err(BadKey::Private));
    }
    let cut: String = CERTIFICATE.chars().filter(|c| *c != 'M').collect();
    let other = PUBLIC.replace("PUBLIC KEY", "CERTIFICATE REQUEST");
    for pasted in ["", "north-1", &HASH[1..], &format!("{HASH}00"), &cut, &other, &"0".repeat(PASTED_BYTES_MAX + 1)] {
        assert_eq!(read(pasted), Err(BadKey::NotRead), "{pasted}");
    }
}

#[test]
fn long_certificates_are_read_up_to_the_limit() {
    let padded = |bytes: usize| format!("{CERTIFICATE}\n#{}", "x".repeat(bytes - CERTIFICATE.len() - 2));
    assert!(read(&padded(PASTED_BYTES_MAX)).is_ok());
    assert_eq!(read(&padded(PASTED_BYTES_MAX + 1)), Err(BadKey::NotRead));
}
