//! Every id of a topic, for whoever must look at all of its things: the pages are turned here, once.

use crate::limits::PAGE_MAX;
use crate::{Db, StoreError};
use noroshi_casework::Topic;
use std::str::FromStr;

impl Db {
    /// Every id of a topic, in order, read page by page: a thing that begins meanwhile is in it or not.
    ///
    /// # Errors
    /// What the database says.
    pub async fn every_id<T: Topic>(&self) -> Result<Vec<T::Id>, StoreError>
    where
        T::Id: FromStr,
    {
        let mut all: Vec<T::Id> = Vec::new();
        loop {
            let page = self.ids::<T>(all.last().copied(), PAGE_MAX).await?;
            let full = page.len() == PAGE_MAX as usize;
            all.extend(page);
            if !full {
                return Ok(all);
            }
        }
    }

    /// Every id of a topic that belongs to `subject`, in order, read as [`Db::every_id`] does.
    ///
    /// # Errors
    /// What the database says.
    pub async fn every_id_of<T: Topic>(&self, subject: &str) -> Result<Vec<T::Id>, StoreError>
    where
        T::Id: FromStr,
    {
        let mut all: Vec<T::Id> = Vec::new();
        loop {
            let page = self.ids_of::<T>(subject, all.last().copied(), PAGE_MAX).await?;
            let full = page.len() == PAGE_MAX as usize;
            all.extend(page);
            if !full {
                return Ok(all);
            }
        }
    }
}
