//! A hub with six organisations, their people, a mandate in force with a day of traffic, and one that waits.
#![allow(clippy::expect_used, reason = "a part of tests and demonstrations, built for nothing else")]

use super::{MemoryLog, MemoryOffice, NOON, clock, dice};
use crate::office::{Asker, Deed, Found, Names, Office, Table};
use crate::state::{Config, DemoAccess, Issuer, Parts, Sources};
use noroshi_authz::{Authz, Principal};
use noroshi_casework::Said;
use noroshi_casework::batch::{Batch, BatchStanding};
use noroshi_casework::mandate::{Command, Decision, Request, RulePack, rules};
use noroshi_casework::party::{self, Organisation, Person, Sector};
use noroshi_leaf::{
    Actor, Answer, BatchOpened, BatchSealed, Body, Choice, Digest, Matter, Roster, Salt, Signed, Signer, Terms, Vote,
};
use noroshi_model::finding::{Client, Detector, Evidence, Innocent};
use noroshi_model::time::{DAY, HOUR};
use noroshi_model::{
    BatchId, Clearance, Confidence, Country, Direction, Finding, HuntId, LegalBasis, MandateId, Micros, OrgFlag, OrgId,
    OrgKind, PersonId, Protocol, Purpose, Role, Severity,
};
use noroshi_store::Db;
use noroshi_store::account::person::{Asker as By, Change};
use noroshi_store::leaf::LeafEntry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// The people of the seeded hub.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "each is named for what they do")]
pub struct People {
    pub administrator: PersonId,
    pub keeper: PersonId,
    pub line_officer: PersonId,
    pub legal_officer: PersonId,
    pub analyst: PersonId,
    pub commissioner: PersonId,
    pub inspector: PersonId,
    pub carrier: PersonId,
    pub other_carrier: PersonId,
    pub operator: PersonId,
}

/// A seeded hub.
pub struct Seeded {
    /// For [`crate::State::new`].
    pub parts: Parts,
    /// The office, to look behind the pages.
    pub office: Arc<MemoryOffice>,
    /// Who is who.
    pub people: People,
    /// The organisations: centre, commission, carrier, another carrier, operator, ministry.
    pub orgs: [OrgId; 6],
    /// A mandate in force.
    pub live: MandateId,
    /// A mandate that waits for the carrier's answer.
    pub waiting: MandateId,
    /// A hunt under the live one.
    pub hunt: HuntId,
}

const fn org(number: u128) -> OrgId {
    OrgId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number))
}

const fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0100 + number))
}

const fn mandate(number: u128) -> MandateId {
    MandateId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0200 + number))
}

fn signer(number: u8) -> Signer {
    Signer::from_seed(&[number; 32])
}

fn said(text: &str) -> Said {
    Said::new(text, Salt(Digest::of(text.as_bytes())))
}

/// What a hunt of the seeded hub gives.
pub(super) fn rows() -> Table {
    let columns = ["server", "client (pseudonym)", "flows", "bytes out", "first", "last"];
    let row = |client: &str, flows: &str, bytes: &str, first: &str, last: &str| {
        ["198.51.100.7:443", client, flows, bytes, first, last].map(str::to_owned).to_vec()
    };
    Table {
        columns: columns.map(str::to_owned).to_vec(),
        rows: vec![
            row("2001:db8:a1::3f", "288", "41,472", "2025-11-24 00:02", "2025-11-24 23:57"),
            row("2001:db8:a1::91", "287", "41,328", "2025-11-24 00:04", "2025-11-24 23:59"),
            row("2001:db8:a1::c4", "143", "20,592", "2025-11-24 12:01", "2025-11-24 23:56"),
        ],
    }
}

