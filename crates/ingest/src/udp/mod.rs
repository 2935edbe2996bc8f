//! Live UDP exports.

/// A receiver.
#[derive(Debug)]
pub struct UdpReceiver {}
/// Options.
#[derive(Debug)]
pub struct ReceiverOptions {}
