//! Where a log is kept: plain files in folders, and the one way they get there.
//!
//! [`Disk`] is the few calls a log needs of a file system. [`Folder`] is the real one, [`Memory`] keeps nothing beyond
//! the process, [`Faulty`] forgets, fails and writes short as real disks do, for tests. Files are put in place in one way:
//! each is written and flushed under a temporary name, then renamed, then its folder is flushed. So a file that can be
//! seen is whole, and a file that was reported as placed survives a power failure.

use std::any::Any;
use std::collections::HashSet;
use std::io;
use std::sync::Arc;

mod faulty;
mod folder;
mod memory;

pub use faulty::{Fault, Faulty};
pub use folder::Folder;
pub use memory::Memory;

/// Where files wait before they are whole. On the same file system as the log, and never served.
const WAITING: &str = ".tmp";

/// Files that can be read by their path: a disk, or what a log or mirror serves over HTTP under its prefix. Paths are
/// relative, with `/`; only this crate makes them.
pub trait Files: Send + Sync {
    /// The bytes of a file, or `None` where there is none.
    ///
    /// # Errors
    /// What the system or network says.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
}

/// The calls a log needs of a file system.
pub trait Disk: Files {
    /// Names in a folder, sorted; none where there is no folder.
    ///
    /// # Errors
    /// What the system says.
    fn names(&self, folder: &str) -> io::Result<Vec<String>>;

    /// Creates or replaces a file, writes all of it and flushes it. Its name is not durable yet.
    ///
    /// # Errors
    /// What the system says; the file may then hold anything.
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// Renames a file over another. Not durable before the folder is flushed.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Makes one folder; `false` when it was there.
    ///
    /// # Errors
    /// What the system says.
    fn make_folder(&self, folder: &str) -> io::Result<bool>;

    /// Flushes the names in a folder; the empty path is the folder of the log itself.
    ///
    /// # Errors
    /// What the system says.
    fn sync_folder(&self, folder: &str) -> io::Result<()>;

    /// Removes a file, or an empty folder.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Takes the only right to write here, until the [`Lock`] is dropped or the process ends.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when another process has it.
    fn lock(&self) -> io::Result<Lock>;
}

/// The only right to write to a disk.
pub struct Lock(
    #[expect(dead_code, reason = "held, never read: dropping it is what it is for")] Box<dyn Any + Send + Sync>,
);

impl Lock {
    /// A lock that lasts as long as `held`.
    pub fn new(held: impl Any + Send + Sync) -> Self {
        Self(Box::new(held))
    }
}

/// Puts files in place, whole and durable.
pub(crate) struct Placer {
    disk: Arc<dyn Disk>,
    folders: HashSet<String>,
    waiting: u64,
}

impl Placer {
    pub(crate) fn new(disk: Arc<dyn Disk>) -> Self {
        Self { disk, folders: HashSet::new(), waiting: 0 }
    }

    /// Removes what a crash left under temporary names.
    pub(crate) fn clear_waiting(&mut self) -> io::Result<()> {
        for name in self.disk.names(WAITING)? {
            self.disk.remove(&format!("{WAITING}/{name}"))?;
        }
        Ok(())
    }

    /// Puts one file in place.
    pub(crate) fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.put_any_order(&[(path.to_owned(), bytes.to_vec())])
    }

    /// Puts files in place so that whoever sees one, even after a power failure, sees all before it.
    pub(crate) fn put_in_order(&mut self, files: &[(String, Vec<u8>)]) -> io::Result<()> {
        let waiting = self.write_waiting(files)?;
        for ((path, _), waiting) in files.iter().zip(waiting) {
            self.disk.rename(&waiting, path)?;
            self.disk.sync_folder(folder_of(path))?;
        }
        Ok(())
    }

    /// Puts files in place. All are durable when this returns; before that, any of them may be.
    pub(crate) fn put_any_order(&mut self, files: &[(String, Vec<u8>)]) -> io::Result<()> {
        let waiting = self.write_waiting(files)?;
        for ((path, _), waiting) in files.iter().zip(waiting) {
            self.disk.rename(&waiting, path)?;
        }
        let mut folders: Vec<&str> = files.iter().map(|(path, _)| folder_of(path)).collect();
        folders.sort_unstable();
        folders.dedup();
        folders.into_iter().try_for_each(|folder| self.disk.sync_folder(folder))
    }

    fn write_waiting(&mut self, files: &[(String, Vec<u8>)]) -> io::Result<Vec<String>> {
        self.make_folders(WAITING)?;
        let mut names = Vec::with_capacity(files.len());
        for (path, bytes) in files {
            self.make_folders(folder_of(path))?;
            let waiting = format!("{WAITING}/{}", self.waiting);
            self.waiting += 1;
            self.disk.write(&waiting, bytes)?;
            names.push(waiting);
        }
        Ok(names)
    }

    /// Makes a folder and those above it. A folder this process has not seen durable is flushed even when it is there:
    /// the crash may have come between making and flushing it.
    fn make_folders(&mut self, folder: &str) -> io::Result<()> {
        if folder.is_empty() || self.folders.contains(folder) {
            return Ok(());
        }
        let above = folder_of(folder);
        self.make_folders(above)?;
        self.disk.make_folder(folder)?;
        self.disk.sync_folder(above)?;
        self.folders.insert(folder.to_owned());
        Ok(())
    }

    /// Forgets a folder that was removed.
    pub(crate) fn forget(&mut self, folder: &str) {
        self.folders.remove(folder);
    }
}

pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests;
