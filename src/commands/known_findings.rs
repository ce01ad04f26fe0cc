//! What was found on pages before: a page that is as it was is not looked at again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{loader::Loaded, pipeline};
use crate::{
    check::{Inspected, Inspector},
    diagnostics::Diagnostic,
    fingerprint::Fingerprint,
    output::Cache,
    site::Page,
};

/// The findings of the last check and of this one, by the fingerprint of all that decides them.
pub(super) struct KnownFindings {
    cache: Cache,
    key: String,
    before: HashMap<Fingerprint, Inspected>,
    now: Mutex<HashMap<Fingerprint, Inspected>>,
}

impl KnownFindings {
    /// What the last check kept in `cache`, when it was of this program and had the same settings and content types.
    pub(super) fn of(loaded: &Loaded, cache: Cache) -> Self {
        let key = format!("{} {:032x}", pipeline::PROGRAM, loaded.renderer.world().frame);
        let before = cache.get(&key).and_then(|kept| postcard::from_bytes(&kept).ok()).unwrap_or_default();
        Self { cache, key, before, now: Mutex::default() }
    }

    /// What is wrong with a page.
    pub(super) fn page(&self, inspector: &Inspector<'_>, page: &Page, html: &[u8]) -> Vec<Diagnostic> {
        let print = inspector.print(page, html);
        let inspected = self.before.get(&print).cloned().unwrap_or_else(|| inspector.look(page, html));
        self.now.lock().unwrap_or_else(PoisonError::into_inner).insert(print, inspected.clone());
        inspector.take(inspected)
    }

    /// Keeps what was found for the next check. Without it that one only looks again.
    pub(super) fn keep(self) {
        let now = self.now.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Ok(kept) = postcard::to_stdvec(&now) {
            let _ = self.cache.put(&self.key, &kept);
            self.cache.retain(&[self.key].into());
        }
    }
}
