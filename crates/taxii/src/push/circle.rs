//! Who gets what is pushed, and what may go there by its markings (STIX 2.1, section 7.2).

use noroshi_stix::marking::Marking;
use noroshi_stix::received::Says;
use noroshi_stix::{Id, Received, Tlp};
use std::collections::BTreeMap;

/// Whose server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circle {
    /// Somebody else's: TLP:AMBER at most. What is for the organisation only, for named readers, for some countries or
    /// purposes, or marked in a way nobody here understands, stays.
    Partners = 0,
    /// Our own organisation's: everything.
    Own = 1,
}

/// The marking definitions of an input.
#[derive(Debug)]
pub(super) struct Markings(BTreeMap<Id, Marking>);

impl Markings {
    pub(super) fn of(objects: impl Iterator<Item = Received>) -> Self {
        let definitions = objects.filter(|object| object.kind() == "marking-definition");
        let mut markings = BTreeMap::new();
        for definition in definitions {
            let says = Marking::of(&definition);
            // Two that say different things under one name say nothing anybody may rely on.
            let said = markings.entry(definition.id().clone()).or_insert_with(|| says.clone());
            if *said != says {
                *said = Marking::Unknown;
            }
        }
        Self(markings)
    }

    /// The first marking of an object, or of a part of it, that keeps it from a circle.
    pub(super) fn keeping(&self, object: &Received, circle: Circle) -> Option<Id> {
        let parts = object.granular().iter().filter_map(|part| match &part.says {
            Says::Marking(id) => Some(id),
            Says::Lang(_) => None,
        });
        let mut all = object.object_markings().iter().chain(parts);
        all.find(|id| circle == Circle::Partners && !self.may_go(id)).cloned()
    }

    fn may_go(&self, id: &Id) -> bool {
        match self.0.get(id).cloned().or_else(|| Marking::with_id(id)) {
            Some(Marking::Tlp(tlp)) => tlp <= Tlp::Amber,
            Some(Marking::Statement(_)) => true,
            Some(Marking::Restriction(_) | Marking::Unknown) | None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, Limits};

    const OWN: &str = "marking-definition--00000000-0000-4000-8000-000000000001";

    fn marked(marking: &str) -> String {
        format!(
            r#"{{"type":"x-thing","id":"x-thing--28bb3599-77cd-5a82-a950-b5bc3caf07c4","object_marking_refs":["{marking}"]}}"#
        )
    }

    fn sent(lines: &[String], circle: Circle) -> (usize, usize) {
        let input = Input::read(lines.join("\n").as_bytes(), circle, &Limits::default()).unwrap();
        assert_eq!(input.refused(), []);
        (input.len(), input.withheld().len())
    }

    #[test]
    fn what_is_for_few_does_not_go_to_partners() {
        for tlp in Tlp::ALL {
            let kept = usize::from(tlp > Tlp::Amber);
            let lines = [marked(tlp.id().as_str())];
            assert_eq!(sent(&lines, Circle::Partners), (1 - kept, kept), "{}", tlp.name());
            assert_eq!(sent(&lines, Circle::Own), (1, 0));
        }
        let part = format!(
            r#"{{"type":"x-thing","id":"x-thing--28bb3599-77cd-5a82-a950-b5bc3caf07c4","x_a":1,"granular_markings":[{{"marking_ref":"{}","selectors":["x_a"]}}]}}"#,
            Tlp::Red.id()
        );
        assert_eq!(sent(&[part], Circle::Partners), (0, 1));
    }

    #[test]
    fn a_marking_is_what_its_definition_says_wherever_it_stands() {
        let definition = |says: &str| {
            format!(
                r#"{{"type":"marking-definition","spec_version":"2.1","id":"{OWN}","created":"2026-01-01T00:00:00.000Z",{says}}}"#
            )
        };
        let statement = definition(r#""definition_type":"statement","definition":{"statement":"Copyright"}"#);
        let other = definition(r#""definition_type":"x-own","definition":{"x":1}"#);
        assert_eq!(sent(&[marked(OWN)], Circle::Partners), (0, 1), "nobody says what it means");
        assert_eq!(sent(&[marked(OWN), statement.clone()], Circle::Partners), (2, 0));
        assert_eq!(sent(&[other.clone(), marked(OWN)], Circle::Partners), (1, 1));
        assert_eq!(sent(&[statement, marked(OWN), other], Circle::Partners).1, 1, "two meanings are none");
    }
}
