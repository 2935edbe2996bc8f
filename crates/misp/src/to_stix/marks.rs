//! Tags as markings, labels and confidence.

use super::Mode;
use crate::fields::Fields;
use crate::tag::Tag;
use noroshi_stix::Tlp;
use serde_json::{Value, json};

/// An object with the marking.
pub(crate) fn marked(mut object: Fields, tlp: Option<Tlp>) -> Fields {
    if let Some(tlp) = tlp {
        object.insert("object_marking_refs".to_owned(), vec![tlp.id().as_str()].into());
    }
    object
}

/// What tags say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// Identifiers of markings.
    pub(crate) markings: Vec<String>,
    /// The one marking of [`Mode::Lossless`].
    pub(crate) tlp: Option<Tlp>,
    /// Everything else.
    pub(crate) labels: Vec<String>,
    /// The least of the confidences named.
    pub(crate) confidence: Option<u8>,
}

impl Marks {
    /// Of tags; `around` is the marking of the event. In [`Mode::Lossless`] one thing has one marking of TLP, the
    /// narrowest of all that hold for it.
    pub(crate) fn of<'a>(tags: impl Iterator<Item = &'a Tag>, around: Option<Tlp>, mode: Mode) -> Self {
        let mut marks = Self::default();
        let mut narrowest = around;
        for tag in tags {
            let name = tag.name();
            match tlp(name) {
                Some(tlp) if mode == Mode::Reference => {
                    marks.markings.extend(first_version(name).or(Some(tlp.id().to_string())))
                }
                Some(tlp) => narrowest = narrowest.max(Some(tlp)),
                None => marks.label(name, mode, &mut narrowest),
            }
        }
        if mode == Mode::Lossless {
            marks.tlp = narrowest;
            marks.markings = narrowest.map(|tlp| tlp.id().to_string()).into_iter().collect();
        }
        marks
    }

    fn label(&mut self, name: &str, mode: Mode, narrowest: &mut Option<Tlp>) {
        if let Some(percent) = confidence(name) {
            self.confidence = Some(self.confidence.map_or(percent, |least| least.min(percent)));
        }
        // A word of TLP nobody knows closes; `tlp:ex:chr` (Chatham House) limits who is named, not who may read.
        if mode == Mode::Lossless && is_tlp(name) && !name.eq_ignore_ascii_case("tlp:ex:chr") {
            *narrowest = Some(Tlp::Red);
        }
        self.labels.push(name.to_owned());
    }

    /// Writes the markings into an object.
    pub(crate) fn mark(&self, object: &mut Fields) {
        if !self.markings.is_empty() {
            object.insert("object_marking_refs".to_owned(), self.markings.clone().into());
        }
    }
}

fn is_tlp(name: &str) -> bool {
    name.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("tlp:"))
}

/// The marking a tag names.
pub(crate) fn tlp(name: &str) -> Option<Tlp> {
    is_tlp(name).then(|| Tlp::named(name.get(4..)?)).flatten()
}

/// The tag of a marking.
pub(crate) fn tag_of(tlp: Tlp) -> String {
    tlp.name().to_ascii_lowercase()
}

const FIRST: [(&str, &str); 4] = [
    ("tlp:white", "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    ("tlp:green", "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    ("tlp:amber", "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"),
    ("tlp:red", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
];

/// The marking of TLP 1 the reference takes for four of the tags (STIX 2.1, section 7.2.1.4).
fn first_version(tag: &str) -> Option<String> {
    FIRST.iter().find(|(own, _)| *own == tag).map(|(_, id)| (*id).to_owned())
}

/// The official object behind an identifier of TLP.
pub(crate) fn definition(id: &str) -> Option<Value> {
    if let Some((tag, id)) = FIRST.iter().find(|(_, own)| *own == id) {
        let word = tag.strip_prefix("tlp:").unwrap_or_default();
        return Some(json!({
            "type": "marking-definition", "spec_version": "2.1", "id": id, "created": "2017-01-20T00:00:00.000Z",
            "definition_type": "tlp", "name": format!("TLP:{}", word.to_uppercase()), "definition": {"tlp": word},
        }));
    }
    let tlp = Tlp::ALL.into_iter().find(|tlp| tlp.id().as_str() == id)?;
    let mut object = serde_json::to_value(tlp.definition()).ok()?;
    object.as_object_mut()?.insert("type".to_owned(), "marking-definition".into());
    Some(object)
}

/// MISP's words for confidence in percent.
fn confidence(tag: &str) -> Option<u8> {
    let word = tag.strip_prefix("misp:confidence-level=\"")?.strip_suffix('"')?;
    Some(match word {
        "completely-confident" => 100,
        "usually-confident" => 75,
        "fairly-confident" => 50,
        "rarely-confident" => 25,
        "unconfident" => 0,
        _ => return None,
    })
}
