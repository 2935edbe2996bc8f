//! Names for ids, for whoever appears on a page.

use super::{Desk, store};
use noroshi_web::office::{Names, OfficeError};

/// Organisations and people looked up for one page.
const NAMED_MAX: u32 = 1_000;

impl Desk {
    pub(super) async fn names(&self) -> Result<Names, OfficeError> {
        let mut names = Names::default();
        for kept in self.acts.db.organisations(None, NAMED_MAX).await.map_err(store)? {
            let organisation = kept.value;
            let people = self.acts.db.people(organisation.id, None, NAMED_MAX).await.map_err(store)?;
            names.people.extend(people.into_iter().map(|kept| (kept.value.id, kept.value.display_name)));
            names.orgs.insert(organisation.id, (organisation.name_ja, organisation.name_en));
        }
        Ok(names)
    }
}
