//! Every route of the table as nobody, as the wrong organisation, and under an expired mandate: never data.

mod accounts;
mod matrix;

use super::*;
use crate::office::Office;
use crate::pages::sign_in::begin_session;
use crate::testkit::{NOON, Seeded, seeded, set_clock};
use crate::visitor::cookie;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use noroshi_model::time::DAY;
use noroshi_model::{Micros, PersonId};
use noroshi_store::Db;
use noroshi_store::account::secret::Secret;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

struct Hub {
    _folder: tempfile::TempDir,
    state: State,
    seeded: Seeded,
}

impl Hub {
    async fn new(demo: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("hub.db").display())).await.unwrap();
        let seeded = seeded(db, "http://localhost:8080", Vec::new(), demo).await;
        Self { _folder: folder, state: State::new(seeded.parts.clone()).unwrap(), seeded }
    }

    /// A session cookie of somebody, and what their forms carry.
    async fn sign_in(&self, person: PersonId) -> (String, String) {
        let person = self.state.parts.store.person(person).await.unwrap().unwrap().value;
        let answer = begin_session(&self.state, &person, self.state.now(), "/home").await.ok().unwrap();
        let set = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(set.split(';').next().unwrap()).unwrap());
        let secret = Secret::parse(cookie(&headers, "session").unwrap()).unwrap();
        let token = Sha256::new().chain_update("noroshi/form/v1\n").chain_update(secret.reveal()).finalize();
        (format!("session={}", secret.reveal()), hex::encode(token))
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        who: Option<&(String, String)>,
        body: String,
    ) -> (StatusCode, HeaderMap, String) {
        let kind = if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
        let mut request = axum::http::Request::builder()
            .method(method)
            .uri(path)
            .header(header::ORIGIN, "http://localhost:8080")
            .header(header::CONTENT_TYPE, kind);
        if let Some((cookie, _)) = who {
            request = request.header(header::COOKIE, cookie);
        }
        let answer = router(self.state.clone()).oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let live = path.ends_with("/live") && parts.status == StatusCode::OK;
        let bytes = if live { Default::default() } else { body.collect().await.unwrap().to_bytes() };
        // A page says where it is: what the caller wrote themselves tells them nothing.
        let text = String::from_utf8_lossy(&bytes).replace(path.rsplit('/').next().unwrap_or_default(), "");
        (parts.status, parts.headers, text)
    }

    /// The path of a route with ids of things that are there.
    fn filled(&self, path: &str) -> String {
        let mandate = self.seeded.live.to_string();
        let hunt = self.seeded.hunt.to_string();
        let id = match path {
            _ if path.starts_with("/hunts") => hunt,
            _ if path.starts_with("/organisations") => self.seeded.orgs[0].to_string(),
            _ if path.starts_with("/people") => self.seeded.people.analyst.to_string(),
            _ if path.starts_with("/findings") => "c2-198.51.100.7-443".to_owned(),
            _ => mandate,
        };
        path.replace("{id}", &id)
            .replace("{index}", "0")
            .replace("{word}", "suspend")
            .replace("{name}", "style.css")
            .replace("{code}", "en")
            .replace("{*path}", "entries/000")
            .replace("{secret}", &"0".repeat(64))
            .replace("{issuer}", "none")
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// What no stranger may read on any page.
const SECRETS: [&str; 8] = [
    "北日本通信：特定内外通信",
    "198.51.100.7",
    "2001:db8:a1",
    "他の方法では",
    "分析官 Analyst",
    "c2-198",
    "既存のエクスポータ",
    "north-1.example",
];

fn tells(text: &str) -> Option<&'static str> {
    SECRETS.into_iter().find(|secret| text.contains(secret))
}

#[test]
fn nobody_reads_nothing_and_changes_nothing() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        for route in table() {
            let path = hub.filled(route.path);
            let (status, headers, text) = hub.call(route.method, &path, None, String::new()).await;
            assert_eq!(tells(&text), None, "{} {path}", route.method);
            assert!(status != StatusCode::INTERNAL_SERVER_ERROR, "{} {path}: {text}", route.method);
            let refused = matches!(status.as_u16(), 401 | 403 | 404)
                || headers.get(header::LOCATION).is_some_and(|to| to.to_str().unwrap().starts_with("/sign-in?"));
            assert!(refused || route.access == Access::Public, "{} {path}: {status}", route.method);
        }
    });
}

