//! A set of paths that many threads fill at once.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Enough that threads seldom meet at the same one.
const COUNT: usize = 64;

/// Paths with a value each, spread over many locks.
#[derive(Debug)]
pub(super) struct Shards<T> {
    shards: Vec<Mutex<HashMap<Box<str>, T>>>,
}

impl<T: Send> Shards<T> {
    pub(super) fn new() -> Self {
        Self { shards: (0..COUNT).map(|_| Mutex::new(HashMap::new())).collect() }
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.shard(path).contains_key(path)
    }

    /// Puts `value` under `path` unless something is there; says whether it did.
    pub(super) fn insert(&self, path: &str, value: T) -> bool {
        match self.shard(path).entry(path.into()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(value);
                true
            }
        }
    }

    /// Puts `value` under `path` in the place of what is there.
    pub(super) fn replace(&self, path: &str, value: T) {
        self.shard(path).insert(path.into(), value);
    }

    /// Everything, in order of the paths. Nothing is left.
    pub(super) fn drain(&mut self) -> Vec<(Box<str>, T)> {
        let maps = self.shards.iter_mut().map(|shard| shard.get_mut().unwrap_or_else(PoisonError::into_inner));
        let mut all: Vec<_> = maps.flat_map(std::mem::take).collect();
        all.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        all
    }

    fn shard(&self, path: &str) -> MutexGuard<'_, HashMap<Box<str>, T>> {
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        let at = usize::try_from(hasher.finish() % COUNT as u64).unwrap_or(0);
        self.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
