//! Callers share a transaction and a commit, and what befalls one of them does not befall the others.

use crate::words::{NOW, leaf, uuid};
use noroshi_store::event::Projection;
use noroshi_store::{Db, Record, RecordError, StoreError, Tx, Version, Work, on_both};
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Work that says when it is in the transaction, and goes on when it may.
#[derive(Debug, Default)]
struct Gate {
    inside: Notify,
    open: Notify,
}

impl Projection for Gate {
    fn write<'t>(&'t self, _: &'t mut Tx<'_>) -> Work<'t, (), StoreError> {
        Box::pin(async {
            self.inside.notify_one();
            self.open.notified().await;
            Ok(())
        })
    }
}

fn record(n: u64, expected: u64, projection: Option<&dyn Projection>) -> Record<'_> {
    Record {
        topic: "thing",
        id: uuid(n).to_string(),
        subject: None,
        expected: Version(expected),
        at: NOW,
        events: vec![b"1".to_vec()],
        leaf: leaf(),
        further: Vec::new(),
        jobs: Vec::new(),
        ends: None,
        projection,
    }
}

fn recording(db: &Db, n: u64, expected: u64, gate: Option<Arc<Gate>>) -> JoinHandle<Result<Version, RecordError>> {
    let db = db.clone();
    tokio::spawn(async move {
        let projection = gate.as_deref().map(|gate| gate as &dyn Projection);
        db.record("sharing", &record(n, expected, projection)).await
    })
}

on_both! {
    async fn who_is_given_up_half_way_leaves_nothing_and_disturbs_nobody(store) {
        let (first, never) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
        let opens = recording(&store.db, 1, 0, Some(first.clone()));
        first.inside.notified().await;
        let others: Vec<_> = (10..20).map(|n| recording(&store.db, n, 0, None)).collect();
        let given_up = recording(&store.db, 2, 0, Some(never.clone()));
        let later: Vec<_> = (20..30).map(|n| recording(&store.db, n, 0, None)).collect();
        first.open.notify_one();
        never.inside.notified().await;
        given_up.abort();
        assert!(given_up.await.unwrap_err().is_cancelled());
        opens.await.unwrap().unwrap();
        for other in others.into_iter().chain(later) {
            assert_eq!(other.await.unwrap().unwrap(), Version(1));
        }
        assert_eq!(store.db.waiting_leaves().await.unwrap(), 21, "neither event nor leaf of the one who was given up");
        assert_eq!(store.db.record("sharing", &record(2, 0, None)).await.unwrap(), Version(1));
    }

    async fn who_is_refused_is_told_so_and_the_others_are_written(store) {
        store.db.record("sharing", &record(2, 0, None)).await.unwrap();
        let first = Arc::new(Gate::default());
        let opens = recording(&store.db, 1, 0, Some(first.clone()));
        first.inside.notified().await;
        let others: Vec<_> = (10..20).map(|n| recording(&store.db, n, 0, None)).collect();
        let refused = recording(&store.db, 2, 7, None);
        let later: Vec<_> = (20..30).map(|n| recording(&store.db, n, 0, None)).collect();
        first.open.notify_one();
        opens.await.unwrap().unwrap();
        for other in others.into_iter().chain(later) {
            assert_eq!(other.await.unwrap().unwrap(), Version(1));
        }
        assert!(matches!(refused.await.unwrap(), Err(RecordError::Conflict { found: Version(1), .. })));
        assert_eq!(store.db.waiting_leaves().await.unwrap(), 22);
    }

    async fn nobody_is_answered_before_the_commit(store) {
        let (first, last) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
        let opens = recording(&store.db, 1, 0, Some(first.clone()));
        first.inside.notified().await;
        let second = recording(&store.db, 2, 0, Some(last.clone()));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let other = Db::connect(&store.url).await.unwrap();
        assert_eq!(other.waiting_leaves().await.unwrap(), 0);
        assert!(!opens.is_finished());
        first.open.notify_one();
        last.inside.notified().await;
        last.open.notify_one();
        opens.await.unwrap().unwrap();
        second.await.unwrap().unwrap();
        assert_eq!(other.waiting_leaves().await.unwrap(), 2, "what was answered is seen from outside");
    }
}
