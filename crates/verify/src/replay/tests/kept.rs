//! Batches and their destruction, openings, accounts, rosters, inspections.

use super::*;

#[test]
fn a_collection_names_its_batch_before_it_begins() {
    for (begins, expected) in [(true, &[][..]), (false, &[Kind::ActBatch][..])] {
        found(expected, |sample, mandate, _| {
            // The id the next batch will have: the intent takes the number before it.
            let next = sample.fresh() + 2;
            let intent = sample.intent(mandate, GovernedAct::Collect, &[BatchId(sample::id(4, next))]);
            if begins {
                assert_eq!(sample.batch(mandate, "192.0.2.1"), BatchId(sample::id(4, next)));
            }
            sample.done(intent, 1);
        });
    }
}

#[test]
fn batches() {
    found(&[Kind::BatchWithoutMandate], |sample, mandate, _| {
        let version = sample.version(mandate);
        sample.mandate(mandate, version, by(LINE), MandateEvent::Suspended { reason: commitment(1), votes: vec![] });
        sample.batch(mandate, "192.0.2.1");
    });
    found(&[Kind::BatchNumber], |sample, mandate, _| {
        sample.batch(mandate, "192.0.2.1");
        sample.batch(mandate, "192.0.2.1");
        let index = sample.lines.len() - 2;
        sample.lines.remove(index);
    });
    found(&[Kind::BatchStep], |sample, _, batch| sample.sealed(batch));
    found(&[Kind::BatchStep, Kind::BatchNumber], |sample, _, _| {
        let is = |leaf: &&Leaf| matches!(leaf.body, Body::BatchOpened(_));
        let again = sample.lines.iter().find(is).unwrap().body.clone();
        sample.write(Actor::Hub, again);
    });
    let sealed = |sample: &mut Sample, change: fn(&mut BatchSealed)| {
        let is = |leaf: &&mut Leaf| matches!(leaf.body, Body::BatchSealed(_));
        let Body::BatchSealed(body) = &mut sample.lines.iter_mut().find(is).unwrap().body else { unreachable!() };
        change(body);
    };
    found(&[Kind::BatchBalance], |sample, _, _| sealed(sample, |body| body.received += 1));
    found(&[Kind::BatchBalance], |sample, _, _| sealed(sample, |body| body.from.0 = body.until.0 + 1));
    found(&[Kind::BatchOverLimit], |sample, _, _| {
        sealed(sample, |body| {
            body.selected += 1_000_000;
            body.received += 1_000_000;
        });
    });
}

#[test]
fn disposals() {
    let ordered = DisposalReason::Ordered;
    found(&[Kind::UsedAfterDisposal], |sample, mandate, batch| {
        sample.disposed(mandate, &[batch], ordered);
        hunt(sample, mandate, batch, |_| ());
    });
    found(&[Kind::UsedAfterRetention], |sample, mandate, batch| {
        sample.wait(5 * 86_400);
        hunt(sample, mandate, batch, |_| ());
    });
    let forge = |sample: &mut Sample, mandate, batch, signer: Signer, change: fn(&mut Destruction)| {
        let mut certificate = sample.certificate(mandate, &[batch]);
        change(&mut certificate);
        let certificate = signer.sign(certificate).unwrap();
        sample.write(Actor::Hub, Body::Disposed(Disposed { certificate, reason: ordered }));
    };
    found(&[Kind::DisposalForged], |s, m, b| forge(s, m, b, sample::commissioner(1), |_| ()));
    found(&[Kind::DisposalForged], |s, m, b| forge(s, m, b, seal(), |said| said.at.0 += DAY));
    found(&[Kind::DisposalShares], |s, m, b| {
        forge(s, m, b, seal(), |said| {
            said.shares.insert(share(BatchId(sample::id(4, 9))));
        });
    });
    found(&[Kind::DisposalStep], |sample, mandate, batch| {
        sample.disposed(mandate, &[batch], ordered);
        sample.disposed(mandate, &[batch], ordered);
    });
    found(&[Kind::DisposalReason], |s, m, b| s.disposed(m, &[b], DisposalReason::MandateExpired));
    found(&[Kind::DisposalReason], |s, m, b| s.disposed(m, &[b], DisposalReason::MandateRevoked));
}

