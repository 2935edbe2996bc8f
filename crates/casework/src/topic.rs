//! What makes a thing governed: a history of events, and a state that is nothing but their replay.
//!
//! A topic is a type that names its id, its state and its events. The store keeps the events and
//! knows nothing of their meaning; [`replay`] is the only way from events to a state.

use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Display;

/// One governed thing: a mandate, a hunt, an opening request, a certificate of disposal.
///
/// `apply` cannot fail: an event was decided before it was written, and history is not argued
/// with. An event that makes no sense for a state leaves it as it was.
pub trait Topic {
    /// Name in the database and in messages, lower case, for example `mandate`. Never changes.
    const NAME: &'static str;
    /// What one thing of this topic is called by; written as text.
    type Id: Display + Copy + Send + Sync;
    /// What the events add up to.
    type State: Clone + Send + Sync;
    /// What happened. Stored as JSON, so a variant once written can be read for ever.
    type Event: Serialize + DeserializeOwned + Send + Sync;

    /// The state after `event`; `None` is a thing that does not exist (yet).
    fn apply(state: Option<Self::State>, event: &Self::Event) -> Option<Self::State>;

    /// What a thing belongs to, by its first event: a hunt to its mandate. Most things belong to nothing.
    fn subject(_first: &Self::Event) -> Option<String> {
        None
    }
}

/// The state that `events` add up to, from `state` on.
pub fn replay<'a, T: Topic>(state: Option<T::State>, events: impl IntoIterator<Item = &'a T::Event>) -> Option<T::State>
where
    T::Event: 'a,
{
    events.into_iter().fold(state, |state, event| T::apply(state, event))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Count;
    impl Topic for Count {
        const NAME: &'static str = "count";
        type Id = u64;
        type State = i64;
        type Event = i64;
        fn apply(state: Option<i64>, event: &i64) -> Option<i64> {
            Some(state.unwrap_or_default() + event)
        }
    }

    #[test]
    fn a_state_is_the_sum_of_its_events() {
        assert_eq!(replay::<Count>(None, []), None);
        assert_eq!(replay::<Count>(None, [&2, &3]), Some(5));
        assert_eq!(replay::<Count>(replay::<Count>(None, [&2]), [&3]), Some(5));
    }
}
