use super::*;
use noroshi_mandate::place::to_bits;
use noroshi_mandate::{Mandate, Verdict};
use noroshi_model::time::DAY;
use noroshi_model::{Direction, Micros};
use std::collections::{BTreeMap, BTreeSet};

/// A tiny nation that still has every kind of line and family.
fn tiny() -> Plan {
    Plan { hosts: 345, biflow: true, ..Plan::demo() }
}

/// What the botnets alone say, which is a part of the nation's records
/// (see `the_innocent_do_not_notice_the_botnets`).
fn hostile(nation: &Nation) -> impl Iterator<Item = FlowRecord> + '_ {
    let mut entities = Vec::new();
    nation.infect(&mut entities);
    Merge::new(nation.stage(), entities)
}

fn made(plan: &Plan) -> Nation {
    Nation::new(plan).unwrap()
}

#[test]
fn a_mandate_places_every_address() {
    let nation = made(&Plan { sampling: 20, ..tiny() });
    let mandate = Mandate::parse(&nation.mandate_toml(), "mandate.toml").unwrap();
    let scope = mandate.compile().unwrap();
    let mut ways = [0u64; 4];
    for record in nation.records() {
        let places = (scope.places().place(record.src), scope.places().place(record.dst));
        let direction = Direction::of(places.0, places.1);
        ways[direction.unwrap_or_else(|| panic!("an end without a place: {record:?}")) as usize] += 1;
        let covered = matches!(scope.decide(&record.key()), Verdict::Keep(_));
        assert_eq!(covered, direction != Some(Direction::Domestic), "{record:?}");
    }
    let total: u64 = ways.iter().sum();
    let share = |d: Direction| ways[d as usize] as f64 / total as f64;
    assert!(share(Direction::OutForeign) > 0.5, "{ways:?}");
    assert!(share(Direction::ForeignIn) > 0.03, "{ways:?}");
    assert!(share(Direction::ForeignForeign) > 0.002, "{ways:?}");
    assert!((0.002..0.2).contains(&share(Direction::Domestic)), "{ways:?}");
}

#[test]
fn records_come_in_order_of_their_end_and_within_the_plan() {
    let plan = tiny();
    let nation = made(&plan);
    let mut last = Micros(0);
    for record in nation.records().take(300_000) {
        assert!(record.end >= last && record.start <= record.end, "{record:?} after {last}");
        assert!(record.start >= plan.start && record.start < plan.until());
        assert!(record.end.0 - record.start.0 <= 60 * SECOND);
        assert!(record.packets + record.rev_packets > 0 && record.bytes >= record.packets * 20, "{record:?}");
        last = record.end;
    }
}

/// Digest of the first records: the same on every machine, and changed only on purpose.
fn digest(plan: &Plan, records: usize) -> String {
    let mut hash = blake3::Hasher::new();
    for r in made(plan).records().take(records) {
        for value in [r.start.0, r.end.0] {
            hash.update(&value.to_le_bytes());
        }
        for value in [r.src, r.dst] {
            hash.update(&value.to_le_bytes());
        }
        for value in [r.packets, r.bytes, r.rev_packets, r.rev_bytes] {
            hash.update(&value.to_le_bytes());
        }
        hash.update(&[r.protocol, r.tcp_flags, r.outcome as u8]);
        hash.update(&r.sport.to_le_bytes());
        hash.update(&r.dport.to_le_bytes());
    }
    hash.finalize().to_hex()[..16].to_owned()
}

#[test]
fn the_same_seed_is_the_same_nation() {
    let plan = tiny();
    assert_eq!(digest(&plan, 100_000), "f468be80e19440a3");
    assert_eq!(digest(&Plan { biflow: false, sampling: 100, ..plan.clone() }, 10_000), "a564e24af72adc08");
    assert_ne!(digest(&plan, 1_000), digest(&Plan { seed: 2, ..plan }, 1_000));
}

