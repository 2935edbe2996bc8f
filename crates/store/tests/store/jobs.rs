//! Jobs: leases, retries, the dead.

use crate::words::{NOW, later, leaf, uuid};
use noroshi_store::job::{AfterFailure, JobError, NewJob};
use noroshi_store::limits::{JOB_BYTES_MAX, JOB_ERROR_BYTES_MAX};
use noroshi_store::on_both;
use std::collections::BTreeSet;

fn job(n: u64, attempts_max: u32) -> NewJob {
    NewJob { id: uuid(n), queue: "notice".to_owned(), body: b"{}".to_vec(), not_before: NOW, attempts_max }
}

on_both! {
    async fn a_job_is_taken_once_and_ends(store) {
        store.db.add_job(&job(1, 3), NOW).await.unwrap();
        let mut later_job = job(2, 3);
        later_job.not_before = later(60);
        store.db.add_job(&later_job, NOW).await.unwrap();
        let leases = store.db.claim_jobs("notice", "a", NOW, later(10), 9).await.unwrap();
        assert_eq!(leases.iter().map(|lease| lease.job).collect::<Vec<_>>(), [uuid(1)]);
        assert_eq!(store.db.claim_jobs("notice", "b", NOW, later(10), 9).await.unwrap(), []);
        assert_eq!(store.db.claim_jobs("other", "b", later(99), later(100), 9).await.unwrap(), []);
        store.db.finish_job(&leases[0], later(1)).await.unwrap();
        let again = store.db.finish_job(&leases[0], later(1)).await.unwrap_err();
        assert!(matches!(again, JobError::LeaseLost(_)));
        let due = store.db.claim_jobs("notice", "b", later(60), later(70), 9).await.unwrap();
        assert_eq!(due.iter().map(|lease| lease.job).collect::<Vec<_>>(), [uuid(2)]);
        assert_eq!(store.db.sweep_jobs(later(2)).await.unwrap(), 1);
    }

    async fn a_lease_that_ran_out_goes_to_another_worker(store) {
        store.db.add_job(&job(1, 3), NOW).await.unwrap();
        let first = store.db.claim_jobs("notice", "a", NOW, later(10), 1).await.unwrap().remove(0);
        assert_eq!(store.db.claim_jobs("notice", "b", later(9), later(20), 1).await.unwrap(), []);
        let first = store.db.extend_lease(&first, later(15)).await.unwrap();
        assert_eq!(store.db.claim_jobs("notice", "b", later(10), later(20), 1).await.unwrap(), []);
        let second = store.db.claim_jobs("notice", "b", later(15), later(20), 1).await.unwrap().remove(0);
        assert_eq!((second.attempt, second.worker.as_str()), (2, "b"));
        // The one that was away too long cannot end it any more, even under the same name.
        assert!(matches!(store.db.finish_job(&first, later(16)).await, Err(JobError::LeaseLost(_))));
        assert!(matches!(store.db.extend_lease(&first, later(30)).await, Err(JobError::LeaseLost(_))));
        store.db.finish_job(&second, later(16)).await.unwrap();
    }

    async fn a_job_that_fails_waits_and_in_the_end_is_dead(store) {
        store.db.add_job(&job(1, 2), NOW).await.unwrap();
        let lease = store.db.claim_jobs("notice", "a", NOW, later(10), 1).await.unwrap().remove(0);
        let after = store.db.fail_job(&lease, "no answer", later(30), later(1)).await.unwrap();
        assert_eq!(after, AfterFailure::Waits);
        assert_eq!(store.db.claim_jobs("notice", "a", later(29), later(40), 1).await.unwrap(), []);
        let lease = store.db.claim_jobs("notice", "a", later(30), later(40), 1).await.unwrap().remove(0);
        let long = "狼".repeat(JOB_ERROR_BYTES_MAX);
        assert_eq!(store.db.fail_job(&lease, &long, later(50), later(31)).await.unwrap(), AfterFailure::Dead);
        assert_eq!(store.db.claim_jobs("notice", "a", later(60), later(70), 1).await.unwrap(), []);
        let dead = store.db.dead_jobs("notice", 9).await.unwrap().remove(0);
        assert_eq!((dead.job, dead.attempts, dead.ended_at), (uuid(1), 2, later(31)));
        assert_eq!(dead.last_error.unwrap().chars().count(), JOB_ERROR_BYTES_MAX / 3);
        store.db.revive_job(uuid(1), later(70), &leaf()).await.unwrap();
        assert!(matches!(store.db.revive_job(uuid(1), later(70), &leaf()).await, Err(JobError::NotDead(_))));
        assert_eq!(store.db.claim_jobs("notice", "a", later(70), later(80), 1).await.unwrap()[0].attempt, 1);
    }

    async fn a_job_that_kills_its_worker_dies_too(store) {
        store.db.add_job(&job(1, 2), NOW).await.unwrap();
        for start in [0, 10] {
            assert_eq!(store.db.claim_jobs("notice", "a", later(start), later(start + 10), 1).await.unwrap().len(), 1);
        }
        assert_eq!(store.db.claim_jobs("notice", "a", later(20), later(30), 1).await.unwrap(), []);
        let dead = store.db.dead_jobs("notice", 9).await.unwrap();
        assert_eq!(dead[0].last_error.as_deref(), Some("the worker did not come back"));
    }

    async fn many_workers_never_share_a_job(store) {
        for n in 0..60 {
            store.db.add_job(&job(n, 1), NOW).await.unwrap();
        }
        let mut workers = tokio::task::JoinSet::new();
        for worker in 0..6 {
            let db = store.db.clone();
            workers.spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let leases = db.claim_jobs("notice", &format!("w{worker}"), NOW, later(600), 4).await.unwrap();
                    if leases.is_empty() {
                        return taken;
                    }
                    for lease in &leases {
                        db.finish_job(lease, later(1)).await.unwrap();
                    }
                    taken.extend(leases.into_iter().map(|lease| lease.job));
                }
            });
        }
        let taken: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
        assert_eq!(taken.len(), 60);
        assert_eq!(taken.into_iter().collect::<BTreeSet<_>>().len(), 60);
    }

    async fn a_job_has_an_end(store) {
        let mut large = job(1, 1);
        large.body = vec![b'x'; JOB_BYTES_MAX];
        store.db.add_job(&large, NOW).await.unwrap();
        large.id = uuid(2);
        large.body.push(b'x');
        store.db.add_job(&large, NOW).await.unwrap_err();
    }
}
