//! What the benchmark programs share: a mandate, the messages of an IPFIX file, processor time.
#![allow(dead_code, reason = "each program uses its share")]

use noroshi_mandate::Mandate;
use std::path::Path;

/// What benchmark programs fail with.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The mandate in a file.
pub(crate) fn mandate(path: &str) -> Result<Mandate, Failure> {
    Ok(Mandate::parse(&std::fs::read_to_string(path)?, path)?)
}

/// The messages of an IPFIX file (RFC 5655): each says its length in octets 2 and 3.
pub(crate) fn messages(path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let bytes = std::fs::read(path)?;
    let mut messages = Vec::new();
    let mut rest = bytes.as_slice();
    while let [_, _, high, low, ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (message, after) = rest.split_at_checked(length.max(4)).ok_or("the file ends within a message")?;
        messages.push(message.to_vec());
        rest = after;
    }
    Ok(messages)
}

/// Seconds this process has run on processors, all threads, user and system, in ticks of 1/100 s.
pub(crate) fn cpu_seconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |slot: usize| after_name.split_whitespace().nth(slot).and_then(|text| text.parse::<f64>().ok());
    ticks(11).zip(ticks(12)).map(|(user, system)| (user + system) / 100.0).ok_or_else(|| "no processor times".into())
}

/// The most memory this process has held, MiB.
pub(crate) fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}