#[test]
fn another_carrier_an_operator_and_an_administrator_read_nothing_governed() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        let people = hub.seeded.people;
        for stranger in [people.other_carrier, people.operator, people.administrator] {
            let who = hub.sign_in(stranger).await;
            for route in table().into_iter().filter(|route| route.path != "/sign-out") {
                let path = hub.filled(route.path);
                let body = if path.starts_with("/api/") {
                    String::from("{\"answer\":\"feasible\",\"load_cap_records_per_second\":null,\"reason\":\"x\"}")
                } else {
                    format!(
                        "form_token={}&reason=x&answer=feasible&choice=approve&id={}",
                        who.1,
                        uuid::Uuid::from_u128(77)
                    )
                };
                let (status, _, text) = hub.call(route.method, &path, Some(&who), body).await;
                let own = stranger == people.administrator
                    && (path.starts_with("/people") || path.starts_with("/organisations"));
                assert!(own || tells(&text).is_none(), "{} {path} {status}: {:?}", route.method, tells(&text));
                assert!(status != StatusCode::INTERNAL_SERVER_ERROR, "{} {path}: {text}", route.method);
                let about_one = route.path.contains("{id}") && !path.starts_with("/organisations") && !own;
                assert!(!about_one || matches!(status.as_u16(), 400 | 403 | 404), "{} {path}: {status}", route.method);
            }
        }
    });
}

#[test]
fn after_its_term_nothing_is_asked_under_a_mandate() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        let people = hub.seeded.people;
        set_clock(Micros(NOON.0 + 40 * DAY));
        let analyst = hub.sign_in(people.analyst).await;
        let live = hub.seeded.live;
        let batch = hub.seeded.office.numbers().await.unwrap().batches_kept;
        assert_eq!(batch, 2);
        let hunt = format!(
            "form_token={}&id={}&reason_code=confirm_finding&reason=x&direction=out-foreign&rows_max=10&batch={}",
            analyst.1,
            uuid::Uuid::from_u128(78),
            uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0401)
        );
        let (status, _, text) = hub.call("POST", &format!("/mandates/{live}/hunts"), Some(&analyst), hunt).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{text}");
        let opening = format!(
            "form_token={}&id={}&pseudonym=2001:db8:a1::3f&reason=x&batch={}",
            analyst.1,
            uuid::Uuid::from_u128(79),
            uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0401)
        );
        let (status, ..) = hub.call("POST", &format!("/mandates/{live}/openings"), Some(&analyst), opening).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (_, _, rows) = hub.call("GET", &format!("/hunts/{}", hub.seeded.hunt), Some(&analyst), String::new()).await;
        assert!(!rows.contains("2001:db8:a1::91"), "rows are not shown after the term");
        let (_, _, findings) = hub.call("GET", "/findings", Some(&analyst), String::new()).await;
        assert!(!findings.contains("198.51.100.7"));
    });
}

#[test]
fn those_it_concerns_do_read_it() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        let people = hub.seeded.people;
        let board = format!("/mandates/{}", hub.seeded.live);
        for reader in [people.line_officer, people.analyst, people.commissioner, people.inspector, people.carrier] {
            let who = hub.sign_in(reader).await;
            let (status, _, text) = hub.call("GET", &board, Some(&who), String::new()).await;
            assert_eq!(status, StatusCode::OK);
            assert!(tells(&text).is_some() && text.contains("30,421,916"));
        }
        let carrier = hub.sign_in(people.carrier).await;
        let (status, _, text) =
            hub.call("GET", &format!("/mandates/{}/card", hub.seeded.waiting), Some(&carrier), String::new()).await;
        assert_eq!(status, StatusCode::OK, "{text}");
    });
}

#[test]
fn a_carrier_answers_with_its_form_and_the_line_stands_in_the_ledger() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        let carrier = hub.sign_in(hub.seeded.people.carrier).await;
        let path = format!("/mandates/{}/answer", hub.seeded.waiting);
        let part = |cap: &str| format!("form_token={}&answer=partly&cap={cap}&reason=ok", carrier.1);
        let (status, _, text) = hub.call("POST", &path, Some(&carrier), part("")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains(">ok</textarea>"), "what was typed is kept");
        let (status, _, text) = hub.call("POST", &path, Some(&carrier), part("1000")).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        assert!(text.contains("/receipt"));
    });
}

