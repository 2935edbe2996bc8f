//! WebDriver over plain HTTP, as much of it as these tests need. Asks for elements by CSS, waits for what must come.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a part of tests")]

use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long what must come may take on a busy machine, and how often it is looked for.
const PATIENCE: Duration = Duration::from_secs(60);
const MOMENT: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy)]
pub(crate) enum Width {
    Desk,
    Phone,
}

/// Whether Chromium is missing, and may be.
pub(crate) fn missing() -> bool {
    let there = ["chromedriver", "chromium"].iter().all(|name| {
        std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()))
    });
    if there {
        return false;
    }
    assert!(
        std::env::var("NOROSHI_TEST_TOOLS").map_or(true, |tools| tools != "required"),
        "chromium and chromedriver are required; install Debian's chromium and chromium-driver"
    );
    eprintln!("skipped: chromium or chromedriver is not installed");
    true
}

/// The pinned npm package, as `./test` installs it.
pub(crate) const OIDC_PROVIDER: &str = "oidc-provider-9.13.3";

/// Where `./test` has installed npm's oidc-provider; `None` where it is missing and may be.
pub(crate) fn oidc_provider() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    let module = cache.join("noroshi").join(OIDC_PROVIDER).join("node_modules/oidc-provider/lib/index.js");
    if module.is_file() {
        return Some(module);
    }
    assert!(
        std::env::var("NOROSHI_TEST_TOOLS").map_or(true, |tools| tools != "required"),
        "{OIDC_PROVIDER} is required; run ./test, which installs it"
    );
    eprintln!("skipped: {OIDC_PROVIDER} is not installed; ./test installs it");
    None
}

pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The body of an answer, by its length: the driver keeps the connection open.
async fn body_of(stream: &mut TcpStream) -> Result<String, String> {
    let mut answer = Vec::new();
    let mut part = [0; 65_536];
    loop {
        let text = String::from_utf8_lossy(&answer);
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            let length: usize = length.ok_or("no length")?;
            let from = head.len() + 4;
            if answer.len() >= from + length {
                return Ok(String::from_utf8_lossy(&answer[from..from + length]).into_owned());
            }
        }
        match stream.read(&mut part).await.map_err(|error| error.to_string())? {
            0 => return Err("the connection ended".to_owned()),
            read => answer.extend_from_slice(&part[..read]),
        }
    }
}

async fn send(port: u16, method: &str, path: &str, body: Option<Value>) -> Result<Value, String> {
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(|error| error.to_string())?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.map_err(|error| error.to_string())?;
    stream.write_all(body.as_bytes()).await.map_err(|error| error.to_string())?;
    let body = tokio::time::timeout(Duration::from_secs(60), body_of(&mut stream)).await;
    let body = body.map_err(|_| format!("{path}: no answer in a minute"))??;
    let value: Value = serde_json::from_str(&body).map_err(|error| format!("{error}: {body}"))?;
    match value["value"]["error"].as_str() {
        Some(error) => Err(format!("{path}: {error}: {}", value["value"]["message"])),
        None => Ok(value["value"].clone()),
    }
}

