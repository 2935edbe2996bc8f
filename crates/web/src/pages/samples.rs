//! Every page, with sample data, in every language: each is a document a screen reader can read, with every label,
//! heading and name it needs, and its words are the language's own.

use super::*;
use crate::answer::Fields;
use crate::fault::Fault;
use crate::language::Language;
use crate::office::{Asker, Dossier, LineQuery, Office, PublicNumbers, Written};
use crate::testkit::{NOON, Seeded, seeded};
use html5gum::{Token, Tokenizer};
use noroshi_authz::Principal;
use noroshi_casework::opening::{Opening, OpeningStanding};
use noroshi_casework::party::{Organisation, Person};
use noroshi_model::{BatchId, HuntId, OpeningId, PersonId};
use noroshi_store::Db;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Two collections, one of them closed, as their keeper sees them.
fn collections_page(f: Frame, organisations: &[Organisation]) -> String {
    use crate::exchange::Shelved;
    use noroshi_casework::share::collection::Card;
    use noroshi_casework::share::{Collection, Readers};
    let keeper = organisations[0].id;
    let shelf = |number, open| Shelved {
        id: noroshi_model::CollectionId(Uuid::from_u128(number)),
        collection: Collection {
            card: Card {
                title_ja: "電力".to_owned(),
                title_en: "Electricity".to_owned(),
                description: "<b>例</b>".to_owned(),
                readers: Readers::These(organisations.iter().take(2).map(|org| org.id).collect()),
                givers: Readers::Everyone,
            },
            keeper,
            since: NOON,
            open,
        },
        reads: true,
        gives: open,
    };
    let shown = collections::Shown {
        origin: "http://localhost:8080/",
        shelves: &[shelf(1, true), shelf(2, false)],
        organisations,
        keeper: Some(keeper),
    };
    let html = collections::render(f, &shown, &Fields::default(), Some("fault".to_owned())).unwrap();
    assert!(!html.contains("<b>例"), "what people write is text");
    html
}

/// What was found and one object, with words of somebody who means harm in every field.
fn intelligence_pages(f: &dyn Fn(&str) -> Frame, organisations: &[Organisation]) -> [String; 2] {
    use noroshi_store::intel::{Found, Graph, Hit, Line};
    let hostile = "</title><script>alert(1)</script>\" onclick='x' <b>例";
    let hit = |id: &str, name: &str| Hit {
        added: NOON,
        stix_id: id.to_owned(),
        kind: "x-<b>例".to_owned(),
        version: hostile.to_owned(),
        name: name.to_owned(),
        producer: organisations[0].id,
        markings: ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb".to_owned(), hostile.to_owned()].into(),
        revoked: true,
        body: format!(
            r#"{{"type":"x-a","spec_version":"2.1","id":"x-a--00000000-0000-4000-8000-000000000001","says":{}}}"#,
            serde_json::json!(hostile)
        )
        .into_bytes(),
    };
    let one = hit("x-a--1/../\"?q=<b>例", hostile);
    let shown = intelligence::Shown {
        asked: crate::intelligence::Asked { q: hostile.to_owned(), kinds: hostile.to_owned(), ..Default::default() },
        fault: Some("fault".to_owned()),
        matching: Found { hits: vec![one.clone()], next: None },
        found: Found { hits: vec![one.clone(), hit("x-a--2", "")], next: Some(NOON) },
        organisations: organisations.to_vec(),
    };
    let line =
        |from: &str, to: &str, by| Line { from: from.to_owned(), kind: hostile.to_owned(), to: to.to_owned(), by };
    let lines = [line(&one.stix_id, "x-a--2", None), line("x-a--<b>例", &one.stix_id, Some(hostile.to_owned()))];
    let around = [("x-a--2".to_owned(), hit("x-a--2", hostile))].into();
    let graph = Graph { centre: one.clone(), around, lines: lines.into(), more: true };
    let pages = [
        intelligence::render_list(f("intelligence"), &shown).unwrap(),
        intelligence::render(f(hostile), &one, &graph, organisations).unwrap(),
    ];
    for html in &pages {
        assert!(!html.contains("<b>例") && !html.contains("<script>"), "what people write is text");
        assert!(html.contains("&#60;b&#62;例"), "and is shown");
    }
    pages
}

