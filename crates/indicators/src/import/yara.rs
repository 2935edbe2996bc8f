//! YARA rules, one indicator a rule, as they are written.
//!
//! A rule is taken with the `import` lines it uses and the rules of the same file it names, so that it compiles alone.
//! Private rules are only taken with those that name them.

mod tokens;

use super::collect::Collector;
use super::table::reference;
use crate::limits::{RULE_BYTES_MAX, RULES_NEEDED_MAX, UNENDED_MAX};
use crate::object::{Language, Said};
use std::collections::{BTreeMap, BTreeSet};
use tokens::{Kind, Token, Tokens, Unclosed};

/// One rule of a file.
#[derive(Debug, Default)]
struct Rule<'a> {
    name: &'a str,
    /// Never reported itself, only named by others.
    private: bool,
    at: usize,
    end: usize,
    tags: Vec<&'a str>,
    /// Texts of its `meta` section.
    meta: Vec<(&'a str, &'a str)>,
    /// Every word of its condition: what it may name.
    words: BTreeSet<&'a str>,
    /// The rules and modules of the file that are among them.
    needs: Vec<usize>,
    modules: Vec<&'a str>,
}

pub(super) fn read(text: &str, into: &mut Collector<'_>) {
    let lines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let line = |at: usize| lines.partition_point(|end| *end < at) as u64 + 1;
    let mut file = File { text, ..File::default() };
    let (mut at, mut far) = (0, 0);
    while at < text.len() {
        match file.item(at) {
            Ok(Some(end)) => at = end,
            Ok(None) => break,
            Err(fault) => {
                into.fault(line(fault.at), format!("{}; mend the rule", fault.what));
                far += usize::from(fault.far);
                if far > UNENDED_MAX {
                    into.fault(
                        line(fault.at),
                        format!("more than {UNENDED_MAX} rules do not end; the rest is not read"),
                    );
                    break;
                }
                at = next_rule(text, fault.at.max(at) + 1);
            }
        }
    }
    file.join();
    for (index, rule) in file.rules.iter().enumerate() {
        if rule.private {
            into.pass_over();
            continue;
        }
        if into.is_full(line(rule.at)) {
            continue;
        }
        match file.whole(index) {
            Ok(whole) => into.rule(line(rule.at), Language::Yara, whole, rule.said()),
            Err(what) => into.fault(line(rule.at), what),
        }
    }
}

/// Where reading can go on after a fault: at the next line that begins a rule.
fn next_rule(text: &str, from: usize) -> usize {
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let begins = |line: &str| ["rule ", "private ", "global ", "import "].iter().any(|word| line.starts_with(word));
    let mut at = from + text[from..].find('\n').map_or(text.len() - from, |end| end + 1);
    for line in text[at..].split_inclusive('\n') {
        if begins(line) {
            return at;
        }
        at += line.len();
    }
    text.len()
}

#[derive(Debug, Default)]
struct File<'a> {
    text: &'a str,
    imports: BTreeSet<&'a str>,
    rules: Vec<Rule<'a>>,
    names: BTreeMap<&'a str, usize>,
}

impl<'a> File<'a> {
    /// Reads what stands at a place: a rule, an import. Gives where it ends.
    fn item(&mut self, at: usize) -> Result<Option<usize>, Unclosed> {
        let mut tokens = Tokens::new(self.text, at);
        let Some(first) = tokens.next()? else { return Ok(None) };
        let mut token = first;
        let mut private = false;
        while let Kind::Word(word @ ("private" | "global")) = token.kind {
            private |= word == "private";
            token = need(tokens.next()?, &first, "`rule` is missing")?;
        }
        match token.kind {
            Kind::Word("rule") => {
                let rule = Rule { private, ..rule(&mut tokens, first.at)? };
                let end = rule.end;
                if self.names.contains_key(rule.name) {
                    return Err(Unclosed::near(first.at, "a rule of this name stands before it"));
                }
                self.names.insert(rule.name, self.rules.len());
                self.rules.push(rule);
                Ok(Some(end))
            }
            Kind::Word("import") => match need(tokens.next()?, &first, "the name of a module is missing")? {
                Token { kind: Kind::Text(module), end, .. } => {
                    self.imports.insert(module);
                    Ok(Some(end))
                }
                Token { at, .. } => Err(Unclosed::near(at, "the name of a module must stand in quotes")),
            },
            Kind::Word("include") => Err(Unclosed::near(first.at, "other files are not included")),
            _ => Err(Unclosed::near(first.at, "neither `rule` nor `import`")),
        }
    }

    /// Finds what each rule needs, once for all.
    fn join(&mut self) {
        for rule in &mut self.rules {
            rule.needs = rule.words.iter().filter_map(|word| self.names.get(word)).copied().collect();
            rule.modules = rule.words.intersection(&self.imports).copied().collect();
            rule.words.clear();
        }
    }

