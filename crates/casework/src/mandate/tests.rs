use super::*;
use crate::fixture::*;
use crate::topic::replay;
use noroshi_leaf::{Choice, Digest, MandateEvent, Matter, Salt};
use noroshi_model::{Direction, LegalBasis, time::DAY};
use std::collections::BTreeSet;

fn refused(state: &Mandate, by: By, command: Command) -> Refused {
    step(Some(state), by, command, NOW).unwrap_err()
}

fn suspend(votes: Vec<noroshi_leaf::Signed<noroshi_leaf::Vote>>) -> Command {
    Command::Suspend { reason: said("too much load"), votes }
}

#[test]
fn request_answer_and_three_votes_make_it_live_within_its_term() {
    let mandate = live();
    let granted = mandate.live_at(NOW).unwrap();
    assert_eq!((granted.version, granted.reasons.len()), (1, 3));
    assert!(mandate.live_at(Micros(NOW.0 - 1)).is_none());
    assert!(mandate.live_at(Micros(NOW.0 + 90 * DAY)).is_none(), "a term is half open, whatever has been recorded");
}

#[test]
fn without_the_carriers_answer_nothing_is_granted() {
    let decide = |votes| Command::Decide(decision(votes, Choice::For, 1, &terms()));
    assert!(matches!(refused(&proposed(), BY_CENTRE, decide(&[1, 2, 3])), Refused::Carrier(_)));
    let reason = said("no such equipment");
    let no = Command::Answer { answer: Answer::NotFeasible, load_cap_records_per_second: None, reason };
    let cannot = step(Some(&proposed()), BY_CARRIER, no, NOW).unwrap();
    assert!(matches!(refused(&cannot, BY_CENTRE, decide(&[1, 2, 3])), Refused::Carrier(_)));
}

#[test]
fn a_part_needs_a_load_cap_and_the_grant_keeps_it() {
    let part = |cap| Command::Answer { answer: Answer::Partly, load_cap_records_per_second: cap, reason: said("half") };
    assert!(matches!(refused(&proposed(), BY_CARRIER, part(None)), Refused::Carrier(_)));
    let capped = step(Some(&proposed()), BY_CARRIER, part(Some(5_000)), NOW).unwrap();
    let decision = Command::Decide(decision(&[1, 2, 3], Choice::For, 1, &terms()));
    let granted = step(Some(&capped), BY_CENTRE, decision, NOW).unwrap();
    assert_eq!(granted.granted().unwrap().load_cap_records_per_second, Some(5_000));
}

#[test]
fn only_the_carrier_answers_and_objects() {
    let answer = Command::Answer { answer: Answer::Feasible, load_cap_records_per_second: None, reason: said("yes") };
    assert!(matches!(refused(&proposed(), BY_CENTRE, answer), Refused::NotYours(_)));
    assert!(matches!(refused(&proposed(), BY_CENTRE, Command::Object(said("no"))), Refused::NotYours(_)));
    let objected = step(Some(&proposed()), BY_CARRIER, Command::Object(said("unlawful")), NOW).unwrap();
    assert_eq!(objected.pending.unwrap().objection, Some(said("unlawful")));
}

#[test]
fn two_votes_wait_and_three_against_refuse() {
    let waiting = answered(&proposed());
    let two = Command::Decide(decision(&[1, 2], Choice::For, 1, &terms()));
    assert_eq!(refused(&waiting, BY_CENTRE, two), Refused::NoQuorum(2));
    let against = Command::Decide(decision(&[1, 2, 3], Choice::Against, 1, &terms()));
    let denied = step(Some(&waiting), BY_CENTRE, against, NOW).unwrap();
    assert_eq!((denied.standing, denied.pending), (Standing::Refused, None));
}

