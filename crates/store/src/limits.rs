//! How much of anything the store takes at once.

/// Bytes of one leaf: what the ledger takes, or it would wait here for ever.
pub const LEAF_BYTES_MAX: usize = noroshi_leaf::limits::LEAF_BYTES_MAX;
/// Bytes of one event.
pub const EVENT_BYTES_MAX: usize = 1_048_576;
/// Events of one record.
pub const EVENTS_MAX: usize = 64;
/// Jobs of one record.
pub const JOBS_MAX: usize = 256;
/// Bytes of one job.
pub const JOB_BYTES_MAX: usize = 1_048_576;
/// Bytes kept of a job's last error.
pub const JOB_ERROR_BYTES_MAX: usize = 2_048;
/// Rows of one page of anything.
pub const PAGE_MAX: u32 = 1_000;
/// Leaves that wait, read at once: a batch of the ledger.
pub const WAITING_PAGE_MAX: u32 = 4_096;
/// Leaves one caller appends at once.
pub const APPEND_MAX: usize = 4_096;
/// Leaves of one group commit.
pub const GROUP_LEAVES_MAX: usize = 4_096;
/// Callers that wait for a group commit; the next one waits for a place.
pub const GROUP_WAITING_MAX: usize = 8_192;
/// How often a transaction is tried before it is given up.
pub const TRIES_MAX: u32 = 24;
/// Connections that only read.
pub const READERS_MAX: u32 = 8;
/// Characters of a label, an issuer or a subject.
pub const LABEL_CHARS_MAX: usize = 512;
/// Bytes of a passkey, an assertion or a receipt.
pub const CREDENTIAL_BYTES_MAX: usize = 65_536;
/// Scopes of one token or certificate.
pub const SCOPES_MAX: usize = 64;
/// Passkeys of one person.
pub const PASSKEYS_MAX: usize = 16;
/// Certificates of one organisation's machines that are neither ended nor revoked.
pub const CERTIFICATES_MAX: usize = 256;
/// Live API tokens of one person.
pub const TOKENS_MAX: usize = 64;
/// Objects of shared intelligence given at once.
pub const INTEL_OBJECTS_MAX: usize = 10_000;
/// Different sets of markings on what one organisation gave.
pub const INTEL_LABELS_MAX: usize = 1_000;
/// Marking definitions of one organisation.
pub const INTEL_DEFINITIONS_MAX: usize = 1_000;
/// Rows of shared intelligence on one page.
pub const INTEL_PAGE_MAX: u32 = 10_000;
/// Bytes of a status: 10,000 objects, each with its id, version and reason.
pub const INTEL_STATUS_BYTES_MAX: usize = 8_388_608;
/// Words of one object that can be searched for.
pub const INTEL_WORDS_MAX: usize = noroshi_casework::share::limits::WORDS_MAX;
/// Things one object points at.
pub const INTEL_LINKS_MAX: usize = noroshi_casework::share::limits::LINKS_MAX;
/// Values by which one pattern is found.
pub const INTEL_VALUES_MAX: usize = noroshi_casework::share::limits::VALUES_MAX;
/// Rows of one page of what was found.
pub const INTEL_FOUND_MAX: u32 = 200;
/// Steps from an object in its graph.
pub const INTEL_DEPTH_MAX: u32 = 2;
/// Lines of one graph.
pub const INTEL_LINES_MAX: usize = 500;
/// Objects that were given before there was an index, read at once.
pub const INTEL_CATCH_UP_MAX: u32 = 500;
