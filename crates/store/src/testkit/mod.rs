//! For tests, with the feature `testkit`: a fresh database of each kind for every test.
//!
//! ```ignore
//! // Cargo.toml: [dev-dependencies] noroshi-store = { workspace = true, features = ["testkit"] }
//! noroshi_store::on_both! {
//!     async fn a_leaf_waits_for_its_place(store) {
//!         assert_eq!(store.db.waiting_leaves().await.unwrap(), 0);
//!     }
//! }
//! ```
//!
//! makes the tests `a_leaf_waits_for_its_place::sqlite` and `::postgres`. PostgreSQL is started from the
//! installed programs, once for a run of tests, in a temporary folder, and removed with it.

mod postgres;

pub use postgres::{Missing, Postgres};

use crate::db::Db;
use std::future::Future;

/// A fresh database with the newest schema.
#[derive(Debug)]
pub struct TestStore {
    /// The database.
    pub db: Db,
    /// Its URL, to open it once more.
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

/// One test on both databases; see the module's words.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($store:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($store: $crate::testkit::TestStore) $body

            #[test]
            fn sqlite() {
                $crate::testkit::on_sqlite(body);
            }

            #[test]
            fn postgres() {
                $crate::testkit::on_postgres(body);
            }
        }
    )+};
}

/// Runs `body` with a SQLite file of its own.
pub fn on_sqlite<F: Future<Output = ()>>(body: impl FnOnce(TestStore) -> F) {
    runtime().block_on(async { body(TestStore::sqlite().await).await });
}

/// Runs `body` with a PostgreSQL database of its own, or says why it is skipped.
pub fn on_postgres<F: Future<Output = ()>>(body: impl FnOnce(TestStore) -> F) {
    let Some(server) = server() else { return };
    runtime().block_on(async { body(TestStore::postgres(&server).await).await });
}

/// The server of this run of tests; `None` when it is missing and may be.
///
/// # Panics
/// When it is missing and `NOROSHI_TEST_TOOLS` is `required`.
pub fn server() -> Option<Postgres> {
    match Postgres::shared() {
        Ok(server) => Some(server),
        Err(missing) if std::env::var("NOROSHI_TEST_TOOLS").is_ok_and(|tools| tools == "required") => {
            panic!("{missing}")
        }
        Err(missing) => {
            eprintln!("skipped: {missing}");
            None
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().expect("a runtime for one test")
}

impl TestStore {
    /// A fresh SQLite file.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let db = Db::open(&url).await.expect("a fresh SQLite file");
        Self { db, url, _folder: Some(folder) }
    }

    /// A fresh database of a server.
    pub async fn postgres(server: &Postgres) -> Self {
        let url = server.create_database().await;
        let db = Db::open(&url).await.expect("a fresh PostgreSQL database");
        Self { db, url, _folder: None }
    }
}