#[test]
fn a_change_needs_our_own_page_and_the_sessions_form_token() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        let who = hub.sign_in(hub.seeded.people.analyst).await;
        let post = |origin: Option<&str>, body: &str| {
            let mut request =
                axum::http::Request::builder().method("POST").uri("/account/tokens").header(header::COOKIE, &who.0);
            if let Some(origin) = origin {
                request = request.header(header::ORIGIN, origin);
            }
            router(hub.state.clone()).oneshot(request.body(Body::from(body.to_owned())).unwrap())
        };
        let good = format!("form_token={}&label=x&days=1&scope=readMandate", who.1);
        assert_eq!(post(Some("https://evil.example"), &good).await.unwrap().status(), StatusCode::FORBIDDEN);
        assert_eq!(post(None, &good).await.unwrap().status(), StatusCode::FORBIDDEN);
        assert_eq!(
            post(Some("http://localhost:8080"), "label=x&days=1&scope=readMandate").await.unwrap().status(),
            StatusCode::FORBIDDEN
        );
        assert_eq!(post(Some("http://localhost:8080"), &good).await.unwrap().status(), StatusCode::OK);
    });
}

#[test]
fn a_token_opens_the_api_within_its_scope_and_no_page() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        let who = hub.sign_in(hub.seeded.people.line_officer).await;
        let body = format!("form_token={}&label=x&days=1&scope=readMandate", who.1);
        let (_, _, text) = hub.call("POST", "/account/tokens", Some(&who), body).await;
        let token = text.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let get = |path: &str| {
            let request =
                axum::http::Request::builder().uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
            router(hub.state.clone()).oneshot(request.body(Body::empty()).unwrap())
        };
        assert_eq!(get("/api/v1/mandates").await.unwrap().status(), StatusCode::OK);
        let ledger = get("/api/v1/ledger").await.unwrap();
        assert_eq!(ledger.status(), StatusCode::FORBIDDEN);
        assert_eq!(ledger.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_ne!(get("/account").await.unwrap().status(), StatusCode::OK);
        set_clock(Micros(NOON.0 + 2 * DAY));
        assert_eq!(get("/api/v1/mandates").await.unwrap().status(), StatusCode::UNAUTHORIZED, "it ended");
    });
}

#[test]
fn every_answer_has_its_headers_and_faults_are_pages_or_problems() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        let (status, headers, text) = hub.call("GET", "/", None, String::new()).await;
        assert_eq!(status, StatusCode::OK);
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers.contains_key("x-request-id") && !headers.contains_key("strict-transport-security"));
        assert!(text.contains("何を取得し"));
        let (status, _, page) = hub.call("GET", "/nowhere", None, String::new()).await;
        assert!(status == StatusCode::NOT_FOUND && page.contains("<html"));
        let (status, headers, problem) = hub.call("GET", "/api/v1/nowhere", None, String::new()).await;
        assert!(
            status == StatusCode::NOT_FOUND && headers[header::CONTENT_TYPE] == "application/problem+json",
            "{problem}"
        );
        let (status, ..) = hub.call("DELETE", "/", None, String::new()).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
        let (status, ..) = hub.call("POST", "/complaint", None, format!("text={}", "x".repeat(BODY_BYTES_MAX))).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    });
}

#[test]
fn when_every_place_is_taken_the_next_is_told_to_come_again() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        let taken = hub.state.requests.try_acquire_many(u32::try_from(crate::limits::REQUESTS_MAX).unwrap()).unwrap();
        let (status, ..) = hub.call("GET", "/", None, String::new()).await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        drop(taken);
        let (status, ..) = hub.call("GET", "/", None, String::new()).await;
        assert_eq!(status, StatusCode::OK);
    });
}

#[test]
fn one_click_roles_exist_only_in_a_demonstration_and_it_says_so() {
    runtime().block_on(async {
        let hub = Hub::new(false).await;
        let (status, ..) = hub.call("POST", "/sign-in/demo", None, "role=analyst".into()).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let demo = Hub::new(true).await;
        let (status, headers, _) = demo.call("POST", "/sign-in/demo", None, "role=analyst".into()).await;
        assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/home"));
        for path in ["/", "/complaint", "/sign-in", "/nowhere"] {
            let (_, _, text) = demo.call("GET", path, None, String::new()).await;
            assert!(text.contains("class=\"demo\""), "{path}");
        }
        assert!(crate::DemoAccess::on(([192, 0, 2, 1], 80).into(), Vec::new()).is_err());
    });
}

#[test]
fn the_description_of_the_api_names_every_route_of_it() {
    use utoipa::OpenApi;
    let described = api::Description::openapi();
    for route in
        table().into_iter().filter(|route| route.path.starts_with("/api/v1/") && !route.path.ends_with(".json"))
    {
        assert!(described.paths.paths.contains_key(route.path), "{}", route.path);
    }
    insta::assert_json_snapshot!("openapi", described);
}
