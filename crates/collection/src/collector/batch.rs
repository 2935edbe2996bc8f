//! One batch: its split key and its intent first, then the records, then the seal.

use super::{Collected, Collector, NotCollected};
use crate::gate::{Left, gate, within};
use crate::keys::{patiently, receipt};
use crate::vault::{SECRET_BYTES, pseudonym_key};
use crate::{Means, machine};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use noroshi_acts::batches;
use noroshi_authz::Principal;
use noroshi_casework::batch::{Batch, BatchStanding, BatchTopic};
use noroshi_casework::mandate::{Granted, Mandate, Selector as Known};
use noroshi_detect::live::{Closed, Live};
use noroshi_detect::run::RunOptions;
use noroshi_flow::{Balance, BroadLimits, Intake, SelectionSet, Selector};
use noroshi_ingest::ReceiverOptions;
use noroshi_ingest::udp::listen::{self, Listen, Received, Shared};
use noroshi_leaf::{AbortReason, BatchOpened, BatchSealed, Commitment, Digest, Salt};
use noroshi_mandate::{Collect, DropReason, Mandate as Gate, Permit, authorise};
use noroshi_model::time::HOUR;
use noroshi_model::{BatchId, IntentId, MandateId, Micros};
use noroshi_office::NotRead;
use noroshi_seal::{DataKey, RecipientKey, Share};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

/// How often a collection looks whether it may go on.
const LOOK: Duration = Duration::from_millis(500);

/// A batch that is open.
struct Open {
    id: BatchId,
    intent: IntentId,
    at: Micros,
    key: DataKey,
    secret: Zeroizing<[u8; SECRET_BYTES]>,
}

/// What a batch is collected under.
struct Under<'m> {
    permit: Permit<'m, Collect>,
    /// The version of the mandate.
    version: u32,
    /// Gates built from the permit, one a receiver.
    intakes: Vec<Intake>,
}

impl Collector {
    /// Collects one batch under a mandate, until `shared.stop`, the configured hours, or the end of the mandate; then
    /// seals it and has the detectors look. `known` is selected from the first record on. `ready` is told where it
    /// listens, `watch` is called after every batch of records. Blocks its thread, which must not be one of the
    /// runtime's.
    ///
    /// # Errors
    /// [`NotCollected`]; what had begun is then given up on the record.
    pub fn batch(
        &self,
        runtime: &Handle,
        id: MandateId,
        known: SelectionSet,
        shared: &Shared,
        ready: impl FnOnce(SocketAddr),
        watch: &mut dyn FnMut(),
    ) -> Result<Collected, NotCollected> {
        let (mandate, granted) = runtime.block_on(self.live(id))?;
        let (previous, left) = runtime.block_on(self.before(id, &granted))?;
        let carrier = runtime.block_on(self.bound(&self.settings.machine.0, id))?;
        let gate = within(gate(id, &mandate.title, &granted, &self.places()), left);
        // A gate that cannot be built is found out before anything is begun.
        let permit = authorise::<Collect>(&gate, self.means.now())?;
        let intakes = (0..self.settings.receivers.max(1)).map(|_| Intake::new(&permit));
        let intakes = intakes.collect::<Result<Vec<_>, _>>()?;
        let selection = selected_from(&granted.selectors, known);
        let open = runtime.block_on(self.begin(&mandate, &granted, &carrier, previous, &selection))?;
        let kept = self.collect(
            runtime,
            Under { permit, version: granted.version, intakes },
            &open,
            selection,
            shared,
            (ready, watch),
        );
        let sealed = kept.and_then(|(received, closed, clear)| {
            let sealed = self.sealed(&open, &closed, &received)?;
            drop(clear);
            runtime.block_on(batches::seal(&self.means.acts, &self.means.asking(&carrier), sealed, open.intent))?;
            Ok((received, closed))
        });
        match sealed {
            Ok((received, closed)) => {
                let selection = closed.selection.clone();
                let run = self.look(runtime, id, &gate, open.id, closed)?;
                Ok(Collected { batch: open.id, received, selection, run })
            }
            Err(why) => {
                runtime.block_on(self.give_up(&carrier, open.id, open.intent))?;
                // On the record it is empty: nothing may lie here that says otherwise.
                self.means.vault.forget(open.id)?;
                Err(why)
            }
        }
    }