struct Sample {
    _folder: tempfile::TempDir,
    hub: Seeded,
    dossier: Dossier,
    waiting: Dossier,
    found: Vec<crate::office::Found>,
    people: BTreeMap<PersonId, (Person, Organisation)>,
}

impl Sample {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("hub.db").display())).await.unwrap();
        let hub = seeded(db, "http://localhost:8080", Vec::new(), false).await;
        let mut people = BTreeMap::new();
        for org in hub.orgs {
            let organisation = hub.parts.store.organisation(org).await.unwrap().unwrap().value;
            for person in hub.parts.store.people(org, None, 100).await.unwrap() {
                people.insert(person.value.id, (person.value, organisation.clone()));
            }
        }
        let ask = |id: PersonId| {
            let (person, organisation) = &people[&id];
            let principal = Principal::person(crate::visitor::as_authz(person, organisation, NOON));
            Asker { principal, at: NOON }
        };
        let line = ask(hub.people.line_officer);
        let dossier = hub.office.dossier(&line, hub.live).await.unwrap();
        let waiting = hub.office.dossier(&line, hub.waiting).await.unwrap();
        let found = hub.office.findings(&ask(hub.people.analyst)).await.unwrap();
        Self { _folder: folder, dossier, waiting, found, people, hub }
    }

    fn person(&self, id: PersonId) -> &Person {
        &self.people[&id].0
    }
}

fn opening(sample: &Sample) -> (OpeningId, Opening) {
    let opening = Opening {
        at: NOON,
        batch: BatchId(Uuid::from_u128(9)),
        by: sample.hub.people.analyst,
        mandate: sample.hub.live,
        pseudonym: "2001:db8:a1::3f".parse().unwrap(),
        reason: noroshi_casework::Said::new("通知先を特定するため", noroshi_leaf::Salt(noroshi_leaf::Digest::of(b"x"))),
        standing: OpeningStanding::Asked,
    };
    (OpeningId(Uuid::from_u128(8)), opening)
}

