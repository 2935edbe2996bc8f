//! Sessions, new enrolment, machines, changes of an organisation, an operator's agreement: each done by whom it
//! belongs to, refused to others, and on the record either way.

use super::*;
use crate::state::{DemoAccess, DemoRole};

/// A hub where everybody signs with one click, so that a signed deed can be followed to its end.
pub(super) async fn everybody_signs() -> Hub {
    let mut hub = Hub::new(true).await;
    let people = hub.seeded.people;
    let roles = [
        people.administrator,
        people.keeper,
        people.line_officer,
        people.legal_officer,
        people.operator,
        people.analyst,
        people.commissioner,
        people.carrier,
        people.other_carrier,
    ];
    let role = |person: PersonId| DemoRole { slug: person.to_string(), person };
    let access = DemoAccess::on(([127, 0, 0, 1], 0).into(), roles.map(role).to_vec()).unwrap();
    hub.state = State::new(crate::Parts { demo: Some(access), ..hub.seeded.parts.clone() }).unwrap();
    hub
}

impl Hub {
    pub(super) async fn post(&self, path: &str, who: &(String, String), body: &str) -> (StatusCode, String) {
        let body = format!("form_token={}&{body}", who.1);
        let (status, _, text) = self.call("POST", path, Some(who), body).await;
        (status, text)
    }

    /// Sends a form, and signs what it leads to.
    pub(super) async fn signed(&self, path: &str, who: &(String, String), body: &str) -> (StatusCode, String) {
        let (status, text) = self.post(path, who, body).await;
        let Some(rest) = text.split("name=\"ceremony\" value=\"").nth(1) else { return (status, text) };
        let ceremony = rest.split('"').next().unwrap().to_owned();
        self.post("/confirm", who, &format!("ceremony={ceremony}&answer=")).await
    }

    async fn lines(&self) -> Vec<String> {
        let waiting = self.state.parts.store.next_unsequenced(1_000).await.unwrap();
        waiting.iter().map(|leaf| String::from_utf8_lossy(&leaf.bytes).into_owned()).collect()
    }

    async fn last_line(&self) -> String {
        self.lines().await.pop().unwrap()
    }
}

#[test]
fn somebody_signs_out_elsewhere_and_not_somebody_elses() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        let (first, second) =
            (hub.sign_in(hub.seeded.people.analyst).await, hub.sign_in(hub.seeded.people.analyst).await);
        let (_, _, text) = hub.call("GET", "/account", Some(&first), String::new()).await;
        let handle = text.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let other = hub.sign_in(hub.seeded.people.line_officer).await;
        hub.post("/account/sessions/end", &other, &format!("session={handle}")).await;
        assert_eq!(hub.call("GET", "/account", Some(&second), String::new()).await.0, StatusCode::OK);
        let before = hub.lines().await.len();
        hub.post("/account/sessions/end", &first, &format!("session={handle}")).await;
        assert_ne!(hub.call("GET", "/account", Some(&second), String::new()).await.0, StatusCode::OK);
        assert_eq!(hub.call("GET", "/account", Some(&first), String::new()).await.0, StatusCode::OK);
        assert_eq!(hub.lines().await.len(), before + 1, "it is on the record");
    });
}

#[test]
fn a_keeper_enrols_a_colleague_again_and_an_administrator_of_the_hub_cannot() {
    runtime().block_on(async {
        let hub = everybody_signs().await;
        let people = hub.seeded.people;
        let path = format!("/people/{}/change", people.analyst);
        let administrator = hub.sign_in(people.administrator).await;
        let (status, text) = hub.signed(&path, &administrator, "to=reenrol").await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{text}");
        assert!(hub.last_line().await.contains("changeMembership"), "the refusal is recorded");
        let analyst = hub.sign_in(people.analyst).await;
        let keeper = hub.sign_in(people.keeper).await;
        let (status, text) = hub.signed(&path, &keeper, "to=reenrol").await;
        assert_eq!(status, StatusCode::OK, "{text}");
        assert!(text.contains("/enrol/"));
        assert!(hub.last_line().await.contains("enrolment_link"));
        assert_ne!(hub.call("GET", "/home", Some(&analyst), String::new()).await.0, StatusCode::OK, "sessions ended");
    });
}

