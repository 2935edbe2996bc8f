//! What the commission's program holds, waits for and answers at most.

use std::time::Duration;

/// Bytes of a JSON or form body.
pub const BODY_BYTES_MAX: usize = 10 << 20;
/// Bytes of an `add-entries` body: what the ledger's client sends at most, with its last package.
pub const ENTRIES_BYTES_MAX: usize = 24 << 20;
/// Bytes of what a selection followed from, encrypted.
pub const INPUT_BYTES_MAX: usize = noroshi_select::limits::INPUT_BYTES_MAX + (1 << 20);
/// How long one request may take.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
/// Requests answered at the same time; more wait in the socket's queue.
pub const REQUESTS_MAX: usize = 64;
/// Lines of one file of records.
pub const RECORDS_MAX: usize = 1_000_000;
/// Bytes of one line of records.
pub const RECORD_BYTES_MAX: usize = 4 << 20;
/// Characters of a written text: reasons, findings, answers.
pub const TEXT_CHARS_MAX: usize = 16_000;
/// Conditions one decision may set.
pub const CONDITIONS_MAX: usize = 32;
/// Sessions at one time; the oldest goes.
pub const SESSIONS_MAX: usize = 32;
/// Seconds without use after which a session ends.
pub const SESSION_SECONDS_MAX: i64 = 30 * 60;
/// Failed sign-ins of one commissioner before the account waits.
pub const SIGN_IN_ATTEMPTS_MAX: u32 = 5;
/// Seconds it then waits.
pub const SIGN_IN_WAIT_SECONDS: i64 = 15 * 60;
/// Lines one sample draws.
pub const SAMPLE_MAX: u64 = 1_000;
/// Batches one call destroys.
pub const DESTROY_BATCHES_MAX: usize = 1_024;
/// Lines of the mirror judged before others get their turn.
pub const FEED_LINES: u64 = 16_384;
/// Connections open at one time; more wait in the socket's queue.
pub const CONNECTIONS_MAX: usize = 512;
/// How long a client may take to send the head of a request.
pub const HEADER_TIME_MAX: Duration = Duration::from_secs(10);
/// Bytes of the head of a request.
pub const HEADER_BYTES_MAX: usize = 64 * 1024;
/// How long open requests may go on when the program is told to stop.
pub const STOP_TIME_MAX: Duration = Duration::from_secs(10);
