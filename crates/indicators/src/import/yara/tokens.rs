//! The tokens of YARA as far as rules must be told apart: a brace in a string, a comment or a regular expression is
//! no brace. Nothing here recurses, so no nesting can exhaust the stack.

/// One token with the bytes it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) at: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A keyword or name, `$` and the like before it left out.
    Word(&'a str),
    /// Between its quotes, as written.
    Text(&'a str),
    /// A number, a regular expression, an identifier of a string.
    Other,
    /// One character.
    Mark(u8),
}

/// What is wrong, at which byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclosed {
    pub(super) at: usize,
    pub(super) what: &'static str,
    /// Whether much was read to find that out, so that it must not happen often.
    pub(super) far: bool,
}

impl Unclosed {
    pub(super) const fn near(at: usize, what: &'static str) -> Self {
        Self { at, what, far: false }
    }

    pub(super) const fn far(at: usize, what: &'static str) -> Self {
        Self { at, what, far: true }
    }
}

/// Tokens of a text from a place on; comments and spaces are passed over.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// The next token, or nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token<'a>>, Unclosed> {
        self.pass_over()?;
        let bytes = self.text.as_bytes();
        let at = self.at;
        let Some(&first) = bytes.get(at) else { return Ok(None) };
        let kind = match first {
            b'"' => {
                self.at = closed(bytes, at, b'"').ok_or(Unclosed::near(at, "the quote is not closed"))?;
                Kind::Text(&self.text[at + 1..self.at - 1])
            }
            b'/' => {
                self.at = closed(bytes, at, b'/').ok_or(Unclosed::near(at, "the regular expression is not closed"))?;
                Kind::Other
            }
            b'$' | b'#' | b'@' | b'!' => {
                self.at = at + 1 + word_bytes(&bytes[at + 1..]);
                Kind::Other
            }
            first if first.is_ascii_alphabetic() || first == b'_' => {
                self.at = at + word_bytes(&bytes[at..]);
                Kind::Word(&self.text[at..self.at])
            }
            first if first.is_ascii_digit() => {
                self.at = at + word_bytes(&bytes[at..]);
                Kind::Other
            }
            first => {
                self.at = at + 1;
                Kind::Mark(first)
            }
        };
        Ok(Some(Token { kind, at, end: self.at }))
    }

    /// Spaces and comments.
    fn pass_over(&mut self) -> Result<(), Unclosed> {
        let bytes = self.text.as_bytes();
        loop {
            match &bytes[self.at.min(bytes.len())..] {
                [first, ..] if first.is_ascii_whitespace() => self.at += 1,
                [b'/', b'/', rest @ ..] => {
                    self.at += 2 + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                }
                [b'/', b'*', rest @ ..] => {
                    let end = memchr::memmem::find(rest, b"*/");
                    self.at += 4 + end.ok_or(Unclosed::far(self.at, "the comment is not closed"))?;
                }
                _ => return Ok(()),
            }
        }
    }
}

/// Behind the mark that closes what opens at `at`; a backslash takes what follows with it, and a line may not end inside.
fn closed(bytes: &[u8], at: usize, mark: u8) -> Option<usize> {
    let mut at = at + 1;
    loop {
        match bytes.get(at)? {
            b'\n' => return None,
            b'\\' => at += 2,
            byte if *byte == mark => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn word_bytes(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
}