    /// The number of the batch before, and what is left of the mandate's volumes.
    async fn before(&self, id: MandateId, granted: &Granted) -> Result<(u64, Left), NotCollected> {
        let (mut previous, mut received, mut selected) = (0, 0_u64, 0_u64);
        for batch in batches_of(&self.means, id).await? {
            if batch.opened.source == self.settings.source {
                previous = previous.max(batch.opened.number);
            }
            if let BatchStanding::Sealed(sealed) | BatchStanding::Disposed { sealed, .. } = &batch.standing {
                received = received.saturating_add(sealed.received);
                selected = selected.saturating_add(sealed.selected);
            }
        }
        let left = Left {
            records: granted.terms.records_max.saturating_sub(received),
            selected: granted.terms.selected_records_max.saturating_sub(selected),
        };
        if left.records == 0 { Err(NotCollected::Volume(id)) } else { Ok((previous, left)) }
    }

    pub(super) async fn bound(&self, fingerprint: &[u8; 32], id: MandateId) -> Result<Principal, NotCollected> {
        let found = machine::bound(&self.means, fingerprint, id).await?;
        found.ok_or_else(|| NotCollected::Machine(hex::encode(fingerprint)))
    }

    /// The hub's half is durable, the intent has its receipt, the commission has its half: now records may come.
    async fn begin(
        &self,
        mandate: &Mandate,
        granted: &Granted,
        carrier: &Principal,
        previous: u64,
        selection: &SelectionSet,
    ) -> Result<Open, NotCollected> {
        let (means, mut dice) = (&self.means, self.means.dice());
        let key = DataKey::fresh(&mut dice);
        let (own, theirs) = key.split(&mut dice);
        let asking = means.asking(carrier);
        let opened = BatchOpened {
            batch: BatchId(asking.id()),
            commission_share: Digest(theirs.digest()),
            key: Digest(key.digest()),
            mandate: mandate.id,
            number: previous + 1,
            source: self.settings.source.clone(),
            version: granted.version,
        };
        let id = opened.batch;
        let to = self.commission_key()?;
        means.vault.begin(id, &own)?;
        let begun = match batches::begin(&means.acts, &asking, opened, previous, scope(granted, selection, &own)).await
        {
            Ok(begun) => begun,
            Err(why) => {
                means.vault.forget(id)?;
                return Err(why.into());
            }
        };
        let deposited = async {
            receipt(means, begun.intent_line).await?;
            let sealed = to.seal("noroshi/share/v1", id.0.as_bytes(), theirs.bytes(), &mut dice);
            let sealed = BASE64_STANDARD.encode(sealed.map_err(|error| NotRead::Withheld(error.to_string()))?);
            let commission = means.commission.clone();
            patiently(move || commission.deposit(id, &sealed)).await.map_err(NotRead::Withheld)
        };
        if let Err(why) = deposited.await {
            self.give_up(carrier, id, begun.intent).await?;
            return Err(why.into());
        }
        let secret = Zeroizing::new((means.sources.random)());
        Ok(Open { id, intent: begun.intent, at: asking.at, key, secret })
    }

    /// What shares are sealed to: the key the commission handed over, not one that is fetched when it is needed.
    fn commission_key(&self) -> Result<RecipientKey, NotRead> {
        let bytes = hex::decode(&self.means.commission_hpke).map_err(|error| NotRead::Withheld(error.to_string()))?;
        RecipientKey::from_bytes(&bytes).map_err(|error| NotRead::Withheld(error.to_string()))
    }