/// Every page by its name.
fn every_page(sample: &Sample, language: Language) -> Vec<(&'static str, String)> {
    let f = |title: &str| Frame::sample(language, title);
    let who = &sample.hub.people;
    let fields = Fields::default();
    let rules = &sample.hub.parts.rules;
    let carriers = vec![sample.people[&who.carrier].1.clone()];
    let analysts = vec![sample.person(who.analyst).clone()];
    let choices = mandates::choices::Choices { carriers: carriers.clone(), analysts: analysts.clone(), own: None };
    let own = Some(sample.people[&who.operator].1.clone());
    let of_operator = mandates::choices::Choices { carriers, analysts, own };
    let summaries = [&sample.dossier, &sample.waiting].map(|dossier| crate::office::Summary {
        mandate: dossier.mandate.clone(),
        hunts: dossier.hunts.len() as u64,
        findings: dossier.findings,
    });
    let found = &sample.found;
    let (line_officer, home) = &sample.people[&who.line_officer];
    let ceremony = || ("{\"publicKey\":{}}".to_owned(), "ceremony".to_owned());
    let numbers = PublicNumbers { received: 30_421_916, selected: 10_424, ..PublicNumbers::default() };
    let organisations: Vec<_> = sample.people.values().map(|(_, org)| org.clone()).collect();
    let (opening_id, opening) = opening(sample);
    let org_view = || organisations::OrgView {
        organisation: home,
        people: std::slice::from_ref(line_officer),
        open: true,
        may_invite: true,
        may_change: true,
        chosen: &EMPTY,
        invited_name: "",
        link: Some("http://localhost:8080/enrol/0000".to_owned()),
        fault: None,
    };
    let role = sign_in::Role { slug: "line".to_owned(), name: "Line".to_owned(), what: "…".to_owned(), meant: false };
    let sign = confirm::ToSign {
        what: language.act("opening.approve"),
        widens: None,
        object: "{}".to_owned(),
        digest: "00".repeat(32),
        options: "{}".to_owned(),
        ceremony: "key".to_owned(),
        back: "/home".to_owned(),
    };
    let written = Written { index: Some(12), opened: Some("192.0.2.77".parse().unwrap()) };
    let outcome = crate::step_up::Outcome { written, link: Some("http://localhost:8080/enrol/0000".to_owned()) };
    let organisation_change = |of: &Organisation, designates| {
        let fault = Some("fault".to_owned());
        organisations::change::render(f("change"), of, noroshi_store::Version(1), designates, fault).unwrap()
    };
    let stop = |stop| {
        let of = (sample.hub.live, "title");
        mandates::stop::render(f("stop"), stop, of, (&fields, true), None).unwrap()
    };
    let hunt = &sample.dossier.hunts[0].1;
    let table =
        Some(crate::office::Table { columns: vec!["server".to_owned()], rows: vec![vec!["198.51.100.7".to_owned()]] });
    let fault_list = vec![("until", "too long".to_owned()), ("ports", "not read".to_owned())];
    let form = |kind, faults| mandates::request::render(f("form"), kind, (&fields, &choices, rules), faults).unwrap();
    let [intelligence, intelligence_one] = intelligence_pages(&f, &organisations);
    use mandates::request::Kind;
    vec![
        ("fault", fault::render(f("fault"), &Fault::refused("hunt.budget", "不可", "no"), "number", "/").unwrap()),
        (
            "public",
            public::render(f("public"), &numbers, Some("origin\n1\n".into()), "key".into(), "https://x".into())
                .unwrap(),
        ),
        ("complaint", complaint::render(f("complaint"), "", "", true, false).unwrap()),
        ("complaint-sent", complaint::render(f("complaint"), "", "", false, true).unwrap()),
        (
            "sign-in",
            sign_in::render(f("sign in"), ceremony(), "/", vec![("a".into(), "Agency".into())], vec![role]).unwrap(),
        ),
        ("enrol", enrol::render(f("enrol"), "lead".into(), "/enrol", ceremony()).unwrap()),
        ("home", home::render(f("home"), (line_officer, home), &summaries, NOON).unwrap()),
        (
            "account",
            account::render(
                f("account"),
                vec![("a", "b".into())],
                &[],
                (&sessions(), Some(noroshi_store::account::secret::SecretHash([1; 32]))),
                &[],
                account::Offers {
                    scopes: vec![("readMandate", "read".into())],
                    links: vec![("a".into(), "Link".into())],
                },
                (Some("token".into()), NOON),
            )
            .unwrap(),
        ),
        ("organisations", organisations::render_list(f("orgs"), &organisations, true).unwrap()),
        ("collections", collections_page(f("collections"), &organisations)),
        ("organisation-new", organisations::render_new(f("new"), &fields, Some("fault".into())).unwrap()),
        ("organisation", organisations::render_one(f("org"), org_view()).unwrap()),
        ("organisation-change", organisation_change(home, true)),
        ("organisation-change-own", organisation_change(&sample.people[&who.operator].1, false)),
        ("machines", machines(f("machines"), &sample.people[&who.carrier].1)),
        ("machines-none", machines(f("machines"), &sample.people[&who.line_officer].1)),
        ("person", people::render(f("person"), line_officer, home, true, None).unwrap()),
        ("mandates", mandates::list::render(f("mandates"), &summaries, Some("Request"), NOON).unwrap()),
        ("mandate-new", form(Kind::New, Vec::new())),
        ("agreement-new", {
            let of = (&fields, &of_operator, rules);
            mandates::request::render(f("agreement"), Kind::New, of, Vec::new()).unwrap()
        }),
        ("mandate-faults", form(Kind::New, fault_list)),
        ("mandate-narrow", form(Kind::Narrow(sample.hub.live), Vec::new())),
        ("mandate", mandates::one::render(f("mandate"), &sample.dossier, line_officer, NOON).unwrap()),
        ("mandate-waiting", mandates::one::render(f("mandate"), &sample.waiting, line_officer, NOON).unwrap()),
        ("card", mandates::card::render(f("card"), &sample.waiting, &fields, Some("fault".into())).unwrap()),
        ("decision", mandates::decision::render(f("decision"), &sample.waiting, "", None).unwrap()),
        ("suspend", stop(mandates::stop::Stop::Suspend)),
        ("resume", stop(mandates::stop::Stop::Resume)),
        ("revoke", stop(mandates::stop::Stop::Revoke)),
        ("hunt-new", hunts::render_form(f("hunt"), &sample.dossier, HuntId(Uuid::nil()), &fields, None).unwrap()),
        ("hunt", hunts::render(f("hunt"), &sample.dossier, hunt, table, true).unwrap()),
        ("opening-new", openings::render_form(f("opening"), &sample.dossier, opening_id, &fields, None).unwrap()),
        (
            "opening",
            openings::render(
                f("opening"),
                &sample.dossier,
                (opening_id, &opening),
                sample.person(who.legal_officer),
                None,
            )
            .unwrap(),
        ),
        ("findings", findings::render_list(f("findings"), found).unwrap()),
        ("finding", findings::render(f("finding"), &found[0]).unwrap()),
        ("intelligence", intelligence),
        ("intelligence-one", intelligence_one),
        ("ledger", ledger::render_list(f("ledger"), &sample.dossier.lines, &LineQuery::default()).unwrap()),
        ("line", ledger::render(f("line"), 0, &sample.dossier.lines[0]).unwrap()),
        ("confirm", confirm::render(f("confirm"), sign).unwrap()),
        ("done", confirm::render_done(f("done"), "what", outcome, "/home").unwrap()),
    ]
}

