//! CPU time a datagram on loopback: 200,000 datagrams of 1,388 bytes, as 18 flow records fill them.
//!
//! `cargo run --release -p noroshi-ingest --example udp_bench [datagrams-per-second]`. The
//! sender runs in a thread of its own; only the receiving thread's time is counted (getrusage).

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use noroshi_ingest::{ReceiverOptions, UdpReceiver};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

const DATAGRAMS: u64 = 200_000;
const BYTES: usize = 1_388;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rate: u64 = std::env::args().nth(1).map_or(Ok(60_000), |text| text.parse())?;
    let mut receiver = UdpReceiver::bind("127.0.0.1:0".parse()?, &ReceiverOptions::default())?;
    let to = receiver.local_addr();
    let sender = std::thread::spawn(move || send(to, rate));
    let before = getrusage(UsageWho::RUSAGE_THREAD)?;
    let (mut datagrams, mut bytes, mut calls) = (0u64, 0u64, 0u64);
    loop {
        let got = receiver.receive(Duration::from_millis(500), &mut |_, datagram| {
            datagrams += 1;
            bytes += datagram.len() as u64;
        })?;
        calls += 1;
        if got == 0 && sender.is_finished() {
            break;
        }
    }
    let after = getrusage(UsageWho::RUSAGE_THREAD)?;
    let micros = |a: nix::sys::time::TimeVal, b: nix::sys::time::TimeVal| (a - b).num_microseconds() as f64;
    let user = micros(after.user_time(), before.user_time());
    let system = micros(after.system_time(), before.system_time());
    #[expect(clippy::print_stdout, reason = "what the example is for")]
    {
        println!(
            "{datagrams} of {DATAGRAMS} datagrams, {bytes} bytes, {} dropped by the kernel, {:.1} a call",
            receiver.kernel_drops(),
            datagrams as f64 / calls as f64
        );
        println!(
            "{:.2} us CPU a datagram (user {:.2}, system {:.2}); receive buffer {} bytes",
            (user + system) / datagrams.max(1) as f64,
            user / datagrams.max(1) as f64,
            system / datagrams.max(1) as f64,
            receiver.receive_buffer_bytes()
        );
    }
    match sender.join() {
        Ok(result) => Ok(result?),
        Err(_) => Err("the sender failed".into()),
    }
}

fn send(to: SocketAddr, rate: u64) -> std::io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(to)?;
    let datagram = [7u8; BYTES];
    let began = Instant::now();
    for number in 0..DATAGRAMS {
        let due = Duration::from_nanos(number * 1_000_000_000 / rate.max(1));
        if let Some(early) = due.checked_sub(began.elapsed()).filter(|early| *early > Duration::from_micros(200)) {
            std::thread::sleep(early);
        }
        socket.send(&datagram)?;
    }
    Ok(())
}
