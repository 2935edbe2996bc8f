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
