//! Reading a pattern: one function a rule of the grammar. Nesting is limited, so recursion is.

mod test;

use super::tree::{Constant, Expression, Qualifier};
use super::words::{Word, space, word};
use crate::fault::excerpt;
use crate::{Limits, Timestamp};
use std::fmt;

/// A pattern as a tree, with the text it was read from. It prints in one spelling for all spellings of one tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    pub(super) expression: Expression,
    text: String,
}

/// Why a text is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a STIX pattern at byte {at}, `{near}`: {what}")]
pub struct PatternFault {
    /// The byte at which the trouble begins.
    pub at: usize,
    /// What stands there.
    pub near: String,
    /// What is wrong.
    pub what: String,
}

impl Parsed {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.fmt(f)
    }
}

/// Parentheses and qualifiers within each other at most.
const NESTING_MAX: usize = 40;

/// Reads a pattern of the full grammar (STIX 2.1, section 9).
///
/// # Errors
/// [`PatternFault`] with the place.
pub fn parse(text: &str, limits: &Limits) -> Result<Parsed, PatternFault> {
    let mut reader = Reader { text, at: 0, begins: 0, next: Word::End, nesting: 0 };
    let too_long = text.len() > limits.pattern_bytes_max;
    let outcome = match too_long {
        true => Err(format!("it is longer than {} bytes", limits.pattern_bytes_max)),
        false => reader.pattern(),
    };
    match outcome {
        Ok(expression) => Ok(Parsed { expression, text: text.to_owned() }),
        Err(what) => {
            let near = text[reader.begins..].chars().take(20).collect::<String>();
            Err(PatternFault { at: reader.begins, near: excerpt(&near), what })
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Behind the next word.
    at: usize,
    /// Where the next word begins.
    begins: usize,
    next: Word,
    nesting: usize,
}

type Outcome<T> = Result<T, String>;

impl Reader<'_> {
    fn pattern(&mut self) -> Outcome<Expression> {
        self.advance()?;
        let expression = self.followed_by()?;
        if self.next == Word::End { Ok(expression) } else { Err("expected an operator or the end".to_owned()) }
    }

    /// Reads one word ahead and gives the one before.
    fn advance(&mut self) -> Outcome<Word> {
        self.begins = self.at + space(&self.text[self.at..]);
        let (next, length) = word(&self.text[self.begins..])?;
        self.at = self.begins + length;
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn take(&mut self, wanted: &Word) -> Outcome<bool> {
        let there = self.next == *wanted;
        if there {
            self.advance()?;
        }
        Ok(there)
    }

    fn keyword(&mut self, keyword: &'static str) -> Outcome<bool> {
        self.take(&Word::Keyword(keyword))
    }

    fn expect(&mut self, wanted: Word) -> Outcome<()> {
        if self.take(&wanted)? {
            return Ok(());
        }
        match wanted {
            Word::Mark(text) | Word::Keyword(text) => Err(format!("expected `{text}`")),
            _ => Err("expected something else".to_owned()),
        }
    }

    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.nesting >= NESTING_MAX {
            return Err(format!("more than {NESTING_MAX} levels of parentheses and qualifiers"));
        }
        self.nesting += 1;
        let outcome = inner(self)?;
        self.nesting -= 1;
        Ok(outcome)
    }

    /// Parts with a keyword between: one part stands for itself.
    fn chain<T>(
        &mut self,
        keyword: &'static str,
        part: impl Fn(&mut Self) -> Outcome<T>,
        of: impl FnOnce(Vec<T>) -> T,
    ) -> Outcome<T> {
        let first = part(self)?;
        if self.next != Word::Keyword(keyword) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.keyword(keyword)? {
            parts.push(part(self)?);
        }
        Ok(of(parts))
    }

    fn followed_by(&mut self) -> Outcome<Expression> {
        self.chain("FOLLOWEDBY", Self::any, Expression::FollowedBy)
    }

    fn any(&mut self) -> Outcome<Expression> {
        self.chain("OR", Self::all, Expression::Or)
    }

    fn all(&mut self) -> Outcome<Expression> {
        self.chain("AND", Self::qualified, Expression::And)
    }

    fn qualified(&mut self) -> Outcome<Expression> {
        let mut expression = if self.take(&Word::Mark("["))? {
            let comparison = self.comparison()?;
            self.expect(Word::Mark("]"))?;
            Expression::Observation(comparison)
        } else if self.take(&Word::Mark("("))? {
            let inner = self.nested(Self::followed_by)?;
            self.expect(Word::Mark(")"))?;
            inner
        } else {
            return Err("expected `[` or `(`".to_owned());
        };
        let mut qualifiers = 0;
        while let Some(qualifier) = self.qualifier()? {
            qualifiers += 1;
            if self.nesting + qualifiers > NESTING_MAX {
                return Err(format!("more than {NESTING_MAX} levels of parentheses and qualifiers"));
            }
            expression = Expression::Qualified(expression.into(), qualifier);
        }
        Ok(expression)
    }

    fn qualifier(&mut self) -> Outcome<Option<Qualifier>> {
        if self.keyword("WITHIN")? {
            let seconds = self.seconds()?;
            self.expect(Word::Keyword("SECONDS"))?;
            return Ok(Some(Qualifier::Within { seconds }));
        }
        if self.keyword("REPEATS")? {
            let Word::Constant(Constant::Integer(times @ 1..)) = self.next else {
                return Err("expected a whole number, 1 at least".to_owned());
            };
            self.advance()?;
            self.expect(Word::Keyword("TIMES"))?;
            return Ok(Some(Qualifier::Repeats { times: times.unsigned_abs() }));
        }
        if self.keyword("START")? {
            let start = self.time()?;
            self.expect(Word::Keyword("STOP"))?;
            let stop_begins = self.begins;
            let stop = self.time()?;
            if Timestamp::parse(&start).ok() >= Timestamp::parse(&stop).ok() {
                self.begins = stop_begins;
                return Err("`STOP` must be after `START`".to_owned());
            }
            return Ok(Some(Qualifier::StartStop { start, stop }));
        }
        Ok(None)
    }

    #[expect(clippy::cast_precision_loss, reason = "a window of 2^53 seconds is as good as any longer one")]
    fn seconds(&mut self) -> Outcome<f64> {
        let seconds = match self.next {
            Word::Constant(Constant::Integer(seconds)) => seconds as f64,
            Word::Constant(Constant::Float(seconds)) => seconds,
            _ => return Err("expected a number of seconds".to_owned()),
        };
        if seconds <= 0.0 {
            return Err("a window needs more than 0 seconds".to_owned());
        }
        self.advance()?;
        Ok(seconds)
    }

    fn time(&mut self) -> Outcome<String> {
        let Word::Constant(Constant::Time(time)) = &self.next else {
            return Err("expected a time like `t'2026-01-01T00:00:00Z'`".to_owned());
        };
        let time = time.clone();
        self.advance()?;
        Ok(time)
    }
}
