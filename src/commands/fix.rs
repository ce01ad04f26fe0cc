//! `raekoda check --fix`: what the program can mend itself, shown as a diff before anything is written.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead as _, IsTerminal as _},
    path::Path,
};

use super::Voice;
use crate::{
    diagnostics::{Diagnostic, Fix},
    source::Folder,
};

/// A file before and after.
struct Change {
    path: String,
    before: String,
    after: String,
    count: usize,
}

/// Shows what can be mended, and mends it when told so: by `yes`, or by the person at the terminal.
/// Says how many findings were mended.
pub(super) fn run(root: &Path, found: &[Diagnostic], yes: bool, voice: Voice) -> usize {
    let changes = changes(root, found);
    if changes.is_empty() {
        voice.tell("Midagi ei saa ise parandada.", "There is nothing to mend by itself.");
        return 0;
    }
    for change in &changes {
        print!("{}", diff(&change.path, &change.before, &change.after));
    }
    if !(yes || confirmed(voice)) {
        voice.tell("Midagi ei muudetud; --yes parandab küsimata.", "Nothing was changed; --yes mends without asking.");
        return 0;
    }
    changes.iter().filter(|change| written(root, change, voice)).map(|change| change.count).sum()
}

/// The changes of each file. Of two that overlap the first is made; the next run makes the other.
fn changes(root: &Path, found: &[Diagnostic]) -> Vec<Change> {
    let Ok(folder) = Folder::open(root) else { return Vec::new() };
    let mut by_file: BTreeMap<&str, Vec<&Fix>> = BTreeMap::new();
    for finding in found {
        if let (Some(place), Some(fix)) = (&finding.location, &finding.fix) {
            by_file.entry(&place.file).or_default().push(fix);
        }
    }
    let change = |(path, mut fixes): (&str, Vec<&Fix>)| {
        let before = folder.find(path)?.text().ok()?;
        fixes.sort_by_key(|fix| (fix.range.start, fix.range.end));
        fixes.dedup();
        let (mut after, mut at, mut count) = (String::with_capacity(before.len()), 0, 0);
        for fix in fixes {
            let Some(kept) = before.get(at..fix.range.start).filter(|_| before.is_char_boundary(fix.range.end)) else {
                continue;
            };
            after.push_str(kept);
            after.push_str(&fix.text);
            at = fix.range.end;
            count += 1;
        }
        after.push_str(before.get(at..)?);
        (after != before).then(|| Change { path: path.to_owned(), before, after, count })
    };
    by_file.into_iter().filter_map(change).collect()
}

/// The lines that differ, as a unified diff without context. Fixes never add or remove lines.
fn diff(path: &str, before: &str, after: &str) -> String {
    let mut out = format!("--- {path}\n+++ {path}\n");
    for (number, (old, new)) in before.lines().zip(after.lines()).enumerate().filter(|(_, (old, new))| old != new) {
        let line = number + 1;
        let _ = write!(out, "@@ -{line} +{line} @@\n-{old}\n+{new}\n");
    }
    out
}

fn confirmed(voice: Voice) -> bool {
    if !std::io::stdin().is_terminal() {
        return false;
    }
    eprint!("{}", voice.say("Kas parandada? [j/e] ", "Mend them? [y/n] "));
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).is_ok() && answer.trim().to_lowercase().starts_with(['j', 'y'])
}

#[expect(clippy::disallowed_methods, reason = "this is the one command that changes the site's own files")]
fn written(root: &Path, change: &Change, voice: Voice) -> bool {
    let path = root.join(&change.path);
    let done = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(root))
        .and_then(|file| std::fs::write(file.path(), &change.after).map(|()| file))
        .and_then(|file| {
            let permissions = std::fs::metadata(&path)?.permissions();
            std::fs::set_permissions(file.path(), permissions)?;
            file.persist(&path).map_err(Into::into)
        });
    if let Err(error) = &done {
        voice.tell(
            &format!("{}: ei saa kirjutada: {error}", change.path),
            &format!("{}: cannot write: {error}", change.path),
        );
    }
    done.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_shows_the_lines_that_differ() {
        assert_eq!(diff("a.md", "üks\nkaks\n", "üks\nkolm\n"), "--- a.md\n+++ a.md\n@@ -2 +2 @@\n-kaks\n+kolm\n");
    }
}
