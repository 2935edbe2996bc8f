//! `noroshi doctor`: what is wrong and what to do, without changing anything.

use crate::config::Config;
use crate::keys;
use noroshi_clerk::Commission;
use noroshi_ledger::audit::audit;
use noroshi_ledger::disk::Folder;
use noroshi_store::{Db, schema_version_known};

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Well,
    /// It works, and somebody should look.
    Look,
    /// It does not work.
    Ill,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How it stands.
    pub health: Health,
    /// What was looked at.
    pub what: &'static str,
    /// What was found, and what to do.
    pub words: String,
}

/// Looks at folder, key, database, log and commission of a configuration.
pub async fn doctor(config: &Config) -> Vec<Check> {
    let mut checks = vec![folder(config), key(config), database(config).await, log(config)];
    checks.extend(commission(config));
    checks
}

fn check(what: &'static str, found: Result<String, String>) -> Check {
    match found {
        Ok(words) => Check { health: Health::Well, what, words },
        Err(words) => Check { health: Health::Ill, what, words },
    }
}

fn folder(config: &Config) -> Check {
    let path = config.folder.display();
    if config.folder.is_dir() {
        return check("folder", Ok(format!("`{path}` is there")));
    }
    let words = format!("`{path}` is not there yet; `noroshi serve` makes it at its first start");
    Check { health: Health::Look, what: "folder", words }
}

fn key(config: &Config) -> Check {
    let path = config.folder.join("log.key");
    if !path.exists() {
        let words = "not made yet; `noroshi serve` makes it at its first start".to_owned();
        return Check { health: Health::Look, what: "log key", words };
    }
    // The seed is not used: the file exists.
    let key = keys::log_key(&config.folder, &config.log_origin, &[0; 32]);
    check("log key", key.map(|key| format!("{}", key.public())).map_err(|error| error.to_string()))
}

async fn database(config: &Config) -> Check {
    let known = schema_version_known();
    let found = async {
        let db = Db::connect(&config.database_url()).await.map_err(|error| error.to_string())?;
        let version = db.schema_version().await.map_err(|error| error.to_string())?;
        let waiting = if version > 0 { db.waiting_leaves().await.map_err(|error| error.to_string())? } else { 0 };
        db.close().await;
        match version {
            0 => Ok("empty; `noroshi serve` prepares it at its first start".to_owned()),
            version if version > known => {
                Err(format!("schema version {version} is newer than this program's {known}; use the newer program"))
            }
            version => Ok(format!("schema version {version} of {known}, {waiting} lines wait for the log")),
        }
    };
    check("database", found.await)
}

fn log(config: &Config) -> Check {
    let folder = config.folder.join("log");
    if !folder.join("checkpoint").exists() {
        let words = "no cosigned checkpoint yet".to_owned();
        return Check { health: Health::Look, what: "log", words };
    }
    let found = || {
        let key = keys::log_key(&config.folder, &config.log_origin, &[0; 32]).map_err(|error| error.to_string())?;
        let known = config.commission.as_ref().map(keys::commission_keys).transpose();
        let known = known.map_err(|error| error.to_string())?;
        let policy = keys::policy(key.public(), known.as_ref()).map_err(|error| error.to_string())?;
        let files = Folder::new(folder.clone()).map_err(|error| error.to_string())?;
        let audit = audit(&files, &policy, 2, |_, _| {}).map_err(|error| error.to_string())?;
        Ok(format!("all {} entries hash to the cosigned checkpoint", audit.believed.head.size))
    };
    check("log", found())
}

fn commission(config: &Config) -> Option<Check> {
    let commission = config.commission.as_ref()?;
    let found = || {
        let ours = keys::commission_keys(commission).map_err(|error| error.to_string())?;
        let theirs = Commission::new(commission.url.as_str(), None).keys().map_err(|error| error.to_string())?;
        if ours.mirror != theirs.mirror || ours.roster != theirs.roster {
            return Err("its program shows other keys than the file has; ask the commission which are right".to_owned());
        }
        Ok(format!("answers at {}, with the keys on file", commission.url))
    };
    Some(check("commission", found()))
}
