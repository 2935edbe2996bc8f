//! The commission of every sample: its keys, known to everybody, and its votes.

use super::{BEGIN, commitment};
use noroshi_leaf::{Choice, Digest, Matter, Roster, Signed, Signer, Vote};
use noroshi_model::MandateId;

/// Commissioner `number`, 1 to 5.
pub fn commissioner(number: u8) -> Signer {
    Signer::from_seed(&[number; 32])
}

/// The commission's seal.
pub fn seal() -> Signer {
    Signer::from_seed(&[99; 32])
}

/// Five commissioners, three of whom decide.
pub fn roster() -> Roster {
    let commissioners = (1..=5).map(|number| commissioner(number).public()).collect();
    Roster { commissioners, quorum: 3, seal: seal().public() }
}

/// Votes of these commissioners, all for.
pub fn votes(
    numbers: &[u8],
    matter: Matter,
    (mandate, version, terms): (MandateId, u32, Digest),
    round: u32,
) -> Vec<Signed<Vote>> {
    let vote = Vote {
        at: BEGIN,
        choice: Choice::For,
        conditions: Digest::of(b""),
        mandate,
        matter,
        reasons: commitment(7),
        round,
        terms,
        version,
    };
    numbers.iter().filter_map(|&number| commissioner(number).sign(vote.clone()).ok()).collect()
}
