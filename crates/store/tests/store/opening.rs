//! Opening a database: schemas old, new and foreign.

use crate::words::{CENTRE, NOW, leaf, organisation};
use noroshi_model::OrgKind;
use noroshi_store::testkit::TestStore;
use noroshi_store::{Db, StoreError, on_both, schema_version_known};

async fn raw(store: &TestStore, text: &'static str) {
    sqlx::any::install_default_drivers();
    let url = store.url.replace("sqlite:", "sqlite://");
    let pool = sqlx::AnyPool::connect(&url).await.unwrap();
    sqlx::raw_sql(text).execute(&pool).await.unwrap();
    pool.close().await;
}

on_both! {
    async fn opening_twice_changes_nothing(store) {
        store.db.add_organisation(&organisation(CENTRE, OrgKind::NationalCentre), NOW, &leaf()).await.unwrap();
        let again = Db::open(&store.url).await.unwrap();
        assert_eq!(again.schema_version().await.unwrap(), schema_version_known());
        assert!(again.organisation(CENTRE).await.unwrap().is_some());
    }

    async fn a_newer_schema_is_refused(store) {
        raw(&store, "INSERT INTO schema_version SELECT 99, text_hash FROM schema_version WHERE version = 1").await;
        let refused = Db::open(&store.url).await.unwrap_err();
        assert!(matches!(refused, StoreError::NewerSchema { found: 99, .. }), "{refused}");
        assert!(refused.to_string().contains("start the newer program"), "{refused}");
        // Looking is still allowed.
        assert_eq!(Db::connect(&store.url).await.unwrap().schema_version().await.unwrap(), 99);
    }

    async fn a_changed_migration_is_refused(store) {
        raw(&store, "UPDATE schema_version SET text_hash = (SELECT text_hash FROM schema_version WHERE version = 1) WHERE version = 2").await;
        let refused = Db::open(&store.url).await.unwrap_err();
        assert!(matches!(refused, StoreError::ChangedMigration { number: 2 }), "{refused}");
    }

    async fn transactions_are_counted_by_name(store) {
        store.db.add_organisation(&organisation(CENTRE, OrgKind::NationalCentre), NOW, &leaf()).await.unwrap();
        store.db.add_organisation(&organisation(CENTRE, OrgKind::NationalCentre), NOW, &leaf()).await.unwrap_err();
        let counts = store.db.tx_counts();
        let count = counts["account::add_organisation"];
        assert_eq!((count.committed, count.rolled_back), (1, 1));
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_says_where_and_what_to_do() {
    let message = Db::open("sqlite:/nowhere/at/all/hub.db").await.unwrap_err().to_string();
    assert!(message.contains("`/nowhere/at/all/hub.db`") && message.contains("may write there"), "{message}");
    let message = Db::open("oracle://db.example.org").await.unwrap_err().to_string();
    assert!(message.starts_with("`oracle` is not a database"), "{message}");
}
