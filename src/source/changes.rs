//! Which files changed.

use std::collections::BTreeSet;

/// What changed in a folder since it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Perhaps everything.
    All,
    /// At most what lies at or below these paths, which are written as those of source files are.
    Paths(BTreeSet<String>),
}

impl Changes {
    /// Something at or below `part` may have changed.
    pub fn touch(&self, part: &str) -> bool {
        self.any(|path| path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// Some path may have changed that is such.
    pub fn any(&self, such: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::All => true,
            Self::Paths(paths) => paths.iter().any(|path| such(path)),
        }
    }

    /// The same, but for paths that are such.
    #[must_use]
    pub fn without(&self, such: impl Fn(&str) -> bool) -> Self {
        match self {
            Self::All => Self::All,
            Self::Paths(paths) => Self::Paths(paths.iter().filter(|path| !such(path)).cloned().collect()),
        }
    }

    /// Takes in more changes.
    pub fn extend(&mut self, more: Self) {
        match (&mut *self, more) {
            (Self::Paths(paths), Self::Paths(more)) => paths.extend(more),
            _ => *self = Self::All,
        }
    }
}
