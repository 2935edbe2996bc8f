//! Client certificates: an organisation's machines. They are known by fingerprint, so that a
//! certificate authority alone lets nobody in.

use super::{AccountError, check_label, check_scopes};
use crate::db::{Db, Tx};
use crate::error::{StoreError, at_most};
use crate::leaf::LeafEntry;
use crate::limits::CERTIFICATES_MAX;
use crate::row::{id, scopes, scopes_line};
use noroshi_casework::party::Organisation;
use noroshi_model::{Micros, OrgId};
use std::collections::BTreeSet;

/// A certificate to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCertificate {
    /// SHA-256 of the subject public key info (RFC 7469, section 2.4): survives renewal with the same key.
    pub fingerprint: [u8; 32],
    /// Whose machine.
    pub org: OrgId,
    /// What they call it.
    pub label: String,
    /// What it may do; what is not named is not allowed.
    pub scopes: BTreeSet<String>,
    /// When it ends, whatever the certificate itself says.
    pub expires_at: Micros,
}

/// A registered certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// What was registered.
    pub certificate: NewCertificate,
    /// When.
    pub created_at: Micros,
    /// When it was revoked.
    pub revoked_at: Option<Micros>,
}

type Row = (Vec<u8>, String, String, String, i64, i64, Option<i64>);

impl Db {
    /// Registers a certificate of an organisation, which may have 256 live ones.
    ///
    /// # Errors
    /// No such organisation, registered already, too many, or an end in the past.
    pub async fn add_certificate(
        &self,
        new: &NewCertificate,
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<(), AccountError> {
        check_label("characters of a certificate's label", &new.label)?;
        check_scopes(&new.scopes)?;
        if new.expires_at <= at {
            return Err(AccountError::Expired);
        }
        self.run_tx("account::add_certificate", |tx| {
            Box::pin(async move {
                tx.organisation(new.org).await?.ok_or(AccountError::NoOrganisation(new.org))?;
                let live = tx.live_certificates(new.org, at).await?;
                at_most("live certificates of one organisation", live.saturating_add(1), CERTIFICATES_MAX)?;
                tx.queue_leaf(leaf, at).await?;
                tx.insert_certificate(new, at).await.map_err(AccountError::taken)
            })
        })
        .await
    }

    /// The organisation behind a certificate and the certificate, at `now`; `None` for one unknown,
    /// ended or revoked.
    ///
    /// # Errors
    /// What the database says.
    pub async fn certificate(
        &self,
        fingerprint: &[u8; 32],
        now: Micros,
    ) -> Result<Option<(Organisation, Certificate)>, StoreError> {
        self.read("account::certificate", |tx| {
            Box::pin(async move {
                let text = "-- store::account::certificate::live
                    SELECT fingerprint, org_id, label, scopes, created_at, expires_at, revoked_at
                    FROM client_certificate WHERE fingerprint = $1 AND expires_at > $2 AND revoked_at IS NULL";
                let row: Option<Row> = tx.first(sqlx::query_as(text).bind(fingerprint.to_vec()).bind(now.0)).await?;
                let Some(found) = row.map(read).transpose()? else { return Ok(None) };
                let organisation = tx.organisation(found.certificate.org).await?;
                Ok(organisation.map(|kept| (kept.value, found)))
            })
        })
        .await
    }

    /// Certificates of an organisation, oldest first, ended ones too.
    ///
    /// # Errors
    /// What the database says.
    pub async fn certificates(&self, org: OrgId) -> Result<Vec<Certificate>, StoreError> {
        self.read("account::certificates", |tx| {
            Box::pin(async move {
                let text = "-- store::account::certificate::of
                    SELECT fingerprint, org_id, label, scopes, created_at, expires_at, revoked_at
                    FROM client_certificate WHERE org_id = $1 ORDER BY created_at, fingerprint LIMIT 1000";
                let rows: Vec<Row> = tx.all(sqlx::query_as(text).bind(org.to_string())).await?;
                rows.into_iter().map(read).collect()
            })
        })
        .await
    }

    /// Revokes a certificate.
    ///
    /// # Errors
    /// [`AccountError::NotValid`] when the organisation has no such certificate, or it is revoked already.
    pub async fn revoke_certificate(
        &self,
        org: OrgId,
        fingerprint: &[u8; 32],
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<(), AccountError> {
        self.run_tx("account::revoke_certificate", |tx| {
            Box::pin(async move {
                tx.queue_leaf(leaf, at).await?;
                let text = "-- store::account::certificate::revoke
                    UPDATE client_certificate SET revoked_at = $3
                    WHERE fingerprint = $1 AND org_id = $2 AND revoked_at IS NULL";
                let update = sqlx::query(text).bind(fingerprint.to_vec()).bind(org.to_string()).bind(at.0);
                if tx.execute(update).await? == 1 { Ok(()) } else { Err(AccountError::NotValid) }
            })
        })
        .await
    }
}

impl Tx<'_> {
    async fn live_certificates(&mut self, org: OrgId, now: Micros) -> Result<usize, StoreError> {
        let text = "-- store::account::certificate::count_live
            SELECT COUNT(*) FROM client_certificate
            WHERE org_id = $1 AND expires_at > $2 AND revoked_at IS NULL";
        let count: Option<(i64,)> = self.first(sqlx::query_as(text).bind(org.to_string()).bind(now.0)).await?;
        Ok(count.and_then(|(count,)| usize::try_from(count).ok()).unwrap_or_default())
    }

    async fn insert_certificate(&mut self, new: &NewCertificate, at: Micros) -> Result<(), StoreError> {
        let text = "-- store::account::certificate::insert
            INSERT INTO client_certificate (fingerprint, org_id, label, scopes, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6)";
        let insert = sqlx::query(text)
            .bind(new.fingerprint.to_vec())
            .bind(new.org.to_string())
            .bind(new.label.clone())
            .bind(scopes_line(&new.scopes))
            .bind(at.0)
            .bind(new.expires_at.0);
        self.execute(insert).await?;
        Ok(())
    }
}

fn read((fingerprint, org, label, line, created_at, expires_at, revoked_at): Row) -> Result<Certificate, StoreError> {
    const TABLE: &str = "client_certificate";
    let fingerprint = fingerprint.try_into().map_err(|_| StoreError::Inconsistent {
        table: TABLE,
        what: "a fingerprint that has not 32 bytes".to_owned(),
    })?;
    let certificate = NewCertificate {
        fingerprint,
        org: id(TABLE, &org)?,
        label,
        scopes: scopes(&line),
        expires_at: Micros(expires_at),
    };
    Ok(Certificate { certificate, created_at: Micros(created_at), revoked_at: revoked_at.map(Micros) })
}
