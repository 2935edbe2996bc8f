//! The last step: every object is read by the strict reader before it leaves.

use super::group::Group;
use super::{Context, LeftOut, marks};
use crate::fields::{self, Fields};
use crate::object::Object;
use crate::{keep, limits};
use noroshi_stix::{Limits, Received};
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// Objects that have been read, in order, each once.
pub(crate) struct Sealer {
    event: Uuid,
    limits: Limits,
    before: Vec<Received>,
    objects: Vec<Received>,
    known: HashSet<String>,
    left: Vec<LeftOut>,
}

/// What is left of a group once its objects have been taken.
pub(crate) struct Sealed {
    pub(crate) ids: Vec<String>,
    pub(crate) relations: Vec<Fields>,
}

type What = (&'static str, Uuid);

impl Sealer {
    pub(crate) fn new(event: Uuid) -> Self {
        let (before, objects) = (Vec::new(), Vec::new());
        Self { event, limits: limits::stix(), before, objects, known: HashSet::new(), left: Vec::new() }
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
        for cluster in group.clusters {
            self.one(what, cluster);
        }
        for witness in group.witnesses {
            self.first(what, witness);
        }
        match read {
            Ok(read) => read.into_iter().for_each(|object| self.take(object)),
            Err(why) => {
                self.leave(what, why);
                return Sealed { ids: Vec::new(), relations: Vec::new() };
            }
        }
        Sealed { ids: group.ids, relations: group.relations }
    }

    /// Takes a STIX object that was kept, and the object it was kept in where somebody wrote more into that.
    pub(crate) fn kept(&mut self, context: &Context, object: &Object, received: Received) -> Sealed {
        let what = ("Object", object.uuid());
        let untouched = keep::object(&received) == object.to_value();
        let id = received.id().as_str().to_owned();
        match keep::marked(received, context.tlp) {
            Some(received) => self.take(received),
            None => self.leave(what, "the object kept in it cannot be marked as the event is".to_owned()),
        }
        let mut sealed = Sealed { ids: vec![id], relations: Vec::new() };
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

    /// Takes an object that stands before those taken so far.
    pub(crate) fn first(&mut self, what: What, object: Fields) {
        if self.known.contains(fields::get(&object, "id")) {
            return;
        }
        match self.read(&object) {
            Ok(object) => {
                self.known.insert(object.id().as_str().to_owned());
                self.before.insert(0, object);
            }
            Err(why) => self.leave(what, why),
        }
    }

    /// What a report is about: everything so far.
    pub(crate) fn refs(&self) -> Vec<String> {
        self.objects.iter().map(|object| object.id().as_str().to_owned()).collect()
    }

    /// Adds the official objects of the markings that are named.
    pub(crate) fn markings(&mut self) {
        let all = self.before.iter().chain(&self.objects);
        let named: BTreeSet<String> =
            all.flat_map(|object| object.object_markings()).map(|id| id.as_str().to_owned()).collect();
        for definition in named.iter().filter_map(|id| marks::definition(id)) {
            if let Value::Object(definition) = definition {
                self.one(("Tag", self.event), definition);
            }
        }
    }

    /// All of them.
    pub(crate) fn done(mut self) -> (Vec<Received>, Vec<LeftOut>) {
        self.before.append(&mut self.objects);
        (self.before, self.left)
    }
}
