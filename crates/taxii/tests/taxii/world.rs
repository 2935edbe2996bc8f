//! What tests hand to a client: a clock that only waiting moves, and objects.

use noroshi_model::Micros;
use noroshi_taxii::{Address, Client, Limits, Setup, Surroundings};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Waits without waiting, and remembers for how long.
#[derive(Default)]
pub(crate) struct World {
    now: AtomicI64,
    pub(crate) waits: Mutex<Vec<Duration>>,
}

impl Surroundings for World {
    fn now(&self) -> Micros {
        Micros(self.now.load(Ordering::SeqCst))
    }

    fn wait(&self, length: Duration) {
        self.now.fetch_add(length.as_micros() as i64, Ordering::SeqCst);
        self.waits.lock().unwrap().push(length);
    }

    fn random(&self) -> u64 {
        0
    }
}

pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(crate) fn client(home: &str, limits: Limits) -> Client {
    client_in(home, Setup { limits, ..Setup::default() }, &Arc::new(World::default()))
}

pub(crate) fn client_in(home: &str, setup: Setup, world: &Arc<World>) -> Client {
    let world: Arc<dyn Surroundings> = Arc::<World>::clone(world);
    Client::new(&address(home), setup, world)
}

/// One object that no other equals.
pub(crate) fn tool(number: usize) -> String {
    format!(
        r#"{{"type":"tool","spec_version":"2.1","id":"tool--00000000-0000-4000-8000-{number:012x}","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"tool {number}"}}"#
    )
}

/// The numbers of [`tool`]s in a file of lines.
pub(crate) fn numbers(path: &std::path::Path) -> Vec<usize> {
    let text = std::fs::read_to_string(path).unwrap();
    let number = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        usize::from_str_radix(object["id"].as_str().unwrap().rsplit_once('-').unwrap().1, 16).unwrap()
    };
    text.lines().map(number).collect()
}
