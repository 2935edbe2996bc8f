//! Holding an object to the tables.

use super::common::{COMMON, required};
use super::value::{hash_digits, is_base64, is_hex, is_ipv4, is_ipv6, is_mac};
use super::{Class, Need, Property, Record, Rule, Shape, To, Type, type_of};
use crate::fault::excerpt;
use crate::json::{Kind, Value};
use crate::{Code, Timestamp, Warning};

/// The fault of the place the check stands at.
pub(crate) type Outcome<T> = Result<T, (Code, String)>;

/// One step of the way to a place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

/// Where the check stands, and what was odd on the way.
#[derive(Debug)]
pub(crate) struct Check<'a> {
    pub(crate) path: Vec<Step<'a>>,
    pub(crate) warnings: Vec<Warning>,
    /// Properties that 2.1 made mandatory are asked for.
    v21: bool,
    of: Option<&'static Type>,
}

/// Oddities reported of one object at most: enough to mend it by.
const WARNINGS_MAX: usize = 32;

/// Holds an object to what its type asks.
pub(crate) fn check<'a>(root: Value<'a>, kind: &str, v21: bool) -> (Check<'a>, Outcome<()>) {
    let of = type_of(kind);
    let mut check = Check { path: Vec::new(), warnings: Vec::new(), v21, of };
    let outcome = check.object(root);
    (check, outcome)
}

impl<'a> Check<'a> {
    /// The place as a selector.
    pub(crate) fn place(&self) -> String {
        let mut place = String::new();
        for step in &self.path {
            if !place.is_empty() {
                place.push('.');
            }
            match step {
                Step::Name(name) => place.push_str(name),
                Step::Index(index) => place.push_str(&format!("[{index}]")),
            }
        }
        place
    }

    pub(crate) fn warn(&mut self, code: Code, what: impl Into<String>) {
        if self.warnings.len() < WARNINGS_MAX {
            self.warnings.push(Warning { path: self.place(), code, what: what.into() });
        }
    }

    fn object(&mut self, root: Value<'a>) -> Outcome<()> {
        let own: &[Property] = self.of.map_or(&[], |of| of.record.properties);
        self.members(root, &[&COMMON, own])?;
        self.in_order(root, ("created", "modified"), false)?;
        let Some(of) = self.of else { return Ok(()) };
        for &name in required(of.class, of.name == "marking-definition") {
            if root.get(name).is_none() {
                return self.missing(name);
            }
        }
        self.rules(root, of.record.rules)?;
        if matches!(of.class, Class::Domain | Class::Relation) {
            self.precision(root);
        }
        Ok(())
    }

    /// Section 3.2 asks three digits of `created` and `modified`.
    fn precision(&mut self, root: Value<'a>) {
        for name in ["created", "modified"] {
            if root.get(name).is_some_and(|time| time.raw().len() != 24) {
                self.path.push(Step::Name(name));
                self.warn(Code::Precision, "should have three digits after the second");
                self.path.pop();
            }
        }
    }

    fn missing<T>(&mut self, name: &'static str) -> Outcome<T> {
        self.path.push(Step::Name(name));
        Err((Code::Missing, "is missing".to_owned()))
    }

