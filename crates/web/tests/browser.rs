//! In a real browser (Chromium, driven over WebDriver): passkeys with a virtual authenticator, a signed deed, a
//! journey without scripts, and pictures of pages in both languages and two widths for somebody to look at.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a part of tests")]

mod driver;

use driver::{Browser, Width};
use noroshi_store::Db;
use noroshi_web::testkit::{Seeded, seeded};
use noroshi_web::{Issuer, State, router};
use tokio::net::TcpListener;

struct Served {
    hub: Seeded,
    origin: String,
    _folder: tempfile::TempDir,
}

async fn serve(demo: bool) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    serve_on(listener, demo, Vec::new()).await
}

async fn serve_on(listener: TcpListener, demo: bool, issuers: Vec<Issuer>) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("hub.db").display())).await.unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let hub = seeded(db, &origin, issuers, demo).await;
    let app = router(State::new(hub.parts.clone()).unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Served { hub, origin, _folder: folder }
}

fn run(test: impl Future<Output = ()>) {
    if driver::missing() {
        return;
    }
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test);
}

#[test]
fn a_newcomer_enrols_signs_in_and_signs_a_request() {
    run(async {
        let served = serve(false).await;
        let mut browser = Browser::start(true, Width::Desk).await;
        browser.add_authenticator().await;
        let people = served.hub.people;
        let link = served.hub.enrolment_link(people.line_officer).await;
        browser.go(&format!("{}/language/ja", served.origin)).await;
        browser.go(&format!("{}{link}", served.origin)).await;
        browser.follow("main button").await;
        browser.wait_for("/home").await;
        browser.follow("form[action='/sign-out'] button").await;
        browser.wait_for("/").await;
        browser.go(&format!("{}/sign-in", served.origin)).await;
        browser.follow("form[data-passkey] button").await;
        browser.wait_for("/home").await;
        browser.go(&format!("{}/mandates/new", served.origin)).await;
        browser.type_into("#title", "北日本通信：外外通信").await;
        browser.type_into("#necessity", "他の方法では著しく困難であるため。").await;
        browser.type_into("#domestic", "192.0.2.0/24").await;
        browser.click("input[name=direction][value=out-foreign]").await;
        browser.choose("#legal_basis", "out-foreign").await;
        browser.follow("main form button").await;
        assert!(browser.text().await.contains("分析官"), "the empty list of analysts is said beside its field");
        assert_eq!(browser.value("#title").await, "北日本通信：外外通信", "nothing typed is lost");
        browser.click("input[name=analyst]").await;
        browser.follow("main form button").await;
        browser.wait_for_text("署名する内容").await;
        browser.picture("confirm-ja").await;
        browser.follow("form[action='/confirm'] button").await;
        browser.wait_for_text("記録しました").await;
        let kept = served.hub.evidence_of(people.line_officer).await;
        assert!(kept.contains("mandate.request"), "the signature is kept with its object: {kept}");
    });
}

/// The identity provider of one test, ended with it.
struct Provider(std::process::Child, #[allow(dead_code, reason = "a closed pipe would end it")] Box<dyn std::any::Any>);

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_provider(module: &std::path::Path, port: u16, redirect: &str) -> Provider {
    use std::io::BufRead;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oidc-provider.mjs");
    let mut command = std::process::Command::new("node");
    command.arg(script).arg(module).arg(port.to_string()).arg(redirect);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "ready");
    Provider(child, Box::new(output))
}

