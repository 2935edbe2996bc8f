//! Sends the messages of an IPFIX file as datagrams, at an even pace.
//!
//! `udp_send FILE.ipfix ADDRESS DATAGRAMS-PER-SECOND`
#![allow(clippy::print_stdout, reason = "a benchmark program")]

mod bench_support;

use bench_support::{Failure, messages};
use std::net::UdpSocket;
use std::time::{Duration, Instant};

/// Shorter waits than this are not worth a system call.
const SLEEP_MIN: Duration = Duration::from_micros(100);

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, address, rate] = args.as_slice() else {
        return Err("usage: udp_send FILE.ipfix ADDRESS DATAGRAMS-PER-SECOND".into());
    };
    let (messages, rate) = (messages(file.as_ref())?, rate.parse::<u64>()?.max(1));
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(address)?;
    let began = Instant::now();
    for (number, message) in messages.iter().enumerate() {
        let due = Duration::from_nanos(number as u64 * 1_000_000_000 / rate);
        if let Some(early) = due.checked_sub(began.elapsed()).filter(|early| *early > SLEEP_MIN) {
            std::thread::sleep(early);
        }
        socket.send(message)?;
    }
    println!("datagrams {}\nseconds {:.3}", messages.len(), began.elapsed().as_secs_f64());
    Ok(())
}
