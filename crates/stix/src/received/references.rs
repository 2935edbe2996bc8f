//! What an object points at.

use super::Received;
use crate::Id;
use crate::json::{Kind, Value};

impl Received {
    /// Every identifier under a name that ends in `_ref` or `_refs`, at any depth and in extensions, with the place
    /// as a selector. Custom properties count; what there is no identifier is passed over.
    pub fn references(&self) -> impl Iterator<Item = (String, Id)> {
        let mut found = Vec::new();
        let mut path = Path::default();
        walk(self.root(), &mut path, &mut |name, path, value| {
            if name.ends_with("_ref") || name.ends_with("_refs") {
                found.extend(value.text().and_then(|id| Id::parse(&id).ok()).map(|id| (path.to_owned(), id)));
            }
        });
        found.into_iter()
    }
}

/// A selector that grows and shrinks with the walk.
#[derive(Debug, Default)]
pub(super) struct Path(String);

/// Visits every text with the name of the property it stands under and its selector. It recurses; depth is limited
/// by what parsed the object.
pub(super) fn walk<'a>(root: Value<'a>, path: &mut Path, visit: &mut impl FnMut(&str, &str, Value<'a>)) {
    for (name, value) in root.members() {
        let name = name.text().unwrap_or_default();
        under(&name, value, &name, path, visit);
    }
}

fn under<'a>(name: &str, value: Value<'a>, step: &str, path: &mut Path, visit: &mut impl FnMut(&str, &str, Value<'a>)) {
    let length = path.0.len();
    if length > 0 {
        path.0.push('.');
    }
    path.0.push_str(step);
    match value.kind() {
        Kind::Text => visit(name, &path.0, value),
        Kind::Object => walk(value, path, visit),
        Kind::Array => {
            for (index, element) in value.elements().enumerate() {
                under(name, element, &format!("[{index}]"), path, visit);
            }
        }
        _ => {}
    }
    path.0.truncate(length);
}
