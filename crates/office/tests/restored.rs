//! Yesterday's backup, restored after a disposal: the hub does not run on it, and what was disposed stays closed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod story;

use noroshi_acts::testkit::*;
use noroshi_acts::{hunts, mandates};
use noroshi_casework::batch::{BatchStanding, BatchTopic};
use noroshi_clerk::{CommissionError, Duties, ScribeError};
use noroshi_ledger::Log;
use noroshi_ledger::disk::{Files, Folder};
use noroshi_office::NotOpened;
use noroshi_seal::{DataKey, Recipient};
use noroshi_store::LedgerFault;
use std::path::Path;
use std::sync::Arc;
use story::*;

/// A hunt after the restoration.
const OTHER_HUNT: noroshi_model::HuntId = noroshi_model::HuntId(uuid::Uuid::from_u128(99));

/// A hub made of a log and a database of different days, in a folder of its own.
fn mixed(log: &Path, database: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copied(database, folder.path());
    std::fs::remove_dir_all(folder.path().join("hub/log")).unwrap();
    copied(&log.join("hub/log"), &folder.path().join("hub/log"));
    folder
}

/// Why a hub does not open.
async fn why(folder: &Path) -> NotOpened {
    reopened(folder).await.expect_err("it must not open")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_does_not_run_and_opens_nothing_that_was_disposed() {
    let (there, here, yesterday) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let hub = hub(here.path(), &commission(there.path()).await).await;
    let overseer = hub.commission().unwrap().clone();
    let duties =
        Duties::new(hub.acts.clone(), hub.scribe.clone(), Some(overseer.clone()), hub.centre, Arc::new(random));
    requested_and_granted(&hub, &duties, &overseer).await;
    let (own, cipher) = collected(&hub, &overseer).await;

    // An intent with its receipt, not used yet; then the backup: files and database.
    set(4);
    let hunt = hunts::ask(&hub.acts, &by(analyst(), 4), HUNT, MANDATE, question()).await.unwrap().hunt;
    written(&hub).await;
    let line = line_of(&hub, &hunt.intent.to_string()).await;
    let receipt = String::from_utf8(hub.scribe.receipt(line.id).await.unwrap().unwrap()).unwrap();
    copied(here.path(), yesterday.path());

    set(5);
    mandates::revoke(&hub.acts, &signed(officer(), 5), MANDATE, said("no longer needed"), vec![]).await.unwrap();
    written(&hub).await;
    for _ in 0..2 {
        duties.round(now()).await.unwrap();
        written(&hub).await;
    }
    let (batch, _) = hub.acts.db.load::<BatchTopic>(BATCH).await.unwrap().unwrap();
    assert!(matches!(batch.standing, BatchStanding::Disposed { .. }));

    // The operator has yesterday's half, ciphertext and receipt. The other half is gone, and one half opens nothing.
    let mine = Recipient::fresh(&mut rng(11)).public().to_hex();
    let (told, leaf) = (overseer.clone(), String::from_utf8(line.to_bytes().unwrap()).unwrap());
    let refused = blocking(move || told.release(&receipt, &leaf, &mine)).await.unwrap_err();
    let CommissionError::Refused { code, .. } = &refused else { panic!("{refused}") };
    assert!(code.starts_with("release."), "{code}");
    assert!(!there.path().join("shares").join(BATCH.to_string()).exists());
    let mut records = Vec::new();
    let alone = noroshi_seal::decrypt(&DataKey::joined(&own, &own), BATCH.0.as_bytes(), &cipher[..], &mut records);
    assert!(alone.is_err() && records.is_empty());
    // The attempt is on the record: without the line of its intent nobody could have asked.
    let size = *hub.scribe.grown().borrow();
    let mirror: Arc<dyn Files> = Arc::new(Folder::new(there.path().join("mirror")).unwrap());
    let mirrored = noroshi_ledger::Reader::new(Arc::clone(&mirror), size).entries(0..size).unwrap();
    assert!(mirrored.iter().any(|entry| String::from_utf8_lossy(entry).contains(&hunt.intent.to_string())));

    // Restored whole: the mirror knows more.
    let restored = mixed(yesterday.path(), yesterday.path());
    assert!(
        matches!(why(restored.path()).await, NotOpened::Scribe(ScribeError::Behind { witness_size }) if witness_size == size)
    );
    // The database alone: the log knows more.
    let old_database = mixed(here.path(), yesterday.path());
    let unknown = why(old_database.path()).await;
    assert!(matches!(unknown, NotOpened::Scribe(ScribeError::Ledger(LedgerFault::UnknownEntry { .. }))), "{unknown}");
    // The log alone: mirror and database know more.
    let old_log = mixed(yesterday.path(), here.path());
    let behind = why(old_log.path()).await;
    assert!(matches!(behind, NotOpened::Scribe(ScribeError::Behind { .. })), "{behind}");

    // The log catches up from the mirror. That makes an old database no younger, and a new one fit.
    let (restored, old_log) = (mixed(yesterday.path(), yesterday.path()), mixed(yesterday.path(), here.path()));
    for folder in [&restored, &old_log] {
        let files = Arc::new(Folder::new(folder.path().join("hub/log")).unwrap());
        assert_eq!(Log::open(files, log_key()).unwrap().catch_up(&mirror).unwrap(), size);
    }
    let unknown = why(restored.path()).await;
    assert!(matches!(unknown, NotOpened::Scribe(ScribeError::Ledger(LedgerFault::UnknownEntry { .. }))), "{unknown}");
    let whole = reopened(old_log.path()).await.unwrap();
    let (batch, _) = whole.acts.db.load::<BatchTopic>(BATCH).await.unwrap().unwrap();
    assert!(matches!(batch.standing, BatchStanding::Disposed { .. }));
    let again = hunts::ask(&whole.acts, &by(analyst(), 6), OTHER_HUNT, MANDATE, question()).await;
    assert!(again.is_err(), "nothing is asked of what was disposed");
}
