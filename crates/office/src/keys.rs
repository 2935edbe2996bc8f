//! The log's key, and whom the hub believes.

use crate::config::CommissionConfig;
use noroshi_clerk::commission::Keys;
use noroshi_ledger::keys::{KeyFileError, read_key_file, write_key_file};
use noroshi_ledger::policy::BadPolicy;
use noroshi_ledger::{LogKey, Policy, VerifyKey};
use std::path::Path;

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadKeys {
    /// A key file.
    #[error("the log's key: {0}")]
    File(#[from] KeyFileError),
    /// Not a key.
    #[error("a key: {0}")]
    Key(String),
    /// The commission's keys cannot be read.
    #[error(
        "cannot read the commission's keys in `{path}`: {why}; ask the commission for what its program prints at `GET /keys`"
    )]
    Commission {
        /// Where.
        path: String,
        /// Why.
        why: String,
    },
    /// The policy does not hold together.
    #[error("the policy of the log: {0}")]
    Policy(#[from] BadPolicy),
}

/// The log's key: read, or made at the first start from `seed`.
///
/// # Errors
/// [`BadKeys`].
pub(crate) fn log_key(folder: &Path, origin: &str, seed: &[u8; 32]) -> Result<LogKey, BadKeys> {
    let path = folder.join("log.key");
    let bad = |error: noroshi_ledger::keys::BadKey| BadKeys::Key(error.to_string());
    if !path.exists() {
        let key = LogKey::from_seed(origin, seed).map_err(bad)?;
        write_key_file(&path, &key.secret_text())?;
        return Ok(key);
    }
    let key = LogKey::parse(&read_key_file(&path)?).map_err(bad)?;
    if key.name() == origin {
        return Ok(key);
    }
    Err(BadKeys::Key(format!("`{}` is the key of `{}`, not of `{origin}`", path.display(), key.name())))
}

/// The commission's public keys, as it gave them.
///
/// # Errors
/// [`BadKeys::Commission`].
pub(crate) fn commission_keys(config: &CommissionConfig) -> Result<Keys, BadKeys> {
    let bad = |why: String| BadKeys::Commission { path: config.keys.display().to_string(), why };
    let text = std::fs::read_to_string(&config.keys).map_err(|error| bad(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| bad(error.to_string()))
}

/// Whom to believe about this log: the commission's mirror must have every entry before anything is
/// acknowledged; without a commission the log alone.
///
/// # Errors
/// [`BadKeys`].
pub(crate) fn policy(log: &VerifyKey, commission: Option<&Keys>) -> Result<Policy, BadKeys> {
    match commission {
        None => Ok(Policy::log_alone(log.clone())),
        Some(keys) => {
            let text = format!("log {log}\nwitness mirror {}\nquorum mirror\n", keys.mirror);
            Ok(Policy::parse(text.as_bytes())?)
        }
    }
}