#[test]
fn an_account_at_a_real_provider_is_linked_and_signs_in() {
    let Some(module) = driver::oidc_provider() else { return };
    run(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hub = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let _provider = start_provider(&module, port, &format!("{hub}/sign-in/back/agency"));
        let issuer = Issuer {
            slug: "agency".to_owned(),
            name: "Agency".to_owned(),
            issuer: format!("http://localhost:{port}").parse().unwrap(),
            client_id: "hub".to_owned(),
            client_secret: Some("only-for-this-test".to_owned()),
        };
        let served = serve_on(listener, false, vec![issuer]).await;
        let mut browser = Browser::start(true, Width::Desk).await;
        browser.add_authenticator().await;
        browser.go(&format!("{hub}/language/ja")).await;
        // Known there and linked to nobody here: no account is made.
        browser.go(&format!("{hub}/sign-in")).await;
        browser.follow("form[action='/sign-in/with/agency'] button").await;
        browser.type_into("input[name=login]", "somebody").await;
        browser.type_into("input[name=password]", "x").await;
        browser.follow("button[type=submit]").await;
        browser.follow("button[type=submit]").await;
        browser.wait_for_text("結び付けられていません").await;
        let link = served.hub.enrolment_link(served.hub.people.analyst).await;
        browser.go(&format!("{hub}{link}")).await;
        browser.follow("main button").await;
        browser.wait_for("/home").await;
        browser.go(&format!("{hub}/account")).await;
        browser.follow("form[action='/account/link/agency'] button").await;
        browser.wait_for("/account").await;
        browser.follow("form[action='/sign-out'] button").await;
        browser.wait_for("/").await;
        browser.go(&format!("{hub}/sign-in")).await;
        browser.follow("form[action='/sign-in/with/agency'] button").await;
        browser.wait_for("/home").await;
        assert!(browser.text().await.contains("分析官"));
    });
}

#[test]
fn without_scripts_a_carrier_answers_and_an_analyst_asks() {
    run(async {
        let served = serve(true).await;
        let browser = Browser::start(false, Width::Desk).await;
        browser.go(&format!("{}/language/ja", served.origin)).await;
        browser.go(&format!("{}/sign-in", served.origin)).await;
        browser.follow("input[value=carrier] + button").await;
        browser.wait_for("/home").await;
        browser.follow(".tasks a").await;
        browser.click("input[name=answer][value=feasible]").await;
        browser.type_into("#reason", "対応できます。").await;
        browser.follow("form[action$='/answer'] button").await;
        assert!(browser.text().await.contains("記録しました"));
        browser.follow("form[action='/sign-out'] button").await;
        browser.wait_for("/").await;
        browser.go(&format!("{}/sign-in", served.origin)).await;
        browser.follow("input[value=analyst] + button").await;
        browser.wait_for("/home").await;
        browser.go(&format!("{}/mandates/{}/hunts/new", served.origin, served.hub.live)).await;
        browser.type_into("#reason", "検知結果の周期を確認するため。").await;
        browser.follow("main form button").await;
        assert!(browser.text().await.contains("記録しました"));
    });
}

#[test]
fn pictures_of_pages_in_both_languages_and_two_widths() {
    run(async {
        let served = serve(true).await;
        for (width, name) in [(Width::Desk, "desk"), (Width::Phone, "phone")] {
            let browser = Browser::start(true, width).await;
            for language in ["ja", "en"] {
                browser.go(&format!("{}/language/{language}?next=/", served.origin)).await;
                browser.picture(&format!("public-{language}-{name}")).await;
                browser.go(&format!("{}/sign-in", served.origin)).await;
                browser.picture(&format!("sign-in-{language}-{name}")).await;
                for (role, paths) in JOURNEY {
                    browser.go(&format!("{}/sign-in", served.origin)).await;
                    browser.follow(&format!("input[value={role}] + button")).await;
                    browser.wait_for("/home").await;
                    for (page, path) in *paths {
                        let path = path.replace("{live}", &served.hub.live.to_string());
                        let path = path.replace("{waiting}", &served.hub.waiting.to_string());
                        browser
                            .go(&format!("{}{}", served.origin, path.replace("{hunt}", &served.hub.hunt.to_string())))
                            .await;
                        assert!(browser.fits().await, "{page} {language} {name}: the page is wider than the window");
                        browser.picture(&format!("{page}-{language}-{name}")).await;
                    }
                    browser.follow("form[action='/sign-out'] button").await;
                    browser.wait_for("/").await;
                }
            }
        }
    });
}

const JOURNEY: &[(&str, &[(&str, &str)])] = &[
    (
        "line",
        &[("home", "/home"), ("mandates", "/mandates"), ("board", "/mandates/{live}"), ("request", "/mandates/new")],
    ),
    ("carrier", &[("card", "/mandates/{waiting}/card")]),
    (
        "analyst",
        &[
            ("hunt-form", "/mandates/{live}/hunts/new"),
            ("hunt", "/hunts/{hunt}"),
            ("findings", "/findings"),
            ("account", "/account"),
        ],
    ),
    ("commission", &[("ledger", "/ledger"), ("decision", "/mandates/{waiting}/decision")]),
];
