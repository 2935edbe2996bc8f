use super::*;
use proptest::prelude::*;
use std::collections::HashMap;

impl Key for u32 {
    fn hash(&self) -> u64 {
        hash_of(u128::from(*self))
    }
}

impl Key for u16 {
    /// So few different ones that tags are alike.
    fn hash(&self) -> u64 {
        u64::from(*self % 50)
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Count(u64);
impl Worth for Count {
    fn worth(&self) -> (u64, i64) {
        (self.0, 0)
    }
}

#[test]
fn the_limit_holds_one_past_it_and_the_worthiest_stay() {
    let mut map: Bounded<u32, Count> = Bounded::new(16);
    (0..16).for_each(|k| map.entry(k).0 += u64::from(k));
    assert_eq!((map.len(), map.evicted()), (16, 0));
    map.entry(99).0 += 1;
    assert!(map.len() <= 16 && map.evicted() == 2);
    assert!(map.get(&15).is_some() && map.get(&0).is_none());
}

#[test]
fn a_full_map_holds_what_its_limit_costs_and_no_more() {
    for max in [1, 7, 16, 1_000] {
        let mut map: Bounded<u32, Count> = Bounded::new(max);
        (0..max as u32).for_each(|k| map.entry(k).0 += 1);
        assert_eq!(map.bytes(), map.bytes_max(), "{max}");
        (0..max as u32).for_each(|k| map.entry(max as u32 + k).0 += 1);
        assert_eq!(map.bytes(), map.bytes_max(), "{max}");
    }
}

#[test]
fn a_map_for_one_holds_the_last() {
    let mut map: Bounded<u32, Count> = Bounded::new(0);
    (0..5).for_each(|k| map.entry(k).0 += 1);
    assert_eq!((map.len(), map.evicted()), (1, 4));
    assert!(map.get(&4).is_some());
}

#[test]
fn entries_of_one_tag_are_told_apart() {
    let mut index = Index::default();
    index.insert(7, 0);
    index.insert(7, 1);
    assert_eq!((index.find(7, |place| place == 1), index.find(7, |place| place == 2)), (Some(1), None));
}

/// The same with the library's map, as slowly as you like.
#[derive(Default)]
struct Model(HashMap<u16, Count>, u64);

impl Model {
    fn add(&mut self, key: u16, max: usize, value: u64) {
        if !self.0.contains_key(&key) && self.0.len() >= max {
            let mut order: Vec<_> = self.0.iter().map(|(k, v)| (v.worth(), *k)).collect();
            order.sort_unstable();
            for (_, key) in order.iter().take((max / 8).max(1)) {
                self.0.remove(key);
                self.1 += 1;
            }
        }
        self.0.entry(key).or_default().0 += value;
    }
}

proptest! {
    #[test]
    fn it_is_a_map_that_forgets_the_least_worthy(
        adds in prop::collection::vec((0u16..300, 0u64..4), 0..600),
        max in 1usize..120,
        round in 1usize..70,
    ) {
        let (mut single, mut rounds) = (Bounded::<u16, Count>::new(max), Bounded::<u16, Count>::new(max));
        let mut model = Model::default();
        for &(key, value) in &adds {
            single.entry(key).0 += value;
            model.add(key, max, value);
        }
        let mut wanted = Wanted::default();
        for part in adds.chunks(round) {
            part.iter().enumerate().for_each(|(of, (key, _))| wanted.push(*key, key.hash(), of));
            rounds.each(&mut wanted, |count, of| count.0 += part[of].1);
        }
        let mut expected: Vec<_> = model.0.iter().collect();
        expected.sort_unstable_by_key(|(key, _)| **key);
        prop_assert_eq!(single.sorted(), expected.clone());
        prop_assert_eq!(rounds.sorted(), expected);
        prop_assert!(single.iter().eq(rounds.iter()), "the order is that of making");
        prop_assert_eq!((single.evicted(), rounds.evicted()), (model.1, model.1));
        prop_assert!((0..300).all(|key| single.get(&key) == model.0.get(&key)));
    }
}

#[test]
fn a_sample_that_misleads_is_made_good() {
    let values: Vec<u128> = (0..2_000).map(|n| if n % 3 == 0 { 0 } else { 1_000 + n * 7 % 1_999 }).collect();
    let mut sorted = values.clone();
    sorted.sort_unstable();
    for nth in [0, 249, 666, 667, 900, 1_999] {
        assert_eq!(room::nth_smallest(&values, nth), sorted[nth], "{nth}");
    }
}
