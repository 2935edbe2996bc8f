//! Memory for one batch of datagrams, allocated once.

use crate::limits::{DATAGRAM_BATCH_MAX, DATAGRAM_BYTES_MAX};
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg};
use std::fmt;
use std::io::IoSliceMut;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::RawFd;

/// Bytes of a cache line.
const LINE_BYTES: usize = 64;
/// Bytes between buffers: about a datagram as networks carry it. Buffers of 64 KiB side by side
/// would all begin in the same sets of the cache and push each other out of it.
const APART_BYTES: usize = 23 * LINE_BYTES;

/// One buffer for the first datagram of a call, and one each for the rest.
pub(super) struct Buffers {
    first: Box<[u8]>,
    rest: Box<[u8]>,
    bytes_each: usize,
    stride: usize,
    headers: MultiHeaders<SockaddrStorage>,
}

impl fmt::Debug for Buffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buffers({} of {} bytes)", 1 + self.rest.len() / self.stride, self.bytes_each)
    }
}

impl Buffers {
    pub(super) fn new(batch: usize, bytes_each: usize) -> Self {
        let rest = batch.clamp(1, DATAGRAM_BATCH_MAX) - 1;
        let bytes_each = bytes_each.clamp(1, DATAGRAM_BYTES_MAX);
        let stride = bytes_each.next_multiple_of(LINE_BYTES) + APART_BYTES;
        Self {
            first: vec![0; bytes_each].into(),
            rest: vec![0; rest * stride].into(),
            bytes_each,
            stride,
            headers: MultiHeaders::preallocate(rest, None),
        }
    }

    pub(super) fn first(&mut self) -> &mut [u8] {
        &mut self.first
    }

    /// Takes what waits, without waiting. Returns how many datagrams, and how many were cut.
    pub(super) fn rest(&mut self, fd: RawFd, take: &mut dyn FnMut(SocketAddr, &[u8])) -> nix::Result<(usize, u64)> {
        if self.rest.is_empty() {
            return Ok((0, 0));
        }
        let mut chunks = self.rest.chunks_exact_mut(self.stride).filter_map(|chunk| chunk.get_mut(..self.bytes_each));
        // On the stack: the slices borrow the buffers, so they cannot be kept between calls.
        let mut slices: [[IoSliceMut<'_>; 1]; DATAGRAM_BATCH_MAX] =
            std::array::from_fn(|_| [IoSliceMut::new(chunks.next().unwrap_or_default())]);
        let received = recvmmsg(fd, &mut self.headers, slices.iter_mut(), MsgFlags::MSG_DONTWAIT, None)?;
        let (mut count, mut truncated) = (0, 0);
        for message in received {
            count += 1;
            truncated += u64::from(message.flags.contains(MsgFlags::MSG_TRUNC));
            if let (Some(exporter), Some(datagram)) =
                (message.address.as_ref().and_then(exporter), message.iovs().next())
            {
                take(exporter, datagram);
            }
        }
        Ok((count, truncated))
    }
}

/// The sender. One that came mapped over a socket for both versions is IPv4 (RFC 4291 §2.5.5.2).
pub(super) fn exporter(address: &SockaddrStorage) -> Option<SocketAddr> {
    if let Some(v4) = address.as_sockaddr_in() {
        return Some(SocketAddr::new(IpAddr::V4(v4.ip()), v4.port()));
    }
    let v6 = address.as_sockaddr_in6()?;
    Some(SocketAddr::new(v6.ip().to_canonical(), v6.port()))
}
