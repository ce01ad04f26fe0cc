//! The forms that the relay knows: `forms.json` as the build made it, and the versions before.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use crate::forms::{Catalogue, Compiled, Version};

/// A version as the store remembers it: the form's id, the version, the definition in JSON.
pub(crate) type Remembered = (String, String, String);

/// The forms, replaced as a whole when the file changes; who is reading keeps what they have.
pub(crate) struct Library(RwLock<Arc<Catalogue>>);

impl Library {
    /// Takes `compiled` and the versions that the store remembers.
    pub(crate) fn new(compiled: Compiled, remembered: &[Remembered]) -> Self {
        let mut catalogue = Catalogue::new(compiled);
        for (_, _, definition) in remembered {
            if let Ok(version) = serde_json::from_str::<Version>(definition) {
                catalogue.remember(Arc::new(version));
            }
        }
        Self(RwLock::new(Arc::new(catalogue)))
    }

    /// What is loaded now.
    pub(crate) fn now(&self) -> Arc<Catalogue> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts `compiled` in place; all versions that were known stay known.
    pub(crate) fn replace(&self, compiled: Compiled) {
        let next = Arc::new(self.now().with(compiled));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = next;
    }
}

/// The current forms, as the store is to remember them.
pub(crate) fn definitions(catalogue: &Catalogue) -> Vec<Remembered> {
    let one = |version: &Arc<Version>| {
        let definition = serde_json::to_string(&**version).unwrap_or_default();
        (version.form.id.clone(), version.version.clone(), definition)
    };
    catalogue.all().map(one).collect()
}

/// Reads `forms.json`.
#[expect(clippy::disallowed_methods, reason = "the build's output is the relay's input")]
pub(crate) fn read(path: &Path) -> Result<Compiled, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    Compiled::from_json(&text).map_err(|error| error.to_string())
}

/// When the file was last written.
pub(crate) fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|data| data.modified()).ok()
}
