use super::*;

/// A server whose clients had so many contacts each.
fn server(contacts: &[f64]) -> ServerContext {
    let sum = contacts.iter().sum();
    let squares = contacts.iter().map(|c| c * c).sum();
    ServerContext { clients: contacts.len() as u64, contacts: (sum, squares), ..ServerContext::default() }
}

#[test]
fn a_fleet_computers_and_a_service_are_told_apart() {
    // Chance counts around 17 for devices; half of them halved for computers; everything for a service.
    let device = [17.0, 13.0, 21.0, 16.0, 18.0, 12.0, 22.0, 17.0, 15.0, 19.0, 20.0, 14.0, 17.0, 16.0, 18.0, 21.0];
    let mixed: Vec<f64> = device.iter().enumerate().map(|(n, c)| if n % 2 == 0 { *c } else { c * 0.4 }).collect();
    let many: Vec<f64> = device.iter().enumerate().map(|(n, c)| if n % 8 == 0 { c * 16.0 } else { c * 0.3 }).collect();
    let weight = |contacts: &[f64]| Kinds::of(&server(contacts)).weight();
    assert!(weight(&device) < -1.0, "{}", weight(&device));
    assert!(weight(&mixed) > 1.0, "{}", weight(&mixed));
    assert!(weight(&many) < -1.0, "{}", weight(&many));
}

#[test]
fn clients_that_come_and_go_are_no_growth() {
    let turnover = |came, left| Turnover { came, left, chance: 0.5, of: 40.0 };
    assert!(growth(&turnover(6.0, 0.0)) > 2.0);
    assert_eq!(growth(&turnover(6.0, 6.0)), 0.0);
    assert_eq!(growth(&Turnover::default()), 0.0);
}

#[test]
fn few_contacts_are_not_taken_for_a_night() {
    let row = |contacts, flatness| ServerFeatures {
        id: (1, 443, 6),
        hours: 72.0,
        hours_span: 72.0,
        contacts,
        packets_seen: contacts,
        packets: contacts,
        bytes: (0.0, 0.0),
        clients: 30.0,
        networks: 3.0,
        fano: 1.0,
        flatness,
        unanswered: 0.0,
    };
    assert!(row(100.0, 0.66).flat() > 0.95);
    assert!(row(10_000.0, 0.66).flat() < 0.72);
}

#[test]
fn streams_show_several_packets_in_a_record_and_calls_for_orders_do_not() {
    assert_eq!(long(1.03, 1_000), 0.0);
    assert!(long(3.0, 1_000) < -2.0 && long(1e6, 1_000) >= -5.0);
    // At one in ten a call shows several packets too.
    assert_eq!(long(4.0, 10), 0.0);
    assert!(long(60.0, 10) < -2.0);
}
