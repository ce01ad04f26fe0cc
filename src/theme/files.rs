//! The files of a theme: its own over those of the themes it extends, with the site's on top.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

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
    /// Where it comes from, for diagnostics: `theme/…` of the site, or `omavalitsus/…` of a theme.
    pub origin: String,
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// The theme that it belongs to; nothing when it is the site's own.
    pub theme: Option<Arc<str>>,
    /// The file that it stands in for.
    pub overridden: Option<Box<File>>,
}

impl File {
    /// The file and those that it stands in for, from the site's to the farthest theme's.
    pub fn layers(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |file| file.overridden.as_deref())
    }

    /// What an override of this file records of it: the beginning of a hash of its bytes.
    pub fn hash(&self) -> String {
        blake3::hash(&self.bytes).to_hex()[..16].to_owned()
    }
}

/// All files of a theme by their paths in it.
#[derive(Clone, Debug, Default)]
pub struct Files {
    by_path: BTreeMap<String, File>,
    chain: Vec<Arc<str>>,
}

impl Files {
    /// Loads the theme's files over those of the themes it extends, and lays the site's own over all.
    pub fn load(name: &str, site: Option<&Folder>, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut layers: Vec<Layer> = Vec::new();
        let mut next = Some((name.to_owned(), site.map_or_else(PathBuf::new, |site| site.root().to_owned())));
        while let Some((name, from)) = next {
            let layer = Layer::load(&name, &from, out)?;
            if layers.iter().any(|other| other.place == layer.place || other.name == layer.name) {
                let names: Vec<&str> = layers.iter().chain([&layer]).map(|layer| &*layer.name).collect();
                let problem = Diagnostic::new("theme.circle").arg("chain", names.join(" → "));
                out.push(problem.at(Location::file(format!("{name}/theme.toml"))));
                return None;
            }
            next = layer.extends.clone().map(|name| (name, layer.place.clone()));
            layers.push(layer);
        }
        let mut files = Self { chain: layers.iter().map(|layer| layer.name.clone()).collect(), ..Self::default() };
        for layer in layers.into_iter().rev() {
            layer.files.into_iter().for_each(|(path, file)| files.lay(path, file));
        }
        for source in site.into_iter().flat_map(|site| site.walk("theme", out)).collect::<Vec<_>>() {
            let Ok(bytes) = source.bytes().map_err(|problem| out.push(problem)) else { continue };
            let path = source.path.trim_start_matches("theme/").to_owned();
            let origin = source.path.to_string();
            files.lay(path, File { origin, bytes: bytes.into(), theme: None, overridden: None });
        }
        Some(files)
    }

    fn lay(&mut self, path: String, file: File) {
        let overridden = self.by_path.remove(&path).map(Box::new);
        self.by_path.insert(path, File { overridden, ..file });
    }

    /// The names of the theme and of those it extends, the nearest first.
    pub fn chain(&self) -> &[Arc<str>] {
        &self.chain
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

/// One theme's own files.
struct Layer {
    name: Arc<str>,
    /// Its folder; for a theme that is part of the program, its name alone.
    place: PathBuf,
    extends: Option<String>,
    files: BTreeMap<String, File>,
}

impl Layer {
    /// Finds the theme: one that is part of the program, or a folder counted from `from`.
    fn load(name: &str, from: &Path, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut files = embedded(name);
        let mut place = PathBuf::from(name);
        if files.is_empty() {
            place = from.join(name);
            files = folder(name, &place, out)?;
            place = std::path::absolute(&place).unwrap_or(place).components().collect();
        }
        // Whatever is wrong with it is reported when the manifest is read.
        let text = files.get("theme.toml").and_then(|file| std::str::from_utf8(&file.bytes).ok());
        let head: toml::Table = text.and_then(|text| text.parse().ok()).unwrap_or_default();
        let word = |key: &str| head.get(key).and_then(toml::Value::as_str).map(ToOwned::to_owned);
        let name: Arc<str> = word("name").unwrap_or_else(|| name.to_owned()).into();
        for file in files.values_mut() {
            file.theme = Some(name.clone());
        }
        Some(Self { extends: word("extends"), name, place, files })
    }
}

fn embedded(name: &str) -> BTreeMap<String, File> {
    let prefix = format!("{name}/");
    Embedded::iter()
        .filter_map(|path| {
            let inner = path.strip_prefix(&prefix)?.to_owned();
            let bytes = Embedded::get(&path)?.data;
            Some((inner, File { origin: path.into_owned(), bytes, theme: None, overridden: None }))
        })
        .collect()
}

fn folder(name: &str, root: &Path, out: &mut Vec<Diagnostic>) -> Option<BTreeMap<String, File>> {
    let Ok(folder) = Folder::open(root) else {
        let names = names();
        let problem = Diagnostic::new("theme.not-found").arg("theme", name).arg("known", names.join(", "));
        out.push(problem.suggest(name, names.iter().map(String::as_str)).at(Location::file("site.toml")));
        return None;
    };
    let mut files = BTreeMap::new();
    for source in folder.walk("", out) {
        match source.bytes() {
            Ok(bytes) => {
                let origin = format!("{name}/{}", source.path);
                let file = File { origin, bytes: bytes.into(), theme: None, overridden: None };
                files.insert(source.path.to_string(), file);
            }
            Err(problem) => out.push(problem),
        }
    }
    Some(files)
}

/// The names of the themes that are part of the program.
pub(super) fn names() -> Vec<String> {
    let mut names: Vec<String> =
        Embedded::iter().filter_map(|path| path.split_once('/').map(|(name, _)| name.to_owned())).collect();
    names.dedup();
    names
}
