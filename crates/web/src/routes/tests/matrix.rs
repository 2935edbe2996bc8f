//! The endpoint matrix: every route, with what a page of ours would send, as nobody, as a person of another
//! organisation, as whom it belongs to, and as these after the mandate's term.
//!
//! A route without a row fails. A new one needs one line here: whose it is, who may, and a valid body.

use super::accounts::everybody_signs;
use super::*;
use crate::testkit::{People, decision, dice, terms};
use noroshi_leaf::{Body as Said, Leaf};
use noroshi_store::account::passkey::NewPasskey;
use noroshi_store::leaf::LeafEntry;

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Everybody, signed in or not.
    All,
    /// Each sees and changes their own: the stranger their own too, and nothing of others.
    Own,
    /// It belongs to somebody: to a stranger it is not there, or refused.
    Theirs,
    /// It belongs to somebody and uses what a mandate permits: after the term not even they may.
    Used,
    /// As [`Whose::Own`], but with another's handle in the body, which changes nothing and is not said to exist.
    Handle,
}
use Whose::{All, Handle, Own, Theirs, Used};

type Right = fn(&People) -> PersonId;
type Fill = fn(&Things) -> String;

/// One route, and what is sent to it.
struct Row {
    method: &'static str,
    path: &'static str,
    whose: Whose,
    /// Who may, and `None` where the way on needs an authenticator or an identity provider: the browser tests walk it.
    right: Option<Right>,
    body: Fill,
}

const fn row(method: &'static str, path: &'static str, whose: Whose, right: Right, body: Fill) -> Row {
    Row { method, path, whose, right: Some(right), body }
}

const fn elsewhere(method: &'static str, path: &'static str, whose: Whose, body: Fill) -> Row {
    Row { method, path, whose, right: None, body }
}

