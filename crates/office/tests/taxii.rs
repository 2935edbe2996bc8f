//! A stock TAXII client against the hub: what each organisation sees of a collection, and every answer of the standard
//! to what is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod story;

use noroshi_acts::share;
use noroshi_acts::testkit::by;
use noroshi_authz::{ActKind, Person, Principal};
use noroshi_casework::share::Readers;
use noroshi_casework::share::collection::{Card, Command};
use noroshi_leaf::body::{Credential, CredentialKind};
use noroshi_leaf::{Actor, Body, Digest, Leaf};
use noroshi_model::time::DAY;
use noroshi_model::{Clearance, CollectionId, Country, Micros, OrgId, OrgKind, PersonId, Role};
use noroshi_office::{Desk, Hub, demo};
use noroshi_store::LeafEntry;
use noroshi_store::account::secret::Secret;
use noroshi_store::account::token::NewToken;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use story::*;
use uuid::Uuid;

const CLIENT: &str = "taxii2-client-2.3.0";
const SHARED: CollectionId = CollectionId(Uuid::from_u128(0x501));
const CENTRE_ONLY: CollectionId = CollectionId(Uuid::from_u128(0x502));

/// The interpreter that has the client; without it the test says so and passes, unless tools are required.
fn python() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    let found = cache.join("noroshi").join(CLIENT).join("bin/python");
    if found.exists() {
        return Some(found);
    }
    let required = std::env::var("NOROSHI_TEST_TOOLS").is_ok_and(|tools| tools == "required");
    assert!(!required, "{CLIENT} is missing, and NOROSHI_TEST_TOOLS=required");
    println!("skipped: {CLIENT} is not installed; ./test installs it");
    None
}

/// A duty editor of the centre.
fn editor(centre: OrgId) -> &'static Principal {
    Box::leak(Box::new(Principal::person(Person {
        id: PersonId(Uuid::from_u128(0x600)),
        org: centre,
        org_kind: OrgKind::NationalCentre,
        roles: [Role::DutyEditor].into(),
        rank: Role::DutyEditor.rank(),
        country: Country::JAPAN,
        clearance: Clearance::None,
        clearance_until: Micros(i64::MIN),
        compartments: BTreeSet::new(),
        active: true,
    })))
}

async fn opened(hub: &Hub, id: CollectionId, readers: Readers, givers: Readers) {
    let card = Card {
        title_ja: "電力".to_owned(),
        title_en: "Electricity".to_owned(),
        description: "For operators.".to_owned(),
        readers,
        givers,
    };
    share::keep(&hub.acts, &by(editor(hub.centre), 0), id, Command::Open(card)).await.unwrap();
}

/// A token for a person's programs that share.
async fn token(hub: &Hub, person: PersonId, number: u8) -> String {
    let secret = Secret::from_random([number; 32]);
    let acts =
        [ActKind::ReadCollection, ActKind::ReadIntelligence, ActKind::GiveIntelligence, ActKind::WithdrawIntelligence];
    let new = NewToken {
        id: Uuid::from_u128(u128::from(number)),
        hash: secret.hash(),
        person,
        label: "taxii".to_owned(),
        scopes: acts.iter().map(|act| act.word().to_owned()).collect(),
        expires_at: Micros(now().0 + DAY),
    };
    let line = Credential {
        added: true,
        fingerprint: Digest::of(&[number]),
        kind: CredentialKind::Token,
        org: hub.centre,
        person: Some(person),
    };
    let leaf = Leaf::new(Uuid::from_u128(0x700 + u128::from(number)), now(), Actor::Hub, Body::Credential(line));
    let leaf = LeafEntry::try_from(&leaf).unwrap();
    hub.acts.db.issue_token(&new, now(), &leaf).await.unwrap();
    secret.reveal().to_owned()
}

fn id_of(principal: &Principal) -> PersonId {
    match principal {
        Principal::Person { person, .. } => person.id,
        Principal::Machine(_) => panic!("a machine"),
    }
}