/// Terms of the seeded mandates: 28 days from yesterday, out to foreign.
pub fn terms() -> Terms {
    let rules = RulePack::parse(rules::JAPAN_2026_1).expect("the shipped pack");
    Terms {
        analysts: BTreeSet::from([person(5)]),
        carrier: org(3),
        clearance: Clearance::None,
        directions: BTreeSet::from([Direction::OutForeign]),
        dns_names: false,
        domestic: BTreeSet::from(["192.0.2.0/24".parse().expect("a prefix")]),
        from: Micros(NOON.0 - 2 * DAY),
        hunts_max: 20,
        legal_basis: LegalBasis::OutForeign,
        party: None,
        ports: BTreeSet::from([(443, 443), (8_000, 9_000)]),
        protocols: BTreeSet::from([6, 17]),
        purposes: BTreeSet::from([Purpose::FindAttackServers, Purpose::WarnVictims]),
        records_max: 1_000_000_000,
        retain_days_max: 30,
        rows_max: 1_000,
        rule_pack: rules.id(),
        selected_records_max: 1_000_000,
        selectors: None,
        until: Micros(NOON.0 + 26 * DAY),
    }
}

fn organisations() -> [Organisation; 6] {
    let make = |number, kind, name_ja: &str, name_en: &str, sector: Option<&str>| Organisation {
        id: org(number),
        kind,
        country: Country::JAPAN,
        name_ja: name_ja.to_owned(),
        name_en: name_en.to_owned(),
        sector: sector.map(|code| Sector { code: code.to_owned(), table_version: "2026-10-01".to_owned() }),
        flags: if sector == Some("electricity") { BTreeSet::from([OrgFlag::Specified]) } else { BTreeSet::new() },
    };
    [
        make(1, OrgKind::NationalCentre, "国家サイバー統括室（例）", "National Centre (example)", None),
        make(2, OrgKind::Commission, "サイバー通信情報監理委員会（例）", "Commission (example)", None),
        make(3, OrgKind::Carrier, "北日本通信（例）", "Carrier North (example)", Some("telecom")),
        make(4, OrgKind::Carrier, "南日本通信（例）", "Carrier South (example)", Some("telecom")),
        make(5, OrgKind::Operator, "例示電力", "Example Power", Some("electricity")),
        make(6, OrgKind::Ministry, "例示省", "Ministry (example)", None),
    ]
}

/// Number, organisation, name as a role, roles.
const ACCOUNTS: [(u128, u128, &str, &[Role]); 10] = [
    (1, 1, "管理者 Administrator", &[Role::Administrator]),
    (2, 1, "組織管理 Keeper", &[Role::OrgAdministrator]),
    (3, 1, "管理担当 Line officer", &[Role::LineOfficer]),
    (4, 1, "法務担当 Legal officer", &[Role::LegalOfficer]),
    (5, 1, "分析官 Analyst", &[Role::Analyst]),
    (6, 2, "委員 Commissioner", &[Role::Commissioner]),
    (7, 2, "検査官 Inspector", &[Role::Inspector]),
    (8, 3, "北日本通信 担当 Carrier North", &[Role::CarrierLiaison]),
    (9, 4, "南日本通信 担当 Carrier South", &[Role::CarrierLiaison]),
    (10, 5, "例示電力 担当 Operator", &[Role::OperatorOfficer]),
];

fn leaf() -> LeafEntry {
    let random = dice();
    let mut id = [0; 16];
    id.copy_from_slice(&random[..16]);
    LeafEntry { id: uuid::Builder::from_random_bytes(id).into_uuid(), bytes: random.to_vec() }
}

/// Organisations and active people. The first start makes the administrator, who founds the rest; here the store's
/// own rows are written the way it writes them, one change after the other.
async fn accounts(db: &Db) {
    for organisation in organisations() {
        db.add_organisation(&organisation, clock(), &leaf()).await.expect("an organisation");
    }
    for (number, home, name, roles) in ACCOUNTS {
        let first = number == 1;
        let keeper = match home {
            1 => 2,
            other => 100 + other,
        };
        let asker = if first {
            By::FirstStart
        } else if number == 2 {
            By::Person(person(1))
        } else {
            By::Person(person(keeper))
        };
        if home != 1 && db.person(person(keeper)).await.expect("a look").is_none() {
            let roles = BTreeSet::from([Role::OrgAdministrator]);
            invite(db, By::Person(person(1)), home, keeper, "組織管理 Keeper", roles).await;
        }
        invite(db, asker, home, number, name, roles.iter().copied().collect()).await;
    }
}