const ADMIN: Right = |people| people.administrator;
const KEEPER: Right = |people| people.keeper;
const LINE: Right = |people| people.line_officer;
const LEGAL: Right = |people| people.legal_officer;
const ANALYST: Right = |people| people.analyst;
const COMMISSIONER: Right = |people| people.commissioner;
const INSPECTOR: Right = |people| people.inspector;
const CARRIER: Right = |people| people.carrier;
const NO: Fill = |_| String::new();
/// What a stranger is: of another carrier, signed in, with a valid form.
const STRANGER: Right = |people| people.other_carrier;

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    vec![
        row("GET", "/", All, ANALYST, NO),
        row("GET", "/healthz", All, ANALYST, NO),
        row("GET", "/assets/{name}", All, ANALYST, NO),
        row("GET", "/language/{code}", All, ANALYST, NO),
        row("GET", "/checkpoint", All, ANALYST, NO),
        // The tiles of hashes are everybody's; this is one of entries, which are not.
        row("GET", "/tile/{*path}", Theirs, INSPECTOR, NO),
        row("GET", "/complaint", All, ANALYST, NO),
        row("POST", "/complaint", All, ANALYST, |_| "text=my+address&contact=".into()),
        row("GET", "/sign-in", All, ANALYST, NO),
        elsewhere("POST", "/sign-in/passkey", All, |_| "ceremony=none&answer={}".into()),
        row("POST", "/sign-in/demo", All, ANALYST, |t| format!("role={}", t.people.analyst)),
        elsewhere("POST", "/sign-in/with/{issuer}", All, |_| "next=/home".into()),
        elsewhere("GET", "/sign-in/back/{issuer}", All, NO),
        row("GET", "/enrol/{secret}", All, ANALYST, NO),
        elsewhere("POST", "/enrol", All, |_| "ceremony=none&answer={}".into()),
        row("POST", "/sign-out", Own, ANALYST, NO),
        row("GET", "/home", Own, ANALYST, NO),
        row("GET", "/account", Own, ANALYST, NO),
        row("GET", "/account/passkeys/new", Own, ANALYST, NO),
        elsewhere("POST", "/account/passkeys", Own, |_| "ceremony=none&answer={}".into()),
        row("POST", "/account/passkeys/remove", Handle, INSPECTOR, |_| format!("key={}", "a1".repeat(16))),
        row("POST", "/account/sessions/end", Handle, ANALYST, |t| format!("session={}", t.session)),
        row("POST", "/account/tokens", Own, ANALYST, |_| "label=x&days=1&scope=readMandate".into()),
        row("POST", "/account/tokens/revoke", Handle, ANALYST, |t| format!("token={}", t.token)),
        elsewhere("POST", "/account/link/{issuer}", Own, NO),
        row("POST", "/confirm", Handle, LINE, |t| format!("ceremony={}&answer=", t.ceremony)),
        row("GET", "/organisations", Own, KEEPER, NO),
        row("GET", "/organisations/new", Theirs, ADMIN, NO),
        row("POST", "/organisations/new", Theirs, ADMIN, |_| "kind=carrier&name_ja=x&name_en=New&sector=telecom&country=JP".into()),
        row("GET", "/organisations/{id}", Theirs, KEEPER, NO),
        row("POST", "/organisations/{id}/invite", Theirs, KEEPER, |_| "display_name=x&role=analyst".into()),
        row("GET", "/organisations/{id}/change", Theirs, KEEPER, NO),
        row("POST", "/organisations/{id}/change", Theirs, KEEPER, |_| "version=1&name_ja=x&name_en=Renamed&sector=government&table=2026-10-01".into()),
        row("GET", "/organisations/{id}/machines", Theirs, KEEPER, NO),
        row("POST", "/organisations/{id}/machines", Theirs, KEEPER, |_| format!("label=runner&days=30&scope=dispose&key={}", "cd".repeat(32))),
        row("POST", "/organisations/{id}/machines/revoke", Theirs, KEEPER, |t| format!("fingerprint={}", t.machine)),
        row("GET", "/people/{id}", Theirs, KEEPER, NO),
        row("POST", "/people/{id}/change", Theirs, KEEPER, |_| "to=reenrol".into()),
        row("GET", "/mandates", Own, ANALYST, NO),
        row("GET", "/mandates/new", Theirs, LINE, NO),
        row("POST", "/mandates/new", Theirs, LINE, |t| format!("id={}&{}", uuid::Uuid::from_u128(901), t.terms("20"))),
        row("GET", "/mandates/{id}", Theirs, ANALYST, NO),
        row("GET", "/mandates/{id}/live", Theirs, ANALYST, NO),
        row("GET", "/mandates/{id}/version", Theirs, LINE, NO),
        row("POST", "/mandates/{id}/version", Theirs, LINE, |t| t.terms("20")),
        row("GET", "/mandates/{id}/narrow", Theirs, LINE, NO),
        row("POST", "/mandates/{id}/narrow", Used, LINE, |t| t.terms("5")),
        row("GET", "/mandates/{id}/card", Theirs, CARRIER, NO),
        row("POST", "/mandates/{id}/answer", Theirs, CARRIER, |_| "answer=feasible&cap=&reason=ok".into()),
        row("POST", "/mandates/{id}/object", Theirs, CARRIER, |_| "reason=too+much".into()),
        row("GET", "/mandates/{id}/decision", Theirs, COMMISSIONER, NO),
        row("POST", "/mandates/{id}/decision", Theirs, COMMISSIONER, |t| form("decision", &t.decision)),
        row("GET", "/mandates/{id}/request.json", Theirs, COMMISSIONER, NO),
        row("GET", "/mandates/{id}/hunts/new", Theirs, ANALYST, NO),
        row("POST", "/mandates/{id}/hunts", Used, ANALYST, |t| format!("id={}&reason_code=confirm_finding&reason=x&direction=out-foreign&rows_max=10&batch={}", t.fresh, t.batch)),
        row("GET", "/mandates/{id}/openings/new", Theirs, ANALYST, NO),
        row("POST", "/mandates/{id}/openings", Used, ANALYST, Things::opening),
        row("GET", "/mandates/{id}/stop/{word}", Theirs, LINE, NO),
        row("POST", "/mandates/{id}/stop/{word}", Theirs, LINE, |_| "reason=enough".into()),
        row("GET", "/hunts/{id}", Theirs, ANALYST, NO),
        row("GET", "/openings/{id}", Theirs, ANALYST, NO),
        row("POST", "/openings/{id}/decide", Used, LEGAL, |_| "choice=approve&reason=x".into()),
        row("POST", "/openings/{id}/open", Used, ANALYST, NO),
        row("GET", "/findings", Own, ANALYST, NO),
        row("GET", "/findings/{id}", Used, ANALYST, NO),
        row("GET", "/ledger", Theirs, INSPECTOR, NO),
        row("GET", "/ledger/{index}", Theirs, INSPECTOR, NO),
        row("GET", "/ledger/{index}/leaf", Theirs, INSPECTOR, NO),
        // Hashes and a checkpoint: open to everybody who is signed in.
        row("GET", "/ledger/{index}/receipt", Own, INSPECTOR, NO),
        row("GET", "/collections", Own, ANALYST, NO),
        // The exchange of this hub has no collection: crates/office/tests/taxii.rs has, and walks them with a stock client.
        elsewhere("POST", "/collections", Theirs, |_| "title_ja=x&title_en=x&description=&reader=everyone&giver=everyone".into()),
        elsewhere("POST", "/collections/{id}/close", Theirs, NO),
        row("GET", "/intelligence", Own, ANALYST, NO),
        elsewhere("GET", "/intelligence/{id}", Theirs, NO),
        row("GET", "/taxii2/", Own, ANALYST, NO),
        row("GET", "/taxii2/api/", Own, ANALYST, NO),
        elsewhere("GET", "/taxii2/api/status/{id}/", Theirs, NO),
        row("GET", "/taxii2/api/collections/", Own, ANALYST, NO),
        elsewhere("GET", "/taxii2/api/collections/{id}/", Theirs, NO),
        elsewhere("GET", "/taxii2/api/collections/{id}/manifest/", Theirs, NO),
        elsewhere("GET", "/taxii2/api/collections/{id}/objects/", Theirs, NO),
        elsewhere("POST", "/taxii2/api/collections/{id}/objects/", Theirs, |_| "{\"objects\":[]}".into()),
        elsewhere("GET", "/taxii2/api/collections/{id}/objects/{object}/", Theirs, NO),
        elsewhere("DELETE", "/taxii2/api/collections/{id}/objects/{object}/", Theirs, NO),
        elsewhere("GET", "/taxii2/api/collections/{id}/objects/{object}/versions/", Theirs, NO),
        row("GET", "/api/v1/openapi.json", All, ANALYST, NO),
        row("GET", "/api/v1/me", Own, ANALYST, NO),
        row("GET", "/api/v1/mandates", Own, ANALYST, NO),
        row("GET", "/api/v1/mandates/{id}", Theirs, ANALYST, NO),
        row("GET", "/api/v1/mandates/{id}/request", Theirs, COMMISSIONER, NO),
        row("POST", "/api/v1/mandates/{id}/decision", Theirs, COMMISSIONER, |t| t.decision.clone()),
        row("POST", "/api/v1/mandates/{id}/answer", Theirs, CARRIER, |_| "{\"answer\":\"feasible\",\"load_cap_records_per_second\":null,\"reason\":\"ok\"}".into()),
        row("GET", "/api/v1/findings", Own, ANALYST, NO),
        row("GET", "/api/v1/intelligence", Own, ANALYST, NO),
        elsewhere("GET", "/api/v1/intelligence/match", Own, NO),
        elsewhere("GET", "/api/v1/intelligence/{id}", Theirs, NO),
        elsewhere("GET", "/api/v1/intelligence/{id}/graph", Theirs, NO),
        row("GET", "/api/v1/ledger", Theirs, INSPECTOR, NO),
        row("GET", "/api/v1/ledger/{index}", Theirs, INSPECTOR, NO),
    ]
}

