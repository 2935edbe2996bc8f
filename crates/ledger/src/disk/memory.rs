//! A disk that lives as long as the process: for tests, examples and a mirror's trial run.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Disk, Files, Lock, folder_of};

/// A disk in memory. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    tree: Arc<Mutex<Shelf>>,
    locked: Arc<Mutex<Arc<()>>>,
}

#[derive(Debug, Default)]
struct Shelf {
    files: BTreeMap<String, Vec<u8>>,
    folders: BTreeSet<String>,
}

impl Memory {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every file with its bytes, in order of path.
    #[must_use]
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        self.shelf().files.iter().map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    }

    /// A copy that goes its own way: a backup.
    #[must_use]
    pub fn copied(&self) -> Self {
        let copy = Self::default();
        let (from, mut to) = (self.shelf(), copy.shelf());
        to.files.clone_from(&from.files);
        to.folders.clone_from(&from.folders);
        drop(to);
        copy
    }

    /// Changes a file behind the log's back. `false` when there is none.
    pub fn tamper(&self, path: &str, change: impl FnOnce(&mut Vec<u8>)) -> bool {
        self.shelf().files.get_mut(path).map(change).is_some()
    }
}

impl Files for Memory {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.shelf().files.get(path).cloned())
    }
}

impl Disk for Memory {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let shelf = self.shelf();
        let inside = |path: &&String| folder_of(path) == folder;
        let mut names: Vec<String> = shelf
            .files
            .keys()
            .filter(inside)
            .chain(shelf.folders.iter().filter(inside))
            .filter_map(|path| path.rsplit('/').next().map(str::to_owned))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.shelf().files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut shelf = self.shelf();
        let bytes = shelf.files.remove(from).ok_or(io::ErrorKind::NotFound)?;
        shelf.files.insert(to.to_owned(), bytes);
        Ok(())
    }

    fn make_folder(&self, folder: &str) -> io::Result<bool> {
        Ok(self.shelf().folders.insert(folder.to_owned()))
    }

    fn sync_folder(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let mut shelf = self.shelf();
        let gone = shelf.files.remove(path).is_some() || shelf.folders.remove(path);
        if gone { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn lock(&self) -> io::Result<Lock> {
        let held = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::strong_count(&held) > 1 {
            Err(io::ErrorKind::WouldBlock.into())
        } else {
            Ok(Lock::new(Arc::clone(&held)))
        }
    }
}
