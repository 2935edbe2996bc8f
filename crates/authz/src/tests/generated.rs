//! Generated cases against the oracle: every act, begun from a case where all is well and broken in a few places,
//! so that permits and refusals both come often.
//!
//! The default run is a sample. `NOROSHI_MATRIX_CASES=1000000 cargo test --release -p noroshi-authz` runs the rest.

use super::oracle;
use super::stage::{self, Asking, Thing, asking, everyone, org_of, person_id};
use crate::resource::Audience;
use crate::{ActKind, Authz, Principal, Scope};
use noroshi_model::{
    Clearance, Compartment, Country, Direction, Handling, IntentId, LegalBasis, MandateState, MeasureKind,
    MeasureState, Micros, OpeningState, OrgId, OrgKind, PersonId, Purpose, Rank, Role, Tlp,
};
use rand::seq::{IndexedRandom, IteratorRandom};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

const CASES_DEFAULT: usize = 24_000;
const SEED: u64 = 42;

fn cases() -> usize {
    std::env::var("NOROSHI_MATRIX_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES_DEFAULT)
}

fn pick<T: Copy>(rng: &mut impl Rng, from: &[T]) -> T {
    *from.choose(rng).unwrap()
}

fn some<T: Copy + Ord>(rng: &mut impl Rng, from: &[T]) -> BTreeSet<T> {
    let count = rng.random_range(0..=from.len().min(3));
    from.iter().copied().sample(rng, count).into_iter().collect()
}

fn time(rng: &mut impl Rng) -> Micros {
    Micros(stage::NOW.0 + rng.random_range(-1..=1))
}

fn org(rng: &mut impl Rng) -> (OrgId, OrgKind) {
    let kind = pick(rng, &OrgKind::ALL);
    (org_of(kind), kind)
}

fn country(rng: &mut impl Rng) -> Country {
    if rng.random() { Country::JAPAN } else { "AU".parse().unwrap() }
}

fn compartments(rng: &mut impl Rng) -> BTreeSet<Compartment> {
    ["grid", "ports"].into_iter().filter(|_| rng.random()).map(stage::compartment).collect()
}

fn audience(rng: &mut impl Rng) -> Audience {
    if rng.random_bool(0.3) { Audience::Everyone } else { Audience::These([org(rng).0].into()) }
}

/// A mark more, or another one.
fn remark(rng: &mut impl Rng, handling: &mut Handling, who: PersonId) {
    match rng.random_range(0..7) {
        0 => handling.tlp = rng.random_bool(0.8).then(|| pick(rng, Tlp::ALL)),
        1 => handling.people = rng.random_bool(0.7).then(|| [who].into()),
        2 => handling.countries = rng.random_bool(0.7).then(|| [country(rng)].into()),
        3 => handling.clearance = pick(rng, &Clearance::ALL),
        4 => handling.compartments = compartments(rng),
        5 => handling.purposes = rng.random_bool(0.7).then(|| some(rng, &Purpose::ALL)),
        _ => handling.understood = rng.random(),
    }
}

/// Anybody who plays a part on the stage.
fn anybody(rng: &mut impl Rng, who: &Principal) -> PersonId {
    match who {
        Principal::Person { person, .. } if rng.random_bool(0.4) => person.id,
        _ => person_id(pick(rng, &[0, 1, 3, 4, 101, 104, 105, 107, 108, 109])),
    }
}

fn break_principal(rng: &mut impl Rng, who: &mut Principal) {
    match who {
        Principal::Person { person, scope } => match rng.random_range(0..10) {
            0 => person.active = false,
            1 => *scope = Scope::Token(some(rng, ActKind::ALL)),
            2 => (person.org, person.org_kind) = org(rng),
            3 => person.roles = some(rng, &Role::ALL),
            4 => person.rank = pick(rng, &Rank::ALL),
            5 => person.clearance = pick(rng, &Clearance::ALL),
            6 => person.clearance_until = time(rng),
            7 => person.country = country(rng),
            8 => person.compartments = compartments(rng),
            _ => _ = person.roles.insert(pick(rng, &Role::ALL)),
        },
        Principal::Machine(machine) => match rng.random_range(0..6) {
            0 => machine.active = false,
            1 => machine.not_after = time(rng),
            2 => machine.mandate = None,
            3 => machine.scopes = some(rng, ActKind::ALL),
            4 => machine.country = country(rng),
            _ => (machine.org, machine.org_kind) = org(rng),
        },
    }
}

fn break_circumstances(rng: &mut impl Rng, asking: &mut Asking) {
    let at = &mut asking.circumstances;
    match rng.random_range(0..5) {
        0 => at.now = time(rng),
        1 => at.purpose = rng.random_bool(0.7).then(|| pick(rng, &Purpose::ALL)),
        2 => at.receipt = rng.random_bool(0.2).then(|| IntentId(uuid::Uuid::nil())),
        3 => at.stepped_up = false,
        _ => at.budget_left = false,
    }
}

fn break_mandate(rng: &mut impl Rng, asking: &mut Asking) {
    let who = anybody(rng, &asking.principal);
    let Some(mandate) = asking.thing.mandate_mut() else { return };
    match rng.random_range(0..13) {
        0 | 1 => mandate.state = pick(rng, MandateState::ALL),
        2 => mandate.commission_approved = false,
        3 => mandate.not_before = time(rng),
        4 => mandate.not_after = time(rng),
        5 => mandate.directions = some(rng, &Direction::ALL),
        6 => mandate.purposes = some(rng, &Purpose::ALL),
        7 => mandate.analysts = [who].into(),
        8 => mandate.carriers = [org(rng).0].into(),
        9 => mandate.requester = who,
        10 => mandate.requester_org = org(rng).0,
        11 => mandate.basis = pick(rng, &LegalBasis::ALL),
        _ => {
            mandate.party = rng.random_bool(0.7).then(|| org(rng).0);
            mandate.clearance = pick(rng, &Clearance::ALL);
        }
    }
}

fn break_thing(rng: &mut impl Rng, asking: &mut Asking) {
    let who = anybody(rng, &asking.principal);
    let second = anybody(rng, &asking.principal);
    match &mut asking.thing {
        Thing::Collection(thing) => match rng.random_range(0..4) {
            0 => thing.keeper = org(rng).0,
            1 => thing.readers = audience(rng),
            2 => thing.givers = audience(rng),
            _ => thing.open = rng.random(),
        },
        Thing::Intelligence(thing) => match rng.random_range(0..6) {
            0 => thing.producer = org(rng).0,
            1 => thing.readers = audience(rng),
            _ => remark(rng, &mut thing.handling, who),
        },
        Thing::Hub(_) | Thing::Mandate(_) => {}
        Thing::Org(thing) => (thing.id, thing.kind) = org(rng),
        Thing::OrgChange(thing) if rng.random() => thing.standing = true,
        Thing::OrgChange(thing) => (thing.org.id, thing.org.kind) = org(rng),
        Thing::Invitation(thing) => match rng.random_range(0..4) {
            0 => (thing.org, thing.org_kind) = org(rng),
            1 => thing.roles = some(rng, &Role::ALL),
            2 => thing.rank = pick(rng, &Rank::ALL),
            _ => thing.first_of_org = true,
        },
        Thing::PersonChange(thing) => match rng.random_range(0..8) {
            0 => (thing.person.org, thing.person.org_kind) = org(rng),
            1 => thing.person.roles = some(rng, &Role::ALL),
            2 => thing.person.rank = pick(rng, &Rank::ALL),
            3 => thing.person.clearance = pick(rng, &Clearance::ALL),
            4 => thing.roles_after = some(rng, &Role::ALL),
            5 => thing.rank_after = pick(rng, &Rank::ALL),
            6 => thing.clearance_after = pick(rng, &Clearance::ALL),
            // The row of oneself is oneself: two rows of one id would be refused as unfit.
            _ => {
                if let Principal::Person { person, .. } = &asking.principal {
                    thing.person = person.clone();
                }
            }
        },
        Thing::Person(thing) => (thing.org, thing.org_kind) = org(rng),
        Thing::Token(thing) => match rng.random_range(0..3) {
            0 => (thing.org, thing.org_kind) = org(rng),
            1 => thing.scopes = some(rng, ActKind::ALL),
            _ => {
                let day = noroshi_model::time::DAY;
                thing.not_after = Micros(thing.not_before.0 + 90 * day + rng.random_range(0..2));
            }
        },
        Thing::MandateChange(thing) if rng.random() => thing.widens = !thing.widens,
        Thing::MandateChange(thing) => thing.commission_signed = !thing.commission_signed,
        Thing::Dataset(thing) => match rng.random_range(0..3) {
            0 => thing.directions = some(rng, &Direction::ALL),
            1 => thing.clearance = pick(rng, &Clearance::ALL),
            _ => thing.disposed = true,
        },
        Thing::Finding(thing) if rng.random() => thing.readable_until = time(rng),
        Thing::Finding(thing) => thing.clearance = pick(rng, &Clearance::ALL),
        Thing::Opening(thing) => match rng.random_range(0..5) {
            0 => thing.state = pick(rng, OpeningState::ALL),
            1 => thing.requester = who,
            2 => thing.approver = rng.random_bool(0.8).then_some(who),
            3 => thing.not_after = time(rng),
            _ => thing.clearance = pick(rng, &Clearance::ALL),
        },
        Thing::Report(thing) => match rng.random_range(0..6) {
            0 | 1 => thing.tlp = pick(rng, Tlp::ALL),
            2 => thing.named = [who].into(),
            3 => thing.recipients = [org(rng).0].into(),
            4 => thing.purposes = some(rng, &Purpose::ALL),
            _ => (thing.submitter, thing.clearance) = (org(rng).0, pick(rng, &Clearance::ALL)),
        },
        Thing::Measure(thing) => match rng.random_range(0..10) {
            0 => thing.kind = pick(rng, MeasureKind::ALL),
            1 => thing.state = pick(rng, MeasureState::ALL),
            2 => thing.proposer = who,
            3 => thing.line_approver = rng.random_bool(0.7).then_some(who),
            4 => thing.legal_approver = rng.random_bool(0.7).then_some(second),
            5 => thing.commission_approved = true,
            6 => thing.preview_acknowledged = false,
            7 => thing.inverse_tested = false,
            8 => thing.not_after = time(rng),
            _ => (thing.touches_critical, thing.clearance) = (rng.random(), pick(rng, &Clearance::ALL)),
        },
        Thing::Sealed(thing) => {
            thing.quorum = rng.random_range(0..5);
            thing.signers = some(rng, &[who, second, person_id(110)]);
        }
    }
}

fn random_asking(rng: &mut impl Rng, act: ActKind, everyone: &[(&str, Principal)]) -> Asking {
    let mut asking = asking(act, everyone.choose(rng).unwrap().1.clone());
    // The role that can, twice as often as chance would have it: most others are refused for their role alone.
    if rng.random_bool(0.5) {
        let able = everyone.iter().filter(|(_, who)| oracle::allows(&stage::asking(act, who.clone())));
        if let Some((_, who)) = able.choose(rng) {
            asking = stage::asking(act, who.clone());
        }
    }
    for _ in 0..rng.random_range(0..4) {
        match rng.random_range(0..8) {
            0 => break_principal(rng, &mut asking.principal),
            1 => break_circumstances(rng, &mut asking),
            2..5 => break_mandate(rng, &mut asking),
            _ => break_thing(rng, &mut asking),
        }
    }
    asking
}

#[test]
fn policies_and_oracle_agree_on_generated_cases_and_the_split_decides_like_the_whole() {
    let authz = Authz::new().unwrap();
    let released = Authz::new().unwrap().facts_unchecked();
    let whole = authz.undivided().unwrap();
    let everyone = everyone();
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let cases = cases();
    let mut tally = vec![(0_u32, 0_u32); ActKind::ALL.len()];
    for number in 0..cases {
        let act = ActKind::ALL[number % ActKind::ALL.len()];
        let asking = random_asking(&mut rng, act, &everyone);
        let Asking { principal, thing, circumstances, .. } = &asking;
        let answer = authz.decide(act, principal, thing.facts(), circumstances);
        assert!(!answer.as_ref().is_err_and(|refusal| refusal.is_alarm()), "case {number}: {answer:?}");
        assert_eq!(answer.is_ok(), oracle::allows(&asking), "case {number} of seed {SEED}: {asking:#?}\n{answer:#?}");
        // The facts of every case fit the schema, or the answer above were an alarm; not looking changes nothing.
        assert_eq!(released.decide(act, principal, thing.facts(), circumstances), answer, "case {number}");
        // One in eight: the whole set costs several times as much, and the prover shows the same for all inputs.
        if number % 8 == 0 {
            assert_eq!(whole.decide(act, principal, thing.facts(), circumstances), answer, "case {number}");
        }
        let (permits, refusals) = &mut tally[act as usize];
        *if answer.is_ok() { permits } else { refusals } += 1;
    }
    for (act, (permits, refusals)) in ActKind::ALL.iter().zip(&tally) {
        assert!(*permits > 20 && *refusals > 20, "{act}: {permits} permits and {refusals} refusals test too little");
    }
    let permits: u32 = tally.iter().map(|(permits, _)| permits).sum();
    println!("{cases} cases, {permits} permits, no difference");
}
