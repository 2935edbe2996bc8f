//! Self-made findings of every kind, with addresses reserved for documentation, for the example and the tests.

use noroshi_flow::Balance;
use noroshi_flow::damage::{Damage, DamageNote, OffsetUnit};
use noroshi_mandate::DropReason;
use noroshi_model::finding::{
    Client, ClientsAt, Evidence, FalsePositives, Hop, Innocent, PeriodPower, RitaScore, Role,
};
use noroshi_model::time::{DAY, HOUR, SECOND};
use noroshi_model::{Confidence, Detector, Direction, Finding, Micros, Protocol, Severity};
use noroshi_report::{RunContext, TruthResult, TruthRow, TruthSummary};
use std::net::{IpAddr, Ipv4Addr};

/// 2026-11-20T00:00:00Z.
const START: i64 = 1_795_132_800 * SECOND;

/// A small generator, so that the sample is the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn evidence(rows: &[(&str, f64, &str, f64)]) -> Vec<Evidence> {
    let row = |&(name, value, unit, weight): &(&str, f64, &str, f64)| Evidence {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        weight,
    };
    rows.iter().map(row).collect()
}

fn pseudonym(n: usize) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(198, 18, (n / 250) as u8, (n % 250) as u8 + 1))
}

fn client(n: usize, period_s: f64, jitter: f64, from: i64, hours: i64, dice: &mut Dice) -> Client {
    let mut beats = Vec::new();
    let mut at = from as f64 + dice.roll() * period_s * 1e6;
    let asleep = (dice.roll() * hours as f64) as i64;
    while (at as i64) < from + hours * HOUR && beats.len() < 600 {
        if (at as i64 - from) / HOUR != asleep {
            beats.push(Micros(at as i64));
        }
        at += period_s * (1.0 + jitter * (2.0 * dice.roll() - 1.0)) * 1e6;
    }
    let flows = beats.len() as u64;
    Client {
        pseudonym: pseudonym(n),
        flows,
        bytes_out: flows * 412,
        bytes_in: flows * 268,
        first_seen: beats.first().copied().unwrap_or(Micros(from)),
        last_seen: beats.last().copied().unwrap_or(Micros(from)),
        beats,
    }
}

fn periodogram(period_s: f64, power: f64, dice: &mut Dice) -> Vec<PeriodPower> {
    let point = |n: usize, dice: &mut Dice| {
        let at = 10_f64 * 10_f64.powf(n as f64 / 300.0 * 3.9);
        let near = |period: f64, height: f64| height * (-((at / period).ln() * 28.0).powi(2)).exp();
        let noise = -dice.roll().max(1e-6).ln() * 1.4;
        let power = near(period_s, power) + near(period_s / 2.0, power / 4.0) + noise;
        // Rounded, so that the last digit of a logarithm is the same on every machine.
        PeriodPower { period_s: (at * 100.0).round() / 100.0, power: (power * 100.0).round() / 100.0 }
    };
    (0..300).map(|n| point(n, dice)).collect()
}

fn over_time(from: i64, hours: i64, clients: u64, dice: &mut Dice) -> Vec<ClientsAt> {
    let at = |hour: i64, dice: &mut Dice| ClientsAt {
        at: Micros(from + hour * HOUR),
        clients: (clients as f64 * (0.82 + 0.18 * dice.roll())) as u64,
    };
    (0..hours).map(|hour| at(hour, dice)).collect()
}

fn base(detector: Detector, severity: Severity, server: &str, port: u16) -> Finding {
    Finding {
        id: format!("{:016x}", u64::from(port).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ server.len() as u64),
        detector,
        severity,
        confidence: Confidence::from_probability(0.9),
        score: 0.9,
        server: server.parse().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        domestic: false,
        port,
        protocol: Protocol::TCP,
        direction: Direction::OutForeign,
        clients: 1,
        first_seen: Micros(START + HOUR),
        last_seen: Micros(START + DAY),
        country: None,
        evidence: Vec::new(),
        innocent: Vec::new(),
        false_positives: None,
        rita: None,
        client_list: Vec::new(),
        clients_over_time: Vec::new(),
        periodogram: Vec::new(),
        path: Vec::new(),
    }
}

