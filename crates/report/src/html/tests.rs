use super::*;
use sha2::{Digest, Sha256};

/// Standard base64 of 32 bytes.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        let digits = [18, 12, 6, 0].map(|shift| char::from(ALPHABET[(bits >> shift & 63) as usize]));
        out.extend(&digits[..=chunk.len()]);
        out.extend(std::iter::repeat_n('=', 3 - chunk.len()));
    }
    out
}

#[test]
fn the_page_allows_its_own_script_and_no_other() {
    assert_eq!(base64(&Sha256::digest(SCRIPT)), SCRIPT_HASH, "the script changed: write its hash into SCRIPT_HASH");
}