async fn invite(db: &Db, asker: By, home: u128, number: u128, name: &str, roles: BTreeSet<Role>) {
    let secret = noroshi_store::account::secret::Secret::from_random(dice());
    let change = Change {
        asker,
        org: org(home),
        person: person(number),
        command: party::Command::Invite { person: person(number), display_name: name.to_owned(), roles },
        enrolment: Some(noroshi_store::account::enrolment::NewEnrolment {
            hash: secret.hash(),
            expires_at: Micros(clock().0 + DAY),
        }),
    };
    let decided = db.change_person(&change, clock(), &|_| leaf()).await.expect("a change");
    decided.expect("an invitation");
    let passkey = noroshi_store::account::passkey::NewPasskey {
        credential_id: number.to_be_bytes().to_vec(),
        label: "seed".to_owned(),
        body: b"{}".to_vec(),
        sign_count: 0,
    };
    db.accept_enrolment(secret.hash(), &passkey, clock(), &leaf()).await.expect("an account");
    let seed_key = number.to_be_bytes();
    db.remove_passkey(person(number), &seed_key, clock(), &leaf()).await.expect("a removed key");
}

fn names() -> Names {
    let orgs = organisations().into_iter().map(|org| (org.id, (org.name_ja, org.name_en))).collect();
    let people = ACCOUNTS.iter().map(|(number, _, name, _)| (person(*number), (*name).to_owned())).collect();
    Names { orgs, people }
}

/// The commission's votes, three of five, on the first version of some terms.
fn votes(mandate: MandateId, matter: Matter, terms: &Terms, reasons: &[Said]) -> Vec<Signed<Vote>> {
    let cast = |(number, reason): (u8, &Said)| {
        let vote = Vote {
            at: NOON,
            choice: Choice::For,
            conditions: Decision::conditions_digest(&[]),
            mandate,
            matter,
            reasons: reason.commitment(),
            round: 0,
            terms: terms.digest(),
            version: 1,
        };
        signer(number).sign(vote).expect("a vote")
    };
    (1..).zip(reasons).map(cast).collect()
}

/// A decision that grants the first version of a mandate, as the commission's program would sign it.
pub(crate) fn decision(mandate: MandateId, terms: &Terms) -> Decision {
    let reasons: Vec<_> = [
        "他の方法では実態の把握が著しく困難であり、範囲は必要最小限である。",
        "対象は国外の指令サーバに限られ、国内の通信は直ちに消去される。",
        "保存期間は短く、利用は記録され検査できる。",
    ]
    .map(said)
    .to_vec();
    let votes = votes(mandate, Matter::Grant, terms, &reasons);
    Decision { conditions: Vec::new(), reasons, votes }
}

fn asker(db_person: &Person, kind: OrgKind) -> Asker {
    let organisation = Organisation {
        id: db_person.org,
        kind,
        country: Country::JAPAN,
        name_ja: String::new(),
        name_en: String::new(),
        sector: None,
        flags: BTreeSet::new(),
    };
    let person = crate::visitor::as_authz(db_person, &organisation, clock());
    Asker { principal: Principal::person(person), at: clock() }
}

fn request(title: &str, terms: &Terms) -> Command {
    let salt = Salt(Digest::of(title.as_bytes()));
    Command::Request(Box::new(Request {
        necessity: said(
            "国外の指令サーバは乗っ取られた国内機器を経由して頻繁に入れ替わり、個別の通報や公開情報だけでは把握できない。通信の相手と時刻、量のみを用いる。",
        ),
        selectors: Vec::new(),
        selectors_salt: salt,
        terms: terms.clone(),
        title: title.to_owned(),
    }))
}

