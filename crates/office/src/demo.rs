//! Who takes part in a demonstration: organisations, one account for each role, two machines. Written the way the
//! pages write them, one change after the other, each with its line.

use crate::Hub;
use crate::first_start::{self, NotFounded};
use noroshi_acts::{Asking, share};
use noroshi_authz::{ActKind, Person as Facts, Principal};
use noroshi_casework::party::{Command, Organisation, Person, Sector, Standing};
use noroshi_casework::share::Readers;
use noroshi_casework::share::collection::{Card, Command as Keep};
use noroshi_leaf::body::{self, CredentialKind};
use noroshi_leaf::{Actor, Body, Commitment, Digest, Leaf, LeafError, Salt};
use noroshi_model::time::{DAY, HOUR};
use noroshi_model::{Clearance, CollectionId, Country, Micros, OrgFlag, OrgId, OrgKind, PersonId, Rank, Role};
use noroshi_store::LeafEntry;
use noroshi_store::account::certificate::NewCertificate;
use noroshi_store::account::enrolment::NewEnrolment;
use noroshi_store::account::passkey::NewPasskey;
use noroshi_store::account::person::{Asker, Change};
use noroshi_store::account::secret::Secret;
use noroshi_web::{DemoAccess, DemoRole, NotLoopback};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use uuid::Uuid;

/// Days the machines' certificates are good.
const MACHINE_DAYS: i64 = 28;

/// One account of the demonstration.
struct Part {
    slug: &'static str,
    home: OrgKind,
    name: &'static str,
    role: Role,
}

/// The accounts, each a role; the keepers of their organisations come before them.
const PARTS: [Part; 9] = [
    Part { slug: "line", home: OrgKind::NationalCentre, name: "管理担当 Line officer", role: Role::LineOfficer },
    Part { slug: "carrier", home: OrgKind::Carrier, name: "通信事業者 Carrier", role: Role::CarrierLiaison },
    Part { slug: "commission", home: OrgKind::Commission, name: "委員 Commissioner", role: Role::Commissioner },
    Part { slug: "inspector", home: OrgKind::Commission, name: "検査官 Inspector", role: Role::Inspector },
    Part { slug: "analyst", home: OrgKind::NationalCentre, name: "分析官 Analyst", role: Role::Analyst },
    Part { slug: "legal", home: OrgKind::NationalCentre, name: "法務担当 Legal officer", role: Role::LegalOfficer },
    Part { slug: "editor", home: OrgKind::NationalCentre, name: "当直編集官 Duty editor", role: Role::DutyEditor },
    Part {
        slug: "operator",
        home: OrgKind::Operator,
        name: "重要インフラ事業者 Operator",
        role: Role::OperatorOfficer,
    },
    Part {
        slug: "keeper", home: OrgKind::NationalCentre, name: "組織管理者 Keeper", role: Role::OrgAdministrator
    },
];

/// Who takes part, and with which keys machines are known.
#[derive(Debug, Clone)]
pub struct Cast {
    /// Asks for mandates.
    pub line_officer: Principal,
    /// Proposes a party agreement for the operator.
    pub operator: Principal,
    /// Its organisation.
    pub party: OrgId,
    /// Answers for the carrier.
    pub liaison: Principal,
    /// The analyst mandates name.
    pub analyst: PersonId,
    /// The carrier.
    pub carrier: OrgId,
    /// The carrier's machine, which hands over.
    pub collector: [u8; 32],
    /// The centre's machine, which runs the detectors.
    pub detector: [u8; 32],
    roles: Vec<DemoRole>,
}

impl Cast {
    /// One-click roles for a hub that listens on `listens`.
    ///
    /// # Errors
    /// [`NotLoopback`].
    pub fn access(&self, listens: SocketAddr) -> Result<DemoAccess, NotLoopback> {
        DemoAccess::on(listens, self.roles.clone())
    }

    /// The words of the one-click roles, in the order in which a mandate meets them.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().map(|role| role.slug.as_str())
    }
}

