//! A collection of shared intelligence: what it is called, who keeps it, who reads it, who gives to it.

use super::limits::{DESCRIPTION_CHARS_MAX, ORGANISATIONS_MAX, TITLE_CHARS_MAX};
use crate::topic::Topic;
use noroshi_model::{CollectionId, Micros, OrgId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Organisations by name, or all that take part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readers {
    /// Every organisation that takes part.
    Everyone,
    /// These.
    These(BTreeSet<OrgId>),
}

impl Readers {
    /// Whether an organisation belongs to it.
    pub fn has(&self, org: OrgId) -> bool {
        match self {
            Self::Everyone => true,
            Self::These(orgs) => orgs.contains(&org),
        }
    }

    fn fits(&self) -> bool {
        match self {
            Self::Everyone => true,
            Self::These(orgs) => orgs.len() <= ORGANISATIONS_MAX,
        }
    }
}

/// What can be said of a collection, and changed later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Its title in Japanese.
    pub title_ja: String,
    /// Its title in English; TAXII shows this one.
    pub title_en: String,
    /// What is in it and for whom.
    pub description: String,
    /// Who reads it.
    pub readers: Readers,
    /// Who gives to it.
    pub givers: Readers,
}

/// A collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// What is said of it.
    pub card: Card,
    /// Who keeps it.
    pub keeper: OrgId,
    /// Since when.
    pub since: Micros,
    /// Whether it takes and gives.
    pub open: bool,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Open one.
    Open(Card),
    /// Change its card.
    Change(Card),
    /// Close it.
    Close,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It was opened.
    Opened {
        /// When.
        at: Micros,
        /// Who keeps it.
        keeper: OrgId,
        /// What is said of it.
        card: Box<Card>,
    },
    /// Its card changed.
    Changed(Box<Card>),
    /// It was closed.
    Closed,
}

/// Why nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A text is missing or too long.
    #[error(
        "a collection has a title in Japanese and in English, each 1 to {TITLE_CHARS_MAX} characters, and a description of at most {DESCRIPTION_CHARS_MAX}"
    )]
    Text,
    /// Too many organisations.
    #[error("at most {ORGANISATIONS_MAX} organisations are named; open it to everyone, or make two")]
    TooMany,
    /// It is closed, or was never opened, or stands already.
    #[error("the collection is not {0}")]
    Stage(&'static str),
    /// Nothing would change.
    #[error("nothing changes")]
    NoChange,
}

impl Refused {
    /// Name of the rule that refused, for the record. Never changes.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Text => "collection.text",
            Self::TooMany => "collection.too_many",
            Self::Stage(_) => "collection.stage",
            Self::NoChange => "collection.no_change",
        }
    }
}

/// Decides one step for the organisation that keeps it.
///
/// # Errors
/// [`Refused`], with the first rule that refused.
pub fn decide(state: Option<&Collection>, command: &Command, keeper: OrgId, now: Micros) -> Result<Event, Refused> {
    match (state, command) {
        (None, Command::Open(card)) => {
            check(card)?;
            Ok(Event::Opened { at: now, keeper, card: Box::new(card.clone()) })
        }
        (Some(collection), _) if !collection.open => Err(Refused::Stage("open")),
        (Some(collection), Command::Change(card)) => {
            check(card)?;
            if collection.card == *card { Err(Refused::NoChange) } else { Ok(Event::Changed(Box::new(card.clone()))) }
        }
        (Some(_), Command::Close) => Ok(Event::Closed),
        (Some(_), Command::Open(_)) => Err(Refused::Stage("new")),
        (None, _) => Err(Refused::Stage("known")),
    }
}

fn check(card: &Card) -> Result<(), Refused> {
    let titled = |title: &str| !title.trim().is_empty() && title.chars().count() <= TITLE_CHARS_MAX;
    if !titled(&card.title_ja) || !titled(&card.title_en) || card.description.chars().count() > DESCRIPTION_CHARS_MAX {
        return Err(Refused::Text);
    }
    if card.readers.fits() && card.givers.fits() { Ok(()) } else { Err(Refused::TooMany) }
}

/// The state after `event`. Cannot fail.
pub fn apply(state: Option<Collection>, event: &Event) -> Option<Collection> {
    match event {
        Event::Opened { at, keeper, card } => {
            Some(Collection { card: (**card).clone(), keeper: *keeper, since: *at, open: true })
        }
        Event::Changed(card) => state.map(|collection| Collection { card: (**card).clone(), ..collection }),
        Event::Closed => state.map(|collection| Collection { open: false, ..collection }),
    }
}

/// Collections, as the store keeps them.
#[derive(Debug)]
pub struct CollectionTopic;

impl Topic for CollectionTopic {
    const NAME: &'static str = "collection";
    type Id = CollectionId;
    type State = Collection;
    type Event = Event;

    fn apply(state: Option<Collection>, event: &Event) -> Option<Collection> {
        apply(state, event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: Micros = Micros(1_790_000_000_000_000);

    fn org(number: u128) -> OrgId {
        OrgId(Uuid::from_u128(number))
    }

    fn card() -> Card {
        Card {
            title_ja: "電力".to_owned(),
            title_en: "Electricity".to_owned(),
            description: String::new(),
            readers: Readers::These([org(1), org(2)].into()),
            givers: Readers::Everyone,
        }
    }

    #[test]
    fn it_is_opened_changed_and_closed_for_good() {
        let opened = decide(None, &Command::Open(card()), org(9), NOW).unwrap();
        let open = apply(None, &opened).unwrap();
        assert!(open.open && open.keeper == org(9) && open.card.readers.has(org(2)) && !open.card.readers.has(org(3)));
        let wider = Card { readers: Readers::Everyone, ..card() };
        let changed = decide(Some(&open), &Command::Change(wider.clone()), org(9), NOW).unwrap();
        let changed = apply(Some(open), &changed).unwrap();
        assert_eq!(changed.card, wider);
        assert_eq!(decide(Some(&changed), &Command::Change(wider), org(9), NOW), Err(Refused::NoChange));
        let closed = apply(Some(changed), &Event::Closed).unwrap();
        assert_eq!(decide(Some(&closed), &Command::Change(card()), org(9), NOW), Err(Refused::Stage("open")));
        assert_eq!(decide(None, &Command::Close, org(9), NOW), Err(Refused::Stage("known")));
    }

    #[test]
    fn a_card_says_something_and_has_limits() {
        let refused = |card| decide(None, &Command::Open(card), org(9), NOW).unwrap_err();
        assert_eq!(refused(Card { title_en: " ".to_owned(), ..card() }), Refused::Text);
        assert_eq!(refused(Card { title_ja: "あ".repeat(TITLE_CHARS_MAX + 1), ..card() }), Refused::Text);
        let many = Readers::These((0..=ORGANISATIONS_MAX as u128).map(org).collect());
        assert_eq!(refused(Card { readers: many, ..card() }), Refused::TooMany);
    }

    #[test]
    fn events_read_back() {
        let events = [Event::Changed(Box::new(card())), Event::Closed];
        for event in events {
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
        }
    }
}