fn sessions() -> [(noroshi_store::account::secret::SecretHash, noroshi_store::account::session::Session); 2] {
    let session = noroshi_store::account::session::Session {
        created_at: NOON,
        seen_at: NOON,
        idle_micros: 1,
        expires_at: noroshi_model::Micros(NOON.0 + 1),
        step_up_at: Some(NOON),
    };
    [1, 2].map(|n| (noroshi_store::account::secret::SecretHash([n; 32]), session.clone()))
}

fn machines(f: Frame, organisation: &Organisation) -> String {
    use noroshi_store::account::certificate::{Certificate, NewCertificate};
    let certificate = NewCertificate {
        fingerprint: [7; 32],
        org: organisation.id,
        label: "north-1.example".to_owned(),
        scopes: BTreeSet::from(["collect".to_owned()]),
        expires_at: noroshi_model::Micros(NOON.0 + noroshi_model::time::DAY),
    };
    let ended = NewCertificate { fingerprint: [8; 32], expires_at: NOON, ..certificate.clone() };
    let kept = |certificate| Certificate { certificate, created_at: NOON, revoked_at: None };
    let shown = organisations::machines::Machines {
        organisation,
        certificates: &[kept(certificate), kept(ended)],
        may_register: true,
        words: &|act| act.word().to_owned(),
        now: NOON,
    };
    organisations::machines::render(f, &shown, &Fields::default(), Some("fault".to_owned())).unwrap()
}

static EMPTY: BTreeSet<noroshi_model::Role> = BTreeSet::new();

/// What a page is made of, as far as a reader of screens needs it.
#[derive(Default)]
struct Read {
    ids: Vec<String>,
    labels: BTreeSet<String>,
    fields: Vec<(String, bool)>,
    headings: Vec<u8>,
    mains: usize,
    lang: String,
    title: bool,
    inline: Vec<String>,
    described: Vec<String>,
    unnamed_buttons: usize,
}