/// Fills a hub at its first start.
///
/// # Errors
/// [`NotFounded`]; a hub that has people already is not one for a demonstration.
pub async fn cast(hub: &Hub) -> Result<Cast, NotFounded> {
    let stage = Stage { hub };
    let link = hub.first_link.as_deref().and_then(|link| link.rsplit('/').next()).and_then(Secret::parse);
    let administrator = stage.enrols(&link.ok_or(NotFounded::NotFirst)?).await?;
    let mut homes = vec![(OrgKind::NationalCentre, hub.centre)];
    for organisation in organisations(&stage) {
        homes.push((organisation.kind, organisation.id));
        stage.registers(&organisation).await?;
    }
    let home = |kind| homes.iter().find(|(have, _)| *have == kind).map_or(hub.centre, |(_, id)| *id);
    let (mut roles, mut people) = (Vec::new(), Vec::new());
    let mut keepers = Vec::new();
    for (kind, org) in &homes {
        let part = PARTS.iter().find(|part| part.role == Role::OrgAdministrator && part.home == *kind);
        let name = part.map_or("組織管理者 Keeper", |part| part.name);
        let keeper = stage.invites(administrator.id, *org, name, Role::OrgAdministrator).await?;
        keepers.push((*org, keeper.id));
    }
    for part in &PARTS {
        let org = home(part.home);
        let keeper = keepers.iter().find(|(of, _)| *of == org).map_or(administrator.id, |(_, keeper)| *keeper);
        let person = match part.role {
            Role::OrgAdministrator => keeper,
            role => {
                let person = stage.invites(keeper, org, part.name, role).await?;
                people.push((part.slug, principal(&person, part.home)));
                person.id
            }
        };
        roles.push(DemoRole { slug: part.slug.to_owned(), person });
    }
    let of = |slug: &str| people.iter().find(|(have, _)| *have == slug).map(|(_, principal)| principal.clone());
    let found = |slug| of(slug).ok_or(NotFounded::NotFirst);
    let analyst = roles.iter().find(|role| role.slug == "analyst").map(|role| role.person);
    let carrier = home(OrgKind::Carrier);
    stage.opens_collection(&found("editor")?).await?;
    Ok(Cast {
        line_officer: found("line")?,
        operator: found("operator")?,
        party: home(OrgKind::Operator),
        liaison: found("carrier")?,
        analyst: analyst.ok_or(NotFounded::NotFirst)?,
        carrier,
        collector: stage.machine(carrier, "flow exporter", ActKind::Collect).await?,
        detector: stage.machine(hub.centre, "detectors", ActKind::RunDetectors).await?,
        roles,
    })
}

fn organisations(stage: &Stage<'_>) -> [Organisation; 3] {
    let sector = |code: &str| Some(Sector { code: code.to_owned(), table_version: "2026-10-01".to_owned() });
    let make = |kind, ja: &str, en: &str, sector, flags| Organisation {
        id: OrgId(stage.id()),
        kind,
        country: Country::JAPAN,
        name_ja: ja.to_owned(),
        name_en: en.to_owned(),
        sector,
        flags,
    };
    [
        make(OrgKind::Commission, "監理委員会（例）", "Commission (example)", None, BTreeSet::new()),
        make(OrgKind::Carrier, "例示通信", "Example Carrier", sector("telecom"), BTreeSet::new()),
        make(
            OrgKind::Operator,
            "例示電力",
            "Example Power",
            sector("electricity"),
            BTreeSet::from([OrgFlag::Specified]),
        ),
    ]
}

/// An account as the policies see it.
fn principal(person: &Person, org_kind: OrgKind) -> Principal {
    Principal::person(Facts {
        id: person.id,
        org: person.org,
        org_kind,
        roles: person.roles.clone(),
        rank: person.roles.iter().map(|role| role.rank()).max().unwrap_or(Rank::Member),
        country: Country::JAPAN,
        clearance: Clearance::None,
        clearance_until: Micros(i64::MIN),
        compartments: BTreeSet::new(),
        active: person.standing == Standing::Active,
    })
}

/// Writes into a hub.
struct Stage<'a> {
    hub: &'a Hub,
}

