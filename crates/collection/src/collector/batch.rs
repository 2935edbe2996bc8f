//! One batch: its split key and its intent first, then the records, then the seal.

use super::load::Load;
use super::{Collected, Collector, NotCollected};
use crate::gate::{Left, gate, within};
use crate::inspected::INPUT_KEY;
use crate::keys::{patiently, receipt};
use crate::vault::{SECRET_BYTES, pseudonym_key};
use crate::{Means, machine};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use noroshi_acts::{Under, batches, mandates};
use noroshi_authz::{Principal, act};
use noroshi_casework::batch::{Batch, BatchStanding, BatchTopic};
use noroshi_casework::mandate::{Granted, Mandate, Selector as Known};
use noroshi_detect::live::{Closed, Live};
use noroshi_detect::run::RunOptions;
use noroshi_flow::{Balance, BroadLimits, Intake, SelectionSet};
use noroshi_ingest::ReceiverOptions;
use noroshi_ingest::udp::listen::{self, Listen, Received, Shared};
use noroshi_leaf::{AbortReason, BatchOpened, BatchSealed, Commitment, Digest, Salt};
use noroshi_mandate::{Collect, DropReason, Mandate as Gate, Permit, authorise};
use noroshi_model::time::HOUR;
use noroshi_model::{BatchId, IntentId, MandateId, Micros};
use noroshi_office::NotRead;
use noroshi_seal::{DataKey, RecipientKey, Share};
use noroshi_select::{Before, Input, Rules, Selected};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
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
    /// The permit to collect is had from it.
    under: Under<act::Collect>,
    intent: IntentId,
    at: Micros,
    key: DataKey,
    secret: Zeroizing<[u8; SECRET_BYTES]>,
    /// Of the commitment to the selection.
    salt: Salt,
}

/// What a selection follows from, besides the figures of its hours.
struct Followed {
    mandate: MandateId,
    version: u32,
    named: Vec<(IpAddr, Option<u16>)>,
    before: Option<Before>,
}

/// What a batch is collected under.
struct Gated<'m> {
    permit: Permit<'m, Collect>,
    /// That it may be, its intent being in the log.
    allowed: noroshi_authz::Permit<'m, act::Collect>,
    carrier: &'m Principal,
    /// What was granted.
    granted: &'m Granted,
    /// Gates built from the permit, one a receiver.
    intakes: Vec<Intake>,
}

