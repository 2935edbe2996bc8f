//! Group commit: many callers, few commits, nobody answered too early.

use crate::words::{NOW, leaf};
use noroshi_store::limits::APPEND_MAX;
use noroshi_store::{Appender, Db, StoreError, on_both};

on_both! {
    async fn many_callers_share_few_commits_and_each_leaf_is_there(store) {
        let appender = Appender::start(store.db.clone());
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..500 {
            let (appender, leaf) = (appender.clone(), leaf());
            callers.spawn(async move { appender.append(vec![leaf], NOW).await.unwrap() });
        }
        callers.join_all().await;
        assert_eq!(store.db.waiting_leaves().await.unwrap(), 500);
        let commits = store.db.tx_counts()["store::append"].committed;
        assert!(commits < 250, "{commits} commits for 500 callers");
    }

    async fn what_was_acknowledged_is_seen_from_outside(store) {
        let appender = Appender::start(store.db.clone());
        let other = Db::open(&store.url).await.unwrap();
        for _ in 0..5 {
            let leaf = leaf();
            appender.append(vec![leaf.clone()], NOW).await.unwrap();
            assert!(other.leaf(leaf.id).await.unwrap().is_some());
        }
    }

    async fn one_bad_leaf_fails_only_whoever_brought_it(store) {
        let appender = Appender::start(store.db.clone());
        let known = leaf();
        appender.append(vec![known.clone()], NOW).await.unwrap();
        let mut callers = tokio::task::JoinSet::new();
        for n in 0..20 {
            let appender = appender.clone();
            let mine = if n == 7 { known.clone() } else { leaf() };
            callers.spawn(async move { appender.append(vec![mine, leaf()], NOW).await.is_ok() });
        }
        let served = callers.join_all().await.into_iter().filter(|served| *served).count();
        assert_eq!(served, 19);
        // The bad caller's second leaf was not written either.
        assert_eq!(store.db.waiting_leaves().await.unwrap(), 1 + 19 * 2);
    }

    async fn an_append_has_a_limit(store) {
        let appender = Appender::start(store.db.clone());
        appender.append((0..APPEND_MAX).map(|_| leaf()).collect(), NOW).await.unwrap();
        let over = appender.append((0..=APPEND_MAX).map(|_| leaf()).collect(), NOW).await.unwrap_err();
        assert!(matches!(over, StoreError::TooMuch { max: APPEND_MAX, .. }), "{over}");
    }
}
