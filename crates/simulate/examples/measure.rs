//! How fast a plan generates: `measure demo|default|null SAMPLING [HOSTS] [DAYS]`.

#![expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]

use noroshi_model::Direction;
use noroshi_simulate::{Nation, Plan};
use std::time::Instant;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number = |n: usize| args.get(n).and_then(|text| text.parse::<u32>().ok());
    let mut plan = match args.get(1).map(String::as_str) {
        Some("demo") => Plan::demo(),
        Some("null") => Plan::null(),
        _ => Plan::default(),
    };
    plan.sampling = number(2).unwrap_or(plan.sampling);
    plan.hosts = number(3).unwrap_or(plan.hosts);
    plan.days = number(4).unwrap_or(plan.days);
    let begun = Instant::now();
    let nation = match Nation::new(&plan) {
        Ok(nation) => nation,
        Err(error) => return println!("{error}"),
    };
    println!("set up in {:.2} s", begun.elapsed().as_secs_f64());
    let inside = |a: u128| (a >> 24) == 0x00ff_ff0a || (a >> 95) == (0x2001_0db8u128 << 96 >> 95);
    let (mut records, mut packets, mut ways) = (0u64, 0u64, [0u64; 4]);
    for record in nation.records() {
        records += 1;
        packets += record.packets + record.rev_packets;
        let way = match (inside(record.src), inside(record.dst)) {
            (false, false) => Direction::ForeignForeign,
            (false, true) => Direction::ForeignIn,
            (true, false) => Direction::OutForeign,
            (true, true) => Direction::Domestic,
        };
        ways[way as usize] += 1;
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{records} records, {packets} packets in {seconds:.1} s: {:.2} M records/s",
        records as f64 / seconds / 1e6
    );
    println!("foreign-foreign, foreign-in, out-foreign, domestic: {ways:?}");
}