impl Collector {
    /// Collects one batch under a mandate, until `shared.stop`, the configured hours, or the end of the mandate; then
    /// seals it and has the detectors look. What was selected at the end of the batch before, `known`, is selected from
    /// the first record on. `ready` is told where it
    /// listens, `watch` is called after every batch of records. Blocks its thread, which must not be one of the
    /// runtime's.
    ///
    /// # Errors
    /// [`NotCollected`]; what had begun is then given up on the record.
    pub fn batch(
        &self,
        runtime: &Handle,
        id: MandateId,
        known: Option<Before>,
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
        let named = named(&granted.selectors);
        let selected = known.as_ref().map(|before| before.selected.clone()).unwrap_or_default();
        let selection: SelectionSet = Selected::beginning(&named, selected).into();
        let open = runtime.block_on(self.begin(&mandate, &granted, &carrier, previous, &selection))?;
        let from = Followed { mandate: id, version: granted.version, named, before: known };
        let kept = open.under.permit(&self.means.acts, &self.means.asking(&carrier)).map_err(NotRead::from);
        let kept = kept.map_err(NotCollected::from).and_then(|allowed| {
            let gated = Gated { permit, allowed, carrier: &carrier, granted: &granted, intakes };
            self.collect(runtime, gated, &open, selection, shared, (ready, watch))
        });
        let sealed = kept.and_then(|(received, closed, clear)| {
            let sealed = self.sealed(&open, &closed, &received, from)?;
            drop(clear);
            runtime.block_on(batches::seal(&self.means.acts, &self.means.asking(&carrier), sealed, open.intent))?;
            Ok((received, closed))
        });
        match sealed {
            Ok((received, closed)) => {
                let selected = closed.selection.selected().clone();
                let before = Before { batch: open.id, salt: open.salt.0.0, selected };
                let run = self.look(runtime, id, &gate, open.id, closed)?;
                Ok(Collected { batch: open.id, received, before, run })
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
            let receipt = receipt(means, begun.intent_line).await?;
            let proven = means.acts.proven(begun.intent_line, &receipt).await?;
            let under = batches::permit(&means.acts, &means.asking(carrier), &begun, &proven).await?;
            let sealed = to.seal("noroshi/share/v1", id.0.as_bytes(), theirs.bytes(), &mut dice);
            let sealed = BASE64_STANDARD.encode(sealed.map_err(|error| NotRead::Withheld(error.to_string()))?);
            let commission = means.commission.clone();
            patiently(move || commission.deposit(id, &sealed)).await.map_err(NotRead::Withheld)?;
            Ok::<_, NotRead>(under)
        };
        let under = match deposited.await {
            Ok(under) => under,
            Err(why) => {
                self.give_up(carrier, id, begun.intent).await?;
                return Err(why.into());
            }
        };
        let secret = Zeroizing::new((means.sources.random)());
        let salt = selection_salt(&own);
        Ok(Open { id, under, intent: begun.intent, at: asking.at, key, secret, salt })
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
        gated: Gated<'_>,
        open: &Open,
        selection: SelectionSet,
        shared: &Shared,
        (ready, watch): (impl FnOnce(SocketAddr), &mut dyn FnMut()),
    ) -> Result<(Received, Closed, TempDir), NotCollected> {
        let Gated { permit, allowed, carrier, granted, intakes } = gated;
        let clear = self.means.vault.clear()?;
        let options = RunOptions {
            broad: BroadLimits::default().under(permit.mandate()),
            engine: noroshi_detect::engine::EngineOptions::default(),
            key: pseudonym_key(&open.secret, allowed.resource().id),
            folder: clear.path().to_owned(),
            features: None,
        };
        let mut live = Live::new(&permit, options, selection)?.remembering();
        let listen = Listen { address: self.settings.listen, options: ReceiverOptions::default() };
        let (mut looked, until) = (Instant::now(), self.until(open.at));
        let (mut load, mut overload) = (Load::new(granted.load_cap_records_per_second, looked), None);
        let received = listen::run(&listen, intakes, &mut live, shared, open.at, ready, &mut || {
            watch();
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                overload = overload.or(load.over(looked, shared.received.load(Ordering::Relaxed)));
                let still = || runtime.block_on(self.still(permit.mandate(), granted.version));
                if overload.is_some() || self.means.now() >= until || !still() {
                    shared.stop.store(true, Ordering::Relaxed);
                }
            }
        })?;
        if let Some(rate) = overload {
            let (acts, id) = (&self.means.acts, allowed.resource().mandate.id);
            // What came is kept either way: somebody else may have stopped the mandate in this very moment.
            if let Err(error) = runtime.block_on(mandates::overloaded(acts, &self.means.asking(carrier), id, rate)) {
                tracing::error!(mandate = %id, rate, %error, "more comes than the carrier's load cap; it is not suspended");
            }
        }
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

    /// Encrypts the lake and the input of its selection, and says what the ledger is told.
    fn sealed(
        &self,
        open: &Open,
        closed: &Closed,
        received: &Received,
        from: Followed,
    ) -> Result<BatchSealed, NotCollected> {
        let vault = &self.means.vault;
        let ciphertext = vault.seal(open.id, &open.key, (&open.secret, &closed.lake), &mut self.means.dice())?;
        let input = self.sealed_input(open, closed, from)?;
        let (first, last) = closed.span_us();
        let (begin, until) = if first > last { (open.at.0, open.at.0) } else { (first, last.saturating_add(1)) };
        let Balance { received: records, aggregated_only, selected, .. } = closed.balance;
        tracing::debug!(datagrams = received.datagrams, records, "sealed");
        Ok(BatchSealed {
            aggregated_only,
            batch: open.id,
            ciphertext: Digest(ciphertext),
            from: Micros(begin),
            input,
            out_of_mandate: dropped(&closed.balance),
            received: records,
            selected,
            selection: Commitment::to(closed.selection.fingerprint().as_bytes(), &open.salt),
            until: Micros(until),
        })
    }

    /// Encrypts everything the selection followed from, under a key that follows from the batch's: when that is
    /// destroyed, this is too.
    fn sealed_input(&self, open: &Open, closed: &Closed, from: Followed) -> Result<Digest, NotCollected> {
        let input = Input {
            batch: open.id,
            mandate: from.mandate,
            version: from.version,
            rules: Rules::own(),
            named: from.named,
            before: from.before,
            hours: closed.hours.clone(),
            selected: closed.selection.selected().clone(),
            salt: open.salt.0.0,
        };
        let (key, bytes) = (open.key.derived(INPUT_KEY), Zeroizing::new(input.to_bytes()?));
        let ciphertext = Digest(self.means.vault.seal_input(open.id, &key, &bytes, &mut self.means.dice())?);
        Ok(BatchSealed::input_digest(&key.digest(), &ciphertext))
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

/// Servers the mandate names.
fn named(selectors: &[Known]) -> Vec<(IpAddr, Option<u16>)> {
    selectors.iter().map(|known| (known.address, known.port)).collect()
}

/// What the intent commits to: the terms, and the selection it begins with. A few servers could be guessed from an
/// unsalted fingerprint; the salt comes from the hub's half of the key, so that the hub can show what was meant for as
/// long as the batch is kept, and nobody can guess it.
fn scope(granted: &Granted, selection: &SelectionSet, own: &Share) -> Commitment {
    let text = format!("{}\n{}", granted.terms.digest(), selection.fingerprint());
    let salt = Digest::of(&[b"noroshi/scope/v1".as_slice(), own.bytes()].concat());
    Commitment::to(text.as_bytes(), &Salt(salt))
}

/// The salt of the commitment to a batch's selection. It stands in the sealed input too, for the commission.
fn selection_salt(own: &Share) -> Salt {
    Salt(Digest::of(&[b"noroshi/selection/v1".as_slice(), own.bytes()].concat()))
}

fn dropped(balance: &Balance) -> BTreeMap<String, u64> {
    let counted = DropReason::ALL.iter().map(|&reason| (reason.word().to_owned(), balance.dropped(reason)));
    counted.filter(|(_, count)| *count > 0).collect()
}