    /// The text of a rule with what it needs.
    fn whole(&self, index: usize) -> Result<String, String> {
        let (mut needed, mut open, mut bytes) = (BTreeSet::from([index]), vec![index], 0);
        while let Some(of) = open.pop() {
            let rule = &self.rules[of];
            open.extend(rule.needs.iter().filter(|named| needed.insert(**named)));
            bytes += rule.end - rule.at;
            if needed.len() > RULES_NEEDED_MAX + 1 || bytes > RULE_BYTES_MAX {
                return Err(format!(
                    "the rule needs more than {RULES_NEEDED_MAX} other rules or {RULE_BYTES_MAX} bytes; make it need fewer"
                ));
            }
        }
        let modules: BTreeSet<_> = needed.iter().flat_map(|of| self.rules[*of].modules.iter().copied()).collect();
        let imports = modules.iter().map(|module| format!("import \"{module}\"\n"));
        let rules: Vec<_> = needed.iter().map(|of| &self.text[self.rules[*of].at..self.rules[*of].end]).collect();
        Ok(imports.collect::<String>() + &rules.join("\n"))
    }
}

fn need<'a>(token: Option<Token<'a>>, before: &Token<'_>, what: &'static str) -> Result<Token<'a>, Unclosed> {
    token.ok_or(Unclosed::near(before.at, what))
}

/// Reads a rule from behind the word `rule`.
fn rule<'a>(tokens: &mut Tokens<'a>, at: usize) -> Result<Rule<'a>, Unclosed> {
    let unclosed = Unclosed::far(at, "the rule is not closed");
    let named = tokens.next()?.ok_or(unclosed)?;
    let Kind::Word(name) = named.kind else {
        return Err(Unclosed::near(named.at, "the name of the rule is missing"));
    };
    let mut rule = Rule { name, at, ..Rule::default() };
    loop {
        let token = tokens.next()?.ok_or(unclosed)?;
        match token.kind {
            Kind::Mark(b'{') => break,
            Kind::Mark(b':') if rule.tags.is_empty() => {}
            Kind::Word(tag) => rule.tags.push(tag),
            _ => return Err(Unclosed::near(token.at, "neither a tag nor `{`")),
        }
    }
    body(tokens, &mut rule)?;
    Ok(rule)
}

/// Reads the body to the brace that closes it.
fn body<'a>(tokens: &mut Tokens<'a>, rule: &mut Rule<'a>) -> Result<(), Unclosed> {
    let unclosed = Unclosed::far(rule.at, "the rule is not closed");
    let (mut depth, mut section, mut before) = (1usize, "", [Kind::Mark(b' '); 2]);
    while depth > 0 {
        let token = tokens.next()?.ok_or(unclosed)?;
        match token.kind {
            Kind::Mark(b'{') => depth += 1,
            Kind::Mark(b'}') => depth -= 1,
            Kind::Mark(b':') => {
                if let Kind::Word(word @ ("meta" | "strings" | "variables" | "condition")) = before[1] {
                    section = word;
                }
            }
            Kind::Word(word) if section == "condition" => _ = rule.words.insert(word),
            Kind::Text(text) if section == "meta" => {
                if let [Kind::Word(key), Kind::Mark(b'=')] = before {
                    rule.meta.push((key, text));
                }
            }
            _ => {}
        }
        before = [before[1], token.kind];
        rule.end = token.end;
        if rule.end - rule.at > RULE_BYTES_MAX {
            return Err(Unclosed::far(rule.at, "the rule is longer than any rule may be"));
        }
    }
    match section {
        "condition" => Ok(()),
        _ => Err(Unclosed::near(rule.at, "the rule has no condition")),
    }
}

impl Rule<'_> {
    fn said(&self) -> Said {
        let meta = |wanted: &'static [&'static str]| {
            self.meta
                .iter()
                .filter(move |(key, _)| wanted.iter().any(|word| word.eq_ignore_ascii_case(key)))
                .map(|(_, text)| unescaped(text))
        };
        Said {
            name: self.name.to_owned(),
            description: meta(&["description", "desc"]).collect::<Vec<_>>().join("\n"),
            labels: self.tags.iter().map(|tag| (*tag).to_owned()).collect(),
            references: meta(&["reference", "reference1", "reference2", "ref", "url"])
                .filter_map(|text| reference(&text))
                .collect(),
            ..Said::default()
        }
    }
}

/// Escapes of YARA's texts: `\"`, `\\`, `\t`, `\n`, `\r`; others stay as they are.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, characters.clone().next()) {
            ('\\', Some(escaped @ ('"' | '\\' | 't' | 'n' | 'r'))) => {
                characters.next();
                plain.push(match escaped {
                    't' => '\t',
                    'n' => '\n',
                    'r' => '\r',
                    other => other,
                });
            }
            _ => plain.push(character),
        }
    }
    plain
}