#[test]
fn a_disposal_on_its_last_day_and_one_day_later() {
    let days = 5 + 2;
    for (seconds, expected) in [(days * 86_400 - 60, &[][..]), (days * 86_400 + 60, &[Kind::DisposalLate][..])] {
        found(expected, |sample, mandate, batch| {
            sample.wait(seconds);
            sample.disposed(mandate, &[batch], DisposalReason::RetentionEnded);
        });
    }
    found(&[Kind::DisposalMissing], |sample, _, _| sample.wait(days * 86_400 + 60));
    // A revocation shortens it.
    found(&[Kind::DisposalMissing], |sample, mandate, _| {
        sample.revoked(mandate);
        sample.wait(2 * 86_400 + 60);
    });
}

#[test]
fn a_hidden_disposal() {
    found(&[Kind::DisposalList, Kind::DisposalMissing], |sample, mandate, _| {
        sample.revoked(mandate);
        sample.closed(mandate);
        sample.wait(2 * 86_400 + 60);
    });
    found(&[Kind::DisposalList], |sample, mandate, batch| {
        sample.revoked(mandate);
        sample.disposed(mandate, &[batch], DisposalReason::MandateRevoked);
        sample.closed(mandate);
        let Body::Mandate(line) = last(sample) else { unreachable!() };
        line.event = MandateEvent::Disposed { batches: 0, list: Digest::of(b"") };
    });
}

#[test]
fn openings() {
    let opening = |sample: &mut Sample, mandate, steps: &[(u64, OpeningStep)]| {
        let opening = OpeningId(sample::id(6, 1));
        for &(number, step) in steps {
            sample.write(
                by(number),
                Body::Opening(Opening { evidence: None, mandate, opening, scope: commitment(70), step }),
            );
        }
    };
    let open = |sample: &mut Sample, mandate, batch| {
        let intent = sample.intent_on(mandate, GovernedAct::OpenPseudonym, &[batch], commitment(70));
        sample.done(intent, 1);
    };
    use OpeningStep::{Approved, Refused, Requested};
    found(&[Kind::OpeningStep], |s, m, _| opening(s, m, &[(LEGAL, Approved)]));
    found(&[Kind::OpeningStep], |s, m, _| opening(s, m, &[(ANALYST, Requested), (ANALYST, Requested)]));
    found(&[Kind::OpeningSelfApproved], |s, m, _| opening(s, m, &[(ANALYST, Requested), (ANALYST, Approved)]));
    found(&[Kind::OpeningWithoutApproval], open);
    found(&[Kind::OpeningWithoutApproval], |s, m, b| {
        opening(s, m, &[(ANALYST, Requested), (LEGAL, Refused)]);
        open(s, m, b);
    });
    found(&[Kind::OpeningSelfApproved, Kind::ActAnalyst], |s, m, b| {
        opening(s, m, &[(ANALYST, Requested), (LEGAL, Approved)]);
        open(s, m, b);
        let index = s.lines.len() - 2;
        s.lines[index].actor = by(LEGAL);
    });
}

