//! The files of a theme, with the site's overrides.

use std::{borrow::Cow, collections::BTreeMap, path::Path};

use rust_embed::RustEmbed;

use crate::{
    diagnostics::{Diagnostic, Location},
    source::Folder,
};

/// The themes that are part of the program.
#[derive(RustEmbed)]
#[folder = "themes/"]
struct Embedded;

/// A theme's file.
#[derive(Clone, Debug)]
pub struct File {
    /// Where it comes from, for diagnostics: `theme/…` of the site, or `omavalitsus/…` of the theme.
    pub origin: String,
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// It is the site's own.
    pub from_site: bool,
    /// The theme's file that it stands in for.
    pub overridden: Option<Box<File>>,
}

/// All files of a theme by their paths in it.
#[derive(Clone, Debug, Default)]
pub struct Files {
    by_path: BTreeMap<String, File>,
}

impl Files {
    /// Loads the theme's files and lays the site's own over them.
    pub fn load(name: &str, site: Option<&Folder>, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut files = Self { by_path: embedded(name) };
        if files.by_path.is_empty() {
            files.by_path = folder(name, site, out)?;
        }
        if let Some(site) = site {
            for source in site.walk("theme", out) {
                let Ok(bytes) = source.bytes().map_err(|problem| out.push(problem)) else { continue };
                let path = source.path.trim_start_matches("theme/").to_owned();
                let overridden = files.by_path.remove(&path).map(Box::new);
                let file = File { origin: source.path.to_string(), bytes: bytes.into(), from_site: true, overridden };
                files.by_path.insert(path, file);
            }
        }
        Some(files)
    }

    /// The file at `path`.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.by_path.get(path)
    }

    /// The text of the file at `path`; nothing when there is none or it is no text.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path).and_then(|file| std::str::from_utf8(&file.bytes).ok())
    }

    /// All files whose paths begin with `prefix`, in order.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a File)> {
        self.by_path
            .range(prefix.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(prefix))
            .map(|(path, file)| (path.as_str(), file))
    }
}

/// A hash of all files of all embedded themes.
pub(super) fn embedded_fingerprint() -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for path in Embedded::iter() {
        hasher.update(path.as_bytes());
        hasher.update(&Embedded::get(&path).map_or([0; 32], |file| file.metadata.sha256_hash()));
    }
    *hasher.finalize().as_bytes()
}

fn embedded(name: &str) -> BTreeMap<String, File> {
    let prefix = format!("{name}/");
    Embedded::iter()
        .filter_map(|path| {
            let inner = path.strip_prefix(&prefix)?.to_owned();
            let bytes = Embedded::get(&path)?.data;
            Some((inner, File { origin: path.into_owned(), bytes, from_site: false, overridden: None }))
        })
        .collect()
}

fn folder(name: &str, site: Option<&Folder>, out: &mut Vec<Diagnostic>) -> Option<BTreeMap<String, File>> {
    let root = site.map_or_else(|| Path::new(name).to_owned(), |site| site.root().join(name));
    let Ok(folder) = Folder::open(&root) else {
        let names: Vec<_> = names();
        let problem = Diagnostic::new("theme.not-found").arg("theme", name).arg("known", names.join(", "));
        out.push(problem.suggest(name, names.iter().map(String::as_str)).at(Location::file("site.toml")));
        return None;
    };
    let mut files = BTreeMap::new();
    for source in folder.walk("", out) {
        match source.bytes() {
            Ok(bytes) => {
                let origin = format!("{name}/{}", source.path);
                let file = File { origin, bytes: bytes.into(), from_site: false, overridden: None };
                files.insert(source.path.to_string(), file);
            }
            Err(problem) => out.push(problem),
        }
    }
    Some(files)
}

/// The names of the themes that are part of the program.
fn names() -> Vec<String> {
    let mut names: Vec<String> =
        Embedded::iter().filter_map(|path| path.split_once('/').map(|(name, _)| name.to_owned())).collect();
    names.dedup();
    names
}
