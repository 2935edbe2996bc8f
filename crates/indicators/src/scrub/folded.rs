//! A text with the full-width letters, digits and signs of Japanese keyboards as ASCII, and the way back.

use std::ops::Range;

/// A folded text. It is never longer than the text it was made of.
#[derive(Debug)]
pub(super) struct Folded {
    pub(super) text: String,
    /// Where a place in the folded text lies in the text: places at which the distance changes, and the distance.
    shifts: Vec<(usize, usize)>,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len());
        let mut shifts = Vec::new();
        let mut shift = 0;
        for character in text.chars() {
            // The long vowel is typed for a hyphen between digits, and is a letter elsewhere.
            let dash = character == '\u{30fc}' && folded.ends_with(|before: char| before.is_ascii_digit());
            let plain = if dash { '-' } else { fold(character) };
            folded.push(plain);
            if plain != character {
                shift += character.len_utf8() - plain.len_utf8();
                shifts.push((folded.len(), shift));
            }
        }
        Self { text: folded, shifts }
    }

    /// The bytes of the text that became these bytes of the folded one.
    pub(super) fn place(&self, range: &Range<usize>) -> Range<usize> {
        let back = |at: usize| {
            let before = self.shifts.partition_point(|(from, _)| *from <= at);
            at + before.checked_sub(1).map_or(0, |last| self.shifts[last].1)
        };
        back(range.start)..back(range.end)
    }
}

fn fold(character: char) -> char {
    match u32::from(character) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(character),
        // Ideographic space; hyphens, dashes and minus, which are typed for a hyphen.
        0x3000 => ' ',
        0x2010..=0x2015 | 0x2212 => '-',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_again() {
        let text = "電話\u{ff10}\u{ff13}\u{2212}1\u{ff0d}x";
        let folded = Folded::new(text);
        assert_eq!(folded.text, "電話03-1-x");
        let of = |part: &str| {
            let at = folded.text.find(part).unwrap();
            &text[folded.place(&(at..at + part.len()))]
        };
        assert_eq!(of("03"), "\u{ff10}\u{ff13}");
        assert_eq!(of("-1-x"), "\u{2212}1\u{ff0d}x");
        assert_eq!(of("x"), "x");
        assert_eq!(of("電話"), "電話");
    }
}
