//! What stands in square brackets.

use super::{Outcome, Reader};
use crate::pattern::tree::{Comparison, Constant, Operator, Path, Step, Test};
use crate::pattern::words::Word;

impl Reader<'_> {
    pub(super) fn comparison(&mut self) -> Outcome<Comparison> {
        let all = |reader: &mut Self| reader.chain("AND", Self::test, Comparison::And);
        self.chain("OR", all, Comparison::Or)
    }

    fn test(&mut self) -> Outcome<Comparison> {
        if self.take(&Word::Mark("("))? {
            let inner = self.nested(Self::comparison)?;
            self.expect(Word::Mark(")"))?;
            return Ok(inner);
        }
        if self.keyword("EXISTS")? {
            let path = self.path()?;
            let operator = Operator::Exists;
            return Ok(Comparison::Test(Test { path, negated: false, operator, constants: Vec::new() }));
        }
        let path = self.path()?;
        let negated = self.keyword("NOT")?;
        let operator = self.operator()?;
        let constants = self.constants(operator)?;
        Ok(Comparison::Test(Test { path, negated, operator, constants }))
    }

    fn operator(&mut self) -> Outcome<Operator> {
        let operator = match self.next {
            Word::Mark("=") => Operator::Equal,
            Word::Mark("!=") => Operator::NotEqual,
            Word::Mark("<") => Operator::Less,
            Word::Mark("<=") => Operator::LessOrEqual,
            Word::Mark(">") => Operator::Greater,
            Word::Mark(">=") => Operator::GreaterOrEqual,
            Word::Keyword("IN") => Operator::In,
            Word::Keyword("LIKE") => Operator::Like,
            Word::Keyword("MATCHES") => Operator::Matches,
            Word::Keyword("ISSUBSET") => Operator::IsSubset,
            Word::Keyword("ISSUPERSET") => Operator::IsSuperset,
            _ => return Err("expected a comparison such as `=` or `LIKE`".to_owned()),
        };
        self.advance()?;
        Ok(operator)
    }

    fn constants(&mut self, operator: Operator) -> Outcome<Vec<Constant>> {
        if operator == Operator::In {
            return self.set();
        }
        let constant = match (&self.next, operator) {
            (Word::Constant(constant), Operator::Equal | Operator::NotEqual) => constant.clone(),
            (Word::Constant(Constant::Flag(_)), _) => return Err("true and false are only equal or not".to_owned()),
            (
                Word::Constant(constant),
                Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual,
            ) => constant.clone(),
            (Word::Constant(constant @ Constant::Text(_)), _) => constant.clone(),
            (Word::Constant(_), _) => return Err("expected a text in quotes".to_owned()),
            _ => return Err("expected a constant".to_owned()),
        };
        self.advance()?;
        Ok(vec![constant])
    }

    fn set(&mut self) -> Outcome<Vec<Constant>> {
        self.expect(Word::Mark("("))?;
        let mut constants = Vec::new();
        if self.take(&Word::Mark(")"))? {
            return Ok(constants);
        }
        loop {
            let Word::Constant(constant) = &self.next else { return Err("expected a constant".to_owned()) };
            constants.push(constant.clone());
            self.advance()?;
            if !self.take(&Word::Mark(","))? {
                self.expect(Word::Mark(")"))?;
                return Ok(constants);
            }
        }
    }

    fn path(&mut self) -> Outcome<Path> {
        let Word::Name(kind, _) = &self.next else { return Err("expected an object type".to_owned()) };
        let kind = kind.clone();
        self.advance()?;
        self.expect(Word::Mark(":"))?;
        let mut steps = vec![Step::Key(self.key()?)];
        loop {
            if self.take(&Word::Mark("."))? {
                steps.push(Step::Key(self.key()?));
            } else if self.take(&Word::Mark("["))? {
                steps.push(self.index()?);
                self.expect(Word::Mark("]"))?;
            } else {
                return Ok(Path { kind, steps });
            }
        }
    }

    fn key(&mut self) -> Outcome<String> {
        let key = match &self.next {
            Word::Name(name, false) | Word::Constant(Constant::Text(name)) => name.clone(),
            Word::Name(..) => return Err("a name with a hyphen must be in quotes here".to_owned()),
            _ => return Err("expected the name of a property; names that are keywords must be in quotes".to_owned()),
        };
        self.advance()?;
        Ok(key)
    }

    fn index(&mut self) -> Outcome<Step> {
        let step = match self.next {
            Word::Mark("*") => Step::AnyIndex,
            Word::Constant(Constant::Integer(index)) => Step::Index(index),
            _ => return Err("expected a position or `*`".to_owned()),
        };
        self.advance()?;
        Ok(step)
    }
}
