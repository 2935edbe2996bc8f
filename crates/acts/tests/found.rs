//! Zero differences: random objects under random markings, asked for by every reader on every way there is, against
//! the plain rule written down here once more. On both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use noroshi_acts::share::{self, Offered, Sights, Wanted};
use noroshi_acts::testkit::*;
use noroshi_acts::{Acts, NotDone};
use noroshi_authz::{Person, Principal};
use noroshi_casework::share::collection::{Card, Command};
use noroshi_casework::share::seen::Seen;
use noroshi_casework::share::{Readers, words};
use noroshi_leaf::Body;
use noroshi_model::{Clearance, CollectionId, Country, Micros, OrgId, OrgKind, PersonId, Role};
use noroshi_store::intel::{Cut, Line, Versions};
use noroshi_store::on_both;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Open to everybody; to organisations 2 and 5; to nobody but its keeper.
const SHELVES: [CollectionId; 3] =
    [CollectionId(Uuid::from_u128(0x511)), CollectionId(Uuid::from_u128(0x512)), CollectionId(Uuid::from_u128(0x513))];
const GIVERS: [u128; 3] = [2, 3, 5];
const READERS: [u128; 5] = [1, 2, 3, 4, 5];
const SEEN: &str = "203.0.113.7";

/// The markings there are, and what each means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Green,
    Amber,
    Red,
    /// Defined by every giver, and narrows nothing.
    Statement,
    /// Defined by every giver: for the United States.
    America,
    /// Defined by nobody.
    Unknown,
}
use Mark::{Amber, America, Green, Red, Statement, Unknown};

impl Mark {
    const ALL: [Self; 6] = [Green, Amber, Red, Statement, America, Unknown];

    const fn id(self) -> &'static str {
        match self {
            Green => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            Amber => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            Red => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
            Statement => "marking-definition--6f0f3fb3-3ad2-4a90-8f86-4dbf8a5a3d01",
            America => "marking-definition--6f0f3fb3-3ad2-4a90-8f86-4dbf8a5a3d02",
            Unknown => "marking-definition--6f0f3fb3-3ad2-4a90-8f86-4dbf8a5a3d03",
        }
    }

    /// Whether a person of another organisation than the giver's sees it.
    fn opens(self, reader: u128) -> bool {
        match self {
            Green | Amber | Statement => true,
            America => reader == 5,
            Red | Unknown => false,
        }
    }
}

fn somebody(number: u128) -> &'static Principal {
    let (kind, role) = match number {
        1 => (OrgKind::NationalCentre, Role::DutyEditor),
        _ => (OrgKind::Operator, Role::OperatorOfficer),
    };
    Box::leak(Box::new(Principal::person(Person {
        id: PersonId(Uuid::from_u128(0x600 + number)),
        org: org(number),
        org_kind: kind,
        roles: [role].into(),
        rank: role.rank(),
        country: if number == 5 { "US".parse().unwrap() } else { Country::JAPAN },
        clearance: Clearance::None,
        clearance_until: Micros(i64::MIN),
        compartments: BTreeSet::new(),
        active: true,
    })))
}

fn org(number: u128) -> OrgId {
    OrgId(Uuid::from_u128(0x700 + number))
}

/// Who reads a collection. Its keeper may look into the second, and is none of those for whom it is.
fn reads(reader: u128, shelf: usize) -> bool {
    reader == 1 || is_for(reader, shelf)
}

fn is_for(reader: u128, shelf: usize) -> bool {
    [true, matches!(reader, 2 | 5), reader == 1][shelf]
}

/// One version of one object, as it was given.
#[derive(Debug, Clone)]
struct Made {
    id: String,
    version: u32,
    giver: u128,
    marks: BTreeSet<Mark>,
    /// In which collections, and the how manieth gift it was there.
    placed: BTreeMap<usize, usize>,
    /// The pattern asks for the address.
    asks: bool,
    /// Has the word.
    says: bool,
    lines: Vec<Line>,
    text: Vec<u8>,
}

impl Made {
    fn open(&self, reader: u128) -> bool {
        self.giver == reader || self.marks.iter().all(|mark| mark.opens(reader))
    }

    /// When it came to the first collection that the reader reads.
    fn came(&self, reader: u128) -> Option<usize> {
        let here = self.placed.iter().filter(|(shelf, _)| is_for(reader, **shelf) && self.open(reader));
        here.map(|(_, at)| *at).min()
    }
}

/// Same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

fn definition(mark: Mark) -> Vec<u8> {
    let says = if mark == America {
        r#""extensions":{"extension-definition--fab7c551-e529-41fa-992c-efa3df550df3":
        {"extension_type":"property-extension","release_to":["US"]}}"#
    } else {
        r#""definition_type":"statement","definition":{"statement":"open"}"#
    };
    format!(
        r#"{{"type":"marking-definition","spec_version":"2.1","id":"{}","created":"2026-11-01T00:00:00.000Z",{says}}}"#,
        mark.id()
    )
    .into_bytes()
}

