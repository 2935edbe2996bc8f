//! The commission of the demonstration: its own program's parts, keys and folder, reached over HTTP alone.

use anyhow::Context;
use noroshi_commission::http::{DEMO_PASSPHRASE, Setup, router, serve};
use noroshi_commission::keyring::{COMMISSIONERS, Keyring, Work, make_commissioner, roster};
use noroshi_commission::office::Mandatory;
use noroshi_commission::{Office, limits};
use noroshi_ledger::{Policy, VerifyKey};
use noroshi_model::MandateId;
use noroshi_office::Sources;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Who votes for the mandate, with their reasons.
const VOTES: [(u8, &str); 3] = [
    (
        1,
        "当事者の同意があり、対象は国外との通信に限られる。The party agrees, and only traffic with other countries is covered.",
    ),
    (
        2,
        "国内のみの通信は直ちに消去され、仮名化される。Domestic traffic is dropped at once, addresses become pseudonyms.",
    ),
    (3, "期間と保存量は必要最小限である。Term and volume are no more than is needed."),
];
/// How often and how long apart the board is looked at for a request that is on its way.
const LOOKS: u32 = 150;
const PAUSE: Duration = Duration::from_millis(200);

/// Starts the commission in `folder`, for the log with the verifier key `log`; gives what the hub must know of it, as
/// `GET /keys` answers, and the keys file of `noroshi-verify`.
pub(super) async fn start(
    listener: TcpListener,
    folder: &Path,
    log: &str,
    sources: Sources,
) -> anyhow::Result<(String, String)> {
    let mut dice = ChaCha20Rng::from_seed((sources.random)());
    let keys = folder.join("keys");
    let ring = Keyring::make(&keys, "commission.example.org", &mut dice)?;
    let mut commissioners = Vec::new();
    for number in 1..=COMMISSIONERS {
        commissioners.push(make_commissioner(&keys, number, DEMO_PASSPHRASE, Work::Light, &mut dice)?);
    }
    let roster = roster(commissioners, ring.seal.public());
    let public = serde_json::json!({
        "mirror": ring.mirror.public().to_string(),
        "witness": ring.witness.public().to_string(),
        "hpke": ring.recipient.public().to_hex(),
        "roster": roster,
    });
    let policy = format!("log {log}\nwitness commission {}\nquorum commission\n", ring.mirror.public());
    let listed: Vec<_> = roster.commissioners.iter().map(|key| format!("\"{key}\"")).collect();
    let verify = format!(
        "log = \"{log}\"\npolicy = \"\"\"\n{policy}\"\"\"\n\n[roster]\ncommissioners = [{}]\nquorum = {}\nseal = \"{}\"\n",
        listed.join(", "),
        roster.quorum,
        roster.seal
    );
    let given = Mandatory {
        log: VerifyKey::parse(log).context("the log's key")?,
        policy: Policy::parse(policy.as_bytes()).context("the policy")?,
        roster,
        release_seconds_max: 60,
    };
    let office = Office::open(folder, ring, given, dice)?;
    let setup = Setup {
        office,
        clock: Arc::new(sources.now),
        folder: folder.to_owned(),
        demo: true,
        secure: false,
        machine_tokens: Vec::new(),
        seed: (sources.random)(),
    };
    tokio::spawn(serve(listener, router(setup), limits::HEADER_TIME_MAX, std::future::pending()));
    Ok((public.to_string(), verify))
}

/// Three commissioners vote for the first version of a mandate, on the board's own pages, as soon as the request is
/// there. Blocking.
pub(super) fn vote(url: &str, mandate: MandateId) -> anyhow::Result<()> {
    let page = format!("{url}/board/vote/{mandate}/1/grant");
    for (number, reasons) in VOTES {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build().into();
        let signed_in = agent.post(format!("{url}/board/sign-in")).send_form([("number", number.to_string())])?;
        let cookie = signed_in.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).context("the board gave no session")?;
        let form = form_on(&agent, &page, cookie)?;
        let fields = [("choice", "for"), ("conditions", ""), ("form", &form), ("reasons", reasons)];
        let cast = agent.post(&page).header("cookie", cookie).send_form(fields)?;
        anyhow::ensure!(cast.status().is_redirection(), "the vote of commissioner {number} was refused");
    }
    Ok(())
}

/// The token of the form on a page of the board, once the request is there.
fn form_on(agent: &ureq::Agent, page: &str, cookie: &str) -> anyhow::Result<String> {
    for _ in 0..LOOKS {
        let mut answer = agent.get(page).header("cookie", cookie).call()?;
        let text = answer.body_mut().read_to_string()?;
        let token = text.split("name=\"form\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        if let Some(token) = token.filter(|_| text.contains("name=\"reasons\"")) {
            return Ok(token.to_owned());
        }
        std::thread::sleep(PAUSE);
    }
    anyhow::bail!("the request did not reach the commission; see `{page}`")
}