fn read(html: &str) -> Read {
    let mut out = Read::default();
    let (mut in_label, mut button): (bool, Option<String>) = (false, None);
    for token in Tokenizer::new(html).flatten() {
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                let get =
                    |key: &str| tag.attributes.get(key.as_bytes()).map(|v| String::from_utf8_lossy(v).into_owned());
                for key in tag.attributes.keys() {
                    let key = String::from_utf8_lossy(key).into_owned();
                    if key == "style" || key.starts_with("on") {
                        out.inline.push(key);
                    }
                }
                out.ids.extend(get("id"));
                out.described.extend(get("aria-labelledby").into_iter().chain(get("aria-describedby")));
                match name.as_str() {
                    "html" => out.lang = get("lang").unwrap_or_default(),
                    "main" => out.mains += 1,
                    "title" => out.title = true,
                    "style" => out.inline.push(name.clone()),
                    "script" if get("src").is_none() => out.inline.push(name.clone()),
                    "label" => {
                        in_label = true;
                        out.labels.extend(get("for"));
                    }
                    "input" | "select" | "textarea" if get("type").as_deref() != Some("hidden") => {
                        let id = get("id").unwrap_or_default();
                        out.fields.push((id, in_label || get("aria-label").is_some()));
                    }
                    "button" => button = Some(String::new()),
                    "h1" | "h2" | "h3" | "h4" => out.headings.push(name.as_bytes()[1] - b'0'),
                    _ => {}
                }
            }
            Token::EndTag(tag) if tag.name.as_slice() == b"label" => in_label = false,
            Token::EndTag(tag) if tag.name.as_slice() == b"button" => {
                out.unnamed_buttons += usize::from(button.take().is_some_and(|text| text.trim().is_empty()));
            }
            Token::String(text) => {
                if let Some(button) = &mut button {
                    button.push_str(&String::from_utf8_lossy(&text));
                }
            }
            _ => {}
        }
    }
    out
}

fn check(name: &str, html: &str, language: Language) {
    let page = read(html);
    assert_eq!(page.lang, language.code(), "{name}: language");
    assert!(page.title, "{name}: title");
    assert_eq!(page.mains, 1, "{name}: one main");
    assert_eq!(page.headings.iter().filter(|level| **level == 1).count(), 1, "{name}: one first heading");
    let mut before = 0;
    for level in &page.headings {
        assert!(*level <= before + 1, "{name}: headings {:?} skip a level", page.headings);
        before = *level;
    }
    for (id, labelled) in &page.fields {
        assert!(*labelled || page.labels.contains(id), "{name}: field `{id}` has no label");
    }
    let unique: BTreeSet<_> = page.ids.iter().collect();
    assert_eq!(unique.len(), page.ids.len(), "{name}: an id stands twice: {:?}", page.ids);
    for id in &page.described {
        assert!(page.ids.contains(id), "{name}: `{id}` is pointed at and not there");
    }
    assert!(page.inline.is_empty(), "{name}: the policy forbids {:?}", page.inline);
    assert_eq!(page.unnamed_buttons, 0, "{name}: a button without words");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn every_page_can_be_read_aloud_in_every_language() {
    let sample = runtime().block_on(Sample::new());
    for language in Language::ALL {
        for (name, html) in every_page(&sample, language) {
            check(name, &html, language);
        }
    }
}

/// Words of the other language on a page: Japanese text in an English one shows a message that was forgotten.
#[test]
fn english_pages_have_no_japanese_but_names_and_what_people_wrote() {
    let sample = runtime().block_on(Sample::new());
    let own = ["public", "complaint", "sign-in", "enrol", "mandate-new", "fault", "ledger", "confirm"];
    for (name, html) in every_page(&sample, Language::En) {
        let text = html.replace("日本語", "").replace("北日本通信（例）", "").replace("分析官 Analyst", "");
        let japanese = text.chars().find(|c| ('ぁ'..='ん').contains(c));
        assert!(!own.contains(&name) || japanese.is_none(), "{name}: {japanese:?}");
    }
}

#[test]
fn the_board_and_the_card_stay_as_they_were_looked_at() {
    let sample = runtime().block_on(Sample::new());
    for (name, html) in every_page(&sample, Language::Ja) {
        if ["mandate", "card", "home", "confirm"].contains(&name) {
            let text: String = html.lines().filter(|line| !line.contains("/assets/")).collect::<Vec<_>>().join("\n");
            insta::assert_snapshot!(format!("ja-{name}"), text);
        }
    }
}

#[test]
fn what_people_typed_is_text_and_never_markup() {
    let f = Frame::sample(Language::En, "x");
    let html = complaint::render(f, "<script>alert(1)</script>\"'&", "", true, false).unwrap();
    assert!(!html.contains("<script>alert"), "{html}");
}
