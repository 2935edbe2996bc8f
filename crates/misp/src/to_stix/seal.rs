//! The last step: every object is read by the strict reader before it leaves.

use super::group::Group;
use super::{Context, LeftOut, marks};
use crate::fields::{self, Fields};
use crate::object::Object;
use crate::{keep, limits};
use noroshi_stix::{Limits, Received, Tlp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use uuid::Uuid;

/// Objects that have been read, in order, each once.
pub(crate) struct Sealer {
    event: Uuid,
    limits: Limits,
    producer: Option<Received>,
    report: Option<Received>,
    objects: Vec<Received>,
    known: HashSet<String>,
    clusters: Shared,
    witnesses: Shared,
    left: Vec<LeftOut>,
}

/// Objects several things name, by identifier, with the widest of the markings of those things: whoever may see one
/// of them may see what it names, and nobody else.
type Shared = BTreeMap<String, (What, Fields, Option<Tlp>)>;

/// What is left of a group once its objects have been taken.
#[derive(Debug, Default)]
pub(crate) struct Sealed {
    pub(crate) ids: Vec<String>,
    pub(crate) relations: Vec<Fields>,
    pub(crate) tlp: Option<Tlp>,
}

type What = (&'static str, Uuid);

impl Sealer {
    pub(crate) fn new(event: Uuid) -> Self {
        Self {
            event,
            limits: limits::stix(),
            producer: None,
            report: None,
            objects: Vec::new(),
            known: HashSet::new(),
            clusters: Shared::new(),
            witnesses: Shared::new(),
            left: Vec::new(),
        }
    }

    /// Takes a group; one with an object the reader refuses is made again, kept whole.
    pub(crate) fn group(&mut self, what: What, make: impl Fn(bool) -> Group) -> Sealed {
        let group = make(false);
        let (group, read) = match self.read_all(&group.objects) {
            Ok(read) => (group, Ok(read)),
            Err(_) => {
                let kept = make(true);
                let read = self.read_all(&kept.objects);
                (kept, read)
            }
        };
        match read {
            Ok(read) => read.into_iter().for_each(|object| self.take(object)),
            Err(why) => {
                self.leave(what, why);
                return Sealed::default();
            }
        }
        group.clusters.into_iter().for_each(|cluster| self.cluster(what, cluster, group.tlp));
        group.witnesses.into_iter().for_each(|witness| share(&mut self.witnesses, what, witness, group.tlp));
        Sealed { ids: group.ids, relations: group.relations, tlp: group.tlp }
    }

    /// Notes a cluster that something with this marking names.
    pub(crate) fn cluster(&mut self, what: What, cluster: Fields, tlp: Option<Tlp>) {
        share(&mut self.clusters, what, cluster, tlp);
    }

    /// Takes the clusters that were named.
    pub(crate) fn clusters(&mut self) {
        for (what, cluster, tlp) in std::mem::take(&mut self.clusters).into_values() {
            self.one(what, marks::marked(cluster, tlp));
        }
    }

    /// Takes a STIX object that was kept, and the object it was kept in where somebody wrote more into that.
    pub(crate) fn kept(&mut self, context: &Context, object: &Object, received: Received) -> Sealed {
        let what = ("Object", object.uuid());
        let untouched = keep::object(&received) == object.to_value();
        let id = received.id().as_str().to_owned();
        if self.known.contains(&id) || id.ends_with(&self.event.to_string()) {
            self.leave(what, format!("keeps `{id}`, which another object of this event is"));
            return Sealed::default();
        }
        let tlp = context.tlp.max(keep::narrowest(&received));
        match keep::marked(received, context.tlp) {
            Some(received) => self.take(received),
            None => self.leave(what, "keeps an object that cannot be marked as the event is".to_owned()),
        }
        let mut sealed = Sealed { ids: vec![id], relations: Vec::new(), tlp };
        if !untouched {
            let more = self.group(what, |_| super::object::group(context, object, true));
            sealed.ids.extend(more.ids);
            sealed.relations.extend(more.relations);
        }
        sealed
    }

    fn read_all(&self, objects: &[Fields]) -> Result<Vec<Received>, String> {
        objects.iter().map(|object| self.read(object)).collect()
    }

    fn read(&self, object: &Fields) -> Result<Received, String> {
        let bytes = serde_json::to_vec(object).map_err(|error| error.to_string())?;
        Received::read(&bytes, &self.limits).map_err(|fault| fault.to_string())
    }

    fn take(&mut self, object: Received) {
        if self.known.insert(object.id().as_str().to_owned()) {
            self.objects.push(object);
        }
    }

    fn leave(&mut self, (what, uuid): What, why: String) {
        self.left.push(LeftOut { event: self.event, what, uuid: uuid.to_string(), why });
    }

    /// Takes one object.
    pub(crate) fn one(&mut self, what: What, object: Fields) {
        if self.known.contains(fields::get(&object, "id")) {
            return;
        }
        match self.read(&object) {
            Ok(object) => self.take(object),
            Err(why) => self.leave(what, why),
        }
    }

    /// Takes a relationship of objects that were taken.
    pub(crate) fn relation(&mut self, relation: Fields) {
        let ends = ["source_ref", "target_ref"].map(|end| self.known.contains(fields::get(&relation, end)));
        if ends == [true, true] {
            self.one(("relationship", self.event), relation);
        }
    }

    /// Takes the report or grouping.
    pub(crate) fn report(&mut self, report: Fields) {
        match self.read(&report) {
            Ok(report) => self.report = Some(report),
            Err(why) => self.leave(("Event", self.event), why),
        }
    }

    /// Takes the producer, where no fuller object of it was kept, and who saw something.
    pub(crate) fn identities(&mut self, producer: Option<Fields>) {
        if let Some(producer) = producer.filter(|object| !self.known.contains(fields::get(object, "id"))) {
            match self.read(&producer) {
                Ok(producer) => {
                    self.known.insert(producer.id().as_str().to_owned());
                    self.producer = Some(producer);
                }
                Err(why) => self.leave(("Orgc", self.event), why),
            }
        }
        for (what, witness, tlp) in std::mem::take(&mut self.witnesses).into_values() {
            self.one(what, marks::marked(witness, tlp));
        }
    }

    /// What a report is about: everything so far.
    pub(crate) fn refs(&self) -> Vec<String> {
        self.objects.iter().map(|object| object.id().as_str().to_owned()).collect()
    }

    /// Adds the official objects of the markings that are named.
    pub(crate) fn markings(&mut self) {
        let all = self.producer.iter().chain(&self.report).chain(&self.objects);
        let named: BTreeSet<String> =
            all.flat_map(|object| object.object_markings()).map(|id| id.as_str().to_owned()).collect();
        for definition in named.iter().filter_map(|id| marks::definition(id)) {
            if let Value::Object(definition) = definition {
                self.one(("Tag", self.event), definition);
            }
        }
    }

    /// All of them.
    pub(crate) fn done(self) -> (Vec<Received>, Vec<LeftOut>) {
        (self.producer.into_iter().chain(self.report).chain(self.objects).collect(), self.left)
    }
}

fn share(all: &mut Shared, what: What, object: Fields, tlp: Option<Tlp>) {
    let id = fields::get(&object, "id").to_owned();
    all.entry(id).and_modify(|(_, _, widest)| *widest = (*widest).min(tlp)).or_insert((what, object, tlp));
}
