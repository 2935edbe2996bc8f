use super::*;
use crate::engine::EngineOptions;
use noroshi_flow::{BroadLimits, FlowColumns, FlowRecord, FlowSink, Outcome};
use noroshi_model::time::HOUR;
use noroshi_model::{Direction, Micros};

/// Twelve clients of one server abroad, once in each of three hours.
fn three_hours() -> Broad {
    let mut flows = FlowColumns::default();
    for hour in 0..3 {
        for client in 0..12u8 {
            let start = Micros(hour * HOUR + 1_000_000 * i64::from(client));
            flows.push(&FlowRecord {
                start,
                end: start,
                src: 0xffff_c000_0200 + u128::from(client),
                dst: 0xffff_cb00_7109,
                sport: 50_000,
                dport: 443,
                protocol: 6,
                packets: 3,
                bytes: 300,
                sampling: 1,
                outcome: Outcome::Answered,
                ..FlowRecord::default()
            });
            flows.direction.push(Direction::OutForeign);
        }
    }
    let mut broad = Broad::new(BroadLimits::default());
    broad.flows(&flows).unwrap();
    broad
}

#[test]
fn hours_kept_on_disk_say_what_those_in_memory_say() {
    let (broad, folder) = (three_hours(), tempfile::tempdir().unwrap());
    let engine = || Engine::local(EngineOptions::default()).unwrap();
    let held = features(&engine(), &broad).unwrap();
    assert_eq!(features::write_hours(folder.path(), &broad.servers, ..).unwrap(), 3);
    let later = engine();
    later.register_parquet("features", folder.path()).unwrap();
    let kept: Vec<ServerFeatures> = later.sql(SQL).unwrap().iter().flat_map(read).collect();
    assert_eq!((held.len(), held[0].hours, held[0].clients), (1, 3.0, 12.0));
    assert_eq!(format!("{kept:?}"), format!("{held:?}"));
}
