//! Hunts and openings: what was kept is read for somebody, by the whole rule.

use crate::keys::{Released, release};
use crate::vault::pseudonym_key;
use crate::{Means, VaultError};
use noroshi_acts::{Asking, Under, batches, hunts, openings};
use noroshi_authz::{Permit, act};
use noroshi_casework::hunt::Question;
use noroshi_detect::engine::{Engine, EngineError, EngineOptions};
use noroshi_detect::question::{self, PairRow};
use noroshi_flow::Pseudonyms;
use noroshi_leaf::{AbortReason, Digest};
use noroshi_model::{BatchId, HuntId, MandateId, OpeningId};
use noroshi_office::{Kept, NotRead, Reading, Table};
use noroshi_seal::DataKey;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::net::IpAddr;

/// Reads batches for the hub's desk.
#[derive(Debug, Clone)]
pub struct Reader(Means);

/// A row of a hunt's answer, with the batch it stands in: an opening names it.
#[derive(Debug, Serialize)]
struct Row {
    batch: BatchId,
    pair: PairRow,
}

impl Reader {
    /// Over the hub's means.
    pub const fn new(means: Means) -> Self {
        Self(means)
    }

    async fn asked(
        &self,
        asking: Asking<'_>,
        id: HuntId,
        mandate: MandateId,
        question: Question,
    ) -> Result<Table, NotRead> {
        let acts = &self.0.acts;
        let asked = hunts::ask(acts, &asking, id, mandate, question).await?;
        let answered = async {
            let released = release(&self.0, asked.hunt.intent, asked.intent_line).await?;
            let later = Asking { at: self.0.now(), ..asking };
            let (hunt, under) = hunts::permit(acts, &later, id, &released.proven).await?;
            self.rows(later, hunt.question, under, released).await
        };
        let later = || Asking { at: self.0.now(), ..asking };
        match answered.await {
            Ok(rows) => {
                let bytes = serde_json::to_vec(&rows).map_err(|error| NotRead::Failed(error.to_string()))?;
                hunts::close(acts, &later(), id, rows.len() as u64, Digest::of(&bytes)).await?;
                Ok(table(&rows))
            }
            Err(why) => {
                hunts::give_up(acts, &later(), id, reason(&why)).await?;
                Err(why)
            }
        }
    }

    /// Reads off the runtime's threads, where the permits are had again: they cannot leave the thread they are for.
    async fn rows(
        &self,
        asking: Asking<'_>,
        question: Question,
        under: Under<act::Hunt>,
        released: Released,
    ) -> Result<Vec<Row>, NotRead> {
        let (means, principal, at) = (self.0.clone(), asking.principal.clone(), asking.at);
        let read = move || {
            let asking = Asking { principal: &principal, at, evidence: None, random: &means.sources.random };
            let permits = under.permits(&means.acts, &asking)?;
            read(&means, &permits, &question, &released.keys)
        };
        tokio::task::spawn_blocking(read).await.map_err(|error| NotRead::Failed(error.to_string()))?
    }

    async fn opened(&self, asking: Asking<'_>, id: OpeningId) -> Result<IpAddr, NotRead> {
        let acts = &self.0.acts;
        let begun = openings::open(acts, &asking, id).await?;
        let batch = begun.opening.batch;
        let found = async {
            let released = release(&self.0, begun.intent, begun.intent_line).await?;
            let key = released.keys.get(&batch).ok_or_else(|| NotRead::Withheld("no key came".to_owned()))?;
            let later = Asking { at: self.0.now(), ..asking };
            let under = openings::permit(acts, &later, id, &released.proven).await?;
            let permit = under.permit(acts, &later)?;
            let secret = self.0.vault.open_batch(&permit, key, std::io::sink()).map_err(|error| failed(&error))?;
            Ok(Pseudonyms::new(&pseudonym_key(&secret, batch)).back(begun.opening.pseudonym))
        };
        let later = || Asking { at: self.0.now(), ..asking };
        match found.await {
            Ok(address) => {
                openings::close(acts, &later(), id, address).await?;
                Ok(address)
            }
            Err(why) => {
                let named = BTreeSet::from([batch]);
                batches::abandon(acts, &later(), &named, begun.intent, reason(&why)).await?;
                Err(why)
            }
        }
    }
}

impl Kept for Reader {
    fn hunt<'a>(
        &'a self,
        asking: Asking<'a>,
        id: HuntId,
        mandate: MandateId,
        question: Question,
    ) -> Reading<'a, Table> {
        Box::pin(self.asked(asking, id, mandate, question))
    }

    fn open<'a>(&'a self, asking: Asking<'a>, id: OpeningId) -> Reading<'a, IpAddr> {
        Box::pin(self.opened(asking, id))
    }
}

/// Decrypts each batch into memory, asks it, and lets it go.
fn read(
    means: &Means,
    permits: &[Permit<'_, act::Hunt>],
    asked: &Question,
    keys: &BTreeMap<BatchId, DataKey>,
) -> Result<Vec<Row>, NotRead> {
    let mut rows = Vec::new();
    for permit in permits {
        let batch = permit.resource().id;
        let key = keys.get(&batch).ok_or_else(|| NotRead::Withheld(format!("no key of batch {batch} came")))?;
        let clear = means.vault.clear().map_err(|error| failed(&error))?;
        let lake = clear.path().join("lake.parquet");
        let file = File::create(&lake).map_err(|error| failed(&error))?;
        means.vault.open_batch(permit, key, file).map_err(|error: VaultError| failed(&error))?;
        let question = question::Question {
            servers: asked.servers.iter().map(|selector| (selector.address, selector.port)).collect(),
            directions: asked.directions.clone(),
            rows_max: asked.rows_max,
        };
        let engine = Engine::local(EngineOptions::default()).map_err(|error: EngineError| failed(&error))?;
        let pairs = question::ask(&engine, &lake, &question).map_err(|error| failed(&error))?;
        rows.extend(pairs.into_iter().map(|pair| Row { batch, pair }));
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.pair.flows));
    rows.truncate(usize::try_from(asked.rows_max).unwrap_or(usize::MAX));
    Ok(rows)
}

fn failed(error: &dyn std::fmt::Display) -> NotRead {
    NotRead::Failed(error.to_string())
}

const fn reason(why: &NotRead) -> AbortReason {
    match why {
        NotRead::Withheld(_) => AbortReason::KeyWithheld,
        NotRead::NotDone(_) | NotRead::Failed(_) => AbortReason::Failed,
    }
}

fn table(rows: &[Row]) -> Table {
    let columns =
        ["server", "protocol", "client", "direction", "flows", "bytes-out", "bytes-in", "first", "last", "batch"];
    let cells = |Row { batch, pair }: &Row| {
        vec![
            std::net::SocketAddr::new(pair.server, pair.port).to_string(),
            pair.protocol.to_string(),
            pair.client.to_string(),
            pair.direction.to_string(),
            pair.flows.to_string(),
            pair.bytes_out.to_string(),
            pair.bytes_in.to_string(),
            pair.first.to_string(),
            pair.last.to_string(),
            batch.to_string(),
        ]
    };
    Table { columns: columns.map(str::to_owned).to_vec(), rows: rows.iter().map(cells).collect() }
}
