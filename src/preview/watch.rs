//! Watches a site's folder: which files changed, a whole save or checkout at a time.

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

use notify::{
    Config, ErrorKind, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode, CreateKind, ModifyKind},
};
use unicode_normalization::is_nfc;

use crate::{diagnostics::Diagnostic, source::Changes};

/// A save is over when nothing more happened for so long after its files were closed.
const QUIET: Duration = Duration::from_millis(2);
/// A file that is still open for writing is perhaps half written.
const QUIET_OF_OPEN: Duration = Duration::from_millis(40);
/// Where nobody tells of closing.
const QUIET_OF_UNKNOWN: Duration = Duration::from_millis(5);
/// So many paths at once are a checkout or a copied folder: that takes longer.
const MANY: usize = 40;
const QUIET_OF_MANY: Duration = Duration::from_millis(60);
/// What goes on for longer than this is shown as far as it has come.
const LONGEST: Duration = Duration::from_millis(1500);
/// A new folder is looked at once more after this time: what was put into it before it was watched,
/// nobody told of.
const SECOND_LOOK: Duration = Duration::from_millis(400);

/// The folders and files of a site that are watched, if they are there.
const FOLDERS: [&str; 6] = ["content", "data", "forms", "images", "static", "theme"];
const FILES: [&str; 2] = ["site.toml", "redirects.toml"];

/// Sees what changes in a site.
pub struct Watch {
    root: PathBuf,
    theme: Option<PathBuf>,
    watcher: Box<dyn Watcher + Send>,
    events: Receiver<Happened>,
    /// Folders that are to be looked at once more, and when.
    again: Option<(Instant, BTreeSet<String>)>,
}

/// What the watcher is told.
enum Happened {
    Event(notify::Result<Event>),
    Wake(Changes),
}

/// Wakes the watcher as if something had changed.
#[derive(Clone)]
pub struct Waker(Sender<Happened>);

impl Waker {
    /// Tells of changes that no file shows.
    pub fn wake(&self, changes: Changes) {
        // Nobody listens any more when the program ends.
        let _ = self.0.send(Happened::Wake(changes));
    }
}

impl Watch {
    /// Watches the site in `root`, and its theme where that lies in a folder of its own. With `poll`
    /// the folders are looked through in that interval: for network drives, which tell nothing.
    ///
    /// # Errors
    /// `preview.watch-limit`, `preview.watch`.
    pub fn new(root: &Path, theme: Option<&Path>, poll: Option<Duration>) -> Result<(Self, Waker), Diagnostic> {
        let (sender, events) = channel();
        let waker = Waker(sender.clone());
        let tell = move |event| {
            let _ = sender.send(Happened::Event(event));
        };
        let watcher: Box<dyn Watcher + Send> = match poll {
            Some(interval) => {
                let config = Config::default().with_poll_interval(interval).with_compare_contents(false);
                Box::new(PollWatcher::new(tell, config).map_err(|error| problem(&error))?)
            }
            None => Box::new(RecommendedWatcher::new(tell, Config::default()).map_err(|error| problem(&error))?),
        };
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        let mut watch = Self { root, theme: theme.map(Path::to_owned), watcher, events, again: None };
        watch.watcher.watch(&watch.root, RecursiveMode::NonRecursive).map_err(|error| problem(&error))?;
        for folder in FOLDERS {
            watch.watch_folder(folder)?;
        }
        if let Some(theme) = &watch.theme {
            watch.watcher.watch(theme, RecursiveMode::Recursive).map_err(|error| problem(&error))?;
        }
        Ok((watch, waker))
    }

    fn watch_folder(&mut self, name: &str) -> Result<(), Diagnostic> {
        let folder = self.root.join(name);
        if !folder.is_dir() {
            return Ok(());
        }
        // A folder that was moved away and came back is another one under the old name.
        let _ = self.watcher.unwatch(&folder);
        self.watcher.watch(&folder, RecursiveMode::Recursive).map_err(|error| problem(&error))
    }