#[test]
fn votes_on_other_terms_or_without_their_reasons_do_not_count() {
    let waiting = answered(&proposed());
    let wider = Terms { hunts_max: 99, ..terms() };
    let other = Command::Decide(decision(&[1, 2, 3], Choice::For, 1, &wider));
    assert_eq!(refused(&waiting, BY_CENTRE, other), Refused::OtherThing);
    let later = Command::Decide(decision(&[1, 2, 3], Choice::For, 2, &terms()));
    assert_eq!(refused(&waiting, BY_CENTRE, later), Refused::OtherThing);
    let conditions = vec!["only at night".to_owned()];
    let slipped_in = Decision { conditions, ..decision(&[1, 2, 3], Choice::For, 1, &terms()) };
    assert_eq!(refused(&waiting, BY_CENTRE, Command::Decide(slipped_in)), Refused::OtherThing);
    let mut silent = decision(&[1, 2, 3], Choice::For, 1, &terms());
    silent.reasons[1] = said("another reason");
    assert_eq!(refused(&waiting, BY_CENTRE, Command::Decide(silent)), Refused::Reasons);
}

#[test]
fn what_the_rules_do_not_allow_cannot_be_asked_for() {
    let bad = Terms {
        directions: BTreeSet::from([Direction::Domestic]),
        until: Micros(NOW.0 + 93 * DAY),
        retain_days_max: 0,
        rule_pack: "other".into(),
        analysts: BTreeSet::new(),
        ports: BTreeSet::from([(443, 80)]),
        ..terms()
    };
    let Refused::Terms(faults) = step(None, BY_CENTRE, Command::Request(Box::new(request(bad))), NOW).unwrap_err()
    else {
        panic!("the terms are refused");
    };
    let texts: Vec<_> = faults.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(texts.join("\n"), @r"
    a term of `OutForeign` has 1 to 92 days by jp-mandates-2026.1; this one has 93
    `OutForeign` does not cover the direction `domestic`
    what is kept may be kept for 1 to 730 days by jp-mandates-2026.1, not 0
    the terms name the rule pack `other`; the one in force is `jp-mandates-2026.1`
    `analysts` must not be empty
    the port range 443-80 begins after it ends
    ");
    let past = Terms { from: Micros(0), until: Micros(DAY), ..terms() };
    assert!(step(None, BY_CENTRE, Command::Request(Box::new(request(past))), NOW).is_err());
}

#[test]
fn no_legal_basis_covers_domestic_traffic() {
    let rules = rules();
    for basis in [LegalBasis::PartyAgreement, LegalBasis::ForeignForeign, LegalBasis::ForeignIn, LegalBasis::OutForeign]
    {
        assert!(!rules.basis(basis).directions.contains(&Direction::Domestic), "{basis:?}");
    }
}

#[test]
fn a_selector_is_abroad_and_is_what_the_terms_commit_to() {
    let mut asked = request(terms());
    asked.selectors = vec![Selector { address: "198.51.100.7".parse().unwrap(), port: Some(443) }];
    let ask = |request: &Request| step(None, BY_CENTRE, Command::Request(Box::new(request.clone())), NOW);
    assert!(matches!(ask(&asked), Err(Refused::Selectors(_))), "not committed to");
    asked.terms.selectors = asked.commitment();
    assert!(ask(&asked).is_ok());
    asked.selectors[0].address = "192.0.2.9".parse().unwrap();
    asked.terms.selectors = asked.commitment();
    assert!(matches!(ask(&asked), Err(Refused::Selectors(_))), "domestic");
    asked.selectors = vec![Selector { address: "198.51.100.7".parse().unwrap(), port: None }; SELECTORS_MAX + 1];
    assert!(matches!(ask(&asked), Err(Refused::Selectors(_))), "too many");
}

#[test]
fn less_needs_no_vote_and_more_does() {
    let mandate = live();
    let narrow = |terms: Terms| Command::Narrow(Box::new(terms));
    let narrower = step(Some(&mandate), BY_CENTRE, narrow(Terms { hunts_max: 1, ..terms() }), NOW).unwrap();
    assert_eq!(narrower.live_at(NOW).map(|g| (g.version, g.terms.hunts_max)), Some((2, 1)));
    let wider = refused(&mandate, BY_CENTRE, narrow(Terms { hunts_max: 3, dns_names: true, ..terms() }));
    assert_eq!(wider, Refused::Widens(vec!["dns_names", "hunts_max"]));
    assert_eq!(refused(&mandate, BY_CENTRE, narrow(terms())), Refused::NoChange);
    assert!(matches!(refused(&mandate, BY_CARRIER, narrow(terms())), Refused::NotYours(_)));
}

#[test]
fn the_old_version_stays_in_force_while_a_new_one_is_asked_for() {
    let wider = Terms { hunts_max: 50, ..terms() };
    let asked = step(Some(&live()), BY_CENTRE, Command::Request(Box::new(request(wider.clone()))), NOW).unwrap();
    assert_eq!(asked.live_at(NOW).unwrap().terms.hunts_max, 2);
    let again = Command::Request(Box::new(request(wider.clone())));
    assert_eq!(refused(&asked, BY_CENTRE, again), Refused::Waiting(2));
    let decision = Command::Decide(decision(&[3, 4, 5], Choice::For, 2, &wider));
    let amended = step(Some(&answered(&asked)), BY_CENTRE, decision, NOW).unwrap();
    assert_eq!(amended.live_at(NOW).map(|g| (g.version, g.terms.hunts_max)), Some((2, 50)));
}

#[test]
fn the_commission_suspends_and_alone_resumes() {
    let votes_to = |matter| votes(matter, &[1, 2, 3], Choice::For, 1, &terms());
    let stopped = step(Some(&live()), BY_CENTRE, suspend(votes_to(Matter::Suspend)), NOW).unwrap();
    assert!(stopped.live_at(NOW).is_none());
    assert!(refused(&stopped, BY_CENTRE, Command::Resume(vec![])).rule().starts_with("mandate."));
    let on = step(Some(&stopped), BY_CENTRE, Command::Resume(votes_to(Matter::Resume)), NOW).unwrap();
    assert!(on.live_at(NOW).is_some());
    let wrong = Command::Resume(votes_to(Matter::Suspend));
    assert!(matches!(refused(&stopped, BY_CENTRE, wrong), Refused::Votes(_)));
}

#[test]
fn votes_that_stopped_it_once_do_not_stop_it_again_and_new_ones_do() {
    let of = |round, matter| votes_of(round, matter, &[1, 2, 3], Choice::For, 1, &terms());
    let stop = |state: &Mandate, round| step(Some(state), BY_CENTRE, suspend(of(round, Matter::Suspend)), NOW);
    let resume = |round| Command::Resume(of(round, Matter::Resume));
    let stopped = stop(&live(), 0).unwrap();
    let early = refused(&stopped, BY_CENTRE, resume(0));
    assert_eq!(early, Refused::OtherRound { voted: 0, now: 1 }, "votes to resume from before it was suspended");
    let on = step(Some(&stopped), BY_CENTRE, resume(1), NOW).unwrap();
    assert_eq!(stop(&on, 0).unwrap_err(), Refused::OtherRound { voted: 0, now: 2 });
    let again = stop(&on, 2).unwrap();
    assert_eq!(refused(&again, BY_CENTRE, resume(1)), Refused::OtherRound { voted: 1, now: 3 });
    // The end is final, so votes to revoke are of no round.
    let revoke = Command::Revoke { reason: said("enough"), votes: of(0, Matter::Revoke) };
    assert!(step(Some(&again), BY_CENTRE, revoke, NOW).is_ok());
}

#[test]
fn the_carrier_and_the_requester_may_stop_it_and_others_may_not() {
    assert!(step(Some(&live()), BY_CARRIER, suspend(vec![]), NOW).is_ok());
    assert!(step(Some(&live()), BY_CENTRE, suspend(vec![]), NOW).is_ok());
    let stranger = By::Person { org: OrgId(uuid::Uuid::from_u128(77)), person: OFFICER };
    assert!(matches!(refused(&live(), stranger, suspend(vec![])), Refused::NotYours(_)));
}

#[test]
fn a_new_version_does_not_lift_a_suspension() {
    let stopped = step(Some(&live()), BY_CARRIER, suspend(vec![]), NOW).unwrap();
    let asked = step(Some(&stopped), BY_CENTRE, Command::Request(Box::new(request(terms()))), NOW).unwrap();
    let decision = Command::Decide(decision(&[1, 2, 3], Choice::For, 2, &terms()));
    let granted = step(Some(&answered(&asked)), BY_CENTRE, decision, NOW).unwrap();
    assert!(granted.live_at(NOW).is_none());
}

#[test]
fn over_means_over_and_then_it_is_disposed() {
    assert!(matches!(refused(&live(), By::Hub, Command::Expire), Refused::NotOver(_)));
    let late = Micros(NOW.0 + 90 * DAY);
    let over = step(Some(&live()), By::Hub, Command::Expire, late).unwrap();
    assert!(matches!(over.standing, Standing::Over { end: End::Expired, .. }));
    let again = Command::Request(Box::new(request(Terms { until: Micros(late.0 + DAY), ..terms() })));
    assert!(step(Some(&over), BY_CENTRE, again, late).is_err(), "what is over is not asked for again");
    let dispose = Command::Dispose { batches: 3, list: Digest::of(b"") };
    assert!(step(Some(&live()), By::Hub, dispose.clone(), NOW).is_err(), "what is in force is not disposed");
    let gone = step(Some(&over), By::Hub, dispose, late).unwrap();
    assert!(matches!(gone.standing, Standing::Disposed { batches: 3, .. }));
}

#[test]
fn a_text_that_is_missing_or_endless_is_refused() {
    let mut silent = request(terms());
    silent.necessity = said("  ");
    let ask = |request| step(None, BY_CENTRE, Command::Request(Box::new(request)), NOW);
    assert_eq!(ask(silent), Err(Refused::Text("necessity")));
    let long = Request { title: "x".repeat(TITLE_CHARS_MAX + 1), ..request(terms()) };
    assert_eq!(ask(long), Err(Refused::Text("title")));
    assert!(ask(Request { title: "x".repeat(TITLE_CHARS_MAX), ..request(terms()) }).is_ok());
}

#[test]
fn the_ledger_is_told_the_terms_and_never_a_text() {
    let asked = Asked { by: BY_CENTRE, command: Command::Request(Box::new(request(terms()))), mandate: MANDATE };
    let event = decide(None, &asked, NOW, &rules(), &roster()).unwrap();
    let line = line::of(None, MANDATE, &event, None);
    assert!(matches!(&line.event, MandateEvent::Requested { terms: told, .. } if *told == terms()));
    assert!(!serde_json::to_string(&line).unwrap().contains("lighter"));
    assert_eq!((line.mandate, line.version), (MANDATE, 1));
}

#[test]
fn a_history_replays_to_the_same_mandate_after_being_stored() {
    let mut state: Option<Mandate> = None;
    let mut history = Vec::new();
    let answer = Command::Answer { answer: Answer::Feasible, load_cap_records_per_second: None, reason: said("yes") };
    let steps = [
        (BY_CENTRE, Command::Request(Box::new(request(terms())))),
        (BY_CARRIER, answer),
        (BY_CENTRE, Command::Decide(decision(&[1, 2, 3], Choice::For, 1, &terms()))),
        (BY_CARRIER, suspend(vec![])),
    ];
    for (by, command) in steps {
        let event = decide(state.as_ref(), &Asked { by, command, mandate: MANDATE }, NOW, &rules(), &roster()).unwrap();
        state = apply(state, &event);
        history.push(serde_json::to_string(&event).unwrap());
    }
    let read: Vec<Event> = history.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    assert_eq!(replay::<MandateTopic>(None, &read), state);
}

#[test]
fn a_salt_is_not_printed() {
    assert_eq!(format!("{:?}", Salt(Digest::of(b"x"))), "Salt(..)");
}
