//! The configuration: one TOML file, every field named.

use crate::office::Mandatory;
use noroshi_leaf::{Digest, Roster};
use noroshi_ledger::{Policy, VerifyKey};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// `commission.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The folder everything lies in; beside the file where it is relative.
    pub folder: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// One click signs in, and every page says so. On loopback only.
    #[serde(default)]
    pub demo: bool,
    /// The vkey of the hub's log.
    pub log: String,
    /// Whose cosignatures a receipt needs (C2SP tlog-policy).
    pub policy: String,
    /// The commission as the log's genesis line has it.
    pub roster: Roster,
    /// Seconds an intent's line may be old when its keys are released.
    #[serde(default = "release_seconds_max")]
    pub release_seconds_max: u32,
    /// SHA-256 of each bearer token of a machine that may deposit, ask for releases and destructions.
    #[serde(default)]
    pub machine_tokens: Vec<Digest>,
    /// Whether the pages are reached over TLS, by a proxy in front: cookies are then marked `Secure`.
    #[serde(default)]
    pub behind_tls: bool,
}

const fn release_seconds_max() -> u32 {
    60
}

/// Why a configuration is not used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("`{path}`: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A field is wrong.
    #[error("`{path}`: {why}")]
    Field {
        /// The file.
        path: String,
        /// What is wrong and what to do.
        why: String,
    },
}

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// [`ConfigError`], naming the field.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Io { path: name.clone(), source })?;
        let mut config = Self::parse(&text).map_err(|why| ConfigError::Field { path: name, why })?;
        if let Some(beside) = path.parent() {
            config.folder = beside.join(&config.folder);
        }
        Ok(config)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        config.given()?;
        let loopback = config.listen.ip().is_loopback();
        if config.demo && !loopback {
            return Err("`demo = true` works on a loopback address only: anybody could vote".to_owned());
        }
        if config.machine_tokens.is_empty() && !loopback {
            return Err("`machine_tokens` must not be empty where others than this machine can reach it".to_owned());
        }
        Ok(config)
    }

    /// What the office is told.
    ///
    /// # Errors
    /// A sentence naming the field.
    pub fn given(&self) -> Result<Mandatory, String> {
        let log = VerifyKey::parse(&self.log).map_err(|error| format!("`log`: {error}"))?;
        let policy = Policy::parse(self.policy.as_bytes()).map_err(|error| format!("`policy`: {error}"))?;
        if !policy.logs().iter().any(|listed| listed.key == log) {
            return Err("`policy` does not list the key in `log`".to_owned());
        }
        Ok(Mandatory { log, policy, roster: self.roster.clone(), release_seconds_max: self.release_seconds_max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_ledger::LogKey;

    fn file(listen: &str, more: &str) -> String {
        let log = LogKey::from_seed("log.example.org", &[1; 32]).unwrap();
        let key = "11".repeat(32);
        format!(
            "folder = \"data\"\nlisten = \"{listen}\"\nlog = \"{0}\"\npolicy = \"log {0}\\nquorum none\\n\"\n{more}\n\
             [roster]\ncommissioners = [\"{key}\"]\nquorum = 1\nseal = \"{key}\"\n",
            log.public()
        )
    }

    #[test]
    fn the_demo_and_open_machine_routes_stay_on_loopback() {
        assert!(Config::parse(&file("127.0.0.1:8480", "demo = true")).is_ok());
        assert!(Config::parse(&file("192.0.2.1:8480", "demo = true")).unwrap_err().contains("loopback"));
        assert!(Config::parse(&file("192.0.2.1:8480", "")).unwrap_err().contains("machine_tokens"));
        let token = format!("machine_tokens = [\"{}\"]", "22".repeat(32));
        assert_eq!(Config::parse(&file("192.0.2.1:8480", &token)).unwrap().release_seconds_max, 60);
        assert!(Config::parse(&file("127.0.0.1:8480", "other = 1")).unwrap_err().contains("other"));
    }
}
