//! Hub and commission of the demonstration, and a mandate between them that was asked for, answered and decided.

use super::commission;
use crate::serve::{sources, this_program};
use anyhow::Context;
use noroshi_acts::{Asking, mandates};
use noroshi_authz::Principal;
use noroshi_casework::Said;
use noroshi_casework::mandate::{MandateTopic, Request};
use noroshi_collection::{Inspected, Means, Places, Reader, Vault};
use noroshi_leaf::{Answer, Digest, Salt, Terms};
use noroshi_mandate::Mandate as Papers;
use noroshi_model::time::DAY;
use noroshi_model::{Clearance, Direction, LegalBasis, MandateId, Micros, Purpose};
use noroshi_office::demo::{Cast, cast};
use noroshi_office::{CollectorConfig, Config, Fingerprint, Hub};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What says that a folder was made by a demonstration and may be replaced by the next.
const MARK: &str = "DEMONSTRATION";
/// Where hub and commission listen, if nobody else does.
const PORTS: (u16, u16) = (4740, 4741);
/// Days of the mandates.
const TERM_DAYS: i64 = 28;
/// How often and how long apart a decision that is on its way is looked for.
const LOOKS: u32 = 150;
const PAUSE: Duration = Duration::from_millis(200);

/// Everything that runs.
pub(super) struct Spine {
    /// What collectors and readers work with.
    pub(super) means: Means,
    /// Who takes part.
    pub(super) cast: Cast,
    /// The mandate in force.
    pub(super) mandate: MandateId,
    /// Where the hub's pages are.
    pub(super) hub: String,
    /// Where the commission's are.
    pub(super) commission: String,
    /// The folder of both.
    pub(super) folder: PathBuf,
    stop: oneshot::Sender<()>,
    served: JoinHandle<anyhow::Result<()>>,
}

impl Spine {
    /// Starts commission and hub in `out`, and has a mandate for the traffic of `papers` granted, from `from` on.
    pub(super) async fn start(out: &Path, papers: &Papers, from: Micros) -> anyhow::Result<Self> {
        let folder = fresh(&out.join("spine"))?;
        let (hub_listens, commission_listens) = (listen(PORTS.0).await?, listen(PORTS.1).await?);
        let (listens, theirs) = (hub_listens.local_addr()?, commission_listens.local_addr()?);
        let (commission, hub) = (format!("http://{theirs}"), format!("http://localhost:{}", listens.port()));
        let config = configured(&folder, listens, &hub, &commission)?;
        let (keys, verify) =
            commission::start(commission_listens, &folder.join("commission"), &config.log_key(&sources())?, sources())
                .await?;
        std::fs::write(folder.join("commission-keys.json"), keys)?;
        std::fs::write(folder.join("verify-keys.toml"), verify)?;
        let vault = Vault::open(&config.folder.join("vault"), &config.memory)?;
        let opened = Hub::open(config, this_program()?, sources()).await?;
        let cast = cast(&opened).await?;
        let means = Means {
            acts: opened.acts.clone(),
            scribe: opened.scribe.clone(),
            commission: opened.commission().context("the demonstration has a commission")?.clone(),
            commission_hpke: opened.commission_hpke().unwrap_or_default().to_owned(),
            vault,
            sources: sources(),
        };
        let opened = opened.reading(Arc::new(Reader::new(means.clone())));
        let inspected = Inspected::new(means.clone(), Fingerprint(cast.detector));
        tokio::spawn(async move { inspected.follow().await });
        let (stop, stopped) = oneshot::channel::<()>();
        let access = cast.access(listens)?;
        // Held until here, so that nobody else takes the port; the hub binds it again at once.
        drop(hub_listens);
        let served = tokio::spawn(async move {
            let until = async { drop(stopped.await) };
            Ok(opened.serve(Some(access), until).await??)
        });
        let mandate = granted(&means, &cast, &commission, papers, from).await?;
        waiting(&means, &cast, papers).await?;
        Ok(Self { means, cast, mandate, hub, commission, folder, stop, served })
    }

    /// The collector of the demonstration: any free port, all in one batch.
    pub(super) fn collector(&self, places: Places) -> CollectorConfig {
        CollectorConfig {
            source: "simulated nation".to_owned(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            machine: Fingerprint(self.cast.collector),
            detector: Fingerprint(self.cast.detector),
            mandate: Some(self.mandate),
            batch_hours: 24,
            receivers: 1,
            foreign: places.foreign,
            registries: places.files,
            country: places.country,
        }
    }

    /// Ends the hub as Ctrl-C does: what was accepted gets its place.
    pub(super) async fn end(self) -> anyhow::Result<()> {
        // A hub that ended by itself no longer listens, and says why below.
        let _ = self.stop.send(());
        self.served.await?
    }
}

/// An empty folder; one of an earlier demonstration is replaced, anything else is left alone.
fn fresh(folder: &Path) -> anyhow::Result<PathBuf> {
    if folder.exists() {
        let shown = folder.display();
        anyhow::ensure!(
            folder.join(MARK).exists(),
            "`{shown}` is not of an earlier demonstration; choose another folder with --out"
        );
        std::fs::remove_dir_all(folder).with_context(|| format!("cannot replace `{shown}`"))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    std::fs::write(folder.join(MARK), "made by `noroshi demo`, replaced by the next one\n")?;
    Ok(folder.to_owned())
}

/// A listener on loopback: the usual port, or any that is free.
async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("cannot listen on loopback"),
    }
}

