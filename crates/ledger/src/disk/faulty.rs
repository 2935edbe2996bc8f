//! A disk that behaves as badly as real ones may: for tests of recovery.
//!
//! What was not flushed is lost at a power failure, or half of it is, or it comes in another order. A call can fail,
//! having done nothing, half or all of its work. A flush that failed once has thrown the pages away, and the next
//! "succeeds" without having written them ("fsyncgate": PostgreSQL, 2018).

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Disk, Files, Lock, folder_of};

/// What goes wrong, and at which call (counted from 0 since the fault was set; reads do not count).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The machine stops inside this call. Every later call fails, until [`Faulty::power_on`].
    PowerLoss(u64),
    /// This one call fails; the disk works again afterwards.
    Once(u64),
    /// This call and every later one fail: a full or dead disk.
    From(u64),
}

/// A name in a folder: a file's number, or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    File(usize),
    Folder,
}

#[derive(Debug, Default)]
struct State {
    /// What programs see.
    seen: BTreeMap<String, Name>,
    /// What a power failure would leave.
    kept: BTreeMap<String, Name>,
    /// Contents by file number: as seen, and as flushed.
    contents: Vec<(Vec<u8>, Vec<u8>)>,
    /// Names of files whose flush failed: a later flush does not write them either.
    forsaken: BTreeSet<String>,
    fault: Option<Fault>,
    calls: u64,
    dice: u64,
}

/// A disk with faults. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Faulty {
    state: Arc<Mutex<State>>,
    locked: Arc<Mutex<Arc<()>>>,
}

impl Faulty {
    /// An empty disk whose misbehaviour is drawn from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let disk = Self::default();
        disk.state().dice = seed;
        disk
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what goes wrong next; call numbers start at 0 again.
    pub fn set(&self, fault: Option<Fault>) {
        let mut state = self.state();
        (state.fault, state.calls) = (fault, 0);
    }

    /// Changing calls since [`Faulty::set`].
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// The power comes back: what was not flushed is gone, or came through whole, or in part.
    pub fn power_on(&self) {
        let mut state = self.state();
        (state.fault, state.calls) = (None, 0);
        state.lose_power();
    }

    /// The process dies, the machine goes on: everything seen stays, the fault is gone.
    pub fn restart(&self) {
        self.set(None);
    }

    /// Every file as programs see it.
    #[must_use]
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let state = self.state();
        let file = |(path, name): (&String, &Name)| match name {
            Name::File(number) => Some((path.clone(), state.contents[*number].0.clone())),
            Name::Folder => None,
        };
        state.seen.iter().filter_map(file).collect()
    }
}

impl State {
    /// SplitMix64 (Steele, Lea and Flood 2014).
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    /// Counts a call; whether it fails.
    fn fails(&mut self) -> bool {
        let call = self.calls;
        self.calls += 1;
        match self.fault {
            None => false,
            Some(Fault::Once(at)) => call == at,
            Some(Fault::PowerLoss(at) | Fault::From(at)) => call >= at,
        }
    }

    /// Whether nothing at all may happen any more.
    fn is_off(&self) -> bool {
        matches!(self.fault, Some(Fault::PowerLoss(at)) if self.calls > at + 1)
    }

    fn lose_power(&mut self) {
        let paths: BTreeSet<String> = self.seen.keys().chain(self.kept.keys()).cloned().collect();
        let mut left = BTreeMap::new();
        for path in paths {
            let (seen, kept) = (self.seen.get(&path).copied(), self.kept.get(&path).copied());
            let name = if seen == kept || self.roll(2) == 0 { kept } else { seen };
            // A folder whose own name was lost takes everything in it along.
            let reachable = folder_of(&path).is_empty() || left.contains_key(folder_of(&path));
            if let Some(name) = name.filter(|_| reachable) {
                left.insert(path, name);
            }
        }
        for number in 0..self.contents.len() {
            if self.contents[number].0 != self.contents[number].1 {
                let through = self.roll(3) == 0;
                let (seen, flushed) = &mut self.contents[number];
                if through { flushed.clone_from(seen) } else { seen.clone_from(flushed) }
            }
        }
        self.kept.clone_from(&left);
        self.seen = left;
        self.forsaken.clear();
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        if !self.seen.contains_key(folder_of(path)) && !folder_of(path).is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let fails = self.fails();
        if self.is_off() {
            return Err(broken());
        }
        let written = if fails { self.roll(bytes.len() as u64 + 1) as usize } else { bytes.len() };
        let flushed = if fails { self.roll(written as u64 + 1) as usize } else { written };
        self.contents.push((bytes[..written].to_vec(), bytes[..flushed].to_vec()));
        self.seen.insert(path.to_owned(), Name::File(self.contents.len() - 1));
        if fails { Err(broken()) } else { Ok(()) }
    }

    /// A change of names that fails may have happened nevertheless.
    fn change(&mut self, change: impl FnOnce(&mut Self)) -> io::Result<()> {
        let fails = self.fails();
        if self.is_off() {
            return Err(broken());
        }
        if !fails || self.roll(2) == 0 {
            change(self);
        }
        if fails { Err(broken()) } else { Ok(()) }
    }

    fn sync_folder(&mut self, folder: &str) -> io::Result<()> {
        let fails = self.fails();
        if self.is_off() {
            return Err(broken());
        }
        let inside = |path: &String| folder_of(path) == folder && !path.is_empty();
        let paths: BTreeSet<String> = self.seen.keys().chain(self.kept.keys()).filter(|p| inside(p)).cloned().collect();
        for path in paths {
            let (seen, kept) = (self.seen.get(&path).copied(), self.kept.get(&path).copied());
            if seen == kept || self.forsaken.contains(&path) {
                continue;
            }
            if fails {
                // Folders are spared: nothing but a new name could bring one back, and journals stop at such an error.
                if seen != Some(Name::Folder) {
                    self.forsaken.insert(path);
                }
            } else if let Some(name) = seen {
                self.kept.insert(path, name);
            } else {
                self.kept.remove(&path);
            }
        }
        if fails { Err(broken()) } else { Ok(()) }
    }
}

fn broken() -> io::Error {
    io::Error::other("injected fault")
}

impl Files for Faulty {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let state = self.state();
        Ok(match state.seen.get(path) {
            Some(Name::File(number)) => Some(state.contents[*number].0.clone()),
            _ => None,
        })
    }
}

impl Disk for Faulty {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let state = self.state();
        let inside = state.seen.keys().filter(|path| folder_of(path) == folder);
        Ok(inside.filter_map(|path| path.rsplit('/').next().map(str::to_owned)).collect())
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.state().write(path, bytes)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.state().change(|state| {
            if let Some(name) = state.seen.remove(from) {
                state.forsaken.remove(to);
                state.seen.insert(to.to_owned(), name);
            }
        })
    }

    fn make_folder(&self, folder: &str) -> io::Result<bool> {
        let there = self.state().seen.contains_key(folder);
        self.state().change(|state| {
            state.seen.insert(folder.to_owned(), Name::Folder);
        })?;
        Ok(!there)
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        self.state().sync_folder(folder)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.state().change(|state| {
            state.seen.remove(path);
        })
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
