//! Blocks of addresses by prefix: which hold an address, and which lie in a block.

use super::index::Ref;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use ipnet::IpNet;
use std::hash::BuildHasher;
use std::net::IpAddr;

/// A prefix as bits from the left, its length, and its family: 4 in front of IPv4 keeps the two apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Prefix {
    six: bool,
    bits: u128,
    length: u8,
}

impl Prefix {
    fn new(address: IpAddr, length: u8) -> Self {
        let (six, bits) = match address {
            IpAddr::V4(address) => (false, u128::from(u32::from(address)) << 96),
            IpAddr::V6(address) => (true, u128::from(address)),
        };
        Self { six, bits: bits & mask(length), length }
    }

    /// The last address in it.
    fn last(self) -> u128 {
        self.bits | !mask(self.length)
    }
}

fn mask(length: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0)
}

/// Blocks of many lists.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    table: HashTable<(Prefix, Ref)>,
    sorted: Vec<(Prefix, Ref)>,
    /// Lengths that occur, by family.
    lengths: [Vec<u8>; 2],
}

impl Blocks {
    pub(super) fn new(blocks: impl Iterator<Item = (IpNet, Ref)>) -> Self {
        let mut sorted: Vec<_> =
            blocks.map(|(block, entry)| (Prefix::new(block.network(), block.prefix_len()), entry)).collect();
        sorted.sort_unstable();
        let mut lengths = [Vec::new(), Vec::new()];
        let mut table = HashTable::with_capacity(sorted.len());
        for (prefix, entry) in &sorted {
            lengths[usize::from(prefix.six)].push(prefix.length);
            table.insert_unique(hash(prefix), (*prefix, *entry), |(prefix, _)| hash(prefix));
        }
        for lengths in &mut lengths {
            lengths.sort_unstable();
            lengths.dedup();
        }
        Self { table, sorted, lengths }
    }

    /// Gives every entry that shares an address with a block: those around it and those in it.
    pub(super) fn touching(&self, block: &IpNet, mut found: impl FnMut(Ref)) {
        let wanted = Prefix::new(block.network(), block.prefix_len());
        for length in self.lengths[usize::from(wanted.six)].iter().take_while(|length| **length <= wanted.length) {
            let around = Prefix::new(block.network(), *length);
            for (prefix, entry) in self.table.iter_hash(hash(&around)) {
                if *prefix == around {
                    found(*entry);
                }
            }
        }
        if block.prefix_len() == block.max_prefix_len() {
            return;
        }
        let from = self.sorted.partition_point(|(prefix, _)| (prefix.six, prefix.bits) < (wanted.six, wanted.bits));
        let inside = self.sorted[from..]
            .iter()
            .take_while(|(prefix, _)| prefix.six == wanted.six && prefix.bits <= wanted.last());
        inside.filter(|(prefix, _)| prefix.length > wanted.length).for_each(|(_, entry)| found(*entry));
    }
}

fn hash(prefix: &Prefix) -> u64 {
    FixedState::default().hash_one(prefix)
}
