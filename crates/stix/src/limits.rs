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
    /// How deep lists and objects may lie in each other; the object itself is 1.
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
}

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
        }
    }
}
