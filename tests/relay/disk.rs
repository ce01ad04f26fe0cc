//! What a disk holds after a power cut, told from the system calls of the program (`strace`).
//!
//! The model promises as little as POSIX does: a write is on the disk when its file was flushed after it, a name when
//! its folder was. What was not flushed is thrown away, or kept in part and in any order.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What the model has to know of.
pub(super) const CALLS: &str =
    "trace=openat,write,writev,pwrite64,sendto,ftruncate,fsync,fdatasync,rename,link,linkat,unlink,mkdir,mkdirat";

/// One step of the program.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Create(PathBuf),
    /// At an offset, or at the end.
    Write(PathBuf, Option<usize>, Vec<u8>),
    Truncate(PathBuf, usize),
    Flush(PathBuf),
    Link(PathBuf, PathBuf),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    Folder(PathBuf),
    /// Something was said over a socket.
    Said(Vec<u8>),
}

/// The steps in a trace that touch `folder` or say something.
pub(super) fn steps(trace: &str, folder: &Path) -> Vec<Step> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut steps = Vec::new();
    for line in trace.lines() {
        let Some((process, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        // A call during which another thread was heard of stands on two lines; it counts when it ends.
        let whole = if let Some((start, _)) = call.split_once(" <unfinished ...>") {
            begun.insert(process, start);
            continue;
        } else if let Some((_, end)) = call.split_once(" resumed>") {
            format!("{}{end}", begun.remove(process).unwrap_or_default())
        } else {
            call.to_owned()
        };
        steps.extend(step(&whole, folder));
    }
    steps
}

fn step(call: &str, folder: &Path) -> Option<Step> {
    let (rest, result) = call.rsplit_once(" = ")?;
    if result.starts_with('-') {
        return None;
    }
    let (name, arguments) = rest.split_once('(')?;
    let texts: Vec<Vec<u8>> = arguments.split('"').skip(1).step_by(2).map(decoded).collect();
    let path = |at: usize| Some(PathBuf::from(String::from_utf8(texts.get(at)?.clone()).ok()?));
    let open = || {
        let inner = arguments.split_once('<')?.1.split('>').next()?;
        let path = PathBuf::from(String::from_utf8(decoded(inner)).ok()?);
        path.starts_with(folder).then_some(path)
    };
    let number = |text: &str| text.trim().trim_end_matches(')').trim().parse::<usize>().ok();
    let last = || number(arguments.trim_end().rsplit_once(", ")?.1);
    let written = || number(result.split(' ').next()?);
    let step = match name {
        "openat" if arguments.contains("O_CREAT") => Step::Create(path(0)?),
        "pwrite64" => Step::Write(open()?, Some(last()?), texts.concat().get(..written()?)?.to_vec()),
        "write" | "writev" | "sendto" => match open() {
            Some(path) => Step::Write(path, None, texts.concat().get(..written()?)?.to_vec()),
            None => return Some(Step::Said(texts.concat())),
        },
        "ftruncate" => Step::Truncate(open()?, last()?),
        "fsync" | "fdatasync" => Step::Flush(open()?),
        "link" | "linkat" => Step::Link(path(0)?, path(1)?),
        "rename" => Step::Rename(path(0)?, path(1)?),
        "unlink" => Step::Remove(path(0)?),
        "mkdir" | "mkdirat" => Step::Folder(path(0)?),
        _ => return None,
    };
    match &step {
        Step::Create(path) | Step::Remove(path) | Step::Folder(path) | Step::Link(path, _) | Step::Rename(path, _) => {
            path.starts_with(folder).then_some(step)
        }
        _ => Some(step),
    }
}

/// `\x2f\x74`, or the text itself.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4);
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hexadecimal =
            |at: usize| char::from(*rest.get(at)?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (rest.starts_with(b"\\x"), hexadecimal(2), hexadecimal(3)) {
            (true, Some(high), Some(low)) => {
                bytes.push(high << 4 | low);
                rest = &rest[4..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    bytes
}

#[derive(Clone, Debug, Default)]
struct File {
    flushed: Vec<u8>,
    now: Vec<u8>,
    /// Since it was flushed.
    pending: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write(offset, data) => {
                content.resize(content.len().max(offset + data.len()), 0);
                content[*offset..offset + data.len()].copy_from_slice(data);
            }
            Self::Truncate(length) => content.resize(*length, 0),
        }
    }
}

/// A file's number, or a folder.
type Entry = Option<usize>;

/// Files and names, as the program sees them and as they are on the disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    files: Vec<File>,
    now: BTreeMap<PathBuf, Entry>,
    flushed: BTreeMap<PathBuf, Entry>,
}

impl Disk {
    /// A disk with one empty folder on it.
    pub(super) fn with(folder: &Path) -> Self {
        let names = BTreeMap::from([(folder.to_owned(), None)]);
        Self { files: Vec::new(), now: names.clone(), flushed: names }
    }

    pub(super) fn take(&mut self, step: &Step) {
        match step {
            Step::Create(path) => {
                if !self.now.contains_key(path) {
                    self.now.insert(path.clone(), Some(self.files.len()));
                    self.files.push(File::default());
                }
            }
            Step::Write(path, offset, data) => {
                let Some(file) = self.file(path) else { return };
                let offset = offset.unwrap_or(file.now.len());
                file.change(Change::Write(offset, data.clone()));
            }
            Step::Truncate(path, length) => {
                if let Some(file) = self.file(path) {
                    file.change(Change::Truncate(*length));
                }
            }
            Step::Flush(path) => {
                if let Some(file) = self.file(path) {
                    file.flushed.clone_from(&file.now);
                    file.pending.clear();
                } else {
                    let inside = |known: &PathBuf| known.parent() == Some(path.as_path());
                    self.flushed.retain(|known, _| !inside(known));
                    self.flushed
                        .extend(self.now.iter().filter(|(known, _)| inside(known)).map(|(k, v)| (k.clone(), *v)));
                }
            }
            Step::Link(from, to) => {
                if let Some(entry) = self.now.get(from).copied() {
                    self.now.insert(to.clone(), entry);
                }
            }
            Step::Rename(from, to) => {
                if let Some(entry) = self.now.remove(from) {
                    self.now.insert(to.clone(), entry);
                }
            }
            Step::Remove(path) => {
                self.now.remove(path);
            }
            Step::Folder(path) => {
                self.now.entry(path.clone()).or_insert(None);
            }
            Step::Said(_) => {}
        }
    }

    fn file(&mut self, path: &Path) -> Option<&mut File> {
        let number = self.now.get(path).copied().flatten()?;
        self.files.get_mut(number)
    }

    /// Writes into `to` what of `folder` a power cut would leave now. Of what was not flushed, that stays for which
    /// `lucky` says so.
    pub(super) fn cut(&self, folder: &Path, to: &Path, mut lucky: impl FnMut() -> bool) {
        let paths: BTreeSet<&PathBuf> = self.now.keys().chain(self.flushed.keys()).collect();
        for path in paths {
            let (now, flushed) = (self.now.get(path), self.flushed.get(path));
            let entry = if now == flushed || !lucky() { flushed } else { now };
            let (Some(entry), Ok(inside)) = (entry, path.strip_prefix(folder)) else { continue };
            let target = to.join(inside);
            // A name in a folder that is lost is lost.
            if !target.parent().is_some_and(Path::is_dir) {
                continue;
            }
            match entry.and_then(|number| self.files.get(number)) {
                None => fs::create_dir_all(&target).expect("made"),
                // SQLite makes its index anew.
                Some(_) if path.to_string_lossy().ends_with("-shm") => {}
                Some(file) => {
                    let mut content = file.flushed.clone();
                    file.pending.iter().filter(|_| lucky()).for_each(|change| change.apply(&mut content));
                    fs::write(&target, content).expect("written");
                }
            }
        }
    }
}

impl File {
    fn change(&mut self, change: Change) {
        change.apply(&mut self.now);
        self.pending.push(change);
    }
}
