//! HTTP: routes for machines, files for anybody, pages for the board.
//!
//! The office is one thing behind one lock, and each request does its work on a thread that may wait for the disk. What
//! comes from outside is bounded in size, time and number.

mod board;
mod machine;
mod pages;
mod serve;
mod session;

use crate::limits::{BODY_BYTES_MAX, ENTRIES_BYTES_MAX, INPUT_BYTES_MAX, REQUEST_TIME_MAX, REQUESTS_MAX};
use crate::office::Office;
use crate::problem::Problem;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
pub use board::DEMO_PASSPHRASE;
use noroshi_leaf::Digest;
use noroshi_model::Micros;
pub use serve::serve;
use session::Sessions;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// Reads the clock; given by the program.
pub type Clock = Arc<dyn Fn() -> Micros + Send + Sync>;

/// What every route needs.
#[derive(Clone)]
pub struct App {
    office: Arc<Mutex<Office>>,
    sessions: Arc<Mutex<Sessions>>,
    clock: Clock,
    /// Where the keys of the commissioners lie.
    keys: PathBuf,
    /// The folder that is served from.
    folder: PathBuf,
    demo: bool,
    secure: bool,
    machine_tokens: Arc<[Digest]>,
}

/// How the application is put together.
pub struct Setup {
    /// The office.
    pub office: Office,
    /// The clock.
    pub clock: Clock,
    /// The commission's folder.
    pub folder: PathBuf,
    /// One click signs in.
    pub demo: bool,
    /// Cookies are marked `Secure`.
    pub secure: bool,
    /// SHA-256 of the machines' tokens.
    pub machine_tokens: Vec<Digest>,
    /// 32 random bytes, from which session tokens are made.
    pub seed: [u8; 32],
}

impl App {
    fn now(&self) -> Micros {
        (self.clock)()
    }

    /// Does something with the office on a thread that may wait.
    async fn with<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Office, Micros) -> Result<R, Problem> + Send + 'static,
    ) -> Result<R, Problem> {
        let (office, now) = (Arc::clone(&self.office), self.now());
        let done =
            tokio::task::spawn_blocking(move || work(&mut office.lock().unwrap_or_else(PoisonError::into_inner), now));
        done.await.map_err(|error| Problem::own(&error))?
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, [(header::CONTENT_TYPE, "application/problem+json")], self.to_json()).into_response()
    }
}

/// No script at all, nothing from elsewhere, in no frame.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every route.
pub fn router(setup: Setup) -> Router {
    let app = App {
        keys: setup.folder.join("keys"),
        folder: setup.folder,
        office: Arc::new(Mutex::new(setup.office)),
        sessions: Arc::new(Mutex::new(Sessions::new(setup.seed))),
        clock: setup.clock,
        demo: setup.demo,
        secure: setup.secure,
        machine_tokens: setup.machine_tokens.into(),
    };
    let entries = Router::new()
        .route("/mirror/add-entries", post(machine::mirror_entries))
        .layer(DefaultBodyLimit::max(ENTRIES_BYTES_MAX));
    let inputs = Router::new()
        .route("/reproductions/{number}", post(machine::run_again))
        .layer(DefaultBodyLimit::max(INPUT_BYTES_MAX));
    let machines = Router::new()
        .route("/mirror/add-checkpoint", post(machine::mirror_checkpoint))
        .route("/witness/add-checkpoint", post(machine::witness_checkpoint))
        .route("/mirror/{origin}/{*path}", get(machine::mirrored_file))
        .route("/log/{*path}", get(machine::own_file))
        .route("/keys", get(machine::keys))
        .route("/shares", post(machine::deposit))
        .route("/key-release", post(machine::release))
        .route("/destroy", post(machine::destroy))
        .route("/requests", post(machine::request))
        .route("/decisions/{mandate}/{version}", get(machine::granted))
        .route("/decisions/{mandate}/{version}/{matter}", get(machine::decided))
        .route("/inspections", get(machine::inspections))
        .route("/inspections/{number}/answer", post(machine::answered))
        .route("/samples/{number}", get(machine::sample).post(machine::shown))
        .route("/reproductions", get(machine::asked_again));
    let board = Router::new()
        .route("/", get(|| async { Redirect::to("/board") }))
        .route("/style.css", get(pages::style))
        .route("/board", get(board::requests))
        .route("/board/sign-in", get(board::sign_in_page).post(board::sign_in))
        .route("/board/sign-out", post(board::sign_out))
        .route("/board/lang/{lang}", get(board::language))
        .route("/board/vote/{mandate}/{version}/{matter}", get(board::vote_page).post(board::vote))
        .route("/board/mirror", get(board::mirror))
        .route("/board/findings", get(board::findings).post(board::find))
        .route("/board/samples", get(board::samples).post(board::announce))
        .route("/board/canaries", post(board::plant))
        .route("/board/reruns", get(board::reruns).post(board::ask_again))
        .route("/board/report/{year}", get(board::report))
        .route("/board/report/{year}/markdown", get(board::report_markdown))
        .fallback(pages::not_found);
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::new()
        .merge(machines)
        .merge(board)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .merge(entries)
        .merge(inputs)
        .layer(header(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(tower::limit::GlobalConcurrencyLimitLayer::new(REQUESTS_MAX))
        // Outermost, so that waiting for one's turn counts too.
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIME_MAX))
        .with_state(app)
}
