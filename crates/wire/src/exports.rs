//! Files of flow exports, read to their end.

use crate::decoder::{ExportDecoder, Origin};
use crate::framing::{Frame, Frames, export_time};
use crate::{CaptureContext, WireError};
use noroshi_flow::damage::OffsetUnit;
use noroshi_model::Micros;
use std::io::Read;

/// Reads a stream of export messages (`.ipfix`, or datagrams end to end) into the intake, and
/// drains it into the sink as it fills. What waits in the intake at the end is drained too.
///
/// `exporter` stands for the sender, whose address a file does not have; `received` for the time
/// of datagrams that do not say when they were sent (sFlow).
///
/// # Errors
/// [`WireError`] when the stream cannot be read or the sink refuses.
pub fn read_exports(
    reader: impl Read,
    name: &str,
    (exporter, received): (u128, Micros),
    decoder: &mut ExportDecoder,
    context: &mut CaptureContext<'_>,
) -> Result<(), WireError> {
    let mut frames = Frames::new(reader);
    while let Some(frame) = frames.next()? {
        match frame {
            Frame::Message { offset, bytes } => {
                let at = Origin { input: name, offset, unit: OffsetUnit::Byte };
                let sent = export_time(bytes).unwrap_or(received);
                decoder.decode(exporter, bytes, sent, context.damage, &at);
                if decoder.is_worth_handing_over() {
                    decoder.hand_over(context.intake);
                    context.drain_when_full()?;
                }
            }
            Frame::Garbage { offset, length } => {
                let at = Origin { input: name, offset, unit: OffsetUnit::Byte };
                let reason = format!("{length} bytes are no NetFlow, IPFIX or sFlow message");
                context.damage.record("export framing", || at.note(reason));
            }
        }
    }
    decoder.hand_over(context.intake);
    context.intake.drain(context.sink)?;
    Ok(())
}