fn c2(dice: &mut Dice) -> Finding {
    Finding {
        confidence: Confidence::from_probability(0.97),
        score: 0.983,
        clients: 1_284,
        last_seen: Micros(START + 3 * DAY),
        country: Some("NL".to_owned()),
        evidence: evidence(&[
            ("pooled-evidence", 38.4, "nats", 4.1),
            ("period", 300.0, "s", 3.2),
            ("client-regularity-share", 0.94, "ratio", 2.6),
            ("day-night-flatness", 0.91, "ratio", 1.4),
            ("size-regularity", 0.98, "ratio", 1.2),
            ("port-rarity", 0.004, "ratio", 0.9),
            ("upload-download-balance", 1.54, "ratio", 0.5),
            ("prevalence", 0.0007, "ratio", 0.4),
            ("first-seen-age", 216_000.0, "s", 0.3),
            ("session-length", 2.4, "s", -0.4),
            ("sibling-servers", 2.0, "count", -0.7),
            ("jitter", 0.12, "ratio", 0.0),
            ("sampling", 100.0, "count", 0.0),
        ]),
        innocent: vec![Innocent::Telemetry, Innocent::UpdateCheck, Innocent::PushChannel],
        false_positives: Some(FalsePositives { per_million_host_days: 2.7, measured_in: "docs/evaluation.md".into() }),
        rita: Some(RitaScore { score: 0.771, timestamp: 0.709, size: 0.98, histogram: 0.645, duration: 0.75 }),
        client_list: (0..31).map(|n| client(n, 300.0, 0.12, START + HOUR, 34, dice)).collect(),
        clients_over_time: over_time(START, 72, 1_284, dice),
        periodogram: periodogram(300.0, 41.0, dice),
        path: path(),
        ..base(Detector::C2Server, Severity::Critical, "203.0.113.7", 443)
    }
}

fn path() -> Vec<Hop> {
    let sure = Confidence::from_probability(0.88);
    let relays = ["192.0.2.14", "192.0.2.77"].map(|relay| relay.parse().unwrap_or(pseudonym(0)));
    let server = "203.0.113.7".parse().unwrap_or(pseudonym(0));
    let hop =
        |from, from_role, to, to_role, port, flows| Hop { from, from_role, to, to_role, port, flows, confidence: sure };
    let mut hops: Vec<_> =
        (0..7).map(|n| hop(pseudonym(n), Role::Bot, relays[n % 2], Role::Relay, 8_080, 90 + 40 * n as u64)).collect();
    hops.extend(relays.map(|relay| hop(relay, Role::Relay, server, Role::Server, 443, 4_200)));
    let controller = "2001:db8:7::1f".parse().unwrap_or(pseudonym(0));
    hops.push(hop(controller, Role::Controller, server, Role::Server, 22, 12));
    hops
}

fn beacon(dice: &mut Dice) -> Finding {
    Finding {
        confidence: Confidence::from_probability(0.86),
        score: 0.912,
        clients: 1,
        country: Some("SG".to_owned()),
        evidence: evidence(&[
            ("spectral-power", 18.2, "nats", 3.4),
            ("period", 27.2, "s", 2.1),
            ("beats", 2_871.0, "count", 0.8),
            ("port-rarity", 0.0002, "ratio", 0.7),
            ("active-hours", 1.0, "ratio", 0.5),
            ("persistence", 0.96, "ratio", 0.4),
            ("smoke-density", 0.3, "furlongs", 0.1),
            ("session-length", 95.0, "s", -0.6),
        ]),
        innocent: vec![Innocent::Monitoring, Innocent::Telemetry],
        false_positives: Some(FalsePositives { per_million_host_days: 8.1, measured_in: "docs/evaluation.md".into() }),
        rita: Some(RitaScore { score: 0.963, timestamp: 0.97, size: 0.99, histogram: 0.892, duration: 1.0 }),
        client_list: vec![client(40, 27.2, 0.05, START + HOUR, 23, dice)],
        periodogram: periodogram(27.2, 18.2, dice),
        ..base(Detector::Beacon, Severity::High, "2001:db8:51::c2", 8_443)
    }
}