#[test]
fn the_innocent_do_not_notice_the_botnets() {
    let plan = Plan { sampling: 30, ..tiny() };
    let (with, without) = (made(&plan), made(&plan.clone().innocent()));
    let key = |r: &FlowRecord| (r.end, r.start, r.src, r.dst, r.sport, r.dport, r.packets, r.bytes);
    let with: BTreeSet<_> = with.records().map(|r| key(&r)).collect();
    let without: BTreeSet<_> = without.records().map(|r| key(&r)).collect();
    assert!(without.is_subset(&with));
    assert!(with.len() > without.len());
}

#[test]
fn people_sleep() {
    // Only people visit domestic servers, so with all browsing at home the domestic flows show them.
    let plan = Plan { sampling: 10, domestic_share: 1.0, ..tiny().innocent() };
    let clock = Clock { ahead_us: 9 * HOUR };
    let inside = |a: u128| a >> 24 == 0x00ff_ff0a || a >> 95 == (0x2001_0db8_0000u128 << 80) >> 95;
    let mut by_hour = [0u64; 24];
    made(&plan).records().filter(|r| inside(r.src) && inside(r.dst)).for_each(|r| by_hour[clock.hour(r.start)] += 1);
    let night: u64 = by_hour[2..5].iter().sum();
    let evening: u64 = by_hour[19..22].iter().sum();
    assert!(evening > 3 * night, "{by_hour:?}");
}

#[test]
fn sampling_thins_packets_by_n() {
    let packets =
        |sampling| -> u64 { made(&Plan { sampling, ..tiny() }).records().map(|r| r.packets + r.rev_packets).sum() };
    let (all, thinned) = (packets(1), packets(50));
    let want = all as f64 / 50.0;
    assert!((thinned as f64 - want).abs() < 3.0 * want.sqrt(), "{thinned} packets of {all}, not {want}");
}

#[test]
fn truth_agrees_with_the_records() {
    let plan = tiny();
    let nation = made(&plan);
    let truth = nation.truth();
    let mut clients: BTreeMap<(u128, u16), BTreeSet<u128>> = BTreeMap::new();
    let mut flooded: BTreeSet<u128> = BTreeSet::new();
    let targets: BTreeSet<u128> = truth.floods.iter().map(|f| to_bits(f.target)).collect();
    let servers: BTreeSet<u128> = truth.servers.iter().map(|s| to_bits(s.address)).collect();
    let relays: BTreeSet<u128> = truth.relays.iter().map(|r| to_bits(r.address)).collect();
    for r in hostile(&nation) {
        if servers.contains(&r.dst) || relays.contains(&r.dst) {
            clients.entry((r.dst, r.dport)).or_default().insert(r.src);
        }
        if targets.contains(&r.dst) {
            flooded.insert(r.dst);
        }
    }
    for server in truth.command_servers(1) {
        let infected: BTreeSet<u128> = (truth.infected.iter())
            .filter(|i| i.family == server.family && i.server == Some(server.address))
            .map(|i| to_bits(i.address))
            .collect();
        assert_eq!(infected.len(), server.clients as usize);
        let seen = clients.get(&(to_bits(server.address), server.port)).cloned().unwrap_or_default();
        let hostile = seen.intersection(&infected).count();
        assert!(hostile * 10 >= infected.len() * 8, "{server:?}: {hostile} seen");
        let awake: Vec<_> = (truth.infected.iter())
            .filter(|i| i.server == Some(server.address) && i.always_on && i.since == plan.start)
            .collect();
        assert!(awake.iter().all(|i| seen.contains(&to_bits(i.address))), "{server:?}");
    }
    for relay in &truth.relays {
        let upstream = &clients[&(to_bits(relay.upstream), UPSTREAM_PORT)];
        assert!(upstream.contains(&to_bits(relay.address)), "{relay:?}");
        assert!(clients.contains_key(&(to_bits(relay.address), relay.port)), "{relay:?}");
    }
    assert_eq!(flooded, targets);
    let written = serde_json::to_string(truth).unwrap();
    assert_eq!(&serde_json::from_str::<Truth>(&written).unwrap(), truth);
}

