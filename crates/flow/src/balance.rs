//! The balance: received = out of mandate (by reason) + aggregated only + selected.

use noroshi_mandate::DropReason;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Counts of records by what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balance {
    /// Records decoded.
    pub received: u64,
    dropped: [u64; DropReason::ALL.len()],
    /// Records that fed aggregates and were then forgotten.
    pub aggregated_only: u64,
    /// Records of selected servers, kept.
    pub selected: u64,
}

impl Balance {
    /// Counts one record as out of mandate.
    #[inline]
    pub fn drop_one(&mut self, reason: DropReason) {
        self.dropped[reason as usize] += 1;
    }

    /// Records out of mandate for one reason.
    pub fn dropped(&self, reason: DropReason) -> u64 {
        self.dropped[reason as usize]
    }

    /// Records out of mandate.
    pub fn out_of_mandate(&self) -> u64 {
        self.dropped.iter().sum()
    }

    /// Records the mandate covers.
    pub fn admitted(&self) -> u64 {
        self.received.saturating_sub(self.out_of_mandate())
    }

    /// Whether every record is accounted for.
    pub fn adds_up(&self) -> bool {
        self.received == self.out_of_mandate() + self.aggregated_only + self.selected
    }

    /// Adds what another thread or file counted.
    pub fn merge(&mut self, other: &Self) {
        self.received += other.received;
        self.aggregated_only += other.aggregated_only;
        self.selected += other.selected;
        for (mine, theirs) in self.dropped.iter_mut().zip(other.dropped) {
            *mine += theirs;
        }
    }
}

impl Serialize for Balance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reasons: std::collections::BTreeMap<_, _> =
            DropReason::ALL.iter().map(|&r| (r.word(), self.dropped(r))).collect();
        let mut map = serializer.serialize_map(Some(6))?;
        map.serialize_entry("received", &self.received)?;
        map.serialize_entry("out_of_mandate", &reasons)?;
        map.serialize_entry("out_of_mandate_total", &self.out_of_mandate())?;
        map.serialize_entry("aggregated_only", &self.aggregated_only)?;
        map.serialize_entry("selected", &self.selected)?;
        map.serialize_entry("adds_up", &self.adds_up())?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_unaccounted_for_shows() {
        let mut balance = Balance { received: 3, aggregated_only: 1, selected: 1, ..Balance::default() };
        assert!(!balance.adds_up());
        balance.drop_one(DropReason::Domestic);
        assert!(balance.adds_up());
        assert_eq!(balance.admitted(), 2);
        let json = serde_json::to_value(&balance).unwrap();
        assert_eq!(json["out_of_mandate"]["domestic"], 1);
        assert_eq!(json["adds_up"], true);
    }
}