fn others(dice: &mut Dice) -> Vec<Finding> {
    let relay = Finding {
        country: Some("US".to_owned()),
        clients: 46,
        score: 0.81,
        evidence: evidence(&[
            ("volume-conservation", 0.97, "ratio", 2.8),
            ("relay-lag", 0.42, "s", 1.9),
            ("tier-lift", 31.0, "ratio", 1.6),
        ]),
        innocent: vec![Innocent::ProxyService, Innocent::Vpn],
        path: path(),
        clients_over_time: over_time(START, 24, 46, dice),
        ..base(Detector::Relay, Severity::High, "192.0.2.14", 8_080)
    };
    let scan = Finding {
        country: Some("US".to_owned()),
        clients: 18_204,
        direction: Direction::ForeignIn,
        confidence: Confidence::from_probability(0.99),
        evidence: evidence(&[("unanswered-share", 0.992, "ratio", 4.0), ("scan-rate", 5_210.0, "per-hour", 2.0)]),
        innocent: vec![Innocent::ResearchScanner],
        clients_over_time: over_time(START, 24, 760, dice),
        ..base(Detector::Scan, Severity::Medium, "198.51.100.23", 23)
    };
    let flood = Finding {
        domestic: true,
        clients: 9_120,
        direction: Direction::ForeignIn,
        protocol: Protocol::UDP,
        evidence: evidence(&[
            ("packets-per-second", 812_000.0, "per-second", 3.1),
            ("amplification-share", 0.86, "ratio", 2.2),
        ]),
        innocent: vec![Innocent::FlashCrowd],
        clients_over_time: over_time(START, 6, 9_000, dice),
        ..base(Detector::DenialOfService, Severity::High, "198.18.9.80", 80)
    };
    let tunnel = Finding {
        country: Some("DE".to_owned()),
        clients: 3,
        protocol: Protocol::UDP,
        evidence: evidence(&[
            ("names-per-domain", 12_940.0, "count", 2.4),
            ("name-bytes", 811_000.0, "bytes", 1.7),
            ("txt-share", 0.71, "ratio", 1.1),
        ]),
        innocent: vec![Innocent::CacheNames],
        ..base(Detector::DnsTunnel, Severity::Medium, "203.0.113.99", 53)
    };
    let peers = Finding {
        domestic: true,
        clients: 212,
        port: 0,
        score: 0.41,
        confidence: Confidence::from_probability(0.4),
        evidence: evidence(&[("peers", 212.0, "count", 0.9), ("mutual-contacts", 0.32, "ratio", 0.6)]),
        innocent: vec![Innocent::FileSharing],
        ..base(Detector::PeerToPeer, Severity::Low, "198.18.44.5", 0)
    };
    let names = Finding {
        clients: 1,
        score: 0.22,
        country: Some("JP".to_owned()),
        evidence: evidence(&[("no-such-name-rate", 41.0, "per-hour", 0.4)]),
        innocent: vec![Innocent::CacheNames],
        ..base(Detector::GeneratedNames, Severity::Info, "203.0.113.53", 53)
    };
    vec![names, peers, scan, tunnel, flood, relay]
}

/// One finding of every kind, in no order.
pub(crate) fn findings() -> Vec<Finding> {
    let mut dice = Dice(7);
    let mut findings = others(&mut dice);
    findings.push(beacon(&mut dice));
    findings.push(c2(&mut dice));
    findings
}

/// A run over hostile input names, with damage and a ground truth.
pub(crate) fn context() -> RunContext {
    let mut balance = Balance::default();
    (balance.received, balance.aggregated_only, balance.selected) = (558_919, 249_120, 18_204);
    let out = [(DropReason::Domestic, 289_362), (DropReason::UnknownPlace, 1_873), (DropReason::Direction, 360)];
    for (reason, count) in out {
        (0..count).for_each(|_| balance.drop_one(reason));
    }
    let mut damage = Damage::default();
    damage.record("short", || DamageNote {
        input: "exports/<script>alert(1)</script>.ipfix".to_owned(),
        offset: 48_112,
        unit: OffsetUnit::Byte,
        reason: "set of 312 bytes, 120 left".to_owned(),
    });
    let row = |what: &str, result, by| TruthRow { what: what.to_owned(), result, by };
    RunContext {
        program_version: "0.1.0".to_owned(),
        mandate_id: "sample-2026-01".to_owned(),
        mandate_title: "Sample mandate / 見本".to_owned(),
        mandate_fingerprint: "b3:5f1c2a77e0d94c1b".to_owned(),
        inputs: vec!["exports/2026-11-20.ipfix.zst".to_owned(), "exports/<script>alert(1)</script>.ipfix".to_owned()],
        traffic_from: Some(Micros(START)),
        traffic_until: Some(Micros(START + 3 * DAY)),
        generated_at: Micros(START + 3 * DAY + 2 * HOUR),
        seed: 42,
        balance,
        damage,
        memory_peak_bytes: Some(412_000_000),
        truth: Some(TruthSummary {
            found: 2,
            missed: 1,
            wrong: 0,
            rows: vec![
                row("family A, 203.0.113.7:443", TruthResult::Found, Some(Detector::C2Server)),
                row("family B, [2001:db8:51::c2]:8443", TruthResult::Found, Some(Detector::Beacon)),
                row("family C, 203.0.113.200:53", TruthResult::Missed, None),
            ],
        }),
    }
}
