//! One attribute.

use super::build::{Piece, build, observable};
use super::group::{Body, Group, Source};
use super::part::{At, Part};
use super::{Context, Mode, map};
use crate::attribute::Attribute;
use crate::fields::Fields;
use crate::types::{self, Shape};
use serde_json::Value;

/// What an attribute is made into; kept whole where that is asked, or where STIX has no place for it.
pub(crate) fn group(context: &Context, attribute: &Attribute, keep: bool) -> Group {
    let keep = keep || (attribute.deleted() && context.mode == Mode::Lossless);
    let body = if keep { None } else { body(context, attribute) };
    let body = body.unwrap_or_else(|| Body::Object("x-misp-attribute", kept(attribute), false));
    Group::new(context, &source(context, attribute), body, || {
        Value::Object(Fields::from_iter([("Attribute".to_owned(), attribute.to_value())]))
    })
}

fn source<'a>(context: &Context, attribute: &'a Attribute) -> Source<'a> {
    Source {
        uuid: attribute.uuid(),
        labels: vec![
            format!("misp:type=\"{}\"", attribute.kind()),
            format!("misp:category=\"{}\"", attribute.category()),
        ],
        phase: attribute.category(),
        comment: attribute.comment(),
        seconds: attribute.timestamp().unwrap_or(context.seconds),
        seen: attribute.seen(),
        tags: attribute.tags.iter().collect(),
        galaxies: attribute.galaxies.iter().collect(),
        sightings: attribute.sightings.iter().collect(),
        deleted: attribute.deleted(),
    }
}

fn body(context: &Context, attribute: &Attribute) -> Option<Body> {
    let value = attribute.value();
    match &types::of(attribute.kind())?.shape {
        Shape::Kept => None,
        Shape::Observed(main, parts) => {
            let mut built = build(observable(main, attribute.uuid()), main, "", &pieces(attribute, &value, parts)?);
            // The reference looks for the name of a host before the traffic to it.
            if built.objects.len() == 2
                && parts.first().is_some_and(|part| part.path == "domain-name:value")
                && *main == "network-traffic"
            {
                built.objects.rotate_left(1);
            }
            (!built.objects.is_empty()).then_some(Body::Observed(built))
        }
        Shape::Pattern(part) => {
            let pieces = pieces(attribute, &value, std::slice::from_ref(part))?;
            let kind = part.path.split(':').next()?;
            let built = build(Fields::new(), kind, "", &pieces);
            (attribute.to_ids() && !built.objects.is_empty()).then_some(Body::Pattern(built.terms))
        }
        Shape::Rule => Some(Body::Indicator(rule(context.mode, attribute.kind(), &value))),
        Shape::Domain(kind, parts) => {
            let mut built = build(Fields::new(), kind, "", &pieces(attribute, &value, parts)?);
            Some(Body::Object(kind, built.objects.pop()?, false))
        }
    }
}

/// A rule in the language of its type. The reference puts it in brackets, which makes it another rule.
fn rule(mode: Mode, kind: &str, value: &str) -> Fields {
    let pattern = match mode {
        Mode::Lossless => value.to_owned(),
        Mode::Reference => format!("[{}]", value.trim()),
    };
    map([("pattern", pattern.into()), ("pattern_type", kind.into()), ("pattern_version", "2.1".into())])
}

/// The pieces of a value, one a part; nothing where they are not as many.
fn pieces<'a>(attribute: &'a Attribute, value: &'a str, parts: &'a [Part]) -> Option<Vec<Piece<'a>>> {
    let open: Vec<&Part> = parts.iter().filter(|part| !matches!(part.at, At::Fixed(..))).collect();
    let values = match open.as_slice() {
        [_] => vec![value],
        // The name of a file may hold the separator; a hash does not.
        [_, last] if matches!(last.at, At::Hash(_)) => value.rsplit_once('|').map(|(name, hash)| vec![name, hash])?,
        [_, _] => value.split_once('|').map(|(first, last)| vec![first, last])?,
        _ => return None,
    };
    if values.iter().any(|value| value.is_empty()) {
        return None;
    }
    let mut values = values.into_iter();
    let piece = |part: &'a Part| {
        let value = if matches!(part.at, At::Fixed(..)) { "" } else { values.next()? };
        Some(Piece { part, relation: "", value: value.into(), uuid: attribute.uuid(), detect: attribute.to_ids() })
    };
    parts.iter().map(piece).collect()
}

/// An attribute with nothing but its own words.
fn kept(attribute: &Attribute) -> Fields {
    let mut kept = map([
        ("x_misp_type", attribute.kind().into()),
        ("x_misp_category", attribute.category().into()),
        ("x_misp_value", attribute.value().as_ref().into()),
    ]);
    if !attribute.comment().is_empty() {
        kept.insert("x_misp_comment".to_owned(), attribute.comment().into());
    }
    kept
}
