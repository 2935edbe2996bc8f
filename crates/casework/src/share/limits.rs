//! How long what people write about a collection may be, and how much is taken at once.

use noroshi_stix::Limits;

/// Characters of a title.
pub const TITLE_CHARS_MAX: usize = 200;
/// Characters of a description.
pub const DESCRIPTION_CHARS_MAX: usize = 4_000;
/// Organisations that read a collection, or give to it.
pub const ORGANISATIONS_MAX: usize = 512;
/// Collections of one hub.
pub const COLLECTIONS_MAX: usize = 1_000;
/// Bytes of one envelope that is given.
pub const ENVELOPE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Objects of one envelope that is given.
pub const OBJECTS_MAX: usize = 10_000;
/// Bytes of one object that is given.
pub const OBJECT_BYTES_MAX: usize = 1024 * 1024;
/// Markings of one object, those of parts counted.
pub const MARKINGS_MAX: usize = 64;

/// What is read of an envelope that is given.
pub fn reading() -> Limits {
    Limits {
        envelope_bytes_max: ENVELOPE_BYTES_MAX,
        objects_max: OBJECTS_MAX,
        object_bytes_max: OBJECT_BYTES_MAX,
        ..Limits::default()
    }
}
/// Words of one object that can be searched for; those after them in its text cannot.
pub const WORDS_MAX: usize = 2_000;
/// Characters of one word; longer ones are told apart by their beginning.
pub const WORD_CHARS_MAX: usize = 128;
/// Words of one question.
pub const TERMS_MAX: usize = 32;
/// Characters of one question.
pub const QUESTION_CHARS_MAX: usize = 300;
/// Things one object points at that can be followed.
pub const LINKS_MAX: usize = 1_000;
/// Values of one pattern by which it is found; one with more is looked at for every question.
pub const VALUES_MAX: usize = 1_000;
/// Characters of a name, and of a property, in lists.
pub const NAME_CHARS_MAX: usize = 200;
