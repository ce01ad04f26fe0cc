//! Any series of builds, failures and edits by hand.

use super::*;

type Files = BTreeMap<String, String>;

#[derive(Clone, Debug)]
enum Step {
    Build(Files),
    /// A build that stops itself.
    Fail(Files),
    /// A build that is killed before it can clear up.
    Kill(Files),
    /// A file put into the output folder, or changed there, by hand.
    Put(String, String),
    /// The same taken away.
    Delete(String),
}

/// Paths of which one may be a folder where another is a file.
fn path() -> impl Strategy<Value = String> {
    "[ab](/[cd]){0,2}"
}

fn above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

fn site_files() -> impl Strategy<Value = Files> {
    prop::collection::btree_map(path(), "[xy]{1,2}", 0..6).prop_map(|files| {
        let fits = |path: &String| above(path).all(|folder| !files.contains_key(folder));
        files.iter().filter(|(path, _)| fits(path)).map(|(path, text)| (path.clone(), text.clone())).collect()
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => site_files().prop_map(Step::Build),
        1 => site_files().prop_map(Step::Fail),
        1 => site_files().prop_map(Step::Kill),
        2 => (path(), "[uv]{1,3}").prop_map(|(path, text)| Step::Put(path, text)),
        1 => path().prop_map(Step::Delete),
    ]
}

/// What should stand in the folder: files of the last build, and others.
#[derive(Default)]
struct Expected {
    built: bool,
    /// What the last build made. A file put there by hand in the place of one of these is not told from
    /// one that was changed.
    made: Files,
    site: Files,
    foreign: Files,
}

impl Expected {
    fn all(&self) -> Vec<(String, String)> {
        self.site
            .iter()
            .chain(&self.foreign)
            .map(|(p, t)| (p.clone(), t.clone()))
            .collect::<Files>()
            .into_iter()
            .collect()
    }

    fn build(&mut self, files: &Files) {
        self.built = true;
        let free = |path: &str| {
            !files.contains_key(path)
                && above(path).all(|folder| !files.contains_key(folder))
                && files.keys().all(|file| above(file).all(|folder| folder != path))
        };
        self.foreign.retain(|path, _| free(path));
        self.site = files.clone();
        self.made = files.clone();
    }

    fn put(&mut self, path: &str, text: &str) {
        let files = if self.made.contains_key(path) { &mut self.site } else { &mut self.foreign };
        files.insert(path.to_owned(), text.to_owned());
    }
}

fn staged(site: &Site, files: &Files) -> Staging {
    let staging = site.open();
    files.par_iter().for_each(|(path, text)| staging.write(path, text.as_bytes()).unwrap());
    staging
}

fn run(site: &Site, expected: &mut Expected, step: Step) {
    match step {
        Step::Build(files) => {
            staged(site, &files).commit(Stamp::default()).unwrap();
            expected.build(&files);
        }
        Step::Fail(files) => drop(staged(site, &files)),
        Step::Kill(files) => {
            let staging = staged(site, &files);
            let (next, spare) = (site.state("next"), site.state("spare"));
            let changed = !site.state("next.known").exists();
            let kept = fs::rename(&next, &spare).is_ok();
            drop(staging);
            let _ = fs::remove_dir_all(&next);
            if kept {
                fs::rename(&spare, &next).unwrap();
            }
            if changed {
                let _ = fs::remove_file(site.state("next.known"));
            }
        }
        // Before the first build the folder must be empty.
        Step::Put(path, text) if expected.built => {
            let at = site.out().join(&path);
            if fs::create_dir_all(at.parent().unwrap()).is_ok() && fs::write(&at, &text).is_ok() {
                // A hand is never so quick that a build's file keeps its time, which systems count in milliseconds.
                File::options().write(true).open(at).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
                expected.put(&path, &text);
            }
        }
        Step::Delete(path) if expected.built => {
            if fs::remove_file(site.out().join(&path)).is_ok() {
                expected.site.remove(&path);
                expected.foreign.remove(&path);
            }
        }
        Step::Put(..) | Step::Delete(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// After every step the folder holds just the last build's files and those put there by hand.
    #[test]
    fn the_folder_is_always_what_it_should_be(steps in prop::collection::vec(step(), 1..10)) {
        let site = Site::new();
        let mut expected = Expected::default();
        for step in steps {
            let done = format!("{step:?}");
            run(&site, &mut expected, step);
            let files = if site.out().exists() { site.files() } else { Vec::new() };
            prop_assert_eq!(files, expected.all(), "after {}", done);
        }
    }
}
