use super::*;
use crate::hour::{Figures, Hour};
use crate::input::{Before, NotAnInput};
use crate::limits::{CANDIDATES_MAX, FIGURES_MAX, HOURS_MAX};
use crate::pulse::Pulse;
use crate::selector::exactly;
use crate::server::{PortUse, ServerContext, Usual};
use noroshi_model::{BatchId, MandateId};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A server abroad that one client calls every minute, the more often the higher its number.
fn beating(number: u128, beats: u64) -> Figures {
    Figures {
        id: (0xffff_c633_6400 + number, 8_443, 6),
        server: ServerContext { clients: 1, regular_clients: 1, crowd: 1, siblings: 1, ..ServerContext::default() },
        pulse: Some(Pulse {
            contacts: beats,
            beats,
            period_s: 60.0,
            spread: 0.3,
            pair_spread: f64::INFINITY,
            span_s: 60.0 * beats as f64,
            coverage: 1.0,
            same_out: 1.0,
            same_in: 1.0,
            bytes: 400.0,
            answered: 1.0,
            ..Pulse::default()
        }),
        pooled: None,
    }
}

fn usual() -> Usual {
    Usual { hosts: 1_000, sampling: 1, ports: BTreeMap::from([((8_443, 6), PortUse { clients: 9, servers: 1 })]) }
}

/// Two hours: in the second one server more has shown itself. One server is known from before, one by the mandate.
fn input() -> Input {
    let hours = [
        Hour::new(3_600, usual(), (0..6).map(|n| beating(n, 60 + n as u64)).collect()),
        Hour::new(7_200, usual(), (0..7).map(|n| beating(n, 120 + n as u64)).collect()),
    ];
    let named = vec![("192.0.2.7".parse().unwrap(), Some(443))];
    let earlier =
        Selected::default().with(vec![exactly(0xffff_cb00_7105, 443, 6, "beacon: coarse pulse in broad aggregates")]);
    let mut selected = Selected::beginning(&named, earlier.clone());
    let mut all = Vec::new();
    for hour in hours {
        selected = selected.with(hour.choose());
        all.push((hour, selected.fingerprint()));
    }
    Input {
        batch: BatchId(uuid(1)),
        mandate: MandateId(uuid(2)),
        version: 1,
        rules: Rules::own(),
        named,
        before: Some(Before { batch: BatchId(uuid(3)), salt: [4; 32], selected: earlier }),
        hours: all,
        selected,
        salt: [5; 32],
    }
}

fn uuid(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

/// What is said is said consistently: the fingerprints are those of the selection as it is claimed.
fn claiming(change: impl FnOnce(&mut Input)) -> Rerun {
    let mut input = input();
    change(&mut input);
    if let Some((_, last)) = input.hours.last_mut() {
        *last = input.selected.fingerprint();
    }
    rerun(&input)
}

#[test]
fn the_same_figures_select_the_same_servers() {
    let input = input();
    let again = rerun(&Input::from_bytes(&input.to_bytes().unwrap()).unwrap());
    assert_eq!(again.differences, []);
    assert_eq!((&again.selected, again.hours), (&input.selected, 2));
    assert!(again.selected.selectors.len() >= 10, "the figures select something: {:?}", again.selected);
}

#[test]
fn a_server_dropped_and_a_server_added_are_named() {
    let gone = input().selected.selectors[4].clone();
    let again = claiming(|input| input.selected.selectors.retain(|one| *one != gone));
    assert!(again.differences.contains(&Difference::Dropped(gone)), "{again:?}");
    let smuggled = exactly(0xffff_cb00_7163, 443, 6, "beacon: coarse pulse in broad aggregates");
    let more = smuggled.clone();
    let again = claiming(|input| input.selected.selectors.push(more));
    assert!(again.differences.contains(&Difference::Added(smuggled)), "{again:?}");
}

#[test]
fn another_threshold_is_named_whether_it_is_said_or_not() {
    let again = claiming(|input| input.rules.look_from = -2.0);
    assert!(matches!(&again.differences[..], [Difference::Rules { said, .. }] if said.look_from == -2.0));
    // A stricter rule was used and not said: what it left out is named.
    let strict = |input: &mut Input| {
        let keep: Vec<Selector> = input.selected.selectors.iter().take(3).cloned().collect();
        input.selected.selectors = keep;
    };
    let again = claiming(strict);
    assert!(again.differences.iter().filter(|one| matches!(one, Difference::Dropped(_))).count() >= 5, "{again:?}");
}

#[test]
fn another_rule_another_version_and_the_hour_are_named() {
    let again = claiming(|input| input.selected.selectors[0].rule = "mandate of somebody".to_owned());
    assert!(matches!(&again.differences[..], [Difference::Hour { number: 1, .. }, Difference::OtherRule { .. }]));
    let again = claiming(|input| input.selected.version += 1);
    assert!(matches!(&again.differences[..], [Difference::Hour { .. }, Difference::Version { .. }]), "{again:?}");
    let mut input = input();
    input.hours[0].1 = "0".repeat(64);
    assert_eq!(rerun(&input).differences, [Difference::Hour { number: 0, until_us: 3_600 }]);
}

#[test]
fn figures_left_out_must_weigh_less_than_those_shown() {
    let hour = Hour::new(0, usual(), (0..FIGURES_MAX as u128 + 5).map(|n| beating(n, 60 + n as u64)).collect());
    assert_eq!((hour.figures.len(), hour.left_out), (FIGURES_MAX, 5));
    assert!(hour.left_out_fits() && hour.choose().len() == CANDIDATES_MAX);
    assert!(!Hour { left_out_max: 9.0, ..hour.clone() }.left_out_fits());
    let mut fewer = hour;
    fewer.figures.pop();
    assert!(!fewer.left_out_fits(), "something was left out though there was room");
    let room = Hour::new(0, usual(), (0..FIGURES_MAX as u128).map(|n| beating(n, 60)).collect());
    assert_eq!((room.figures.len(), room.left_out), (FIGURES_MAX, 0));
}

#[test]
fn an_input_has_limits_and_one_spelling() {
    let whole = input();
    let hour = whole.hours[0].clone();
    let with = |hours: usize| Input {
        hours: vec![(Hour { figures: vec![], ..hour.0.clone() }, String::new()); hours],
        ..whole.clone()
    };
    assert!(Input::from_bytes(&with(HOURS_MAX).to_bytes().unwrap()).is_ok());
    assert!(matches!(with(HOURS_MAX + 1).to_bytes(), Err(NotAnInput::TooMany("hours"))));
    let bytes = whole.to_bytes().unwrap();
    assert!(matches!(Input::from_bytes(&bytes[1..]), Err(NotAnInput::Magic)));
    assert!(Input::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    assert!(Input::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
}

proptest! {
    /// One byte changed: it does not read, or it says something else than before. (That it is another input at all is
    /// seen before, by the digest in the line of the batch.)
    #[test]
    fn a_changed_byte_is_never_the_same_input(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let whole = input();
        let mut bytes = whole.to_bytes().unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(read) = Input::from_bytes(&bytes) {
            prop_assert_eq!(read.to_bytes().unwrap(), bytes);
            prop_assert_ne!(format!("{read:?}"), format!("{whole:?}"));
            rerun(&read);
        }
    }
}
