//! A pattern as a tree (section 9.1), and its one spelling.

use std::fmt::{self, Display};

/// An observation expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    /// What stands in square brackets.
    Observation(Comparison),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    FollowedBy(Vec<Expression>),
    Qualified(Box<Expression>, Qualifier),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Qualifier {
    Within {
        seconds: f64,
    },
    Repeats {
        times: u64,
    },
    /// Both as written.
    StartStop {
        start: String,
        stop: String,
    },
}

/// A comparison expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Comparison {
    And(Vec<Comparison>),
    Or(Vec<Comparison>),
    Test(Test),
}

/// One comparison of a property with constants.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Test {
    pub(super) path: Path,
    pub(super) negated: bool,
    pub(super) operator: Operator,
    /// One, or for `IN` any number, or for `EXISTS` none.
    pub(super) constants: Vec<Constant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Like,
    Matches,
    IsSubset,
    IsSuperset,
    Exists,
}

/// An object path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    pub(super) kind: String,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Key(String),
    /// Negative positions are of the grammar, and select nothing.
    Index(i64),
    AnyIndex,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Constant {
    Text(String),
    Integer(i64),
    Float(f64),
    Flag(bool),
    /// As written, between the quotes.
    Time(String),
    Base64(String),
    Hex(String),
}

impl Operator {
    const fn word(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "IN",
            Self::Like => "LIKE",
            Self::Matches => "MATCHES",
            Self::IsSubset => "ISSUBSET",
            Self::IsSuperset => "ISSUPERSET",
            Self::Exists => "EXISTS",
        }
    }
}

fn join<T: Display>(f: &mut fmt::Formatter<'_>, parts: &[T], between: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        write!(f, "{part}")?;
    }
    Ok(())
}

/// A part of a chain, in parentheses unless it binds more closely.
struct Part<'a, T>(&'a T, bool);

impl<T: Display> Display for Part<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1 { write!(f, "({})", self.0) } else { write!(f, "{}", self.0) }
    }
}

impl Expression {
    /// How closely it binds.
    const fn rank(&self) -> u8 {
        match self {
            Self::FollowedBy(_) => 0,
            Self::Or(_) => 1,
            Self::And(_) => 2,
            Self::Qualified(..) | Self::Observation(_) => 3,
        }
    }
}

impl Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::Observation(comparison) => return write!(f, "[{comparison}]"),
            Self::Qualified(of, qualifier) => return write!(f, "{} {qualifier}", Part(&**of, of.rank() < 3)),
            Self::And(parts) => (parts, " AND "),
            Self::Or(parts) => (parts, " OR "),
            Self::FollowedBy(parts) => (parts, " FOLLOWEDBY "),
        };
        let parts: Vec<_> = parts.iter().map(|part| Part(part, part.rank() <= self.rank())).collect();
        join(f, &parts, word)
    }
}

impl Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within { seconds } => write!(f, "WITHIN {seconds} SECONDS"),
            Self::Repeats { times } => write!(f, "REPEATS {times} TIMES"),
            Self::StartStop { start, stop } => write!(f, "START t'{start}' STOP t'{stop}'"),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test(test) => write!(f, "{test}"),
            Self::Or(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| Part(part, matches!(part, Self::Or(_)))).collect();
                join(f, &parts, " OR ")
            }
            Self::And(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| Part(part, !matches!(part, Self::Test(_)))).collect();
                join(f, &parts, " AND ")
            }
        }
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.operator == Operator::Exists {
            return write!(f, "EXISTS {}", self.path);
        }
        write!(f, "{} {}{} ", self.path, if self.negated { "NOT " } else { "" }, self.operator.word())?;
        if self.operator == Operator::In {
            f.write_str("(")?;
            join(f, &self.constants, ", ")?;
            return f.write_str(")");
        }
        join(f, &self.constants, "")
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.kind)?;
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    let dot = if at > 0 { "." } else { "" };
                    if is_plain(key) { write!(f, "{dot}{key}")? } else { write!(f, "{dot}{}", super::quoted(key))? }
                }
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::AnyIndex => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

/// Whether a name needs no quotes.
fn is_plain(key: &str) -> bool {
    let first = key.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    first && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !super::words::is_keyword(key)
}

impl Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&super::quoted(text)),
            Self::Integer(number) => write!(f, "{number}"),
            // A whole float keeps its point, or it would come back as an integer.
            Self::Float(number) if number.fract() == 0.0 => write!(f, "{number:.1}"),
            Self::Float(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Time(text) => write!(f, "t'{text}'"),
            Self::Base64(text) => write!(f, "b'{text}'"),
            Self::Hex(text) => write!(f, "h'{text}'"),
        }
    }
}