    /// Receives until it is over. The clear lake lies in memory, in the folder that comes back with it.
    fn collect(
        &self,
        runtime: &Handle,
        under: Under<'_>,
        open: &Open,
        selection: SelectionSet,
        shared: &Shared,
        (ready, watch): (impl FnOnce(SocketAddr), &mut dyn FnMut()),
    ) -> Result<(Received, Closed, TempDir), NotCollected> {
        let Under { permit, version, intakes } = under;
        let clear = self.means.vault.clear()?;
        let options = RunOptions {
            broad: BroadLimits::default().under(permit.mandate()),
            engine: noroshi_detect::engine::EngineOptions::default(),
            key: pseudonym_key(&open.secret, open.id),
            folder: clear.path().to_owned(),
            features: None,
        };
        let mut live = Live::new(&permit, options, selection)?;
        let listen = Listen { address: self.settings.listen, options: ReceiverOptions::default() };
        let (mut looked, until) = (Instant::now(), self.until(open.at));
        let received = listen::run(&listen, intakes, &mut live, shared, open.at, ready, &mut || {
            watch();
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                if self.means.now() >= until || !runtime.block_on(self.still(permit.mandate(), version)) {
                    shared.stop.store(true, Ordering::Relaxed);
                }
            }
        })?;
        let closed = live.close(received.balance.clone())?;
        Ok((received, closed, clear))
    }

    /// When this batch is to be sealed.
    fn until(&self, begun: Micros) -> Micros {
        Micros(begun.0.saturating_add(i64::from(self.settings.batch_hours) * HOUR))
    }

    /// Whether the mandate is still in force, in the version that is collected under. Whoever cannot find out stops.
    async fn still(&self, gate: &Gate, version: u32) -> bool {
        let Ok(id) = gate.id.parse() else { return false };
        self.live(id).await.is_ok_and(|(_, granted)| granted.version == version)
    }

    /// Encrypts the lake, and says what the ledger is told.
    fn sealed(&self, open: &Open, closed: &Closed, received: &Received) -> Result<BatchSealed, NotCollected> {
        let vault = &self.means.vault;
        let ciphertext = vault.seal(open.id, &open.key, (&open.secret, &closed.lake), &mut self.means.dice())?;
        let (first, last) = closed.span_us();
        let (from, until) = if first > last { (open.at.0, open.at.0) } else { (first, last.saturating_add(1)) };
        let Balance { received: records, aggregated_only, selected, .. } = closed.balance;
        tracing::debug!(datagrams = received.datagrams, records, "sealed");
        Ok(BatchSealed {
            aggregated_only,
            batch: open.id,
            ciphertext: Digest(ciphertext),
            from: Micros(from),
            out_of_mandate: dropped(&closed.balance),
            received: records,
            selected,
            selection: Digest::of(closed.selection.fingerprint().as_bytes()),
            until: Micros(until),
        })
    }

    pub(super) async fn give_up(&self, by: &Principal, batch: BatchId, intent: IntentId) -> Result<(), NotCollected> {
        let (acts, asking) = (&self.means.acts, self.means.asking(by));
        Ok(batches::abandon(acts, &asking, &BTreeSet::from([batch]), intent, AbortReason::Failed).await?)
    }
}

/// Every batch of a mandate.
async fn batches_of(means: &Means, id: MandateId) -> Result<Vec<Batch>, NotCollected> {
    let (mut all, db) = (Vec::new(), &means.acts.db);
    for id in db.every_id_of::<BatchTopic>(&id.to_string()).await? {
        all.extend(db.load::<BatchTopic>(id).await?.map(|(batch, _)| batch));
    }
    Ok(all)
}

/// Servers the mandate names, and those that were selected before.
fn selected_from(named: &[Known], before: SelectionSet) -> SelectionSet {
    let one = |known: &Known, protocol| Selector {
        server: known.address,
        port: known.port,
        protocol,
        rule: "mandate".to_owned(),
    };
    // A port belongs to a protocol; the mandate's means that of both that have ports.
    let both = |known: &Known| match known.port {
        Some(_) => vec![one(known, Some(6)), one(known, Some(17))],
        None => vec![one(known, None)],
    };
    let mut all: Vec<_> = named.iter().flat_map(both).collect();
    if all.is_empty() {
        return before;
    }
    all.extend(before.selectors().iter().cloned());
    before.next(all)
}

/// What the intent commits to: the terms, and the selection it begins with. A few servers could be guessed from an
/// unsalted fingerprint; the salt comes from the hub's half of the key, so that the hub can show what was meant for as
/// long as the batch is kept, and nobody can guess it.
fn scope(granted: &Granted, selection: &SelectionSet, own: &Share) -> Commitment {
    let text = format!("{}\n{}", granted.terms.digest(), selection.fingerprint());
    let salt = Digest::of(&[b"noroshi/scope/v1".as_slice(), own.bytes()].concat());
    Commitment::to(text.as_bytes(), &Salt(salt))
}

fn dropped(balance: &Balance) -> BTreeMap<String, u64> {
    let counted = DropReason::ALL.iter().map(|&reason| (reason.word().to_owned(), balance.dropped(reason)));
    counted.filter(|(_, count)| *count > 0).collect()
}
