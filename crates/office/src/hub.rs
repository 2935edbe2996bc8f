//! A hub put together, and run.

use crate::config::Config;
use crate::first_start::{self, NotFounded};
use crate::keys::{self, BadKeys};
use crate::log::Published;
use crate::{Desk, Kept, Sources};
use noroshi_acts::Acts;
use noroshi_authz::{Authz, NotUsable};
use noroshi_casework::mandate::RulePack;
use noroshi_clerk::genesis::{self, GenesisError};
use noroshi_clerk::{Commission, Duties, Scribe, ScribeError};
use noroshi_leaf::body::Genesis;
use noroshi_leaf::{Digest, PublicKey, Roster};
use noroshi_ledger::disk::Folder;
use noroshi_ledger::peers::{Peer, Peers, Role};
use noroshi_ledger::{Log, Nobody, OpenError, Pace, Sequencer, Status, VerifyKey, Witnesses};
use noroshi_model::{Micros, OrgId};
use noroshi_store::{Db, StoreError};
use noroshi_web::{DemoAccess, Parts, State};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long a start waits for the commission's mirror before it says so and goes on waiting.
const QUORUM_WAIT: Duration = Duration::from_secs(10);
/// How long open connections may take to end when the hub is told to stop.
const GRACE: Duration = Duration::from_secs(3);
/// Between two of the clerk's rounds.
const ROUND: Duration = Duration::from_secs(2);