fn form(name: &str, value: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

/// What bodies and paths name: things that are there, and a fresh id.
struct Things {
    people: People,
    batch: uuid::Uuid,
    fresh: uuid::Uuid,
    session: String,
    token: String,
    ceremony: String,
    machine: String,
    decision: String,
    asset: String,
    enrolment: String,
    /// Asked for, and approved.
    openings: [uuid::Uuid; 2],
    carrier: String,
}

impl Things {
    /// A form of terms, as the page of the live mandate fills it in.
    fn terms(&self, hunts_max: &str) -> String {
        format!(
            "title=more&necessity=why&legal_basis=out-foreign&carrier={}&analyst={}&direction=out-foreign\
             &purpose=find-attack-servers&from=2025-11-23&until=2025-12-21&domestic=192.0.2.0/24&ports=443,8000-9000\
             &protocols=6,17&hunts_max={hunts_max}&rows_max=1000&records_max=1000000000&selected_records_max=1000000\
             &retain_days_max=30",
            self.carrier, self.people.analyst
        )
    }

    fn opening(&self) -> String {
        Self::asked(self.fresh, self.batch)
    }

    fn asked(id: uuid::Uuid, batch: uuid::Uuid) -> String {
        format!("id={id}&pseudonym=2001:db8:a1::3f&reason=x&batch={batch}")
    }
}

fn between<'a>(text: &'a str, before: &str, after: char) -> &'a str {
    text.split(before).nth(1).unwrap_or_else(|| panic!("no {before} in {text}")).split(after).next().unwrap()
}