/// A hub whose database is `db`, fresh, served under `origin`; `demo` offers one-click roles.
pub async fn seeded(db: Db, origin: &str, issuers: Vec<Issuer>, demo: bool) -> Seeded {
    accounts(&db).await;
    let authz = Arc::new(Authz::new().expect("the policies"));
    let rules = RulePack::parse(rules::JAPAN_2026_1).expect("the shipped pack");
    let roster =
        Roster { commissioners: (1..=5).map(|n| signer(n).public()).collect(), quorum: 3, seal: signer(99).public() };
    let office = Arc::new(MemoryOffice::new(Arc::clone(&authz), rules.clone(), roster, names()));
    let (live, waiting, hunt) =
        (mandate(1), mandate(2), HuntId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0301)));
    govern(&db, &office, live, waiting).await;
    traffic(&office, live);
    first_hunt(&db, &office, live, hunt).await;
    let who = |number| person(number);
    let people = People {
        administrator: who(1),
        keeper: who(2),
        line_officer: who(3),
        legal_officer: who(4),
        analyst: who(5),
        commissioner: who(6),
        inspector: who(7),
        carrier: who(8),
        other_carrier: who(9),
        operator: who(10),
    };
    let role = |(slug, person): (&str, PersonId)| crate::state::DemoRole { slug: slug.to_owned(), person };
    let roles = [
        ("line", who(3)),
        ("carrier", who(8)),
        ("commission", who(6)),
        ("analyst", who(5)),
        ("legal", who(4)),
        ("operator", who(10)),
    ];
    let access = DemoAccess::on(([127, 0, 0, 1], 0).into(), roles.map(role).to_vec()).expect("loopback");
    let config = Config {
        origin: origin.parse().expect("an origin"),
        name_ja: "狼煙 Noroshi".to_owned(),
        name_en: "Noroshi".to_owned(),
        issuers,
        utc_offset_hours: 9,
    };
    let shared: Arc<dyn Office> = Arc::clone(&office) as Arc<dyn Office>;
    let parts = Parts {
        store: db,
        authz,
        office: shared,
        exchange: Arc::new(crate::exchange::Nothing),
        log: Arc::new(MemoryLog),
        rules,
        sources: Sources { now: clock, random: dice },
        config,
        demo: demo.then_some(access),
    };
    let orgs = [1, 2, 3, 4, 5, 6].map(org);
    Seeded { parts, office, people, orgs, live, waiting, hunt }
}

async fn account(db: &Db, id: PersonId) -> Person {
    db.person(id).await.expect("a look").expect("a person").value
}

async fn govern(db: &Db, office: &MemoryOffice, live: MandateId, waiting: MandateId) {
    let line = asker(&account(db, person(3)).await, OrgKind::NationalCentre);
    let carrier = asker(&account(db, person(8)).await, OrgKind::Carrier);
    let commissioner = asker(&account(db, person(6)).await, OrgKind::Commission);
    let evidence = Some(Digest::of(b"evidence"));
    let act = |asker: Asker, id, command: Command| async move {
        office.act(&asker, Deed::Mandate { id, command: Box::new(command) }, evidence).await.expect("a deed");
    };
    let terms = terms();
    act(line.clone(), live, request("北日本通信：特定内外通信（11 月）", &terms)).await;
    let answer = Command::Answer {
        answer: Answer::Partly,
        load_cap_records_per_second: Some(50_000),
        reason: said("既存のエクスポータで対応できます。夜間の保守時間帯は除きます。"),
    };
    act(carrier, live, answer).await;
    act(commissioner, live, Command::Decide(decision(live, &terms))).await;
    let wider = Terms { until: Micros(terms.until.0 + 20 * DAY), ..terms };
    act(line, waiting, request("北日本通信：特定内外通信（12 月）", &wider)).await;
}

fn traffic(office: &MemoryOffice, live: MandateId) {
    let mut memory = office.memory();
    for number in 1..=2_u64 {
        let batch = BatchId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0400 + u128::from(number)));
        let opened = BatchOpened {
            batch,
            commission_share: Digest::of(b"share"),
            key: Digest::of(b"key"),
            mandate: live,
            number,
            source: "north-1.example".to_owned(),
            version: 1,
        };
        let from = Micros(NOON.0 - (3 - i64::try_from(number).unwrap_or_default()) * DAY);
        let sealed = BatchSealed {
            aggregated_only: 3_120_448,
            batch,
            ciphertext: Digest::of(b"ciphertext"),
            from,
            input: Digest::of(b"input"),
            out_of_mandate: BTreeMap::from([
                ("domestic".to_owned(), 9_402_117),
                ("direction".to_owned(), 2_204_630),
                ("port".to_owned(), 418_220),
                ("unknown_place".to_owned(), 60_331),
            ]),
            received: 15_210_958,
            selected: 5_212,
            selection: noroshi_leaf::Commitment(Digest::of(b"selection")),
            until: Micros(from.0 + DAY),
        };
        office.append(&mut memory, Actor::Hub, from, Body::BatchOpened(opened.clone()));
        office.append(&mut memory, Actor::Hub, sealed.until, Body::BatchSealed(sealed.clone()));
        memory.batches.push(Batch { opened, at: from, retain_days_max: 30, standing: BatchStanding::Sealed(sealed) });
    }
    memory.findings.push(Found {
        mandate: live,
        title: "北日本通信：特定内外通信（11 月）".to_owned(),
        finding: Arc::new(finding()),
    });
}

