use super::*;
use crate::note::Note;

#[test]
fn the_vkey_of_the_specification_is_read() {
    // The worked example of C2SP signed-note.
    let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let key = VerifyKey::parse(text).unwrap();
    assert_eq!((key.name(), key.id(), key.kind()), ("PeterNeumann", 0xc74f_20a3, KeyKind::Log));
    assert_eq!(key.to_string(), text);
    let note = Note::parse(
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
         — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(key.verify(note.text(), &note.signatures()[0]), Some(0));
}

#[test]
fn secret_texts_come_back_and_do_not_leak() {
    let log = LogKey::from_seed("log.example.org/a", &[7; 32]).unwrap();
    let again = LogKey::parse(&log.secret_text()).unwrap();
    assert_eq!(log.public(), again.public());
    let shown = format!("{log:?}");
    assert!(!log.secret_text().contains(&shown) && !shown.contains("PRIVATE"), "{shown}");
    let error = CosignerKey::parse(&log.secret_text()).unwrap_err();
    assert_eq!(error.to_string(), "key `log.example.org/a` is not a cosigner key");
    let mut torn = log.secret_text();
    torn.pop();
    let error = LogKey::parse(&torn).unwrap_err().to_string();
    assert!(!error.contains(torn.rsplit('+').next().unwrap()), "{error}");
}

#[test]
fn bad_keys_are_refused_with_a_reason() {
    let good = LogKey::from_seed("log.example.org/a", &[7; 32]).unwrap().public().to_string();
    for (text, why) in [
        ("nonsense".to_owned(), "not a key"),
        (good.replacen("log.", "lag.", 1), "its id does not belong"),
        (good.replace('+', " + "), "cannot name a key"),
        (format!("a+00000000+{}", BASE64_STANDARD.encode([0x06; 33])), "type 0x06"),
        (format!("a+00000000+{}", BASE64_STANDARD.encode([0x01; 32])), "not a key"),
        (format!("{}+00000000+AQ==", "n".repeat(NAME_BYTES_MAX + 1)), "cannot name a key"),
    ] {
        let error = VerifyKey::parse(&text).unwrap_err().to_string();
        assert!(error.contains(why), "`{text}`: {error}");
    }
    LogKey::from_seed(&"n".repeat(NAME_BYTES_MAX), &[1; 32]).unwrap();
}

#[test]
fn a_cosignature_binds_text_and_time() {
    let key = CosignerKey::from_seed("witness.example.org", &[9; 32]).unwrap();
    let text = b"log.example.org/a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let signature = key.cosign(text, 1_700_000_000);
    assert_eq!(key.public().verify(text, &signature), Some(1_700_000_000));
    assert_eq!(key.public().verify(b"other\n", &signature), None);
    let mut bytes = signature.signature().to_vec();
    bytes[7] ^= 1;
    let later = Signature::new(signature.name().to_owned(), signature.id(), bytes).unwrap();
    assert_eq!(key.public().verify(text, &later), None, "the time is signed too");
}

#[test]
fn key_files_are_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.key");
    write_key_file(&path, "PRIVATE+KEY+x").unwrap();
    assert_eq!(file::mode_of(&path), 0o600);
    assert_eq!(read_key_file(&path).unwrap(), "PRIVATE+KEY+x");
    assert!(write_key_file(&path, "other").is_err(), "a key is never replaced");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    assert!(matches!(read_key_file(&path), Err(KeyFileError::Exposed { mode: 0o640, .. })));
}