fn fresh_id() -> uuid::Uuid {
    uuid::Uuid::from_slice(&dice()[..16]).unwrap()
}

async fn things(hub: &Hub, row: &Row) -> Things {
    let people = hub.seeded.people;
    let analyst = hub.sign_in(people.analyst).await;
    hub.sign_in(people.analyst).await;
    let batch = uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0401);
    let openings = [fresh_id(), fresh_id()];
    let legal = hub.sign_in(people.legal_officer).await;
    for id in openings {
        let path = format!("/mandates/{}/openings", hub.seeded.live);
        let (status, text) = hub.post(&path, &analyst, &Things::asked(id, batch)).await;
        assert_eq!(status, StatusCode::OK, "{text}");
    }
    let path = format!("/openings/{}/decide", openings[1]);
    assert_eq!(hub.signed(&path, &legal, "choice=approve&reason=x").await.0, StatusCode::OK);
    let token = hub.post("/account/tokens", &analyst, "label=x&days=1&scope=readMandate").await;
    assert_eq!(token.0, StatusCode::OK);
    let (_, _, account) = hub.call("GET", "/account", Some(&analyst), String::new()).await;
    let keeper = hub.sign_in(people.keeper).await;
    let machine = hex::encode(dice());
    let path = format!("/organisations/{}/machines", hub.seeded.orgs[0]);
    let certificate = format!("label=runner&days=30&scope=dispose&key={machine}");
    assert_eq!(hub.signed(&path, &keeper, &certificate).await.0, StatusCode::OK);
    let line = hub.sign_in(people.line_officer).await;
    let (_, text) = hub.post(&format!("/mandates/{}/stop/suspend", hub.seeded.live), &line, "reason=x").await;
    let ceremony = between(&text, "name=\"ceremony\" value=\"", '"').to_owned();
    let wider = noroshi_leaf::Terms { until: Micros(terms().until.0 + 20 * DAY), ..terms() };
    let (_, _, home) = hub.call("GET", "/", None, String::new()).await;
    if row.path.ends_with("/decision") && row.method == "POST" {
        let carrier = hub.sign_in(people.carrier).await;
        let path = format!("/mandates/{}/answer", hub.seeded.waiting);
        assert_eq!(hub.post(&path, &carrier, "answer=feasible&cap=&reason=ok").await.0, StatusCode::OK);
    }
    if row.path.ends_with("/remove") {
        for key in [0xa1, 0xa2] {
            let key =
                NewPasskey { credential_id: vec![key; 16], label: "x".into(), body: b"{}".to_vec(), sign_count: 0 };
            let leaf = LeafEntry { id: fresh_id(), bytes: dice().to_vec() };
            hub.state.parts.store.add_passkey(people.inspector, &key, hub.state.now(), &leaf).await.unwrap();
        }
    }
    let enrolment = if row.path == "/enrol/{secret}" {
        hub.seeded.enrolment_link(people.legal_officer).await
    } else {
        String::new()
    };
    Things {
        people,
        batch,
        fresh: fresh_id(),
        session: between(&account, "name=\"session\" value=\"", '"').to_owned(),
        token: between(&account, "name=\"token\" value=\"", '"').to_owned(),
        ceremony,
        machine,
        decision: serde_json::to_string(&decision(hub.seeded.waiting, &wider)).unwrap(),
        asset: between(&home, "\"/assets/", '"').to_owned(),
        enrolment: enrolment.rsplit('/').next().unwrap_or_default().to_owned(),
        openings,
        carrier: hub.seeded.orgs[2].to_string(),
    }
}

