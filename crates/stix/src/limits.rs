//! How much of anything is read of what others send.

/// Bytes of one envelope or bundle.
pub const ENVELOPE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Objects of one envelope or bundle.
pub const OBJECTS_MAX: usize = 10_000;
/// Bytes of one object.
pub const OBJECT_BYTES_MAX: usize = 1024 * 1024;
/// How deep lists and objects lie in each other.
pub const DEPTH_MAX: usize = 64;
/// Values of one object, of any kind, at any depth.
pub const VALUES_MAX: usize = 50_000;
/// Markings of one object, granular ones counted.
pub const MARKINGS_MAX: usize = 64;
/// Bytes of an identifier: the longest type name and a UUID.
pub const ID_BYTES_MAX: usize = 250 + 2 + 36;
