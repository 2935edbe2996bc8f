//! `noroshi-prove`: proves the theorems about the policies that are compiled in. Exit 1 where one does not hold.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers and the commission")]

use noroshi_prove::{Claim, Outcome, Rules, THEOREMS, prove};
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("noroshi-prove: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<ExitCode> {
    let rules = Rules::published(str::to_owned)?;
    let (mut never_errors, mut split) = (0, 0);
    let summary = prove(&rules, THEOREMS, |proof| match (&proof.claim, &proof.outcome) {
        (Claim::NeverErrors { .. }, Outcome::Proved) => never_errors += 1,
        (Claim::SplitDecidesLikeWhole, Outcome::Proved) => split += 1,
        _ => println!("{proof}"),
    })
    .await?;
    println!("PROVED  {never_errors} times: a policy never errors");
    println!("PROVED  {split} times: the policies of an act decide as all policies would");
    println!("prove: {} proved, {} refuted", summary.proved, summary.refuted);
    Ok(if summary.refuted == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
