//! Reading a `tlog-policy` file, line by line.

use super::{BadPolicy, HashMap, KeyKind, Member, POLICY_BYTES_MAX, POLICY_NAMES_MAX, Party, Policy, VerifyKey};

/// A reason without its line yet.
enum Fault {
    Why(String),
    Key(super::BadKey),
}

impl From<super::BadKey> for Fault {
    fn from(source: super::BadKey) -> Self {
        Self::Key(source)
    }
}

fn fault<T>(why: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Why(why.into()))
}

#[derive(Default)]
struct Draft<'a> {
    logs: Vec<Party>,
    witnesses: Vec<Party>,
    /// Witnesses and groups by name, and whether they are a member of a group already.
    names: HashMap<&'a str, (Member, bool)>,
    groups: usize,
    quorum: Option<(String, Option<Member>)>,
}

pub(super) fn policy(text: &[u8]) -> Result<Policy, BadPolicy> {
    if text.len() > POLICY_BYTES_MAX {
        return Err(BadPolicy::TooLong);
    }
    // The format is bytes; UTF-8 is "strongly recommended" for what is not ASCII, and asked for here.
    let text = std::str::from_utf8(text)
        .map_err(|_| BadPolicy::Line { line: 1, why: "the file is not UTF-8 text".to_owned() })?;
    let mut draft = Draft::default();
    for (number, line) in text.split('\n').enumerate() {
        let line_number = number + 1;
        draft.line(line).map_err(|fault| match fault {
            Fault::Why(why) => BadPolicy::Line { line: line_number, why },
            Fault::Key(source) => BadPolicy::Key { line: line_number, source },
        })?;
    }
    let (quorum_name, quorum) = draft.quorum.ok_or(BadPolicy::NoQuorum)?;
    Ok(Policy { logs: draft.logs, witnesses: draft.witnesses, quorum_name, quorum })
}

impl<'a> Draft<'a> {
    fn line(&mut self, line: &'a str) -> Result<(), Fault> {
        if line.chars().any(|c| c.is_ascii_control() && c != '\t') {
            return fault("control characters are not allowed");
        }
        let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", vkey] => self.log(vkey, None),
            ["log", vkey, url] => self.log(vkey, Some(url)),
            ["witness", name, vkey] => self.witness(name, vkey, None),
            ["witness", name, vkey, url] => self.witness(name, vkey, Some(url)),
            ["group", name, threshold, members @ ..] if !members.is_empty() => self.group(name, threshold, members),
            ["quorum", name] => self.quorum(name),
            [word, ..] => fault(format!("`{word}` with these words is none of log, witness, group, quorum")),
        }
    }

    fn log(&mut self, vkey: &str, url: Option<&&str>) -> Result<(), Fault> {
        let key = VerifyKey::parse(vkey)?;
        if key.kind() != KeyKind::Log {
            return fault(format!("`{}` is a cosigner's key, not a log's", key.name()));
        }
        let party = Party { name: key.name().to_owned(), key, url: url.map(|url| (*url).to_owned()) };
        add(&mut self.logs, party)
    }

    fn witness(&mut self, name: &'a str, vkey: &str, url: Option<&&str>) -> Result<(), Fault> {
        let key = VerifyKey::parse(vkey)?;
        if key.kind() != KeyKind::Cosigner {
            return fault(format!("`{}` is a log's key, not a cosigner's", key.name()));
        }
        add(&mut self.witnesses, Party { name: name.to_owned(), key, url: url.map(|url| (*url).to_owned()) })?;
        self.define(name, Member::Witness(self.witnesses.len() - 1))
    }

    fn group(&mut self, name: &'a str, threshold: &str, members: &[&str]) -> Result<(), Fault> {
        self.groups += 1;
        if self.groups > POLICY_NAMES_MAX {
            return fault(format!("more than {POLICY_NAMES_MAX} groups"));
        }
        let threshold = match threshold {
            "any" => 1,
            "all" => members.len(),
            number => match number.parse() {
                Ok(k) if (1..=members.len()).contains(&k) && !number.starts_with(['0', '+']) => k,
                _ => return fault(format!("threshold `{number}` is not `any`, `all` or 1 to {}", members.len())),
            },
        };
        let members = members.iter().map(|member| self.join(member)).collect::<Result<_, _>>()?;
        self.define(name, Member::Group { threshold, members })
    }

    /// A witness counts in one way only: no name is a member twice.
    fn join(&mut self, name: &str) -> Result<Member, Fault> {
        match self.names.get_mut(name) {
            None => fault(format!("`{name}` is not defined above")),
            Some((_, true)) => fault(format!("`{name}` is a member of a group already")),
            Some((member, taken)) => {
                *taken = true;
                Ok(member.clone())
            }
        }
    }

    fn define(&mut self, name: &'a str, member: Member) -> Result<(), Fault> {
        if name == "none" || self.names.contains_key(name) {
            return fault(format!("the name `{name}` is taken"));
        }
        self.names.insert(name, (member, false));
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), Fault> {
        if self.quorum.is_some() {
            return fault("a second `quorum` line");
        }
        let quorum = match (name, self.names.get(name)) {
            ("none", _) => None,
            (_, Some((member, _))) => Some(member.clone()),
            (_, None) => return fault(format!("`{name}` is not defined above")),
        };
        self.quorum = Some((name.to_owned(), quorum));
        Ok(())
    }
}

fn add(parties: &mut Vec<Party>, party: Party) -> Result<(), Fault> {
    if parties.len() == POLICY_NAMES_MAX {
        return fault(format!("more than {POLICY_NAMES_MAX} of them"));
    }
    if parties.iter().any(|other| other.key.public_bytes() == party.key.public_bytes()) {
        return fault(format!("the key of `{}` stands there already", party.name));
    }
    parties.push(party);
    Ok(())
}
