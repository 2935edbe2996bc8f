//! How much of anything a request, a page or the table of waiting ceremonies may be.

/// Bytes of one request's body.
pub const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Requests handled at once; the next one is answered 429.
pub const REQUESTS_MAX: usize = 512;
/// Live streams (server-sent events) open at once.
pub const STREAMS_MAX: usize = 512;
/// Ceremonies that wait for their second step; the oldest gives way.
pub const CEREMONIES_MAX: usize = 10_000;
/// Seconds a ceremony waits for its second step.
pub const CEREMONY_SECONDS_MAX: i64 = 600;
/// Seconds without a request after which a session ends.
pub const SESSION_IDLE_SECONDS: i64 = 30 * 60;
/// Seconds after which a session ends whatever happens: one shift.
pub const SESSION_SECONDS_MAX: i64 = 12 * 3_600;
/// Days an enrolment link is good.
pub const ENROLMENT_DAYS_MAX: i64 = 3;
/// Days an API token is good at most.
pub const TOKEN_DAYS_MAX: i64 = 90;
/// Lines of the ledger on one page.
pub const LINES_PER_PAGE: usize = 50;
/// Characters of a complaint.
pub const COMPLAINT_CHARS_MAX: usize = 4_000;
/// Bytes of a header we read: cookies, tokens.
pub const HEADER_BYTES_MAX: usize = 4_096;
/// Identity providers in the configuration.
pub const ISSUERS_MAX: usize = 16;
