//! The objects made from one attribute or one object, which belong together.

use super::build::{Built, ORIGIN};
use super::marks::Marks;
use super::pattern::{self, Term};
use super::{Context, Mode, cluster, map, relationship, time};
use crate::fields::Fields;
use crate::galaxy::Galaxy;
use crate::sighting::{Sighting, SightingKind};
use crate::tag::Tag;
use noroshi_stix::Tlp;
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What attributes and objects have in common.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) uuid: Uuid,
    pub(crate) labels: Vec<String>,
    /// The phase of the chain `misp-category`.
    pub(crate) phase: &'a str,
    pub(crate) comment: &'a str,
    pub(crate) seconds: u64,
    pub(crate) seen: (&'a str, &'a str),
    pub(crate) tags: Vec<&'a Tag>,
    pub(crate) galaxies: Vec<&'a Galaxy>,
    pub(crate) sightings: Vec<&'a Sighting>,
    pub(crate) deleted: bool,
}

/// What the group is about.
#[derive(Debug)]
pub(crate) enum Body {
    /// Observables, and what is compared where it is for detection.
    Observed(Built),
    /// A pattern alone.
    Pattern(Vec<Term>),
    /// An indicator in another language, or with properties of its own: everything but what every indicator has.
    Indicator(Fields),
    /// A domain object or a kept one of this type; whether it has a phase.
    Object(&'static str, Fields, bool),
}

/// The objects of one thing.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// Clusters, which others may have made, too.
    pub(crate) clusters: Vec<Fields>,
    /// Who saw it.
    pub(crate) witnesses: Vec<Fields>,
    /// Its own.
    pub(crate) objects: Vec<Fields>,
    /// What joins them.
    pub(crate) relations: Vec<Fields>,
    /// The identifiers others refer to it by, the first one first of all.
    pub(crate) ids: Vec<String>,
    /// The marking of all of it.
    pub(crate) tlp: Option<Tlp>,
}

impl Group {
    /// Of a body. `origin` is what it was made from, kept where that is wanted.
    pub(crate) fn new(context: &Context, source: &Source<'_>, body: Body, origin: impl FnOnce() -> Value) -> Self {
        let clusters: BTreeSet<&str> = source.galaxies.iter().flat_map(|g| &g.clusters).map(|c| c.tag_name()).collect();
        let own = source.tags.iter().copied().filter(|tag| !clusters.contains(&tag.name()));
        let marks = Marks::of(own, context.tlp, context.mode);
        let group = Self { tlp: marks.tlp, ..Self::default() };
        let mut maker = Maker { context, source, marks, group };
        maker.clusters();
        maker.body(body);
        maker.joined();
        maker.sighted();
        let mut group = maker.group;
        if context.with_origin
            && let Some(first) = group.objects.first_mut()
        {
            first.insert(ORIGIN.to_owned(), origin());
        }
        group
    }
}

struct Maker<'a, 'b> {
    context: &'a Context,
    source: &'a Source<'b>,
    marks: Marks,
    group: Group,
}

impl Maker<'_, '_> {
    fn clusters(&mut self) {
        for galaxy in &self.source.galaxies {
            for cluster in &galaxy.clusters {
                self.group.clusters.push(cluster::object(galaxy, cluster, self.source.seconds));
            }
        }
    }

    fn body(&mut self, body: Body) {
        match body {
            Body::Observed(built) => self.observed(built),
            Body::Pattern(terms) => self.indicator(self.pattern(&terms)),
            Body::Indicator(fields) => self.indicator(fields),
            Body::Object(kind, fields, phased) => self.object(kind, fields, phased),
        }
    }

    /// Observed data with its observables, and the indicator based on it.
    fn observed(&mut self, built: Built) {
        let (first, last) = time::span(self.source.seen, self.source.seconds);
        let refs: Vec<Value> = built.objects.iter().filter_map(|object| object.get("id").cloned()).collect();
        let mut data = self.head("observed-data");
        data.insert("first_observed".to_owned(), first.into());
        data.insert("last_observed".to_owned(), last.into());
        data.insert("number_observed".to_owned(), 1.into());
        data.insert("object_refs".to_owned(), refs.into());
        let data_id = self.keep(data);
        for mut object in built.objects {
            self.mark_own(&mut object);
            self.group.objects.push(object);
        }
        if built.terms.is_empty() {
            return;
        }
        self.indicator(self.pattern(&built.terms));
        if let Some(indicator) = self.group.ids.last() {
            let based = relationship(indicator, "based-on", &data_id, self.source.seconds);
            self.relation(based);
        }
    }

    fn pattern(&self, terms: &[Term]) -> Fields {
        map([
            ("pattern", pattern::all(terms, self.context.mode).into()),
            ("pattern_type", "stix".into()),
            ("pattern_version", "2.1".into()),
        ])
    }

    fn indicator(&mut self, mut fields: Fields) {
        let mut indicator = self.head("indicator");
        indicator.insert("valid_from".to_owned(), time::whole(self.source.seconds).into());
        indicator.insert("kill_chain_phases".to_owned(), self.phase());
        if !self.source.comment.is_empty() {
            indicator.insert("description".to_owned(), self.source.comment.into());
        }
        indicator.append(&mut fields);
        self.keep(indicator);
    }