/// The documented sample, for this folder and these addresses.
fn configured(folder: &Path, listens: SocketAddr, hub: &str, commission: &str) -> anyhow::Result<Config> {
    let text = include_str!("../../../../docs/samples/hub.toml")
        .replace("127.0.0.1:4740", &listens.to_string())
        .replace("http://localhost:4740", hub)
        .replace("http://127.0.0.1:4741", commission);
    let path = folder.join("hub.toml");
    std::fs::write(&path, text)?;
    Ok(Config::read(&path)?)
}

/// Asking as somebody, with the demonstration's one click in the place of a signature.
fn asking<'a>(means: &'a Means, principal: &'a Principal) -> Asking<'a> {
    let evidence = Some(Digest::of(b"demonstration"));
    Asking { principal, at: (means.sources.now)(), evidence, random: &means.sources.random }
}

fn said(means: &Means, text: &str) -> Said {
    Said::new(text, Salt(Digest((means.sources.random)())))
}

/// An operator proposes a party agreement, the carrier can, three of five commissioners grant it.
async fn granted(
    means: &Means,
    cast: &Cast,
    commission: &str,
    papers: &Papers,
    from: Micros,
) -> anyhow::Result<MandateId> {
    let terms = Terms {
        legal_basis: LegalBasis::PartyAgreement,
        directions: BTreeSet::from([Direction::ForeignIn, Direction::OutForeign]),
        party: Some(cast.party),
        from,
        ..terms(means, cast, papers)
    };
    let request = Request {
        necessity: said(
            means,
            "指令サーバは乗っ取られた国外の機器を経由して入れ替わり、個別の通報では把握できない。通信の相手・時刻・量のみを用いる。\
             Command servers move behind hijacked machines abroad; reports one by one do not show them. Only who, when and how much is used.",
        ),
        selectors: Vec::new(),
        selectors_salt: Salt(Digest((means.sources.random)())),
        terms,
        title: "当事者協定：例示電力 Party agreement: Example Power".to_owned(),
    };
    let id = asked(means, &cast.operator, request).await?;
    let reason = said(means, "通常の運用の範囲で実施できます。Within normal operation.");
    mandates::answer(&means.acts, &asking(means, &cast.liaison), id, Answer::Feasible, Some(2_000_000), reason).await?;
    let url = commission.to_owned();
    tokio::task::spawn_blocking(move || commission::vote(&url, id)).await??;
    for _ in 0..LOOKS {
        let found = means.acts.db.load::<MandateTopic>(id).await?;
        if found.is_some_and(|(mandate, _)| mandate.live_at((means.sources.now)()).is_some()) {
            return Ok(id);
        }
        tokio::time::sleep(PAUSE).await;
    }
    anyhow::bail!("the commission's decision did not come back; see `{commission}/board`")
}

/// A second request, by a line officer, that waits for the carrier: something to do for whoever looks around.
async fn waiting(means: &Means, cast: &Cast, papers: &Papers) -> anyhow::Result<()> {
    let request = Request {
        necessity: said(
            means,
            "国内の感染機器から国外の指令サーバへの通信を、より広い範囲で確かめる必要がある。\
             Calls from infected devices to command servers abroad must be confirmed on a wider scale.",
        ),
        selectors: Vec::new(),
        selectors_salt: Salt(Digest((means.sources.random)())),
        terms: terms(means, cast, papers),
        title: "内外通信：例示通信 Out to foreign: Example Carrier".to_owned(),
    };
    asked(means, &cast.line_officer, request).await.map(drop)
}

async fn asked(means: &Means, by: &Principal, request: Request) -> anyhow::Result<MandateId> {
    let asking = asking(means, by);
    let id = MandateId(asking.id());
    mandates::request(&means.acts, &asking, id, request).await?;
    Ok(id)
}

/// Terms of a measure without consent: out to foreign, 28 days from now, within what a small hub keeps.
fn terms(means: &Means, cast: &Cast, papers: &Papers) -> Terms {
    let now = (means.sources.now)();
    Terms {
        analysts: BTreeSet::from([cast.analyst]),
        carrier: cast.carrier,
        clearance: Clearance::None,
        directions: BTreeSet::from([Direction::OutForeign]),
        dns_names: false,
        domestic: papers.domestic.iter().copied().collect(),
        from: now,
        hunts_max: 50,
        legal_basis: LegalBasis::OutForeign,
        party: None,
        ports: BTreeSet::new(),
        protocols: BTreeSet::new(),
        purposes: BTreeSet::from([Purpose::FindAttackServers, Purpose::WarnVictims]),
        records_max: 1_000_000_000,
        retain_days_max: 30,
        rows_max: 1_000,
        rule_pack: means.acts.rules.id(),
        selected_records_max: 10_000_000,
        selectors: None,
        until: Micros(now.0 + TERM_DAYS * DAY),
    }
}
