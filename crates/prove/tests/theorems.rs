//! Every theorem holds; and the prover is able to say that one does not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use noroshi_prove::{Claim, Outcome, Proof, Rules, THEOREMS, prove};
use std::process::Command;

/// Without cvc5: a failure where all tools are required, else a printed reason.
fn cvc5_is_there() -> bool {
    let solver = std::env::var("CVC5").unwrap_or_else(|_| "cvc5".to_owned());
    if Command::new(solver).arg("--version").output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert_ne!(std::env::var("NOROSHI_TEST_TOOLS").as_deref(), Ok("required"), "cvc5 is required and not installed");
    println!("skipped: cvc5 is not installed");
    false
}

async fn refuted(change: impl Fn(&str) -> String) -> Vec<Proof> {
    let rules = Rules::published(change).unwrap();
    let mut refuted = Vec::new();
    let summary = prove(&rules, THEOREMS, |proof| {
        if proof.outcome != Outcome::Proved {
            refuted.push(proof.clone());
        }
    });
    assert!(summary.await.unwrap().proved > 400);
    refuted
}

/// Ids of refuted theorems.
fn ids(proofs: &[Proof]) -> Vec<&str> {
    let id = |proof: &'_ Proof| matches!(proof.claim, Claim::Theorem { .. });
    let mut ids: Vec<&str> = proofs
        .iter()
        .filter(|proof| id(proof))
        .filter_map(|proof| if let Claim::Theorem { id, .. } = &proof.claim { Some(id.as_str()) } else { None })
        .collect();
    ids.dedup();
    ids
}

#[tokio::test]
async fn every_theorem_holds() {
    if cvc5_is_there() {
        let refuted = refuted(str::to_owned).await;
        assert!(refuted.is_empty(), "{}", refuted.iter().map(|proof| format!("{proof}\n")).collect::<String>());
    }
}

/// The hole a draft of these policies once had: whoever proposes a measure could carry it out.
#[tokio::test]
async fn a_proposer_who_may_execute_is_found_with_an_example() {
    if !cvc5_is_there() {
        return;
    }
    let hole = |text: &str| text.replace(" && principal != resource.proposer }", " }");
    let refuted = refuted(hole).await;
    assert_eq!(ids(&refuted), ["proposer-never-executes"]);
    let shown = refuted[0].to_string();
    assert!(shown.contains("REFUTED [executeMeasure by Person]") && shown.contains("proposer"), "{shown}");
}

/// A term of the commission's approval left out, and a policy that can err.
#[tokio::test]
async fn a_mandate_nobody_approved_and_a_sum_that_overflows_are_found() {
    if !cvc5_is_there() {
        return;
    }
    let hole = |text: &str| {
        text.replace(
            "&& resource.mandate.commissionApproved\n      && resource.mandate.notBefore",
            "\n      && resource.mandate.notBefore",
        )
        .replace("unless { context.budgetLeft }", "unless { context.budgetLeft && context.now + 1 > 0 }")
    };
    let refuted = refuted(hole).await;
    assert_eq!(ids(&refuted), ["mandate-live"]);
    let errs = refuted
        .iter()
        .filter(|proof| matches!(&proof.claim, Claim::NeverErrors { policy } if policy == "budget-used-up"));
    assert_eq!(errs.count(), 1);
}
