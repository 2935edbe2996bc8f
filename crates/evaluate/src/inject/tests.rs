use super::schedule::schedule;
use super::*;

fn call(start_s: i64) -> FlowRecord {
    let start = Micros(start_s * 1_000_000);
    FlowRecord {
        start,
        end: Micros(start.0 + 400_000),
        dst: 9,
        dport: 80,
        packets: 5,
        bytes: 500,
        ..FlowRecord::default()
    }
}

#[test]
fn the_period_is_the_traces_times_the_factor_and_jitter_stays_inside() {
    let trace: Vec<FlowRecord> = (0..50).map(|n| call(n * 30)).collect();
    let laid = schedule(&trace, 4.0, 0.2, 1, (0, 86_400_000_000));
    assert!((laid.period_s - 120.0).abs() < 1e-9);
    let intervals: Vec<f64> = laid.records.windows(2).map(|w| (w[1].start.0 - w[0].start.0) as f64 / 1e6).collect();
    assert!(intervals.iter().all(|s| (95.9..144.1).contains(s)));
    assert!((680..760).contains(&laid.records.len()), "a day of two minutes: {}", laid.records.len());
    assert!(laid.records.iter().all(|r| r.end.0 - r.start.0 == 400_000 && r.bytes == 500));
}

#[test]
fn one_seed_is_one_schedule() {
    let trace: Vec<FlowRecord> = (0..5).map(|n| call(n * 30)).collect();
    let starts = |seed| schedule(&trace, 1.0, 0.5, seed, (0, 3_600_000_000)).records;
    assert_eq!(starts(1), starts(1));
    assert_ne!(starts(1), starts(2));
}

#[test]
fn calls_come_before_the_records_they_precede() {
    #[derive(Default)]
    struct Starts(Vec<i64>);
    impl FlowSink for Starts {
        fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
            self.0.extend(&batch.start_us);
            Ok(())
        }
    }
    let mut columns = FlowColumns::default();
    for n in 0..10 {
        columns.push(&call(n * 10));
        columns.direction.push(Direction::OutForeign);
    }
    let calls: Vec<FlowRecord> = (0..4).map(|n| call(n * 30 + 5)).collect();
    let (mut seen, labels) = (Starts::default(), Labels::default());
    let mut shown = ViewSink::new(&mut seen, View::ALL, &labels);
    let mut weave = Weave { calls: &calls, next: 0, sink: &mut shown };
    weave.flows(&columns).unwrap();
    weave.upto(Micros(i64::MAX)).unwrap();
    assert_eq!(seen.0.len(), 14);
    assert!(seen.0.is_sorted(), "{:?}", seen.0);
}
