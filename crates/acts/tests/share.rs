//! Sharing through the one write path, on both databases: who sees what, and what stands on the record.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use noroshi_acts::share::{self, Offered, Sights};
use noroshi_acts::testkit::*;
use noroshi_acts::{Acts, NotDone};
use noroshi_authz::{Person, Principal};
use noroshi_casework::share::Readers;
use noroshi_casework::share::collection::{Card, Command};
use noroshi_leaf::{Body, Leaf};
use noroshi_model::{Clearance, CollectionId, Country, Micros, OrgId, OrgKind, PersonId, Role};
use noroshi_store::intel::{Cut, Versions};
use noroshi_store::on_both;
use std::collections::BTreeSet;
use uuid::Uuid;

const SHARED: CollectionId = CollectionId(Uuid::from_u128(0x501));
const DROPBOX: CollectionId = CollectionId(Uuid::from_u128(0x502));
const OWN_MARKING: &str = "marking-definition--6f0f3fb3-3ad2-4a90-8f86-4dbf8a5a3d0a";

fn somebody(number: u128, kind: OrgKind, role: Role) -> &'static Principal {
    Box::leak(Box::new(Principal::person(Person {
        id: PersonId(Uuid::from_u128(0x600 + number)),
        org: OrgId(Uuid::from_u128(0x700 + number)),
        org_kind: kind,
        roles: [role].into(),
        rank: role.rank(),
        country: Country::JAPAN,
        clearance: Clearance::None,
        clearance_until: Micros(i64::MIN),
        compartments: BTreeSet::new(),
        active: true,
    })))
}

fn editor() -> &'static Principal {
    somebody(1, OrgKind::NationalCentre, Role::DutyEditor)
}

fn operator(number: u128) -> &'static Principal {
    somebody(number, OrgKind::Operator, Role::OperatorOfficer)
}

async fn opened(acts: &Acts, id: CollectionId, readers: Readers) {
    let card = Card {
        title_ja: "例".to_owned(),
        title_en: "Example".to_owned(),
        description: String::new(),
        readers,
        givers: Readers::Everyone,
    };
    share::keep(acts, &by(editor(), 0), id, Command::Open(card)).await.unwrap();
}

fn indicator(number: u32, markings: &str) -> Vec<u8> {
    format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--{number:08}-0000-4000-8000-000000000000",
        "created":"2026-11-01T00:00:00.000Z","modified":"2026-11-01T00:00:00.000Z","pattern_type":"stix",
        "pattern":"[ipv4-addr:value = '203.0.113.7']","valid_from":"2026-11-01T00:00:00Z"{markings}}}"#
    )
    .into_bytes()
}

fn marked(number: u32) -> Vec<u8> {
    indicator(number, &format!(r#","object_marking_refs":["{OWN_MARKING}"]"#))
}

/// A definition that narrows nothing.
fn definition() -> Vec<u8> {
    format!(
        r#"{{"type":"marking-definition","spec_version":"2.1","id":"{OWN_MARKING}","created":"2026-11-01T00:00:00.000Z",
        "definition_type":"statement","definition":{{"statement":"open"}}}}"#
    )
    .into_bytes()
}

async fn give(acts: &Acts, who: &'static Principal, sights: &Sights, objects: &[Vec<u8>]) -> Vec<Offered> {
    share::give(acts, &by(who, 1), sights, SHARED, objects).await.unwrap()
}

async fn seen(acts: &Acts, who: &'static Principal, sights: &Sights) -> Vec<String> {
    let page = share::page(acts, &by(who, 2), sights, (SHARED, None), &Cut::default(), (false, 100)).await.unwrap();
    page.rows.into_iter().map(|row| row.stix_id).collect()
}

fn refused(lines: &[Leaf]) -> Vec<(String, Vec<String>)> {
    let told = lines.iter().filter_map(|leaf| match &leaf.body {
        Body::Refused(refused) => Some((refused.act.clone(), refused.rules.iter().cloned().collect())),
        _ => None,
    });
    told.collect()
}

on_both! {
    async fn nobody_opens_what_others_marked_by_defining_their_marking(store) {
        let (acts, sights) = (acts(store.db.clone()), Sights::default());
        opened(&acts, SHARED, Readers::Everyone).await;
        give(&acts, operator(2), &sights, &[marked(1)]).await;
        assert_eq!(seen(&acts, operator(3), &sights).await, Vec::<String>::new(), "nobody knows what it means");
        give(&acts, operator(3), &sights, &[definition()]).await;
        assert_eq!(seen(&acts, operator(3), &sights).await, [OWN_MARKING], "another's definition says nothing");
        assert_eq!(seen(&acts, operator(4), &sights).await, [OWN_MARKING]);
        give(&acts, operator(2), &sights, &[definition()]).await;
        assert_eq!(seen(&acts, operator(4), &sights).await.len(), 2, "now whoever marked it says what it means");
    }

    async fn what_is_refused_stands_on_the_record_and_what_is_given_is_one_line(store) {
        let (acts, sights) = (acts(store.db.clone()), Sights::default());
        opened(&acts, SHARED, Readers::Everyone).await;
        let nobody = Readers::These([OrgId(Uuid::from_u128(0x701))].into());
        opened(&acts, DROPBOX, nobody).await;
        give(&acts, operator(2), &sights, &[indicator(1, ""), indicator(2, ""), b"{}".to_vec()]).await;
        let shut = share::keep(&acts, &by(operator(2), 2), SHARED, Command::Close).await;
        assert!(matches!(shut, Err(NotDone::Refused(_))));
        let all = Versions::default();
        let id = "indicator--00000001-0000-4000-8000-000000000000";
        let others = share::withdraw(&acts, &by(operator(3), 2), SHARED, id, &all).await;
        assert!(matches!(others, Err(NotDone::NotFound(_))), "of what others gave nothing is said");
        let blind = share::page(&acts, &by(operator(2), 2), &sights, (DROPBOX, None), &Cut::default(), (false, 1)).await;
        assert!(matches!(blind, Err(NotDone::Rule { rule: "collection.not_read", .. })));
        let told = lines(&acts).await;
        let given = told.iter().filter_map(|leaf| match &leaf.body {
            Body::Intelligence(given) => Some((given.given, given.objects)),
            _ => None,
        });
        assert_eq!(given.collect::<Vec<_>>(), [(true, 2)]);
        let rules: Vec<_> = refused(&told).into_iter().map(|(act, _)| act).collect();
        assert_eq!(rules, ["keepCollection", "readCollection"]);
    }
}
