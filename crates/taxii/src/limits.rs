//! How much is taken of what a stranger answers, and how long it is waited for.

/// Limits of a client. [`Limits::default`] drains the largest public collections with room to spare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// What the strict reader takes: bytes of an envelope, objects, depth.
    pub stix: noroshi_stix::Limits,
    /// Bytes of one answer as it comes over the network.
    pub answer_bytes_max: u64,
    /// Bytes of one answer once unpacked.
    pub unpacked_bytes_max: u64,
    /// Redirects followed for one request, all within its origin.
    pub redirects_max: u32,
    /// Seconds to find and reach a server.
    pub connect_seconds_max: u64,
    /// Seconds without a single byte.
    pub silence_seconds_max: u64,
    /// Seconds of one request with its answer.
    pub exchange_seconds_max: u64,
    /// Times one request is made, the first one counted.
    pub tries_max: u32,
    /// First wait between tries, milliseconds; it doubles from try to try.
    pub wait_first_millis: u64,
    /// Longest wait between tries, milliseconds.
    pub wait_millis_max: u64,
    /// Longest wait a server may ask for (`Retry-After`), seconds; asked for more, the client gives up and says so.
    pub retry_after_seconds_max: u64,
    /// Pages of one pull.
    pub pages_max: u64,
    /// Objects asked for on one page, where a crowded instant needs more than usual.
    pub page_objects_max: u64,
    /// Bytes of the `next` of a page.
    pub next_bytes_max: usize,
    /// Pages without an object in a row.
    pub empty_pages_max: u32,
    /// Times one pull goes back to the last date without an object gained.
    pub restarts_max: u32,
    /// Objects a pull remembers to find a loop, twice this many at most.
    pub seen_max: usize,
    /// Objects of the last instant named in a state file. Of more, the first are forgotten, and come again.
    pub recent_max: usize,
    /// Bytes of a state file.
    pub state_bytes_max: u64,
    /// Bytes of one batch to push, whatever more the server takes.
    pub batch_bytes_max: u64,
    /// Objects of one batch to push.
    pub batch_objects_max: usize,
    /// Times a status is asked for before a push is left for another run.
    pub polls_max: u32,
    /// Objects a server refuses one by one, none taken between them, before a push ends.
    pub refused_in_a_row_max: u32,
    /// Bytes of a journal.
    pub journal_bytes_max: u64,
    /// Objects a file of lines has.
    pub lines_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            stix: noroshi_stix::Limits::default(),
            answer_bytes_max: 64 << 20,
            unpacked_bytes_max: 64 << 20,
            redirects_max: 5,
            connect_seconds_max: 20,
            silence_seconds_max: 60,
            exchange_seconds_max: 900,
            tries_max: 6,
            wait_first_millis: 1_000,
            wait_millis_max: 60_000,
            retry_after_seconds_max: 3_600,
            pages_max: 1_000_000,
            page_objects_max: 50_000,
            next_bytes_max: 8 << 10,
            empty_pages_max: 8,
            restarts_max: 6,
            seen_max: 2_000_000,
            recent_max: 100_000,
            state_bytes_max: 64 << 20,
            batch_bytes_max: 8 << 20,
            batch_objects_max: 500,
            polls_max: 240,
            refused_in_a_row_max: 20,
            journal_bytes_max: 1 << 30,
            lines_max: 20_000_000,
        }
    }
}