    /// Every property against its row; what has no row is custom.
    fn members(&mut self, value: Value<'a>, tables: &[&'static [Property]]) -> Outcome<()> {
        let mut seen = [0u64; 2];
        for (name, member) in value.members() {
            let row = tables.iter().zip(&mut seen).find_map(|(table, seen)| {
                let at = table.iter().position(|row| name.says(row.name))?;
                *seen |= 1 << at;
                Some(&table[at])
            });
            if let Some(row) = row {
                self.path.push(Step::Name(row.name));
                self.shape(&row.shape, member)?;
                let empty = member.kind() == Kind::Array && member.elements().next().is_none();
                if empty && self.needs(row) {
                    return Err((Code::EmptyList, "must not be empty".to_owned()));
                }
                if empty {
                    self.warn(Code::EmptyList, "should be left out when empty");
                }
                self.path.pop();
            }
        }
        for (table, seen) in tables.iter().zip(seen) {
            for (at, row) in table.iter().enumerate() {
                if self.needs(row) && seen & (1 << at) == 0 {
                    return self.missing(row.name);
                }
            }
        }
        Ok(())
    }

    fn needs(&self, row: &Property) -> bool {
        row.need == Need::Required || (row.need == Need::Since21 && self.v21)
    }

    fn record(&mut self, value: Value<'a>, record: &'static Record) -> Outcome<()> {
        self.is(value, Kind::Object, "an object")?;
        self.members(value, &[record.properties])?;
        self.rules(value, record.rules)
    }

    fn is(&self, value: Value<'_>, kind: Kind, what: &str) -> Outcome<()> {
        if value.kind() == kind { Ok(()) } else { Err(wrong_type(value, what)) }
    }

    fn text(&self, value: Value<'a>, fits: impl Fn(&str) -> bool, what: &str) -> Outcome<()> {
        match value.text() {
            None => Err(wrong_type(value, "a text")),
            Some(text) if fits(&text) => Ok(()),
            Some(text) => Err((Code::BadValue, format!("`{}` must be {what}", excerpt(&text)))),
        }
    }

    fn each(&mut self, list: Value<'a>, mut judge: impl FnMut(&mut Self, Value<'a>) -> Outcome<()>) -> Outcome<()> {
        self.is(list, Kind::Array, "a list")?;
        for (index, element) in list.elements().enumerate() {
            self.path.push(Step::Index(index));
            judge(self, element)?;
            self.path.pop();
        }
        Ok(())
    }

    fn shape(&mut self, shape: &'static Shape, value: Value<'a>) -> Outcome<()> {
        match shape {
            Shape::Text => self.is(value, Kind::Text, "a text"),
            Shape::Texts => self.each(value, |check, element| check.is(element, Kind::Text, "a text")),
            Shape::Flag if matches!(value.kind(), Kind::True | Kind::False) => Ok(()),
            Shape::Flag => Err(wrong_type(value, "true or false")),
            Shape::Integer(from, to) => integer(value, *from, *to),
            Shape::Float(from, to) => float(value, *from, *to),
            Shape::Time => time(value).map(drop),
            Shape::Ref(to) => reference(value, *to),
            Shape::Refs(to) => self.each(value, |_, element| reference(element, *to)),
            Shape::Closed(words) => self.text(value, |text| words.contains(&text), &format!("one of {words:?}")),
            Shape::ClosedMany(words) => self.each(value, |check, element| {
                check.text(element, |text| words.contains(&text), &format!("one of {words:?}"))
            }),
            Shape::Hashes => self.hashes(value),
            Shape::Hex => self.text(value, is_hex, "hexadecimal, two digits a byte"),
            Shape::Base64 => self.text(value, is_base64, "base64"),
            Shape::Dictionary => self.is(value, Kind::Object, "an object"),
            Shape::Record(record) => self.record(value, record),
            Shape::Records(record) => self.each(value, |check, element| check.record(element, record)),
            Shape::Extensions => self.extensions(value),
            Shape::Ipv4 => self.text(value, is_ipv4, "an IPv4 address or block"),
            Shape::Ipv6 => self.text(value, is_ipv6, "an IPv6 address or block"),
            Shape::Mac => self.text(value, is_mac, "a MAC address like `02:00:00:00:00:01`"),
        }
    }

    fn hashes(&mut self, value: Value<'a>) -> Outcome<()> {
        self.is(value, Kind::Object, "an object")?;
        for (name, hash) in value.members() {
            self.path.push(Step::Name(name.raw()));
            match name.text().and_then(|name| hash_digits(&name)) {
                None => self.is(hash, Kind::Text, "a text")?,
                Some(digits) => {
                    let what = format!("{digits} hexadecimal digits");
                    self.text(hash, |text| text.len() == digits && is_hex(text), &what)?;
                }
            }
            self.path.pop();
        }
        Ok(())
    }

    fn named(&mut self, value: Value<'a>, of: impl Fn(&str) -> Option<&'static Record>) -> Outcome<()> {
        self.is(value, Kind::Object, "an object")?;
        for (name, member) in value.members() {
            self.path.push(Step::Name(name.raw()));
            match name.text().and_then(|name| of(&name)) {
                Some(record) => self.record(member, record)?,
                None => self.is(member, Kind::Object, "an object")?,
            }
            self.path.pop();
        }
        Ok(())
    }

    /// Section 7.3: predefined ones by name, others by the identifier of their definition. Names of neither kind are
    /// custom extensions of 2.0, kept as they came.
    fn extensions(&mut self, value: Value<'a>) -> Outcome<()> {
        let known: &[(&str, &'static Record)] = self.of.map_or(&[], |of| of.extensions);
        self.named(value, |name| known.iter().find(|(own, _)| *own == name).map(|(_, record)| *record))?;
        for (name, extension) in value.members() {
            self.path.push(Step::Name(name.raw()));
            if name.raw().starts_with("extension-definition--") {
                reference(name, To::Kinds(&["extension-definition"]))?;
                if let Some(kind) = extension.get("extension_type") {
                    self.path.push(Step::Name("extension_type"));
                    let words = &super::meta::EXTENSION_TYPES;
                    self.text(kind, |text| words.contains(&text), &format!("one of {words:?}"))?;
                    self.path.pop();
                }
            }
            self.path.pop();
        }
        Ok(())
    }

    fn rules(&mut self, value: Value<'a>, rules: &'static [Rule]) -> Outcome<()> {
        rules.iter().try_for_each(|rule| self.rule(value, rule))
    }

    fn rule(&mut self, value: Value<'a>, rule: &'static Rule) -> Outcome<()> {
        let has = |name: &str| value.get(name).is_some();
        let flag = |name: &str, wanted: bool| {
            value.get(name).is_some_and(|flag| flag.kind() == if wanted { Kind::True } else { Kind::False })
        };
        let broken = match *rule {
            Rule::NotBefore(first, then) => return self.in_order(value, (first, then), false),
            Rule::After(first, then) => return self.in_order(value, (first, then), true),
            Rule::AnyOf([name]) if !has(name) => return self.missing(name),
            Rule::AnyOf(names) => (!names.iter().any(|name| has(name)))
                .then(|| (names[0], Code::Missing, format!("is missing: at least one of {names:?} must be there"))),
            Rule::NotBoth(one, other) => {
                (has(one) && has(other)).then(|| (one, Code::Contradiction, format!("must not stand beside `{other}`")))
            }
            Rule::Needs(name, others) => others
                .iter()
                .find(|other| has(name) && !has(other))
                .map(|other| (*other, Code::Missing, format!("is missing: `{name}` needs it"))),
            Rule::Where(when, wanted, name) => (flag(when, wanted) && !has(name))
                .then(|| (name, Code::Missing, format!("is missing: `{when}` is {wanted}"))),
            Rule::Unless(when, wanted, name) => (flag(when, wanted) && has(name))
                .then(|| (name, Code::Contradiction, format!("must not be there: `{when}` is {wanted}"))),
        };
        broken.map_or(Ok(()), |(name, code, what)| {
            self.path.push(Step::Name(name));
            Err((code, what))
        })
    }

    fn in_order(&mut self, value: Value<'a>, (first, then): (&'static str, &'static str), strict: bool) -> Outcome<()> {
        let (Some(from), Some(to)) = (value.get(first), value.get(then)) else { return Ok(()) };
        let (from, to) = (time(from)?, time(to)?);
        if to < from || (strict && to == from) {
            self.path.push(Step::Name(then));
            let wanted = if strict { "after" } else { "not before" };
            return Err((Code::TimesReversed, format!("`{to}` must be {wanted} `{first}`, `{from}`")));
        }
        Ok(())
    }
}

fn wrong_type(value: Value<'_>, wanted: &str) -> (Code, String) {
    let found = match value.kind() {
        Kind::Null => "null",
        Kind::False | Kind::True => "a flag",
        Kind::Number => "a number",
        Kind::Text | Kind::Name => "a text",
        Kind::Array => "a list",
        Kind::Object => "an object",
    };
    (Code::WrongType, format!("must be {wanted}, is {found}"))
}

fn integer(value: Value<'_>, from: i64, to: i64) -> Outcome<()> {
    match value.integer() {
        Some(number) if (from..=to).contains(&number) => Ok(()),
        _ if value.kind() == Kind::Number => {
            Err((Code::BadValue, format!("`{}` must be a whole number from {from} to {to}", excerpt(value.raw()))))
        }
        _ => Err(wrong_type(value, "a whole number")),
    }
}

fn float(value: Value<'_>, from: f64, to: f64) -> Outcome<()> {
    match value.float() {
        Some(number) if (from..=to).contains(&number) => Ok(()),
        Some(_) => Err((Code::BadValue, format!("`{}` must be from {from} to {to}", excerpt(value.raw())))),
        None => Err(wrong_type(value, "a number")),
    }
}

/// Reads a time.
fn time(value: Value<'_>) -> Outcome<Timestamp> {
    let text = value.text().ok_or_else(|| wrong_type(value, "a timestamp"))?;
    Timestamp::parse(&text).map_err(|fault| (Code::BadTime, fault.to_string()))
}

/// Whether a value is an identifier of a kind allowed.
fn reference(value: Value<'_>, to: To) -> Outcome<()> {
    let text = value.text().ok_or_else(|| wrong_type(value, "an identifier"))?;
    if !crate::id::is_id(&text) {
        return Err((Code::BadId, crate::id::not_an_id(&text)));
    }
    let kind = &text[..text.len() - 38];
    if fits(kind, to) {
        return Ok(());
    }
    let wanted = match to {
        To::Kinds(kinds) => format!("one of {kinds:?}"),
        To::Anything => "an object".to_owned(),
        To::Domain => "a domain object".to_owned(),
        To::Observable => "an observable".to_owned(),
        To::DomainOrObservable => "a domain object or observable".to_owned(),
        To::ObservableOrRelation => "an observable or relationship".to_owned(),
    };
    Err((Code::WrongReference, format!("points at `{kind}` and must point at {wanted}")))
}

/// Custom types fit wherever the standard names a group rather than types.
fn fits(kind: &str, to: To) -> bool {
    let class = || if kind == "bundle" { Some(Class::Meta) } else { type_of(kind).map(|of| of.class) };
    match to {
        To::Anything => true,
        To::Kinds(kinds) => kinds.contains(&kind),
        To::Domain => matches!(class(), None | Some(Class::Domain)),
        To::Observable => matches!(class(), None | Some(Class::Observable)),
        To::DomainOrObservable => matches!(class(), None | Some(Class::Domain | Class::Observable)),
        To::ObservableOrRelation => matches!(class(), None | Some(Class::Observable | Class::Relation)),
    }
}