#[test]
fn intervals_are_those_of_the_family() {
    let plan = tiny();
    let nation = made(&plan);
    let truth = nation.truth();
    let mut starts: BTreeMap<(u128, u128), Vec<i64>> = BTreeMap::new();
    let homes: BTreeMap<u128, &FamilyTruth> = (truth.command_servers(1))
        .filter_map(|s| Some((to_bits(s.address), truth.families.iter().find(|f| f.id == s.family)?)))
        .collect();
    for r in hostile(&nation).filter(|r| homes.contains_key(&r.dst)) {
        starts.entry((r.src, r.dst)).or_default().push(r.start.0);
    }
    let mut checked = BTreeSet::new();
    for ((_, server), times) in &mut starts {
        let family = homes[server];
        let (low, high) = match family.method {
            Method::Tasked { period_s, jitter, .. } => (period_s * (1.0 - jitter), period_s),
            Method::Beacon { period_s, jitter } => (period_s * (1.0 - jitter), period_s * (1.0 + jitter)),
            Method::Alternating { first_s, second_s, .. } => (first_s * 0.9, second_s * 1.1),
            Method::Irc { keepalive_s } | Method::Iot { keepalive_s, .. } => (keepalive_s * 0.98, keepalive_s * 1.02),
            _ => continue,
        };
        times.sort_unstable();
        let gaps: Vec<f64> = times.windows(2).map(|w| (w[1] - w[0]) as f64 / 1e6).collect();
        let inside = gaps.iter().filter(|&&g| g >= low - 0.001 && g <= high + 0.001).count();
        // Nights, orders, uploads and the innocent visits of the same host are the exceptions.
        if gaps.len() >= 12 {
            assert!(inside * 10 >= gaps.len() * 8, "{}: {inside} of {} gaps", family.id, gaps.len());
            checked.insert(family.id.clone());
        }
    }
    assert!(checked.len() >= 5, "{checked:?}");
}

#[test]
fn relays_pass_on_what_they_get() {
    let nation = made(&tiny());
    let relays: BTreeMap<u128, u128> =
        nation.truth().relays.iter().map(|r| (to_bits(r.address), to_bits(r.upstream))).collect();
    let (mut taken, mut given) = (BTreeMap::<u128, u64>::new(), BTreeMap::<u128, u64>::new());
    for r in hostile(&nation) {
        if relays.contains_key(&r.dst) && r.dport == 8_081 {
            *taken.entry(r.dst).or_default() += r.bytes;
        }
        if relays.get(&r.src) == Some(&r.dst) {
            *given.entry(r.src).or_default() += r.bytes;
        }
    }
    assert_eq!(taken.len(), relays.len());
    for (relay, bytes) in taken {
        let ratio = given[&relay] as f64 / bytes as f64;
        assert!((0.95..1.1).contains(&ratio), "{ratio}");
    }
}

#[test]
fn the_registry_knows_every_server() {
    let nation = made(&tiny());
    let table: Vec<(u128, u128, String)> = nation
        .registry_csv()
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let bits = |text: &str| to_bits(text.parse().unwrap());
            (bits(fields[0]), bits(fields[1]), fields[2].to_owned())
        })
        .collect();
    for server in &nation.truth().servers {
        let bits = to_bits(server.address);
        let country = table.iter().find(|(first, last, _)| (*first..=*last).contains(&bits)).unwrap();
        assert_ne!(country.2, nation.plan().country);
    }
    assert!(nation.truth().servers.iter().all(|s| nation.truth().is_hostile(s.address)));
    assert_eq!(nation.plan().until().0 - nation.plan().start.0, DAY);
}