fn path_of(hub: &Hub, row: &Row, things: &Things) -> String {
    let about_what_waits = ["/card", "/answer", "/object", "/decision", "/request.json", "/request"];
    let waits = row.path.contains("/mandates/{id}/") && about_what_waits.iter().any(|end| row.path.ends_with(end));
    let path = match row.path {
        path if waits => path.replace("{id}", &hub.seeded.waiting.to_string()),
        "/openings/{id}/open" => row.path.replace("{id}", &things.openings[1].to_string()),
        path if path.starts_with("/openings") => path.replace("{id}", &things.openings[0].to_string()),
        path => path.to_owned(),
    };
    hub.filled(&path.replace("{name}", &things.asset).replace("{secret}", &things.enrolment))
}

/// How much stands on the record, without refusals.
async fn record(hub: &Hub) -> u64 {
    let waiting = hub.state.parts.store.next_unsequenced(1_000).await.unwrap();
    let refusal =
        |entry: &LeafEntry| Leaf::from_bytes(&entry.bytes).is_ok_and(|leaf| matches!(leaf.body, Said::Refused(_)));
    let kept = waiting.iter().filter(|entry| !refusal(entry)).count() as u64;
    let office = &hub.seeded.office;
    kept + *office.grown().borrow() - office.numbers().await.unwrap().refusals
}

/// Sends it, and signs what it leads to. Gives the last status, how much was written because of it, and the page.
async fn drive(hub: &Hub, row: &Row, things: &Things, who: Option<&(String, String)>) -> (StatusCode, u64, String) {
    let (path, mut body) = (path_of(hub, row, things), (row.body)(things));
    if let Some((_, token)) = who.filter(|_| !row.path.starts_with("/api/")) {
        body = format!("form_token={token}&{body}");
    }
    let before = record(hub).await;
    let (mut status, _, mut text) = hub.call(row.method, &path, who, body).await;
    let mut signature = 0;
    if let (Some(who), true) = (who, row.method == "POST" && text.contains("name=\"ceremony\" value=\"")) {
        let ceremony = between(&text, "name=\"ceremony\" value=\"", '"').to_owned();
        (status, text) = hub.post("/confirm", who, &format!("ceremony={ceremony}&answer=")).await;
        signature = 1;
    }
    // A signature is kept whether or not what it is for is refused then.
    (status, (record(hub).await - before).saturating_sub(signature), text)
}

fn is_refusal(status: StatusCode) -> bool {
    matches!(status.as_u16(), 401 | 403 | 404)
}

#[test]
fn no_route_is_without_a_row() {
    let named = |method: &str, path: &str| format!("{method} {path}");
    let routes: Vec<_> = table().iter().map(|route| named(route.method, route.path)).collect();
    let driven: Vec<_> = rows().iter().map(|row| named(row.method, row.path)).collect();
    for route in &routes {
        assert!(driven.contains(route), "`{route}` has no row in the endpoint matrix");
    }
    for row in &driven {
        assert!(routes.contains(row), "`{row}` is in the endpoint matrix and not a route");
    }
    assert_eq!(routes.len(), driven.len(), "a row stands twice");
}