/// The hub's pages and TAXII on loopback; gives the address.
async fn served(hub: &Hub) -> String {
    let desk = Desk::new(hub.acts.clone(), hub.scribe.clone(), Arc::new(random), None);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let parts = noroshi_web::Parts {
        store: hub.acts.db.clone(),
        authz: Arc::clone(&hub.acts.authz),
        office: Arc::new(desk.clone()),
        exchange: Arc::new(desk),
        log: Arc::new(noroshi_web::testkit::MemoryLog),
        rules: (*hub.acts.rules).clone(),
        sources: noroshi_web::Sources { now, random },
        config: noroshi_web::Config {
            origin: address.parse().unwrap(),
            name_ja: "例".to_owned(),
            name_en: "Example".to_owned(),
            issuers: Vec::new(),
            utc_offset_hours: 9,
        },
        demo: None,
    };
    let router = noroshi_web::router(noroshi_web::State::new(parts).unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stock_client_reads_gives_and_takes_back_what_markings_allow() {
    let Some(python) = python() else { return };
    let (there, here) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let hub = hub(here.path(), &commission(there.path()).await).await;
    let cast = demo::cast(&hub).await.unwrap();
    opened(&hub, SHARED, Readers::These([hub.centre, cast.party].into()), Readers::These([hub.centre].into())).await;
    let centre = Readers::These([hub.centre].into());
    opened(&hub, CENTRE_ONLY, centre.clone(), centre).await;
    let address = served(&hub).await;
    let tokens = [
        token(&hub, cast.analyst, 1).await,
        token(&hub, id_of(&cast.operator), 2).await,
        token(&hub, id_of(&cast.liaison), 3).await,
    ];
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/taxii_client.py");
    let run = move || {
        let named = [script, &address, &SHARED.to_string(), &CENTRE_ONLY.to_string()].map(str::to_owned);
        std::process::Command::new(python).args(named).args(tokens).output()
    };
    let done = blocking(run).await.unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    println!("{said}");
    written(&hub).await;
    let lines = line_of(&hub, "\"intelligence\"").await;
    assert!(matches!(lines.body, Body::Intelligence(given) if given.given && given.objects > 0));
    assert_eq!(found(&hub).await, Vec::<String>::new());
}

const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";

fn indicator(number: u8, marking: &str) -> String {
    format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-0000000000{number:02}","created":"2026-11-01T00:00:00.000Z","modified":"2026-11-01T00:00:00.000Z","name":"標的型 <b>FOX</b>","pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.7']","valid_from":"2026-11-01T00:00:00Z","created_by_ref":"identity--00000000-0000-4000-8000-000000000099","object_marking_refs":["{marking}"]}}"#
    )
}

/// The JSON of a path, with its status.
async fn json(address: &str, token: &str, path: &str) -> (u16, String) {
    let (url, token) = (format!("{address}/api/v1/intelligence{path}"), format!("Bearer {token}"));
    let get = move || {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(&url).header("authorization", &token).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };
    blocking(get).await
}

fn ids(text: &str) -> Vec<String> {
    let read: serde_json::Value = serde_json::from_str(text).unwrap();
    read["objects"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()[45..].to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_found_in_json_is_what_markings_allow() {
    let (there, here) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let hub = hub(here.path(), &commission(there.path()).await).await;
    let cast = demo::cast(&hub).await.unwrap();
    opened(&hub, SHARED, Readers::These([hub.centre, cast.party].into()), Readers::These([hub.centre].into())).await;
    let address = served(&hub).await;
    let reader = token(&hub, id_of(&cast.operator), 2).await;
    let stranger = token(&hub, id_of(&cast.liaison), 3).await;
    let texts = [indicator(1, GREEN), indicator(2, RED), indicator(3, GREEN)].map(String::into_bytes);
    let sights = share::Sights::default();
    share::give(&hub.acts, &by(editor(hub.centre), 0), &sights, SHARED, &texts).await.unwrap();
    let asked = ["?q=%E6%A8%99%E7%9A%84%20fox&type=indicator", "/match?value=203.0.113.7"];
    for path in asked {
        let (status, text) = json(&address, &reader, path).await;
        assert_eq!((status, ids(&text)), (200, vec!["03".to_owned(), "01".to_owned()]), "{path} {text}");
        let (status, text) = json(&address, &stranger, path).await;
        assert_eq!((status, ids(&text)), (200, Vec::new()), "{path} {text}");
        let (_, first) = json(&address, &reader, &format!("{path}&limit=1")).await;
        let next = first.split("\"next\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let (_, second) = json(&address, &reader, &format!("{path}&limit=1&next={next}")).await;
        assert_eq!((ids(&first), ids(&second)), (vec!["03".to_owned()], vec!["01".to_owned()]));
        assert!(second.contains("\"next\":null"));
        assert_eq!(json(&address, &reader, &format!("{path}x&next={next}")).await.0, 400, "of another question");
    }
    let one = "/indicator--00000000-0000-4000-8000-000000000001";
    let (_, text) = json(&address, &reader, one).await;
    assert!(text.contains(&indicator(1, GREEN)), "byte for byte: {text}");
    let (_, text) = json(&address, &reader, &format!("{one}/graph")).await;
    assert!(text.contains("created_by_ref") && text.contains("\"more\":false"), "{text}");
    let red = one.replace("01", "02");
    for (token, path) in [(&reader, red.as_str()), (&stranger, one), (&reader, "/none"), (&stranger, "/%00")] {
        assert_eq!(json(&address, token, path).await.0, 404, "{path}");
        assert_eq!(json(&address, token, &format!("{path}/graph?depth=2")).await.0, 404, "{path}");
    }
    for wrong in ["?q=%2B%2B", "?words=x", "/match?value=nothing", "/match", "?next=00", "?limit=x"] {
        assert_eq!(json(&address, &reader, wrong).await.0, 400, "{wrong}");
    }
    assert_eq!(json(&address, &reader, &format!("{one}/graph?depth=3")).await.0, 400);
}