impl Stage<'_> {
    fn now(&self) -> Micros {
        (self.hub.sources().now)()
    }

    fn random(&self) -> [u8; 32] {
        (self.hub.sources().random)()
    }

    fn id(&self) -> Uuid {
        first_start::id(self.now(), self.random())
    }

    fn entry(&self, body: Body) -> Result<LeafEntry, LeafError> {
        LeafEntry::try_from(&Leaf::new(self.id(), self.now(), Actor::Hub, body))
    }

    async fn registers(&self, organisation: &Organisation) -> Result<(), NotFounded> {
        let name = format!("{}\n{}", organisation.name_ja, organisation.name_en);
        let line = body::Organisation {
            country: None,
            flags: organisation.flags.clone(),
            kind: organisation.kind,
            name: Commitment::to(name.as_bytes(), &Salt(Digest(self.random()))),
            org: organisation.id,
        };
        let leaf = self.entry(Body::Organisation(line))?;
        Ok(self.hub.acts.db.add_organisation(organisation, self.now(), &leaf).await?)
    }

    /// A collection for everybody who takes part.
    async fn opens_collection(&self, editor: &Principal) -> Result<(), NotFounded> {
        let (sources, id) = (self.hub.sources(), CollectionId(self.id()));
        let random = move || (sources.random)();
        let asking = Asking { principal: editor, at: self.now(), evidence: None, random: &random };
        let card = Card {
            title_ja: "参加組織の共有区画".to_owned(),
            title_en: "Everyone who takes part".to_owned(),
            description: "演示用 / for the demonstration".to_owned(),
            readers: Readers::Everyone,
            givers: Readers::Everyone,
        };
        share::keep(&self.hub.acts, &asking, id, Keep::Open(card)).await.map_err(Box::new)?;
        Ok(())
    }

    /// Invites somebody and has them accept.
    async fn invites(&self, by: PersonId, org: OrgId, name: &str, role: Role) -> Result<Person, NotFounded> {
        let (person, secret) = (PersonId(self.id()), Secret::from_random(self.random()));
        let roles = BTreeSet::from([role]);
        let line = body::Person {
            active: false,
            clearance: Clearance::None,
            clearance_until: None,
            compartments: None,
            org,
            person,
            roles: roles.clone(),
        };
        let leaf = self.entry(Body::Person(line))?;
        let change = Change {
            asker: Asker::Person(by),
            org,
            person,
            command: Command::Invite { person, display_name: name.to_owned(), roles },
            enrolment: Some(NewEnrolment { hash: secret.hash(), expires_at: Micros(self.now().0 + HOUR) }),
        };
        let decided = self.hub.acts.db.change_person(&change, self.now(), &|_| leaf.clone()).await?;
        decided.map_err(NotFounded::Refused)?;
        self.enrols(&secret).await
    }

    /// Uses a link up. The key it registers is nobody's, and removed at once: one click stands for it, on loopback.
    async fn enrols(&self, secret: &Secret) -> Result<Person, NotFounded> {
        let (db, now) = (&self.hub.acts.db, self.now());
        let invited = db.enrolment(secret.hash(), now).await?;
        let key = self.random().to_vec();
        let passkey = NewPasskey {
            credential_id: key.clone(),
            label: "demonstration".to_owned(),
            body: b"{}".to_vec(),
            sign_count: 0,
        };
        let line = |added| {
            let fingerprint = Digest::of(&key);
            let person = Some(invited.id);
            Body::Credential(body::Credential {
                added,
                fingerprint,
                kind: CredentialKind::Passkey,
                org: invited.org,
                person,
            })
        };
        let person = db.accept_enrolment(secret.hash(), &passkey, now, &self.entry(line(true))?).await?;
        db.remove_passkey(invited.id, &key, now, &self.entry(line(false))?).await?;
        Ok(person.value)
    }

    /// Registers a machine of an organisation, for one act.
    async fn machine(&self, org: OrgId, label: &str, act: ActKind) -> Result<[u8; 32], NotFounded> {
        let (fingerprint, now) = (self.random(), self.now());
        let new = NewCertificate {
            fingerprint,
            org,
            label: label.to_owned(),
            scopes: BTreeSet::from([act.word().to_owned()]),
            expires_at: Micros(now.0 + MACHINE_DAYS * DAY),
        };
        let line = body::Credential {
            added: true,
            fingerprint: Digest(fingerprint),
            kind: CredentialKind::Certificate,
            org,
            person: None,
        };
        self.hub.acts.db.add_certificate(&new, now, &self.entry(Body::Credential(line))?).await?;
        Ok(fingerprint)
    }
}