#[test]
fn people() {
    let account = |roles: &[Role]| Person {
        active: true,
        clearance: Clearance::None,
        clearance_until: None,
        compartments: None,
        org: sample::centre(),
        person: person(20),
        roles: roles.iter().copied().collect(),
    };
    let write = |sample: &mut Sample, actor, account| sample.write(actor, Body::Person(account));
    for roles in [
        &[Role::Analyst, Role::LegalOfficer][..],
        &[Role::Analyst, Role::Administrator],
        &[Role::Executor, Role::Inspector],
        &[Role::Commissioner],
    ] {
        found(&[Kind::RolesMixed], |s, _, _| write(s, by(1), account(roles)));
    }
    found(&[], |s, _, _| write(s, by(1), account(&[Role::Analyst, Role::Executor, Role::OrgAdministrator])));
    found(&[Kind::SelfRaised], |s, _, _| write(s, by(20), account(&[Role::Analyst])));
    found(&[Kind::SelfRaised], |s, _, _| {
        write(s, by(1), account(&[Role::Analyst]));
        write(s, by(20), Person { clearance: Clearance::Secret, ..account(&[Role::Analyst]) });
    });
    found(&[], |s, _, _| {
        write(s, by(1), account(&[Role::Analyst]));
        write(s, by(20), Person { active: false, ..account(&[Role::Analyst]) });
    });
    found(&[Kind::ActorStanding], |sample, mandate, batch| {
        let closed = Person { active: false, person: person(ANALYST), ..account(&[Role::Analyst]) };
        write(sample, by(1), closed);
        hunt(sample, mandate, batch, |_| ());
    });
    let _ = Organisation {
        country: None,
        flags: BTreeSet::new(),
        kind: OrgKind::Carrier,
        name: commitment(1),
        org: sample::carrier(),
    };
}

#[test]
fn credentials() {
    let credential = |added, fingerprint: &[u8]| {
        Body::Credential(Credential {
            added,
            fingerprint: Digest::of(fingerprint),
            kind: CredentialKind::Token,
            org: sample::centre(),
            person: None,
        })
    };
    found(&[Kind::CredentialStep], |s, _, _| s.write(by(1), credential(false, b"never added")));
    found(&[Kind::CredentialStep], |s, _, _| (0..2).for_each(|_| s.write(by(1), credential(true, b"twice"))));
    found(&[], |s, _, _| [true, false, true].into_iter().for_each(|added| s.write(by(1), credential(added, b"a"))));
}

#[test]
fn rosters() {
    found(&[Kind::VotesForged], |sample, _, _| {
        let new = Roster { quorum: 4, ..roster() };
        sample.write(Actor::Hub, Body::Roster(Box::new(RosterChange { roster: new, votes: vec![] })));
    });
    found(&[Kind::RosterUnsound], |sample, _, _| sample.roster_replaced(Roster { quorum: 2, ..roster() }));
    // What the old roster may still decide after a new one.
    found(&[Kind::VotesForged], |sample, _, _| {
        let commissioners = (11..=15).map(|number| sample::commissioner(number).public()).collect();
        sample.roster_replaced(Roster { commissioners, ..roster() });
        sample.granted(terms(10));
    });
}

#[test]
fn inspections() {
    let line = |step, due| Inspection { due, hunt: None, number: 900, step, text: commitment(1) };
    use InspectionStep::{Answer, Finding, Recommendation};
    let write = |sample: &mut Sample, step, due| sample.write(Actor::Hub, Body::Inspection(line(step, due)));
    found(&[Kind::InspectionStep], |s, _, _| write(s, Answer, None));
    found(&[Kind::InspectionStep], |s, _, _| (0..2).for_each(|_| write(s, Recommendation, None)));
    found(&[Kind::InspectionLate], |s, _, _| {
        write(s, Finding, Some(s.at));
        s.wait(1);
        write(s, Answer, None);
    });
    found(&[Kind::InspectionUnanswered], |s, _, _| {
        write(s, Finding, Some(s.at));
        s.wait(1);
    });
}

#[test]
fn violations_at_the_limit_are_kept_and_one_past_it_is_counted() {
    let mut replay = Replay::new(Some(trusted()));
    (0..=limits::VIOLATIONS_MAX as u64).for_each(|index| replay.line(index, b"no leaf"));
    assert_eq!(
        (replay.found().len(), replay.found_count()),
        (limits::VIOLATIONS_MAX, limits::VIOLATIONS_MAX as u64 + 1)
    );
}
