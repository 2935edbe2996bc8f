//! A registered machine as the policies see it, bound to one mandate.

use crate::Means;
use noroshi_authz::{ActKind, Machine, Principal};
use noroshi_model::{MachineId, MandateId};
use noroshi_store::StoreError;

/// The machine of a registered certificate, bound to a mandate for what it is about to do; `None` for one that is
/// unknown, ended or revoked.
pub(crate) async fn bound(
    means: &Means,
    fingerprint: &[u8; 32],
    mandate: MandateId,
) -> Result<Option<Principal>, StoreError> {
    let Some((organisation, found)) = means.acts.db.certificate(fingerprint, means.now()).await? else {
        return Ok(None);
    };
    let mut id = [0; 16];
    id.copy_from_slice(&fingerprint[..16]);
    let scopes = &found.certificate.scopes;
    Ok(Some(Principal::Machine(Machine {
        country: organisation.country,
        id: MachineId(uuid::Builder::from_custom_bytes(id).into_uuid()),
        org: organisation.id,
        org_kind: organisation.kind,
        mandate: Some(mandate),
        not_after: found.certificate.expires_at,
        active: found.revoked_at.is_none(),
        scopes: ActKind::ALL.iter().copied().filter(|act| scopes.contains(act.word())).collect(),
    })))
}
