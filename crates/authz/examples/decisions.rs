//! How many decisions a second one thread makes, by processor time and by the clock on the wall, as JSON: facts to entities,
//! request checked against the schema, policies evaluated, permit or refusal with its record made and dropped.
//!
//! `cargo run --release -p noroshi-authz --example decisions`
#![allow(clippy::print_stdout, reason = "a measurement")]

use nix::time::{ClockId, clock_gettime};
use noroshi_authz::{Authz, Circumstances, Person, Principal, act, resource};
use noroshi_model::{
    BatchId, Clearance, DataClass, Direction, IntentId, LegalBasis, MandateId, MandateState, MeasureId, MeasureKind,
    MeasureState, Micros, OrgId, OrgKind, PersonId, Purpose, Rank, Role,
};
use std::collections::BTreeSet;
use std::time::Instant;
use uuid::Uuid;

// As in the hub.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: u32 = 20_000;
const NOW: Micros = Micros(1_790_000_000_000_000);

fn person(id: u128, role: Role) -> Person {
    Person {
        id: PersonId(Uuid::from_u128(id)),
        org: OrgId(Uuid::from_u128(1)),
        org_kind: OrgKind::NationalCentre,
        roles: [role].into(),
        rank: Rank::Member,
        clearance: Clearance::Secret,
        country: noroshi_model::Country::JAPAN,
        clearance_until: Micros(NOW.0 + 1),
        compartments: BTreeSet::new(),
        active: true,
    }
}

/// A batch under a mandate that names eight analysts.
fn dataset() -> resource::Dataset {
    let mandate = resource::MandateFacts {
        id: MandateId(Uuid::from_u128(2)),
        version: 3,
        state: MandateState::Approved,
        basis: LegalBasis::ForeignIn,
        commission_approved: true,
        not_before: Micros(NOW.0 - 1),
        not_after: Micros(NOW.0 + 1),
        directions: [Direction::ForeignIn].into(),
        purposes: [Purpose::FindAttackServers, Purpose::WarnVictims].into(),
        analysts: (10..18).map(|id| PersonId(Uuid::from_u128(id))).collect(),
        carriers: [OrgId(Uuid::from_u128(4))].into(),
        requester: PersonId(Uuid::from_u128(5)),
        requester_org: OrgId(Uuid::from_u128(1)),
        party: None,
        clearance: Clearance::None,
    };
    resource::Dataset {
        id: BatchId(Uuid::from_u128(3)),
        mandate,
        directions: [Direction::ForeignIn].into(),
        classes: [DataClass::Identifier, DataClass::OtherMachine].into(),
        clearance: Clearance::Restricted,
        disposed: false,
    }
}

fn measure() -> resource::Measure {
    resource::Measure {
        id: MeasureId(Uuid::from_u128(6)),
        kind: MeasureKind::Filter,
        state: MeasureState::Approved,
        proposer: PersonId(Uuid::from_u128(20)),
        line_approver: Some(PersonId(Uuid::from_u128(21))),
        legal_approver: Some(PersonId(Uuid::from_u128(22))),
        commission_approved: false,
        preview_acknowledged: true,
        inverse_tested: true,
        touches_critical: false,
        not_after: Micros(NOW.0 + 1),
        clearance: Clearance::None,
    }
}

/// Seconds this thread has run: on a machine shared with others the clock on the wall says little.
fn processor_time() -> f64 {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)
        .map_or(f64::NAN, |time| time.tv_sec() as f64 + time.tv_nsec() as f64 / 1e9)
}

/// Decisions a second of processor time, and of the wall; the best of three.
fn rate(mut once: impl FnMut() -> bool) -> String {
    let (mut processor, mut wall) = (0.0_f64, 0.0_f64);
    for _ in 0..3 {
        let (start, began) = (processor_time(), Instant::now());
        for _ in 0..ROUNDS {
            std::hint::black_box(once());
        }
        processor = processor.max(f64::from(ROUNDS) / (processor_time() - start));
        wall = wall.max(f64::from(ROUNDS) / began.elapsed().as_secs_f64());
    }
    format!("{{\"processor\":{processor:.0},\"wall\":{wall:.0}}}")
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let authz = Authz::new()?;
    let (analyst, executor) = (person(10, Role::Analyst), person(23, Role::Executor));
    let (analyst, executor) = (Principal::person(analyst), Principal::person(executor));
    let (dataset, measure) = (dataset(), measure());
    let ready = Circumstances::at(NOW)
        .for_purpose(Purpose::FindAttackServers)
        .with_receipt(IntentId(Uuid::from_u128(7)))
        .within_budget()
        .stepped_up();
    let bare = Circumstances::at(NOW);
    let hunt = || authz.authorise::<act::Hunt>(&analyst, &dataset, &ready).is_ok();
    let refused = || authz.authorise::<act::Hunt>(&executor, &dataset, &bare).is_ok();
    let execute = || authz.authorise::<act::ExecuteMeasure>(&executor, &measure, &ready).is_ok();
    let board = || authz.authorise::<act::ReadBoard>(&analyst, &resource::Hub, &bare).is_ok();
    if !hunt() || refused() || !execute() || !board() {
        return Err("a decision is not as expected".into());
    }
    println!(
        "{{\"unit\":\"decisions per second, one thread\",\"hunt_permitted\":{},\"hunt_refused\":{},\"execute_measure\":{},\"read_board\":{}}}",
        rate(hunt),
        rate(refused),
        rate(execute),
        rate(board)
    );
    Ok(())
}
