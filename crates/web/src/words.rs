//! The law's and the field's words in the reader's language, from the catalogue's tables.

use crate::language::Language;
use crate::messages::look_up;
use crate::show;
use noroshi_casework::hunt::{HuntStanding, ReasonCode};
use noroshi_casework::mandate::{End, Mandate, Standing};
use noroshi_casework::party;
use noroshi_leaf::body::{CredentialKind, OpeningStep};
use noroshi_leaf::{Actor, Answer, Body, GovernedAct, MandateEvent};
use noroshi_model::{Clearance, Direction, LegalBasis, Micros, OrgFlag, OrgKind, Purpose, Role};
use serde::Serialize;

/// The word an enum without data has in JSON: what tables are searched by.
pub(crate) fn key<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Object(map)) => map.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

fn found(table: &'static [(&'static str, &'static str)], name: &str) -> String {
    look_up(table, name).to_owned()
}

impl Language {
    pub(crate) fn role(self, role: Role) -> &'static str {
        look_up(self.messages().role, role.word())
    }

    pub(crate) fn role_does(self, role: Role) -> &'static str {
        look_up(self.messages().role_does, role.word())
    }

    pub(crate) fn roles<'a>(self, roles: impl IntoIterator<Item = &'a Role>) -> String {
        let words: Vec<_> = roles.into_iter().map(|role| self.role(*role)).collect();
        if words.is_empty() { self.messages().no_roles.to_owned() } else { show::list(self, &words) }
    }

    pub(crate) fn org_kind(self, kind: OrgKind) -> &'static str {
        look_up(self.messages().org_kind_of, kind.word())
    }

    pub(crate) fn org_flag(self, flag: OrgFlag) -> String {
        found(self.messages().org_flag, &key(&flag))
    }

    pub(crate) fn clearance(self, level: Clearance) -> String {
        found(self.messages().clearance_level_of, &key(&level))
    }

    pub(crate) fn person_standing(self, standing: party::Standing) -> String {
        found(self.messages().person_standing, &key(&standing))
    }

    pub(crate) fn direction(self, direction: Direction) -> &'static str {
        look_up(self.messages().direction, direction.word())
    }

    pub(crate) fn basis(self, basis: LegalBasis) -> &'static str {
        look_up(self.messages().basis, basis.word())
    }

    pub(crate) fn purpose(self, purpose: Purpose) -> &'static str {
        look_up(self.messages().purpose, purpose.word())
    }

    pub(crate) fn answer(self, answer: Answer) -> String {
        found(self.messages().answer, &key(&answer))
    }

    pub(crate) fn reason_code(self, code: ReasonCode) -> String {
        found(self.messages().reason_code_of, &key(&code))
    }

    pub(crate) fn act(self, act: &str) -> String {
        found(self.messages().act_of, act)
    }

    pub(crate) fn field(self, name: &str) -> String {
        found(self.messages().term_of, name)
    }

    pub(crate) fn dropped(self, reason: &str) -> String {
        found(self.messages().dropped_because, reason)
    }

    pub(crate) fn hunt_standing(self, standing: &HuntStanding) -> &'static str {
        let m = self.messages();
        match standing {
            HuntStanding::Asked => m.hunt_asked,
            HuntStanding::Done { .. } => m.hunt_done,
            HuntStanding::GivenUp { .. } => m.hunt_given_up,
        }
    }

    /// Where a mandate stands at `now`, and the class of its chip.
    pub(crate) fn stands(self, mandate: &Mandate, now: Micros) -> (&'static str, &'static str) {
        let m = self.messages();
        match &mandate.standing {
            Standing::Proposed => (m.stands_proposed, "waits"),
            Standing::Refused => (m.stands_refused, "over"),
            Standing::Live(granted) if granted.terms.covers(now) => (m.stands_live, "live"),
            Standing::Live(granted) if now < granted.terms.from => (m.stands_not_yet, "waits"),
            Standing::Live(_) => (m.stands_past, "over"),
            Standing::Suspended { .. } => (m.stands_suspended, "stopped"),
            Standing::Over { end: End::Expired, .. } => (m.stands_expired, "over"),
            Standing::Over { end: End::Revoked, .. } => (m.stands_revoked, "over"),
            Standing::Disposed { .. } => (m.stands_disposed, "done"),
        }
    }

    /// What kind of line of the ledger this is.
    pub(crate) fn kind(self, body: &Body) -> String {
        found(self.messages().line_kind, &key(body))
    }

    /// What a line says, in one phrase.
    pub(crate) fn says(self, body: &Body) -> String {
        let m = self.messages();
        match body {
            Body::Mandate(line) => format!("{} · {} {}", self.mandate_event(&line.event), m.version, line.version),
            Body::Intent(intent) => self.governed(intent.act),
            Body::Done(done) => format!("{} {}", show::count(done.rows), m.rows),
            Body::Abort(abort) => found(m.abort_of, &key(&abort.reason)),
            Body::Refused(refused) => {
                let rules: Vec<_> = refused.rules.iter().map(String::as_str).collect();
                format!("{} · {}", self.act(&refused.act), show::list(self, &rules))
            }
            Body::BatchOpened(batch) => format!("{} {}", batch.source, batch.number),
            Body::BatchSealed(batch) => {
                format!("{} {} / {} {}", m.kept, show::count(batch.selected), m.received, show::count(batch.received))
            }
            Body::Disposed(gone) => {
                format!("{} {}", show::count(gone.certificate.statement.batches.len() as u64), m.batches)
            }
            Body::Opening(opening) => self.opening_step(opening.step).to_owned(),
            Body::Person(person) => self.roles(&person.roles),
            Body::Organisation(organisation) => self.org_kind(organisation.kind).to_owned(),
            Body::Credential(credential) => self.credential(credential.kind, credential.added),
            Body::Heartbeat(beat) => show::count(beat.number),
            Body::Inspection(inspection) => {
                format!("{} {}", found(m.inspection_of, &key(&inspection.step)), inspection.number)
            }
            Body::Genesis(genesis) => genesis.origin.clone(),
            Body::Collection(collection) => found(m.collection_of, &key(&collection.step)),
            Body::Intelligence(given) => {
                format!("{} {}", if given.given { m.given } else { m.withdrawn }, show::count(given.objects))
            }
            Body::Roster(_) | Body::Complaint(_) => String::new(),
        }
    }

    fn credential(self, kind: CredentialKind, added: bool) -> String {
        let m = self.messages();
        format!("{} · {}", found(m.credential_of, &key(&kind)), if added { m.added } else { m.taken_away })
    }

    fn opening_step(self, step: OpeningStep) -> &'static str {
        let m = self.messages();
        match step {
            OpeningStep::Requested => m.opening_asked,
            OpeningStep::Approved => m.opening_approved,
            OpeningStep::Refused => m.opening_denied,
        }
    }

    /// An act under a mandate.
    pub(crate) fn governed(self, act: GovernedAct) -> String {
        found(self.messages().governed, &key(&act))
    }

    /// An event in the life of a mandate.
    pub(crate) fn mandate_event(self, event: &MandateEvent) -> String {
        found(self.messages().mandate_event, &key(event))
    }

    /// Who acted, by the names a page knows.
    pub(crate) fn actor(self, actor: &Actor, names: &crate::office::Names) -> String {
        match actor {
            Actor::Hub => self.messages().the_hub.to_owned(),
            Actor::Machine { org, .. } => format!("{} · {}", names.org(*org, self), self.messages().machine),
            Actor::Person { org, person } => format!("{} · {}", names.person(*person), names.org(*org, self)),
        }
    }
}

impl crate::office::Names {
    /// What a person is called here; the short id of one without a name.
    pub(crate) fn person(&self, id: noroshi_model::PersonId) -> String {
        self.people.get(&id).cloned().unwrap_or_else(|| show::short(id))
    }

    /// What an organisation is called here.
    pub(crate) fn org(&self, id: noroshi_model::OrgId, language: Language) -> String {
        self.orgs.get(&id).map_or_else(|| show::short(id), |(ja, en)| language.pick(ja, en).to_owned())
    }
}