    /// Waits until something changed; nothing when `until` has come before that.
    pub fn next(&mut self, until: Option<Instant>) -> Option<Changes> {
        let mut batch = Batch::default();
        loop {
            let now = Instant::now();
            if let Some((_, paths)) = self.again.take_if(|(at, _)| *at <= now) {
                batch.add(Changes::Paths(paths));
            }
            if batch.ready().is_some_and(|ready| ready <= now) {
                return batch.changes;
            }
            if batch.changes.is_none() && until.is_some_and(|until| until <= now) {
                return None;
            }
            let due = [batch.ready(), self.again.as_ref().map(|(at, _)| *at), until].into_iter().flatten().min();
            let happened = match due {
                Some(due) => self.events.recv_timeout(due.saturating_duration_since(now)),
                None => self.events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match happened {
                Ok(Happened::Event(Ok(event))) => self.take(&event, &mut batch),
                Ok(Happened::Event(Err(_))) => batch.add(Changes::All),
                Ok(Happened::Wake(changes)) => batch.add(changes),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return batch.changes,
            }
        }
    }

    fn take(&mut self, event: &Event, batch: &mut Batch) {
        if event.need_rescan() {
            batch.add(Changes::All);
            return;
        }
        let closed = matches!(event.kind, EventKind::Access(AccessKind::Close(AccessMode::Write)));
        if matches!(event.kind, EventKind::Access(_)) && !closed {
            return;
        }
        let names: BTreeSet<String> = event.paths.iter().filter_map(|path| self.name(path)).collect();
        if names.is_empty() {
            return;
        }
        for name in names.iter().filter(|name| FOLDERS.contains(&name.as_str())) {
            // When it cannot be watched, its next change is missed and nothing worse happens.
            let _ = self.watch_folder(name);
        }
        if matches!(event.kind, EventKind::Create(CreateKind::Folder | CreateKind::Any) | EventKind::Modify(_)) {
            let folders = names.iter().filter(|name| self.root.join(name).is_dir()).cloned();
            let (at, again) = self.again.get_or_insert_with(|| (Instant::now(), BTreeSet::new()));
            let before = again.len();
            again.extend(folders);
            if again.len() > before {
                *at = Instant::now() + SECOND_LOOK;
            }
            self.again.take_if(|(_, again)| again.is_empty());
        }
        match event.kind {
            EventKind::Modify(ModifyKind::Data(_)) if cfg!(target_os = "linux") => batch.open.extend(names.clone()),
            EventKind::Access(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => {
                names.iter().for_each(|name| _ = batch.open.remove(name));
            }
            _ => {}
        }
        // A name in another normal form than its file's does not find the file: look at all of them.
        batch.add(if names.iter().all(|name| is_nfc(name)) { Changes::Paths(names) } else { Changes::All });
    }

    /// The path from the site's root; nothing for what is no part of the site.
    fn name(&self, path: &Path) -> Option<String> {
        if self.theme.as_ref().is_some_and(|theme| path.starts_with(theme)) {
            return Some("theme".to_owned());
        }
        let inner = path.strip_prefix(&self.root).ok()?;
        let parts: Vec<_> = inner
            .components()
            .map(|part| match part {
                Component::Normal(part) => part.to_string_lossy().into_owned(),
                _ => String::new(),
            })
            .collect();
        let first = parts.first()?;
        let ours = FOLDERS.contains(&first.as_str()) || (parts.len() == 1 && FILES.contains(&first.as_str()));
        (ours && !parts.iter().any(|part| part.starts_with('.'))).then(|| parts.join("/"))
    }
}

/// Changes that belong together.
#[derive(Default)]
struct Batch {
    changes: Option<Changes>,
    /// Files that are being written.
    open: BTreeSet<String>,
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Batch {
    fn add(&mut self, changes: Changes) {
        let now = Instant::now();
        self.first.get_or_insert(now);
        self.last = Some(now);
        match &mut self.changes {
            Some(known) => known.extend(changes),
            None => self.changes = Some(changes),
        }
    }

    /// When it is over, if nothing more happens.
    fn ready(&self) -> Option<Instant> {
        let many = match self.changes.as_ref()? {
            Changes::All => true,
            Changes::Paths(paths) => paths.len() >= MANY,
        };
        let quiet = match (many, self.open.is_empty()) {
            (true, _) => QUIET_OF_MANY,
            (_, false) => QUIET_OF_OPEN,
            _ if cfg!(target_os = "linux") => QUIET,
            _ => QUIET_OF_UNKNOWN,
        };
        Some((self.last? + quiet).min(self.first? + LONGEST))
    }
}

fn problem(error: &notify::Error) -> Diagnostic {
    match &error.kind {
        ErrorKind::MaxFilesWatch => Diagnostic::new("preview.watch-limit"),
        // inotify's own word for its limit on watches.
        ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => {
            Diagnostic::new("preview.watch-limit")
        }
        _ => Diagnostic::new("preview.watch").arg("reason", error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_the_system_are_named_as_such() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        for error in [notify::Error::new(ErrorKind::MaxFilesWatch), notify::Error::io(full)] {
            assert_eq!(problem(&error).code, "preview.watch-limit");
        }
        assert_eq!(problem(&notify::Error::generic("x")).code, "preview.watch");
    }

    #[test]
    fn what_is_still_being_written_waits_longer() {
        let quiet = |open: &[&str], paths: usize| {
            let mut batch = Batch::default();
            batch.add(Changes::Paths((0..paths).map(|at| at.to_string()).collect()));
            batch.open = open.iter().map(ToString::to_string).collect();
            batch.ready().zip(batch.last).map(|(ready, last)| ready - last)
        };
        assert!(quiet(&["content/a.md"], 1) > quiet(&[], 1));
        assert_eq!(quiet(&[], MANY), Some(QUIET_OF_MANY));
    }
}
