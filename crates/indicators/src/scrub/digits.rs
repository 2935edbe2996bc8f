//! Numbers that stand for a person: telephones, My Numbers, payment cards.

use super::Personal;

/// What a run of digits with signs between stands for; the longest meaning first.
pub(super) fn meaning(run: &str) -> Option<Personal> {
    let digits: Vec<u8> = run.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
    let international = run.starts_with('+');
    match () {
        () if !international && is_card(&digits) && in_groups(run, CARD_GROUPS) => Some(Personal::Card),
        () if !international && is_my_number(&digits) && in_groups(run, MY_NUMBER_GROUPS) => Some(Personal::MyNumber),
        () if international && is_international(&digits) => Some(Personal::Phone),
        () if is_japanese(run, &digits) => Some(Personal::Phone),
        () => None,
    }
}

/// How cards are printed: one run, fours, or as American Express and Diners do.
const CARD_GROUPS: &[&[usize]] = &[&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3], &[4, 4, 4, 1], &[4, 4, 5]];
const MY_NUMBER_GROUPS: &[&[usize]] = &[&[4, 4, 4]];

/// Whether digits stand in one run or in groups of these lengths.
fn in_groups(run: &str, wanted: &[&[usize]]) -> bool {
    let lengths: Vec<_> = groups(run).map(str::len).collect();
    lengths.len() == 1 || wanted.contains(&lengths.as_slice())
}

fn groups(run: &str) -> impl Iterator<Item = &str> {
    run.split(|sign: char| !sign.is_ascii_digit()).filter(|group| !group.is_empty())
}

/// E.164: at most 15 digits, the country first.
fn is_international(digits: &[u8]) -> bool {
    (8..=15).contains(&digits.len()) && digits[0] != 0
}

/// Ten digits of a land line; eleven of a mobile, 0800 or 050 number.
fn is_japanese(run: &str, digits: &[u8]) -> bool {
    match (digits.len(), digits) {
        (10, [0, 1..=9, ..]) => is_grouped(run),
        (11, [0, 2 | 5..=9, 0, ..]) => is_grouped(run),
        _ => false,
    }
}

/// Groups of digits as people write telephone numbers: none, or two or three of them, the last of three or four.
fn is_grouped(run: &str) -> bool {
    match groups(run).collect::<Vec<_>>().as_slice() {
        [_] => true,
        [area, rest] => area.len() <= 5 && rest.len() >= 4,
        [area, exchange, last] => area.len() <= 5 && exchange.len() <= 4 && (3..=4).contains(&last.len()),
        _ => false,
    }
}

/// Ministerial ordinance on My Numbers (総務省令第85号, 2014), article 5: the last of twelve digits checks the others.
/// Q is n + 1 for the digits 1 to 6 from the right and n - 5 for 7 to 11.
fn is_my_number(digits: &[u8]) -> bool {
    let [numbers @ .., check] = digits else { return false };
    if digits.len() != 12 || digits.iter().all(|digit| *digit == digits[0]) {
        return false;
    }
    let weighted = |(n, digit): (u32, &u8)| u32::from(*digit) * if n <= 6 { n + 1 } else { n - 5 };
    let rest = (1..).zip(numbers.iter().rev()).map(weighted).sum::<u32>() % 11;
    u32::from(*check) == if rest <= 1 { 0 } else { 11 - rest }
}

/// ISO/IEC 7812: 13 to 19 digits that begin as card networks do (2 to 6), the last by the formula of Luhn.
fn is_card(digits: &[u8]) -> bool {
    let double = |digit: u8| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let of = |(at, digit): (usize, &u8)| u32::from(if at % 2 == 1 { double(*digit) } else { *digit });
    (13..=19).contains(&digits.len())
        && (2..=6).contains(&digits[0])
        && digits.iter().any(|digit| *digit != digits[0])
        && digits.iter().rev().enumerate().map(of).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_what_they_mean() {
        for (run, what) in [
            // Numbers that card networks publish for tests.
            ("4111 1111 1111 1111", Some(Personal::Card)),
            ("4111-1111-1111-1112", None),
            ("378282246310005", Some(Personal::Card)),
            ("5555555555554444", Some(Personal::Card)),
            ("0000000000000000", None),
            // Made with the formula of the ordinance.
            ("1234 5678 9018", Some(Personal::MyNumber)),
            ("123456789018", Some(Personal::MyNumber)),
            ("123456789019", None),
            ("111111111111", None),
            ("03-1234-5678", Some(Personal::Phone)),
            ("(03) 1234 5678", Some(Personal::Phone)),
            ("0312345678", Some(Personal::Phone)),
            ("090-1234-5678", Some(Personal::Phone)),
            ("09012345678", Some(Personal::Phone)),
            ("0120-123-456", Some(Personal::Phone)),
            ("01234-5-6789", Some(Personal::Phone)),
            ("0800-123-4567", Some(Personal::Phone)),
            ("+81-3-1234-5678", Some(Personal::Phone)),
            ("+1 (202) 555-0143", Some(Personal::Phone)),
            ("+1234567", None),
            ("00-1234-5678", None),
            ("1795564800", None),
            ("01-02-03-04-0506", None),
            ("01234567890", None),
        ] {
            assert_eq!(meaning(run), what, "{run}");
        }
    }
}
