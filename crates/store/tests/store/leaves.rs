//! Leaves between their transaction and the ledger.

use crate::words::{CENTRE, NOW, leaf, organisation};
use noroshi_model::{OrgId, OrgKind};
use noroshi_store::leaf::{Sequenced, leaf_hash};
use noroshi_store::limits::LEAF_BYTES_MAX;
use noroshi_store::testkit::TestStore;
use noroshi_store::{LeafEntry, LedgerFault, StoreError, on_both};

/// `n` changes, each with its leaf; gives the leaves in order.
async fn changes(store: &TestStore, n: u128) -> Vec<LeafEntry> {
    let mut leaves = Vec::new();
    for n in 0..n {
        let org = OrgId(uuid::Uuid::from_u128(CENTRE.0.as_u128() + n));
        let leaf = leaf();
        store.db.add_organisation(&organisation(org, OrgKind::Vendor), NOW, &leaf).await.unwrap();
        leaves.push(leaf);
    }
    leaves
}

fn placed(leaves: &[LeafEntry], from: u64) -> Vec<Sequenced> {
    leaves.iter().zip(from..).map(|(leaf, index)| Sequenced { leaf_id: leaf.id, index, receipt: None }).collect()
}

fn tail(leaves: &[LeafEntry], from: u64) -> Vec<(u64, [u8; 32])> {
    leaves.iter().zip(from..).map(|(leaf, index)| (index, leaf_hash(&leaf.bytes))).collect()
}

on_both! {
    async fn a_leaf_waits_until_it_has_its_place(store) {
        let leaves = changes(&store, 3).await;
        assert_eq!(store.db.next_unsequenced(2).await.unwrap(), leaves[..2]);
        store.db.mark_sequenced(&placed(&leaves[..2], 0)).await.unwrap();
        assert_eq!(store.db.cursor().await.unwrap(), 2);
        assert_eq!(store.db.next_unsequenced(10).await.unwrap(), leaves[2..]);
        assert_eq!(store.db.waiting_leaves().await.unwrap(), 1);

        let mut receipt = placed(&leaves[..1], 0);
        receipt[0].receipt = Some(b"receipt".to_vec());
        store.db.mark_sequenced(&receipt).await.unwrap();
        let kept = store.db.leaf(leaves[0].id).await.unwrap().unwrap();
        assert_eq!((kept.index, kept.receipt.as_deref(), kept.queued_at), (Some(0), Some(&b"receipt"[..]), NOW));
    }

    async fn no_two_leaves_share_a_place_and_none_moves(store) {
        let leaves = changes(&store, 2).await;
        store.db.mark_sequenced(&placed(&leaves[..1], 0)).await.unwrap();
        let moved = store.db.mark_sequenced(&placed(&leaves[..1], 1)).await.unwrap_err();
        assert!(matches!(moved, StoreError::Inconsistent { table: "leaf", .. }), "{moved}");
        store.db.mark_sequenced(&placed(&leaves[1..], 0)).await.unwrap_err();
        assert_eq!(store.db.cursor().await.unwrap(), 1);
    }

    async fn a_crash_after_the_log_was_written_is_repaired(store) {
        let leaves = changes(&store, 4).await;
        store.db.mark_sequenced(&placed(&leaves[..1], 0)).await.unwrap();
        // The log holds three, the database knows of one.
        assert_eq!(store.db.settle(3, &tail(&leaves[1..3], 1)).await.unwrap(), 2);
        assert_eq!(store.db.cursor().await.unwrap(), 3);
        assert_eq!(store.db.next_unsequenced(10).await.unwrap(), leaves[3..]);
        // Once more, from further back: nothing to do.
        assert_eq!(store.db.settle(3, &tail(&leaves[..3], 0)).await.unwrap(), 0);
        assert_eq!(store.db.settle(3, &[]).await.unwrap(), 0);
    }

    async fn a_ledger_that_tells_another_story_stops_us(store) {
        let leaves = changes(&store, 3).await;
        store.db.mark_sequenced(&placed(&leaves[..2], 0)).await.unwrap();
        let shorter = store.db.settle(1, &tail(&leaves[..1], 0)).await.unwrap_err();
        assert!(matches!(shorter, LedgerFault::LogIsShorter { log: 1, database: 2 }), "{shorter}");
        let gap = store.db.settle(4, &tail(&leaves[2..3], 3)).await.unwrap_err();
        assert!(matches!(gap, LedgerFault::Gap { expected: 2 }), "{gap}");
        let unknown = store.db.settle(3, &[(2, [9; 32])]).await.unwrap_err();
        assert!(matches!(unknown, LedgerFault::UnknownEntry { index: 2 }), "{unknown}");
        let other = store.db.settle(2, &tail(&[leaves[1].clone(), leaves[0].clone()], 0)).await.unwrap_err();
        assert!(matches!(other, LedgerFault::OtherEntry { index: 0 }), "{other}");
        // Doubled: an entry that has its place comes once more.
        let doubled = store.db.settle(3, &tail(&leaves[..1], 2)).await.unwrap_err();
        assert!(matches!(doubled, LedgerFault::OtherEntry { index: 2 }), "{doubled}");
        assert_eq!(store.db.cursor().await.unwrap(), 2);
    }

    async fn a_change_that_fails_leaves_no_leaf(store) {
        let leaves = changes(&store, 1).await;
        store.db.add_organisation(&organisation(CENTRE, OrgKind::Vendor), NOW, &leaf()).await.unwrap_err();
        assert_eq!(store.db.next_unsequenced(10).await.unwrap(), leaves);
    }

    async fn a_leaf_has_an_end(store) {
        let mut leaf = leaf();
        leaf.bytes = vec![b'x'; LEAF_BYTES_MAX];
        store.db.add_organisation(&organisation(CENTRE, OrgKind::Vendor), NOW, &leaf).await.unwrap();
        leaf.bytes.push(b'x');
        let other = OrgId(uuid::Uuid::from_u128(7));
        let refused = store.db.add_organisation(&organisation(other, OrgKind::Vendor), NOW, &leaf).await.unwrap_err();
        assert!(refused.to_string().contains(&format!("at most {LEAF_BYTES_MAX}")), "{refused}");
    }
}