impl Browser {
    pub(crate) async fn start(scripts: bool, width: Width) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let profile = tempfile::tempdir().unwrap();
        let size = match width {
            Width::Desk => "1280,900",
            Width::Phone => "500,844",
        };
        let mut args: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--lang=ja",
        ]
        .map(str::to_owned)
        .to_vec();
        args.push(format!("--window-size={size}"));
        args.push(format!("--user-data-dir={}", profile.path().display()));
        let mut options = json!({ "args": args, "binary": "/usr/bin/chromium" });
        if !scripts {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        if matches!(width, Width::Phone) {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 1.0, "touch": true } });
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome", "goog:chromeOptions": options, "webauthn:virtualAuthenticators": true } } });
        let mut last = String::new();
        for _ in 0..150 {
            match send(port, "POST", "/session", Some(wanted.clone())).await {
                Ok(value) => {
                    let session = value["sessionId"].as_str().unwrap().to_owned();
                    return Self { driver, port, session, _profile: profile };
                }
                Err(error) => last = error,
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("the browser did not start: {last}");
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value, String> {
        send(self.port, method, &format!("/session/{}{path}", self.session), body).await
    }

    pub(crate) async fn add_authenticator(&mut self) {
        let key = json!({ "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true, "isUserConsenting": true });
        self.ask("POST", "/webauthn/authenticator", Some(key)).await.unwrap();
    }

    pub(crate) async fn go(&self, url: &str) {
        self.ask("POST", "/url", Some(json!({ "url": url }))).await.unwrap();
    }

    async fn find(&self, css: &str) -> Result<String, String> {
        let found = self.ask("POST", "/element", Some(json!({ "using": "css selector", "value": css }))).await?;
        Ok(found[ELEMENT].as_str().unwrap().to_owned())
    }

    /// Finds an element and does something with it, again until both succeed on one page: a page that is just being
    /// replaced takes its elements with it.
    async fn on(&self, css: &str, method: &str, what: &str, body: Option<Value>) -> Value {
        let mut last = String::new();
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let done = match self.find(css).await {
                Ok(element) => self.ask(method, &format!("/element/{element}/{what}"), body.clone()).await,
                Err(error) => Err(error),
            };
            match done {
                Ok(value) => return value,
                Err(error) => last = error,
            }
            tokio::time::sleep(MOMENT).await;
        }
        let page = self.ask("GET", "/source", None).await.unwrap_or_default();
        panic!("`{css}`, {what}: {last}\n{}", page.as_str().unwrap_or_default());
    }

    /// Clicks something that stays on its page.
    pub(crate) async fn click(&self, css: &str) {
        self.on(css, "POST", "click", Some(json!({}))).await;
    }

    /// Clicks something that leads to another page, and waits until the page it was on is gone: what is looked at
    /// next is of the new one.
    pub(crate) async fn follow(&self, css: &str) {
        let page = self.find("html").await.unwrap();
        self.click(css).await;
        let until = Instant::now() + PATIENCE;
        while self.ask("GET", &format!("/element/{page}/name"), None).await.is_ok() {
            assert!(Instant::now() < until, "`{css}` led nowhere: {}", self.text().await);
            tokio::time::sleep(MOMENT).await;
        }
    }

    /// Loads a page again until it has something: what another program is to bring there takes a moment.
    #[allow(dead_code, reason = "not every test waits for another program")]
    pub(crate) async fn reload_until(&self, url: &str, css: &str) {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            self.go(url).await;
            if self.find(css).await.is_ok() {
                return;
            }
            tokio::time::sleep(MOMENT).await;
        }
        panic!("`{css}` did not come to {url}: {}", self.text().await);
    }

    pub(crate) async fn type_into(&self, css: &str, text: &str) {
        self.on(css, "POST", "value", Some(json!({ "text": text }))).await;
    }

    pub(crate) async fn choose(&self, css: &str, value: &str) {
        self.click(&format!("{css} option[value='{value}']")).await;
    }

    pub(crate) async fn value(&self, css: &str) -> String {
        self.on(css, "GET", "property/value", None).await.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn text(&self) -> String {
        self.on("body", "GET", "text", None).await.as_str().unwrap().to_owned()
    }

    pub(crate) async fn wait_for(&self, path: &str) {
        let mut last = String::new();
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            last = self.ask("GET", "/url", None).await.unwrap().as_str().unwrap().to_owned();
            if last.ends_with(path) {
                return;
            }
            tokio::time::sleep(MOMENT).await;
        }
        panic!("the browser is at {last}, not {path}: {}", self.text().await);
    }

    pub(crate) async fn wait_for_text(&self, text: &str) {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if self.text().await.contains(text) {
                return;
            }
            tokio::time::sleep(MOMENT).await;
        }
        panic!("`{text}` did not come: {}", self.text().await);
    }

    /// Whether the page is no wider than its window.
    pub(crate) async fn fits(&self) -> bool {
        let script =
            json!({ "script": "return document.documentElement.scrollWidth <= window.innerWidth", "args": [] });
        self.ask("POST", "/execute/sync", Some(script)).await.unwrap().as_bool().unwrap()
    }

    /// A picture of the whole page, where `NOROSHI_PICTURES` names a folder.
    pub(crate) async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("NOROSHI_PICTURES").map(PathBuf::from) else { return };
        let command =
            json!({ "cmd": "Page.captureScreenshot", "params": { "captureBeyondViewport": true, "format": "png" } });
        let answer = self.ask("POST", "/goog/cdp/execute", Some(command)).await.unwrap();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), unbase64(answer["data"].as_str().unwrap())).unwrap();
    }
}

fn unbase64(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => u32::from(c - b'A'),
        b'a'..=b'z' => u32::from(c - b'a') + 26,
        b'0'..=b'9' => u32::from(c - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut out = Vec::new();
    let clean: Vec<u8> = text.bytes().filter(|c| !matches!(c, b'=' | b'\n')).collect();
    for four in clean.chunks(4) {
        let word = four.iter().fold(0, |word, c| word << 6 | value(*c)) << (6 * (4 - four.len()));
        let bytes = [(word >> 16) as u8, (word >> 8) as u8, word as u8];
        out.extend(&bytes[..four.len() - 1]);
    }
    out
}
