//! What the tests share: times, leaves, organisations, people.

use noroshi_casework::party::{Command, Organisation, Person};
use noroshi_model::{Country, Micros, OrgId, OrgKind, PersonId, Role};
use noroshi_store::LeafEntry;
use noroshi_store::account::enrolment::NewEnrolment;
use noroshi_store::account::passkey::NewPasskey;
use noroshi_store::account::person::{Asker, Change, Told};
use noroshi_store::account::secret::Secret;
use noroshi_store::testkit::TestStore;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

pub(crate) const NOW: Micros = Micros(1_790_000_000_000_000);
pub(crate) const CENTRE: OrgId = OrgId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));

pub(crate) fn later(seconds: i64) -> Micros {
    Micros(NOW.0 + seconds * 1_000_000)
}

pub(crate) fn uuid(n: u64) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(n))
}

/// A leaf unlike any other of this process.
pub(crate) fn leaf() -> LeafEntry {
    static NEXT: AtomicU64 = AtomicU64::new(1_000);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    LeafEntry { id: uuid(n), bytes: format!("{{\"leaf\":{n}}}").into_bytes() }
}

pub(crate) fn leaf_of(_: Told<'_>) -> LeafEntry {
    leaf()
}

pub(crate) fn secret(n: u8) -> Secret {
    Secret::from_random([n; 32])
}

pub(crate) fn person_id(n: u64) -> PersonId {
    PersonId(uuid(n))
}

pub(crate) fn organisation(id: OrgId, kind: OrgKind) -> Organisation {
    Organisation {
        id,
        kind,
        country: Country::JAPAN,
        name_ja: "例示".to_owned(),
        name_en: "Example".to_owned(),
        sector: None,
        flags: BTreeSet::new(),
    }
}

pub(crate) fn passkey(n: u8) -> NewPasskey {
    NewPasskey { credential_id: vec![n; 32], label: "key".to_owned(), body: b"{}".to_vec(), sign_count: 0 }
}

pub(crate) fn invite(asker: Asker, org: OrgId, person: PersonId, roles: &[Role], link: u8) -> Change {
    Change {
        asker,
        org,
        person,
        command: Command::Invite { person, display_name: "officer".to_owned(), roles: roles.iter().copied().collect() },
        enrolment: Some(NewEnrolment { hash: secret(link).hash(), expires_at: later(3_600) }),
    }
}

pub(crate) fn change(asker: PersonId, person: PersonId, command: Command) -> Change {
    Change { asker: Asker::Person(asker), org: CENTRE, person, command, enrolment: None }
}

/// A hub after its first start: the centre, and one active administrator.
pub(crate) async fn administrator(store: &TestStore) -> PersonId {
    store.db.add_organisation(&organisation(CENTRE, OrgKind::NationalCentre), NOW, &leaf()).await.unwrap();
    let administrator = person_id(1);
    let first = invite(Asker::FirstStart, CENTRE, administrator, &[Role::Administrator], 1);
    store.db.change_person(&first, NOW, &leaf_of).await.unwrap().unwrap();
    store.db.accept_enrolment(secret(1).hash(), &passkey(1), NOW, &leaf()).await.unwrap();
    administrator
}

/// One more active person of the centre.
pub(crate) async fn colleague(store: &TestStore, by: PersonId, n: u8, roles: &[Role]) -> Person {
    let person = person_id(u64::from(n));
    let asked = invite(Asker::Person(by), CENTRE, person, roles, n);
    store.db.change_person(&asked, NOW, &leaf_of).await.unwrap().unwrap();
    store.db.accept_enrolment(secret(n).hash(), &passkey(n), NOW, &leaf()).await.unwrap().value
}
