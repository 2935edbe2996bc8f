//! Live exports over UDP: many datagrams a system call, and the kernel's own count of those it dropped.
//!
//! Several receivers may bind one address (`SO_REUSEPORT`), one a thread: the kernel spreads
//! exporters over them. Each call takes the first datagram with `recvmsg`, which carries the
//! kernel's drop counter (`SO_RXQ_OVFL`), and whatever else waits with `recvmmsg`. Nothing is
//! allocated per call.

mod buffers;
pub mod listen;

#[cfg(test)]
mod tests;

use crate::limits::{DATAGRAM_BATCH_MAX, DATAGRAM_BYTES_MAX};
use buffers::Buffers;
use nix::errno::Errno;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::time::Duration;

/// Bytes a link of 4 Gbit/s brings in a microsecond.
const FULL_SPEED_BYTES_PER_US: u64 = 500;

/// How to receive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverOptions {
    /// Bytes the kernel may hold for us. Past `net.core.rmem_max` this needs `CAP_NET_ADMIN`;
    /// without it the kernel gives what it allows, see [`UdpReceiver::receive_buffer_bytes`].
    pub receive_buffer_bytes: usize,
    /// Datagrams taken at once; 1 to [`DATAGRAM_BATCH_MAX`].
    pub batch: usize,
    /// Bytes of a datagram at most; a longer one is cut.
    pub datagram_bytes_max: usize,
    /// How long to let datagrams gather in the kernel after a call that found fewer than a batch:
    /// a busy exporter then costs one wake-up a batch and not one a datagram. Zero waits never;
    /// with a small receive buffer the wait is shorter, see [`UdpReceiver::gather`].
    pub gather: Duration,
}

impl Default for ReceiverOptions {
    fn default() -> Self {
        Self {
            receive_buffer_bytes: 64 << 20,
            batch: DATAGRAM_BATCH_MAX,
            datagram_bytes_max: DATAGRAM_BYTES_MAX,
            gather: Duration::from_millis(5),
        }
    }
}