    fn object(&mut self, kind: &'static str, mut fields: Fields, phased: bool) {
        let mut object = self.head(kind);
        if phased {
            object.insert("kill_chain_phases".to_owned(), self.phase());
        }
        if self.source.deleted && self.context.mode == Mode::Lossless {
            object.insert("revoked".to_owned(), true.into());
        }
        object.append(&mut fields);
        self.keep(object);
    }

    fn phase(&self) -> Value {
        let phase = map([("kill_chain_name", "misp-category".into()), ("phase_name", self.source.phase.into())]);
        Value::Array(vec![phase.into()])
    }

    /// What every domain object has.
    fn head(&self, kind: &str) -> Fields {
        let stamp = time::with_digits(self.source.seconds);
        let labels: Vec<&String> = self.source.labels.iter().chain(&self.marks.labels).collect();
        let mut head = map([
            ("type", kind.into()),
            ("spec_version", "2.1".into()),
            ("id", format!("{kind}--{}", self.source.uuid).into()),
            ("created", stamp.as_str().into()),
            ("modified", stamp.into()),
            ("labels", labels.into_iter().cloned().collect::<Vec<_>>().into()),
        ]);
        self.context.by(&mut head);
        if let Some(percent) = self.marks.confidence {
            head.insert("confidence".to_owned(), percent.into());
        }
        self.marks.mark(&mut head);
        head
    }

    fn keep(&mut self, object: Fields) -> String {
        let id = crate::fields::get(&object, "id").to_owned();
        self.group.ids.push(id.clone());
        self.group.objects.push(object);
        id
    }

    /// In [`Mode::Lossless`] everything is marked, or the contents of what is marked would stand open beside it.
    fn mark_own(&self, object: &mut Fields) {
        if self.context.mode == Mode::Lossless {
            self.marks.mark(object);
        }
    }

    fn relation(&mut self, mut relation: Fields) {
        self.mark_own(&mut relation);
        self.group.relations.push(relation);
    }

    /// The clusters named with it.
    fn joined(&mut self) {
        let Some(source) = self.group.ids.first().cloned() else { return };
        let kind = source.rsplit_once("--").map_or("", |(kind, _)| kind);
        let mut relations = Vec::new();
        for cluster in self.source.galaxies.iter().flat_map(|galaxy| &galaxy.clusters) {
            let target = cluster::id(cluster);
            let word = cluster::relation(kind, cluster::kind_of(cluster.kind()));
            relations.push(relationship(&source, word, &target, self.source.seconds));
        }
        relations.append(&mut self.group.relations);
        for relation in relations {
            self.relation(relation);
        }
    }

    fn sighted(&mut self) {
        for sighting in &self.source.sightings {
            let organisation = sighting.organisation().map(|organisation| {
                let who = self.context.identity(organisation.uuid(), organisation.name());
                self.group.witnesses.push(who);
                (format!("identity--{}", organisation.uuid()), organisation.name())
            });
            let stamp = time::with_digits(sighting.at_seconds().unwrap_or(self.source.seconds));
            let made = match sighting.kind() {
                SightingKind::Seen => self.seen(sighting, stamp, organisation),
                SightingKind::FalsePositive => self.harmless(sighting, stamp, organisation),
                SightingKind::Expiration => continue,
            };
            self.group.objects.extend(made.map(|mut made| {
                self.mark_own(&mut made);
                made
            }));
        }
    }

    fn seen(&self, sighting: &Sighting, stamp: String, who: Option<(String, &str)>) -> Option<Fields> {
        let (data, others): (Vec<_>, Vec<_>) =
            self.group.ids.iter().partition(|id| id.starts_with("observed-data--") && self.group.ids.len() > 1);
        let mut object = map([
            ("type", "sighting".into()),
            ("spec_version", "2.1".into()),
            ("id", format!("sighting--{}", sighting.uuid()).into()),
            ("created", stamp.as_str().into()),
            ("modified", stamp.into()),
            ("sighting_of_ref", others.first()?.as_str().into()),
        ]);
        if !data.is_empty() {
            object.insert("observed_data_refs".to_owned(), data.into_iter().cloned().collect::<Vec<_>>().into());
        }
        if !sighting.source().is_empty() {
            object.insert("description".to_owned(), sighting.source().into());
        }
        if let Some((id, _)) = who {
            object.insert("where_sighted_refs".to_owned(), vec![id].into());
        }
        Some(object)
    }

    fn harmless(&self, sighting: &Sighting, stamp: String, who: Option<(String, &str)>) -> Option<Fields> {
        let mut object = map([
            ("type", "opinion".into()),
            ("spec_version", "2.1".into()),
            ("id", format!("opinion--{}", sighting.uuid()).into()),
            ("created", stamp.as_str().into()),
            ("modified", stamp.into()),
            ("opinion", "strongly-disagree".into()),
            ("explanation", "False positive Sighting".into()),
            ("object_refs", self.group.ids.clone().into()),
        ]);
        if let Some((id, name)) = who {
            object.insert("authors".to_owned(), vec![name].into());
            object.insert("x_misp_author_ref".to_owned(), id.into());
        }
        (!self.group.ids.is_empty()).then_some(object)
    }
}
