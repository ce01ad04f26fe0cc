//! A site's folder made for a test, and the real program run on it.
//!
//! Files are given as one text, each after a line `-- path --`:
//!
//! ```text
//! -- content/uudised/_index.md --
//! +++
//! title = "Uudised"
//! +++
//! ```

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// The least that is a site.
const SMALLEST: &str = r#"
-- site.toml --
name = "Kadaka vald"
languages = ["et", "en"]
base_url = "https://www.kadakavald.example"
-- content/_index.md --
+++
title = "Kadaka vald"
published = 2026-01-05
+++
Tere tulemast!
-- content/_index.en.md --
+++
title = "Kadaka parish"
published = 2026-01-05
+++
Welcome!
-- content/uudised/_index.md --
+++
title = "Uudised"
published = 2026-01-05
+++
-- content/uudised/talv.md --
+++
title = "Talv tuleb"
published = 2026-11-20
+++
Lund on oodata.
"#;

/// A site's folder and, beside it, the folder of its output.
pub struct Site {
    folder: TempDir,
}

/// What a run of the program came to.
pub struct Outcome {
    /// 0 fine, 1 problems found, 2 wrong use; nothing when it was killed.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Site {
    /// The smallest site there is, with `files` added to it or put in place of its own.
    pub fn with(files: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.write_all(SMALLEST);
        site.write_all(files);
        site
    }

    /// The smallest site there is.
    pub fn smallest() -> Self {
        Self::with("")
    }

    /// A copy of the example municipality.
    pub fn example() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content-example"), &site.root());
        // Its pictures are made once for all tests: the cache goes by content, and whole files appear in it.
        let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("example-pictures");
        fs::create_dir_all(&pictures).unwrap();
        fs::create_dir_all(site.path(".raekoda")).unwrap();
        std::os::unix::fs::symlink(pictures, site.path(".raekoda/images")).unwrap();
        site
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    pub fn out(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    /// Where the site and its output are: a place for what else a test needs.
    pub fn around(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn write_all(&self, files: &str) {
        for (path, text) in parts(files) {
            self.write(path, text);
        }
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    /// The program, ready to be run where the site lies, speaking English.
    pub fn raekoda(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_raekoda"));
        command.current_dir(self.root()).env("LC_ALL", "C.UTF-8").env_remove("LANG").env_remove("LANGUAGE");
        command.env_remove("RUST_BACKTRACE").env("NO_COLOR", "1");
        command
    }

    /// Runs the program with `arguments`, of which the first is the command.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.outcome(self.raekoda().args(arguments).output().unwrap())
    }

    /// Builds into the folder beside the site.
    pub fn build(&self, arguments: &[&str]) -> Outcome {
        let out = self.out();
        let fixed = ["build", ".", "--out", out.to_str().unwrap()];
        self.run(&[&fixed, arguments].concat())
    }

    pub fn outcome(&self, output: Output) -> Outcome {
        let plain = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("the program speaks UTF-8");
            let around = fs::canonicalize(self.around()).unwrap();
            text.replace(around.to_str().unwrap(), "[…]").replace(self.around().to_str().unwrap(), "[…]")
        };
        let outcome =
            Outcome { code: output.status.code(), stdout: plain(output.stdout), stderr: plain(output.stderr) };
        assert!(!outcome.stderr.contains("panicked at"), "{}", outcome.stderr);
        outcome
    }

    /// What `check` finds, one a line: severity, code and place.
    pub fn problems(&self) -> String {
        let outcome = self.run(&["check", ".", "--format", "json"]);
        // That a page of a test leads nowhere, or that nobody leads there, is true of most and says nothing.
        let notes = |line: &&str| !line.starts_with("note links.");
        listed(&outcome).lines().filter(notes).collect::<Vec<_>>().join("\n")
    }

    /// The text of a file of the output.
    pub fn page(&self, path: &str) -> String {
        let file = self.out().join(path);
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}; there are {:?}", self.pages()))
    }

