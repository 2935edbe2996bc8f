//! Destruction of shares, and the certificate of it (選別後通信情報の消去).

use super::Office;
use crate::limits::DESTROY_BATCHES_MAX;
use crate::own_log::Deed;
use crate::problem::Problem;
use noroshi_leaf::{Destruction, Signed};
use noroshi_model::{BatchId, MandateId, Micros};
use std::collections::BTreeSet;

impl Office {
    /// Destroys the shares of these batches and certifies it. Asked again for the same batches, the same certificate
    /// comes back.
    ///
    /// # Errors
    /// [`Problem`] with a code of `destroy.…`; nothing is destroyed then, unless the disk failed half-way: ask again.
    pub fn destroy(
        &mut self,
        mandate: MandateId,
        batches: &BTreeSet<BatchId>,
        now: Micros,
    ) -> Result<Signed<Destruction>, Problem> {
        if batches.is_empty() || batches.len() > DESTROY_BATCHES_MAX {
            let why = format!("name 1 to {DESTROY_BATCHES_MAX} batches");
            return Err(Problem::new(422, "destroy.empty", why));
        }
        if let Some(before) = self.certificate_of(batches) {
            return Ok(before.clone());
        }
        let mut shares = BTreeSet::new();
        for batch in batches {
            let Some(kept) = self.watch.replay().batch(*batch) else {
                return Err(Problem::new(404, "destroy.unknown_batch", format!("{batch} is not in the mirror")));
            };
            if kept.opened.mandate != mandate {
                return Err(Problem::new(422, "destroy.mandate", format!("{batch} is of another mandate")));
            }
            if self.destroyed.contains_key(batch) {
                let why = format!("{batch} was destroyed with others; its certificate exists");
                return Err(Problem::new(409, "destroy.before", why));
            }
            if !self.deposited.contains(batch) {
                let why =
                    format!("no share of {batch} was deposited: the commission cannot vouch for what it never had");
                return Err(Problem::new(409, "destroy.no_share", why));
            }
            shares.insert(kept.opened.commission_share);
        }
        for batch in batches {
            self.vault.destroy(*batch).map_err(|error| Problem::own(&error))?;
        }
        let said = Destruction { at: now, batches: batches.clone(), mandate, shares };
        let certificate = self.keys.seal.sign(said).map_err(|error| Problem::own(&error))?;
        self.certificates.add(certificate.clone()).map_err(|error| Problem::own(&error))?;
        let at = self.certificates.all().len() - 1;
        self.destroyed.extend(batches.iter().map(|batch| (*batch, at)));
        self.deed(now, Deed::Destroyed { batches: batches.clone(), mandate })?;
        Ok(certificate)
    }

    /// The certificate over exactly these batches.
    fn certificate_of(&self, batches: &BTreeSet<BatchId>) -> Option<&Signed<Destruction>> {
        let at = self.destroyed.get(batches.first()?)?;
        self.certificates.all().get(*at).filter(|certificate| certificate.statement.batches == *batches)
    }
}
