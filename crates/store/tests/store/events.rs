//! Governed things: recorded at a version, replayed, refused.

use crate::words::{NOW, later, leaf, uuid};
use noroshi_casework::Topic;
use noroshi_store::event::Projection;
use noroshi_store::job::NewJob;
use noroshi_store::limits::{EVENT_BYTES_MAX, EVENTS_MAX, PAGE_MAX};
use noroshi_store::snapshot::SNAPSHOT_AFTER;
use noroshi_store::{LeafEntry, Record, RecordError, StoreError, Tx, Version, Work, on_both};
use uuid::Uuid;

/// A counter; what it counts is of no matter.
struct Count;

impl Topic for Count {
    const NAME: &'static str = "count";
    type Id = Uuid;
    type State = i64;
    type Event = i64;
    fn apply(state: Option<i64>, event: &i64) -> Option<i64> {
        Some(state.unwrap_or_default() + event)
    }
}

fn record(n: u64, expected: u64, events: &[i64]) -> Record<'static> {
    record_with(n, expected, events, leaf())
}

fn record_with(n: u64, expected: u64, events: &[i64], leaf: LeafEntry) -> Record<'static> {
    Record::of::<Count>(uuid(n), Version(expected), NOW, events, leaf).unwrap()
}

#[derive(Debug)]
struct Fails;

impl Projection for Fails {
    fn write<'t>(&'t self, _: &'t mut Tx<'_>) -> Work<'t, (), StoreError> {
        Box::pin(async { Err(StoreError::Closed) })
    }
}

