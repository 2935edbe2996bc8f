//! The hub's configuration file: TOML, version 1, unknown keys refused.

use ipnet::IpNet;
use noroshi_leaf::Digest;
use noroshi_model::MandateId;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use url::Url;

/// The version of the file format this program reads.
pub(crate) const VERSION: u32 = 1;

/// What a hub is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The version of this format: 1.
    pub version: u32,
    /// Where it listens. TLS is the part of a proxy in front of it.
    pub listen: SocketAddr,
    /// Where browsers find it, without a path. Passkeys belong to its host.
    pub origin: Url,
    /// The folder for the log and its key, and, unless `database` says otherwise, the database.
    pub folder: PathBuf,
    /// `sqlite:FILE` or `postgres://…`; a file in `folder` if not given.
    pub database: Option<String>,
    /// Name of the hub in Japanese.
    pub name_ja: String,
    /// Name of the hub in English.
    pub name_en: String,
    /// Hours that times are shown east of Greenwich.
    #[serde(default = "japan")]
    pub utc_offset_hours: i8,
    /// The log's name, without a scheme (C2SP tlog-checkpoint), for example `hub.example.org/log`.
    pub log_origin: String,
    /// What the log's first line promises.
    #[serde(default)]
    pub promises: Promises,
    /// The commission's program. Without one, requests wait and no key is destroyed.
    pub commission: Option<CommissionConfig>,
    /// Identity providers (OpenID Connect).
    #[serde(default, rename = "issuer")]
    pub issuers: Vec<IssuerConfig>,
    /// Collectors, one for each source.
    #[serde(default, rename = "collector")]
    pub collectors: Vec<CollectorConfig>,
    /// A file system in memory, where records may lie in the clear while they are worked on.
    #[serde(default = "shared_memory")]
    pub memory: PathBuf,
}

/// A collector: which exports it receives, and as whose machine.
///
/// Exports over UDP do not prove who sent them. Give each an address that only its carrier's exporters reach.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectorConfig {
    /// What the ledger calls this source.
    pub source: String,
    /// Where the exporters send to.
    pub listen: SocketAddr,
    /// The carrier's machine that hands over: SHA-256 of its certificate's public key, as registered (RFC 7469).
    pub machine: Fingerprint,
    /// The national centre's machine that runs the detectors, likewise.
    pub detector: Fingerprint,
    /// Serves only this mandate; the oldest one in force of the machine's organisation if not given.
    pub mandate: Option<MandateId>,
    /// Hours of one batch.
    #[serde(default = "day")]
    pub batch_hours: u32,
    /// Sockets that share the address, a thread each.
    #[serde(default = "one")]
    pub receivers: usize,
    /// Prefixes known to stand abroad, whatever a table says.
    #[serde(default)]
    pub foreign: Vec<IpNet>,
    /// Registration tables; an address that neither they nor the terms name is unknown, and its records are dropped.
    #[serde(default)]
    pub registries: Vec<PathBuf>,
    /// The two-letter code that means domestic in them.
    #[serde(default)]
    pub country: String,
}

/// SHA-256 of a certificate's subject public key info, 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digest = text.parse::<Digest>().map_err(|_| {
            serde::de::Error::custom(format!("`{text}` is not a fingerprint; write 64 hexadecimal digits"))
        })?;
        Ok(Self(digest.0))
    }
}

/// What the log's first line promises; written once, at the first start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Promises {
    /// Seconds between heartbeats, at most.
    pub heartbeat_seconds_max: u32,
    /// Seconds from an intent to its deadline, at most: a batch must be collected and sealed in that time. A look at
    /// what was kept has an hour at most, whatever stands here.
    pub intent_seconds_max: u32,
    /// Days after the end of a mandate or a retention until keys must be destroyed.
    pub disposal_days_max: u32,
}

impl Default for Promises {
    fn default() -> Self {
        Self { heartbeat_seconds_max: 30, intent_seconds_max: 90_000, disposal_days_max: 7 }
    }
}

/// How the commission's program is reached and known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommissionConfig {
    /// Its address.
    pub url: Url,
    /// Its public keys, as `GET /keys` of its program answers; fetched out of band, never trusted on first use.
    pub keys: PathBuf,
    /// A file with the token it gave this hub; not needed on loopback.
    pub token: Option<PathBuf>,
}

/// An identity provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// A word for the URL.
    pub slug: String,
    /// What people see.
    pub name: String,
    /// Its issuer, exactly.
    pub issuer: Url,
    /// Our client id there.
    pub client_id: String,
    /// A file with our secret there, for a confidential client.
    pub client_secret: Option<PathBuf>,
}

/// What a batch's seal may take after its last hour.
const SEAL_SECONDS: u32 = 600;

const fn day() -> u32 {
    24
}

const fn one() -> usize {
    1
}

fn shared_memory() -> PathBuf {
    PathBuf::from("/dev/shm")
}

const fn japan() -> i8 {
    9
}

/// What is wrong with a configuration file.
#[derive(Debug, thiserror::Error)]
pub enum BadConfig {
    /// A file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Not a configuration, with line and column.
    #[error("`{path}`: {source}")]
    Parse {
        /// Which.
        path: String,
        /// What and where.
        source: Box<toml::de::Error>,
    },
    /// A value makes no sense.
    #[error("`{path}`: `{key}` {why}")]
    Value {
        /// Which file.
        path: String,
        /// Which key.
        key: &'static str,
        /// What is wrong and what to write.
        why: String,
    },
}

