//! The keys file: everything a verifier is given, and nothing it is told.
//!
//! ```toml
//! log = "log.example.org+12345678+AQ…"       # the log's vkey; its name is the origin
//! policy = """                               # C2SP tlog-policy; without it the log's signature alone is believed
//! log log.example.org+12345678+AQ…
//! witness commission mirror.example.org+9abcdef0+BA…
//! quorum commission
//! """
//! [roster]                                   # the commission at the log's first line
//! commissioners = ["<64 hex>", "…"]
//! quorum = 3
//! seal = "<64 hex>"
//! ```

use crate::limits::KEYS_BYTES_MAX;
use crate::replay::Trusted;
use noroshi_leaf::Roster;
use noroshi_ledger::policy::BadPolicy;
use noroshi_ledger::{Policy, VerifyKey, keys::BadKey};
use serde::Deserialize;

/// A keys file as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Whose signatures make a checkpoint believed.
    pub policy: Policy,
    /// The log's origin, and the commission at its beginning.
    pub trusted: Trusted,
}

/// Why a keys file was not read.
#[derive(Debug, thiserror::Error)]
pub enum BadKeys {
    /// Longer than any keys file.
    #[error("the keys file is longer than {KEYS_BYTES_MAX} bytes")]
    TooLong,
    /// Not TOML, or not the TOML of a keys file.
    #[error("the keys file cannot be read: {0}")]
    Malformed(#[from] toml::de::Error),
    /// The log's key is none.
    #[error("`log`: {0}")]
    Log(#[from] BadKey),
    /// The policy is none.
    #[error("`policy`: {0}")]
    Policy(#[from] BadPolicy),
    /// The policy is about another log.
    #[error("`policy` does not list the key in `log`")]
    OtherLog,
    /// The roster cannot decide.
    #[error("`roster`: a quorum of {quorum} among {members} commissioners; it must be more than half, and at most all")]
    Roster {
        /// Votes that make a decision.
        quorum: usize,
        /// Commissioners.
        members: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    log: String,
    policy: Option<String>,
    roster: Roster,
}

impl Keys {
    /// Reads a keys file.
    ///
    /// # Errors
    /// [`BadKeys`] names the field.
    pub fn parse(text: &str) -> Result<Self, BadKeys> {
        if text.len() as u64 > KEYS_BYTES_MAX {
            return Err(BadKeys::TooLong);
        }
        let file: File = toml::from_str(text)?;
        let log = VerifyKey::parse(&file.log)?;
        let origin = log.name().to_owned();
        let policy = match &file.policy {
            Some(text) => Policy::parse(text.as_bytes())?,
            None => Policy::log_alone(log.clone()),
        };
        if !policy.logs().iter().any(|listed| listed.key == log) {
            return Err(BadKeys::OtherLog);
        }
        let (quorum, members) = (file.roster.quorum, file.roster.commissioners.len());
        if quorum > members || quorum * 2 <= members {
            return Err(BadKeys::Roster { quorum, members });
        }
        Ok(Self { policy, trusted: Trusted { origin, roster: file.roster } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_ledger::{CosignerKey, LogKey};

    fn file(policy: &str) -> String {
        let log = LogKey::from_seed("log.example.org", &[1; 32]).unwrap();
        let key = "11".repeat(32);
        format!(
            "log = \"{}\"\n{policy}\n[roster]\ncommissioners = [\"{key}\"]\nquorum = 1\nseal = \"{key}\"\n",
            log.public()
        )
    }

    #[test]
    fn a_keys_file_is_read_with_and_without_a_policy() {
        let keys = Keys::parse(&file("")).unwrap();
        assert_eq!(keys.trusted.origin, "log.example.org");
        assert!(keys.policy.witnesses().is_empty());
        let log = LogKey::from_seed("log.example.org", &[1; 32]).unwrap();
        let mirror = CosignerKey::from_seed("mirror.example.org", &[2; 32]).unwrap();
        let policy = format!("policy = \"\"\"\nlog {}\nwitness m {}\nquorum m\n\"\"\"", log.public(), mirror.public());
        assert_eq!(Keys::parse(&file(&policy)).unwrap().policy.witnesses().len(), 1);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let other = LogKey::from_seed("log.example.org", &[9; 32]).unwrap();
        let policy = format!("policy = \"\"\"\nlog {}\nquorum none\n\"\"\"", other.public());
        assert!(matches!(Keys::parse(&file(&policy)), Err(BadKeys::OtherLog)));
        assert!(matches!(Keys::parse(&file("").replace("quorum = 1", "quorum = 2")), Err(BadKeys::Roster { .. })));
        assert!(matches!(Keys::parse(&file("").replace("quorum = 1", "quorum = 0")), Err(BadKeys::Roster { .. })));
        assert!(matches!(Keys::parse(&file("other = 1")), Err(BadKeys::Malformed(_))));
        assert!(matches!(Keys::parse(&"#".repeat(KEYS_BYTES_MAX as usize + 1)), Err(BadKeys::TooLong)));
    }
}