#[test]
fn a_machine_is_registered_signed_and_revoked() {
    runtime().block_on(async {
        let hub = everybody_signs().await;
        let keeper = hub.sign_in(hub.seeded.people.keeper).await;
        let path = format!("/organisations/{}/machines", hub.seeded.orgs[0]);
        let form = |key: &str, scope: &str| format!("label=runner&days=30&scope={scope}&key={key}");
        let (status, text) = hub.signed(&path, &keeper, &form("-----BEGIN PRIVATE KEY-----zzz", "dispose")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!text.contains("zzz"), "a private key is not sent back");
        let hash = "ab".repeat(32);
        assert_eq!(hub.signed(&path, &keeper, &form(&hash, "hunt")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(hub.signed(&path, &keeper, &form(&hash, "dispose")).await.0, StatusCode::OK);
        assert!(hub.last_line().await.contains("certificate"));
        let at = hub.state.now();
        assert!(hub.state.parts.store.certificate(&[0xab; 32], at).await.unwrap().is_some());
        let stranger = hub.sign_in(hub.seeded.people.operator).await;
        let revoke = format!("fingerprint={hash}");
        assert_eq!(hub.post(&format!("{path}/revoke"), &stranger, &revoke).await.0, StatusCode::NOT_FOUND);
        assert_eq!(hub.post(&format!("{path}/revoke"), &keeper, &revoke).await.0, StatusCode::SEE_OTHER);
        assert!(hub.state.parts.store.certificate(&[0xab; 32], at).await.unwrap().is_none());
    });
}

#[test]
fn an_organisation_changes_its_names_and_the_administrator_alone_its_standing() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        let people = hub.seeded.people;
        let centre = format!("/organisations/{}/change", hub.seeded.orgs[0]);
        let form = "version=1&name_ja=x&name_en=Renamed&sector=government&table=2026-10-01";
        let keeper = hub.sign_in(people.keeper).await;
        let (status, text) = hub.post(&centre, &keeper, &format!("{form}&flag=special")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{text}");
        assert!(hub.last_line().await.contains("standing-is-designated"));
        assert_eq!(hub.post(&centre, &keeper, form).await.0, StatusCode::SEE_OTHER);
        assert_eq!(hub.post(&centre, &keeper, &form.replace("Renamed", "Late")).await.0, StatusCode::CONFLICT);
        let administrator = hub.sign_in(people.administrator).await;
        let designated = format!("{}&flags_shown=yes&flag=special", form.replace("version=1", "version=2"));
        assert_eq!(hub.post(&centre, &administrator, &designated).await.0, StatusCode::SEE_OTHER);
        let kept = hub.state.parts.store.organisation(hub.seeded.orgs[0]).await.unwrap().unwrap().value;
        assert_eq!((kept.name_en.as_str(), kept.flags.len()), ("Renamed", 1));
        let operator = hub.sign_in(people.operator).await;
        assert_eq!(hub.post(&centre, &operator, form).await.0, StatusCode::NOT_FOUND);
    });
}

#[test]
fn an_operator_proposes_an_agreement_about_its_own_traffic_and_nothing_else() {
    runtime().block_on(async {
        let hub = everybody_signs().await;
        let operator = hub.sign_in(hub.seeded.people.operator).await;
        let (status, _, text) = hub.call("GET", "/mandates/new", Some(&operator), String::new()).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        assert!(!text.contains("分析官 Analyst"), "the centre's people are not listed");
        let id = uuid::Uuid::from_u128(901);
        // What the form does not ask, a sender cannot say: another basis, another party.
        let form = format!(
            "id={id}&title=own&necessity=why&legal_basis=foreign-foreign&party={}&carrier={}&direction=out-foreign\
             &purpose=find-attack-servers&from=2025-11-26&until=2025-12-20&domestic=192.0.2.0/24&hunts_max=5&rows_max=10\
             &records_max=1000&selected_records_max=100&retain_days_max=10",
            hub.seeded.orgs[5], hub.seeded.orgs[2]
        );
        let (status, text) = hub.signed("/mandates/new", &operator, &form).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        let line = hub.sign_in(hub.seeded.people.line_officer).await;
        let (_, _, told) = hub.call("GET", &format!("/api/v1/mandates/{id}"), Some(&line), String::new()).await;
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        let terms = &told["mandate"]["pending"]["terms"];
        assert_eq!(terms["legal_basis"], "party-agreement", "{told}");
        assert_eq!(terms["party"], hub.seeded.orgs[4].to_string());
        assert_eq!(terms["analysts"], serde_json::json!([hub.seeded.people.analyst.to_string()]));
        let (status, ..) = hub.call("GET", &format!("/mandates/{id}"), Some(&operator), String::new()).await;
        assert_eq!(status, StatusCode::OK, "its own proposal is open to it");
    });
}