impl Config {
    /// Reads and checks a file. Paths in it are relative to it.
    ///
    /// # Errors
    /// [`BadConfig`].
    pub fn read(path: &Path) -> Result<Self, BadConfig> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| BadConfig::Read { path: name.clone(), source })?;
        let mut config = Self::parse(&text, &name)?;
        let beside = path.parent().unwrap_or_else(|| Path::new("."));
        config.folder = beside.join(&config.folder);
        if let Some(commission) = &mut config.commission {
            commission.keys = beside.join(&commission.keys);
            commission.token = commission.token.take().map(|token| beside.join(token));
        }
        for collector in &mut config.collectors {
            collector.registries.iter_mut().for_each(|file| *file = beside.join(&*file));
        }
        for issuer in &mut config.issuers {
            issuer.client_secret = issuer.client_secret.take().map(|secret| beside.join(secret));
        }
        Ok(config)
    }

    /// Checks a text; `name` is what errors call it.
    ///
    /// # Errors
    /// [`BadConfig`].
    pub fn parse(text: &str, name: &str) -> Result<Self, BadConfig> {
        let config: Self = toml::from_str(text)
            .map_err(|source| BadConfig::Parse { path: name.to_owned(), source: Box::new(source) })?;
        let value = |key, why: &str| BadConfig::Value { path: name.to_owned(), key, why: why.to_owned() };
        if config.version != VERSION {
            return Err(value("version", "must be 1"));
        }
        if config.log_origin.contains("://") || config.log_origin.trim().is_empty() {
            return Err(value("log_origin", "is a name without a scheme, for example `hub.example.org/log`"));
        }
        if config.promises.heartbeat_seconds_max == 0 || config.promises.intent_seconds_max == 0 {
            return Err(value("promises", "have at least one second each"));
        }
        check_collectors(&config).map_err(|why| value("collector", &why))?;
        if !(-12..=14).contains(&config.utc_offset_hours) {
            return Err(value("utc_offset_hours", "is between -12 and 14"));
        }
        Ok(config)
    }

    /// The database's URL.
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite:{}", self.folder.join("hub.db").display());
        self.database.clone().unwrap_or_else(file)
    }
}

fn check_collectors(config: &Config) -> Result<(), String> {
    for (at, collector) in config.collectors.iter().enumerate() {
        let seconds = collector.batch_hours.saturating_mul(3_600).saturating_add(SEAL_SECONDS);
        if collector.batch_hours == 0 || seconds > config.promises.intent_seconds_max {
            return Err(format!(
                "`{}`: a batch of {} hours is sealed {seconds} seconds after its intent, and `promises.intent_seconds_max` \
                 is {}; collect shorter batches or promise less",
                collector.source, collector.batch_hours, config.promises.intent_seconds_max
            ));
        }
        if !collector.registries.is_empty() && collector.country.len() != 2 {
            return Err(format!("`{}`: `country` is the two-letter code that means domestic", collector.source));
        }
        if config.collectors.iter().take(at).any(|other| other.source == collector.source) {
            return Err(format!("`{}` is named twice; each source has a name of its own", collector.source));
        }
        if config.commission.is_none() {
            return Err(format!("`{}` needs a commission, which holds half of every key", collector.source));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../../docs/samples/hub.toml");

    #[test]
    fn the_documented_sample_is_a_configuration() {
        let config = Config::parse(SAMPLE, "hub.toml").unwrap();
        assert_eq!(config.promises, Promises::default());
        assert!(config.commission.is_some());
        assert!(config.database_url().starts_with("sqlite:"));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place() {
        let error = Config::parse(&format!("colour = 1\n{SAMPLE}"), "hub.toml").unwrap_err().to_string();
        assert!(error.contains("colour") && error.contains("line 1"), "{error}");
    }

    #[test]
    fn collectors_are_read_and_what_cannot_be_kept_is_refused() {
        let one = "[[collector]]\nsource = \"north\"\nlisten = \"127.0.0.1:4739\"\n";
        let machines = format!("machine = \"{}\"\ndetector = \"{}\"\n", "a1".repeat(32), "b2".repeat(32));
        let text = format!("{SAMPLE}\n{one}{machines}");
        let config = Config::parse(&text, "hub.toml").unwrap();
        assert_eq!((config.collectors[0].machine.0, config.collectors[0].batch_hours), ([0xa1; 32], 24));
        let wrong = |text: &str| Config::parse(text, "hub.toml").unwrap_err().to_string();
        assert!(wrong(&format!("{text}batch_hours = 25\n")).contains("collect shorter batches"));
        assert!(wrong(&format!("{text}{one}{machines}")).contains("named twice"));
        assert!(wrong(&text.replace(&"a1".repeat(32), "a1")).contains("64 hexadecimal digits"));
    }

    #[test]
    fn values_that_make_no_sense_say_what_to_write() {
        let wrong =
            |from: &str, to: &str| Config::parse(&SAMPLE.replace(from, to), "hub.toml").unwrap_err().to_string();
        assert!(wrong("version = 1", "version = 2").contains("must be 1"));
        assert!(wrong("hub.example.org/log", "https://hub.example.org/log").contains("without a scheme"));
        assert!(wrong("heartbeat_seconds_max = 30", "heartbeat_seconds_max = 0").contains("at least one second"));
    }
}
