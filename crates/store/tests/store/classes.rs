//! Every column of every table is classed in `classes.toml`, and nothing else is.

use noroshi_store::{Dialect, on_both};
use std::collections::{BTreeMap, BTreeSet};

const CLASSES: [&str; 4] = ["public", "internal", "personal", "secret"];

fn classed() -> BTreeMap<String, BTreeMap<String, String>> {
    toml::from_str(include_str!("../../classes.toml")).unwrap()
}

on_both! {
    async fn every_column_is_classed(store) {
        let text = match store.db.dialect() {
            Dialect::Sqlite => "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
            Dialect::Postgres => "SELECT table_name::text, column_name::text FROM information_schema.columns
                WHERE table_schema = 'public'",
        };
        let pool = sqlx::AnyPool::connect(&store.url.replace("sqlite:", "sqlite://")).await.unwrap();
        let columns: Vec<(String, String)> = sqlx::query_as(text).fetch_all(&pool).await.unwrap();
        pool.close().await;
        let columns: BTreeSet<(String, String)> = columns.into_iter().collect();
        assert!(columns.len() > 80, "{}", columns.len());
        let classed: BTreeSet<(String, String)> = classed()
            .into_iter()
            .flat_map(|(table, columns)| columns.into_keys().map(move |column| (table.clone(), column)))
            .filter(|(_, column)| column != "retention")
            .collect();
        let missing: Vec<_> = columns.difference(&classed).collect();
        let gone: Vec<_> = classed.difference(&columns).collect();
        assert!(missing.is_empty() && gone.is_empty(), "not classed: {missing:?}; classed but not there: {gone:?}");
    }
}

#[test]
fn every_class_is_one_of_four_and_every_table_says_how_long() {
    for (table, columns) in classed() {
        assert!(columns.get("retention").is_some_and(|retention| !retention.is_empty()), "{table} has no retention");
        for (column, class) in columns.iter().filter(|(column, _)| *column != "retention") {
            assert!(CLASSES.contains(&class.as_str()), "{table}.{column} is `{class}`");
        }
    }
}
