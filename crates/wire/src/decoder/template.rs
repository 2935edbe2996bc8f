//! Template records as they arrive, bounded and checked, before they are compiled.

use super::read::Reader;
use crate::element::REVERSE_PEN;

/// The field length that announces a variable-length field (RFC 7011 §7).
pub(crate) const VARIABLE: u16 = 65_535;

/// Which registry an element number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Registry {
    /// IANA, forward direction.
    Iana,
    /// IANA, reverse direction of a biflow (RFC 5103).
    Reverse,
    /// A vendor's, or a NetFlow v9 scope; we read none of them.
    Other,
}

/// One field of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FieldSpec {
    pub(crate) registry: Registry,
    pub(crate) id: u16,
    /// Bytes, or [`VARIABLE`].
    pub(crate) bytes: u16,
}

impl FieldSpec {
    /// The number of a forward IANA element; `None` for others.
    pub(crate) fn iana(&self) -> Option<u16> {
        (self.registry == Registry::Iana).then_some(self.id)
    }
}

/// What a template record says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TemplateRecord<'a> {
    pub(crate) id: u16,
    /// Scope fields of an options template, which come first; `None` for data templates.
    pub(crate) scopes: Option<usize>,
    pub(crate) fields: Vec<FieldSpec>,
    /// The record as sent, to recognise repeats.
    pub(crate) raw: &'a [u8],
}

/// The kinds of template record, by protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TemplateKind {
    /// RFC 7011 §3.4.1.
    Ipfix,
    /// RFC 7011 §3.4.2.
    IpfixOptions,
    /// RFC 3954 §5.2.
    NetFlow9,
    /// RFC 3954 §6.1.
    NetFlow9Options,
}

/// Why a template set could not be read on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TemplateError {
    /// The set ends inside a template record.
    CutOff,
    /// More fields than we accept.
    TooManyFields(u16),
    /// A template id below 256.
    ReservedId(u16),
    /// An options template with no scope, or more scopes than fields.
    BadScope,
}

impl TemplateError {
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::CutOff => "template set ends inside a template record".into(),
            Self::TooManyFields(count) => format!("template has {count} fields, more than are accepted"),
            Self::ReservedId(id) => format!("template id {id} is below 256"),
            Self::BadScope => "options template with no scope field, or more scopes than fields".into(),
        }
    }
}

/// A template or a withdrawal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TemplateItem<'a> {
    Define(TemplateRecord<'a>),
    /// Withdraw one template, or all of a kind when the id is that of the set.
    Withdraw(u16),
}

/// Reads the next template record of a set; `None` at the end or in its padding.
pub(crate) fn next<'a>(
    reader: &mut Reader<'a>,
    kind: TemplateKind,
    fields_max: usize,
) -> Option<Result<TemplateItem<'a>, TemplateError>> {
    // Padding is shorter than any record; zero-filled rests (id 0) are padding too.
    let start = reader.rest();
    if start.len() < 4 || start[..2] == [0, 0] {
        return None;
    }
    Some(read(reader, start, kind, fields_max))
}

fn read<'a>(
    reader: &mut Reader<'a>,
    start: &'a [u8],
    kind: TemplateKind,
    fields_max: usize,
) -> Result<TemplateItem<'a>, TemplateError> {
    let cut = || TemplateError::CutOff;
    let id = reader.u16().ok_or_else(cut)?;
    let (count, scopes) = match kind {
        TemplateKind::NetFlow9 => (reader.u16().ok_or_else(cut)?, None),
        TemplateKind::NetFlow9Options => {
            // Both lengths are in bytes, four a field.
            let scope = reader.u16().ok_or_else(cut)? / 4;
            let option = reader.u16().ok_or_else(cut)? / 4;
            (scope + option, Some(usize::from(scope)))
        }
        TemplateKind::Ipfix | TemplateKind::IpfixOptions => {
            let count = reader.u16().ok_or_else(cut)?;
            if count == 0 {
                return Ok(TemplateItem::Withdraw(id));
            }
            let options = kind == TemplateKind::IpfixOptions;
            (count, if options { Some(usize::from(reader.u16().ok_or_else(cut)?)) } else { None })
        }
    };
    if id < 256 {
        return Err(TemplateError::ReservedId(id));
    }
    if usize::from(count) > fields_max {
        return Err(TemplateError::TooManyFields(count));
    }
    // RFC 7011 §3.4.2.1 forbids zero scopes; NetFlow v9 exporters do it.
    if scopes.is_some_and(|scopes| scopes > usize::from(count) || kind == TemplateKind::IpfixOptions && scopes == 0) {
        return Err(TemplateError::BadScope);
    }
    let mut fields = Vec::with_capacity(usize::from(count));
    for index in 0..usize::from(count) {
        let scope = scopes.is_some_and(|scopes| index < scopes);
        fields.push(read_field(reader, kind, scope).ok_or_else(cut)?);
    }
    let raw = &start[..start.len() - reader.rest().len()];
    Ok(TemplateItem::Define(TemplateRecord { id, scopes, fields, raw }))
}