/// What is wrong with how a row was answered, gathered so that one run tells of all.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn unless(&mut self, holds: bool, row: &Row, who: &str, what: impl std::fmt::Display) {
        if !holds {
            self.0.push(format!("{} {} as {who}: {what}", row.method, row.path));
        }
    }
}

/// As nobody and as a stranger: nothing is told, and nothing but a refusal is written.
async fn refused_to_others(hub: &Hub, row: &Row, given: &Things, faults: &mut Faults) -> [StatusCode; 2] {
    let (nobody, written, text) = drive(hub, row, given, None).await;
    if row.whose != All {
        faults.unless(is_refusal(nobody) || nobody == StatusCode::SEE_OTHER, row, "nobody", nobody);
        faults.unless(written == 0 && tells(&text).is_none(), row, "nobody", format!("{written} {:?}", tells(&text)));
    }
    let stranger = hub.sign_in(STRANGER(&hub.seeded.people)).await;
    let (strange, written, text) = drive(hub, row, given, Some(&stranger)).await;
    faults.unless(row.whose == All || tells(&text).is_none(), row, "a stranger", format!("{:?}", tells(&text)));
    faults.unless(!matches!(row.whose, Theirs | Used) || is_refusal(strange), row, "a stranger", strange);
    faults.unless(!matches!(row.whose, Theirs | Used | Handle) || written == 0, row, "a stranger", written);
    [nobody, strange]
}

/// Drives every row as nobody, as a stranger and as whom it is for; the statuses are kept as a table.
#[test]
fn each_route_as_nobody_as_a_stranger_and_as_whom_it_is_for() {
    runtime().block_on(async {
        let (mut told, mut faults) = (String::new(), Faults::default());
        for row in rows() {
            let hub = everybody_signs().await;
            let mut given = things(&hub, &row).await;
            let [nobody, strange] = refused_to_others(&hub, &row, &given, &mut faults).await;
            told += &format!("{} {}: {} {}", row.method, row.path, nobody.as_u16(), strange.as_u16());
            if let Some(right) = row.right {
                if row.path == "/confirm" {
                    // A stranger who knew a ceremony has used it up.
                    given = things(&hub, &row).await;
                }
                let who = hub.sign_in(right(&hub.seeded.people)).await;
                let (status, written, text) = drive(&hub, &row, &given, Some(&who)).await;
                let text = text.split("<main").last().unwrap_or_default().chars().take(600).collect::<String>();
                faults.unless(matches!(status.as_u16(), 200 | 303), &row, "whom it is for", format!("{status} {text}"));
                // A complaint goes to the commission and a session ends without a line.
                let writes = row.method == "POST" && !["/complaint", "/sign-out"].contains(&row.path);
                faults.unless(writes == (written > 0), &row, "whom it is for", format!("{written} lines"));
                told += &format!(" {}", status.as_u16());
            }
            told += "\n";
        }
        assert!(faults.0.is_empty(), "{}", faults.0.join("\n"));
        insta::assert_snapshot!("matrix", told);
    });
}

#[test]
fn what_a_mandate_permits_ends_with_its_term() {
    runtime().block_on(async {
        for row in rows().into_iter().filter(|row| row.whose == Used) {
            let name = format!("{} {}", row.method, row.path);
            set_clock(NOON);
            let hub = everybody_signs().await;
            let given = things(&hub, &row).await;
            set_clock(Micros(terms().until.0 + 1));
            let who = hub.sign_in(row.right.unwrap()(&hub.seeded.people)).await;
            let (status, written, _) = drive(&hub, &row, &given, Some(&who)).await;
            assert!(is_refusal(status) || status == StatusCode::UNPROCESSABLE_ENTITY, "{name}: {status}");
            assert_eq!(written, 0, "{name}");
        }
        set_clock(NOON);
    });
}