on_both! {
    async fn what_was_recorded_is_what_is_loaded(store) {
        assert_eq!(store.db.load::<Count>(uuid(1)).await.unwrap(), None);
        let first = leaf();
        assert_eq!(store.db.record("count", &record_with(1, 0, &[2, 3], first.clone())).await.unwrap(), Version(2));
        assert_eq!(store.db.record("count", &record(1, 2, &[5])).await.unwrap(), Version(3));
        store.db.record("count", &record(2, 0, &[7])).await.unwrap();
        assert_eq!(store.db.load::<Count>(uuid(1)).await.unwrap(), Some((10, Version(3))));
        let history = store.db.history::<Count>(uuid(1)).await.unwrap();
        assert_eq!(history.iter().map(|recorded| recorded.event).collect::<Vec<_>>(), [2, 3, 5]);
        assert_eq!((history[1].version, history[1].at, history[1].leaf_id), (Version(2), NOW, first.id));
        assert_eq!(store.db.ids::<Count>(None, 10).await.unwrap(), [uuid(1), uuid(2)]);
        assert_eq!(store.db.ids::<Count>(Some(uuid(1)), 10).await.unwrap(), [uuid(2)]);
        assert_eq!(store.db.waiting_leaves().await.unwrap(), 3);
    }

    async fn every_id_is_read_past_the_end_of_a_page(store) {
        assert!(store.db.every_id::<Count>().await.unwrap().is_empty());
        let all: Vec<Uuid> = (1..=u64::from(PAGE_MAX) + 1).map(uuid).collect();
        for n in 1..=u64::from(PAGE_MAX) + 1 {
            let record = Record { subject: Some("mandate".to_owned()), ..record(n, 0, &[1]) };
            store.db.record("count", &record).await.unwrap();
            if n == u64::from(PAGE_MAX) {
                assert_eq!(store.db.every_id::<Count>().await.unwrap(), all[..PAGE_MAX as usize]);
            }
        }
        assert_eq!(store.db.every_id::<Count>().await.unwrap(), all);
        assert_eq!(store.db.every_id_of::<Count>("mandate").await.unwrap(), all);
        assert!(store.db.every_id_of::<Count>("another").await.unwrap().is_empty());
    }

    async fn whoever_decided_on_an_old_version_decides_again(store) {
        store.db.record("count", &record(1, 0, &[2])).await.unwrap();
        for expected in [0, 2] {
            let late = store.db.record("count", &record(1, expected, &[1])).await.unwrap_err();
            let RecordError::Conflict { found: Version(1), .. } = late else { panic!("{late}") };
            assert!(late.to_string().contains("decide again"), "{late}");
        }
        assert_eq!(store.db.waiting_leaves().await.unwrap(), 1);
    }

    async fn of_many_at_once_each_version_is_written_by_one(store) {
        let mut writers = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let db = store.db.clone();
            writers.spawn(async move {
                let mut conflicts = 0;
                loop {
                    let version = db.load::<Count>(uuid(1)).await.unwrap().map_or(Version::NEW, |(_, version)| version);
                    match db.record("count", &record(1, version.0, &[1])).await {
                        Ok(_) => return conflicts,
                        Err(RecordError::Conflict { .. }) => conflicts += 1,
                        Err(other) => panic!("{other}"),
                    }
                }
            });
        }
        writers.join_all().await;
        assert_eq!(store.db.load::<Count>(uuid(1)).await.unwrap(), Some((20, Version(20))));
        assert_eq!(store.db.waiting_leaves().await.unwrap(), 20);
    }

    async fn an_event_a_leaf_and_a_job_are_written_together_or_not_at_all(store) {
        let job = NewJob { id: uuid(70), queue: "notice".to_owned(), body: b"{}".to_vec(), not_before: NOW, attempts_max: 1 };
        let mut failing = record(1, 0, &[2]);
        failing.jobs = vec![job.clone()];
        failing.projection = Some(&Fails);
        store.db.record("count", &failing).await.unwrap_err();
        assert_eq!(store.db.load::<Count>(uuid(1)).await.unwrap(), None);
        assert_eq!(store.db.waiting_leaves().await.unwrap(), 0);
        assert_eq!(store.db.claim_jobs("notice", "w", NOW, later(9), 9).await.unwrap(), []);

        failing.projection = None;
        store.db.record("count", &failing).await.unwrap();
        let leases = store.db.claim_jobs("notice", "w", NOW, later(9), 9).await.unwrap();
        assert_eq!(leases[0].job, job.id);
        let mut result = record(1, 1, &[1]);
        result.ends = Some(&leases[0]);
        store.db.record("count", &result).await.unwrap();
        let mut doubled = record(1, 2, &[1]);
        doubled.ends = Some(&leases[0]);
        let lost = store.db.record("count", &doubled).await.unwrap_err();
        assert!(matches!(lost, RecordError::LeaseLost(_)), "{lost}");
        assert_eq!(store.db.load::<Count>(uuid(1)).await.unwrap(), Some((3, Version(2))));
    }

    async fn a_refusal_is_on_record_and_changes_nothing(store) {
        let refused = leaf();
        store.db.record_line(NOW, &refused).await.unwrap();
        assert_eq!(store.db.next_unsequenced(9).await.unwrap(), [refused]);
        let empty = store.db.record("count", &record(1, 0, &[])).await.unwrap_err();
        assert!(matches!(empty, RecordError::Empty));
    }

    async fn one_leaf_is_never_told_twice(store) {
        let told = leaf();
        store.db.record("count", &record_with(1, 0, &[1], told.clone())).await.unwrap();
        store.db.record("count", &record_with(2, 0, &[1], told)).await.unwrap_err();
        assert_eq!(store.db.load::<Count>(uuid(2)).await.unwrap(), None);
    }

    async fn a_record_has_limits(store) {
        let full = vec![1; EVENTS_MAX];
        store.db.record("count", &record(1, 0, &full)).await.unwrap();
        let over = vec![1; EVENTS_MAX + 1];
        store.db.record("count", &record(2, 0, &over)).await.unwrap_err();
        let mut large = record(3, 0, &[1]);
        large.events = vec![vec![b'1'; EVENT_BYTES_MAX]];
        store.db.record("count", &large).await.unwrap();
        large.id = uuid(4).to_string();
        large.leaf = leaf();
        large.events = vec![vec![b'1'; EVENT_BYTES_MAX + 1]];
        let refused = store.db.record("count", &large).await.unwrap_err();
        assert!(refused.to_string().contains("bytes of an event"), "{refused}");
    }

    async fn a_long_history_is_read_from_its_snapshot_and_is_the_same(store) {
        let full = vec![1; EVENTS_MAX];
        let mut version = 0;
        while version <= SNAPSHOT_AFTER {
            store.db.record("count", &record(1, version, &full)).await.unwrap();
            version += EVENTS_MAX as u64;
        }
        let whole = store.db.load::<Count>(uuid(1)).await.unwrap();
        assert_eq!(store.db.load_long::<Count>(uuid(1), 1).await.unwrap(), whole);
        assert_eq!(store.db.tx_counts()["store::keep_snapshot"].committed, 1);
        // From the snapshot on; nothing new to keep.
        assert_eq!(store.db.load_long::<Count>(uuid(1), 1).await.unwrap(), whole);
        assert_eq!(store.db.tx_counts()["store::keep_snapshot"].committed, 1);
        store.db.record("count", &record(1, version, &[5])).await.unwrap();
        let (sum, last) = whole.unwrap();
        assert_eq!(store.db.load_long::<Count>(uuid(1), 1).await.unwrap(), Some((sum + 5, last.plus(1))));
        // Another shape: replayed from the beginning, and kept anew.
        assert_eq!(store.db.load_long::<Count>(uuid(1), 2).await.unwrap(), Some((sum + 5, last.plus(1))));
        assert_eq!(store.db.tx_counts()["store::keep_snapshot"].committed, 2);
    }
}
