//! Texts of strangers: made fit for one line, shortened, quoted in a sentence.

/// At most so many characters, on one line: characters that control a terminal, a line or the direction of writing
/// become spaces, and spaces are joined. HTML stays what it is: text.
pub(crate) fn one_line(text: &str, characters_max: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in text.split(|character: char| character.is_whitespace() || is_control(character)) {
        if word.is_empty() {
            continue;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        for character in word.chars() {
            if length >= characters_max {
                return line.trim_end().to_owned();
            }
            line.push(character);
            length += 1;
        }
    }
    line
}

/// As [`one_line`], with line feeds kept; for descriptions.
pub(crate) fn paragraphs(text: &str, characters_max: usize) -> String {
    let lines: Vec<_> = text.lines().map(|line| one_line(line, characters_max)).collect();
    lines.join("\n").trim().chars().take(characters_max).collect()
}

/// A piece of a text in a sentence: hostile input is quoted, never in full.
pub(crate) fn excerpt(text: &str) -> String {
    const CHARACTERS_MAX: usize = 60;
    let mut piece: String = text.chars().take(CHARACTERS_MAX).flat_map(char::escape_debug).collect();
    if text.chars().nth(CHARACTERS_MAX).is_some() {
        piece.push('…');
    }
    piece
}

/// Control characters, and those that turn the direction of writing so that a reader sees another text.
pub(crate) fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(one_line(" a\tb\r\n\0c\u{202e}d\u{2028}e ", 99), "a b c d e");
        assert_eq!(one_line("<script>alert('x')</script>", 99), "<script>alert('x')</script>");
        assert_eq!(one_line("日本語 日本語", 3), "日本語");
        assert_eq!(one_line("日本語 日本語", 4), "日本語");
        assert_eq!(one_line("日本語 日本語", 5), "日本語 日");
        assert_eq!(paragraphs("a \n b\0c\n\n", 99), "a\nb c");
        assert_eq!(paragraphs("abc\ndef", 5), "abc\nd");
    }

    #[test]
    fn an_excerpt_is_short_and_has_no_controls() {
        assert_eq!(excerpt("a\nb"), "a\\nb");
        assert_eq!(excerpt(&"x".repeat(60)).chars().count(), 60);
        assert_eq!(excerpt(&"x".repeat(61)), format!("{}…", "x".repeat(60)));
    }
}
