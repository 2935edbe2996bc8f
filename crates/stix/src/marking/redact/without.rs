//! Writing an object again without some of its values, with selectors that still fit.

use crate::json::{Kind, Value};
use crate::selector::{index, resolve};
use std::collections::BTreeSet;

/// The object without the values at these places, and without what becomes empty by that. Nothing where nothing is
/// left.
pub(super) fn without(root: Value<'_>, places: &BTreeSet<usize>) -> Option<Vec<u8>> {
    let mut out = Writer { gone: vec![false; root.after()], root, text: String::new() };
    for &place in places {
        out.gone[place] = true;
    }
    out.sink(root, false);
    if out.gone[root.place()] {
        return None;
    }
    out.write(root, true);
    Some(out.text.into_bytes())
}

struct Writer<'a> {
    root: Value<'a>,
    /// By place: whether the value is left out.
    gone: Vec<bool>,
    text: String,
}

impl<'a> Writer<'a> {
    /// Hides what hidden values hold, and what holds only hidden ones. Depth is limited by what parsed the object.
    fn sink(&mut self, value: Value<'a>, above: bool) {
        let gone = above || self.gone[value.place()];
        self.gone[value.place()] = gone;
        let children: Vec<_> = value.members().map(|(_, member)| member).chain(value.elements()).collect();
        for &child in &children {
            self.sink(child, gone);
        }
        if !children.is_empty() && children.iter().all(|child| self.gone[child.place()]) {
            self.gone[value.place()] = true;
        }
    }

    fn write(&mut self, value: Value<'a>, top: bool) {
        match value.kind() {
            Kind::Object => {
                self.text.push('{');
                let mut first = true;
                for (name, member) in value.members().filter(|(_, member)| !self.is_gone(*member)).collect::<Vec<_>>() {
                    if top && name.says("granular_markings") {
                        self.granular(member, &mut first);
                        continue;
                    }
                    self.comma(&mut first);
                    self.text.push_str(name.written());
                    self.text.push(':');
                    self.write(member, false);
                }
                self.text.push('}');
            }
            Kind::Array => {
                self.text.push('[');
                let mut first = true;
                for element in value.elements() {
                    if !self.is_gone(element) {
                        self.comma(&mut first);
                        self.write(element, false);
                    }
                }
                self.text.push(']');
            }
            _ => self.text.push_str(value.written()),
        }
    }

    fn is_gone(&self, value: Value<'_>) -> bool {
        self.gone[value.place()]
    }

    fn comma(&mut self, first: &mut bool) {
        if !std::mem::replace(first, false) {
            self.text.push(',');
        }
    }

    /// The granular markings that still select something.
    fn granular(&mut self, markings: Value<'a>, first: &mut bool) {
        let mut begun = false;
        for marking in markings.elements() {
            let selectors: Vec<_> = marking
                .get("selectors")
                .into_iter()
                .flat_map(Value::elements)
                .filter_map(|selector| self.selector(&selector.text()?))
                .collect();
            if selectors.is_empty() {
                continue;
            }
            if begun {
                self.text.push(',');
            } else {
                self.comma(first);
                self.text.push_str("\"granular_markings\":[");
                begun = true;
            }
            self.marking(marking, &selectors);
        }
        if begun {
            self.text.push(']');
        }
    }

    fn marking(&mut self, marking: Value<'a>, selectors: &[String]) {
        self.text.push('{');
        let mut first = true;
        for (name, member) in marking.members() {
            self.comma(&mut first);
            self.text.push_str(name.written());
            self.text.push(':');
            if name.says("selectors") {
                self.text.push_str(&serde_json::Value::from(selectors).to_string());
            } else {
                self.text.push_str(member.written());
            }
        }
        self.text.push('}');
    }

    /// The selector of the same value in what is written; nothing where it is gone. Elements move up.
    fn selector(&self, selector: &str) -> Option<String> {
        if self.is_gone(resolve(self.root, selector)?) {
            return None;
        }
        let (mut value, mut steps) = (self.root, Vec::new());
        for step in selector.split('.') {
            let list = (value.kind() == Kind::Array).then_some(value);
            value = resolve(value, step)?;
            steps.push(match (list, index(step)) {
                (Some(list), Some(index)) => {
                    format!("[{}]", list.elements().take(index).filter(|element| !self.is_gone(*element)).count())
                }
                _ => step.to_owned(),
            });
        }
        Some(steps.join("."))
    }
}
