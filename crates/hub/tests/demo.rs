//! The demonstration as its user meets it: hub and commission come up, a simulated nation is collected under a mandate,
//! an analyst asks a question and has a pseudonym opened in the pages, and the record of all of it holds.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod running;

use running::Demo;
use serde_json::Value;
use std::path::Path;

/// Somebody with a browser without scripts.
struct Visitor {
    agent: ureq::Agent,
    hub: String,
    cookie: String,
}

impl Visitor {
    /// Signed in with one click.
    fn as_role(hub: &str, role: &str) -> Self {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build().into();
        let mut visitor = Self { agent, hub: hub.to_owned(), cookie: String::new() };
        let answer = visitor.send("/sign-in/demo", &[("role", role)]);
        let cookie = answer.headers().get("set-cookie").unwrap().to_str().unwrap();
        visitor.cookie = cookie.split(';').next().unwrap().to_owned();
        visitor
    }

    fn get(&self, path: &str) -> String {
        let request = self.agent.get(format!("{}{path}", self.hub)).header("cookie", &self.cookie);
        let mut answer = request.call().unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.body_mut().read_to_string().unwrap()
    }

    fn send(&self, path: &str, fields: &[(&str, &str)]) -> ureq::http::Response<ureq::Body> {
        let request = self.agent.post(format!("{}{path}", self.hub));
        let request = request.header("origin", &self.hub).header("cookie", &self.cookie);
        request.send_form(fields.iter().copied()).unwrap()
    }

    /// Sends a form and gives the page that answers.
    fn post(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let mut answer = self.send(path, fields);
        let text = answer.body_mut().read_to_string().unwrap();
        assert_eq!(answer.status(), 200, "{path}: {text}");
        text
    }

    /// Signs what a page shows, with one click.
    fn confirm(&self, page: &str) -> String {
        let (token, ceremony) = (value(page, "form_token"), value(page, "ceremony"));
        self.post("/confirm", &[("form_token", token), ("ceremony", ceremony), ("answer", "")])
    }
}

/// The value of a field of a form.
fn value<'a>(page: &'a str, name: &str) -> &'a str {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    rest.unwrap_or_else(|| panic!("no field `{name}` in {page}")).split('"').next().unwrap()
}

/// The cells of the rows of a hunt.
fn cells(page: &str) -> Vec<&str> {
    page.split("<td class=\"mono\">").skip(1).map(|rest| rest.split('<').next().unwrap()).collect()
}

/// A bot and the command server of a family, by the truth.
fn truth(out: &Path, family: &str) -> (String, Vec<String>) {
    let truth: Value = serde_json::from_slice(&std::fs::read(out.join("truth.json")).unwrap()).unwrap();
    let named = |list: &str| truth[list].as_array().unwrap().iter().filter(|one| one["family"] == family);
    let server = named("servers").find(|server| server["role"] == "command").unwrap();
    let bots = named("infected").map(|bot| bot["address"].as_str().unwrap().to_owned()).collect();
    (format!("{}:{}", server["address"].as_str().unwrap(), server["port"]), bots)
}

#[test]
fn a_nation_is_collected_asked_and_accounted_for_under_a_mandate() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo");
    let demo = Demo::start(&out);
    let (hub, mandate) = (demo.hub(), demo.word("mandate ").to_owned());
    // Which record meets which selection depends a little on how fast they come: one more or less is no fault.
    let found: u32 = demo.word("against the truth: ").parse().unwrap();
    assert!(found >= 5 && demo.said.contains(" of 7 command servers found, 0 wrongly accused"), "{}", demo.said);

    let analyst = Visitor::as_role(&hub, "analyst");
    let (server, bots) = truth(&out, "chatter");
    assert!(analyst.get("/findings").contains(server.split(':').next().unwrap()), "the finding is on the pages");

    let form = analyst.get(&format!("/mandates/{mandate}/hunts/new"));
    let (hunt, batch) = (value(&form, "id"), value(&form, "batch"));
    let question = [
        ("form_token", value(&form, "form_token")),
        ("id", hunt),
        ("reason_code", "confirm_finding"),
        ("reason", "confirm a finding"),
        ("batch", batch),
        ("direction", "out-foreign"),
        ("servers", &server),
        ("rows_max", "5"),
    ];
    analyst.post(&format!("/mandates/{mandate}/hunts"), &question);
    let answer = analyst.get(&format!("/hunts/{hunt}"));
    let cells = cells(&answer);
    assert_eq!((cells.len(), cells[0]), (5 * 10, server.as_str()), "{answer}");
    let pseudonym = cells[2];
    assert!(!bots.iter().any(|bot| bot == pseudonym), "an answer names nobody");

    let form = analyst.get(&format!("/mandates/{mandate}/openings/new"));
    let opening = value(&form, "id");
    let request = [
        ("form_token", value(&form, "form_token")),
        ("id", opening),
        ("pseudonym", pseudonym),
        ("batch", batch),
        ("reason", "warn whoever is infected"),
    ];
    analyst.post(&format!("/mandates/{mandate}/openings"), &request);
    let legal = Visitor::as_role(&hub, "legal");
    let form = legal.get(&format!("/openings/{opening}"));
    let decision = [("form_token", value(&form, "form_token")), ("choice", "approve"), ("reason", "necessary")];
    legal.confirm(&legal.post(&format!("/openings/{opening}/decide"), &decision));
    let form = analyst.get(&format!("/openings/{opening}"));
    let asked = analyst.post(&format!("/openings/{opening}/open"), &[("form_token", value(&form, "form_token"))]);
    let opened = analyst.confirm(&asked);
    assert!(bots.iter().any(|bot| opened.contains(&format!("class=\"secret\">{bot}<"))), "{opened}");

    let sealed = std::fs::read_dir(out.join("spine/hub/vault")).unwrap();
    assert_eq!(sealed.count(), 3, "one batch: its ciphertext, what it was chosen from, and the hub's half of its key");
    let lines = demo.judged();
    assert!(lines > 60, "{lines}");
}
