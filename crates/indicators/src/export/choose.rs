//! Out of STIX objects, what can be acted on at an instant.

use super::{Indicator, LeftOut, Reason};
use crate::Value;
use crate::limits::NAME_CHARACTERS_MAX;
use crate::text::one_line;
use noroshi_stix::pattern::{self, Asked};
use noroshi_stix::{Id, Limits, Received, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The instant at which it must hold.
    pub at: Timestamp,
    /// How sure it must be at least, 0 to 100; what does not say counts as 0. Nothing asks nothing.
    pub confidence_min: Option<u8>,
    /// Whether victims are wanted too (indicators of type `compromised` and no other).
    pub compromised: bool,
    /// Whether the address alone will do where a pattern asks for traffic to one port of it. It hits more than the
    /// pattern means.
    pub any_port: bool,
}

impl Wanted {
    /// Everything that holds at an instant, but for victims, and as narrow as it is meant.
    pub fn at(at: Timestamp) -> Self {
        Self { at, confidence_min: None, compromised: false, any_port: false }
    }
}

/// What was chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// One for each value of each object, in the order of identifiers.
    pub indicators: Vec<Indicator>,
    /// The rest.
    pub left_out: LeftOut,
}

/// Chooses from objects. Of several versions of one object the newest counts, and one that is revoked wins over an
/// equal one that is not. Who may see them is for the caller to have decided before.
pub fn choose(objects: &[Received], wanted: &Wanted) -> Chosen {
    let mut chosen = Chosen::default();
    let mut newest: BTreeMap<&Id, &Received> = BTreeMap::new();
    for object in objects {
        if object.kind() != "indicator" {
            chosen.left_out.add(Reason::NotAnIndicator, object.id(), object.kind().to_owned());
            continue;
        }
        let rank = |of: &Received| (of.version(), of.revoked(), of.text().to_owned());
        if let Some(before) = newest.insert(object.id(), object) {
            if rank(before) > rank(object) {
                newest.insert(object.id(), before);
            }
            chosen.left_out.add(Reason::OlderVersion, object.id(), String::new());
        }
    }
    for object in newest.into_values() {
        take(object, wanted, &mut chosen);
    }
    chosen
}

/// What the export reads of an object that was judged before.
#[derive(Debug, Deserialize)]
struct Seen {
    #[serde(default)]
    name: String,
    #[serde(default)]
    indicator_types: Vec<String>,
    pattern: String,
    #[serde(default)]
    pattern_type: Option<String>,
    valid_from: Timestamp,
    #[serde(default)]
    valid_until: Option<Timestamp>,
    #[serde(default)]
    confidence: Option<u8>,
}

fn take(object: &Received, wanted: &Wanted, chosen: &mut Chosen) {
    let left_out = &mut chosen.left_out;
    let Ok(seen) = serde_json::from_slice::<Seen>(object.bytes()) else {
        return left_out.add(Reason::NotPlain, object.id(), "the object cannot be read".to_owned());
    };
    if let Some((reason, what)) = refused(object, &seen, wanted) {
        return left_out.add(reason, object.id(), what);
    }
    let parsed = match pattern::parse(&seen.pattern, &Limits::default()) {
        Ok(parsed) => parsed,
        Err(fault) => return left_out.add(Reason::NotPlain, object.id(), fault.to_string()),
    };
    let Some(alternatives) = parsed.alternatives() else {
        return left_out.add(Reason::NotPlain, object.id(), crate::text::excerpt(&seen.pattern));
    };
    for mut alternative in alternatives {
        if wanted.any_port {
            alternative.retain(|asked| !is_port(asked));
        }
        match Value::asked(&alternative) {
            Ok(value) => chosen.indicators.push(Indicator {
                id: object.id().clone(),
                value,
                valid_from: seen.valid_from,
                valid_until: seen.valid_until,
                confidence: seen.confidence,
                label: one_line(&seen.name, NAME_CHARACTERS_MAX),
            }),
            Err(what) => left_out.add(Reason::OtherValue, object.id(), what),
        }
    }
}

fn is_port(asked: &Asked) -> bool {
    matches!(
        asked.named.path.as_str(),
        "network-traffic:dst_port" | "network-traffic:protocols[*]" | "network-traffic:protocols[0]"
    )
}

/// Why an object is not looked into.
fn refused(object: &Received, seen: &Seen, wanted: &Wanted) -> Option<(Reason, String)> {
    let is = |name: &str| seen.indicator_types.iter().any(|kind| kind == name);
    let only = |name: &str| is(name) && seen.indicator_types.iter().all(|kind| kind == name);
    let language = seen.pattern_type.as_deref().unwrap_or("stix");
    let nothing = String::new;
    Some(match () {
        () if object.revoked() => (Reason::Revoked, nothing()),
        () if seen.valid_from > wanted.at => (Reason::NotYet, nothing()),
        () if seen.valid_until.is_some_and(|until| until <= wanted.at) => (Reason::Ended, nothing()),
        () if is("benign") => (Reason::Benign, nothing()),
        () if only("compromised") && !wanted.compromised => (Reason::Compromised, nothing()),
        () if wanted.confidence_min > Some(seen.confidence.unwrap_or(0)) => (Reason::Unsure, nothing()),
        () if language != "stix" => (Reason::Rule, crate::text::excerpt(language)),
        () => return None,
    })
}

#[cfg(test)]
mod tests;
