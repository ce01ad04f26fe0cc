//! A look at the site on one's own computer, that follows every change.
//!
//! [`Watch`] tells what changed, the commands read it, and [`Preview`] shows the [`Edition`] that came of
//! it: pages are made when a browser asks, those that are open first. Open pages hear of it and load
//! themselves anew.

mod edition;
mod listeners;
mod report;
mod server;
mod watch;

pub use edition::{Edition, Extras, Shown, Source};
pub use report::Words;
pub use server::Server;
pub use watch::{Waker, Watch};

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::{diagnostics::Diagnostic, output::Cache};
use listeners::Listeners;

/// What is shown now, to everybody who looks.
pub struct Preview {
    edition: RwLock<Option<Arc<Edition>>>,
    /// Why the last change is not shown.
    problems: RwLock<Vec<Diagnostic>>,
    listeners: Mutex<Listeners>,
    cache: Cache,
    words: Words,
}

impl Preview {
    /// Nothing is shown yet. Pictures are kept in `cache`.
    pub fn new(cache: Cache, words: Words) -> Self {
        let edition = RwLock::new(None);
        Self { edition, problems: RwLock::default(), listeners: Mutex::default(), cache, words }
    }

    /// What is shown now.
    pub fn edition(&self) -> Option<Arc<Edition>> {
        self.edition.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why the last change is not shown; nothing when it is.
    pub fn problems(&self) -> Vec<Diagnostic> {
        self.problems.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows the site as it is now. `problems` are those of reading it: a site that is shown in spite
    /// of them has no better state to show.
    pub fn show(&self, source: Source, problems: Vec<Diagnostic>) -> Arc<Edition> {
        let earlier = self.edition();
        let edition = Arc::new(Edition::new(source, earlier.as_deref()));
        *self.edition.write().unwrap_or_else(PoisonError::into_inner) = Some(edition.clone());
        if let Some(earlier) = &earlier {
            earlier.supersede();
        }
        *self.problems.write().unwrap_or_else(PoisonError::into_inner) = problems;
        self.tell();
        edition
    }

    /// Leaves what is shown, and says why.
    pub fn refuse(&self, problems: Vec<Diagnostic>) {
        *self.problems.write().unwrap_or_else(PoisonError::into_inner) = problems;
        self.tell();
    }

    /// Tells every open page how it stands.
    pub fn tell(&self) {
        if let Some(edition) = self.edition() {
            self.listeners.lock().unwrap_or_else(PoisonError::into_inner).tell(&edition);
        }
    }
}
