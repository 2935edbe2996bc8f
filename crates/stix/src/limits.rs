//! How much is read of what a stranger sends. Everything that grows has a limit, and each can be set.

/// Limits on input. [`Limits::default`] takes the largest public collections (MITRE ATT&CK) with room to spare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one envelope or bundle.
    pub envelope_bytes_max: usize,
    /// Objects in one envelope or bundle.
    pub objects_max: usize,
    /// Bytes of one object as it came.
    pub object_bytes_max: usize,
    /// How deep lists and objects may lie in each other; the object itself is 1. More than [`DEPTH_CEILING`] counts
    /// as that.
    pub depth_max: usize,
    /// Values and names in one object, all levels together. A value takes 16 bytes of memory beside its text.
    pub nodes_max: usize,
    /// Properties of one object or dictionary.
    pub properties_max: usize,
    /// Bytes of one text as written, quotes not counted.
    pub text_bytes_max: usize,
    /// Bytes of one property name as written. The standard asks for 250 characters at most (section 3.1).
    pub name_bytes_max: usize,
    /// Bytes of one number as written.
    pub number_bytes_max: usize,
    /// Selectors of all granular markings of one object together.
    pub selectors_max: usize,
    /// Bytes of one pattern.
    pub pattern_bytes_max: usize,
    /// Observations a pattern is matched against at once.
    pub observations_max: usize,
    /// Steps of one search for a match. Where they do not suffice the search says so; it does not say "no".
    pub match_steps_max: u64,
    /// Bytes of the query of a TAXII request.
    pub query_bytes_max: usize,
    /// Values of one filter of a TAXII request.
    pub filter_values_max: usize,
    /// Bytes a compiled regular expression may take.
    pub regex_bytes_max: usize,
}

/// How deep an object may be whatever is set: what reads a parsed object recurses, and other readers of JSON give up at
/// 128 levels.
pub const DEPTH_CEILING: usize = 120;

impl Default for Limits {
    fn default() -> Self {
        Self {
            envelope_bytes_max: 64 << 20,
            objects_max: 100_000,
            object_bytes_max: 8 << 20,
            depth_max: 64,
            nodes_max: 400_000,
            properties_max: 4_096,
            text_bytes_max: 4 << 20,
            name_bytes_max: 250,
            number_bytes_max: 64,
            selectors_max: 256,
            pattern_bytes_max: 64 << 10,
            observations_max: 10_000,
            match_steps_max: 2_000_000,
            query_bytes_max: 16 << 10,
            filter_values_max: 200,
            regex_bytes_max: 1 << 20,
        }
    }
}
