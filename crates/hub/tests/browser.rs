//! The whole life of a mandate in a real browser, as a newcomer who follows the README goes through it: an operator
//! proposes, the carrier answers, three commissioners vote, an analyst asks, the operator ends it, and what was kept is
//! destroyed. The record of all of it holds.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "../../web/tests/driver/mod.rs"]
#[allow(dead_code, reason = "the driver serves the tests of the pages, too")]
mod driver;
mod running;

use driver::{Browser, Width};
use running::Demo;

/// One browser that goes from desk to desk.
struct Round<'a> {
    browser: &'a Browser,
    hub: String,
    board: String,
}

impl Round<'_> {
    async fn sit_down_as(&self, role: &str) {
        self.browser.go(&format!("{}/sign-in", self.hub)).await;
        self.browser.follow(&format!("input[value={role}] + button")).await;
        self.browser.wait_for("/home").await;
    }

    async fn get_up(&self) {
        self.browser.follow("form[action='/sign-out'] button").await;
        self.browser.wait_for("/").await;
    }

    async fn go(&self, path: &str) {
        self.browser.go(&format!("{}{path}", self.hub)).await;
    }

    /// Signs what the page shows, with the one click of the demonstration.
    async fn sign(&self, picture: &str) {
        self.browser.picture(picture).await;
        self.browser.follow("form[action='/confirm'] button").await;
        self.browser.wait_for_text("Recorded").await;
    }

    /// An operator proposes an agreement about its own traffic; gives the mandate.
    async fn propose(&self) -> String {
        let browser = self.browser;
        self.sit_down_as("operator").await;
        self.go("/mandates/new").await;
        browser.type_into("#title", "Party agreement: the port of Example").await;
        browser.type_into("#necessity", "Reports one by one do not show servers that move.").await;
        browser.type_into("#domestic", "192.0.2.0/24").await;
        browser.click("input[name=direction][value=out-foreign]").await;
        let id = browser.value("input[name=id]").await;
        browser.picture("life-1-propose").await;
        browser.follow("main form button").await;
        self.sign("life-2-sign").await;
        self.get_up().await;
        id
    }

    async fn answer(&self, id: &str) {
        let browser = self.browser;
        self.sit_down_as("carrier").await;
        browser.follow(&format!(".tasks a[href='/mandates/{id}/card']")).await;
        browser.click("input[name=answer][value=feasible]").await;
        browser.type_into("#reason", "Within normal operation.").await;
        browser.picture("life-3-card").await;
        browser.follow("form[action$='/answer'] button").await;
        browser.wait_for_text("Recorded").await;
        self.get_up().await;
    }

    /// Three commissioners, on their own program's pages.
    async fn vote(&self, id: &str) {
        let browser = self.browser;
        let ballot = format!("{}/vote/{id}/1/grant", self.board);
        for number in 1..=3 {
            browser.go(&format!("{}/sign-in", self.board)).await;
            browser.follow(&format!("input[value='{number}'] + button")).await;
            browser.reload_until(&ballot, "#reasons").await;
            browser.type_into("#reasons", "It is necessary, and no lighter means works.").await;
            browser.picture(&format!("life-4-vote-{number}")).await;
            browser.follow("button[name=choice][value=for]").await;
        }
    }

    /// The analyst asks what was kept under the mandate that has records.
    async fn ask(&self, kept: &str) {
        let browser = self.browser;
        self.sit_down_as("analyst").await;
        self.go("/findings").await;
        browser.picture("life-6-findings").await;
        self.go(&format!("/mandates/{kept}/hunts/new")).await;
        browser.type_into("#reason", "To confirm a finding.").await;
        browser.follow("main form button").await;
        browser.wait_for_text("Recorded").await;
        self.get_up().await;
    }

    /// What people do from a phone: nothing may be wider than its window.
    async fn glance(&self, language: &str, kept: &str) {
        let browser = self.browser;
        let looked = async |name: &str| {
            assert!(browser.fits().await, "{name} {language}: the page is wider than the window");
            browser.picture(&format!("glance-{name}-{language}")).await;
        };
        self.go(&format!("/language/{language}")).await;
        self.sit_down_as("operator").await;
        for (name, path) in [
            ("propose", "/mandates/new"),
            ("revoke", &format!("/mandates/{kept}/stop/revoke")),
            ("narrow", &format!("/mandates/{kept}/narrow")),
            ("collections", "/collections"),
            ("account", "/account"),
        ] {
            self.go(path).await;
            looked(name).await;
        }
        self.get_up().await;
        self.sit_down_as("editor").await;
        self.go("/collections").await;
        looked("collections-editor").await;
        self.get_up().await;
        self.sit_down_as("keeper").await;
        self.go("/organisations").await;
        looked("organisations").await;
        browser.follow("main table a[href^='/organisations/'], main li a[href^='/organisations/']").await;
        looked("organisation").await;
        browser.follow("a[href$='/machines']").await;
        looked("machines").await;
        self.get_up().await;
    }

    /// The operator ends a mandate, and sees what was kept under it being destroyed, without loading the page again.
    async fn end(&self, id: &str, picture: &str) {
        let browser = self.browser;
        self.sit_down_as("operator").await;
        self.go(&format!("/mandates/{id}")).await;
        browser.follow(&format!("a[href='/mandates/{id}/stop/revoke']")).await;
        browser.type_into("#reason", "No longer needed.").await;
        browser.follow("main form button").await;
        self.sign("life-7-revoke").await;
        self.go(&format!("/mandates/{id}")).await;
        browser.wait_for_text("Disposed").await;
        browser.picture(picture).await;
        self.get_up().await;
    }
}

#[test]
fn a_mandate_goes_from_request_to_disposal() {
    if driver::missing() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(&folder.path().join("demo"));
    let (hub, board, kept) = (demo.hub(), demo.board(), demo.word("mandate ").to_owned());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let browser = Browser::start(true, Width::Desk).await;
        let round = Round { browser: &browser, hub, board };
        round.go("/language/en").await;
        let id = round.propose().await;
        round.answer(&id).await;
        round.vote(&id).await;
        round.sit_down_as("operator").await;
        round.go(&format!("/mandates/{id}")).await;
        browser.wait_for_text("Approved, not begun").await;
        browser.picture("life-5-approved").await;
        round.get_up().await;
        round.ask(&kept).await;
        let phone = Browser::start(true, Width::Phone).await;
        let on_a_phone = Round { browser: &phone, hub: round.hub.clone(), board: round.board.clone() };
        for language in ["ja", "en"] {
            on_a_phone.glance(language, &kept).await;
        }
        drop(phone);
        round.end(&id, "life-8-nothing-was-kept").await;
        round.end(&kept, "life-9-destroyed").await;
    });
    let lines = demo.judged();
    assert!(lines > 70, "{lines}");
}