    /// The paths of all HTML files of the output.
    pub fn pages(&self) -> Vec<String> {
        self.written().into_keys().filter(|path| Path::new(path).extension().is_some_and(|e| e == "html")).collect()
    }

    /// Every file of the output with its bytes.
    pub fn written(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.out())
    }
}

impl Outcome {
    /// The run went well.
    #[track_caller]
    pub fn fine(self) -> Self {
        assert_eq!(self.code, Some(0), "\n{}\n{}", self.stdout, self.stderr);
        self
    }

    /// The run found problems.
    #[track_caller]
    pub fn failed(self) -> Self {
        assert_eq!(self.code, Some(1), "\n{}\n{}", self.stdout, self.stderr);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }
}

/// The diagnostics of a run with `--format json`, one a line: severity, code and place.
pub fn listed(outcome: &Outcome) -> String {
    let diagnostics = outcome.json();
    let line = |d: &Value| {
        let text = |key: &str| d[key].as_str().unwrap_or_default().to_owned();
        let place = match &d["location"] {
            Value::Null => String::new(),
            place if place["line"] == 0 => place["file"].as_str().unwrap().to_owned(),
            place => format!("{}:{}:{}", place["file"].as_str().unwrap(), place["line"], place["column"]),
        };
        format!("{} {} {place}", text("severity"), text("code")).trim_end().to_owned()
    };
    diagnostics.as_array().unwrap().iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Builds a site that is right, breaks it, and builds again. Makes sure that the second build fails and
/// leaves the first one's site as it was; gives what the program says of it (see [`listed`]).
#[track_caller]
pub fn refused(break_it: impl FnOnce(&Site)) -> String {
    let site = Site::smallest();
    refused_on(&site, break_it)
}

/// The same, for a site of the test's own.
#[track_caller]
pub fn refused_on(site: &Site, break_it: impl FnOnce(&Site)) -> String {
    site.build(&[]).fine();
    let good = site.written();
    break_it(site);
    let outcome = site.build(&["--format", "json"]).failed();
    assert!(site.written() == good, "the last good site changed");
    let around: Vec<_> = fs::read_dir(site.around()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!around.iter().any(|path| path.join("next").exists()), "a staging folder was left: {around:?}");
    listed(&outcome)
}

/// The same, where some files are all that is wrong.
#[track_caller]
pub fn refused_with(files: &str) -> String {
    refused(|site| site.write_all(files))
}

/// The same, where the text of a news item is all that is wrong.
#[track_caller]
pub fn refused_text(text: &str) -> String {
    refused_with(&news(text))
}

/// A news item with this text, for [`Site::with`]. The text begins in line 5; a line break before it does not count.
pub fn news(text: &str) -> String {
    let text = text.strip_prefix('\n').unwrap_or(text);
    format!("-- content/uudised/talv.md --\n+++\ntitle = \"Talv\"\npublished = 2026-11-20\n+++\n{text}")
}

fn parts(files: &str) -> impl Iterator<Item = (&str, &str)> {
    let heads = files.match_indices("-- ").filter(|(at, _)| *at == 0 || files.as_bytes()[at - 1] == b'\n');
    let starts: Vec<usize> = heads.map(|(at, _)| at).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([files.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| {
        let (head, text) = files[start..end].split_once('\n').unwrap();
        (head.strip_prefix("-- ").unwrap().strip_suffix(" --").expect("-- path --"), text)
    })
}

/// Every file below `folder` with its bytes; nothing when there is no such folder.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            files.insert(path, fs::read(entry.path()).unwrap());
        }
    }
    files
}

fn copy(from: &Path, to: &Path) {
    // What a build left there is no part of the site.
    let made = |path: &str| path.starts_with("public/") || path.starts_with('.');
    for (path, bytes) in tree(from).into_iter().filter(|(path, _)| !made(path)) {
        let path = to.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
