//! Bytes into text. Lists come out of spreadsheets and mail programs in Shift_JIS, UTF-16 and UTF-8 with a mark.

use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// A text and what it was written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text, without a byte order mark.
    pub text: Cow<'a, str>,
    /// The name of the encoding (WHATWG Encoding Standard).
    pub encoding: &'static str,
}

/// The bytes are in no encoding that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is neither UTF-8, UTF-16, Shift_JIS, EUC-JP nor ISO-2022-JP; save it as UTF-8")]
pub struct NotText;

/// Recognises the encoding and decodes.
///
/// A byte order mark decides; else what is valid UTF-8 is UTF-8 (or ISO-2022-JP, where its escapes are); else many
/// zero bytes in every other place are UTF-16; else the one of Shift_JIS and EUC-JP that fits.
///
/// # Errors
/// [`NotText`] where none fits.
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, NotText> {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        return with(encoding, bytes.get(mark_bytes..).unwrap_or_default()).ok_or(NotText);
    }
    if std::str::from_utf8(bytes).is_ok() {
        // Both escapes to Japanese and back: a text that only speaks of escapes is left alone.
        let escaped = |mark: &[u8]| bytes.windows(3).any(|window| window == mark);
        let japanese = (escaped(b"\x1b$B") || escaped(b"\x1b$@")) && (escaped(b"\x1b(B") || escaped(b"\x1b(J"));
        let mail = if japanese { with(ISO_2022_JP, bytes) } else { None };
        return mail.or_else(|| with(utf16(bytes).unwrap_or(UTF_8), bytes)).ok_or(NotText);
    }
    if let Some(decoded) = utf16(bytes).and_then(|encoding| with(encoding, bytes)) {
        return Ok(decoded);
    }
    match (with(SHIFT_JIS, bytes), with(EUC_JP, bytes)) {
        // EUC-JP read as Shift_JIS is a row of half-width kana, which hardly anybody writes.
        (Some(one), Some(other)) => Ok(if oddness(&one.text) <= oddness(&other.text) { one } else { other }),
        (one, other) => one.or(other).ok_or(NotText),
    }
}

fn with<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Option<Decoded<'a>> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(Decoded { text, encoding: encoding.name() })
}

/// UTF-16 without a mark, told by the zero bytes of ASCII at the beginning.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(256) & !1)?;
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match head.len() / 4 {
        0 => None,
        enough if odd > enough && even == 0 => Some(UTF_16LE),
        enough if even > enough && odd == 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// How many half-width kana and rare characters a text has.
fn oddness(text: &str) -> usize {
    text.chars().filter(|character| matches!(character, '\u{ff61}'..='\u{ff9f}' | '\u{e000}'..='\u{f8ff}')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "IPアドレス,備考\n192.0.2.1,指令サーバー\n";

    fn says(bytes: &[u8]) -> (&'static str, String) {
        let decoded = decode(bytes).unwrap();
        (decoded.encoding, decoded.text.into_owned())
    }

    #[test]
    fn what_japan_writes_is_read() {
        for encoding in [UTF_8, SHIFT_JIS, EUC_JP, ISO_2022_JP] {
            let (bytes, _, faulty) = encoding.encode(TEXT);
            assert!(!faulty);
            assert_eq!(says(&bytes), (encoding.name(), TEXT.to_owned()));
        }
        assert_eq!(says(format!("\u{feff}{TEXT}").as_bytes()), ("UTF-8", TEXT.to_owned()));
    }

    #[test]
    fn utf_16_with_and_without_its_mark() {
        for marked in [true, false] {
            let text = format!("{}{TEXT}", if marked { "\u{feff}" } else { "" });
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(says(&little), ("UTF-16LE", TEXT.to_owned()));
            assert_eq!(says(&big), ("UTF-16BE", TEXT.to_owned()));
        }
        let ascii: Vec<u8> = "192.0.2.1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(says(&ascii), ("UTF-16LE", "192.0.2.1\n".to_owned()));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(decode(&[0x80, 0xff, 0xff, 0x00, 0xfd]), Err(NotText));
        assert_eq!(decode(b"\xff\xfe\x00\xd8\x00\x00"), Err(NotText), "half of a surrogate pair");
        assert_eq!(says(b"").0, "UTF-8");
    }
}
