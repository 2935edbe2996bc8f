//! The selection set: of which servers records may be kept from now on (自動選別).

use crate::contact::Contact;
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use noroshi_mandate::place::to_bits;

pub use noroshi_select::selector::{Selected, Selector, exactly};

/// A version of the selection, ready to be asked about contacts.
#[derive(Debug, Clone, Default)]
pub struct SelectionSet {
    selected: Selected,
    exact: HashSet<(u128, u16, u8), FixedState>,
    hosts: HashSet<u128, FixedState>,
}

impl From<Selected> for SelectionSet {
    fn from(selected: Selected) -> Self {
        let mut set = Self::default();
        for selector in &selected.selectors {
            let bits = to_bits(selector.server);
            match (selector.port, selector.protocol) {
                (Some(port), Some(protocol)) => {
                    set.exact.insert((bits, port, protocol));
                }
                _ => {
                    set.hosts.insert(bits);
                }
            }
        }
        set.selected = selected;
        set
    }
}

impl SelectionSet {
    /// The next version with these selectors, sorted and without repeats.
    #[must_use]
    pub fn next(&self, selectors: Vec<Selector>) -> Self {
        self.selected.next(selectors).into()
    }

    /// Whether a contact's records may be kept.
    #[inline]
    pub fn selects(&self, contact: &Contact) -> bool {
        self.exact.contains(&(contact.server, contact.server_port, contact.protocol))
            || (!self.hosts.is_empty()
                && (self.hosts.contains(&contact.server) || self.hosts.contains(&contact.client)))
    }

    /// What is selected, as it is written down.
    pub const fn selected(&self) -> &Selected {
        &self.selected
    }

    /// 0 for the empty set before any selection.
    pub const fn version(&self) -> u64 {
        self.selected.version
    }

    /// The selectors, sorted.
    pub fn selectors(&self) -> &[Selector] {
        &self.selected.selectors
    }

    /// What is logged and signed, see [`Selected::fingerprint`].
    pub fn fingerprint(&self) -> String {
        self.selected.fingerprint()
    }
}
