//! `/organisations/{id}/change`: names, sector and standing under the law of one organisation.
//!
//! Names and sector are kept by its own people and by the administrator; the standing (重要インフラ事業者 and so on) is
//! designated, so only the administrator changes it. The policies decide, and a refusal is on the record.

use super::{SECTOR_TABLE, country, me};
use crate::answer::{Answer, Fields, page, see_other};
use crate::fault::Fault;
use crate::pages::Frame;
use crate::pages::form::Choice;
use crate::record;
use crate::state::{Shared, State};
use crate::visitor::Visit;
use crate::words::key;
use askama::Template;
use axum::extract::{Path, State as Part};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use noroshi_authz::{Circumstances, act, resource};
use noroshi_casework::party::{BadOrganisation, Organisation, Sector};
use noroshi_model::{OrgFlag, OrgId, Role};
use noroshi_store::Version;
use noroshi_store::account::Kept;
use std::collections::BTreeSet;

/// Every standing under the law.
const FLAGS: [OrgFlag; 3] = [OrgFlag::CriticalInfrastructure, OrgFlag::Specified, OrgFlag::Special];

#[derive(Template)]
#[template(path = "organisation_change.html")]
struct Page {
    f: Frame,
    id: OrgId,
    version: u64,
    name_ja: String,
    name_en: String,
    sector: String,
    table: String,
    country: String,
    /// Whether the standing can be changed here; otherwise it is only shown.
    designates: bool,
    flags: Vec<Choice>,
    fault: Option<String>,
}

/// The page: `organisation` as it stands, or as it was typed.
pub(crate) fn render(
    f: Frame,
    organisation: &Organisation,
    version: Version,
    designates: bool,
    fault: Option<String>,
) -> Result<String, askama::Error> {
    let flag = |flag: OrgFlag| Choice::new(key(&flag), f.language.org_flag(flag), organisation.flags.contains(&flag));
    let sector = organisation.sector.as_ref();
    Page {
        id: organisation.id,
        version: version.0,
        name_ja: organisation.name_ja.clone(),
        name_en: organisation.name_en.clone(),
        sector: sector.map(|sector| sector.code.clone()).unwrap_or_default(),
        table: sector.map_or_else(|| SECTOR_TABLE.to_owned(), |sector| sector.table_version.clone()),
        country: organisation.country.to_string(),
        designates,
        flags: FLAGS.map(flag).into(),
        fault,
        f,
    }
    .render()
}

/// The organisation, to those who see a way to change it; to others it is not there.
async fn open(hub: &Shared, visit: &Visit, id: OrgId) -> Result<(Kept<Organisation>, bool), Fault> {
    let person = &me(visit)?.person;
    let designates = person.acts_as(Role::Administrator);
    let keeps = person.acts_as(Role::OrgAdministrator) && person.org == id;
    if !designates && !keeps {
        return Err(Fault::not_found());
    }
    let kept = hub.parts.store.organisation(id).await?.ok_or_else(Fault::not_found)?;
    Ok((kept, designates))
}

/// `GET /organisations/{id}/change`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(id): Path<OrgId>) -> Answer {
    let (kept, designates) = open(&hub, &visit, id).await?;
    let frame = Frame::new(&hub, &visit, visit.language.messages().org_change);
    page(render(frame, &kept.value, kept.version, designates, None)?)
}

/// `POST /organisations/{id}/change`
pub(crate) async fn send(Part(hub): Part<State>, visit: Visit, Path(id): Path<OrgId>, fields: Fields) -> Answer {
    let (kept, designates) = open(&hub, &visit, id).await?;
    let actor = visit.actor().ok_or_else(Fault::sign_in_first)?;
    let read_at = Version(fields.get("version").parse().map_err(|_| Fault::malformed())?);
    let changed = typed(&kept.value, &fields);
    let card = resource::Org { id, kind: changed.kind };
    let standing = changed.flags != kept.value.flags || changed.country != kept.value.country;
    let asked = resource::OrgChange { org: card, standing };
    record::permitted::<act::ChangeOrg>(&hub, &visit, &asked, &Circumstances::at(visit.at)).await?;
    let frame = Frame::new(&hub, &visit, visit.language.messages().org_change);
    let fault = match changed.check() {
        Err(bad) => Some(said(&frame, &bad)),
        Ok(()) if changed == kept.value => Some(frame.m.org_fault_same),
        Ok(()) => None,
    };
    if let Some(fault) = fault {
        let html = render(frame, &changed, read_at, designates, Some(fault.to_owned()))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response());
    }
    let leaf = record::entry(&hub, actor, visit.at, record::organisation(&hub, &changed))?;
    hub.parts.store.change_organisation(&changed, read_at, visit.at, &leaf).await?;
    Ok(see_other(&format!("/organisations/{id}")))
}

/// What was typed over what stands. A form that did not show the standing does not take it away.
fn typed(before: &Organisation, fields: &Fields) -> Organisation {
    let (code, table) = (fields.get("sector"), fields.get("table"));
    let chosen = |flag: &OrgFlag| fields.all("flag").any(|word| word == key(flag));
    let flags: BTreeSet<_> = FLAGS.into_iter().filter(chosen).collect();
    Organisation {
        id: before.id,
        kind: before.kind,
        country: country(fields).filter(|_| !fields.get("country").is_empty()).unwrap_or(before.country),
        name_ja: fields.get("name_ja").to_owned(),
        name_en: fields.get("name_en").to_owned(),
        sector: (!code.is_empty()).then(|| Sector { code: code.to_owned(), table_version: table.to_owned() }),
        flags: if fields.get("flags_shown") == "yes" || !flags.is_empty() { flags } else { before.flags.clone() },
    }
}

const fn said(f: &Frame, bad: &BadOrganisation) -> &'static str {
    match bad {
        BadOrganisation::Name { .. } => f.m.org_fault,
        BadOrganisation::Sector => f.m.org_fault_sector,
        BadOrganisation::FlagWithoutSector => f.m.org_fault_flag,
    }
}
