//! What grows has a limit. A decision reads every set it is given, so sets are small; one that is
//! larger is refused, not cut.

/// Roles of one account: there are twelve.
pub const ROLES_MAX: usize = 12;
/// Acts one token names.
pub const SCOPES_MAX: usize = 39;
/// Analysts one mandate names.
pub const ANALYSTS_MAX: usize = 64;
/// Carriers one mandate names.
pub const CARRIERS_MAX: usize = 64;
/// People one report names.
pub const NAMED_MAX: usize = 64;
/// Organisations one report goes to.
pub const RECIPIENTS_MAX: usize = 512;
/// Organisations one collection is for, or takes from.
pub const AUDIENCE_MAX: usize = 512;
/// Compartments of one person, or of one object.
pub const COMPARTMENTS_MAX: usize = 32;
/// Countries one object is released to: there are some 250.
pub const COUNTRIES_MAX: usize = 256;
/// Days a token lasts at most.
pub const TOKEN_TERM_DAYS_MAX: i64 = 90;
/// Bytes of a finding's id: sixteen hex digits, with room for a longer hash.
pub const FINDING_ID_BYTES_MAX: usize = 64;
