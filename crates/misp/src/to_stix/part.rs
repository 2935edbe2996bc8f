//! Where one value of MISP stands in STIX: the words the tables are written in.
//!
//! A [`Part`] says it once for both ways and for both places: the property of an observable, and the path a pattern
//! compares. An attribute type has one part for each piece of its value, a template one for each role.

/// Where a value stands, how it is written, and the path a pattern names it by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) at: At,
    pub(crate) form: Form,
    /// With the type before the colon; empty where patterns do not name it.
    pub(crate) path: &'static str,
}

/// The place in the main object, or in one it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum At {
    /// A property.
    Property(&'static str),
    /// A key in dictionaries inside each other.
    Within(&'static [&'static str]),
    /// `hashes`, under this name.
    Hash(&'static str),
    /// An element of a list of texts.
    Element(&'static str),
    /// A key of the only record in a list.
    Record(&'static str, &'static str),
    /// A property of an object of its own that the main one refers to.
    Other { link: &'static str, many: bool, of: Of, property: &'static str },
    /// The name of a file that is a part of a message.
    Attachment,
    /// An element of `protocols`, in lower case.
    Protocol,
    /// `x_misp_` and the role.
    Custom,
    /// An external reference with an identifier: its source, and what stands before the number.
    External(&'static str, &'static str),
    /// An external reference with an identifier that is the name, too.
    NameAndExternal(&'static str),
    /// An external reference with an address.
    Url,
    /// A line of `contact_information`.
    Contact,
    /// A property that always says the same; it takes no value.
    Fixed(&'static str, &'static str),
}

/// The type of an object that is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Of {
    /// `ipv4-addr` or `ipv6-addr`, as the value is.
    Address,
    /// This one.
    Kind(&'static str),
}

/// How the value is written in STIX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    /// A whole number in decimal digits.
    Number,
    /// A number after `AS`.
    AutonomousSystem,
    Float,
    Time,
    Flag,
}

/// A text property.
pub(crate) const fn text(path: &'static str, property: &'static str) -> Part {
    Part { at: At::Property(property), form: Form::Text, path }
}

/// A property written otherwise.
pub(crate) const fn formed(path: &'static str, property: &'static str, form: Form) -> Part {
    Part { at: At::Property(property), form, path }
}

/// A hash.
pub(crate) const fn hash(path: &'static str, name: &'static str) -> Part {
    Part { at: At::Hash(name), form: Form::Text, path }
}

/// A key in dictionaries.
pub(crate) const fn within(path: &'static str, keys: &'static [&'static str]) -> Part {
    Part { at: At::Within(keys), form: Form::Text, path }
}

/// One object referred to.
pub(crate) const fn other(path: &'static str, link: &'static str, of: Of, property: &'static str) -> Part {
    Part { at: At::Other { link, many: false, of, property }, form: Form::Text, path }
}

/// Objects referred to.
pub(crate) const fn others(path: &'static str, link: &'static str, of: Of, property: &'static str) -> Part {
    Part { at: At::Other { link, many: true, of, property }, form: Form::Text, path }
}

/// Any other place.
pub(crate) const fn at(path: &'static str, at: At) -> Part {
    Part { at, form: Form::Text, path }
}

/// A property that always says the same.
pub(crate) const fn fixed(path: &'static str, property: &'static str, says: &'static str) -> Part {
    Part { at: At::Fixed(property, says), form: Form::Text, path }
}

/// What has no property: its path is made from the role.
pub(crate) const fn custom() -> Part {
    Part { at: At::Custom, form: Form::Text, path: "" }
}

/// The reference spells a few paths in ways that match nothing; ours and theirs.
const SPELLINGS: [(&str, &str); 8] = [
    ("email-message:additional_header_fields.'Reply-To'", "email-message:additional_header_fields.reply_to"),
    ("email-message:additional_header_fields.'X-Mailer'", "email-message:additional_header_fields.x_mailer"),
    ("email-message:received_lines[*]", "email-message:received_lines"),
    ("windows-registry-key:values[*].data", "windows-registry-key:values.data"),
    ("windows-registry-key:values[*].data_type", "windows-registry-key:values.data_type"),
    ("windows-registry-key:values[*].name", "windows-registry-key:values.name"),
    ("email-message:to_refs[*].value", "email-message:to_refs[0].value"),
    ("email-message:body_multipart[*].body_raw_ref.name", "email-message:body_multipart[0].body_raw_ref.name"),
];

/// The path as the reference writes it. Those of the last two rows it writes in objects alone, with a count.
pub(crate) fn as_reference(ours: &'static str) -> &'static str {
    SPELLINGS.iter().take(6).find(|(own, _)| *own == ours).map_or(ours, |(_, theirs)| theirs)
}

/// The path as we write it, of one that came. Positions in a list are any position.
pub(crate) fn as_ours(path: &str) -> String {
    if let Some((ours, _)) = SPELLINGS.iter().find(|(_, theirs)| *theirs == path) {
        return (*ours).to_owned();
    }
    let mut ours = String::with_capacity(path.len());
    for (at, piece) in path.split('[').enumerate() {
        match piece.split_once(']') {
            Some((index, rest)) if at > 0 && index.bytes().all(|byte| byte.is_ascii_digit()) => {
                ours.push_str("[*]");
                ours.push_str(rest);
            }
            _ if at > 0 => {
                ours.push('[');
                ours.push_str(piece);
            }
            _ => ours.push_str(piece),
        }
    }
    ours
}
