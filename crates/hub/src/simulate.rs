//! `noroshi simulate`: a nation to files, or over UDP.

use crate::cli::{Nation as Start, SimulateArgs};
use crate::exit::Exit;
use crate::progress::Bar;
use crate::tell;
use noroshi_simulate::{Nation, Plan};

pub(crate) fn run(args: &SimulateArgs, quiet: bool) -> anyhow::Result<Exit> {
    let nation = Nation::new(&plan(args))?;
    let bar = Bar::new(quiet);
    let said = if let Some(target) = args.udp {
        let mut progress = |records, at: noroshi_model::Micros| {
            bar.records(format!("sending, simulated time {at}"), records);
            true
        };
        let sent = noroshi_simulate::stream_udp(&nation, target, args.rate, args.records, &mut progress)?;
        format!("sent {} records in {} datagrams to {target}", sent.records, sent.datagrams)
    } else {
        let out = args.out.clone().unwrap_or_default();
        let mut progress =
            |records, at: noroshi_model::Micros| bar.records(format!("writing, simulated time {at}"), records);
        let written = noroshi_simulate::write_folder(&nation, &out, &mut progress)?;
        format!("wrote {} records into `{}`", written.records, out.display())
    };
    bar.done();
    if !quiet {
        tell(&said);
    }
    Ok(Exit::Done)
}

fn plan(args: &SimulateArgs) -> Plan {
    let start = match args.nation {
        Start::Demo => Plan::demo(),
        Start::Full => Plan::default(),
    };
    let plan = Plan {
        seed: args.seed,
        days: args.days.unwrap_or(start.days),
        hosts: args.hosts.unwrap_or(start.hosts),
        sampling: args.sampling.unwrap_or(start.sampling),
        biflow: args.biflow || start.biflow,
        ..start
    };
    if args.null { plan.innocent() } else { plan }
}
