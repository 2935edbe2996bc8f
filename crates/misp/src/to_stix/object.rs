//! One object.

use super::build::{Piece, build, observable};
use super::group::{Body, Group, Source};
use super::part::{At, Part, custom};
use super::templates::{self, Class, Role, Template};
use super::{Context, Mode, map};
use crate::attribute::Attribute;
use crate::fields::Fields;
use crate::object::Object;
use serde_json::Value;

static CUSTOM: Part = custom();

/// What an object is made into; kept whole where that is asked, or where STIX has no place for it.
pub(crate) fn group(context: &Context, object: &Object, keep: bool) -> Group {
    let keep = keep || (object.deleted() && context.mode == Mode::Lossless);
    let body =
        if keep { None } else { templates::of(object.name()).and_then(|template| body(context, object, template)) };
    let body = body.unwrap_or_else(|| Body::Object("x-misp-object", kept(object), false));
    Group::new(context, &source(context, object), body, || {
        Value::Object(Fields::from_iter([("Object".to_owned(), object.to_value())]))
    })
}

fn source<'a>(context: &Context, object: &'a Object) -> Source<'a> {
    Source {
        uuid: object.uuid(),
        labels: vec![
            format!("misp:name=\"{}\"", object.name().replace('|', "-")),
            format!("misp:meta-category=\"{}\"", object.meta_category()),
        ],
        phase: object.meta_category(),
        comment: object.comment(),
        seconds: object.timestamp().unwrap_or(context.seconds),
        seen: object.seen(),
        tags: object.attributes.iter().flat_map(|attribute| &attribute.tags).collect(),
        galaxies: object.attributes.iter().flat_map(|attribute| &attribute.galaxies).collect(),
        sightings: object.attributes.iter().flat_map(|attribute| &attribute.sightings).collect(),
        deleted: object.deleted(),
    }
}

fn body(context: &Context, object: &Object, template: &'static Template) -> Option<Body> {
    let live = || object.attributes.iter().filter(|attribute| !attribute.deleted() || context.mode == Mode::Reference);
    let pieces = pieces(live(), template);
    if pieces.is_empty() {
        return None;
    }
    let main = match template.class {
        Class::Observed => observable(template.main, main_uuid(object, template)),
        _ => Fields::new(),
    };
    let mut built = build(main, template.main, template.name, &pieces);
    match template.class {
        Class::Observed => {
            if main_uuid(object, template) != object.uuid() {
                built.objects.rotate_left(1);
            }
            Some(Body::Observed(built))
        }
        Class::Domain => Some(Body::Object(template.main, built.objects.pop()?, false)),
        Class::Phased => Some(Body::Object(template.main, built.objects.pop()?, true)),
        Class::Rule => {
            let mut rule = built.objects.pop()?;
            let language = live().find(|attribute| attribute.relation() == template.name)?.kind();
            rule.insert("pattern_type".to_owned(), language.into());
            rule.entry("pattern_version").or_insert_with(|| "2.1".into());
            if let (Mode::Reference, Some(Value::String(pattern))) = (context.mode, rule.get_mut("pattern")) {
                *pattern = pattern.trim().to_owned();
            }
            Some(Body::Indicator(rule))
        }
    }
}

/// A pair of one domain and its addresses is about the domain, and the domain keeps its own UUID; with more in it,
/// the object has the UUID.
fn main_uuid(object: &Object, template: &Template) -> uuid::Uuid {
    let pair = template.name == "domain-ip"
        && object.attributes.iter().all(|attribute| matches!(attribute.relation(), "domain" | "ip"));
    let mut domains = object.attributes.iter().filter(|attribute| attribute.relation() == "domain");
    match (pair, domains.next(), domains.next()) {
        (true, Some(domain), None) => domain.uuid(),
        _ => object.uuid(),
    }
}

/// The attributes in the order of the roles, then those without a role.
fn pieces<'a>(attributes: impl Iterator<Item = &'a Attribute> + Clone, template: &'static Template) -> Vec<Piece<'a>> {
    let piece = |part: &'a Part, attribute: &'a Attribute| Piece {
        part,
        relation: attribute.relation(),
        value: attribute.value(),
        uuid: attribute.uuid(),
        detect: attribute.to_ids(),
    };
    let mut pieces = Vec::new();
    for role in template.roles {
        if matches!(role.part.at, At::Fixed(..)) {
            let detect = attributes.clone().any(Attribute::to_ids);
            let any = attributes.clone().next();
            pieces.extend(any.map(|any| Piece { value: "".into(), detect, ..piece(&role.part, any) }));
        }
        pieces
            .extend(attributes.clone().filter(|own| own.relation() == role.relation).map(|own| piece(&role.part, own)));
    }
    let known = |attribute: &&Attribute| template.roles.iter().any(|role: &Role| role.relation == attribute.relation());
    pieces.extend(attributes.filter(|own| !known(own)).map(|own| piece(&CUSTOM, own)));
    pieces
}

/// An object with nothing but its own words.
fn kept(object: &Object) -> Fields {
    let attribute = |attribute: &Attribute| {
        let mut kept = map([
            ("type", attribute.kind().into()),
            ("object_relation", attribute.relation().into()),
            ("value", attribute.value().as_ref().into()),
            ("category", attribute.category().into()),
            ("uuid", attribute.uuid().to_string().into()),
        ]);
        if attribute.to_ids() {
            kept.insert("to_ids".to_owned(), true.into());
        }
        if !attribute.comment().is_empty() {
            kept.insert("comment".to_owned(), attribute.comment().into());
        }
        Value::Object(kept)
    };
    let mut kept = map([
        ("x_misp_name", object.name().into()),
        ("x_misp_meta_category", object.meta_category().into()),
        ("x_misp_attributes", object.attributes.iter().map(attribute).collect::<Vec<_>>().into()),
    ]);
    if !object.comment().is_empty() {
        kept.insert("x_misp_comment".to_owned(), object.comment().into());
    }
    kept
}
