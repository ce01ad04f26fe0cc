//! A look at the site on one's own computer, that follows every change.
//!
//! [`Watch`] tells what changed, the commands read it, and [`Preview`] shows the [`Edition`] that came of
//! it: pages are made when a browser asks, those that are open first. Open pages hear of it and load
//! themselves anew.

mod edition;
mod forms;
mod listeners;
mod page_list;
mod report;
mod server;
mod watch;

pub use edition::{Edition, Extras, Shown, Source};
pub use forms::FORMS;
pub use report::Words;
pub use server::Server;
pub use watch::{Waker, Watch};

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use jiff::civil::DateTime;

use crate::{diagnostics::Diagnostic, output::Cache, source::Changes};
use listeners::Listeners;

/// What is shown now, to everybody who looks.
pub struct Preview {
    edition: RwLock<Option<Arc<Edition>>>,
    /// Why the last change is not shown.
    problems: RwLock<Vec<Diagnostic>>,
    listeners: Mutex<Listeners>,
    cache: Cache,
    words: Words,
    wanted: Mutex<Wanted>,
    waker: Waker,
}

/// What those who look want to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The site at this time; now when nothing is said.
    pub at: Option<DateTime>,
    /// Drafts too.
    pub drafts: bool,
}

impl Preview {
    /// Nothing is shown yet. Pictures are kept in `cache`; `waker` hears when something else is wanted.
    pub fn new(cache: Cache, words: Words, wanted: Wanted, waker: Waker) -> Self {
        Self {
            edition: RwLock::new(None),
            problems: RwLock::default(),
            listeners: Mutex::default(),
            cache,
            words,
            wanted: Mutex::new(wanted),
            waker,
        }
    }

    /// What those who look want to see.
    pub fn wanted(&self) -> Wanted {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows something else from now on.
    fn want(&self, wanted: Wanted) {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = wanted;
        self.waker.wake(Changes::Paths(BTreeSet::new()));
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
