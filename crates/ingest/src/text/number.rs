//! Whole numbers, decimals and ports out of bytes.

/// A whole number; `None` when it is not one or does not fit.
#[inline]
pub fn unsigned(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 20 {
        return None;
    }
    let mut value = 0u64;
    for &byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    Some(value)
}

/// Seconds with a fraction as whole microseconds; digits past the sixth are cut. Exponents are understood.
#[inline]
pub fn micros(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let point = digits.iter().position(|&b| b == b'.').unwrap_or(digits.len());
    let (whole, fraction) = (digits.get(..point)?, digits.get(point + 1..).unwrap_or_default());
    let Some(seconds) = unsigned(whole) else { return exponent(text) };
    let mut micros = 0u64;
    for index in 0..6 {
        let digit = match fraction.get(index) {
            Some(byte) => byte.wrapping_sub(b'0'),
            None => 0,
        };
        if digit > 9 {
            return exponent(text);
        }
        micros = micros * 10 + u64::from(digit);
    }
    if fraction.iter().skip(6).any(|b| !b.is_ascii_digit()) {
        return exponent(text);
    }
    let value = i64::try_from(seconds.checked_mul(1_000_000)?.checked_add(micros)?).ok()?;
    Some(if negative { -value } else { value })
}

/// `1e-05` and the like, which some tools write for short durations.
#[cold]
fn exponent(text: &[u8]) -> Option<i64> {
    if text.len() > 40 || !text.first()?.is_ascii_digit() && text.first() != Some(&b'-') {
        return None;
    }
    let seconds: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    (seconds.abs() < 9e12).then(|| (seconds * 1e6).round() as i64)
}

/// A port: decimal, or `0x` and hexadecimal digits. What does not fit 16 bits (an ESP index) is no port: 0.
#[inline]
pub fn port(text: &[u8]) -> Option<u16> {
    let value = match text {
        [] => 0,
        [b'0', b'x' | b'X', digits @ ..] => hexadecimal(digits)?,
        digits => unsigned(digits)?,
    };
    match u16::try_from(value) {
        Ok(port) => Some(port),
        Err(_) if text.starts_with(b"0x") => Some(0),
        Err(_) => None,
    }
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    digits.iter().try_fold(0u64, |value, &byte| Some(value << 4 | u64::from((byte as char).to_digit(16)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_keep_their_microseconds() {
        assert_eq!(micros(b"1598035107.563126"), Some(1_598_035_107_563_126));
        assert_eq!(micros(b"0.000001"), Some(1));
        assert_eq!(micros(b"-1.5"), Some(-1_500_000));
        assert_eq!(micros(b"3"), Some(3_000_000));
        assert_eq!(micros(b"2.1234569"), Some(2_123_456));
        assert_eq!(micros(b"9.5e-05"), Some(95));
        for bad in [&b""[..], b"-", b".", b"1.x", b"nan", b"inf", b"1e300", b"99999999999999999999"] {
            assert_eq!(micros(bad), None, "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn ports_are_decimal_or_hexadecimal_never_names() {
        assert_eq!(port(b"65535"), Some(65_535));
        assert_eq!(port(b"65536"), None);
        assert_eq!(port(b"0x0303"), Some(0x303));
        assert_eq!(port(b"0x2020597d"), Some(0));
        assert_eq!(port(b""), Some(0));
        assert_eq!(port(b"http"), None);
        assert_eq!(port(b"0x"), None);
    }

    proptest! {
        #[test]
        fn numbers_survive_text(value: u64) {
            prop_assert_eq!(unsigned(value.to_string().as_bytes()), Some(value));
        }

        #[test]
        fn nothing_panics(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = (unsigned(&text), micros(&text), port(&text));
        }
    }
}