/// Why datagrams cannot be received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The address cannot be listened on.
    #[error("cannot listen on {addr}: {source}")]
    Bind {
        /// The address.
        addr: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Receiving failed.
    #[error("cannot receive on {addr}: {source}")]
    Receive {
        /// The address.
        addr: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

/// A UDP socket for flow exports.
#[derive(Debug)]
pub struct UdpReceiver {
    socket: Socket,
    addr: SocketAddr,
    buffers: Buffers,
    control: Vec<u8>,
    timeout: Option<Duration>,
    drops: u64,
    drops_seen: u32,
    truncated: u64,
    gather: Duration,
    batch: usize,
    /// Datagrams of the call before.
    last: usize,
}

impl UdpReceiver {
    /// Listens on `addr`; port 0 takes a free one, see [`UdpReceiver::local_addr`].
    ///
    /// # Errors
    /// [`ReceiveError::Bind`] with the address and the system's reason.
    pub fn bind(addr: SocketAddr, options: &ReceiverOptions) -> Result<Self, ReceiveError> {
        let fail = |source: io::Error| ReceiveError::Bind { addr, source };
        let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP)).map_err(fail)?;
        socket.set_reuse_port(true).map_err(fail)?;
        // Past the system's limit only with a privilege; without it the plain request is cut to the limit.
        if setsockopt(&socket, sockopt::RcvBufForce, &options.receive_buffer_bytes).is_err() {
            socket.set_recv_buffer_size(options.receive_buffer_bytes).map_err(fail)?;
        }
        setsockopt(&socket, sockopt::RxqOvfl, &1).map_err(|errno| fail(errno.into()))?;
        socket.bind(&addr.into()).map_err(fail)?;
        let addr = socket.local_addr().map_err(fail)?.as_socket().unwrap_or(addr);
        let fills_in = Duration::from_micros(socket.recv_buffer_size().unwrap_or(0) as u64 / FULL_SPEED_BYTES_PER_US);
        Ok(Self {
            socket,
            addr,
            buffers: Buffers::new(options.batch, options.datagram_bytes_max),
            control: nix::cmsg_space!(u32),
            timeout: None,
            drops: 0,
            drops_seen: 0,
            truncated: 0,
            gather: options.gather.min(fills_in),
            batch: options.batch.clamp(1, DATAGRAM_BATCH_MAX),
            last: 0,
        })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    /// Bytes the kernel really holds for us (it doubles what was asked, for its own bookkeeping).
    pub fn receive_buffer_bytes(&self) -> usize {
        self.socket.recv_buffer_size().unwrap_or(0)
    }

    /// How long datagrams really gather: never longer than a link at full speed needs to fill the
    /// buffer the kernel gave.
    pub fn gather(&self) -> Duration {
        self.gather
    }

    /// Datagrams the kernel dropped because we were too slow, since the bind. Known as of the
    /// last datagram received.
    pub fn kernel_drops(&self) -> u64 {
        self.drops
    }

    /// Datagrams longer than `datagram_bytes_max`, handed on cut.
    pub fn truncated(&self) -> u64 {
        self.truncated
    }

    /// Waits up to `timeout` for a datagram, then hands on it and all that wait, one batch at
    /// most. Returns how many; 0 when none came in time or a signal came first.
    ///
    /// # Errors
    /// [`ReceiveError::Receive`] with the system's reason.
    pub fn receive(
        &mut self,
        timeout: Duration,
        take: &mut dyn FnMut(SocketAddr, &[u8]),
    ) -> Result<usize, ReceiveError> {
        if !self.gather.is_zero() && (1..self.batch).contains(&self.last) {
            std::thread::sleep(self.gather.min(timeout));
        }
        self.wait_at_most(timeout)?;
        self.last = 0;
        if self.first(take)? {
            self.last = 1 + self.rest(take)?;
        }
        Ok(self.last)
    }

    fn rest(&mut self, take: &mut dyn FnMut(SocketAddr, &[u8])) -> Result<usize, ReceiveError> {
        match self.buffers.rest(self.socket.as_raw_fd(), take) {
            Ok((received, truncated)) => {
                self.truncated += truncated;
                Ok(received)
            }
            Err(errno) if is_nothing(errno) => Ok(0),
            Err(errno) => Err(self.failed(errno)),
        }
    }

    /// The socket's own timeout costs no system call as long as it stays the same.
    fn wait_at_most(&mut self, timeout: Duration) -> Result<(), ReceiveError> {
        // Zero would mean to wait for ever.
        let timeout = timeout.max(Duration::from_millis(1));
        if self.timeout != Some(timeout) {
            let set = self.socket.set_read_timeout(Some(timeout));
            set.map_err(|source| ReceiveError::Receive { addr: self.addr, source })?;
            self.timeout = Some(timeout);
        }
        Ok(())
    }

    fn first(&mut self, take: &mut dyn FnMut(SocketAddr, &[u8])) -> Result<bool, ReceiveError> {
        let fd = self.socket.as_raw_fd();
        let buffer = self.buffers.first();
        let mut slices = [IoSliceMut::new(buffer)];
        let control = Some(self.control.as_mut_slice());
        let received = match recvmsg::<SockaddrStorage>(fd, &mut slices, control, MsgFlags::empty()) {
            Ok(received) => received,
            Err(errno) if is_nothing(errno) => return Ok(false),
            Err(errno) => return Err(self.failed(errno)),
        };
        let dropped = received.cmsgs().ok().and_then(|mut all| {
            all.find_map(|message| match message {
                ControlMessageOwned::RxqOvfl(count) => Some(count),
                _ => None,
            })
        });
        let (bytes, cut) = (received.bytes, received.flags.contains(MsgFlags::MSG_TRUNC));
        let exporter = received.address.as_ref().and_then(buffers::exporter);
        self.truncated += u64::from(cut);
        if let Some(count) = dropped {
            // The kernel counts in 32 bits, which a busy exporter wraps.
            self.drops += u64::from(count.wrapping_sub(self.drops_seen));
            self.drops_seen = count;
        }
        if let (Some(exporter), Some(datagram)) = (exporter, self.buffers.first().get(..bytes)) {
            take(exporter, datagram);
        }
        Ok(true)
    }

    fn failed(&self, errno: Errno) -> ReceiveError {
        ReceiveError::Receive { addr: self.addr, source: errno.into() }
    }
}

/// Nothing there, or interrupted; a refused port is an answer to something else.
fn is_nothing(errno: Errno) -> bool {
    matches!(errno, Errno::EAGAIN | Errno::EINTR | Errno::ECONNREFUSED)
}
