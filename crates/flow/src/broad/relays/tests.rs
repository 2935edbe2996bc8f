use super::*;
use crate::record::Outcome;
use noroshi_model::time::SECOND;

fn contact(client: u128, server: u128, port: u16, start_s: i64, direction: Direction) -> Contact {
    Contact {
        client,
        server,
        client_port: 50_000,
        server_port: port,
        protocol: 6,
        start_us: (1_000_000 + start_s) * SECOND,
        end_us: (1_000_001 + start_s) * SECOND,
        packets_out: 5,
        bytes_out: 500,
        packets_in: 0,
        bytes_in: 0,
        tcp_flags: 0,
        sampling: 1,
        outcome: Outcome::OneWay,
        direction,
    }
}

/// 7 is domestic, 9 is its upstream, callers are 100 and more.
fn relay(calls: i64) -> RelayTable {
    let mut table = RelayTable::new(8);
    for n in 0..calls {
        table.add(&contact(100 + n as u128, 7, 8_081, n * 60, Direction::ForeignIn));
        table.add(&contact(7, 9, 4_444, n * 60 + 1, Direction::OutForeign));
    }
    table
}

#[test]
fn both_sides_of_a_domestic_host_are_kept() {
    let table = relay(3);
    let host = table.table().get(&7).unwrap();
    assert!(host.domestic);
    assert_eq!((host.services[0].port, host.upstreams[0].server), (8_081, 9));
    let (calls, onward) = (host.services[0].leg.sorted(), host.upstreams[0].leg.sorted());
    assert_eq!(onward[2].tick - calls[2].tick, 100);
    assert!(table.table().get(&9).is_none(), "a server that calls nobody is not kept");
}

#[test]
fn a_foreign_relay_is_seen_where_third_countries_are() {
    let mut table = RelayTable::new(8);
    table.add(&contact(50, 9, 4_433, 0, Direction::ForeignForeign));
    table.add(&contact(7, 50, 8_081, 1, Direction::OutForeign));
    let host = table.table().get(&50).unwrap();
    assert!(!host.domestic && host.services[0].callers[0].domestic);
}

#[test]
fn scans_and_samples_leave_nothing() {
    let mut table = RelayTable::new(8);
    table.add(&Contact { packets_out: 2, ..contact(100, 7, 22, 0, Direction::ForeignIn) });
    table.add(&Contact { sampling: 100, ..contact(100, 7, 22, 0, Direction::ForeignIn) });
    assert!(table.table().is_empty());
}

#[test]
fn limits_hold_one_past_them() {
    let past = RELAY_EVENTS_MAX as i64 + 1;
    let table = relay(past);
    let host = table.table().get(&7).unwrap();
    let leg = &host.services[0].leg;
    assert_eq!((leg.sorted().len(), leg.flows), (RELAY_EVENTS_MAX, past as u64));
    assert!(!leg.is_whole() && relay(past - 1).table().get(&7).unwrap().services[0].leg.is_whole());
    assert_eq!(host.services[0].callers.len(), RELAY_CALLERS_MAX);
    let mut table = relay(2);
    for n in 0..40u16 {
        table.add(&contact(100, 7, 1_000 + n, 200 + i64::from(n), Direction::ForeignIn));
        table.add(&contact(7, 200 + u128::from(n), 443, 90_000 + i64::from(n), Direction::OutForeign));
    }
    let host = table.table().get(&7).unwrap();
    assert_eq!((host.services.len(), host.upstreams.len()), (RELAY_SERVICES_MAX, RELAY_UPSTREAMS_MAX));
    assert!(host.upstreams.iter().any(|u| u.server == 9), "whom it calls near its calls stays");
}

#[test]
fn a_full_table_keeps_hosts_with_two_sides() {
    let mut table = relay(3);
    (0..9).for_each(|n| table.add(&contact(100, 500 + n, 80, 1_000, Direction::ForeignIn)));
    assert!(table.table().len() <= 8 && table.table().evicted() > 0);
    assert!(table.table().get(&7).is_some());
}