fn finding() -> Finding {
    let evidence = |name: &str, value, unit: &str, weight| Evidence {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        weight,
    };
    let client = |last: u16| Client {
        pseudonym: std::net::Ipv6Addr::new(0x2001, 0xdb8, 0xa1, 0, 0, 0, 0, last).into(),
        flows: 288,
        bytes_out: 41_472,
        bytes_in: 38_016,
        first_seen: Micros(NOON.0 - DAY),
        last_seen: Micros(NOON.0 - HOUR),
        beats: Vec::new(),
    };
    Finding {
        id: "c2-198.51.100.7-443".to_owned(),
        detector: Detector::C2Server,
        severity: Severity::High,
        confidence: Confidence::from_probability(0.82),
        score: 4.31,
        server: std::net::Ipv4Addr::new(198, 51, 100, 7).into(),
        domestic: false,
        port: 443,
        protocol: Protocol(6),
        direction: Direction::OutForeign,
        clients: 3,
        first_seen: Micros(NOON.0 - DAY),
        last_seen: Micros(NOON.0 - HOUR),
        country: Some("ZZ".to_owned()),
        evidence: vec![evidence("period", 300.2, "s", 2.1), evidence("clients", 3.0, "", 0.8)],
        innocent: vec![Innocent::UpdateCheck, Innocent::Monitoring],
        false_positives: None,
        rita: None,
        client_list: vec![client(0x3f), client(0x91), client(0xc4)],
        clients_over_time: Vec::new(),
        periodogram: Vec::new(),
        path: Vec::new(),
    }
}

async fn first_hunt(db: &Db, office: &MemoryOffice, live: MandateId, hunt: HuntId) {
    let analyst = asker(&account(db, person(5)).await, OrgKind::NationalCentre);
    let batches = office.memory().batches.iter().map(|batch| batch.opened.batch).collect();
    let question = noroshi_casework::hunt::Question {
        batches,
        directions: BTreeSet::from([Direction::OutForeign]),
        reason_code: noroshi_casework::hunt::ReasonCode::ConfirmFinding,
        reason: said("検知結果 c2-198.51.100.7-443 の周期を確認するため。"),
        rows_max: 100,
        servers: BTreeSet::new(),
    };
    let deed = Deed::Hunt { id: hunt, mandate: live, question };
    office.act(&analyst, deed, None).await.expect("a hunt");
}

impl Seeded {
    /// Path of a fresh enrolment link of somebody, as if they enrolled again.
    pub async fn enrolment_link(&self, of: PersonId) -> String {
        let secret = noroshi_store::account::secret::Secret::from_random(dice());
        let change = Change {
            asker: By::Person(self.people.keeper),
            org: self.orgs[0],
            person: of,
            command: party::Command::Reenrol,
            enrolment: Some(noroshi_store::account::enrolment::NewEnrolment {
                hash: secret.hash(),
                expires_at: Micros(clock().0 + DAY),
            }),
        };
        let decided = self.parts.store.change_person(&change, clock(), &|_| leaf()).await.expect("a change");
        decided.expect("a new enrolment");
        format!("/enrol/{}", secret.reveal())
    }

    /// The latest kept signatures' text of a person: what the leaf that tells of them was made with.
    pub async fn evidence_of(&self, of: PersonId) -> String {
        let memory = self.office.memory();
        let last = memory
            .lines
            .iter()
            .rev()
            .find(|line| matches!(line.leaf.actor, Actor::Person { person, .. } if person == of));
        let said = last.map(|line| serde_json::to_string(&line.leaf).unwrap_or_default()).unwrap_or_default();
        if said.contains("\"evidence\":\"") { format!("mandate.request {said}") } else { said }
    }
}