/// The markings of an object, now and then of one part of it.
fn marked(dice: &mut Dice, marks: &BTreeSet<Mark>) -> String {
    let Some(first) = marks.first() else { return String::new() };
    let part = Some(first).filter(|_| dice.below(3) == 0);
    let whole = marks.iter().skip(usize::from(part.is_some()));
    let whole: Vec<String> = whole.map(|mark| format!("\"{}\"", mark.id())).collect();
    let part = part.map_or_else(String::new, |mark| {
        format!(r#","granular_markings":[{{"selectors":["created"],"marking_ref":"{}"}}]"#, mark.id())
    });
    let whole =
        if whole.is_empty() { String::new() } else { format!(r#","object_marking_refs":[{}]"#, whole.join(",")) };
    format!("{whole}{part}")
}

fn id(kind: &str, number: usize) -> String {
    format!("{kind}--{number:08}-0000-4000-8000-000000000000")
}

const KINDS: [&str; 4] = ["indicator", "malware", "relationship", "report"];

fn made(dice: &mut Dice, number: usize, version: u32, giver: u128, count: usize) -> Made {
    let kind = KINDS[number % 4];
    let marks: BTreeSet<Mark> = (0..dice.below(3)).map(|_| dice.of(&Mark::ALL)).collect();
    let own = id(kind, number);
    let other = |dice: &mut Dice| {
        let number = dice.below(count + 3);
        id(KINDS[number % 4], number)
    };
    let (asks, says) = (dice.below(3) > 0, dice.below(4) > 0);
    let word = if says { "標的型 Fox" } else { "others" };
    let property =
        |kind: &str, to: &String| Line { from: own.clone(), kind: kind.to_owned(), to: to.clone(), by: None };
    let mut asked_for = false;
    let (body, lines) = match kind {
        "indicator" => {
            asked_for = asks;
            let pattern = match (asks, dice.below(2)) {
                (true, 0) => format!("[ipv4-addr:value = '{SEEN}']"),
                (true, _) => "[ipv4-addr:value ISSUBSET '203.0.113.0/24']".to_owned(),
                (false, 0) => format!("[ipv4-addr:value = '{SEEN}'] AND [url:value = 'x']"),
                (false, _) => "[ipv4-addr:value LIKE '198.%']".to_owned(),
            };
            let text = format!(
                r#""pattern_type":"stix","pattern":"{pattern}","valid_from":"2026-11-01T00:00:00Z","name":"{word}""#
            );
            (text, Vec::new())
        }
        "malware" => (format!(r#""is_family":false,"name":"{word}""#), Vec::new()),
        "report" => {
            let refs: BTreeSet<String> = (0..=dice.below(3)).map(|_| other(dice)).collect();
            let written: Vec<String> = refs.iter().map(|id| format!("\"{id}\"")).collect();
            let text =
                format!(r#""name":"{word}","published":"2026-11-01T00:00:00Z","object_refs":[{}]"#, written.join(","));
            (text, refs.iter().map(|to| property("object_refs", to)).collect())
        }
        _ => {
            // No relationship joins relationships.
            let mut end = || std::iter::repeat_with(|| other(dice)).find(|id| !id.starts_with("relationship")).unwrap();
            let (from, to) = (end(), end());
            let text = format!(
                r#""relationship_type":"related-to","source_ref":"{from}","target_ref":"{to}","description":"{word}""#
            );
            (text, vec![property("source_ref", &from), property("target_ref", &to)])
        }
    };
    let text = format!(
        r#"{{"type":"{kind}","spec_version":"2.1","id":"{own}","created":"2026-11-01T00:00:00.000Z",
        "modified":"2026-11-01T00:00:0{version}.000Z",{body}{}}}"#,
        marked(dice, &marks)
    );
    let text = text.into_bytes();
    Made { id: own, version, giver, marks, placed: BTreeMap::new(), asks: asked_for, says, lines, text }
}

/// Who made the world, and what is in it.
struct World {
    acts: Acts,
    sights: Sights,
    all: Vec<Made>,
}

async fn world(acts: Acts, seed: u64, count: usize) -> World {
    let readers = [Readers::Everyone, Readers::These([org(2), org(5)].into()), Readers::These([org(1)].into())];
    for (id, readers) in SHELVES.into_iter().zip(readers) {
        let card = Card {
            title_ja: "例".to_owned(),
            title_en: "Example".to_owned(),
            description: String::new(),
            readers,
            givers: Readers::Everyone,
        };
        share::keep(&acts, &by(somebody(1), 0), id, Command::Open(card)).await.unwrap();
    }
    let (mut dice, mut all, mut gifts) = (Dice(seed), Vec::new(), 0);
    let sights = Sights::default();
    for number in 0..count {
        let giver = dice.of(&GIVERS);
        let versions = 1 + dice.below(3);
        for version in 1..=versions {
            all.push(made(&mut dice, number, u32::try_from(version).unwrap(), giver, count));
        }
    }
    // Not in the order of their versions.
    for at in (1..all.len()).rev() {
        all.swap(at, dice.below(at + 1));
    }
    for giver in GIVERS {
        let definitions = [definition(Statement), definition(America)];
        let given = share::give(&acts, &by(somebody(giver), 1), &sights, SHELVES[2], &definitions).await.unwrap();
        assert!(given.iter().all(|each| matches!(each, Offered::Taken(_))), "{given:?}");
    }
    for made in &mut all {
        for (shelf, id) in SHELVES.into_iter().enumerate() {
            if dice.below(2) == 0 {
                continue;
            }
            let asking = by(somebody(made.giver), 1);
            let given = share::give(&acts, &asking, &sights, id, std::slice::from_ref(&made.text)).await.unwrap();
            assert!(matches!(given[..], [Offered::Taken(_)]), "{given:?}");
            made.placed.insert(shelf, gifts);
            gifts += 1;
        }
    }
    World { acts, sights, all }
}

impl World {
    /// The newest version of each object that the reader sees, where `counts`.
    fn newest(&self, reader: u128, counts: impl Fn(&Made) -> bool) -> BTreeMap<&str, &Made> {
        let mut newest: BTreeMap<&str, &Made> = BTreeMap::new();
        for made in self.all.iter().filter(|made| made.open(reader) && counts(made)) {
            let known = newest.entry(&made.id).or_insert(made);
            if known.version < made.version {
                *known = made;
            }
        }
        newest
    }

    fn seen_by(&self, reader: u128) -> BTreeMap<&str, &Made> {
        self.newest(reader, |made| made.came(reader).is_some())
    }

    async fn pages(&self, reader: u128) {
        for (shelf, id) in SHELVES.into_iter().enumerate().filter(|(shelf, _)| reads(reader, *shelf)) {
            let asking = by(somebody(reader), 2);
            let page =
                share::page(&self.acts, &asking, &self.sights, (id, None), &Cut::default(), (false, 10_000)).await;
            let rows = page.unwrap().rows.into_iter().filter(|row| !row.stix_id.starts_with("marking"));
            let told: BTreeSet<(String, String)> = rows.map(|row| (row.stix_id, row.version)).collect();
            let wanted = self.newest(reader, |made| is_for(reader, shelf) && made.placed.contains_key(&shelf));
            let wanted = wanted.values().map(|made| (made.id.clone(), version(made))).collect();
            assert_eq!(told, wanted, "page {shelf} of {reader}");
        }
    }

    /// Newest first, in pages of 7.
    async fn search(&self, reader: u128) {
        let mut wanted =
            Wanted { words: words::of_question("標的型 ｆｏｘ").unwrap(), limit: 7, ..Wanted::default() };
        let mut told = Vec::new();
        loop {
            let asking = by(somebody(reader), 2);
            let found = share::search(&self.acts, &asking, &self.sights, None, &wanted).await.unwrap();
            assert!(found.hits.len() <= 7);
            told.extend(found.hits.into_iter().map(|hit| (hit.stix_id, hit.version)));
            wanted.before = found.next;
            if found.next.is_none() {
                break;
            }
        }
        assert_eq!(told, self.ordered(reader, |made| made.says), "search of {reader}");
    }

    fn ordered(&self, reader: u128, holds: impl Fn(&Made) -> bool) -> Vec<(String, String)> {
        let mut rows: Vec<&Made> = self.seen_by(reader).into_values().filter(|made| holds(made)).collect();
        rows.sort_by_key(|made| std::cmp::Reverse(made.came(reader)));
        rows.iter().map(|made| (made.id.clone(), version(made))).collect()
    }

    async fn matching(&self, reader: u128) {
        let (seen, mut before, mut told) = (Seen::read(SEEN).unwrap(), None, Vec::new());
        loop {
            let asking = by(somebody(reader), 2);
            let found = share::matching(&self.acts, &asking, &self.sights, None, (&seen, before, 3)).await.unwrap();
            told.extend(found.hits.into_iter().map(|hit| (hit.stix_id, hit.version)));
            before = found.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(told, self.ordered(reader, |made| made.asks), "match of {reader}");
    }

    async fn each_and_its_graph(&self, reader: u128) {
        let seen = self.seen_by(reader);
        let ids: BTreeSet<&str> = self.all.iter().map(|made| made.id.as_str()).collect();
        for id in ids {
            let asking = by(somebody(reader), 2);
            let object = share::object(&self.acts, &asking, &self.sights, None, id).await;
            let Some(made) = seen.get(id) else {
                assert!(matches!(object, Err(NotDone::NotFound(_))), "{id} of {reader}");
                let graph = share::graph(&self.acts, &asking, &self.sights, None, (id, 2)).await;
                assert!(matches!(graph, Err(NotDone::NotFound(_))), "graph of {id} of {reader}");
                continue;
            };
            assert_eq!(object.unwrap().version, version(made), "{id} of {reader}");
            for depth in 1..=2 {
                let graph = share::graph(&self.acts, &asking, &self.sights, None, (id, depth)).await.unwrap();
                let (lines, ends) = drawn(&seen, id, depth);
                assert!(!graph.more);
                assert_eq!(graph.lines, lines, "lines of {id} of {reader}");
                let around = graph.around.iter().map(|(id, hit)| (id.clone(), hit.version.clone()));
                assert_eq!(around.collect::<BTreeSet<_>>(), ends, "around {id} of {reader}");
            }
        }
    }

    async fn asked_by_everybody(&self) {
        for reader in READERS {
            self.pages(reader).await;
            self.search(reader).await;
            self.matching(reader).await;
            self.each_and_its_graph(reader).await;
        }
    }
}

fn version(made: &Made) -> String {
    format!("2026-11-01T00:00:0{}.000Z", made.version)
}

/// The plain graph of what is seen.
fn drawn(seen: &BTreeMap<&str, &Made>, id: &str, depth: u32) -> (BTreeSet<Line>, BTreeSet<(String, String)>) {
    let (mut lines, mut known) = (BTreeSet::new(), BTreeSet::from([id.to_owned()]));
    let mut edge = known.clone();
    for _ in 0..depth {
        for made in seen.values() {
            let relates = made.id.starts_with("relationship");
            if relates && made.lines.iter().any(|line| edge.contains(&line.to)) {
                let (from, to) = (made.lines[0].to.clone(), made.lines[1].to.clone());
                lines.insert(Line { from, kind: "related-to".to_owned(), to, by: Some(made.id.clone()) });
            }
            let own = edge.contains(&made.id);
            lines.extend(made.lines.iter().filter(|line| own || !relates && edge.contains(&line.to)).cloned());
        }
        let ends: BTreeSet<String> = lines.iter().flat_map(|line| [line.from.clone(), line.to.clone()]).collect();
        edge = ends.into_iter().filter(|end| seen.contains_key(end.as_str()) && !known.contains(end)).collect();
        known.extend(edge.iter().cloned());
    }
    known.remove(id);
    (lines, known.into_iter().map(|id| (id.clone(), version(seen[id.as_str()]))).collect())
}

on_both! {
    async fn every_way_shows_what_is_open_to_whoever_asks_and_nothing_else(store) {
        let mut world = world(acts(store.db.clone()), 20_261_125, 40).await;
        let (open, all) = (world.seen_by(4).len(), world.all.len());
        assert!(open > 10 && all > 60, "{open} of {all}: the world has something to hide and to show");
        world.asked_by_everybody().await;
        // And after some of it is taken back.
        for at in (0..world.all.len()).step_by(5) {
            let made = world.all[at].clone();
            let exactly = Versions { exactly: [Micros::parse(&version(&made)).unwrap().0].into(), ..Versions::default() };
            for shelf in made.placed.keys() {
                let asking = by(somebody(made.giver), 3);
                share::withdraw(&world.acts, &asking, SHELVES[*shelf], &made.id, &exactly).await.unwrap();
            }
            world.all[at].placed.clear();
        }
        world.asked_by_everybody().await;
    }

    async fn who_gives_and_reads_nothing_is_refused_on_the_record(store) {
        let acts = acts(store.db.clone());
        let card = Card {
            title_ja: "例".to_owned(), title_en: "Example".to_owned(), description: String::new(),
            readers: Readers::These([org(1)].into()), givers: Readers::Everyone,
        };
        let sights = Sights::default();
        let nothing = share::search(&acts, &by(somebody(2), 1), &sights, None, &Wanted::default()).await.unwrap();
        assert_eq!(nothing.hits, [], "where there is no collection there is nothing");
        share::keep(&acts, &by(somebody(1), 0), SHELVES[0], Command::Open(card)).await.unwrap();
        let refused = share::search(&acts, &by(somebody(2), 1), &sights, None, &Wanted::default()).await;
        assert!(matches!(refused, Err(NotDone::Rule { rule: "collection.not_read", .. })));
        let told = lines(&acts).await.iter().filter(|leaf| matches!(leaf.body, Body::Refused(_))).count();
        assert_eq!(told, 1);
    }
}
