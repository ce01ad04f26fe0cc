//! Reads a theme's templates into Tera, and finds the places of their mistakes.

use std::collections::{BTreeMap, BTreeSet};

use tera::{Error, ErrorKind, Tera};

use super::{filters, functions, reason};
use crate::{
    diagnostics::{Diagnostic, Location},
    fingerprint::{Fingerprint, Fingerprinter},
    minify,
    site::Minify,
    theme::{Template, Theme},
};

/// The templates of a theme and of the site that uses it, read.
#[derive(Debug)]
pub struct Templates {
    pub(super) tera: Tera,
    prints: BTreeMap<String, Fingerprint>,
}

impl Templates {
    /// Reads all templates. A mistake in any of them is reported, and nothing can be rendered.
    pub fn read(theme: &Theme, minify: Minify, out: &mut Vec<Diagnostic>) -> Option<Self> {
        if minify != Minify::Off {
            let mut found = Vec::new();
            if let Some(tera) = read(theme, true, &mut found) {
                return Some(Self { tera, prints: prints(theme) });
            }
        }
        as_written(theme, out).map(|tera| Self { tera, prints: prints(theme) })
    }

    /// The fingerprint of a template with all that it extends, includes and may call; 0 where there is none.
    pub(super) fn print(&self, name: &str) -> Fingerprint {
        self.prints.get(name).copied().unwrap_or(0)
    }
}

/// The templates as their authors wrote them. Collapsed white space moves lines, so the places of
/// mistakes are found here.
pub(super) fn as_written(theme: &Theme, out: &mut Vec<Diagnostic>) -> Option<Tera> {
    read(theme, false, out)
}

fn read(theme: &Theme, lean: bool, out: &mut Vec<Diagnostic>) -> Option<Tera> {
    let mut tera = Tera::new();
    tera.autoescape_on(vec![".html", ".xml", ".svg"]);
    functions::register(&mut tera);
    filters::register(&mut tera);
    let mut texts = Vec::new();
    for Template { name, file } in theme.templates() {
        match std::str::from_utf8(&file.bytes) {
            Ok(text) => texts.push((name, if lean { minify::lean(text) } else { text.to_owned() })),
            Err(_) => out.push(Diagnostic::new("source.not-utf8").at(Location::file(file.origin.as_str()))),
        }
    }
    let loaded = tera
        .set_fallback_prefixes(theme.template_prefixes())
        .and_then(|()| tera.add_raw_templates(texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))));
    match loaded {
        Ok(()) => Some(tera),
        // The theme has named the place of a block that nobody has, which Tera has not.
        Err(_) if out.iter().any(|found| found.code == "theme.unknown-block") => None,
        Err(error) => {
            let problem = Diagnostic::new("theme.template").arg("reason", reason(&error));
            out.push(match place(theme, &error) {
                Some(place) => problem.at(place),
                None => problem,
            });
            None
        }
    }
}

/// The place in the theme's file that an error means.
pub(super) fn place(theme: &Theme, error: &Error) -> Option<Location> {
    let (name, line) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            (report.filename().to_owned(), Some(report.span().start_line))
        }
        ErrorKind::MissingParent { current, .. } => (current.clone(), None),
        ErrorKind::CircularExtend { tpl, .. } | ErrorKind::CircularInclude { tpl, .. } => (tpl.clone(), None),
        _ => return None,
    };
    let file = theme.templates().into_iter().find(|template| template.name == name)?.file;
    let Some(line) = line else { return Some(Location::file(file.origin.as_str())) };
    let text = std::str::from_utf8(&file.bytes).ok()?;
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    Some(Location::in_text(file.origin.as_str(), text, start..end))
}

/// The fingerprint of each template, by the name that pages ask for. Texts and templates may call any
/// component, so all of them belong to each.
fn prints(theme: &Theme) -> BTreeMap<String, Fingerprint> {
    let mut components = Fingerprinter::new();
    for (path, file) in theme.files.below("components/") {
        components.update(path.as_bytes());
        components.update(&file.bytes);
    }
    let prefixes = theme.template_prefixes();
    let templates = theme.templates();
    let plain =
        |name: &'_ str| prefixes.iter().find_map(|prefix| name.strip_prefix(&**prefix)).unwrap_or(name).to_owned();
    let names: BTreeSet<String> = templates.iter().map(|template| plain(&template.name)).collect();
    names
        .into_iter()
        .map(|name| {
            let mut hasher = components.clone();
            for (name, text) in closure(theme, &name) {
                hasher.update(name.as_bytes());
                hasher.update(&[0]);
                hasher.update(text);
            }
            (name, hasher.digest128())
        })
        .collect()
}

/// The templates that `template` extends and includes, itself first: names with files.
pub(super) fn chain(theme: &Theme, template: &str) -> Vec<(String, String)> {
    let templates = theme.templates();
    let origin = |name: &str| templates.iter().find(|t| t.name == name).map(|t| t.file.origin.clone());
    closure(theme, template)
        .into_iter()
        .filter_map(|(name, _)| Some((origin(&name)?, name)))
        .map(|(o, n)| (n, o))
        .collect()
}

/// The templates that `template` extends and includes, itself first: names with texts.
fn closure<'t>(theme: &'t Theme, template: &str) -> Vec<(String, &'t [u8])> {
    let templates = theme.templates();
    let prefixes = theme.template_prefixes();
    let find = |name: &str| {
        let mut names = std::iter::once(name.to_owned()).chain(prefixes.iter().map(|prefix| format!("{prefix}{name}")));
        let found = names.find_map(|name| templates.iter().find(|template| template.name == name));
        found.map(|template| (template.name.clone(), template.file))
    };
    let mut seen = BTreeSet::new();
    let mut closure = Vec::new();
    let mut open = vec![template.to_owned()];
    while let Some(name) = open.pop() {
        let Some((name, file)) = find(&name).filter(|(name, _)| !seen.contains(name)) else { continue };
        seen.insert(name.clone());
        let text = String::from_utf8_lossy(&file.bytes);
        let mut named: Vec<String> = ["extends", "include"].iter().flat_map(|tag| literals(&text, tag)).collect();
        named.reverse();
        open.extend(named);
        closure.push((name, &*file.bytes));
    }
    closure
}

/// The texts that stand in quotes after `{% tag`.
fn literals(text: &str, tag: &str) -> Vec<String> {
    text.split("{%")
        .skip(1)
        .filter_map(|part| part.trim_start_matches('-').trim_start().strip_prefix(tag))
        .filter_map(|rest| rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()))
        .map(ToOwned::to_owned)
        .collect()
}
