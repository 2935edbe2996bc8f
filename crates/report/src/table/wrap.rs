//! Breaks text into lines of a terminal's width: at spaces, and between Japanese characters, which are two columns
//! wide and need no space.

use unicode_width::UnicodeWidthChar;

/// Characters that must not begin a line (kinsoku, JIS X 4051).
const NOT_FIRST: &str = "、。，．：；）」』】％・ー！？〜,.:;)%!?";

/// `text` in lines of at most `width` columns, each after `indent`, each ended by a line feed. A word longer than a
/// line is broken.
pub(super) fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let room = width.saturating_sub(indent.len()).max(2);
    let mut out = String::new();
    let mut line = String::new();
    let mut columns = 0;
    for piece in pieces(text) {
        let wide = piece.chars().map(columns_of).sum::<usize>();
        if columns + wide > room && columns > 0 && !piece.starts_with(|c| NOT_FIRST.contains(c) || c == ' ') {
            finish(&mut out, indent, &mut line);
            columns = 0;
        }
        for c in piece.chars() {
            // One column of hanging punctuation is better than a line that begins with it.
            if columns + columns_of(c) > room + 2 && columns > 0 {
                finish(&mut out, indent, &mut line);
                columns = 0;
            }
            if c == ' ' && columns == 0 {
                continue;
            }
            line.push(c);
            columns += columns_of(c);
        }
    }
    finish(&mut out, indent, &mut line);
    out
}

fn finish(out: &mut String, indent: &str, line: &mut String) {
    let text = line.trim_end();
    if !text.is_empty() {
        out.push_str(indent);
        out.push_str(text);
        out.push('\n');
    }
    line.clear();
}

fn columns_of(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Words, spaces, and single wide characters.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let breaks = match before {
            Some(last) => last == ' ' || c == ' ' || columns_of(last) == 2 || columns_of(c) == 2,
            None => false,
        };
        if breaks {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    pieces.push(&text[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole() {
        assert_eq!(wrapped("one two three", 8, ""), "one two\nthree\n");
        assert_eq!(wrapped("one two", 8, "  "), "  one\n  two\n");
    }

    #[test]
    fn japanese_breaks_between_characters_but_not_before_a_comma() {
        assert_eq!(wrapped("あいう、えお", 6, ""), "あいう、\nえお\n");
        assert_eq!(wrapped("あいうえお", 6, ""), "あいう\nえお\n");
    }

    #[test]
    fn a_word_longer_than_the_line_is_broken() {
        assert!(wrapped(&"x".repeat(100), 10, "").lines().all(|line| line.len() <= 12));
        assert_eq!(wrapped("", 10, ""), "");
    }
}
