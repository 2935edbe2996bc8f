use super::*;
use crate::keys::{CosignerKey, LogKey};

fn log() -> LogKey {
    LogKey::from_seed("log.example.org/a", &[1; 32]).unwrap()
}

fn cosigner(seed: u8) -> CosignerKey {
    CosignerKey::from_seed(&format!("w{seed}.example.org"), &[seed; 32]).unwrap()
}

fn policy(rules: &str) -> Result<Policy, BadPolicy> {
    let keys = (2..6).map(|seed| format!("witness w{seed} {}\n", cosigner(seed).public()));
    Policy::parse(
        format!("log {} https://log.example.org\n{}{rules}", log().public(), keys.collect::<String>()).as_bytes(),
    )
}

fn note(cosigners: &[u8]) -> Note {
    let mut note = log().sign(&Head { origin: log().name().to_owned(), size: 0, root: tlog_tiles::EMPTY_HASH });
    for seed in cosigners {
        let signature = cosigner(*seed).cosign(note.text(), 100 + u64::from(*seed));
        note.add(signature);
    }
    note
}

#[test]
fn quorums_are_counted() {
    let both =
        policy("# mirror and one more\ngroup others 2\tw3 w4 w5\n\n  group both all w2 others\nquorum both\n").unwrap();
    for (cosigners, met) in [
        (&[2, 3, 4][..], true),
        (&[2, 3, 4, 5], true),
        (&[5, 2, 3], true),
        (&[3, 4, 5], false),
        (&[2, 3], false),
        (&[2, 9], false),
        (&[], false),
    ] {
        assert_eq!(both.check(&note(cosigners)).is_ok(), met, "{cosigners:?}");
    }
    assert_eq!(policy("quorum none\n").unwrap().check(&note(&[])).unwrap().cosigned, []);
    assert!(policy("quorum w2\n").unwrap().check(&note(&[3])).is_err());
    let believed = both.check(&note(&[2, 3, 4])).unwrap();
    assert_eq!(believed.latest_s(), Some(104));
    let error = both.check(&note(&[3, 4])).unwrap_err();
    assert_eq!(error.to_string(), "the quorum `both` is not met; valid cosignatures: w3, w4");
}

#[test]
fn a_checkpoint_of_another_log_is_not_believed() {
    let none = policy("quorum none\n").unwrap();
    let other = LogKey::from_seed("log.example.org/b", &[7; 32]).unwrap();
    let head = Head { origin: log().name().to_owned(), size: 0, root: tlog_tiles::EMPTY_HASH };
    assert!(matches!(none.check(&other.sign(&head)), Err(NotBelieved::NoLog { .. })));
    // A key of the policy, under an origin that is not its own.
    let head = Head { origin: "log.example.org/c".to_owned(), ..head };
    assert!(matches!(none.check(&log().sign(&head)), Err(NotBelieved::NoLog { .. })));
    let mut tampered = note(&[2]).to_bytes();
    let digit = tampered.iter().position(|&byte| byte == b'0').unwrap();
    tampered[digit] = b'1';
    assert!(none.check(&Note::parse(&tampered).unwrap()).is_err());
}

#[test]
fn bad_policies_are_refused_with_their_line() {
    for (rules, why) in [
        ("", "no `quorum` line"),
        ("quorum nobody\n", "line 6: `nobody` is not defined above"),
        ("quorum none\nquorum none\n", "line 7: a second `quorum` line"),
        ("group g 3 w2 w3\n", "threshold `3` is not"),
        ("group g 0 w2 w3\n", "threshold `0` is not"),
        ("group g 01 w2 w3\n", "threshold `01` is not"),
        ("group g any w2 w2\n", "`w2` is a member of a group already"),
        ("group g any w2\ngroup h any w2\n", "line 7: `w2` is a member"),
        ("group g any\n", "none of log, witness, group, quorum"),
        ("group none any w2\n", "the name `none` is taken"),
        ("group w2 any w3\n", "the name `w2` is taken"),
        ("log nonsense\n", "line 6: not a key"),
        ("\u{7}\n", "control characters"),
    ] {
        let error = policy(rules).unwrap_err().to_string();
        assert!(error.contains(why), "{rules:?}: {error}");
    }
    let twice = format!("witness other {}\n", cosigner(2).public());
    assert!(policy(&twice).unwrap_err().to_string().contains("stands there already"));
    let wrong = format!("witness other {}\n", log().public());
    assert!(policy(&wrong).unwrap_err().to_string().contains("is a log's key"));
}

#[test]
fn policies_have_limits() {
    let witnesses = |count: usize| {
        let line = |i: usize| {
            let mut seed = [0; 32];
            seed[..8].copy_from_slice(&(i as u64).to_be_bytes());
            format!("witness w{i} {}\n", CosignerKey::from_seed("w.example.org", &seed).unwrap().public())
        };
        Policy::parse(((0..count).map(line).collect::<String>() + "quorum none\n").as_bytes())
    };
    assert_eq!(witnesses(POLICY_NAMES_MAX).unwrap().witnesses().len(), POLICY_NAMES_MAX);
    assert!(witnesses(POLICY_NAMES_MAX + 1).is_err());
    let comment = |bytes: usize| Policy::parse(("#".repeat(bytes - 13) + "\nquorum none\n").as_bytes());
    assert!(comment(POLICY_BYTES_MAX).is_ok());
    assert_eq!(comment(POLICY_BYTES_MAX + 1), Err(BadPolicy::TooLong));
}