/// Why a hub does not start.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// The folder cannot be made.
    #[error("cannot use the folder `{path}`: {source}")]
    Folder {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Keys.
    #[error(transparent)]
    Keys(#[from] BadKeys),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log.
    #[error("the log: {0}")]
    Log(#[from] OpenError),
    /// Threads.
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
    /// Log and database.
    #[error(transparent)]
    Scribe(#[from] ScribeError),
    /// The first line.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The first account.
    #[error(transparent)]
    Founding(#[from] NotFounded),
    /// The policies.
    #[error(transparent)]
    Policies(#[from] NotUsable),
    /// The rule pack.
    #[error("the rule pack: {0}")]
    Rules(String),
    /// The clock is behind the log.
    #[error(
        "the clock says {now}, but the log has a line of {latest}: set the clock right first, or a mandate that is over might live again"
    )]
    ClockBehind {
        /// The clock.
        now: Micros,
        /// The latest line.
        latest: Micros,
    },
    /// The pages.
    #[error(transparent)]
    Pages(#[from] noroshi_web::BadConfig),
    /// The address.
    #[error("cannot listen on {address}: {source}; is another program there?")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// Why a hub stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The scribe cannot go on.
    #[error("the hub stopped: {0}")]
    Scribe(#[from] ScribeError),
    /// The pages' listener failed.
    #[error("the hub stopped: {0}")]
    Serve(#[from] std::io::Error),
}

/// A hub that can be served.
pub struct Hub {
    /// The write path, for programs that act beside the pages.
    pub acts: Acts,
    /// The scribe.
    pub scribe: Scribe,
    /// The national centre.
    pub centre: OrgId,
    /// The one-time link of the first administrator, at a first start.
    pub first_link: Option<String>,
    config: Config,
    commission: Option<Commission>,
    commission_hpke: Option<String>,
    key: VerifyKey,
    sources: Sources,
    kept: Option<Arc<dyn Kept>>,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("origin", &self.config.origin.as_str()).finish_non_exhaustive()
    }
}

impl Config {
    /// The log's verifier key, which the commission's program is set up with; makes the key where there is none.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn log_key(&self, sources: &Sources) -> Result<String, NotOpened> {
        let folder = |source| NotOpened::Folder { path: self.folder.display().to_string(), source };
        std::fs::create_dir_all(&self.folder).map_err(folder)?;
        Ok(keys::log_key(&self.folder, &self.log_origin, &(sources.random)())?.public().to_string())
    }
}

impl Hub {
    /// Puts a hub together. `build` is the SHA-256 of the running program.
    ///
    /// # Errors
    /// [`NotOpened`] says what is wrong and what to do; nothing was lost.
    pub async fn open(config: Config, build: Digest, sources: Sources) -> Result<Self, NotOpened> {
        let folder = |source| NotOpened::Folder { path: config.folder.display().to_string(), source };
        std::fs::create_dir_all(&config.folder).map_err(folder)?;
        let now = (sources.now)();
        let key = keys::log_key(&config.folder, &config.log_origin, &(sources.random)())?;
        let verify = key.public().clone();
        let known = config.commission.as_ref().map(keys::commission_keys).transpose()?;
        let policy = keys::policy(&verify, known.as_ref())?;
        let roster = known.as_ref().map_or_else(nobody, |keys| keys.roster.clone());
        let commission = commission(&config)?;
        let commission_hpke = known.as_ref().map(|keys| keys.hpke.clone());
        let db = Db::open(&config.database_url()).await?;
        let log = Log::open(Arc::new(Folder::new(config.folder.join("log")).map_err(folder)?), key)?;
        let size = log.size();
        let witnesses = witnesses(commission.as_ref(), known.as_ref())?;
        let sequencer = Sequencer::start(log, witnesses, policy.clone(), Pace::default()).map_err(NotOpened::Thread)?;
        let sequencer = Arc::new(sequencer);
        if let Status::Refusing(why) = wait_open(Arc::clone(&sequencer)).await {
            tracing::warn!(%why, "the log takes no lines yet; the hub starts and waits");
        }
        genesis::ensure(&db, promises(&config, &roster), first_start::id(now, (sources.random)()), now).await?;
        let scribe = Scribe::begin(db.clone(), sequencer, size).await?;
        let latest = scribe.standing(|standing| standing.latest);
        if now < latest {
            return Err(NotOpened::ClockBehind { now, latest });
        }
        let founded = first_start::found(&db, &config.name_ja, &config.name_en, now, &sources.random).await?;
        let link = |f: &first_start::Founded| config.origin.join(&format!("enrol/{}", f.secret.reveal())).ok();
        let first_link = founded.as_ref().and_then(link).map(String::from);
        let centre = first_start::centre(&db).await?.ok_or(NotOpened::Rules("no national centre".to_owned()))?;
        let rules = RulePack::parse(noroshi_casework::mandate::rules::JAPAN_2026_1);
        let acts = Acts {
            db,
            authz: Arc::new(Authz::new()?),
            rules: Arc::new(rules.map_err(|error| NotOpened::Rules(error.to_string()))?),
            roster: Arc::new(roster),
            policy: Arc::new(policy),
            build,
            intent_seconds_max: config.promises.intent_seconds_max,
        };
        let indexed = noroshi_acts::share::catch_up(&acts).await?;
        if indexed > 0 {
            tracing::info!(indexed, "objects that came before there was an index can be found now");
        }
        Ok(Self {
            acts,
            scribe,
            centre,
            first_link,
            config,
            commission,
            commission_hpke,
            key: verify,
            sources,
            kept: None,
        })
    }

    /// The commission's program, where one is configured.
    pub fn commission(&self) -> Option<&Commission> {
        self.commission.as_ref()
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What is sealed to the commission, by the keys it handed over: X25519, hexadecimal.
    pub fn commission_hpke(&self) -> Option<&str> {
        self.commission_hpke.as_deref()
    }

    /// Clock and dice.
    pub const fn sources(&self) -> Sources {
        self.sources
    }

    /// Lets the desk answer hunts and open pseudonyms. Without it both are refused with a sentence.
    #[must_use]
    pub fn reading(self, kept: Arc<dyn Kept>) -> Self {
        Self { kept: Some(kept), ..self }
    }

    /// Runs pages, scribe and clerk until `until` is ready. `demo` offers one-click roles, on loopback only.
    ///
    /// # Errors
    /// [`NotOpened`] before the pages are there, [`Stopped`] inside when it stopped by itself.
    pub async fn serve(
        self,
        demo: Option<DemoAccess>,
        until: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Result<(), Stopped>, NotOpened> {
        let random = Arc::new(self.sources.random);
        let desk = Desk::new(self.acts.clone(), self.scribe.clone(), random.clone(), self.kept.clone());
        let files = Folder::new(self.config.folder.join("log"))
            .map_err(|source| NotOpened::Folder { path: self.config.folder.display().to_string(), source })?;
        let published = Published { files, sequencer: Arc::clone(self.scribe.log()), key: self.key.clone() };
        let state = State::new(Parts {
            store: self.acts.db.clone(),
            authz: Arc::clone(&self.acts.authz),
            office: Arc::new(desk.clone()),
            exchange: Arc::new(desk),
            log: Arc::new(published),
            rules: (*self.acts.rules).clone(),
            sources: self.sources,
            config: pages(&self.config),
            demo,
        })?;
        let address = self.config.listen;
        let listener = TcpListener::bind(address).await.map_err(|source| NotOpened::Listen { address, source })?;
        let duties = Duties::new(self.acts.clone(), self.scribe.clone(), self.commission.clone(), self.centre, random);
        let clerk = tokio::spawn(rounds(duties, self.config.promises.heartbeat_seconds_max, self.sources));
        let (scribe, (halt, halted)) = (self.scribe.clone(), oneshot::channel::<()>());
        let mut carried = tokio::spawn(async move { scribe.run(async { drop(halted.await) }).await });
        let (closing, closed) = oneshot::channel::<()>();
        let until = async move {
            until.await;
            drop(closing);
        };
        // A page that waits for news would keep its connection open for ever.
        let grace = async {
            drop(closed.await);
            tokio::time::sleep(GRACE).await;
        };
        let pages = axum::serve(listener, noroshi_web::router(state)).with_graceful_shutdown(until);
        let (served, ended) = tokio::select! {
            served = async { pages.await } => (served.map_err(Stopped::from), None),
            () = grace => (Ok(()), None),
            ended = &mut carried => (Ok(()), Some(ended)),
        };
        clerk.abort();
        // What was accepted gets its place before the program ends. A scribe that ended by itself says why.
        drop(halt);
        let ended = match ended {
            Some(ended) => ended,
            None => carried.await,
        };
        let ended = ended.map_err(|error| Stopped::Serve(std::io::Error::other(error)));
        let stopped = ended.and_then(|ended| ended.map_err(Stopped::from)).and(served);
        Ok(stopped)
    }
}

/// The clerk's rounds. What fails is logged and tried again: the clerk does not stop.
async fn rounds(duties: Duties, heartbeat_seconds_max: u32, sources: Sources) {
    if let Err(error) = duties.after_restart((sources.now)()).await {
        tracing::error!(%error, "intents of the last run");
    }
    let beat = Duration::from_secs(u64::from(heartbeat_seconds_max)).div_f64(3.0).max(Duration::from_millis(300));
    let (mut beats, mut turns) = (tokio::time::interval(beat), tokio::time::interval(ROUND));
    loop {
        let done = tokio::select! {
            _ = beats.tick() => duties.beat((sources.now)()).await,
            _ = turns.tick() => duties.round((sources.now)()).await,
        };
        if let Err(error) = done {
            tracing::error!(%error, "the clerk");
        }
    }
}

async fn wait_open(sequencer: Arc<Sequencer>) -> Status {
    tokio::task::spawn_blocking(move || sequencer.wait_open(QUORUM_WAIT)).await.unwrap_or(Status::Starting)
}

fn promises(config: &Config, roster: &Roster) -> Genesis {
    Genesis {
        disposal_days_max: config.promises.disposal_days_max,
        heartbeat_seconds_max: config.promises.heartbeat_seconds_max,
        intent_seconds_max: config.promises.intent_seconds_max,
        origin: config.log_origin.clone(),
        roster: roster.clone(),
    }
}

/// A roster that can decide nothing: a hub without a commission grants nothing.
fn nobody() -> Roster {
    Roster { commissioners: BTreeSet::new(), quorum: 1, seal: PublicKey(Digest([0; 32])) }
}

fn commission(config: &Config) -> Result<Option<Commission>, NotOpened> {
    let Some(commission) = &config.commission else { return Ok(None) };
    let token = commission.token.as_ref().map(std::fs::read_to_string).transpose();
    let path = commission.token.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let token = token.map_err(|source| NotOpened::Folder { path, source })?;
    Ok(Some(Commission::new(commission.url.as_str(), token.map(|token| token.trim().to_owned()))))
}

fn witnesses(
    commission: Option<&Commission>,
    keys: Option<&noroshi_clerk::commission::Keys>,
) -> Result<Box<dyn Witnesses>, NotOpened> {
    let (Some(commission), Some(keys)) = (commission, keys) else { return Ok(Box::new(Nobody)) };
    let key = VerifyKey::parse(&keys.mirror).map_err(|error| BadKeys::Key(error.to_string()))?;
    let transport = Box::new(commission.transport("mirror"));
    let peer = Peer { name: "commission".to_owned(), key, role: Role::Mirror, transport };
    Ok(Box::new(Peers::start(vec![peer]).map_err(NotOpened::Thread)?))
}

fn pages(config: &Config) -> noroshi_web::Config {
    let secret = |path: &std::path::PathBuf| std::fs::read_to_string(path).ok().map(|s| s.trim().to_owned());
    noroshi_web::Config {
        origin: config.origin.clone(),
        name_ja: config.name_ja.clone(),
        name_en: config.name_en.clone(),
        issuers: config
            .issuers
            .iter()
            .map(|issuer| noroshi_web::Issuer {
                slug: issuer.slug.clone(),
                name: issuer.name.clone(),
                issuer: issuer.issuer.clone(),
                client_id: issuer.client_id.clone(),
                client_secret: issuer.client_secret.as_ref().and_then(secret),
            })
            .collect(),
        utc_offset_hours: config.utc_offset_hours,
    }
}