fn read_field(reader: &mut Reader<'_>, kind: TemplateKind, scope: bool) -> Option<FieldSpec> {
    let (id, bytes) = (reader.u16()?, reader.u16()?);
    let ipfix = matches!(kind, TemplateKind::Ipfix | TemplateKind::IpfixOptions);
    if ipfix && id & 0x8000 != 0 {
        let registry = if reader.u32()? == REVERSE_PEN { Registry::Reverse } else { Registry::Other };
        return Some(FieldSpec { registry, id: id & 0x7fff, bytes });
    }
    if !ipfix && scope {
        // RFC 3954 §6.1: scope types are a small registry of their own. 2 is the interface.
        let (registry, id) =
            if id == 2 { (Registry::Iana, crate::element::INGRESS_INTERFACE) } else { (Registry::Other, id) };
        return Some(FieldSpec { registry, id, bytes });
    }
    Some(FieldSpec { registry: Registry::Iana, id, bytes })
}

/// Calls `each` with every field of the record at the start of `bytes`, and returns the record's
/// length; `None` when the record is cut off.
pub(crate) fn walk<'a>(fields: &[FieldSpec], bytes: &'a [u8], mut each: impl FnMut(usize, &'a [u8])) -> Option<usize> {
    let mut reader = Reader::new(bytes);
    for (index, field) in fields.iter().enumerate() {
        let length = if field.bytes == VARIABLE { variable_length(&mut reader)? } else { field.bytes.into() };
        each(index, reader.take(length)?);
    }
    Some(bytes.len() - reader.rest().len())
}

/// RFC 7011 §7: one byte, or 255 and two bytes.
fn variable_length(reader: &mut Reader<'_>) -> Option<usize> {
    match reader.u8()? {
        255 => reader.u16().map(usize::from),
        short => Some(short.into()),
    }
}

/// The least bytes a record of these fields takes.
pub(crate) fn record_bytes_min(fields: &[FieldSpec]) -> usize {
    fields.iter().map(|field| if field.bytes == VARIABLE { 1 } else { field.bytes.into() }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipfix_template_with_an_enterprise_element() {
        let bytes = [1, 0, 0, 2, 0, 8, 0, 4, 0x80, 1, 0xff, 0xff, 0, 0, 0x72, 0x79, 0, 0];
        let mut reader = Reader::new(&bytes);
        let Some(Ok(TemplateItem::Define(record))) = next(&mut reader, TemplateKind::Ipfix, 2) else { panic!() };
        assert_eq!(record.fields[1], FieldSpec { registry: Registry::Reverse, id: 1, bytes: VARIABLE });
        assert_eq!(record.raw.len(), 16);
        assert_eq!(next(&mut reader, TemplateKind::Ipfix, 2), None);
        assert_eq!(next(&mut Reader::new(&bytes), TemplateKind::Ipfix, 1), Some(Err(TemplateError::TooManyFields(2))));
    }

    #[test]
    fn variable_lengths_short_and_long() {
        let fields = [FieldSpec { registry: Registry::Iana, id: 82, bytes: VARIABLE }];
        assert_eq!(walk(&fields, &[3, 1, 2, 3, 9], |_, value| assert_eq!(value, [1, 2, 3])), Some(4));
        assert_eq!(walk(&fields, &[255, 0, 1, 7], |_, value| assert_eq!(value, [7])), Some(4));
        assert_eq!(walk(&fields, &[255, 0], |_, _| ()), None);
    }
}
